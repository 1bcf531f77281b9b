//! Patterns of STIX, as far as they are simple: what alternatives they name.
//!
//! Read are comparisons by `=`, `IN` and `ISSUBSET`, joined by `AND` and `OR` within one observation, and observations
//! joined by `OR`. Whatever says more (order, time, regular expressions, negation) is not taken apart here.

use std::iter::Peekable;
use std::str::CharIndices;

/// One comparison that must hold: an object path and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    /// `ipv4-addr:value`.
    pub(super) path: String,
    pub(super) value: String,
}

/// The alternatives of a pattern, each with all that must hold in it; `None` where it is not simple.
pub(super) fn alternatives(pattern: &str) -> Option<Vec<Vec<Comparison>>> {
    if pattern.len() > PATTERN_BYTES_MAX {
        return None;
    }
    let mut parsing = Parsing { tokens: tokens(pattern)?.into_iter().peekable() };
    let mut all = parsing.observation()?;
    while let Some(token) = parsing.tokens.next() {
        if token != Token::word("OR") {
            return None;
        }
        all.extend(parsing.observation()?);
    }
    (all.len() <= ALTERNATIVES_MAX).then_some(all)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Sign(char),
    /// A path, a keyword or a number.
    Word(String),
    Text(String),
}

impl Token {
    fn word(text: &str) -> Self {
        Self::Word(text.to_owned())
    }
}

struct Parsing {
    tokens: Peekable<std::vec::IntoIter<Token>>,
}

impl Parsing {
    fn observation(&mut self) -> Option<Vec<Vec<Comparison>>> {
        self.expect('[')?;
        let mut all = self.together()?;
        while self.skip("OR") {
            all.extend(self.together()?);
            if all.len() > ALTERNATIVES_MAX {
                return None;
            }
        }
        self.expect(']')?;
        Some(all)
    }

    /// Comparisons joined by `AND`, which binds more closely than `OR`.
    fn together(&mut self) -> Option<Vec<Vec<Comparison>>> {
        let alone = |comparison| vec![comparison];
        let mut all: Vec<Vec<Comparison>> = self.comparison()?.into_iter().map(alone).collect();
        for joined in 1_usize.. {
            if !self.skip("AND") {
                break;
            }
            let more = self.comparison()?;
            if joined >= COMPARISONS_MAX || all.len().saturating_mul(more.len()) > ALTERNATIVES_MAX
            {
                return None;
            }
            let with = |held: &Vec<Comparison>, one: &Comparison| {
                held.iter().chain([one]).cloned().collect::<Vec<_>>()
            };
            all = all.iter().flat_map(|held| more.iter().map(move |one| with(held, one))).collect();
        }
        Some(all)
    }

    /// One comparison; with `IN` it is several alternatives.
    fn comparison(&mut self) -> Option<Vec<Comparison>> {
        let Token::Word(path) = self.tokens.next()? else { return None };
        if !path.contains(':') {
            return None;
        }
        let values = match self.tokens.next()? {
            Token::Sign('=') => vec![self.value()?],
            Token::Word(word) if word == "ISSUBSET" => vec![self.value()?],
            Token::Word(word) if word == "IN" => self.list()?,
            Token::Sign(_) | Token::Word(_) | Token::Text(_) => return None,
        };
        let compared = |value| Comparison { path: path.clone(), value };
        Some(values.into_iter().map(compared).collect())
    }

    fn list(&mut self) -> Option<Vec<String>> {
        self.expect('(')?;
        let mut values = vec![self.value()?];
        while self.tokens.next_if_eq(&Token::Sign(',')).is_some() {
            values.push(self.value()?);
        }
        self.expect(')')?;
        Some(values)
    }

    fn value(&mut self) -> Option<String> {
        match self.tokens.next()? {
            Token::Text(text) => Some(text),
            Token::Word(word) if word.parse::<i64>().is_ok() => Some(word),
            Token::Word(_) | Token::Sign(_) => None,
        }
    }

    fn expect(&mut self, sign: char) -> Option<()> {
        self.tokens.next_if_eq(&Token::Sign(sign)).map(|_| ())
    }

    fn skip(&mut self, word: &str) -> bool {
        self.tokens.next_if_eq(&Token::word(word)).is_some()
    }
}

