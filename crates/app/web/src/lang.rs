//! The words of the screens in both languages, and how times are said.
//!
//! Every word a person reads on a screen is a key of `locales/*.ftl`; texts of plans and of people are
//! data and are not here. A key without words shows as `⟦key⟧`, so that it is noticed and nothing breaks.
//!
//! Start reading at [`Words`]; times are said by [`Clock`].

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use fengsui_vocabulary::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use unic_langid::LanguageIdentifier;

/// The words of one language. Cheap to copy: every part of a screen may carry its own.
#[derive(Clone, Copy)]
pub struct Words {
    lang: Lang,
    bundle: &'static FluentBundle<FluentResource>,
}

impl Words {
    /// The words of a language.
    pub fn of(lang: Lang) -> Self {
        let bundle = match lang {
            Lang::Zh => &*CHINESE,
            Lang::En => &*ENGLISH,
        };
        Self { lang, bundle }
    }

    /// Which language this is.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// The words for a key.
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        self.say(key, None)
    }

    /// The words for a key, with texts filled in.
    pub fn ta(&self, key: &str, args: &[(&str, &str)]) -> String {
        let filled: FluentArgs<'_> = args.iter().copied().collect();
        self.say(key, Some(&filled)).into_owned()
    }

    /// The words for a key that counts something as `$n`.
    pub fn tn(&self, key: &str, count: impl TryInto<i64>) -> String {
        let mut filled = FluentArgs::new();
        filled.set("n", count.try_into().unwrap_or(i64::MAX));
        self.say(key, Some(&filled)).into_owned()
    }

    fn say(&self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else {
            return Cow::Owned(format!("⟦{key}⟧"));
        };
        // A placeable without its argument is written out by name; a test finds those.
        let mut errors = Vec::new();
        match self.bundle.format_pattern(pattern, args, &mut errors) {
            Cow::Borrowed(text) => Cow::Borrowed(text),
            Cow::Owned(text) => Cow::Owned(text),
        }
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Words").field(&self.lang).finish()
    }
}

/// Chooses the language: what the person chose, else what the browser prefers, else Chinese.
///
/// A browser that prefers neither language gets English.
pub fn choose(cookie: Option<&str>, accept_language: Option<&str>) -> Lang {
    if let Some(chosen) = cookie.and_then(|text| text.parse().ok()) {
        return chosen;
    }
    let Some(accepted) = accept_language.filter(|text| !text.trim().is_empty()) else {
        return Lang::Zh;
    };
    let mut best: Option<(u16, Lang)> = None;
    for (lang, weight) in accepted.split(',').take(ACCEPTED_MAX).filter_map(preference) {
        if weight > 0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, lang));
        }
    }
    best.map_or(Lang::En, |(_, lang)| lang)
}

/// One item of `Accept-Language`, if it is a language of ours, with its weight in thousandths.
fn preference(item: &str) -> Option<(Lang, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let tag = parts.next()?.to_ascii_lowercase();
    let lang = match tag.split('-').next()? {
        "zh" => Lang::Zh,
        "en" => Lang::En,
        _ => return None,
    };
    let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1000), thousandths)?;
    Some((lang, weight))
}

fn thousandths(weight: &str) -> Option<u16> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    let fraction: u16 = padded.parse().ok()?;
    match whole {
        "1" => Some(1000),
        "0" => Some(fraction),
        _ => None,
    }
}

/// What the screen was told about the time: `now`, and the zone in which times are shown.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The time the screen is drawn for.
    pub now: Timestamp,
    /// The zone of the times on the screen.
    pub zone: TimeZone,
}

impl Clock {
    /// Shows times as in Shanghai.
    pub fn in_shanghai(now: Timestamp) -> Self {
        Self { now, zone: SHANGHAI.clone() }
    }

    /// A time as short as it can be without doubt: `10:30`, `3月14日 10:30`, `2025年3月14日 10:30`.
    pub fn short(&self, at: Timestamp, words: Words) -> String {
        let (at, now) = (self.local(at), self.local(self.now));
        let time = at.strftime("%H:%M").to_string();
        if at.date() == now.date() {
            return time;
        }
        let pattern = match (words.lang(), at.year() == now.year()) {
            (Lang::Zh, true) => "%-m月%-d日",
            (Lang::Zh, false) => "%Y年%-m月%-d日",
            (Lang::En, true) => "%-d %b",
            (Lang::En, false) => "%-d %b %Y",
        };
        format!("{} {time}", at.strftime(pattern))
    }

