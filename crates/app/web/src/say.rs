//! How things of the domain are said on screens: roles, levels, clauses, duties, organisations.
//!
//! Names come from the plan and the registry, words from the locales. Nothing is decided here.
//! Start reading at [`Saying`].

use fengsui_desk::{Directory, DutyLine as DutyRow};
use fengsui_plan::{Channel, Duty, DutyKind, DutyState, Library, Plan};
use fengsui_response::AnchorKind;
use fengsui_vocabulary::{ClauseId, Lang, LevelId, OrganisationId, PersonId, PlanId, RoleId};
use jiff::Timestamp;

use crate::lang::{Clock, Words};
use crate::parts::{
    ClauseChip, DueChip, DutyLine, Evidence, Html, LevelBadge, Moment, Mood, Standing, StateBadge,
};
use crate::routes;
use crate::screens::incidents::values::value_in;
use crate::session::Visitor;

/// Says things of the domain to one reader.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Saying<'a> {
    pub(crate) words: Words,
    pub(crate) clock: &'a Clock,
    pub(crate) directory: &'a Directory,
    /// The plan whose names are used; others are looked up in the library.
    pub(crate) plan: Option<&'a Plan>,
}

impl<'a> Saying<'a> {
    /// Says things to whoever asks.
    pub(crate) fn to(visitor: &'a Visitor, plan: Option<&'a Plan>) -> Self {
        Self {
            words: visitor.words(),
            clock: visitor.clock(),
            directory: visitor.directory(),
            plan,
        }
    }

    pub(crate) fn lang(&self) -> Lang {
        self.words.lang()
    }

    pub(crate) fn moment(&self, at: Timestamp) -> Moment {
        Moment::new(at, self.clock, self.words)
    }

    /// What a role is called.
    pub(crate) fn role(&self, role: &RoleId) -> String {
        let known = self.plan.and_then(|plan| plan.roles.get(role));
        known.map_or_else(
            || role_name(role, self.lang()),
            |role| role.label.in_lang(self.lang()).to_owned(),
        )
    }

    /// What an affected organisation is called: by its id, or not identified yet.
    pub(crate) fn organisation(&self, key: &str) -> String {
        match key.parse::<OrganisationId>() {
            Ok(id) => self.directory.name_of(id).in_lang(self.lang()).to_owned(),
            Err(_) => self.words.t("organisation-unidentified").into_owned(),
        }
    }

    /// What a person is called.
    pub(crate) fn person(&self, person: PersonId) -> String {
        self.directory.person_name(person, self.lang())
    }

    /// A plan in short.
    pub(crate) fn plan_name(&self, plan: &PlanId) -> String {
        let of = |plan: &Plan| plan.about.title.in_lang(self.lang()).to_owned();
        self.with_plan(plan, |plan| plan.map(of)).unwrap_or_else(|| plan.to_string())
    }

    /// A level as a badge.
    pub(crate) fn level(&self, plan: &PlanId, level: &LevelId, standing: Standing) -> LevelBadge {
        let words = self.words;
        self.with_plan(plan, |plan| {
            match plan.and_then(|plan| Some((plan.rank(level)?, plan.level(level)?))) {
                Some((rank, known)) => {
                    let rank = u8::try_from(rank + 1).unwrap_or(u8::MAX);
                    let word = match words.lang() {
                        Lang::Zh => known.label.zh.clone(),
                        Lang::En => format!("{} {}", known.label.en, known.label.zh),
                    };
                    LevelBadge::new(rank, level.as_str(), &word, standing, words)
                }
                None => LevelBadge::of(level.as_str(), standing, words),
            }
        })
    }

    /// A level that may not be reached.
    pub(crate) fn level_or_none(
        &self,
        plan: &PlanId,
        level: Option<&LevelId>,
        standing: Standing,
    ) -> LevelBadge {
        match level {
            Some(level) => self.level(plan, level, standing),
            None => LevelBadge::none(standing, self.words),
        }
    }

