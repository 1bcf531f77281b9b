//! A message as mail: plain text, both scripts, and headers that say a machine wrote it.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use fengsui_outbound::MailAddress;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox as LettreMailbox, Message as LettreMessage};

use crate::message::Message;
use crate::words::Phrase;

/// An address and the name of whoever reads there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name; shown, never used to deliver.
    pub name: Option<Phrase>,
    /// The address.
    pub address: MailAddress,
}

/// Why a message cannot become a mail.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("a message cannot be older than mail")]
    Date,
    #[error("the mail cannot be composed")]
    Compose {
        #[from]
        source: lettre::error::Error,
    },
}

/// The bytes of a mail. The same message gives the same bytes, but for the mark of a later attempt.
pub(crate) fn composed(message: &Message, from: &Mailbox, to: &Mailbox) -> Result<Vec<u8>, Unfit> {
    if message.written_at.as_second() < 0 {
        return Err(Unfit::Date);
    }
    let mut mail = LettreMessage::builder()
        .date(SystemTime::from(message.written_at))
        .from(from.as_lettre())
        .to(to.as_lettre())
        .raw_header(subject(message.subject.as_str()))
        .message_id(Some(message.id.as_str().to_owned()))
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN);
    for (name, value) in marks(message) {
        mail = mail.raw_header(HeaderValue::new(name, value));
    }
    Ok(mail.body(message.text.as_str().replace('\n', "\r\n"))?.formatted())
}

impl Mailbox {
    /// An address without a name.
    pub fn bare(address: MailAddress) -> Self {
        Self { name: None, address }
    }

    fn as_lettre(&self) -> LettreMailbox {
        let name = self.name.as_ref().filter(|name| !name.as_str().is_empty());
        // A name that looks encoded would be shown as what it seems to encode.
        let name = name.map(|name| name.as_str().replace("=?", "= ?"));
        LettreMailbox::new(name, self.address.clone())
    }
}

/// The subject line. The library leaves ASCII as it is, even where it looks like an encoded word:
/// such a title, from outside, would be shown as another one.
fn subject(text: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Subject");
    if !text.contains("=?") {
        return HeaderValue::new(name, text.to_owned());
    }
    let mut words: Vec<String> = vec![String::new()];
    for letter in text.chars() {
        if words.last().is_some_and(|word| word.len() + letter.len_utf8() > WORD_BYTES_MAX) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(letter);
        }
    }
    let words = words.iter().map(|word| format!("=?utf-8?b?{}?=", BASE64.encode(word)));
    let encoded = words.collect::<Vec<_>>().join("\r\n ");
    HeaderValue::dangerous_new_pre_encoded(name, text.to_owned(), encoded)
}

fn marks(message: &Message) -> Vec<(HeaderName, String)> {
    let mut marks = vec![
        // No vacation notice, no bounce to a bounce (RFC 3834).
        (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()),
        (HeaderName::new_from_ascii_str("Content-Language"), message.lang.tag().to_owned()),
    ];
    if let Some(answered) = &message.in_reply_to {
        marks.push((HeaderName::new_from_ascii_str("In-Reply-To"), answered.to_string()));
        marks.push((HeaderName::new_from_ascii_str("References"), answered.to_string()));
    }
    if message.attempt.number > 1 {
        let number = message.attempt.number.to_string();
        marks.push((HeaderName::new_from_ascii_str("X-Fengsui-Attempt"), number));
    }
    marks
}

/// So many bytes in base64, with the marks around them, fill a line and no more.
const WORD_BYTES_MAX: usize = 42;

#[cfg(test)]
mod tests {
    use fengsui_vocabulary::{Lang, Realm};
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    use super::*;
    use crate::message::{Attempt, Destination, MessageId};
    use crate::words::Passage;

    fn mailbox(name: &str, address: &str) -> Mailbox {
        let name = Phrase::of(name);
        Mailbox { name: Some(name), address: address.parse().unwrap() }
    }

    fn message(subject: &str, text: &str) -> Message {
        Message {
            id: MessageId::of("ntc_1", "desk.test").unwrap(),
            realm: Realm::Live,
            destination: Destination::Mail(mailbox("", "mara@unit.test")),
            subject: Phrase::of(subject),
            text: Passage::of(text),
            lang: Lang::Zh,
            in_reply_to: Some("<before@unit.test>".parse().unwrap()),
            written_at: "2026-03-14T01:00:00Z".parse().unwrap(),
            attempt: Attempt { number: 1, at: "2026-03-14T01:00:05Z".parse().unwrap() },
        }
    }

