//! A feed, as the collector needs it: how it is read and what counts in it.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use fengsui_formats::{Format, Reader, Setting};
use fengsui_records::{Classification, Column, FeedName, Record, Value};

use crate::dedupe::Rule;
use crate::lists::ListRule;

/// Opens a reader for a document of this name.
pub type Opener = Arc<dyn Fn(Option<&str>) -> Box<dyn Reader> + Send + Sync>;

/// A feed.
#[derive(Clone)]
pub struct Feed {
    /// Its name.
    pub name: FeedName,
    /// Which parser reads it, with its version.
    pub parser: &'static str,
    /// Opens a reader.
    pub open: Opener,
    /// What counts as a repeat; nothing, where there is no rule.
    pub rule: Option<Rule>,
    /// Keep one record in so many; all, where there is none.
    pub one_in: Option<NonZeroU32>,
    /// How its list is followed, where each delivery is a whole list.
    pub list: Option<ListRule>,
    /// What is said of records that do not say it themselves.
    pub defaults: Defaults,
}

/// What is said of records that do not say it themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// The RSIT type.
    pub classification: Option<Classification>,
    /// Who made the feed.
    pub provider: Option<String>,
    /// The feed's code of the report.
    pub code: Option<String>,
    /// How sure the source is, in per cent.
    pub confidence: Option<u8>,
}

impl Feed {
    /// A feed of a format, without any rule.
    pub fn new(name: FeedName, format: Format, setting: Setting) -> Self {
        let open = move |name: Option<&str>| {
            let name = name.map(str::to_owned).or_else(|| setting.name.clone());
            fengsui_formats::open(format, &Setting { name, ..setting.clone() })
        };
        Self {
            name,
            parser: format.parser(),
            open: Arc::new(open),
            rule: None,
            one_in: None,
            list: None,
            defaults: Defaults::default(),
        }
    }

    /// Whether its documents must be delivered from their beginning after a restart: they begin with a header.
    pub fn needs_beginning(&self) -> bool {
        (self.open)(None).fork().is_none()
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Feed")
            .field("name", &self.name)
            .field("parser", &self.parser)
            .field("rule", &self.rule)
            .field("one_in", &self.one_in)
            .field("list", &self.list)
            .field("defaults", &self.defaults)
            .finish_non_exhaustive()
    }
}

impl Defaults {
    /// Says what the record does not say.
    pub(crate) fn complete(&self, record: &mut Record) {
        if let Some(classification) = self.classification
            && record.get(Column::Type).is_none()
        {
            record.classify(classification);
        }
        let texts = [(Column::Provider, &self.provider), (Column::FeedCode, &self.code)];
        for (column, text) in texts {
            if let Some(text) = text
                && record.get(column).is_none()
            {
                record.set(column, Value::Text(text.clone().into()));
            }
        }
        if let Some(confidence) = self.confidence
            && record.get(Column::Accuracy).is_none()
        {
            record.set(Column::Accuracy, Value::Integer(confidence.into()));
        }
    }
}

/// Feeds by name.
pub(crate) type Feeds = BTreeMap<FeedName, Arc<Feed>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_completes_what_records_do_not_say() {
        let defaults = Defaults {
            classification: Some(Classification::C2Server),
            provider: Some("cert".to_owned()),
            code: None,
            confidence: Some(80),
        };
        let mut silent = Record::new();
        defaults.complete(&mut silent);
        assert_eq!(silent.text(Column::Taxonomy), Some("malicious-code"));
        assert_eq!(silent.number(Column::Accuracy), Some(80));
        let mut clear = Record::new();
        clear.classify(Classification::Phishing);
        defaults.complete(&mut clear);
        assert_eq!(clear.text(Column::Type), Some("phishing"));
        assert_eq!(clear.text(Column::Provider), Some("cert"));
    }
}