    /// A clause as a chip that opens to our paraphrase.
    pub(crate) fn clause(&self, plan: &PlanId, clause: &ClauseId) -> ClauseChip {
        self.with_plan(plan, |known| {
            let found = known.and_then(|known| known.clauses.get(clause));
            let (zh, en) = found.map_or(("", ""), |it| (it.text.zh.as_str(), it.text.en.as_str()));
            let short = known.map_or(plan.as_str(), |known| known.short.as_str());
            let mut chip = ClauseChip::new(short, clause.as_str(), zh, en, self.words);
            chip.href = Some(routes::clause(plan, clause.as_str()));
            chip.known(found.map_or(Evidence::Unverified, |it| evidence(it.evidence)))
        })
    }

    /// By which channel.
    pub(crate) fn channel(&self, channel: Channel) -> String {
        let key = match channel {
            Channel::Oral => "channel-oral",
            Channel::Written => "channel-written",
            Channel::Any => "channel-any",
        };
        self.words.t(key).into_owned()
    }

    /// Where a duty stands.
    pub(crate) fn state(&self, state: DutyState) -> StateBadge {
        let (mood, key) = match state {
            DutyState::Pending => (Mood::Waiting, "duty-state-pending"),
            DutyState::Done => (Mood::Done, "duty-state-done"),
            DutyState::DoneRecordedLate => (Mood::Done, "duty-state-done-recorded-late"),
            DutyState::Late => (Mood::Attention, "duty-state-late"),
            DutyState::Missed => (Mood::Attention, "duty-state-missed"),
            DutyState::Waived => (Mood::Quiet, "duty-state-waived"),
            DutyState::Superseded => (Mood::Quiet, "duty-state-superseded"),
            DutyState::Elapsed => (Mood::Done, "duty-state-elapsed"),
        };
        StateBadge::new(mood, self.words.t(key))
    }

    /// From whom to whom, by which channel, for which affected organisation.
    pub(crate) fn route(&self, duty: &DutyRow) -> Html {
        self.route_of(
            (&duty.sender, duty.recipient.as_ref()),
            duty.channel,
            duty.organisation.as_deref(),
        )
    }

    fn route_of(
        &self,
        (from, to): (&RoleId, Option<&RoleId>),
        channel: Channel,
        organisation: Option<&str>,
    ) -> Html {
        let from = match organisation {
            Some(key) => self.organisation(key),
            None => self.role(from),
        };
        let route = match to {
            Some(to) => self.words.ta("duty-from-to", &[("from", &from), ("to", &self.role(to))]),
            None => from,
        };
        Html::two_lines(&route, &self.channel(channel))
    }

    /// When a duty is due, or what became of it.
    pub(crate) fn due(&self, duty: &DutyRow) -> DueChip {
        self.due_of(duty.state, duty.kind, (duty.due, duty.arose_at, duty.done_at))
    }

    /// The same for a duty of a plan.
    pub(crate) fn due_chip(&self, duty: &Duty) -> DueChip {
        self.due_of(duty.state, duty.kind, (duty.due, duty.arose_at, duty.done_at))
    }

    fn due_of(
        &self,
        state: DutyState,
        kind: DutyKind,
        (due, arose_at, done_at): (Option<Timestamp>, Timestamp, Option<Timestamp>),
    ) -> DueChip {
        if !state.is_open() {
            let said = match (done_at, due) {
                (Some(done), None) => {
                    let passed = crate::lang::span(done.duration_since(arose_at), self.words);
                    self.words.ta("duty-elapsed", &[("t", &passed)])
                }
                (Some(_), Some(due)) => {
                    self.words.ta("duty-was-due", &[("t", &self.clock.short(due, self.words))])
                }
                (None, _) => self.words.t("duty-settled").into_owned(),
            };
            return DueChip::settled(said, done_at.map(|done| self.moment(done)));
        }
        match (due, kind) {
            (Some(due), _) => DueChip::by(due, self.clock, self.words),
            (None, DutyKind::Immediate | DutyKind::Simultaneous) => {
                DueChip::at_once(arose_at, self.clock, self.words)
            }
            (
                None,
                DutyKind::Within
                | DutyKind::Recurring
                | DutyKind::Continuing
                | DutyKind::OnRequest
                | DutyKind::Undefined,
            ) => DueChip::no_time(self.words),
        }
    }

