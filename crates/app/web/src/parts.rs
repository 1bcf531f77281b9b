//! The parts screens are made of: small structs of plain words, each with its own template.
//!
//! A part is filled by a handler and written in a template as `{{ part }}`; it escapes what it shows
//! and is safe HTML itself. No part looks anything up or knows a rule of the domain.
//!
//! Start reading at [`Html`], then [`DueChip`], [`LevelBadge`], [`ClauseChip`], [`Form`], [`Table`].

mod form;
mod frame;
mod grade;
mod marks;
mod table;

use std::fmt;

use askama::filters::{self, HtmlSafe};
use jiff::Timestamp;

use crate::lang::{Clock, Words};

pub use form::{Consequence, Effect, Field, FieldKind, Form, Need, Opt, Sends, Weight};
pub use frame::{
    Act, Entry, Gravity, Header, Item, Items, Link, Next, Notice, Pages, Pairs, Primary, Search,
    Strip, StripCell, Tab, Tabs, Timeline, Tone,
};
pub use grade::{Grade, Question, Reason};
pub use marks::{
    ClauseChip, Deadline, DueChip, Evidence, LevelBadge, Moment, Mood, Standing, StateBadge,
};
pub use table::{Column, DutyLine, Heading, Row, RowTone, Table, duty_table};

