//! What holds for all months: the head, the posts, the shifts, the days off.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::Calendar;
use fengsui_vocabulary::{Line, PersonId};
use jiff::civil::Date;

use super::Pattern;
use crate::{DayKind, OwnDays, Post, Recorded, RosterSettingsEvent, Shift};

/// What holds for all months.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterSettings {
    /// Who heads the centre.
    pub head: Option<PersonId>,
    /// The posts, in the order in which they are shown.
    pub posts: Vec<Post>,
    /// The shifts, by the first day on which they hold.
    pub patterns: BTreeMap<Date, Pattern>,
    /// The calendars that hold here, by id.
    pub calendars: Vec<Line>,
    /// Days that the centre itself has off or works.
    pub days: Vec<OwnDays>,
}

/// What may be asked about all months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsCommand {
    /// Say who heads the centre.
    NameHead {
        /// Who.
        person: PersonId,
    },
    /// Settle the posts.
    SetPosts {
        /// All of them.
        posts: Vec<Post>,
    },
    /// Settle the shifts from a day on.
    SetShifts {
        /// The first day.
        from: Date,
        /// The shifts.
        pattern: Pattern,
    },
    /// Settle days off and days worked.
    SetDays {
        /// Calendars by id.
        calendars: Vec<Line>,
        /// Own days.
        days: Vec<OwnDays>,
    },
}

impl SettingsCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NameHead { .. } => "name-head",
            Self::SetPosts { .. } => "set-posts",
            Self::SetShifts { .. } => "set-shifts",
            Self::SetDays { .. } => "set-days",
        }
    }
}

/// Brings the settings up to date with one event.
pub fn evolve_settings(settings: &mut RosterSettings, recorded: &Recorded<RosterSettingsEvent>) {
    match &recorded.event {
        RosterSettingsEvent::HeadNamed(named) => settings.head = Some(named.person),
        RosterSettingsEvent::PostsSet(set) => settings.posts.clone_from(&set.posts),
        RosterSettingsEvent::ShiftsSet(set) => {
            let pattern = Pattern { worked: set.worked.clone(), rest: set.rest.clone() };
            settings.patterns.split_off(&set.from);
            settings.patterns.insert(set.from, pattern);
        }
        RosterSettingsEvent::DaysSet(set) => {
            settings.calendars.clone_from(&set.calendars);
            settings.days.clone_from(&set.days);
        }
    }
}

impl RosterSettings {
    /// The shifts that hold on a day.
    pub fn pattern(&self, on: Date) -> Option<&Pattern> {
        self.patterns.range(..=on).next_back().map(|(_, pattern)| pattern)
    }

    /// The shifts that begin on a day of a kind.
    pub fn shifts(&self, on: Date, kind: DayKind) -> &[Shift] {
        self.pattern(on).map_or(&[], |pattern| pattern.of(kind))
    }

    /// Whether a day is worked. The centre's own word comes first, rest before work; then what any
    /// calendar says that was made for the day; then Monday to Friday.
    pub fn kind(&self, day: Date, calendars: &BTreeMap<String, Calendar>) -> DayKind {
        let own =
            |kind| self.days.iter().any(|it| it.are == kind && (it.first..=it.last).contains(&day));
        if own(DayKind::Rest) {
            return DayKind::Rest;
        }
        if own(DayKind::Worked) {
            return DayKind::Worked;
        }
        let mut known = self.calendars_of(day, calendars).peekable();
        let is_worked = if known.peek().is_some() {
            known.all(|calendar| calendar.is_worked(day))
        } else {
            Calendar::default().is_worked(day)
        };
        if is_worked { DayKind::Worked } else { DayKind::Rest }
    }

    /// What the centre itself calls a day, if it has it off or works it.
    pub fn own_name(&self, day: Date) -> Option<&OwnDays> {
        let of = |kind| {
            self.days.iter().find(|it| it.are == kind && (it.first..=it.last).contains(&day))
        };
        of(DayKind::Rest).or_else(|| of(DayKind::Worked))
    }

    /// Whether a calendar that holds here was made for a day; else only weekends are known.
    pub fn knows(&self, day: Date, calendars: &BTreeMap<String, Calendar>) -> bool {
        self.calendars.is_empty() || self.calendars_of(day, calendars).next().is_some()
    }

    /// The days of rest of a stretch: each once, however many holidays it belongs to.
    pub fn days_of_rest(
        &self,
        days: impl IntoIterator<Item = Date>,
        calendars: &BTreeMap<String, Calendar>,
    ) -> BTreeSet<Date> {
        days.into_iter().filter(|day| self.kind(*day, calendars) == DayKind::Rest).collect()
    }

    fn calendars_of<'a>(
        &'a self,
        day: Date,
        calendars: &'a BTreeMap<String, Calendar>,
    ) -> impl Iterator<Item = &'a Calendar> {
        let named = self.calendars.iter().filter_map(|id| calendars.get(id.as_str()));
        named.filter(move |calendar| calendar.knows(day))
    }
}

impl Pattern {
    /// The shifts that begin on a day of a kind.
    pub fn of(&self, kind: DayKind) -> &[Shift] {
        match kind {
            DayKind::Worked => &self.worked,
            DayKind::Rest => &self.rest,
        }
    }
}
