//! A frame: one entry as it lies in a segment.
//!
//! Mark, checksum, number, length, how many frames of the same commit follow, marks; then the bytes.
//! The checksum begins with the salt of its segment, so that bytes from outside cannot pretend to be a frame.

/// Bytes before those of the entry.
pub(super) const HEADER: usize = 28;

const MARK: [u8; 4] = *b"FsP1";
const SHORTENED: u32 = 1;
const MEMO: u32 = 2;
const NAMED: u32 = 4;

/// One frame, its bytes borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) number: i64,
    /// How many frames of the same commit follow.
    pub(super) rest: u32,
    pub(super) shortened: bool,
    /// A note of whoever fills the spool, not an entry; its number is that of the next entry.
    pub(super) memo: bool,
    pub(super) name: Option<&'a str>,
    pub(super) bytes: &'a [u8],
}

/// What lies at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// A frame, and how many bytes it takes.
    Frame(Frame<'a>, usize),
    /// The beginning of one; so many bytes would be needed to see it whole.
    Begun(usize),
    /// Something else.
    Damage,
}

impl Frame<'_> {
    /// How many bytes the frame takes.
    pub(super) fn length(&self) -> usize {
        HEADER + self.bytes.len() + self.name.map_or(0, |name| name.len() + 2)
    }

    /// Writes the frame behind what is there. The name is short by construction.
    pub(super) fn write(&self, salt: u32, out: &mut Vec<u8>) {
        let length = u32::try_from(self.length() - HEADER).unwrap_or(u32::MAX);
        let mark = |is_set: bool, mark: u32| if is_set { mark } else { 0 };
        let marks = mark(self.shortened, SHORTENED)
            | mark(self.memo, MEMO)
            | mark(self.name.is_some(), NAMED);
        let mut head = [0; HEADER - 8];
        let fields: [&[u8]; 4] = [
            &self.number.to_le_bytes(),
            &length.to_le_bytes(),
            &self.rest.to_le_bytes(),
            &marks.to_le_bytes(),
        ];
        for (to, from) in head.iter_mut().zip(fields.concat()) {
            *to = from;
        }
        let named = self.name.map(|name| {
            (u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes(), name.as_bytes())
        });
        let mut sum = crc32fast::Hasher::new_with_initial(salt);
        sum.update(&head);
        if let Some((length, name)) = &named {
            sum.update(length);
            sum.update(name);
        }
        sum.update(self.bytes);
        out.extend_from_slice(&MARK);
        out.extend_from_slice(&sum.finalize().to_le_bytes());
        out.extend_from_slice(&head);
        if let Some((length, name)) = &named {
            out.extend_from_slice(length);
            out.extend_from_slice(name);
        }
        out.extend_from_slice(self.bytes);
    }
}

/// Looks at what lies at the beginning of `bytes`.
pub(super) fn look(bytes: &[u8], salt: u32, length_max: usize) -> Found<'_> {
    let Some((mark, rest)) = bytes.split_first_chunk::<4>() else { return Found::Begun(HEADER) };
    if *mark != MARK {
        return Found::Damage;
    }
    let Some((sum, body)) = rest.split_first_chunk::<4>() else { return Found::Begun(HEADER) };
    let Some(head) = Head::read(body) else { return Found::Begun(HEADER) };
    if head.length > length_max {
        return Found::Damage;
    }
    let taken = HEADER + head.length;
    let Some(summed) = body.get(..taken - 8) else { return Found::Begun(taken) };
    let mut own = crc32fast::Hasher::new_with_initial(salt);
    own.update(summed);
    if own.finalize() != u32::from_le_bytes(*sum) {
        return Found::Damage;
    }
    match head.frame(summed.get(HEADER - 8..).unwrap_or_default()) {
        Some(frame) => Found::Frame(frame, taken),
        None => Found::Damage,
    }
}

/// Where the next sound frame begins behind damage, with a number in the range.
pub(super) fn find(
    bytes: &[u8],
    salt: u32,
    length_max: usize,
    numbers: &std::ops::Range<i64>,
) -> Option<usize> {
    let mut from = 1;
    loop {
        let rest = bytes.get(from..)?;
        let at = from + rest.windows(MARK.len()).position(|window| window == MARK)?;
        if let Found::Frame(frame, _) = look(bytes.get(at..)?, salt, length_max)
            && numbers.contains(&frame.number)
        {
            return Some(at);
        }
        from = at + 1;
    }
}

struct Head {
    number: i64,
    length: usize,
    rest: u32,
    marks: u32,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (number, bytes) = bytes.split_first_chunk::<8>()?;
        let (length, bytes) = bytes.split_first_chunk::<4>()?;
        let (rest, bytes) = bytes.split_first_chunk::<4>()?;
        let (marks, _) = bytes.split_first_chunk::<4>()?;
        Some(Self {
            number: i64::from_le_bytes(*number),
            length: usize::try_from(u32::from_le_bytes(*length)).ok()?,
            rest: u32::from_le_bytes(*rest),
            marks: u32::from_le_bytes(*marks),
        })
    }

    fn frame<'a>(&self, body: &'a [u8]) -> Option<Frame<'a>> {
        let (name, bytes) = if self.marks & NAMED == 0 {
            (None, body)
        } else {
            let (length, rest) = body.split_first_chunk::<2>()?;
            let (name, bytes) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
            (Some(std::str::from_utf8(name).ok()?), bytes)
        };
        Some(Frame {
            number: self.number,
            rest: self.rest,
            shortened: self.marks & SHORTENED != 0,
            memo: self.marks & MEMO != 0,
            name,
            bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(bytes: &[u8]) -> Frame<'_> {
        Frame { number: 7, rest: 2, shortened: true, memo: false, name: Some("烽燧.csv"), bytes }
    }

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let mut out = Vec::new();
        frame(b"bytes").write(5, &mut out);
        assert_eq!(out.len(), frame(b"bytes").length());
        assert_eq!(look(&out, 5, 100), Found::Frame(frame(b"bytes"), out.len()));
    }

    #[test]
    fn every_changed_byte_and_another_salt_are_noticed() {
        let mut out = Vec::new();
        frame(b"bytes").write(5, &mut out);
        assert_eq!(look(&out, 6, 100), Found::Damage);
        for at in 0..out.len() {
            let mut bad = out.clone();
            bad[at] ^= 1;
            assert!(!matches!(look(&bad, 5, 100), Found::Frame(..)), "byte {at}");
        }
    }

    #[test]
    fn a_frame_that_is_cut_off_is_one_that_has_begun() {
        let mut out = Vec::new();
        frame(b"bytes").write(5, &mut out);
        for length in 4..out.len() {
            assert!(matches!(look(&out[..length], 5, 100), Found::Begun(_)), "{length}");
        }
    }

    #[test]
    fn a_frame_within_the_bytes_of_another_is_not_found() {
        let mut inner = Vec::new();
        frame(b"forged").write(0, &mut inner);
        let mut out = Vec::new();
        frame(&inner).write(5, &mut out);
        let next = out.len();
        frame(b"true").write(5, &mut out);
        out[9] ^= 1;
        assert_eq!(find(&out, 5, 1000, &(0..100)), Some(next));
    }
}
