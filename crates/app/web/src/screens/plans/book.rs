//! The clauses of a plan in their order, each with what the program will do.

use askama::Template;
use askama::filters::HtmlSafe;
use fengsui_plan::{Clause, Evidence, How, Plan};
use fengsui_vocabulary::{ClauseId, Label, Lang};

use super::evidence::badge;
use super::frame::{Leaf, path};
use super::tables::level;
use super::wording::Wording;
use crate::lang::Words;
use crate::parts::{Html, Mood, StateBadge};
use crate::say::Saying;

/// One clause on the page.
#[derive(Debug)]
pub(super) struct BookClause {
    /// The name of its place: `c-4.1.1`.
    pub(super) id: String,
    /// Its number.
    pub(super) number: String,
    /// What it is called among styles.
    pub(super) class: &'static str,
    /// Our paraphrase in the reader's language.
    pub(super) text: String,
    /// The Chinese beside it, for a reader of English.
    pub(super) chinese: Option<String>,
    /// How sure we are, and which obligations it carries.
    pub(super) marks: Html,
    /// Where it was read.
    pub(super) source: String,
    /// What the program will do.
    pub(super) does: Vec<Html>,
    /// The official wording, where it is attached to this clause.
    pub(super) official: Option<String>,
    /// The rulings that hold, the newest first.
    pub(super) rulings: Vec<Html>,
    /// The page of this clause alone.
    pub(super) page: String,
}

/// Every clause, in the order of the text.
pub(super) fn clauses(wording: &Wording<'_>, saying: &Saying<'_>) -> Vec<BookClause> {
    let mut clauses: Vec<&Clause> = wording.plan.clauses.values().collect();
    clauses.sort_by_key(|clause| clause.place);
    clauses.into_iter().map(|clause| page_of(clause, wording, saying)).collect()
}

fn page_of(clause: &Clause, wording: &Wording<'_>, saying: &Saying<'_>) -> BookClause {
    let lang = wording.words.lang();
    let mut does = rules(&clause.id, wording, saying);
    if let Some(reason) = &clause.no_rule {
        does.push(Html::text(wording.words.ta("book-no-rule", &[("why", reason.in_lang(lang))])));
    }
    let evidence = Html::of(&badge(clause.evidence, wording.words));
    BookClause {
        id: format!("c-{}", clause.id),
        number: clause.id.to_string(),
        class: match clause.evidence {
            Evidence::Unverified => "is-unverified",
            Evidence::Official | Evidence::Secondary => "",
        },
        text: clause.text.in_lang(lang).to_owned(),
        chinese: (lang != Lang::Zh).then(|| clause.text.zh.clone()),
        marks: Html::marks(std::iter::once(evidence).chain(clause.carries.iter().map(Html::text))),
        source: clause.source.clone(),
        does,
        official: None,
        rulings: Vec::new(),
        page: super::clause::path(&wording.plan.id, &clause.id),
    }
}

/// Everything that follows from a clause.
fn rules(clause: &ClauseId, wording: &Wording<'_>, saying: &Saying<'_>) -> Vec<Html> {
    let (plan, words) = (wording.plan, wording.words);
    let mut does = duties(clause, wording, saying);
    does.extend(plan.criteria().filter(|it| it.clause == *clause).map(|criterion| {
        let level = level(saying, plan, &criterion.level);
        let label = Html::text(criterion.label.in_lang(words.lang()));
        Html::marks([named("book-criterion", words), Html::of(&level), label])
    }));
    does.extend(
        plan.levels
            .iter()
            .filter(|known| known.clause == *clause)
            .map(|known| Html::of(&level(saying, plan, &known.id))),
    );
    does.extend(plan.authorities.iter().filter(|it| it.clause == *clause).map(|authority| {
        let who = wording.authority(authority);
        let text = words.ta(
            "book-may",
            &[
                ("act", &wording.act(authority.act)),
                ("level", &wording.levels(authority)),
                ("who", &who),
            ],
        );
        let mark = match authority.how {
            How::Undefined => Html::of(&StateBadge::new(Mood::Attention, words.t("authority"))),
            How::AnyOf(_) | How::Joint(_) | How::Approval { .. } | How::Higher(_) => {
                named("authority", words)
            }
        };
        Html::marks([mark, Html::text(text)])
    }));
    does.extend(plan.scopes.iter().filter(|it| it.clause == *clause).map(|scope| {
        let label = Html::text(scope.label.in_lang(words.lang()));
        Html::marks([named("plan-scope", words), label])
    }));
    does.extend(plan.scores().filter(|it| it.clause == *clause).map(|score| {
        let label = Html::text(score.label.in_lang(words.lang()));
        Html::marks([named("plan-score", words), label])
    }));
    does.extend(papers(clause, plan, words));
    does.extend(gaps(clause, plan, words));
    does
}

