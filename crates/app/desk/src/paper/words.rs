//! What the paper says, in one of both languages: sections, and the same as a text that any printer takes.

use fengsui_plan::{Channel, DutyKind, DutyState};
use fengsui_vocabulary::{Label, Lang};
use jiff::Timestamp;

use super::{Paper, PaperSection};
use crate::{OpenCase, OpenDuty, OpenGroup};

/// Empty lines for what happens while nothing can be entered.
const LOG_LINES: usize = 12;

/// Letters across the text.
const WIDTH: usize = 72;

impl Paper {
    /// Its title.
    pub fn title(&self, lang: Lang) -> String {
        let title = say(
            lang,
            "应急工作单（停机时用）",
            "Emergency worklist (for when the machine is down)",
        );
        title.to_owned()
    }

    /// Who made it, when, and up to where it holds; one line each.
    pub fn imprint(&self, lang: Lang) -> Vec<String> {
        let mut lines = vec![self.centre.in_lang(lang).to_owned()];
        if let Some(telephone) = &self.telephone {
            lines.push(format!("{} {telephone}", say(lang, "值班电话", "Duty telephone")));
        }
        let made = self.long(self.made_at);
        lines.push(format!("{} {made}", say(lang, "制作时间", "Made at")));
        lines.push(match &self.on_duty {
            Some((who, since)) => {
                let since = self.long(*since);
                match lang {
                    Lang::Zh => format!("当前值班：{who}，自 {since}"),
                    Lang::En => format!("On duty: {who}, since {since}"),
                }
            }
            None => say(lang, "当前无人值班", "Nobody is on duty").to_owned(),
        });
        let position = self.position;
        lines.push(match lang {
            Lang::Zh => format!("截至记录第 {position} 条；之后的事请手写，恢复后补录"),
            Lang::En => format!(
                "As of entry {position} of the record; write down what follows, and enter it afterwards"
            ),
        });
        lines
    }

    /// What it says, part by part.
    pub fn sections(&self, lang: Lang) -> Vec<PaperSection> {
        let mut sections = vec![self.running(lang)];
        sections.extend(self.cases.iter().map(|case| self.case(case, lang)));
        sections.push(log(lang));
        sections.push(self.call_list(lang));
        sections
    }

