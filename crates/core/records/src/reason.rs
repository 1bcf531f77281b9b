//! Why a piece of input is in quarantine: codes for the lake and for programs, words are the screens'.

/// Why a piece could not be read, or was not believed. The codes are counted in summaries and stand in the lake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Longer than a piece may be.
    TooLong,
    /// Not UTF-8.
    NotUtf8,
    /// Not JSON, or cut off.
    NotJson,
    /// Nested too deeply, or with too many parts.
    TooComplex,
    /// Sound in itself, and not of this format.
    NotThisFormat,
    /// More or fewer cells than columns.
    CellsDiffer,
    /// A report the schema does not know.
    UnknownReport,
    /// The schema of the reports has not been given.
    NoSchema,
    /// The mapping of the feed has not been given.
    NoMapping,
    /// The columns are not those the mapping or the schema expects.
    ColumnsChanged,
    /// Nothing in it says when, whom or what.
    Empty,
    /// It could not be decompressed, or grew beyond what is allowed.
    NotDecompressed,
    /// A list without any entry.
    ListEmpty,
    /// A list in which too much is missing at once.
    ListShrunk,
    /// A list that is longer than can be compared.
    ListTooLong,
    /// The rest of a list whose beginning was set aside.
    ListWithoutBeginning,
}

impl Reason {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::TooLong,
        Self::NotUtf8,
        Self::NotJson,
        Self::TooComplex,
        Self::NotThisFormat,
        Self::CellsDiffer,
        Self::UnknownReport,
        Self::NoSchema,
        Self::NoMapping,
        Self::ColumnsChanged,
        Self::Empty,
        Self::NotDecompressed,
        Self::ListEmpty,
        Self::ListShrunk,
        Self::ListTooLong,
        Self::ListWithoutBeginning,
    ];

    /// The code in summaries and in the lake.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::NotUtf8 => "not_utf8",
            Self::NotJson => "not_json",
            Self::TooComplex => "too_complex",
            Self::NotThisFormat => "not_this_format",
            Self::CellsDiffer => "cells_differ",
            Self::UnknownReport => "unknown_report",
            Self::NoSchema => "no_schema",
            Self::NoMapping => "no_mapping",
            Self::ColumnsChanged => "columns_changed",
            Self::Empty => "empty",
            Self::NotDecompressed => "not_decompressed",
            Self::ListEmpty => "list_empty",
            Self::ListShrunk => "list_shrunk",
            Self::ListTooLong => "list_too_long",
            Self::ListWithoutBeginning => "list_without_beginning",
        }
    }

    /// The reason of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|reason| reason.as_str() == code).copied()
    }

    /// Whether the piece may be read again by itself.
    ///
    /// Of what was too long or could not be decompressed, only a part is kept. A list is compared as a whole, and
    /// the next one stands for it.
    pub const fn may_be_read_again(self) -> bool {
        match self {
            Self::TooLong
            | Self::NotDecompressed
            | Self::ListEmpty
            | Self::ListShrunk
            | Self::ListTooLong
            | Self::ListWithoutBeginning => false,
            Self::NotUtf8
            | Self::NotJson
            | Self::TooComplex
            | Self::NotThisFormat
            | Self::CellsDiffer
            | Self::UnknownReport
            | Self::NoSchema
            | Self::NoMapping
            | Self::ColumnsChanged
            | Self::Empty => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_listed_and_found_by_its_code() {
        for (place, reason) in Reason::ALL.iter().enumerate() {
            assert_eq!(usize::from(number(*reason)), place, "{reason:?} is out of its place");
            assert_eq!(Reason::of(reason.as_str()), Some(*reason));
        }
        assert_eq!(Reason::ALL.len(), 16);
        assert_eq!(Reason::of("no_such"), None);
    }

    /// Does not compile when a reason is missing here, so that it is not forgotten in the list.
    fn number(reason: Reason) -> u8 {
        match reason {
            Reason::TooLong => 0,
            Reason::NotUtf8 => 1,
            Reason::NotJson => 2,
            Reason::TooComplex => 3,
            Reason::NotThisFormat => 4,
            Reason::CellsDiffer => 5,
            Reason::UnknownReport => 6,
            Reason::NoSchema => 7,
            Reason::NoMapping => 8,
            Reason::ColumnsChanged => 9,
            Reason::Empty => 10,
            Reason::NotDecompressed => 11,
            Reason::ListEmpty => 12,
            Reason::ListShrunk => 13,
            Reason::ListTooLong => 14,
            Reason::ListWithoutBeginning => 15,
        }
    }
}
