//! Texts from outside, made so that a page shows all of them and nothing else.
//!
//! What a reader cannot see is written out: a reversed reading direction inside a report appears
//! as `[U+202E]` instead of doing its work. Runs without a place to break get places, so that no
//! long address runs off the page. The words themselves are never changed.

use std::collections::BTreeSet;

use typst::text::is_default_ignorable;

/// A text in pieces; a line may break between two of them.
pub(crate) type Pieces = Vec<String>;

/// Spells texts and remembers which characters need a glyph.
#[derive(Default)]
pub(crate) struct Speller {
    used: BTreeSet<char>,
}

impl Speller {
    /// A text of one line; line breaks become spaces.
    pub(crate) fn line(&mut self, text: &str) -> Pieces {
        let spelled: Vec<String> = visible_lines(text);
        self.pieces(spelled.join(" ").trim())
    }

    /// A text of several paragraphs, one a line; empty ones are left out.
    pub(crate) fn paragraphs(&mut self, text: &str) -> Vec<Pieces> {
        let spelled = visible_lines(text);
        let full = spelled.iter().map(|line| line.trim_end()).filter(|line| !line.is_empty());
        full.map(|line| self.pieces(line)).collect()
    }

    /// The characters that need a glyph.
    pub(crate) fn used(&self) -> &BTreeSet<char> {
        &self.used
    }

    fn pieces(&mut self, line: &str) -> Pieces {
        self.used.extend(line.chars().filter(|character| needs_glyph(*character)));
        breakable(line)
    }
}

/// The lines of a text, with everything visible that is not.
fn visible_lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split(['\n', '\r', '\u{2028}', '\u{2029}']).map(visible).collect()
}

fn visible(line: &str) -> String {
    let mut spelled = String::with_capacity(line.len());
    for character in line.chars() {
        match character {
            '\t' => spelled.push_str("    "),
            '\u{3000}' => spelled.push(character),
            _ if character.is_whitespace() => spelled.push(' '),
            _ if is_hidden(character) => spelled.push_str(&number_of(character)),
            _ => spelled.push(character),
        }
    }
    spelled
}

fn number_of(character: char) -> String {
    format!("[U+{:04X}]", u32::from(character))
}

/// Whether a character shows nothing, or not the same everywhere.
fn is_hidden(character: char) -> bool {
    let number = u32::from(character);
    let is_noncharacter = number & 0xFFFE == 0xFFFE || (0xFDD0..=0xFDEF).contains(&number);
    let is_private = matches!(character, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
    let is_invisible = is_default_ignorable(character) && !is_joining(character);
    character.is_control() || is_noncharacter || is_private || is_invisible
}

/// Characters that choose between shapes of their neighbours and need no glyph themselves.
fn is_joining(character: char) -> bool {
    matches!(
        character,
        '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}'
    )
}

fn needs_glyph(character: char) -> bool {
    !is_joining(character) && !character.is_whitespace()
}

/// The line in pieces: whole, except that long runs without a place to break are cut.
fn breakable(line: &str) -> Pieces {
    let mut pieces = vec![String::new()];
    let mut run = String::new();
    for character in line.chars() {
        if breaks_anyway(character) {
            add_run(&mut pieces, &mut run);
            push(&mut pieces, character);
        } else {
            run.push(character);
        }
    }
    add_run(&mut pieces, &mut run);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Characters beside which every line may break: spaces and the scripts of East Asia.
fn breaks_anyway(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{2E80}'..='\u{D7FF}')
}

fn add_run(pieces: &mut Pieces, run: &mut String) {
    let is_long = run.chars().count() > RUN_CHARACTERS_MAX;
    for (index, character) in run.drain(..).enumerate() {
        if is_long && index.is_multiple_of(PIECE_CHARACTERS) && !is_joining(character) {
            pieces.push(String::new());
        }
        push(pieces, character);
    }
    if is_long {
        pieces.push(String::new());
    }
}

fn push(pieces: &mut Pieces, character: char) {
    if let Some(last) = pieces.last_mut() {
        last.push(character);
    }
}

/// The longest run that is left whole: the longest words are about as long.
const RUN_CHARACTERS_MAX: usize = 16;
/// The distance between two places to break in a longer run.
const PIECE_CHARACTERS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Pieces {
        Speller::default().line(text)
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(
            line("#eval(\"x\") $a$ *b* \\u{41} // c"),
            ["#eval(\"x\") $a$ *b* \\u{41} // c"]
        );
        assert_eq!(line("网络安全事件"), ["网络安全事件"]);
    }

    #[test]
    fn what_nobody_sees_is_written_out() {
        assert_eq!(line("a\u{7} b\u{202E} c\u{200B}"), ["a[U+0007] b[U+202E] c[U+200B]"]);
    }

    #[test]
    fn characters_that_mean_nothing_to_everybody_are_written_out() {
        assert_eq!(line("\u{E000} \u{FFFF}"), ["[U+E000] [U+FFFF]"]);
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(line(" a\r\nb\u{2028}c\t\u{A0}d "), ["a b c     d"]);
    }

    #[test]
    fn a_text_has_a_paragraph_for_each_line_that_says_something() {
        let paragraphs = Speller::default().paragraphs("one\n\n  \r\ntwo \rthree");
        assert_eq!(paragraphs, [["one"], ["two"], ["three"]]);
    }

    #[test]
    fn a_long_run_may_be_broken_and_its_letters_stay() {
        let address = "see http://example.org/0123456789 please";
        let pieces = line(address);
        assert_eq!(pieces.concat(), address);
        assert_eq!(pieces[..3], ["see ", "http", "://e"]);
        assert_eq!(pieces.last().map(String::as_str), Some(" please"));
    }

    #[test]
    fn spaces_and_joiners_need_no_glyph() {
        let mut speller = Speller::default();
        speller.line("葛\u{E0100} a");
        assert_eq!(speller.used(), &BTreeSet::from(['葛', 'a']));
    }
}
