//! Telling messages of a connection apart.

use crate::spool::Entry;

/// Takes bytes and gives messages. How they are told apart is seen from the first byte.
#[derive(Debug)]
pub(super) struct Framer {
    message_max: usize,
    manner: Manner,
    held: Vec<u8>,
    /// Bytes of the message under way that are beyond the limit.
    is_shortened: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Unknown,
    /// Octet counting, reading the number.
    Counting,
    /// Octet counting, so many bytes of the message are still to come.
    Counted(usize),
    /// By LF or NUL.
    Ended,
    /// Nothing more can be understood.
    Malformed,
}

impl Framer {
    pub(super) fn new(message_max: usize) -> Self {
        Self { message_max, manner: Manner::Unknown, held: Vec::new(), is_shortened: false }
    }

    pub(super) fn is_malformed(&self) -> bool {
        self.manner == Manner::Malformed
    }

    /// Takes the next bytes and gives the messages that are complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Entry> {
        let mut messages = Vec::new();
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            rest = match self.manner {
                Manner::Unknown => {
                    self.manner = manner_of(*first);
                    rest
                }
                Manner::Counting => self.count(rest),
                Manner::Counted(left) => self.counted(rest, left, &mut messages),
                Manner::Ended => self.ended(rest, &mut messages),
                Manner::Malformed => return messages,
            };
        }
        messages
    }

    /// The connection has ended: a last line needs no end, a counted message does.
    pub(super) fn finish(&mut self) -> Vec<Entry> {
        let mut messages = Vec::new();
        match self.manner {
            Manner::Ended => self.done(&mut messages),
            Manner::Counted(_) => {
                self.is_shortened = true;
                self.done(&mut messages);
            }
            Manner::Unknown | Manner::Counting | Manner::Malformed => {}
        }
        messages
    }

    fn count<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let Some((byte, rest)) = bytes.split_first() else { return bytes };
        match byte {
            b'0'..=b'9' if self.held.len() < DIGITS_MAX => self.held.push(*byte),
            // Some senders put a line end behind a counted message.
            b'\n' | b'\r' if self.held.is_empty() => {}
            b' ' => {
                let digits = std::mem::take(&mut self.held);
                let count = std::str::from_utf8(&digits).ok().and_then(|text| text.parse().ok());
                self.manner =
                    count.filter(|count| *count > 0).map_or(Manner::Malformed, Manner::Counted);
            }
            _ => self.manner = Manner::Malformed,
        }
        rest
    }

    fn counted<'a>(&mut self, bytes: &'a [u8], left: usize, messages: &mut Vec<Entry>) -> &'a [u8] {
        let (part, rest) = bytes.split_at_checked(left).unwrap_or((bytes, &[]));
        self.hold(part);
        match left.saturating_sub(part.len()) {
            0 => {
                self.done(messages);
                self.manner = Manner::Counting;
            }
            left => self.manner = Manner::Counted(left),
        }
        rest
    }

    fn ended<'a>(&mut self, bytes: &'a [u8], messages: &mut Vec<Entry>) -> &'a [u8] {
        let end = bytes.iter().position(|byte| matches!(byte, b'\n' | 0));
        let (part, rest) =
            bytes.split_at_checked(end.unwrap_or(bytes.len())).unwrap_or((bytes, &[]));
        self.hold(part);
        let Some((_end, rest)) = rest.split_first() else { return rest };
        self.done(messages);
        rest
    }

    fn hold(&mut self, part: &[u8]) {
        let room = self.message_max.saturating_sub(self.held.len());
        self.held.extend_from_slice(part.get(..room).unwrap_or(part));
        self.is_shortened |= part.len() > room;
    }

    fn done(&mut self, messages: &mut Vec<Entry>) {
        let mut bytes = std::mem::take(&mut self.held);
        let shortened = std::mem::take(&mut self.is_shortened);
        trim_end(&mut bytes);
        if !bytes.is_empty() {
            messages.push(Entry { name: None, bytes, shortened });
        }
    }
}

/// A count begins with a digit, a message does not.
fn manner_of(first: u8) -> Manner {
    if matches!(first, b'1'..=b'9') { Manner::Counting } else { Manner::Ended }
}

/// A datagram as a message.
pub(super) fn cut(bytes: &[u8], message_max: usize) -> Entry {
    let mut kept = bytes.get(..message_max).unwrap_or(bytes).to_vec();
    trim_end(&mut kept);
    Entry { name: None, bytes: kept, shortened: bytes.len() > message_max }
}

/// Line ends and NUL are no part of a message, however it was sent.
fn trim_end(bytes: &mut Vec<u8>) {
    while matches!(bytes.last(), Some(b'\n' | b'\r' | 0)) {
        bytes.pop();
    }
}

/// Digits of a count.
const DIGITS_MAX: usize = 9;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(parts: &[&[u8]]) -> (Vec<String>, bool) {
        let mut framer = Framer::new(10);
        let mut messages: Vec<Entry> = parts.iter().flat_map(|part| framer.push(part)).collect();
        messages.extend(framer.finish());
        let text = |entry: Entry| {
            let text = String::from_utf8(entry.bytes).unwrap();
            if entry.shortened { text + "…" } else { text }
        };
        (messages.into_iter().map(text).collect(), framer.is_malformed())
    }

    #[test]
    fn counted_messages_are_told_apart() {
        let (messages, _) = framed(&[b"5 <1>ab6 <1>a\nb\n4 <1>c"]);
        assert_eq!(messages, ["<1>ab", "<1>a\nb", "<1>c"]);
    }

    #[test]
    fn messages_that_end_with_a_line_are_told_apart() {
        let (messages, _) = framed(&[b"<1>a\r\n<1>b\0\n<1>c"]);
        assert_eq!(messages, ["<1>a", "<1>b", "<1>c"]);
    }

    #[test]
    fn of_what_is_too_long_or_cut_off_the_beginning_is_kept() {
        assert_eq!(framed(&[b"12 123456789012", b"3 abc"]).0, ["1234567890…", "abc"]);
        assert_eq!(framed(&[b"<2>4567890123\nabc"]).0, ["<2>4567890…", "abc"]);
        assert_eq!(framed(&[b"5 ab"]).0, ["ab…"]);
    }

    #[test]
    fn a_count_that_is_none_ends_the_connection() {
        assert_eq!(framed(&[b"3 abcx 3 abc"]), (vec!["abc".into()], true));
        assert_eq!(framed(&[b"3 abc0 "]), (vec!["abc".into()], true));
        assert_eq!(framed(&[b"12345678901 "]), (vec![], true));
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_does_not_matter(
            messages in prop::collection::vec("<[a-z]{1,8}", 1..6),
            cuts in prop::collection::vec(0_usize..60, 0..6),
            counted in any::<bool>(),
        ) {
            let bytes: String = messages
                .iter()
                .map(|it| if counted { format!("{} {it}", it.len()) } else { format!("{it}\n") })
                .collect();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let parts: Vec<&[u8]> =
                cuts.windows(2).map(|pair| &bytes.as_bytes()[pair[0]..pair[1]]).collect();
            prop_assert_eq!(framed(&parts), (messages, false));
        }
    }
}
