//! The duty log in words.

use fengsui_desk::LogLine;

use crate::parts::{Entry, Gravity, Html, Mood, StateBadge, Timeline};
use crate::routes;
use crate::say::Saying;

/// Lines of the duty log, in the order given.
pub(crate) fn timeline(saying: Saying<'_>, lines: &[LogLine]) -> Timeline {
    Timeline {
        entries: lines.iter().map(|line| entry(saying, line)).collect(),
        empty: saying.words.t("desk-log-none").into_owned(),
    }
}

fn entry(saying: Saying<'_>, line: &LogLine) -> Entry {
    let words = saying.words;
    let is_late = line.recorded_at.duration_since(line.at).as_mins() >= 1;
    let is_free = line.number.is_some();
    Entry {
        at: saying.moment(line.at),
        entered: is_late.then(|| {
            let entered = saying.clock.short(line.recorded_at, words);
            words.ta("time-entered-late", &[("t", &entered)])
        }),
        who: saying.person(line.by),
        text: sentence(saying, line),
        remark: remark(saying, line),
        marks: marks(saying, line),
        clause: None,
        gravity: if is_free { Gravity::Weighty } else { Gravity::Light },
    }
}

/// What happened: what somebody wrote, or what the program says of its own accord.
pub(super) fn sentence(saying: Saying<'_>, line: &LogLine) -> String {
    let words = saying.words;
    if let Some(number) = line.number {
        let text = line.text.as_ref().map(|text| text.text.to_string());
        let text = text.unwrap_or_else(|| words.t("log-erased").into_owned());
        return format!("#{number} {text}");
    }
    let said = words.t(&format!("log-{}", line.kind)).into_owned();
    match &line.detail {
        Some(detail) => words
            .ta("log-with-detail", &[("said", &said), ("detail", detail.in_lang(saying.lang()))]),
        None => said,
    }
}

fn remark(saying: Saying<'_>, line: &LogLine) -> Option<String> {
    let because = line.text.as_ref()?.because.as_ref()?;
    Some(saying.words.ta("log-because", &[("why", because.as_str())]))
}

fn marks(saying: Saying<'_>, line: &LogLine) -> Vec<Html> {
    let words = saying.words;
    let number = |key: &str, number: u32| {
        let said = words.ta(key, &[("number", &number.to_string())]);
        Html::of(&StateBadge::new(Mood::Quiet, said))
    };
    let about = line.about.as_deref().and_then(routes::of_stream);
    let about = about.map(|href| Html::link(&href, &line.title));
    let corrects = line.corrects.map(|it| number("log-corrects", it));
    let corrected = line.corrected_by.map(|it| number("log-corrected-by", it));
    [about, corrects, corrected].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use fengsui_desk::LOG_KINDS;
    use fengsui_vocabulary::Lang;

    use crate::lang::Words;

    #[test]
    fn everything_that_the_log_shows_has_words_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            for kind in LOG_KINDS {
                let said = Words::of(lang).t(&format!("log-{kind}"));
                assert!(!said.starts_with('⟦'), "{kind} in {}", lang.tag());
            }
        }
    }
}