    /// A time in full, with seconds and offset.
    pub fn full(&self, at: Timestamp, words: Words) -> String {
        let pattern = match words.lang() {
            Lang::Zh => "%Y年%-m月%-d日 %H:%M:%S (UTC%:z)",
            Lang::En => "%-d %B %Y %H:%M:%S (UTC%:z)",
        };
        self.local(at).strftime(pattern).to_string()
    }

    /// A day, as documents date themselves.
    pub fn day(&self, at: Timestamp, words: Words) -> String {
        let pattern = match words.lang() {
            Lang::Zh => "%Y年%-m月%-d日",
            Lang::En => "%-d %B %Y",
        };
        self.local(at).strftime(pattern).to_string()
    }

    /// A day of this year or any other, as short as it can be: `3月14日`.
    pub fn month_day(&self, at: Timestamp, words: Words) -> String {
        let pattern = match words.lang() {
            Lang::Zh => "%-m月%-d日",
            Lang::En => "%-d %b",
        };
        self.local(at).strftime(pattern).to_string()
    }

    /// A time as short as it can be, to the second: machines are quicker than people.
    pub fn to_the_second(&self, at: Timestamp, words: Words) -> String {
        format!("{}{}", self.short(at, words), self.local(at).strftime(":%S"))
    }

    /// What a form's `datetime-local` field holds for a time.
    pub fn for_field(&self, at: Timestamp) -> String {
        self.local(at).strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// The time somebody wrote into a `datetime-local` field, in the zone of the screen.
    pub fn from_field(&self, text: &str) -> Option<Timestamp> {
        let local: jiff::civil::DateTime = text.trim().parse().ok()?;
        local.to_zoned(self.zone.clone()).ok().map(|zoned| zoned.timestamp())
    }

    /// How long until a time, or since it was due: `剩 12 分`, `超期 3 分`.
    pub fn left(&self, due: Timestamp, words: Words) -> String {
        let left = due.duration_since(self.now);
        if left.is_negative() {
            words.ta("time-over", &[("t", &span(left.abs(), words))])
        } else {
            words.ta("time-left", &[("t", &span(left, words))])
        }
    }

    /// How long ago: `5 分前`.
    pub fn ago(&self, at: Timestamp, words: Words) -> String {
        let passed = self.now.duration_since(at).max(SignedDuration::ZERO);
        words.ta("time-ago", &[("t", &span(passed, words))])
    }

    /// Time since an incident began: `T+1 小时 5 分`.
    pub fn since(&self, at: Timestamp, words: Words) -> String {
        let passed = self.now.duration_since(at).max(SignedDuration::ZERO);
        words.ta("time-since", &[("t", &span(passed, words))])
    }

    fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }
}

/// A length of time in two units at most, as the script in the browser says it too.
pub fn span(length: SignedDuration, words: Words) -> String {
    let seconds = length.as_secs().max(0);
    let (days, hours) = (seconds / 86_400, seconds % 86_400 / 3600);
    let (minutes, rest) = (seconds % 3600 / 60, seconds % 60);
    let unit = |key: &str, count: i64| words.ta(key, &[("t", &count.to_string())]);
    if days > 0 {
        format!("{} {}", unit("time-d", days), unit("time-h", hours))
    } else if hours > 0 {
        format!("{} {}", unit("time-h", hours), unit("time-m", minutes))
    } else if minutes >= 5 {
        unit("time-m", minutes)
    } else if minutes > 0 {
        format!("{} {}", unit("time-m", minutes), unit("time-s", rest))
    } else {
        unit("time-s", rest)
    }
}

/// More than any browser sends.
const ACCEPTED_MAX: usize = 32;

static SHANGHAI: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZone::get("Asia/Shanghai").unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8)))
});

static CHINESE: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle(Lang::Zh, include_str!("../locales/zh-CN.ftl")));

static ENGLISH: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle(Lang::En, include_str!("../locales/en.ftl")));

