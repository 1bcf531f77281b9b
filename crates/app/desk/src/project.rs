//! Board rows: pure functions of a stream's folded state, its packs and its texts.
//!
//! No time of reading, no generated id: a rebuild gives the same rows.

mod accountability;
mod call_out;
mod clock;
mod custody;
mod duty;
mod incident;
mod message;
mod organisation;
mod person;
mod report;
mod shift;

pub(crate) use accountability::{accountability_rows, suggestion_of};
pub(crate) use call_out::call_out_rows;
pub(crate) use custody::{custody_rows, subject_of};
pub(crate) use duty::DutyView;
pub(crate) use incident::incident_rows;
pub(crate) use message::{addressee_key, message_rows, occasion_named, way_name, way_named};
pub(crate) use organisation::organisation_rows;
pub(crate) use person::person_rows;
pub(crate) use report::{report_rows, word};
pub(crate) use shift::shift_rows;

/// A text as searches compare it: lower case, full-width letters made narrow, spaces made one.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().filter_map(narrow).flat_map(char::to_lowercase) {
        if letter.is_whitespace() && (folded.is_empty() || folded.ends_with(' ')) {
            continue;
        }
        folded.push(if letter.is_whitespace() { ' ' } else { letter });
    }
    folded
}

/// Full-width ASCII, as Chinese input methods type it, becomes plain ASCII.
fn narrow(letter: char) -> Option<char> {
    const WIDE: std::ops::RangeInclusive<char> = '\u{ff01}'..='\u{ff5e}';
    if WIDE.contains(&letter) {
        return char::from_u32(u32::from(letter) - 0xfee0);
    }
    Some(if letter == '\u{3000}' { ' ' } else { letter })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_does_not_mind_width_case_or_spaces() {
        assert_eq!(folded("  客户数据 ＡＰＴ-29\n泄露 "), "客户数据 apt-29 泄露 ");
    }
}