fn duties(clause: &ClauseId, wording: &Wording<'_>, saying: &Saying<'_>) -> Vec<Html> {
    let words = wording.words;
    let of_clause = wording.plan.duties.iter().filter(|duty| duty.clause == *clause);
    let said = of_clause.map(|duty| {
        let id = wording.duty_name(duty);
        let text = words.ta(
            "book-duty",
            &[
                ("from", &wording.roles(&duty.senders, "book-and")),
                ("to", &wording.roles(&duty.to, "book-and")),
                ("what", duty.label.in_lang(words.lang())),
                ("channel", &saying.channel(duty.channel)),
                ("due", &wording.due(duty)),
            ],
        );
        let when = wording.condition(&duty.when);
        let when = if when.is_empty() {
            Html::nothing()
        } else {
            Html::text(words.ta("plan-only-when", &[("when", &when)]))
        };
        let lines = [Html::marks([named("duty", words), Html::text(text)]), when, small(&id)];
        self::lines(lines)
    });
    said.collect()
}

/// Measures, forms, parts that go elsewhere, roles, classes.
fn papers(clause: &ClauseId, plan: &Plan, words: Words) -> Vec<Html> {
    let lang = words.lang();
    let line = |key: &str, text: String| Html::marks([named(key, words), Html::text(text)]);
    let measures = plan.measures.iter().filter(|it| it.clause == *clause).map(|measure| {
        let (label, text) = (measure.label.in_lang(lang), measure.text.in_lang(lang));
        line("book-measure", format!("{label}: {text}"))
    });
    let hand_overs = plan.hand_overs.iter().filter(|it| it.clause == *clause);
    let hand_overs =
        hand_overs.map(|part| line("book-hand-over", part.to.in_lang(lang).to_owned()));
    let forms = plan.forms.values().filter(|it| it.clause == *clause).map(|form| {
        let path = format!("{}#f-{}", path(&plan.id, Leaf::Papers), form.id);
        Html::marks([named("book-form", words), Html::link(&path, form.title.in_lang(lang))])
    });
    let roles = plan.roles.values().filter(|it| it.clause == *clause);
    let roles = roles.map(|role| line("role", role.label.in_lang(lang).to_owned()));
    let taxonomies = plan.taxonomies.iter().filter(|it| it.clause.as_ref() == Some(clause));
    let taxonomies = taxonomies.map(|taxonomy| {
        let count = words.tn("book-classes", taxonomy.classes.len());
        line("book-taxonomy", format!("{} · {count}", taxonomy.title.in_lang(lang)))
    });
    roles.chain(measures).chain(forms).chain(hand_overs).chain(taxonomies).collect()
}

/// What the text leaves open, and how it is read here.
fn gaps(clause: &ClauseId, plan: &Plan, words: Words) -> Vec<Html> {
    let line = |key: &str, text: &Label| {
        Html::marks([named(key, words), Html::text(text.in_lang(words.lang()))])
    };
    let policies = plan.policies.values().filter(|it| it.clause == *clause);
    let policies = policies.map(|policy| line("book-policy", &policy.text));
    let readings = plan.readings.iter().filter(|it| it.clause == *clause);
    policies.chain(readings.map(|reading| line("book-reading", &reading.text))).collect()
}

fn named(key: &str, words: Words) -> Html {
    Html::of(&StateBadge::new(Mood::Quiet, words.t(key)))
}

/// A small line beside what is more important.
#[derive(Debug, Template)]
#[template(source = r#"<span class="small quiet">{{ text }}</span>"#, ext = "html")]
struct Small<'a> {
    text: &'a str,
}

impl HtmlSafe for Small<'_> {}

/// A small line; nothing where there is no text.
pub(super) fn small(text: &str) -> Html {
    if text.is_empty() { Html::nothing() } else { Html::of(&Small { text }) }
}

/// Lines below each other, without those that say nothing.
pub(super) fn lines(lines: impl IntoIterator<Item = Html>) -> Html {
    Html::stacked(lines.into_iter().filter(|line| !line.is_empty()))
}
