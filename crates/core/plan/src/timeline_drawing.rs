//! The deadlines of a plan as a picture: who must have done what, how long after the start.
//!
//! The axis is stretched where time is short: at once, minutes, hours, days, months. One row a duty,
//! grouped by who owes it; its recipients stand beside the mark, by number. Colours are those of the page
//! (`currentColor`), so it reads on paper as well; it holds no script and no style.

use std::fmt::Write as _;

use fengsui_vocabulary::{Lang, RoleId};

use crate::duty::words;
use crate::model::{Allowance, DutyRule, Plan};

/// The deadlines of a plan as an SVG document, in one language.
pub fn timeline_svg(plan: &Plan, lang: Lang) -> String {
    let recipients = in_order(plan.duties.iter().flat_map(|duty| &duty.to));
    let mut drawing =
        Drawing { plan, lang, recipients, body: String::new(), y: TOP, rows_end: TOP };
    drawing.rows();
    drawing.rows_end = drawing.y;
    drawing.legend();
    drawing.finish()
}

/// A picture being drawn, from the top down.
struct Drawing<'p> {
    plan: &'p Plan,
    lang: Lang,
    recipients: Vec<&'p RoleId>,
    body: String,
    y: i64,
    rows_end: i64,
}

impl<'p> Drawing<'p> {
    fn rows(&mut self) {
        let duties = &self.plan.duties;
        for sender in in_order(duties.iter().flat_map(|duty| &duty.senders)) {
            self.text("timeline-sender", LEFT, self.y + 14, &self.name(sender));
            self.y += ROW;
            let mut own: Vec<&'p DutyRule> =
                duties.iter().filter(|duty| duty.senders.contains(sender)).collect();
            own.sort_by_key(|duty| place(&duty.due)); // the order of the pack where equal
            for duty in own {
                self.row(duty);
            }
            self.y += GAP;
        }
    }

    fn row(&mut self, duty: &DutyRule) {
        let (x, y) = (place(&duty.due), self.y + 9);
        let label = duty.label.in_lang(self.lang);
        let from = crate::compare::start(&duty.anchor);
        let from = from.in_lang(self.lang);
        let allowed = words::allowance(&duty.due);
        let whole = format!("{label} · {} · {from} · {}", allowed.in_lang(self.lang), duty.clause);
        self.push(format_args!("<g class=\"timeline-duty\"><title>{}</title>", escaped(&whole)));
        self.text("timeline-label", LEFT + 12, self.y + 13, &shortened(label));
        let number =
            |to| self.recipients.iter().position(|role| *role == to).map_or(0, |it| it + 1);
        let numbers: Vec<String> = duty.to.iter().map(|to| number(to).to_string()).collect();
        let numbers = numbers.join(" ");
        // The line begins behind the numbers, so that they stay readable.
        let behind = x + 12 + i64::try_from(numbers.len()).unwrap_or_default() * 8;
        match duty.due {
            Allowance::Every { .. } => {
                self.line("timeline-recurring", (behind, y), " stroke-dasharray=\"7 4\"");
            }
            Allowance::Continuing(_) => self.line("timeline-continuing", (behind, y), ""),
            Allowance::Immediate
            | Allowance::Simultaneous
            | Allowance::Within(_)
            | Allowance::Days(_)
            | Allowance::CalendarMonths(_)
            | Allowance::WorkingDays { .. }
            | Allowance::OnRequest
            | Allowance::Undefined => {}
        }
        self.mark(duty.assumed, (x, y));
        self.text("timeline-to", x + 8, self.y + 13, &numbers);
        self.body.push_str("</g>\n");
        self.y += ROW;
    }

    fn legend(&mut self) {
        let recipients = std::mem::take(&mut self.recipients);
        self.y += GAP;
        for (place, role) in recipients.iter().enumerate() {
            let name = format!("{} {}", place + 1, self.name(role));
            let right = place % 2 == 1;
            self.text("timeline-recipient", if right { MIDDLE } else { LEFT }, self.y + 13, &name);
            if right || place + 1 == recipients.len() {
                self.y += ROW;
            }
        }
        self.y += GAP;
        let (zh, en) = ("起算点为原文所定", "the text says when the clock starts");
        self.key(false, (LEFT, self.say(zh, en)));
        let (zh, en) = ("起算点为推定", "the start of the clock is assumed");
        self.key(true, (MIDDLE, self.say(zh, en)));
        self.y += ROW;
    }

    fn key(&mut self, is_assumed: bool, (x, text): (i64, &str)) {
        self.mark(is_assumed, (x + 5, self.y + 9));
        self.text("timeline-key", x + 18, self.y + 13, text);
    }

