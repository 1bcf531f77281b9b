//! Reads a story: one step a line, what followed from it indented below.
//!
//! ```text
//! # What happens, for whoever reads.
//! 10:00 public reports | unit: 浦江数据服务有限公司 | discovered: 09:40 | title: …
//!     what followed, written by the teller
//! ```
//!
//! A time may be left out: the clock stands still.

use std::collections::BTreeMap;

/// One step of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The line as it stands.
    pub text: String,
    /// When, as hour and minute; none leaves the clock where it is.
    pub time: Option<(i8, i8)>,
    /// Who acts: a login, or `public`.
    pub who: String,
    /// What they do.
    pub verb: String,
    /// How, by name. A name may come several times.
    pub how: BTreeMap<String, Vec<String>>,
}

/// A line of a story that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct StoryMalformed {
    line: usize,
    problem: &'static str,
}

/// One line of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// For whoever reads.
    Remark(String),
    /// A step.
    Step(Step),
}

/// Reads the lines of a story; what followed (indented lines) is left out.
pub fn read(story: &str) -> Result<Vec<Line>, StoryMalformed> {
    let mut lines = Vec::new();
    for (index, text) in story.lines().enumerate() {
        if text.starts_with(' ') {
            continue;
        }
        if text.is_empty() || text.starts_with('#') {
            lines.push(Line::Remark(text.to_owned()));
        } else {
            let malformed = |problem| StoryMalformed { line: index + 1, problem };
            lines.push(Line::Step(step(text).map_err(malformed)?));
        }
    }
    Ok(lines)
}

fn step(text: &str) -> Result<Step, &'static str> {
    let mut parts = text.split(" | ");
    let mut words = parts.next().unwrap_or_default().split_whitespace().peekable();
    let time = words.peek().and_then(|word| clock_time(word));
    if time.is_some() {
        words.next();
    }
    let who = words.next().ok_or("nobody acts in this line")?.to_owned();
    let verb = words.next().ok_or("this line says who, but not what they do")?.to_owned();
    if words.next().is_some() {
        return Err("put ` | name: value` after the verb");
    }
    let mut how: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in parts {
        let (name, value) = part.split_once(": ").ok_or("expected `name: value`")?;
        how.entry(name.trim().to_owned()).or_default().push(value.trim().to_owned());
    }
    Ok(Step { text: text.to_owned(), time, who, verb, how })
}

/// An hour and a minute.
pub(crate) fn clock_time(word: &str) -> Option<(i8, i8)> {
    let (hour, minute) = word.split_once(':')?;
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some((hour, minute))
}
