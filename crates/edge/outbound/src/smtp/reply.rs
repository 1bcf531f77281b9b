//! What a mail server answers: lines with a number, bounded, in whatever characters.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

use crate::answer::Answer;

/// One answer: its number and the words of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

/// What the numbers mean, by their first digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// 2: done.
    Done,
    /// 3: go on.
    GoOn,
    /// 4: not now.
    NotNow,
    /// 5: no.
    No,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplyFault {
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
    #[error("the connection was closed")]
    Closed,
    #[error("the server answers what it was not asked")]
    OutOfTurn,
    #[error("the answer does not end")]
    TooLong,
    #[error("this is not the answer of a mail server: {0}")]
    Malformed(String),
}

impl Reply {
    /// Reads one answer of at most `bytes_max` bytes.
    pub(super) async fn read(
        stream: &mut (impl AsyncBufRead + Unpin),
        bytes_max: usize,
    ) -> Result<Self, ReplyFault> {
        let mut left = bytes_max;
        let mut lines = Vec::new();
        loop {
            let line = read_line(stream, left).await?;
            left = left.saturating_sub(line.len());
            let part = Part::of(&line)?;
            lines.push(part.text);
            if part.is_last {
                return Ok(Self { code: part.code, lines });
            }
        }
    }

    /// What its number means; None for numbers that mail servers do not use.
    pub(super) fn sense(&self) -> Option<Sense> {
        match self.code {
            200..300 => Some(Sense::Done),
            300..400 => Some(Sense::GoOn),
            400..500 => Some(Sense::NotNow),
            500..600 => Some(Sense::No),
            0..200 | 600.. => None,
        }
    }

    pub(super) fn answer(&self) -> Answer {
        Answer::coded(self.code, &self.lines.join(" "))
    }
}

/// One line of an answer.
struct Part {
    code: u16,
    is_last: bool,
    text: String,
}

impl Part {
    fn of(line: &[u8]) -> Result<Self, ReplyFault> {
        // Servers explain themselves in any encoding; the number is what counts.
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end_matches(['\r', '\n']);
        let malformed = || ReplyFault::Malformed(text.chars().take(SHOWN_CHARS_MAX).collect());
        let digits = text.get(..3).ok_or_else(malformed)?;
        if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(malformed());
        }
        let code = digits.parse().ok().ok_or_else(malformed)?;
        let rest = text.get(3..).unwrap_or_default();
        let is_last = match rest.chars().next() {
            None | Some(' ') => true,
            Some('-') => false,
            Some(_) => return Err(malformed()),
        };
        Ok(Self { code, is_last, text: rest.chars().skip(1).collect() })
    }
}

async fn read_line(
    stream: &mut (impl AsyncBufRead + Unpin),
    bytes_max: usize,
) -> Result<Vec<u8>, ReplyFault> {
    let mut line = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    stream.take(limit).read_until(b'\n', &mut line).await?;
    if line.ends_with(b"\n") {
        return Ok(line);
    }
    Err(if line.len() >= bytes_max { ReplyFault::TooLong } else { ReplyFault::Closed })
}

/// How much of a line that is no answer is shown.
const SHOWN_CHARS_MAX: usize = 80;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    async fn read(bytes: &[u8]) -> Result<Reply, ReplyFault> {
        Reply::read(&mut { bytes }, 64).await
    }

    #[tokio::test]
    async fn several_lines_are_one_answer() {
        let reply = read(b"250-mail.test\r\n250-SIZE 100\r\n250 STARTTLS\r\nmore").await.unwrap();
        assert_eq!(reply.code, 250);
        assert_eq!(reply.lines, ["mail.test", "SIZE 100", "STARTTLS"]);
    }

    #[tokio::test]
    async fn an_answer_in_another_encoding_keeps_its_number() {
        let reply = read(b"550 \xd3\xca\xcf\xe4\xb2\xbb\xb4\xe6\xd4\xda\r\n").await.unwrap();
        assert_eq!((reply.code, reply.sense()), (550, Some(Sense::No)));
    }

    #[tokio::test]
    async fn what_is_no_answer_is_refused() {
        assert!(matches!(read(b"HTTP/1.1 400 no\r\n").await, Err(ReplyFault::Malformed(_))));
        assert!(matches!(read(b"2500 ok\r\n").await, Err(ReplyFault::Malformed(_))));
        assert!(matches!(read(b"\xff\xff\xff\xff\r\n").await, Err(ReplyFault::Malformed(_))));
        assert!(matches!(read(b"250 half").await, Err(ReplyFault::Closed)));
        assert!(matches!(read(b"250-half\r\n").await, Err(ReplyFault::Closed)));
        assert!(matches!(read(&[b'2'; 100]).await, Err(ReplyFault::TooLong)));
        let endless = b"250-a\r\n".repeat(100);
        assert!(matches!(read(&endless).await, Err(ReplyFault::TooLong)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            if let Ok(reply) = runtime.block_on(read(&bytes)) {
                prop_assert!(reply.code < 1000);
                prop_assert!(bytes.contains(&b'\n'));
            }
        }
    }
}