    /// The whole document: the axis stands behind the rows, as high as they came to be.
    fn finish(self) -> String {
        let height = self.y + GAP;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             font-family=\"sans-serif\" font-size=\"12\" fill=\"currentColor\">\n<title>{}</title>\n",
            escaped(&format!(
                "{} — {}",
                self.plan.about.title.in_lang(self.lang),
                self.say("时限", "deadlines")
            )),
        );
        for stop in STOPS {
            let (x, word) = (stop.x, self.say(stop.zh, stop.en));
            let written = write!(
                out,
                "<line class=\"timeline-stop\" x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{}\" stroke=\"currentColor\" stroke-opacity=\"0.25\"/>\n\
                 <text class=\"timeline-axis\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                TOP - GAP,
                self.rows_end,
                TOP - GAP - 6,
                escaped(word),
            );
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
        }
        out.push_str(&self.body);
        out.push_str("</svg>\n");
        out
    }

    fn mark(&mut self, is_assumed: bool, (x, y): (i64, i64)) {
        let (class, fill) = if is_assumed {
            ("timeline-assumed", "none")
        } else {
            ("timeline-mark", "currentColor")
        };
        self.push(format_args!(
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"4\" fill=\"{fill}\" stroke=\"currentColor\"/>"
        ));
    }

    fn line(&mut self, class: &str, (x, y): (i64, i64), dashes: &str) {
        self.push(format_args!(
            "<line class=\"{class}\" x1=\"{x}\" y1=\"{y}\" x2=\"{END}\" y2=\"{y}\" stroke=\"currentColor\"{dashes}/>"
        ));
    }

    fn text(&mut self, class: &str, x: i64, y: i64, text: &str) {
        self.push(format_args!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>\n",
            escaped(text)
        ));
    }

    fn push(&mut self, what: std::fmt::Arguments<'_>) {
        let written = self.body.write_fmt(what);
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }

    fn name(&self, role: &RoleId) -> String {
        let known = self.plan.roles.get(role);
        known.map_or(role.as_str(), |known| known.label.in_lang(self.lang)).to_owned()
    }

    fn say<'s>(&self, zh: &'s str, en: &'s str) -> &'s str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// A place on the axis.
struct Stop {
    seconds: i64,
    x: i64,
    zh: &'static str,
    en: &'static str,
}

/// Where a deadline stands on the axis.
fn place(due: &Allowance) -> i64 {
    let seconds = match due {
        Allowance::Immediate | Allowance::Simultaneous | Allowance::Continuing(_) => 0,
        Allowance::Within(span) | Allowance::Every { period: span, .. } => span.as_secs(),
        Allowance::Days(days) => i64::from(*days) * DAY,
        Allowance::CalendarMonths(months) => i64::from(*months) * 30 * DAY,
        // Five of seven days are worked, near enough for a picture.
        Allowance::WorkingDays { days, .. } => i64::from(*days) * DAY * 7 / 5,
        Allowance::OnRequest | Allowance::Undefined => return OPEN,
    };
    let before = STOPS.iter().rfind(|stop| stop.seconds <= seconds && stop.x < OPEN);
    let after = STOPS.iter().find(|stop| stop.seconds > seconds && stop.x < OPEN);
    match (before, after) {
        (Some(before), Some(after)) => {
            let part = (seconds - before.seconds) * (after.x - before.x);
            before.x + part / (after.seconds - before.seconds)
        }
        (Some(last), None) => last.x,
        (None, _) => OPEN,
    }
}

/// Every role once, in the order in which it comes first.
fn in_order<'p>(roles: impl Iterator<Item = &'p RoleId>) -> Vec<&'p RoleId> {
    let mut seen: Vec<&RoleId> = Vec::new();
    for role in roles {
        if !seen.contains(&role) {
            seen.push(role);
        }
    }
    seen
}

/// As much of a text as has room before the axis; the whole stands in the title of its row.
fn shortened(text: &str) -> String {
    let mut room = LABEL_ROOM;
    let mut kept = String::new();
    for letter in text.chars() {
        let wide = if letter.is_ascii() { 1 } else { 2 };
        if wide > room {
            kept.push('…');
            return kept;
        }
        room -= wide;
        kept.push(letter);
    }
    kept
}

/// Text that cannot be taken for markup; what XML does not allow at all is left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

const DAY: i64 = 86_400;

/// Measures of the picture, in its own units.
const WIDTH: i64 = 1060;
const LEFT: i64 = 8;
const MIDDLE: i64 = 530;
const TOP: i64 = 40;
const ROW: i64 = 20;
const GAP: i64 = 8;
const END: i64 = 920;

