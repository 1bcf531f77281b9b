//! What is said, in both languages: one type for each occasion, with what it needs and no more.
//!
//! The first line of each template is the subject. Times are shown with their offset, because the
//! reader may sit elsewhere. Nothing confidential belongs here: a notice leads to the record.

use std::fmt;

use askama::Template;
use fengsui_outbound::Url;
use fengsui_vocabulary::Lang;
use jiff::Zoned;

use crate::words::{Passage, Phrase};

/// A point in time as the reader's clock shows it, with its offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment(pub Zoned);

/// Who writes, and how to reach people there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Centre {
    /// Its name in the language of the notice.
    pub name: Phrase,
    /// The telephone that is always answered.
    pub telephone: Option<Phrase>,
}

/// A subject and a text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The subject line.
    pub subject: Phrase,
    /// The text.
    pub text: Passage,
}

/// A duty will be due, or just is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyDue {
    /// What must be done.
    pub duty: Phrase,
    /// The clause that demands it.
    pub clause: Phrase,
    /// What it is about: number and title.
    pub about: Phrase,
    /// To whom the report goes.
    pub recipient: Phrase,
    /// Until when.
    pub due_at: Moment,
    /// The time of this reminder, from which it is said how long is left.
    pub reminded_at: Moment,
    /// Where it can be done.
    pub place: Url,
}

/// A duty was not done in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyMissed {
    /// What had to be done.
    pub duty: Phrase,
    /// The clause that demands it.
    pub clause: Phrase,
    /// What it is about: number and title.
    pub about: Phrase,
    /// Who had to do it.
    pub owed_by: Phrase,
    /// Until when it had to be done.
    pub due_at: Moment,
    /// When it was noticed; later than due after an outage.
    pub noticed_at: Moment,
    /// Where it can still be done.
    pub place: Url,
}

/// A report has been received: a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportReceived {
    /// Its number.
    pub number: Phrase,
    /// When it was received.
    pub received_at: Moment,
    /// Where its state can be looked up.
    pub look_up: Url,
    /// What must be given there besides the number.
    pub code: Option<Phrase>,
}

/// Somebody is called to duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallOut {
    /// Who is called.
    pub called: Phrase,
    /// What it is about: number and title.
    pub about: Phrase,
    /// Why it is this person: on duty, deputy, next step.
    pub because: Phrase,
    /// When the next one is called if there is no answer.
    pub answer_by: Moment,
    /// Where to say "I am coming".
    pub acknowledge: Url,
}

/// A hand-over is prepared and waits to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOverReady {
    /// The shift that ends.
    pub from: Phrase,
    /// The shift that begins.
    pub to: Phrase,
    /// When it begins.
    pub begins_at: Moment,
    /// How many duties are open.
    pub open_duties: u32,
    /// Where it is read and signed.
    pub place: Url,
}

/// Something waits for an approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalAsked {
    /// What is to be approved.
    pub act: Phrase,
    /// What it is about: number and title.
    pub about: Phrase,
    /// Who asks.
    pub asked_by: Phrase,
    /// Since when it waits.
    pub asked_at: Moment,
    /// Where it is decided.
    pub place: Url,
}

/// A directive was issued and must be acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectiveIssued {
    /// Its number.
    pub number: Phrase,
    /// Its title.
    pub title: Phrase,
    /// Who issued it.
    pub issued_by: Phrase,
    /// Until when its receipt must be confirmed.
    pub acknowledge_by: Moment,
    /// Until when it must be carried out, if it says so.
    pub carry_out_by: Option<Moment>,
    /// Where it is read and acknowledged.
    pub place: Url,
}

/// Words that somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// The subject.
    pub subject: Phrase,
    /// The text.
    pub text: Passage,
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A duty will be due.
    DutyDue(DutyDue),
    /// A duty was missed.
    DutyMissed(DutyMissed),
    /// A report was received.
    ReportReceived(ReportReceived),
    /// Somebody is called to duty.
    CallOut(CallOut),
    /// A hand-over is ready.
    HandOverReady(HandOverReady),
    /// An approval is asked for.
    ApprovalAsked(ApprovalAsked),
    /// A directive must be acknowledged.
    DirectiveIssued(DirectiveIssued),
    /// Anything else.
    Plain(Plain),
}

