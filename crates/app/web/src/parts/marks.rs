//! Small marks: times, due chips, levels, clauses, states.

use askama::Template;
use fengsui_vocabulary::Lang;
use jiff::Timestamp;

use crate::lang::{Clock, Words, span};

/// A time on a screen: short to read, in full to whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/moment.html")]
pub struct Moment {
    iso: String,
    short: String,
    full: String,
}

impl Moment {
    /// Says a time as the reader's clock does.
    pub fn new(at: Timestamp, clock: &Clock, words: Words) -> Self {
        Self { iso: at.to_string(), short: clock.short(at, words), full: clock.full(at, words) }
    }
}

/// When something is due: time left and absolute time, or what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/due.html")]
pub struct DueChip {
    deadline: Deadline,
    ticks: Option<i64>,
    words: String,
    at: Option<Moment>,
}

/// How near a deadline is, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// More than a quarter of an hour.
    Open,
    /// A quarter of an hour or less.
    Soon,
    /// Past, and still open.
    Over,
    /// "At once": only elapsed time counts.
    AtOnce,
    /// The text gives no time.
    NoTime,
    /// Nothing is owed any more.
    Settled,
}

impl DueChip {
    /// Due at a time and still open.
    pub fn by(due: Timestamp, clock: &Clock, words: Words) -> Self {
        let left = due.duration_since(clock.now).as_secs();
        let deadline = match left {
            i64::MIN..0 => Deadline::Over,
            0..=SOON_SECONDS => Deadline::Soon,
            _ => Deadline::Open,
        };
        Self {
            deadline,
            ticks: Some(due.as_second()),
            words: clock.left(due, words),
            at: Some(Moment::new(due, clock, words)),
        }
    }

    /// Due at once since it arose.
    pub fn at_once(arose: Timestamp, clock: &Clock, words: Words) -> Self {
        let passed = clock.now.duration_since(arose);
        Self {
            deadline: Deadline::AtOnce,
            ticks: None,
            words: words.ta("due-at-once", &[("t", &span(passed, words))]),
            at: Some(Moment::new(arose, clock, words)),
        }
    }

    /// Owed, but the text gives no time.
    pub fn no_time(words: Words) -> Self {
        let words = words.t("due-no-time").into_owned();
        Self { deadline: Deadline::NoTime, ticks: None, words, at: None }
    }

    /// Nothing owed any more: done, waived, superseded; say it in words.
    pub fn settled(said: impl Into<String>, at: Option<Moment>) -> Self {
        Self { deadline: Deadline::Settled, ticks: None, words: said.into(), at }
    }

    /// Whether it is past and still open.
    pub fn is_over(&self) -> bool {
        self.deadline == Deadline::Over
    }

    fn class(&self) -> &'static str {
        match self.deadline {
            Deadline::Open => "due due-open",
            Deadline::Soon => "due due-soon",
            Deadline::Over => "due due-over",
            Deadline::AtOnce => "due due-at-once",
            Deadline::NoTime => "due due-none",
            Deadline::Settled => "due due-settled",
        }
    }
}

/// A level: roman numeral, word, shape and colour; outline while computed, filled once decided.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/level.html")]
pub struct LevelBadge {
    /// 1 for the worst to 4; anything else is drawn without a colour.
    pub rank: u8,
    /// `II`, or a dash where nothing is reached.
    pub numeral: String,
    /// The plan's word for it; in English with the Chinese beside it.
    pub word: String,
    /// Computed or decided.
    pub standing: Standing,
    /// In words: 计算, 已定, 可能.
    pub said: String,
}

/// Proposed is not decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// By the program, from facts that are certain.
    Computed,
    /// By the program, if the unknown turns out worst.
    Possible,
    /// By a person who may.
    Decided,
}

impl LevelBadge {
    /// A level of a plan with four levels. The word is found by the numeral.
    pub fn of(numeral: &str, standing: Standing, words: Words) -> Self {
        let (rank, key) = match numeral {
            "I" | "Ⅰ" => (1, "level-i"),
            "II" | "Ⅱ" => (2, "level-ii"),
            "III" | "Ⅲ" => (3, "level-iii"),
            "IV" | "Ⅳ" => (4, "level-iv"),
            _ => return Self::new(0, numeral, "", standing, words),
        };
        Self::new(rank, numeral, &words.t(key), standing, words)
    }

    /// A level of any plan, with the plan's own word.
    pub fn new(rank: u8, numeral: &str, word: &str, standing: Standing, words: Words) -> Self {
        let said = match standing {
            Standing::Computed => words.t("level-computed"),
            Standing::Possible => words.t("level-possible"),
            Standing::Decided => words.t("level-decided"),
        };
        let (numeral, word, said) = (numeral.to_owned(), word.to_owned(), said.into_owned());
        Self { rank, numeral, word, standing, said }
    }