/// Where duties without a time stand.
const OPEN: i64 = 975;

/// Letters before the axis; a Chinese one counts twice.
const LABEL_ROOM: usize = 46;

const STOPS: &[Stop] = &[
    Stop { seconds: 0, x: 345, zh: "立即", en: "at once" },
    Stop { seconds: 600, x: 410, zh: "10分", en: "10 min" },
    Stop { seconds: 1_800, x: 460, zh: "30分", en: "30 min" },
    Stop { seconds: 3_600, x: 510, zh: "1时", en: "1 h" },
    Stop { seconds: 7_200, x: 560, zh: "2时", en: "2 h" },
    Stop { seconds: 21_600, x: 610, zh: "6时", en: "6 h" },
    Stop { seconds: DAY, x: 660, zh: "24时", en: "24 h" },
    Stop { seconds: 3 * DAY, x: 710, zh: "3日", en: "3 d" },
    Stop { seconds: 10 * DAY, x: 760, zh: "10日", en: "10 d" },
    Stop { seconds: 30 * DAY, x: 810, zh: "1月", en: "1 month" },
    Stop { seconds: 180 * DAY, x: 860, zh: "半年", en: "6 months" },
    Stop { seconds: 366 * DAY, x: 910, zh: "1年", en: "1 year" },
    Stop { seconds: i64::MAX, x: OPEN, zh: "无时限", en: "no time" },
];

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::library::Library;

    #[test]
    fn the_timeline_of_shanghai_looks_as_it_always_did() {
        let plan = Library::shipped().plan(&"shanghai-2019".parse().unwrap()).unwrap();
        insta::assert_snapshot!("timeline_shanghai_zh", timeline_svg(&plan, Lang::Zh));
        insta::assert_snapshot!("timeline_shanghai_en", timeline_svg(&plan, Lang::En));
    }

    #[test]
    fn every_timeline_is_well_formed_and_shows_every_duty_once_a_sender() {
        for plan in Library::shipped().plans() {
            for lang in [Lang::Zh, Lang::En] {
                let picture = timeline_svg(plan, lang);
                assert_eq!(tags_left_open(&picture), Vec::<String>::new(), "{}", plan.id);
                let rows: usize = plan.duties.iter().map(|duty| duty.senders.len()).sum();
                assert_eq!(picture.matches("class=\"timeline-duty\"").count(), rows);
                // Two more marks stand in the key.
                assert_eq!(picture.matches("<circle ").count(), rows + 2);
                assert!(!picture.contains("<script") && !picture.contains("style="));
            }
        }
    }

    #[test]
    fn a_name_that_looks_like_markup_is_only_text() {
        let plan = Library::shipped().plan(&"shanghai-2019".parse().unwrap()).unwrap();
        let mut plan = (*plan).clone();
        for duty in &mut plan.duties {
            std::sync::Arc::make_mut(&mut duty.label).en =
                "</text><script>\"&'\u{1}\u{ffff}</script>".into();
        }
        let picture = timeline_svg(&plan, Lang::En);
        assert_eq!(tags_left_open(&picture), Vec::<String>::new());
        assert!(!picture.contains("<script"));
        assert!(!picture.contains('\u{1}') && !picture.contains('\u{ffff}'));
    }

    #[test]
    fn a_longer_time_never_stands_before_a_shorter_one() {
        let minutes = |minutes| place(&Allowance::Within(SignedDuration::from_mins(minutes)));
        let mut last = place(&Allowance::Immediate);
        for time in (1..40_000).step_by(97) {
            assert!(minutes(time) >= last, "{time}");
            last = minutes(time);
        }
        assert_eq!(minutes(30), 460);
        assert_eq!(place(&Allowance::CalendarMonths(1)), 810);
        assert_eq!(place(&Allowance::Days(3_000)), 910);
        assert_eq!(place(&Allowance::OnRequest), OPEN);
    }

    /// The tags that are opened and never closed.
    fn tags_left_open(markup: &str) -> Vec<String> {
        let mut open: Vec<String> = Vec::new();
        for tag in markup.split('<').skip(1) {
            let (tag, text) = tag.split_once('>').expect("a tag ends");
            assert!(!text.contains('>'), "{text}");
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            if let Some(name) = tag.strip_prefix('/') {
                let opened = open.pop();
                assert_eq!(opened.as_deref(), Some(name), "closed in another order");
            } else if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap_or_default().to_owned());
            }
        }
        open
    }
}