/// Reads one file of words. What cannot be read is left out; a test reads the files strictly.
fn bundle(lang: Lang, text: &str) -> FluentBundle<FluentResource> {
    let resource = match FluentResource::try_new(text.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let mut bundle = FluentBundle::new_concurrent(vec![lang_id(lang)]);
    // Isolation marks would get into titles, mails and copied text.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The language as Fluent's plural rules know it.
fn lang_id(lang: Lang) -> LanguageIdentifier {
    lang.tag().parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    const FILES: [(&str, &str); 2] = [
        ("zh-CN", include_str!("../locales/zh-CN.ftl")),
        ("en", include_str!("../locales/en.ftl")),
    ];

    fn keys(text: &str) -> BTreeSet<&str> {
        text.lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
            .collect()
    }

    fn arguments(text: &str) -> BTreeSet<(String, String)> {
        let mut key = String::new();
        let mut found = BTreeSet::new();
        for line in text.lines() {
            if let Some((name, _)) = line.split_once(" =")
                && line.starts_with(|c: char| c.is_ascii_lowercase())
            {
                name.clone_into(&mut key);
            }
            for piece in line.split('$').skip(1) {
                let name = piece.chars().take_while(char::is_ascii_alphanumeric).collect();
                found.insert((key.clone(), name));
            }
        }
        found
    }

    fn files(folder: &Path, ending: &str, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, ending, into);
            } else if path.extension().is_some_and(|found| found == ending) {
                into.push(path);
            }
        }
    }

    /// Keys written out in a call of `t`, `ta` or `tn`.
    fn used(text: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for call in [".t(\"", ".ta(\"", ".tn(\"", "key(\"", "unit(\""] {
            for piece in text.split(call).skip(1) {
                let key = piece.split('"').next().unwrap();
                found.insert(key.to_owned());
            }
        }
        found
    }

    #[test]
    fn both_files_can_be_read_and_have_the_same_keys_and_arguments() {
        let [(_, chinese), (_, english)] = FILES;
        for (name, text) in FILES {
            let read = FluentResource::try_new(text.to_owned());
            assert!(read.is_ok(), "{name}: {:?}", read.err().map(|(_, errors)| errors));
            let all =
                text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
            assert_eq!(all.count(), keys(text).len(), "{name} says a key twice");
        }
        let only_chinese: Vec<_> = keys(chinese).difference(&keys(english)).copied().collect();
        let only_english: Vec<_> = keys(english).difference(&keys(chinese)).copied().collect();
        assert!(only_chinese.is_empty(), "only in zh-CN.ftl: {only_chinese:?}");
        assert!(only_english.is_empty(), "only in en.ftl: {only_english:?}");
        assert_eq!(arguments(chinese), arguments(english));
    }

    #[test]
    fn every_key_that_is_used_has_words() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut paths = Vec::new();
        files(&root.join("templates"), "html", &mut paths);
        files(&root.join("src"), "rs", &mut paths);
        let known = keys(FILES[1].1);
        let mut missing = Vec::new();
        for path in paths.iter().filter(|path| !path.ends_with("src/lang.rs")) {
            let used = used(&fs::read_to_string(path).unwrap());
            let unknown = used.iter().filter(|key| !known.contains(key.as_str()));
            missing.extend(unknown.map(|key| format!("{}: {key}", path.display())));
        }
        assert!(missing.is_empty(), "no words for:\n{}", missing.join("\n"));
    }

    #[test]
    fn a_missing_key_is_visible() {
        assert_eq!(Words::of(Lang::En).t("no-such-key"), "⟦no-such-key⟧");
    }

    #[test]
    fn the_language_is_the_chosen_one_then_the_browsers() {
        assert_eq!(choose(Some("en"), Some("zh-CN")), Lang::En);
        assert_eq!(choose(None, Some("en-GB,zh;q=0.8")), Lang::En);
        assert_eq!(choose(None, Some("fr, zh-CN;q=0.7, en;q=0.6")), Lang::Zh);
        assert_eq!(choose(None, Some("fr")), Lang::En);
        assert_eq!(choose(Some("tlh"), None), Lang::Zh);
        assert_eq!(choose(None, Some("zh;q=0, en;q=0.1")), Lang::En);
    }

    #[test]
    fn times_are_said_in_the_words_of_both_languages() {
        let now: Timestamp = "2026-03-14T09:40:00+08:00".parse().unwrap();
        let clock = Clock::in_shanghai(now);
        let said = |lang: Lang, at: &str| {
            let (at, words) = (at.parse().unwrap(), Words::of(lang));
            format!("{} | {}", clock.short(at, words), clock.left(at, words))
        };
        insta::assert_snapshot!(
            "times",
            [
                said(Lang::Zh, "2026-03-14T10:10:00+08:00"),
                said(Lang::En, "2026-03-14T10:10:00+08:00"),
                said(Lang::Zh, "2026-03-14T09:36:30+08:00"),
                said(Lang::En, "2026-03-14T09:36:30+08:00"),
                said(Lang::Zh, "2026-03-16T12:00:00+08:00"),
                said(Lang::En, "2027-03-16T12:00:00+08:00"),
            ]
            .join("\n")
        );
    }

    #[test]
    fn a_time_written_into_a_field_comes_back() {
        let clock = Clock::in_shanghai("2026-03-14T01:40:00Z".parse().unwrap());
        assert_eq!(clock.for_field(clock.now), "2026-03-14T09:40");
        assert_eq!(clock.from_field("2026-03-14T09:40"), Some(clock.now));
        assert_eq!(clock.from_field("yesterday"), None);
    }
}