    /// No level is reached by what is known.
    pub fn none(standing: Standing, words: Words) -> Self {
        Self::new(0, "–", &words.t("level-none"), standing, words)
    }

    fn class(&self) -> String {
        let rank = if self.rank > 4 { 0 } else { self.rank };
        match self.standing {
            Standing::Decided => format!("level level-{rank} decided"),
            Standing::Computed | Standing::Possible => format!("level level-{rank}"),
        }
    }

    /// The shape: octagon, triangle, square, circle; a ring for none.
    fn shape(&self) -> &'static str {
        match self.rank {
            1 => "M4 0h4l4 4v4l-4 4H4L0 8V4z",
            2 => "M6 0l6 12H0z",
            3 => "M1 1h10v10H1z",
            4 => "M6 0a6 6 0 1 1 0 12A6 6 0 0 1 6 0z",
            _ => "M1 5h10v2H1z",
        }
    }
}

/// Why: a clause that opens to its words, its evidence, the facts and the anchor used.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/clause.html")]
pub struct ClauseChip {
    words: ChipWords,
    /// A name on this screen, so that it stays open when the screen refreshes.
    pub id: Option<String>,
    /// The plan, in short: 沪2019.
    pub plan: String,
    /// The clause's number.
    pub number: String,
    /// Our paraphrase, in the reader's language.
    pub paraphrase: String,
    /// The paraphrase in Chinese, for a reader of English.
    pub chinese: Option<String>,
    /// The official wording, where the deployment has attached it.
    pub official: Option<String>,
    /// How sure we are.
    pub evidence: Evidence,
    /// The facts used, in words.
    pub facts: Vec<String>,
    /// The anchor of the clock, in words: 自 10:02 接报起.
    pub anchor: Option<String>,
    /// Where the plan says it.
    pub href: Option<String>,
}

/// How a rule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Read in the official text.
    Official,
    /// Read in somebody else's account.
    Secondary,
    /// Not checked yet.
    Unverified,
}

/// Words are compared by language.
#[derive(Clone, Copy, Debug)]
struct ChipWords(Words);

impl PartialEq for ChipWords {
    fn eq(&self, other: &Self) -> bool {
        self.0.lang() == other.0.lang()
    }
}

impl Eq for ChipWords {}

impl ClauseChip {
    /// A clause with our paraphrase in both languages.
    pub fn new(plan: &str, number: &str, zh: &str, en: &str, words: Words) -> Self {
        let (paraphrase, chinese) = match words.lang() {
            Lang::Zh => (zh.to_owned(), None),
            Lang::En => (en.to_owned(), Some(zh.to_owned())),
        };
        Self {
            words: ChipWords(words),
            id: None,
            plan: plan.to_owned(),
            number: number.to_owned(),
            paraphrase,
            chinese,
            official: None,
            evidence: Evidence::Unverified,
            facts: Vec::new(),
            anchor: None,
            href: None,
        }
    }

    /// The same, with its evidence state.
    #[must_use]
    pub fn known(mut self, evidence: Evidence) -> Self {
        self.evidence = evidence;
        self
    }

    /// The same, with the facts that were used.
    #[must_use]
    pub fn because(mut self, facts: Vec<String>) -> Self {
        self.facts = facts;
        self
    }

    /// The same, with the anchor of its clock.
    #[must_use]
    pub fn from(mut self, anchor: impl Into<String>) -> Self {
        self.anchor = Some(anchor.into());
        self
    }

    fn t(&self, key: &str) -> String {
        self.words.0.t(key).into_owned()
    }

    fn evidence_words(&self) -> String {
        match self.evidence {
            Evidence::Official => self.t("evidence-official"),
            Evidence::Secondary => self.t("evidence-secondary"),
            Evidence::Unverified => self.t("evidence-unverified"),
        }
    }
}

/// Where something stands, in a word, with a shape.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/state.html")]
pub struct StateBadge {
    mood: Mood,
    word: String,
}

/// How a state wants to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Nothing to say about it.
    Quiet,
    /// Something is awaited.
    Waiting,
    /// Somebody is at it.
    Active,
    /// Done.
    Done,
    /// Somebody should look: missed, refused, late.
    Attention,
    /// Nothing was heard.
    Silent,
}

impl StateBadge {
    /// A state in a word.
    pub fn new(mood: Mood, word: impl Into<String>) -> Self {
        Self { mood, word: word.into() }
    }

    fn class(&self) -> &'static str {
        match self.mood {
            Mood::Quiet => "state",
            Mood::Waiting => "state state-waiting",
            Mood::Active => "state state-active",
            Mood::Done => "state state-done",
            Mood::Attention => "state state-attention",
            Mood::Silent => "state state-silent",
        }
    }
}

/// From here on a deadline is near.
const SOON_SECONDS: i64 = 15 * 60;
