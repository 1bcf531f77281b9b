//! The grammar of JSON, walked over once.

use super::DEPTH_MAX;

/// Where one is in a text.
#[derive(Clone, Debug)]
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    is_begun: bool,
    /// How deep the container is; the outermost stands alone in its text.
    depth: u32,
}

/// Where a member stands.
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) name_end: usize,
}

/// Why a text is not read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    NotJson,
    TooDeep,
}

impl<'a> Scan<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, is_begun: false, depth: 1 }
    }

    /// One value that is all of the text.
    pub(super) fn whole(mut self) -> Result<(), Damage> {
        self.blanks();
        self.value(0)?;
        self.end()
    }

    /// Goes to the value of the next member.
    #[inline]
    pub(super) fn member(&mut self) -> Result<Option<Found>, Damage> {
        if self.is_past(b'{', b'}')? {
            return self.end_of_container().map(|()| None);
        }
        let start = self.at;
        self.string()?;
        let name_end = self.at;
        self.blanks();
        self.eat(b':')?;
        self.blanks();
        Ok(Some(Found { start, name_end }))
    }

    /// Goes over the value of a member, and says where it stood.
    #[inline]
    pub(super) fn over(&mut self) -> Result<(usize, usize), Damage> {
        let start = self.at;
        self.value(self.depth)?;
        Ok((start, self.at))
    }

    /// Whether an object begins here.
    pub(super) fn is_at_object(&self) -> bool {
        self.peek() == Some(b'{')
    }

    /// The container that begins here, to be walked over part by part.
    pub(super) fn inside(&self) -> Self {
        Self { is_begun: false, depth: self.depth + 1, ..self.clone() }
    }

    /// Goes on behind a container that has been walked over.
    pub(super) fn leave(&mut self, inner: &Self) {
        self.at = inner.at;
    }

    /// The next element of the array that is all of the text.
    pub(super) fn element(&mut self) -> Result<Option<(usize, usize)>, Damage> {
        if self.is_past(b'[', b']')? {
            return self.end_of_container().map(|()| None);
        }
        let start = self.at;
        self.value(self.depth)?;
        Ok(Some((start, self.at)))
    }

    /// Goes to the next part of a container; true where its end comes first.
    #[inline]
    fn is_past(&mut self, open: u8, close: u8) -> Result<bool, Damage> {
        self.blanks();
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        if is_first {
            self.eat(open)?;
            self.blanks();
        }
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(true);
        }
        if !is_first {
            self.eat(b',')?;
            self.blanks();
        }
        Ok(false)
    }

    /// Nothing may follow the outermost container.
    fn end_of_container(&mut self) -> Result<(), Damage> {
        if self.depth == 1 { self.end() } else { Ok(()) }
    }

    fn end(&mut self) -> Result<(), Damage> {
        self.blanks();
        if self.at == self.bytes.len() { Ok(()) } else { Err(Damage::NotJson) }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn eat(&mut self, byte: u8) -> Result<(), Damage> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(Damage::NotJson)
        }
    }

    #[inline]
    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u32) -> Result<(), Damage> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            Some(_) | None => Err(Damage::NotJson),
        }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), Damage> {
        let is_there = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word));
        self.at += word.len();
        if is_there { Ok(()) } else { Err(Damage::NotJson) }
    }

    fn object(&mut self, depth: u32) -> Result<(), Damage> {
        if depth >= DEPTH_MAX {
            return Err(Damage::TooDeep);
        }
        self.at += 1;
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.string()?;
            self.blanks();
            self.eat(b':')?;
            self.blanks();
            self.value(depth + 1)?;
            self.blanks();
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => self.eat(b',')?,
            }
            self.blanks();
        }
    }

    fn array(&mut self, depth: u32) -> Result<(), Damage> {
        if depth >= DEPTH_MAX {
            return Err(Damage::TooDeep);
        }
        self.at += 1;
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            self.blanks();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => self.eat(b',')?,
            }
            self.blanks();
        }
    }

    fn number(&mut self) -> Result<(), Damage> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let starts_with_zero = self.peek() == Some(b'0');
        let digits = self.digits()?;
        if starts_with_zero && digits > 1 {
            return Err(Damage::NotJson);
        }
        let mut exponent = 0;
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            exponent = self.digits()?;
        }
        if digits > 200 || exponent > 2 { self.finite(start) } else { Ok(()) }
    }

    /// Refuses a number that no machine holds: whoever reads the value later would.
    fn finite(&self, start: usize) -> Result<(), Damage> {
        let digits = self.bytes.get(start..self.at).and_then(|text| str::from_utf8(text).ok());
        let number: Option<f64> = digits.and_then(|digits| digits.parse().ok());
        if number.is_some_and(f64::is_finite) { Ok(()) } else { Err(Damage::NotJson) }
    }

    #[inline]
    fn digits(&mut self) -> Result<usize, Damage> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start { Ok(self.at - start) } else { Err(Damage::NotJson) }
    }

    #[inline]
    fn string(&mut self) -> Result<(), Damage> {
        self.eat(b'"')?;
        loop {
            self.plain();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.escape()?;
                }
                Some(b' '..) => self.at += 1,
                Some(_) | None => return Err(Damage::NotJson),
            }
        }
    }

    /// Goes over eight letters at a time while there is nothing among them to stop at.
    #[inline]
    fn plain(&mut self) {
        while let Some(eight) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let stops = stops(u64::from_le_bytes(*eight));
            if stops != 0 {
                // The lowest mark is exact; eight bits of it are one letter.
                self.at += usize::try_from(stops.trailing_zeros() / 8).unwrap_or(0);
                return;
            }
            self.at += 8;
        }
    }

    fn escape(&mut self) -> Result<(), Damage> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => self.code_point(),
            Some(_) | None => Err(Damage::NotJson),
        }
    }

    /// Halves of pairs are refused: whoever reads the text later would.
    fn code_point(&mut self) -> Result<(), Damage> {
        match self.code_unit()? {
            0xd800..0xdc00 => {
                self.eat(b'\\')?;
                match self.code_unit()? {
                    0xdc00..0xe000 => Ok(()),
                    _ => Err(Damage::NotJson),
                }
            }
            0xdc00..0xe000 => Err(Damage::NotJson),
            _ => Ok(()),
        }
    }

    /// The number of `uXXXX`.
    fn code_unit(&mut self) -> Result<u32, Damage> {
        self.eat(b'u')?;
        let digits = self.bytes.get(self.at..self.at + 4).ok_or(Damage::NotJson)?;
        self.at += 4;
        digits.iter().try_fold(0, |sum, byte| {
            let digit = char::from(*byte).to_digit(16).ok_or(Damage::NotJson)?;
            Ok(sum * 16 + digit)
        })
    }
}

/// Marks the letters among eight at which a string ends, is escaped or is no string.
#[inline]
fn stops(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quote = eight ^ (ONES * 0x22);
    let backslash = eight ^ (ONES * 0x5c);
    let is_quote = quote.wrapping_sub(ONES) & !quote;
    let is_backslash = backslash.wrapping_sub(ONES) & !backslash;
    let is_control = eight.wrapping_sub(ONES * 0x20) & !eight;
    (is_quote | is_backslash | is_control) & HIGH
}
