//! The frame around every screen: bar, navigation, exercise banner, footer, and the settings of the reader.
//!
//! A screen's view has a field `page: Page` and its template extends `base.html`. A page is filled by
//! whoever knows the session; nothing is looked up here.

use fengsui_vocabulary::Lang;
use jiff::Timestamp;

use crate::lang::{Clock, Words};
use crate::parts::{DueChip, Moment, Notice};

/// Everything `base.html` shows around a screen.
#[derive(Clone, Debug)]
pub struct Page {
    /// What kind of screen this is, for the script and for printing: `desk`, `sign-in`, `error`.
    pub name: &'static str,
    /// The title in the browser's tab.
    pub title: String,
    /// Path and query of this screen, to come back to after switching the language.
    pub path: String,
    /// The words.
    pub words: Words,
    /// The time this screen is drawn for, and the zone of its times.
    pub clock: Clock,
    /// Light, night, or as the system says.
    pub theme: Theme,
    /// Who is signed in, if anybody.
    pub account: Option<Account>,
    /// The places in the bar.
    pub navigation: Vec<NavLink>,
    /// The name of the exercise, if this is one.
    pub exercise: Option<String>,
    /// The token that every form sends back as `csrf`.
    pub csrf: String,
    /// Where server-sent events say that this screen has changed.
    pub live: Option<String>,
    /// What to tell the reader first: the outcome of the last act.
    pub notices: Vec<Notice>,
    /// What the footer says: clock source and drift, backup age, dispatch lag.
    pub footer: Vec<(String, String)>,
    /// Wide screens hold tables; narrow ones hold a form.
    pub width: Width,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account's name: drafts of different people on one machine are kept apart by it.
    pub name: String,
    /// The person.
    pub person: String,
    /// Where and as what: 市委网信办 · 值班员.
    pub office: String,
}

/// A place in the bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavLink {
    /// Its path.
    pub href: String,
    /// Its word.
    pub text: String,
    /// Whether the reader is there.
    pub place: Place,
    /// How many things wait there.
    pub waiting: Option<usize>,
}

/// Whether a link leads to where the reader already is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The reader is here.
    Here,
    /// The reader is somewhere else.
    Elsewhere,
}

impl Place {
    /// Says `Here` when both are the same.
    pub fn is<T: PartialEq>(this: &T, current: &T) -> Self {
        if this == current { Self::Here } else { Self::Elsewhere }
    }
}

/// Light, night, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Paper and ink.
    Light,
    /// For the night.
    Night,
}

impl Theme {
    /// Reads the cookie.
    pub fn from_cookie(text: Option<&str>) -> Self {
        match text {
            Some("light") => Self::Light,
            Some("night") => Self::Night,
            _ => Self::System,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Night => "night",
        }
    }
}

/// How wide a screen is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// Tables and columns.
    #[default]
    Wide,
    /// One form or one text.
    Narrow,
    /// A printed document.
    Document,
}

impl Page {
    /// A page for nobody in particular: public screens, sign-in, errors.
    pub fn new(name: &'static str, title: impl Into<String>, words: Words, clock: Clock) -> Self {
        Self {
            name,
            title: title.into(),
            path: "/".to_owned(),
            words,
            clock,
            theme: Theme::default(),
            account: None,
            navigation: Vec::new(),
            exercise: None,
            csrf: String::new(),
            live: None,
            notices: Vec::new(),
            footer: Vec::new(),
            width: Width::default(),
        }
    }

    /// The words for a key.
    pub fn t(&self, key: &str) -> String {
        self.words.t(key).into_owned()
    }

    /// The words for a key, with texts filled in.
    pub fn ta(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.words.ta(key, args)
    }

    /// The words for a key that counts something.
    pub fn tn(&self, key: &str, count: usize) -> String {
        self.words.tn(key, count)
    }

    /// A time on this page.
    pub fn moment(&self, at: Timestamp) -> Moment {
        Moment::new(at, &self.clock, self.words)
    }

    /// A due chip on this page.
    pub fn due(&self, due: Timestamp) -> DueChip {
        DueChip::by(due, &self.clock, self.words)
    }

    pub(crate) fn lang_tag(&self) -> &'static str {
        self.words.lang().tag()
    }

    pub(crate) fn now_milliseconds(&self) -> i64 {
        self.clock.now.as_millisecond()
    }

    pub(crate) fn now(&self) -> Moment {
        self.moment(self.clock.now)
    }

    pub(crate) fn theme_name(&self) -> &'static str {
        self.theme.name()
    }

    pub(crate) fn account_name(&self) -> &str {
        self.account.as_ref().map_or("", |account| &account.name)
    }

    pub(crate) fn main_class(&self) -> &'static str {
        match self.width {
            Width::Wide | Width::Document => "",
            Width::Narrow => "narrow",
        }
    }

    pub(crate) fn body_class(&self) -> &'static str {
        match (self.width, &self.exercise) {
            (Width::Document, None) => "is-document",
            (Width::Document, Some(_)) => "is-document is-exercise",
            (Width::Wide | Width::Narrow, None) => "",
            (Width::Wide | Width::Narrow, Some(_)) => "is-exercise",
        }
    }

    /// The other language: its tag, its own name, and the link that switches to it.
    pub(crate) fn other_language(&self) -> (&'static str, &'static str, String) {
        let (other, name) = match self.words.lang() {
            Lang::Zh => (Lang::En, "English"),
            Lang::En => (Lang::Zh, "中文"),
        };
        (other.tag(), name, format!("/language?to={}&back={}", other.tag(), escaped(&self.path)))
    }

    /// The other theme: the key of its word, and the link that switches to it.
    pub(crate) fn other_theme(&self) -> (&'static str, String) {
        let (key, to) = match self.theme {
            Theme::System => ("theme-night", "night"),
            Theme::Night => ("theme-light", "light"),
            Theme::Light => ("theme-system", "system"),
        };
        (key, format!("/theme?to={to}&back={}", escaped(&self.path)))
    }

    /// The words that the script fills in, as JSON.
    pub(crate) fn script_words(&self) -> String {
        let pairs = [
            ("left", "time-left"),
            ("over", "time-over"),
            ("since", "time-since"),
            ("d", "time-d"),
            ("h", "time-h"),
            ("m", "time-m"),
            ("s", "time-s"),
            ("palette", "palette"),
            ("find", "palette-find"),
        ];
        let words: serde_json::Map<String, serde_json::Value> = pairs
            .into_iter()
            .map(|(name, key)| (name.to_owned(), self.ta(key, &[("t", "{t}")]).into()))
            .collect();
        serde_json::Value::Object(words).to_string()
    }
}

/// A path as the value of a query parameter.
pub(crate) fn escaped(path: &str) -> String {
    path.bytes().map(escaped_byte).collect()
}

fn escaped_byte(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}