/// A piece of finished HTML: a cell, a mark, the side of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// A part, written out.
    pub fn of(part: &impl HtmlSafe) -> Self {
        Self(part.to_string())
    }

    /// A text from anywhere, escaped.
    pub fn text(text: impl AsRef<str>) -> Self {
        match filters::escape(text.as_ref(), filters::Html) {
            Ok(escaped) => Self(escaped.to_string()),
            Err(never) => match never {},
        }
    }

    /// A text of machines, escaped.
    pub fn code(text: &str) -> Self {
        let text = Self::text(text);
        Self(format!("<code>{text}</code>"))
    }

    /// Nothing: an empty cell disappears on phones.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// A link with a text.
    pub fn link(href: &str, text: &str) -> Self {
        Self::of(&Link::new(href, text))
    }

    /// A text with a quieter second line.
    pub fn two_lines(first: &str, second: &str) -> Self {
        let (first, second) = (Self::text(first), Self::text(second));
        Self(format!("<p>{first}</p><p class=\"small quiet\">{second}</p>"))
    }

    /// Several marks in a row that wraps.
    pub fn marks(parts: impl IntoIterator<Item = Self>) -> Self {
        let inner: Vec<String> = parts.into_iter().map(|part| part.0).collect();
        Self(format!("<span class=\"marks\">{}</span>", inner.join(" ")))
    }

    /// Several parts below each other.
    pub fn stacked(parts: impl IntoIterator<Item = Self>) -> Self {
        let lines: Vec<String> =
            parts.into_iter().map(|part| format!("<div>{part}</div>")).collect();
        Self(lines.concat())
    }

    /// Several parts below each other, with room between.
    pub fn apart(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(format!("<div class=\"apart\">{}</div>", Self::stacked(parts)))
    }

    /// Time since an incident began, ticking: `T+1 小时 5 分`.
    pub fn since(at: Timestamp, clock: &Clock, words: Words) -> Self {
        let said = Self::text(clock.since(at, words));
        Self(format!("<span class=\"big\" data-since=\"{}\">{said}</span>", at.as_second()))
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// Their templates escape what they show.
macro_rules! safe {
    ($($part:ty),+ $(,)?) => { $(impl HtmlSafe for $part {})+ };
}

safe!(
    Act,
    ClauseChip,
    Consequence,
    DueChip,
    Field,
    Form,
    Grade,
    Header,
    Items,
    LevelBadge,
    Link,
    Moment,
    Next,
    Notice,
    Pages,
    Pairs,
    Search,
    StateBadge,
    Strip,
    Table,
    Tabs,
    Timeline,
);

#[cfg(test)]
mod tests {
    use askama::Template;
    use fengsui_vocabulary::Lang;

    use super::*;
    use crate::page::{NavLink, Page, Place, Width};
    use crate::views::{ErrorView, General, Section};

    fn clock() -> Clock {
        Clock::in_shanghai(at("09:40"))
    }

    fn at(time: &str) -> Timestamp {
        format!("2026-03-14T{time}:00+08:00").parse().unwrap()
    }

    fn both(name: &str, draw: impl Fn(Words) -> Vec<Html>) {
        for lang in [Lang::Zh, Lang::En] {
            let drawn: Vec<String> = draw(Words::of(lang)).iter().map(Html::to_string).collect();
            insta::assert_snapshot!(format!("{name}_{}", lang.tag()), drawn.join("\n"));
        }
    }

    #[test]
    fn a_due_chip_says_time_left_and_absolute_time() {
        both("due", |words| {
            let by = |time| Html::of(&DueChip::by(at(time), &clock(), words));
            vec![
                by("11:40"),
                by("09:50"),
                by("09:36"),
                Html::of(&DueChip::at_once(at("09:30"), &clock(), words)),
                Html::of(&DueChip::no_time(words)),
                Html::of(&DueChip::settled("ok", Some(Moment::new(at("09:35"), &clock(), words)))),
            ]
        });
    }

    #[test]
    fn a_level_is_numeral_word_shape_and_standing() {
        both("level", |words| {
            let mut drawn: Vec<Html> = ["I", "II", "III", "IV", "significant"]
                .map(|level| Html::of(&LevelBadge::of(level, Standing::Decided, words)))
                .into();
            drawn.push(Html::of(&LevelBadge::of("II", Standing::Computed, words)));
            drawn.push(Html::of(&LevelBadge::none(Standing::Possible, words)));
            drawn
        });
    }

    #[test]
    fn a_clause_opens_to_its_words_evidence_facts_and_anchor() {
        both("clause", |words| {
            let chip = ClauseChip::new("SH", "4.1.1", "半小时内", "within half an hour", words)
                .known(Evidence::Official)
                .from("09:40")
                .because(vec!["loss < severe".to_owned()]);
            vec![Html::of(&chip), Html::of(&StateBadge::new(Mood::Silent, "<b>"))]
        });
    }

    #[test]
    fn a_refused_form_comes_back_with_every_value_and_says_what_to_mend() {
        both("form", |words| {
            let choices = || vec![Opt::new("x", "X"), Opt::new("y", "Y")];
            let form = Form::new("accept", "/accept", "token", words.t("report-accept"), words)
                .hiding("command", "cmd_1")
                .with(Field::line("title", words.t("report-title")).hint("?"))
                .with(Field::new("kind", "k", FieldKind::Select(choices())))
                .with(Field::new("how", "h", FieldKind::Radio(choices())))
                .with(Field::new("who", "h", FieldKind::Several(choices())))
                .with(Field::new("sure", "s", FieldKind::Tick).optional())
                .with(Field::prose("why", "w").optional())
                .filled(|name| match name {
                    "kind" | "how" => Some("y".to_owned()),
                    "who" => Some("x y".to_owned()),
                    "why" => Some("\"><script>".to_owned()),
                    _ => None,
                })
                .wrong("title", words.ta("error-required", &[("field", "t")]))
                .showing(Consequence {
                    id: "to".to_owned(),
                    title: words.tn("send-title", 1),
                    effects: vec![Effect {
                        who: "mara".to_owned(),
                        what: "mail".to_owned(),
                        echo: Some("why".to_owned()),
                    }],
                    agree: words.t("send-agree").into_owned(),
                });
            vec![Html::of(&Act::new("act", form))]
        });
    }

    #[test]
    fn a_table_labels_its_cells_for_phones_and_says_when_it_is_empty() {
        both("table", |words| {
            let line = DutyLine {
                what: Html::text("sh-4.1.1-oral"),
                route: Html::two_lines("lin → mara", &words.t("channel-oral")),
                due: DueChip::by(at("09:30"), &clock(), words),
                also: Some(words.ta("duty-also", &[("t", "11:00")])),
                state: StateBadge::new(Mood::Attention, words.t("duty-state-missed")),
                clause: ClauseChip::new("SH", "4.1.1", "zh", "en", words),
                act: Html::nothing(),
            };
            vec![Html::of(&duty_table(vec![line], words)), Html::of(&duty_table(vec![], words))]
        });
    }

    #[test]
    fn a_page_has_its_frame_in_both_languages() {
        both("page", |words| {
            let mut page = Page::new("desk", "t", words, clock());
            page.path = "/reports?q=a&b".to_owned();
            page.exercise = Some("shield".to_owned());
            page.width = Width::Narrow;
            page.live = Some("/live/desk".to_owned());
            page.notices = vec![Notice::new(Tone::Done, "ok").line("line")];
            page.navigation = vec![NavLink {
                href: "/desk".to_owned(),
                text: words.t("nav-desk").into_owned(),
                place: Place::Here,
                waiting: Some(2),
            }];
            let general = General {
                page,
                header: Header::new("h").below(vec![Link::new("/", "up")], words),
                strip: None,
                tabs: None,
                sections: vec![Section::new("s", "S", Html::text("<x>"))],
                acts: vec![],
            };
            // The names of the files carry hashes, which change with every touch of the styles.
            let drawn = general.render().unwrap();
            let kept: Vec<&str> = drawn.lines().filter(|line| !line.contains("/assets/")).collect();
            vec![Html(kept.join("\n"))]
        });
    }

    #[test]
    fn an_error_says_what_to_do() {
        both("error", |words| {
            let error = ErrorView {
                page: Page::new("error", "e", words, clock()),
                status: 409,
                title: words.t("error-refused").into_owned(),
                lines: vec![words.t("approval-own").into_owned()],
                clause: None,
                ways: vec![Link::new("/desk", words.t("error-to-desk"))],
                reference: Some("cmd_1".to_owned()),
            };
            let drawn = error.render().unwrap();
            let main = drawn.split_once("<main").unwrap().1.split_once("</main>").unwrap().0;
            vec![Html(main.to_owned())]
        });
    }
}