    /// The whole of it as a text.
    pub fn text(&self, lang: Lang) -> String {
        let mut lines = vec![self.title(lang)];
        lines.extend(self.imprint(lang));
        for section in self.sections(lang) {
            lines.extend([String::new(), "=".repeat(WIDTH), section.heading, "-".repeat(WIDTH)]);
            for (label, text) in section.rows {
                lines.push(label);
                lines.extend(text.lines().map(|line| format!("    {line}")));
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn running(&self, lang: Lang) -> PaperSection {
        let rows: Vec<(String, String)> = self
            .cases
            .iter()
            .map(|case| {
                let since = self.long(case.since);
                let mut lines = vec![match lang {
                    Lang::Zh => format!("自 {since}"),
                    Lang::En => format!("since {since}"),
                }];
                if let Some(level) = &case.level {
                    lines.push(format!("{} {level}", say(lang, "级别", "level")));
                }
                lines.extend(case.response.as_deref().map(|it| response(it, lang).to_owned()));
                let open = case.duties().count();
                lines.push(match lang {
                    Lang::Zh => format!("未办 {open} 项"),
                    Lang::En => format!("open duties: {open}"),
                });
                (name(case), lines.join(" · "))
            })
            .collect();
        let heading =
            say(lang, "运行中的事件与待受理的报告", "Running incidents, and reports that wait");
        let nothing = say(lang, "没有", "none");
        let rows = if rows.is_empty() { vec![(nothing.to_owned(), String::new())] } else { rows };
        PaperSection { heading: heading.to_owned(), rows }
    }

    fn case(&self, case: &OpenCase, lang: Lang) -> PaperSection {
        let row = |(group, duty): (&OpenGroup, &OpenDuty)| {
            let mut lines = vec![format!("{}（{}）", duty.label.in_lang(lang), duty.clause)];
            if lang == Lang::En {
                lines = vec![format!("{} {} ({})", duty.label.en, duty.label.zh, duty.clause)];
            }
            lines.push(route(group, duty, lang));
            if duty.is_entered {
                let said =
                    say(lang, "已补录，待第二人确认", "entered; a second person confirms it");
                lines.push(said.to_owned());
            } else {
                lines.extend(blanks(lang).map(str::to_owned));
            }
            lines.push(format!("{} {}", say(lang, "编号", "Key"), duty.key()));
            (format!("□ {}", self.due(duty, lang)), lines.join("\n"))
        };
        let rows: Vec<(String, String)> = case.duties().map(row).collect();
        let nothing = say(lang, "没有未办事项", "nothing is open");
        let rows = if rows.is_empty() { vec![(nothing.to_owned(), String::new())] } else { rows };
        PaperSection { heading: name(case), rows }
    }

    fn call_list(&self, lang: Lang) -> PaperSection {
        let mut rows: Vec<(String, String)> = self
            .calls
            .iter()
            .map(|call| {
                let organisation = named(&call.organisation, lang);
                let who = match &call.person {
                    Some(person) => person.clone(),
                    None => say(lang, "值班电话", "duty telephone").to_owned(),
                };
                (organisation, format!("{who}  {}", call.telephone))
            })
            .collect();
        if self.calls_left_out > 0 {
            let left_out = self.calls_left_out;
            let said = match lang {
                Lang::Zh => format!("另有 {left_out} 家单位未列出"),
                Lang::En => format!("{left_out} more organisations are not listed"),
            };
            rows.push((said, String::new()));
        }
        PaperSection { heading: say(lang, "电话表", "Call list").to_owned(), rows }
    }

    fn due(&self, duty: &OpenDuty, lang: Lang) -> String {
        match duty.due {
            Some(due) => {
                let over = if duty.state == DutyState::Missed || due < self.made_at {
                    say(lang, "（已逾期）", " (overdue)")
                } else {
                    ""
                };
                format!("{}{over}", self.long(due))
            }
            None if duty.kind == DutyKind::Immediate => {
                let arose = self.long(duty.arose_at);
                format!("{} {arose}", say(lang, "立即，自", "at once, since"))
            }
            None => say(lang, "文本未定时限", "no time in the text").to_owned(),
        }
    }

    fn long(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// From whom to whom, by which channel, and where they are called.
fn route(group: &OpenGroup, duty: &OpenDuty, lang: Lang) -> String {
    let mut route = named(&group.from, lang);
    if let Some(to) = &group.to {
        route.push_str(" → ");
        route.push_str(&named(to, lang));
    }
    let channel = match duty.channel {
        Channel::Oral => say(lang, "口头", "oral"),
        Channel::Written => say(lang, "书面", "written"),
        Channel::Any => say(lang, "口头或书面", "oral or written"),
    };
    route.push_str(" · ");
    route.push_str(channel);
    if let Some(telephone) = &group.telephone {
        route.push_str(say(lang, " · 电话 ", " · telephone "));
        route.push_str(telephone);
    }
    route
}

/// Where it is written down by hand: the columns of the back-entry.
fn blanks(lang: Lang) -> impl Iterator<Item = &'static str> {
    let lines = match lang {
        Lang::Zh => [
            "完成时间 ____月____日 ____:____    方式 □口头 □书面",
            "经办人 ________________    对方 ________________",
            "内容 ______________________________________________",
            "迟延原因 __________________________________________",
        ],
        Lang::En => [
            "Done at ____-____ ____:____    by □ call □ document",
            "By whom ________________    to whom ________________",
            "What ______________________________________________",
            "Why late __________________________________________",
        ],
    };
    lines.into_iter()
}

fn log(lang: Lang) -> PaperSection {
    let row = match lang {
        Lang::Zh => ("____月____日 ____:____", "____________________________________________"),
        Lang::En => ("____-____ ____:____", "____________________________________________"),
    };
    PaperSection {
        heading: say(lang, "值班日志（手写）", "Duty log (by hand)").to_owned(),
        rows: std::iter::repeat_n((row.0.to_owned(), row.1.to_owned()), LOG_LINES).collect(),
    }
}

fn name(case: &OpenCase) -> String {
    format!("{} {}", case.number, case.title)
}

/// A name; in English with the Chinese beside it, because that is what people answer to.
fn named(label: &Label, lang: Lang) -> String {
    match lang {
        Lang::Zh => label.zh.clone(),
        Lang::En if label.en.is_empty() || label.en == label.zh => label.zh.clone(),
        Lang::En => format!("{} {}", label.en, label.zh),
    }
}

fn response(state: &str, lang: Lang) -> &'static str {
    match state {
        "running" => say(lang, "响应中", "response running"),
        "ended" => say(lang, "响应已结束", "response ended"),
        _ => say(lang, "未启动响应", "response not started"),
    }
}

const fn say(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