    /// A duty as a row of a table; `act` is what can be done about it.
    pub(crate) fn duty(&self, duty: &Duty, act: Html) -> DutyLine {
        let mut what = duty.label.in_lang(self.lang()).to_owned();
        if let Some(slot) = duty.slot {
            let slot = self.words.ta("duty-slot", &[("n", &slot.to_string())]);
            what = format!("{what} {slot}");
        }
        let mut clause = self.clause(&duty.plan, &duty.clause);
        clause.facts =
            duty.because.iter().map(|it| it.text.in_lang(self.lang()).to_owned()).collect();
        let key = if duty.assumed { "duty-anchor-assumed" } else { "duty-anchor" };
        let anchor = self.anchor(&duty.anchor);
        let begun = self.clock.short(duty.arose_at, self.words);
        clause.anchor = Some(self.words.ta(key, &[("t", &begun), ("anchor", &anchor)]));
        let also: Vec<String> =
            duty.also_read_as.iter().map(|at| self.clock.short(*at, self.words)).collect();
        DutyLine {
            what: Html::text(what),
            route: self.route_of(
                (&duty.actor, duty.to.as_ref()),
                duty.channel,
                duty.organisation.as_deref(),
            ),
            due: self.due_chip(duty),
            also: (!also.is_empty()).then(|| {
                self.words.ta("duty-also", &[("t", &also.join(&self.words.t("list-and")))])
            }),
            state: self.state(duty.state),
            clause,
            act,
        }
    }

    /// The name of an anchor.
    pub(crate) fn anchor(&self, anchor: &str) -> String {
        let said = self.words.t(&format!("anchor-{anchor}"));
        if said.starts_with('⟦') { anchor.to_owned() } else { said.into_owned() }
    }

    /// A fact's question, in short for a table, and its value in words.
    pub(crate) fn fact(
        &self,
        fact: &fengsui_vocabulary::FactId,
        value: &fengsui_vocabulary::FactValue,
    ) -> (String, String) {
        let catalogue = Library::shipped().catalogue();
        let of_plan = self.plan.and_then(|plan| plan.facts.get(fact));
        match of_plan.or_else(|| catalogue.get(fact)) {
            Some(known) => {
                (known.question.in_lang(self.lang()).to_owned(), value_in(known, value, self.words))
            }
            None => (fact.to_string(), value.to_string()),
        }
    }

    /// What a plan calls a duty.
    pub(crate) fn duty_label(&self, plan: &PlanId, duty: &fengsui_vocabulary::DutyId) -> String {
        self.with_plan(plan, |known| {
            let rule = known.and_then(|plan| plan.duties.iter().find(|rule| rule.id == *duty));
            rule.map_or_else(|| duty.to_string(), |it| it.label.in_lang(self.lang()).to_owned())
        })
    }

    fn with_plan<T>(&self, id: &PlanId, then: impl FnOnce(Option<&Plan>) -> T) -> T {
        match self.plan.filter(|plan| plan.id == *id) {
            Some(plan) => then(Some(plan)),
            None => then(Library::shipped().plan(id).as_deref()),
        }
    }
}

/// A time of an affected organisation as the label of a value: 发现时间.
pub(crate) fn anchor_label(anchor: AnchorKind, words: Words) -> String {
    let key = match anchor {
        AnchorKind::Occurred => "public-occurred",
        AnchorKind::Discovered => "public-discovered",
        AnchorKind::Informed => "public-informed",
        AnchorKind::Aware => "anchor-aware",
    };
    words.t(key).into_owned()
}

/// What a role is called, by the first plan of the library that has it.
pub(crate) fn role_name(role: &RoleId, lang: Lang) -> String {
    let known = Library::shipped().plans().find_map(|plan| plan.roles.get(role));
    known.map_or_else(|| role.to_string(), |role| role.label.in_lang(lang).to_owned())
}

const fn evidence(evidence: fengsui_plan::Evidence) -> Evidence {
    match evidence {
        fengsui_plan::Evidence::Official => Evidence::Official,
        fengsui_plan::Evidence::Secondary => Evidence::Secondary,
        fengsui_plan::Evidence::Unverified => Evidence::Unverified,
    }
}