fn tokens(pattern: &str) -> Option<Vec<Token>> {
    let mut letters = pattern.char_indices().peekable();
    let mut tokens = Vec::new();
    while let Some((_, letter)) = letters.next() {
        let token = match letter {
            space if space.is_whitespace() => continue,
            '\'' => Token::Text(text(&mut letters)?),
            '[' | ']' | '(' | ')' | ',' | '=' => Token::Sign(letter),
            first if first.is_alphanumeric() || first == '-' => {
                Token::Word(word(first, &mut letters)?)
            }
            _ => return None,
        };
        tokens.push(token);
    }
    Some(tokens)
}

/// The rest of a text after its first quotation mark.
fn text(letters: &mut Peekable<CharIndices<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match letters.next()?.1 {
            '\\' => text.push(letters.next()?.1),
            '\'' => return Some(text),
            letter => text.push(letter),
        }
    }
}

/// The rest of a word. A path may hold quoted members (`hashes.'SHA-256'`, kept bare) and places in lists (`[*]`).
fn word(first: char, letters: &mut Peekable<CharIndices<'_>>) -> Option<String> {
    let mut word = String::from(first);
    while let Some((_, letter)) = letters.peek().copied() {
        match letter {
            '\'' if word.ends_with('.') => {
                letters.next();
                word.push_str(&text(letters)?);
            }
            '[' => {
                let place = letters.by_ref().map(|(_, letter)| letter).take_while(|l| *l != ']');
                word.extend(place.chain([']']));
            }
            letter if letter.is_alphanumeric() || "-_:.".contains(letter) => {
                word.push(letter);
                letters.next();
            }
            _ => break,
        }
    }
    Some(word)
}

/// Bytes of a pattern that is taken apart.
const PATTERN_BYTES_MAX: usize = 128 * 1024;

/// Comparisons one alternative may have.
const COMPARISONS_MAX: usize = 32;

/// Alternatives one pattern may have; what has more is kept whole.
const ALTERNATIVES_MAX: usize = 1_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(pattern: &str) -> Option<String> {
        let one = |comparison: &Comparison| format!("{}={}", comparison.path, comparison.value);
        let all = |all: &Vec<Comparison>| all.iter().map(one).collect::<Vec<_>>().join(" & ");
        alternatives(pattern).map(|found| found.iter().map(all).collect::<Vec<_>>().join(" | "))
    }

    #[test]
    fn simple_patterns_are_taken_apart() {
        for (pattern, apart) in [
            ("[ipv4-addr:value = '192.0.2.1']", "ipv4-addr:value=192.0.2.1"),
            ("[file:hashes.'SHA-256' = 'ab']", "file:hashes.SHA-256=ab"),
            (
                "[url:value='http://a/\\'\\\\'] OR [domain-name:value = 'b']",
                "url:value=http://a/'\\ | domain-name:value=b",
            ),
            (
                "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 443 OR x:y = 'z']",
                "network-traffic:dst_ref.value=192.0.2.1 & network-traffic:dst_port=443 | x:y=z",
            ),
            (
                "[ipv4-addr:value IN ('a', 'b') AND c:d = 1]",
                "ipv4-addr:value=a & c:d=1 | ipv4-addr:value=b & c:d=1",
            ),
            ("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", "ipv4-addr:value=192.0.2.0/24"),
            ("[a:protocols[*] = 'tcp']", "a:protocols[*]=tcp"),
        ] {
            assert_eq!(shown(pattern).as_deref(), Some(apart), "{pattern}");
        }
    }

    #[test]
    fn patterns_that_say_more_are_left_whole() {
        for pattern in [
            "",
            "ipv4-addr:value = 'x'",
            "[ipv4-addr:value = 'x'",
            "[ipv4-addr:value != 'x']",
            "[NOT ipv4-addr:value = 'x']",
            "[file:name MATCHES '^x']",
            "[a:b = 'x'] AND [c:d = 'y']",
            "[a:b = 'x'] FOLLOWEDBY [c:d = 'y']",
            "[a:b = 'x'] WITHIN 5 SECONDS",
            "[(a:b = 'x')]",
            "[a:b = 'x]",
            "[a:b = b'AA==']",
        ] {
            assert_eq!(shown(pattern), None, "{pattern}");
        }
        let in_list = format!("a:b IN ({})", vec!["'x'"; 40].join(","));
        assert_eq!(shown(&format!("[{in_list} AND {in_list}]")), None);
    }

    proptest! {
        #[test]
        fn any_pattern_is_survived(pattern in "[\\[\\]()='\\\\, a-z:.*0-9é]{0,40}|.{0,40}") {
            alternatives(&pattern);
        }
    }
}
