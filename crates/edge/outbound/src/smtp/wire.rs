//! How a letter travels: lines end in CR LF and nothing in it can end the letter.

/// The letter as it travels, without the final line that ends it.
///
/// Every CR or LF that stands alone becomes a line end of its own: servers disagree about them, and
/// a letter that one server ends elsewhere than the next carries a second letter inside.
pub(super) fn as_sent(letter: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(letter.len().saturating_add(letter.len() / 32));
    let mut is_line_start = true;
    let mut bytes = letter.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' | b'\n' => {
                if byte == b'\r' {
                    bytes.next_if_eq(&b'\n');
                }
                sent.extend_from_slice(b"\r\n");
                is_line_start = true;
            }
            other => {
                if is_line_start && other == b'.' {
                    sent.push(b'.');
                }
                sent.push(other);
                is_line_start = false;
            }
        }
    }
    if !is_line_start {
        sent.extend_from_slice(b"\r\n");
    }
    sent
}

/// The line that ends a letter.
pub(super) const END: &[u8] = b".\r\n";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a server makes of it.
    fn as_received(sent: &[u8]) -> Vec<u8> {
        let text = sent.strip_suffix(b"\r\n").unwrap_or(sent);
        let lines = text.split(|byte| *byte == b'\n');
        let lines = lines.map(|line| line.strip_prefix(b".").unwrap_or(line).to_vec());
        lines.collect::<Vec<_>>().join(&b'\n')
    }

    #[test]
    fn a_line_of_one_dot_does_not_end_the_letter() {
        assert_eq!(as_sent(b"a\r\n.\r\nb"), b"a\r\n..\r\nb\r\n");
        assert_eq!(as_sent(b"a\n.\nb"), b"a\r\n..\r\nb\r\n");
        assert_eq!(as_sent(b"a\r.\rb\r\n"), b"a\r\n..\r\nb\r\n");
    }

    proptest! {
        #[test]
        fn no_letter_contains_its_own_end(
            letter in prop::collection::vec(prop::sample::select(&b".\r\nab"[..]), 0..60),
        ) {
            let sent = as_sent(&letter);
            let sent = String::from_utf8(sent).unwrap();
            prop_assert!(!sent.lines().any(|line| line == "."), "{sent:?}");
            let ends = sent.matches("\r\n").count();
            prop_assert_eq!(sent.matches('\r').count(), ends);
            prop_assert_eq!(sent.matches('\n').count(), ends);
        }

        #[test]
        fn lines_arrive_as_they_were(lines in prop::collection::vec("[.a-c]{0,5}", 1..8)) {
            let letter = lines.join("\r\n");
            prop_assume!(!letter.ends_with("\r\n") && !letter.is_empty());
            let received = as_received(&as_sent(letter.as_bytes()));
            prop_assert_eq!(received, letter.into_bytes());
        }
    }
}