impl Notice {
    /// The words in one language. They are the same whenever they are asked for.
    pub fn words(&self, lang: Lang, centre: &Centre) -> Words {
        match self {
            Self::DutyDue(notice) => notice.words(lang, centre),
            Self::DutyMissed(notice) => notice.words(lang, centre),
            Self::ReportReceived(notice) => notice.words(lang, centre),
            Self::CallOut(notice) => notice.words(lang, centre),
            Self::HandOverReady(notice) => notice.words(lang, centre),
            Self::ApprovalAsked(notice) => notice.words(lang, centre),
            Self::DirectiveIssued(notice) => notice.words(lang, centre),
            Self::Plain(notice) => notice.words(lang, centre),
        }
    }
}

impl DutyDue {
    /// Whole minutes until it is due; negative when it is past.
    fn minutes_left(&self) -> i64 {
        self.due_at.0.duration_since(&self.reminded_at.0).as_mins()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0.strftime("%Y-%m-%d %H:%M %:z"))
    }
}

/// Binds an occasion to its two templates.
macro_rules! said_in_both {
    ($($occasion:ident: $zh:tt, $en:tt;)+) => {$(
        impl $occasion {
            fn words(&self, lang: Lang, centre: &Centre) -> Words {
                #[derive(Template)]
                #[template(path = $zh)]
                struct Zh<'a> {
                    notice: &'a $occasion,
                    centre: &'a Centre,
                }
                #[derive(Template)]
                #[template(path = $en)]
                struct En<'a> {
                    notice: &'a $occasion,
                    centre: &'a Centre,
                }
                let said = match lang {
                    Lang::Zh => Zh { notice: self, centre }.render(),
                    Lang::En => En { notice: self, centre }.render(),
                };
                parted(&said)
            }
        }
    )+};
}

said_in_both! {
    DutyDue: "duty-due.zh.txt", "duty-due.en.txt";
    DutyMissed: "duty-missed.zh.txt", "duty-missed.en.txt";
    ReportReceived: "report-received.zh.txt", "report-received.en.txt";
    CallOut: "call-out.zh.txt", "call-out.en.txt";
    HandOverReady: "hand-over-ready.zh.txt", "hand-over-ready.en.txt";
    ApprovalAsked: "approval-asked.zh.txt", "approval-asked.en.txt";
    DirectiveIssued: "directive-issued.zh.txt", "directive-issued.en.txt";
    Plain: "plain.zh.txt", "plain.en.txt";
}

