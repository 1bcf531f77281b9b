//! The header of a message (RFC 5424, RFC 3164), and where it ends.

/// What becomes of the header of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyslogHeader {
    /// It stays: CEF and LEEF are read with it.
    #[default]
    Kept,
    /// It is taken off, so that EVE over syslog is bare JSON. Where none is recognised, all stays.
    Stripped,
}

impl SyslogHeader {
    pub(super) fn apply(self, message: &mut Vec<u8>) {
        match self {
            Self::Kept => {}
            Self::Stripped => {
                let header = message.len() - body(message).unwrap_or(message).len();
                message.drain(..header);
            }
        }
    }
}

/// What follows the header.
fn body(message: &[u8]) -> Option<&[u8]> {
    let rest = after_priority(message)?;
    after_5424(rest).or_else(|| after_3164(rest))
}

fn after_priority(message: &[u8]) -> Option<&[u8]> {
    let rest = message.strip_prefix(b"<")?;
    let end = rest.iter().take(4).position(|byte| *byte == b'>')?;
    let (digits, rest) = rest.split_at_checked(end)?;
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| rest.get(1..))?
}

/// `1 TIME HOST APP PROCESS MESSAGE-ID STRUCTURED-DATA [MESSAGE]`
fn after_5424(rest: &[u8]) -> Option<&[u8]> {
    let mut rest = rest.strip_prefix(b"1 ")?;
    for _field in 0..5 {
        let (_, behind) = word(rest)?;
        rest = behind;
    }
    let rest = match rest.strip_prefix(b"-") {
        Some(rest) => rest,
        None => after_elements(rest)?,
    };
    let message = rest.strip_prefix(b" ").unwrap_or(rest);
    Some(message.strip_prefix(BOM).unwrap_or(message))
}

/// `[id name="value" …]…`, where a value may have `\"`, `\\` and `\]`.
fn after_elements(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let inner = rest.strip_prefix(b"[")?;
        let (mut is_quoted, mut is_escaped) = (false, false);
        let end = inner.iter().position(|byte| {
            let was_escaped = std::mem::take(&mut is_escaped);
            match byte {
                b'\\' if is_quoted => is_escaped = !was_escaped,
                b'"' if !was_escaped => is_quoted = !is_quoted,
                b']' => return !is_quoted,
                _ => {}
            }
            false
        })?;
        rest = inner.get(end + 1..)?;
        if !rest.starts_with(b"[") {
            return Some(rest);
        }
    }
}

/// `Mmm dd hh:mm:ss HOST TAG[PROCESS]: MESSAGE`, or with a time of RFC 3339 as many write it.
fn after_3164(rest: &[u8]) -> Option<&[u8]> {
    let is_named_month = rest.get(3) == Some(&b' ') && rest.get(15) == Some(&b' ');
    let rest = if is_named_month { rest.get(16..)? } else { word(rest)?.1 };
    let (_host, rest) = word(rest)?;
    let (tag, rest) = word(rest)?;
    tag.ends_with(b":").then_some(rest)
}

/// What stands before a blank, and what stands behind it.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| *byte == b' ')?;
    let (word, rest) = text.split_at_checked(end)?;
    (!word.is_empty()).then_some((word, rest.get(1..)?))
}

const BOM: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        SyslogHeader::Stripped.apply(&mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_header_of_either_rfc_is_taken_off() {
        let messages = [
            "<134>1 2026-03-14T01:02:03.004Z north suricata 12 - - {\"a\":1}",
            "<134>1 2026-03-14T01:02:03.004Z north suricata - ID [x@1 a=\"b]\\\"\"][y] \u{feff}{\"a\":1}",
            "<134>Mar  4 01:02:03 north suricata[12]: {\"a\":1}",
            "<134>2026-03-14T01:02:03+08:00 north suricata: {\"a\":1}",
        ];
        for message in messages {
            assert_eq!(stripped(message), "{\"a\":1}", "{message}");
        }
    }

    #[test]
    fn what_is_no_header_stays() {
        let messages = [
            "{\"a\":1}",
            "<134>{\"a\":1}",
            "<x>1 a b c d e - f",
            "<1>1 a b c d e [open",
            "<134>Mar  4 01:02:03 north CEF:0|a|b|c|d|e|f|",
            "<",
            "<1",
            "",
        ];
        for message in messages {
            assert_eq!(stripped(message), message);
        }
    }

    #[test]
    fn a_header_is_kept_where_nothing_else_is_said() {
        let mut bytes = b"<1>1 - - - - - - x".to_vec();
        SyslogHeader::default().apply(&mut bytes);
        assert_eq!(bytes, b"<1>1 - - - - - - x");
    }
}
