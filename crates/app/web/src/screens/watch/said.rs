//! How records are said: types, organisations, districts, numbers, times to the second.

use fengsui_desk::{DISTRICTS, District};
use fengsui_records::{Classification, Column, Hit, TopOf};
use fengsui_vocabulary::OrganisationId;

use crate::lang::Words;
use crate::say::Saying;
use crate::screens::incidents::values::grouped;

/// A whole number, in groups of three digits.
pub(super) fn number(number: u64) -> String {
    grouped(&number.to_string())
}

/// An RSIT type in the reader's words.
pub(super) fn kind(kind: Classification, words: Words) -> String {
    words.t(&format!("rsit-{}", kind.as_str())).into_owned()
}

/// An RSIT type with its class: 恶意代码：被感染系统.
pub(super) fn kind_in_class(kind_: Classification, words: Words) -> String {
    let class = words.t(&format!("rsit-class-{}", kind_.taxonomy()));
    words.ta("lookout-type-in-class", &[("class", &class), ("type", &kind(kind_, words))])
}

/// A name of a type, however it is written.
pub(super) fn kind_named(name: &str, words: Words) -> String {
    Classification::from_name(name).map_or_else(|| name.to_owned(), |it| kind(it, words))
}

/// A district by its code.
pub(super) fn district(code: &str, words: Words) -> String {
    let known = District::of(code);
    known.map_or_else(|| code.to_owned(), |it| it.label().in_lang(words.lang()).to_owned())
}

/// What a row of a top list is called.
pub(super) fn top(value: &str, of: TopOf, saying: Saying<'_>) -> String {
    match of {
        TopOf::Type => kind_named(value, saying.words),
        TopOf::Organisation => organisation(value, saying),
        TopOf::District => district(value, saying.words),
        TopOf::Signature | TopOf::Feed | TopOf::Address | TopOf::Country | TopOf::Port => {
            value.to_owned()
        }
    }
}

/// The heading of a top list.
pub(super) const fn top_key(of: TopOf) -> &'static str {
    match of {
        TopOf::Signature => "lookout-top-signature",
        TopOf::Type => "lookout-top-type",
        TopOf::Organisation => "lookout-top-organisation",
        TopOf::District => "lookout-top-district",
        TopOf::Feed => "lookout-top-feed",
        TopOf::Address => "lookout-top-address",
        TopOf::Country => "lookout-top-country",
        TopOf::Port => "lookout-top-port",
    }
}

/// An organisation by its id; an id that the registry does not know stays as it is.
pub(super) fn organisation(id: &str, saying: Saying<'_>) -> String {
    match id.parse::<OrganisationId>() {
        Ok(known) if saying.directory.details(known).is_some() => saying.organisation(id),
        Ok(_) | Err(_) => id.to_owned(),
    }
}

/// What a record is about: the rule, what the feed calls it, the malware, or its first words.
pub(super) fn what(hit: &Hit) -> Option<&str> {
    [Column::SignatureName, Column::Identifier, Column::MalwareName, Column::Description]
        .iter()
        .find_map(|column| text(hit, *column))
}

/// The value of a column.
pub(super) fn text(hit: &Hit, column: Column) -> Option<&str> {
    hit.columns.get(column.as_str()).map(String::as_str)
}

/// The label of a column.
pub(super) fn column(column: Column, words: Words) -> String {
    words.t(&column_key(column)).into_owned()
}

fn column_key(column: Column) -> String {
    format!("column-{}", column.as_str().replace(['.', '_'], "-"))
}

/// Every district that is shown: those of the city, and whatever else has records or organisations.
pub(super) fn districts<'c>(others: impl Iterator<Item = &'c str>) -> Vec<&'c str> {
    let mut codes: Vec<&str> = DISTRICTS.iter().map(|it| it.code).collect();
    for code in others {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use fengsui_vocabulary::Lang;

    use super::*;

    #[test]
    fn every_type_class_and_column_has_words_in_both_languages() {
        for words in [Lang::Zh, Lang::En].map(Words::of) {
            for kind_ in Classification::ALL {
                assert!(!kind_in_class(*kind_, words).contains('⟦'), "{}", kind_.as_str());
            }
            for one in Column::ALL {
                assert!(!column(*one, words).contains('⟦'), "{}", one.as_str());
            }
            for of in TopOf::ALL {
                assert!(!words.t(top_key(*of)).contains('⟦'), "{of:?}");
            }
        }
    }
}
