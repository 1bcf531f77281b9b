//! What mail servers report back: that a letter did not arrive, or not yet (RFC 3464).
//!
//! Anybody can write such a report. It is a reason to look, matched by Message-ID and recipient;
//! it proves nothing by itself.

use std::collections::BTreeMap;

use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use crate::message::MessageId;
use crate::words::Phrase;

/// That one letter did not reach one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// Which letter, if the report says so.
    pub original_message_id: Option<MessageId>,
    /// Whom it did not reach, as the report writes it.
    pub recipient: Phrase,
    /// What the server does about it.
    pub fate: Fate,
    /// The server's status, `5.1.1`.
    pub status: Option<Phrase>,
    /// The words of the server that refused it.
    pub diagnostic: Option<Phrase>,
}

/// What a server says about a letter it could not hand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It will not arrive, and the same address would fail again.
    Permanent,
    /// The server has given up for now; another try may succeed.
    GivenUp,
    /// The server is still trying: do not send again.
    Delayed,
}

/// Why bytes are no report about a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BounceMalformed {
    /// Larger than any such report.
    #[error("this mail has {bytes} bytes; a delivery report has at most {BYTES_MAX}")]
    TooLarge {
        /// How large it is.
        bytes: usize,
    },
    /// More parts than any such report.
    #[error("this mail has too many parts for a delivery report")]
    TooManyParts,
    /// Not a mail.
    #[error("these bytes are not a mail")]
    NotMail,
    /// A mail, and no report.
    #[error("this mail is not a delivery report")]
    NotAReport,
    /// A report that names nobody.
    #[error("this delivery report names no recipient")]
    NoRecipient,
}

impl Fate {
    /// Whether the address itself is to be looked at.
    pub fn is_permanent(self) -> bool {
        self == Self::Permanent
    }
}

/// Reads a delivery report. Successes in it are left out, so the list may be empty.
pub fn bounces_of(bytes: &[u8]) -> Result<Vec<Bounce>, BounceMalformed> {
    bounded(bytes)?;
    let report = MessageParser::default().parse(bytes).ok_or(BounceMalformed::NotMail)?;
    if !is_report(&report) {
        return Err(BounceMalformed::NotAReport);
    }
    let status = report.parts.iter().find(|part| is_status(part));
    let status = status.ok_or(BounceMalformed::NotAReport)?;
    let original = report.parts.iter().find_map(original_message_id);
    let mut groups = groups_of(&String::from_utf8_lossy(status.contents())).into_iter();
    // The first group is about the letter as a whole.
    let letter = groups.next().unwrap_or_default();
    let mut recipients = groups.take(RECIPIENTS_MAX).peekable();
    if recipients.peek().is_none() || letter.is_empty() {
        return Err(BounceMalformed::NoRecipient);
    }
    Ok(recipients.filter_map(|group| bounce_of(&group, original.as_ref())).collect())
}

/// What is counted before anything is parsed: bytes, and how deep letters can be in letters.
fn bounded(bytes: &[u8]) -> Result<(), BounceMalformed> {
    if bytes.len() > BYTES_MAX {
        return Err(BounceMalformed::TooLarge { bytes: bytes.len() });
    }
    let parts = bytes.windows(PART_MARK.len()).filter(|at| at.eq_ignore_ascii_case(PART_MARK));
    if parts.count() > PARTS_MAX {
        return Err(BounceMalformed::TooManyParts);
    }
    Ok(())
}

fn is_report(report: &Message<'_>) -> bool {
    report.content_type().is_some_and(|kind| {
        let is_report = kind.ctype().eq_ignore_ascii_case("multipart")
            && kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"));
        let about = kind.attribute("report-type").unwrap_or("delivery-status");
        is_report && about.eq_ignore_ascii_case("delivery-status")
    })
}

fn is_status(part: &MessagePart<'_>) -> bool {
    has_type(part, "message", &["delivery-status", "global-delivery-status"])
}

fn has_type(part: &MessagePart<'_>, main: &str, subtypes: &[&str]) -> bool {
    part.content_type().is_some_and(|kind| {
        let subtype = kind.subtype().unwrap_or_default();
        kind.ctype().eq_ignore_ascii_case(main)
            && subtypes.iter().any(|wanted| subtype.eq_ignore_ascii_case(wanted))
    })
}