    fn bytes(message: &Message, name: &str) -> Vec<u8> {
        let from = mailbox("应急值班室", "desk@centre.test");
        composed(message, &from, &mailbox(name, "mara@unit.test")).unwrap()
    }

    #[test]
    fn a_mail_has_exactly_these_headers() {
        let mut again = message("通知", "hello");
        again.attempt.number = 2;
        let sent = String::from_utf8(bytes(&again, "Mara")).unwrap();
        let (head, body) = sent.split_once("\r\n\r\n").unwrap();
        let mut lines: Vec<&str> = head.split("\r\n").collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "Auto-Submitted: auto-generated",
                "Content-Language: zh-CN",
                "Content-Transfer-Encoding: 7bit",
                "Content-Type: text/plain; charset=utf-8",
                "Date: Sat, 14 Mar 2026 01:00:00 +0000",
                "From: =?utf-8?b?5bqU5oCl5YC854+t5a6k?= <desk@centre.test>",
                "In-Reply-To: <before@unit.test>",
                "MIME-Version: 1.0",
                "Message-ID: <ntc_1@desk.test>",
                "References: <before@unit.test>",
                "Subject: =?utf-8?b?6YCa55+l?=",
                "To: Mara <mara@unit.test>",
                "X-Fengsui-Attempt: 2",
            ]
        );
        assert_eq!(body, "hello");
    }

    #[test]
    fn the_same_message_gives_the_same_bytes() {
        let one = message("逾期", "第一行\n第二行");
        assert_eq!(bytes(&one, "Mara"), bytes(&one.clone(), "Mara"));
    }

    #[test]
    fn a_message_from_before_1970_is_refused() {
        let mut old = message("a", "b");
        old.written_at = "1969-12-31T00:00:00Z".parse().unwrap();
        let to = mailbox("", "mara@unit.test");
        assert!(matches!(composed(&old, &to, &to), Err(Unfit::Date)));
    }

    /// Texts that look for the edges: line ends, encoded words, quotes, long words, four bytes.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[ -~]{0,200}",
            "(\\PC|[\r\n\t ]){0,120}",
            "([a-z]{1,90} ?){0,5}",
            "[\u{4e00}-\u{9fff} ，。a-z]{0,150}",
            "(=\\?utf-8\\?[bq]\\?[A-Za-z=_]{0,8}\\?=|\r\nBcc: x@y|[<>@\",;:()\\\\ ]){0,12}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn what_is_sent_comes_out_the_same(subject in texts(), name in texts(), text in texts()) {
            let message = message(&subject, &text);
            let sent = bytes(&message, &name);
            prop_assert!(sent.is_ascii());
            let seen = String::from_utf8(sent.clone()).unwrap();
            let (head, _) = seen.split_once("\r\n\r\n").unwrap();
            let names: Vec<&str> = head
                .split("\r\n")
                .filter(|line| !line.starts_with([' ', '\t']))
                .map(|line| line.split_once(": ").unwrap_or_else(|| panic!("{line:?}")).0)
                .collect();
            prop_assert_eq!(names.len(), 12, "{}", head);
            prop_assert!(seen.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
            let read = MessageParser::default().parse(&sent).unwrap();
            prop_assert_eq!(read.subject().unwrap_or_default(), message.subject.as_str());
            let to = read.to().and_then(|to| to.first()).unwrap();
            prop_assert_eq!(to.address(), Some("mara@unit.test"));
            let shown = Phrase::of(Phrase::of(&name).as_str().replace("=?", "= ?"));
            prop_assert_eq!(to.name().unwrap_or_default(), shown.as_str());
            prop_assert_eq!(read.message_id(), Some("ntc_1@desk.test"));
            let text = read.body_text(0).unwrap_or_default().replace("\r\n", "\n");
            prop_assert_eq!(text, message.text.as_str());
        }

        #[test]
        fn no_address_carries_a_line_end(text in "[\\PC\r\n\"]{0,20}@[a-z.\r\n]{0,20}") {
            if let Ok(address) = text.parse::<MailAddress>() {
                prop_assert!(!address.to_string().contains(['\r', '\n', '>', '\0']));
            }
        }
    }
}