/// Subject and text of a rendered template. Rendering into memory cannot fail; if it did, whoever
/// waits for the notice would still get one that leads to the centre.
fn parted(said: &askama::Result<String>) -> Words {
    let said = said.as_deref().unwrap_or("烽燧 Fengsui");
    let (subject, text) = said.split_once('\n').unwrap_or((said, said));
    Words { subject: Phrase::of(subject), text: Passage::of(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment(format!("2026-03-14T{text}[Asia/Shanghai]").parse().unwrap())
    }

    fn place() -> Url {
        "https://desk.test/incidents/inc_1".parse().unwrap()
    }

    fn centre() -> Centre {
        Centre {
            name: Phrase::of("市网信应急中心"), telephone: Some(Phrase::of("021-0000"))
        }
    }

    fn due(reminded_at: &str) -> Notice {
        Notice::DutyDue(DutyDue {
            duty: Phrase::of("口头报告"),
            clause: Phrase::of("4.1.1"),
            about: Phrase::of("SH-2026-7 供水平台"),
            recipient: Phrase::of("市委网信办"),
            due_at: moment("10:30:00+08:00"),
            reminded_at: moment(reminded_at),
            place: place(),
        })
    }

    fn one_of_each() -> Vec<Notice> {
        let about = Phrase::of("SH-2026-7 供水平台");
        vec![
            due("10:15:00+08:00"),
            Notice::DutyMissed(DutyMissed {
                duty: Phrase::of("口头报告"),
                clause: Phrase::of("4.1.1"),
                about: about.clone(),
                owed_by: Phrase::of("市供水公司"),
                due_at: moment("10:30:00+08:00"),
                noticed_at: moment("10:31:00+08:00"),
                place: place(),
            }),
            Notice::ReportReceived(ReportReceived {
                number: Phrase::of("R-2026-15"),
                received_at: moment("09:00:00+08:00"),
                look_up: place(),
                code: Some(Phrase::of("K7Q2")),
            }),
            Notice::CallOut(CallOut {
                called: Phrase::of("林"),
                about: about.clone(),
                because: Phrase::of("值班长"),
                answer_by: moment("09:05:00+08:00"),
                acknowledge: place(),
            }),
            Notice::HandOverReady(HandOverReady {
                from: Phrase::of("夜班"),
                to: Phrase::of("白班"),
                begins_at: moment("08:00:00+08:00"),
                open_duties: 3,
                place: place(),
            }),
            Notice::ApprovalAsked(ApprovalAsked {
                act: Phrase::of("启动三级响应"),
                about,
                asked_by: Phrase::of("林"),
                asked_at: moment("09:40:00+08:00"),
                place: place(),
            }),
            Notice::DirectiveIssued(DirectiveIssued {
                number: Phrase::of("D-2026-4"),
                title: Phrase::of("关停受影响接口"),
                issued_by: Phrase::of("市委网信办"),
                acknowledge_by: moment("10:00:00+08:00"),
                carry_out_by: Some(moment("18:00:00+08:00")),
                place: place(),
            }),
            Notice::Plain(Plain {
                subject: Phrase::of("演练通知"), text: Passage::of("一\n二")
            }),
        ]
    }

    #[test]
    fn the_words_are_these() {
        let langs = [Lang::Zh, Lang::En];
        let said = one_of_each().into_iter().flat_map(|notice| {
            langs.map(|lang| {
                let Words { subject, text } = notice.words(lang, &centre());
                format!("== {} | {subject}\n{text}\n", lang.tag())
            })
        });
        let page = said.collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(page);
    }

    #[test]
    fn a_reminder_says_how_long_is_left_or_how_long_it_is_past() {
        let text = |at, lang| due(at).words(lang, &centre()).text.to_string();
        assert!(text("10:15:00+08:00", Lang::Zh).contains("还有 15 分钟"));
        assert!(text("10:15:00+08:00", Lang::En).contains("15 minutes left"));
        assert!(text("10:40:00+08:00", Lang::Zh).contains("已超过 10 分钟"));
        assert!(text("10:40:00+08:00", Lang::En).contains("10 minutes past"));
    }

    #[test]
    fn every_notice_names_the_centre_and_its_telephone() {
        for notice in one_of_each() {
            for lang in [Lang::Zh, Lang::En] {
                let text = notice.words(lang, &centre()).text;
                assert!(text.as_str().contains("市网信应急中心"), "{text}");
                assert!(text.as_str().contains("021-0000"), "{text}");
            }
        }
    }

    #[test]
    fn a_title_from_outside_does_not_write_lines_of_its_own() {
        let notice = Notice::ApprovalAsked(ApprovalAsked {
            act: Phrase::of("x"),
            about: Phrase::of("a\n\n已批准\r\nBcc: b"),
            asked_by: Phrase::of("lin"),
            asked_at: moment("09:40:00+08:00"),
            place: place(),
        });
        let words = notice.words(Lang::Zh, &centre());
        assert!(words.text.as_str().contains("a 已批准 Bcc: b"));
        assert!(!words.text.as_str().lines().any(|line| line.starts_with("已批准")));
    }
}