/// The id of the letter that came back, from the letter or from its headers.
fn original_message_id(part: &MessagePart<'_>) -> Option<MessageId> {
    if let PartType::Message(letter) = &part.body {
        return id_in(letter);
    }
    let headers = ["rfc822-headers", "rfc822", "global-headers", "global"];
    if !has_type(part, "text", &headers) && !has_type(part, "message", &headers) {
        return None;
    }
    id_in(&MessageParser::default().parse_headers(part.contents())?)
}

fn id_in(letter: &Message<'_>) -> Option<MessageId> {
    let HeaderValue::Text(id) = letter.header("Message-ID")? else { return None };
    format!("<{id}>").parse().ok()
}

/// Fields in lower case; groups are parted by empty lines, long fields are folded.
fn groups_of(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut groups: Vec<BTreeMap<String, String>> = vec![BTreeMap::new()];
    let mut last: Option<String> = None;
    for line in text.lines() {
        if line.trim().is_empty() {
            if groups.last().is_some_and(|group| !group.is_empty()) {
                groups.push(BTreeMap::new());
            }
            last = None;
        } else if line.starts_with([' ', '\t']) {
            let group = groups.last_mut();
            let value = last.as_ref().and_then(|name| group?.get_mut(name));
            if let Some(value) = value {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            let name = name.trim().to_ascii_lowercase();
            if let Some(group) = groups.last_mut() {
                group.entry(name.clone()).or_insert_with(|| value.trim().to_owned());
            }
            last = Some(name);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn bounce_of(group: &BTreeMap<String, String>, original: Option<&MessageId>) -> Option<Bounce> {
    let recipient = group.get("original-recipient").or_else(|| group.get("final-recipient"))?;
    let status = group.get("status").map(Phrase::of);
    let is_for_ever = status.as_ref().is_some_and(|status| status.as_str().starts_with('5'));
    let fate = match group.get("action")?.to_ascii_lowercase().as_str() {
        "failed" if is_for_ever => Fate::Permanent,
        "failed" => Fate::GivenUp,
        "delayed" => Fate::Delayed,
        _delivered => return None,
    };
    Some(Bounce {
        original_message_id: original.cloned(),
        recipient: without_kind(recipient),
        fate,
        status,
        diagnostic: group.get("diagnostic-code").map(|words| without_kind(words)),
    })
}

/// `rfc822; mara@unit.test` without what comes before the semicolon.
fn without_kind(value: &str) -> Phrase {
    Phrase::of(value.split_once(';').map_or(value, |(_, rest)| rest.trim()))
}

/// A report brings the letter back, and ours are not larger.
const BYTES_MAX: usize = 1024 * 1024;

const PART_MARK: &[u8] = b"content-type";

/// A report has three parts, and the letter that came back may have some.
const PARTS_MAX: usize = 100;

/// Our letters have one recipient; a list on its side may have more.
const RECIPIENTS_MAX: usize = 50;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn report(fields: &str, original: &str) -> Vec<u8> {
        let text = format!(
            "From: MAILER-DAEMON@mail.test\nTo: desk@centre.test\nSubject: Undelivered\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\
             MIME-Version: 1.0\n\n\
             --b\nContent-Type: text/plain\n\nSorry.\n\n\
             --b\nContent-Type: message/delivery-status\n\n\
             Reporting-MTA: dns; mail.test\nArrival-Date: Sat, 14 Mar 2026 09:00:00 +0800\n\n\
             {fields}\n\n\
             --b\n{original}\n--b--\n"
        );
        text.replace('\n', "\r\n").into_bytes()
    }

    const FAILED: &str = "Final-Recipient: rfc822; mara@unit.test\nAction: failed\nStatus: 5.1.1\n\
                          Diagnostic-Code: smtp; 550 5.1.1 no such\n   user here";

    const LETTER: &str = "Content-Type: message/rfc822\n\nMessage-ID: <ntc_1@desk.test>\n\
                          Subject: x\n\nbody";

    const HEADERS: &str = "Content-Type: text/rfc822-headers\n\nSubject: x\n\
                           Message-ID: <ntc_1@desk.test>\n";

    #[test]
    fn a_failure_names_the_letter_the_recipient_and_the_reason() {
        for original in [LETTER, HEADERS] {
            let expected = Bounce {
                original_message_id: Some("<ntc_1@desk.test>".parse().unwrap()),
                recipient: Phrase::of("mara@unit.test"),
                fate: Fate::Permanent,
                status: Some(Phrase::of("5.1.1")),
                diagnostic: Some(Phrase::of("550 5.1.1 no such user here")),
            };
            assert_eq!(bounces_of(&report(FAILED, original)), Ok(vec![expected]));
        }
    }

    #[test]
    fn what_a_server_does_about_it_is_told_apart() {
        let fate = |action: &str, status: &str| {
            let fields =
                format!("Final-Recipient: rfc822;a@b.test\nAction: {action}\nStatus: {status}");
            let bounces = bounces_of(&report(&fields, LETTER)).unwrap();
            bounces.first().map(|bounce| bounce.fate)
        };
        assert_eq!(fate("failed", "5.2.2"), Some(Fate::Permanent));
        assert_eq!(fate("failed", "4.4.7"), Some(Fate::GivenUp));
        assert_eq!(fate("Delayed", "4.4.1"), Some(Fate::Delayed));
        assert_eq!(fate("delivered", "2.0.0"), None);
        assert_eq!(fate("relayed", "2.0.0"), None);
    }

    #[test]
    fn several_recipients_are_several_bounces() {
        let second = FAILED.replace("mara", "lin");
        let bounces = bounces_of(&report(&format!("{FAILED}\n\n{second}"), LETTER)).unwrap();
        let recipients: Vec<&str> =
            bounces.iter().map(|bounce| bounce.recipient.as_str()).collect();
        assert_eq!(recipients, ["mara@unit.test", "lin@unit.test"]);
    }

    #[test]
    fn the_recipient_is_the_one_we_wrote_to_wherever_it_was_forwarded() {
        let fields = format!("Original-Recipient: rfc822;duty@unit.test\n{FAILED}");
        let bounces = bounces_of(&report(&fields, LETTER)).unwrap();
        assert_eq!(bounces.first().unwrap().recipient.as_str(), "duty@unit.test");
    }

    #[test]
    fn a_report_without_the_letter_is_still_a_bounce() {
        let bounces = bounces_of(&report(FAILED, "Content-Type: text/plain\n\ngone")).unwrap();
        assert_eq!(bounces.first().unwrap().original_message_id, None);
    }

    #[test]
    fn what_is_no_report_is_refused() {
        assert_eq!(bounces_of(b""), Err(BounceMalformed::NotMail));
        let letter = b"Subject: out of office\r\n\r\nback on Monday";
        assert_eq!(bounces_of(letter), Err(BounceMalformed::NotAReport));
        let read = report(FAILED, LETTER);
        let read = String::from_utf8(read).unwrap();
        let read =
            read.replace("report-type=delivery-status", "report-type=disposition-notification");
        assert_eq!(bounces_of(read.as_bytes()), Err(BounceMalformed::NotAReport));
        assert_eq!(bounces_of(&report("", LETTER)), Err(BounceMalformed::NoRecipient));
    }

    #[test]
    fn what_is_too_large_or_too_deep_is_refused_before_it_is_parsed() {
        let large = vec![b'a'; BYTES_MAX + 1];
        assert!(matches!(bounces_of(&large), Err(BounceMalformed::TooLarge { .. })));
        let deep = b"Content-Type: message/rfc822\r\n\r\n".repeat(PARTS_MAX + 1);
        assert_eq!(bounces_of(&deep), Err(BounceMalformed::TooManyParts));
        let deep = b"Content-Type: message/rfc822\r\n\r\n".repeat(PARTS_MAX);
        assert_eq!(bounces_of(&deep), Err(BounceMalformed::NotAReport));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_report_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            prop_assert!(bounces_of(&bytes).is_err());
        }

        #[test]
        fn any_fields_are_read_or_refused(fields in "([A-Za-z-]{1,12}: ?\\PC{0,40}\n|[ \n]|\\PC){0,20}") {
            let bytes = report(&format!("{FAILED}\n{fields}"), LETTER);
            for bounce in bounces_of(&bytes).unwrap_or_default() {
                prop_assert!(!bounce.recipient.as_str().contains(['\r', '\n']));
            }
        }
    }
}
