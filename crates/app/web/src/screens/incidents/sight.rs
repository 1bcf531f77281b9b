//! One incident as one reader sees it: how everything on its screens is called.
//!
//! Nothing is decided here. What a plan, the registry or a person is called comes from them; what the
//! screen says of its own is a key of the words.

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_desk::{Directory, District, IncidentView, Viewer, WorkGroup};
use fengsui_plan::{Act as PlanAct, Channel, Colour, Duty, Fact, Library, Plan};
use fengsui_response::incident::AffectedOrganisation;
use fengsui_response::{Party, PlanRef, SaidBy, Tick};
use fengsui_vocabulary::{
    ClauseId, CommandId, FactId, Label, Lang, LevelId, OrganisationId, PersonId, PlanId, ReportId,
    RoleId,
};
use jiff::Timestamp;

use crate::form::Returned;
use crate::lang::{Clock, Words};
use crate::parts::{ClauseChip, Html, LevelBadge, Moment, Standing};

/// One incident as one reader sees it.
pub(super) struct Sight<'a> {
    pub(super) view: &'a IncidentView,
    pub(super) viewer: &'a Viewer,
    pub(super) directory: &'a Directory,
    /// The editions that the incident has to do with, its own first.
    pub(super) plans: &'a [Arc<Plan>],
    pub(super) words: Words,
    pub(super) clock: Clock,
    /// The token that every form sends back.
    pub(super) csrf: &'a str,
    /// Drawn for this drawing of the screen; every form derives its own from it.
    pub(super) command: CommandId,
    /// The act that the reader came for.
    pub(super) wanted: Option<&'a str>,
    /// What exactly the reader came for: a plan, or a duty.
    pub(super) meant: Option<&'a str>,
    /// One worklist from all plans: what one act may meet stands together.
    pub(super) work: &'a [WorkGroup],
    /// The document that the reader came to write.
    pub(super) paper: Option<super::issue_document::Paper>,
    /// A form that comes back.
    pub(super) returned: Option<&'a Returned>,
}

impl Sight<'_> {
    pub(super) fn t(&self, key: &str) -> String {
        self.words.t(key).into_owned()
    }

    pub(super) fn ta(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.words.ta(key, args)
    }

    /// A text in the reader's language.
    pub(super) fn said(&self, label: &Label) -> String {
        label.in_lang(self.words.lang()).to_owned()
    }

    /// A legal term: in English with the Chinese beside it.
    pub(super) fn legal(&self, label: &Label) -> String {
        match self.words.lang() {
            Lang::Zh => label.zh.clone(),
            Lang::En if label.en == label.zh => label.zh.clone(),
            Lang::En => format!("{} {}", label.en, label.zh),
        }
    }

    /// The address of the incident.
    pub(super) fn here(&self) -> String {
        super::paths::incident(self.view.id)
    }

    /// The address of one of its tabs.
    pub(super) fn tab(&self, tab: super::tabs::Tab) -> String {
        super::paths::tab(self.view.id, tab)
    }

    pub(super) fn moment(&self, at: Timestamp) -> Moment {
        Moment::new(at, &self.clock, self.words)
    }

    /// A time in words, inside a sentence.
    pub(super) fn short(&self, at: Timestamp) -> String {
        self.clock.short(at, self.words)
    }

    /// The plan in the edition of this incident, as far as it is at hand.
    pub(super) fn plan(&self, id: &PlanId) -> Option<Arc<Plan>> {
        self.plans.iter().find(|plan| plan.id == *id).cloned()
    }

    /// One edition, as far as it is at hand.
    pub(super) fn edition(&self, edition: &PlanRef) -> Option<&Plan> {
        let is_it = |plan: &&Arc<Plan>| plan.id == edition.plan && plan.hash == edition.hash;
        self.plans.iter().find(is_it).map(|plan| &**plan)
    }

    /// An edition in words: the title and what its issuer calls it.
    pub(super) fn edition_name(&self, edition: &PlanRef) -> String {
        let Some(plan) = self.edition(edition) else { return edition.plan.to_string() };
        let title = self.said(&plan.about.title);
        self.ta("inc-edition", &[("plan", &title), ("edition", &plan.about.edition)])
    }

    /// What a plan is called.
    pub(super) fn plan_title(&self, id: &PlanId) -> String {
        self.plan(id).map_or_else(|| id.to_string(), |plan| self.said(&plan.about.title))
    }

    pub(super) fn lead(&self) -> &Plan {
        &self.view.lead
    }

    /// The level in force under the leading plan.
    pub(super) fn level_in_force(&self) -> Option<LevelId> {
        self.view.incident.level(&self.view.lead)
    }

    pub(super) fn badge(&self, plan: &Plan, level: &LevelId, standing: Standing) -> LevelBadge {
        let Some(known) = plan.level(level) else {
            return LevelBadge::new(0, level.as_str(), "", standing, self.words);
        };
        let rank = match known.colour {
            Some(Colour::Red) => 1,
            Some(Colour::Orange) => 2,
            Some(Colour::Yellow) => 3,
            Some(Colour::Blue) => 4,
            None => 0,
        };
        LevelBadge::new(rank, level.as_str(), &self.legal(&known.label), standing, self.words)
    }

    /// A level in words, inside a sentence.
    pub(super) fn level_name(&self, plan: &Plan, level: &LevelId) -> String {
        plan.level(level).map_or_else(
            || level.to_string(),
            |known| format!("{level} {}", self.said(&known.label)),
        )
    }

    /// A clause that opens to what it says; `name` is unique on the screen.
    pub(super) fn clause(&self, plan: &Plan, clause: &ClauseId, name: &str) -> ClauseChip {
        let mut chip = self.saying().clause(&plan.id, clause);
        chip.id = Some(format!("why-{name}"));
        chip
    }

    pub(super) fn role(&self, role: &RoleId) -> String {
        self.role_label(role).map_or_else(|| role.to_string(), |label| self.said(&label))
    }

    /// The name of a role in both languages.
    pub(super) fn role_label(&self, role: &RoleId) -> Option<Label> {
        let find = |plan: &Plan| plan.roles.get(role).map(|role| role.label.clone());
        find(self.lead()).or_else(|| {
            let others = self.view.incident.plans.iter().skip(1);
            others.filter_map(|edition| self.plan(&edition.plan)).find_map(|plan| find(&plan))
        })
    }

    pub(super) fn roles<'r>(&self, roles: impl IntoIterator<Item = &'r RoleId>) -> String {
        let names: Vec<String> = roles.into_iter().map(|role| self.role(role)).collect();
        names.join(&self.t("inc-and"))
    }

    pub(super) fn person(&self, person: PersonId) -> String {
        self.directory.person_name(person, self.words.lang())
    }

    pub(super) fn organisation(&self, organisation: OrganisationId) -> String {
        self.said(&self.directory.name_of(organisation))
    }

    /// Whom it happened to, by its place in the incident.
    pub(super) fn party(&self, party: &Party) -> String {
        match self.view.incident.organisation_of(party) {
            Some(organisation) => self.organisation(organisation),
            None => self.t("inc-unidentified"),
        }
    }

    /// Whom a duty is about, where it is one organisation's own.
    pub(super) fn holder(&self, duty: &Duty) -> Option<String> {
        duty.organisation.as_ref()?;
        Some(
            self.view
                .incident
                .party_of(duty)
                .map_or_else(|| self.t("inc-unidentified"), |party| self.party(&party)),
        )
    }

    pub(super) fn district(&self, code: &str) -> String {
        District::of(code).map_or_else(|| code.to_owned(), |district| self.said(&district.label()))
    }

    /// The affected organisations that the reader may see.
    pub(super) fn affected(&self) -> impl Iterator<Item = (&Party, &AffectedOrganisation)> {
        self.view.incident.affected.iter().filter(|(_, it)| self.may_see(it))
    }

    /// Whether a part of the incident is shown to the reader.
    pub(super) fn may_see_party(&self, party: &Party) -> bool {
        self.view.incident.affected.get(party).is_some_and(|it| self.may_see(it))
    }

    fn may_see(&self, affected: &AffectedOrganisation) -> bool {
        match affected.organisation {
            Some(organisation) => {
                self.viewer.may_see_organisation(organisation, affected.district.as_ref())
            }
            None => match &self.viewer.reach {
                fengsui_desk::Reach::Whole => true,
                fengsui_desk::Reach::District(mine) => affected.district.as_ref() == Some(mine),
                fengsui_desk::Reach::Own => false,
            },
        }
    }

    /// Whether a report is shown: it tells of nobody in particular, or of somebody the reader may see.
    pub(super) fn may_see_report(&self, report: ReportId) -> bool {
        let parties = self.parties_of(report);
        parties.is_empty() || parties.iter().any(|party| self.may_see_party(party))
    }

    /// The parties that a report told of.
    fn parties_of(&self, report: ReportId) -> BTreeSet<Party> {
        super::story::parties_of(self.view, report)
    }

    pub(super) fn report(&self, report: ReportId) -> String {
        let known = self.view.incident.reports.get(&report);
        known.map_or_else(|| report.to_string(), |known| known.number.to_string())
    }

    pub(super) fn said_by(&self, by: &SaidBy) -> String {
        match by {
            SaidBy::Report(report) if self.may_see_report(*report) => {
                self.ta("inc-said-report", &[("number", &self.report(*report))])
            }
            SaidBy::Report(_) => self.t("inc-said-elsewhere"),
            SaidBy::Organisation(organisation) => self.organisation(*organisation),
            SaidBy::Role(role) => self.role(role),
        }
    }

    pub(super) fn channel(&self, channel: Channel) -> String {
        match channel {
            Channel::Oral => self.t("channel-oral"),
            Channel::Written => self.t("channel-written"),
            Channel::Any => self.t("channel-any"),
        }
    }

    pub(super) fn fact(&self, fact: &FactId) -> Option<&Fact> {
        self.lead().facts.get(fact).or_else(|| Library::shipped().catalogue().get(fact))
    }

    /// A fact by its question.
    pub(super) fn fact_name(&self, fact: &FactId) -> String {
        self.fact(fact).map_or_else(|| fact.to_string(), |fact| self.said(&fact.question))
    }

    /// Whether the reader fills a role that takes part in an act at the level in force. It decides only
    /// what is offered; whether it is taken is decided elsewhere.
    pub(super) fn may(&self, act: PlanAct) -> bool {
        let level = self.level_in_force();
        self.may_at(act, level.as_ref())
    }

    pub(super) fn may_at(&self, act: PlanAct, level: Option<&LevelId>) -> bool {
        self.viewer.actor.roles.iter().any(|role| self.lead().may(role, act, level).is_ok())
    }

    /// Whether the reader fills a role of a plan that takes part in an act of it at a level.
    pub(super) fn may_under(&self, plan: &Plan, act: PlanAct, level: Option<&LevelId>) -> bool {
        let roles = self.viewer.actor.roles_under(&plan.id);
        roles.iter().any(|role| plan.may(role, act, level).is_ok())
    }

    /// The open duties that one act may meet together with this one, this one among them.
    pub(super) fn together(&self, key: &str) -> Vec<String> {
        let group =
            self.work.iter().find(|group| group.ticks.iter().any(|(_, tick)| key_of(tick) == key));
        group.map_or_else(
            || vec![key.to_owned()],
            |group| group.ticks.iter().map(|(_, tick)| key_of(tick)).collect(),
        )
    }

    pub(super) fn is_open(&self) -> bool {
        self.view.incident.is_open()
    }

    /// Whether the reader works on this incident while it is open.
    pub(super) fn works(&self) -> bool {
        self.is_open() && self.may(PlanAct::RecordFacts)
    }

    /// Duties that are open, with the key by which forms name them.
    pub(super) fn open_ticks(&self) -> Vec<(String, &Duty)> {
        let open = self.view.duties.iter().filter(|duty| duty.state.is_open());
        open.map(|duty| (self.tick_key(duty), duty)).collect()
    }

    /// How forms name a duty: no spaces, and nothing the reader could not see anyway.
    pub(super) fn tick_key(&self, duty: &Duty) -> String {
        key_of(&self.view.incident.tick_of(duty))
    }

    /// A duty in one line: what, from whom, to whom.
    pub(super) fn duty_line(&self, duty: &Duty) -> String {
        let holder = self.holder(duty);
        let from = holder.unwrap_or_else(|| self.role(&duty.actor));
        let what = self.said(&duty.label);
        let slot = duty.slot.map(|slot| format!(" {}", self.words.tn("duty-slot", slot)));
        let what = format!("{what}{}", slot.unwrap_or_default());
        match &duty.to {
            Some(to) => {
                let route = self.ta("duty-from-to", &[("from", &from), ("to", &self.role(to))]);
                format!("{what} · {route}")
            }
            None => format!("{what} · {from}"),
        }
    }

    /// A duty's telephone: where its recipient can be called.
    pub(super) fn telephone(&self, duty: &Duty) -> Option<String> {
        let role = duty.to.as_ref()?;
        let party = self.view.incident.party_of(duty);
        let resolved = &self.view.incident.resolved;
        let organisation = resolved
            .get(&(duty.plan.clone(), role.clone(), party))
            .or_else(|| resolved.get(&(duty.plan.clone(), role.clone(), None)))
            .copied()
            .or_else(|| {
                let place = party.and_then(|party| self.view.incident.affected.get(&party));
                let district = place.and_then(|affected| affected.district.as_ref());
                let plan = self.plan(&duty.plan)?;
                self.directory.filled_by(&plan, role, district)
            })?;
        let telephone = self.directory.details(organisation)?.duty_telephone.as_ref()?;
        Some(telephone.to_string())
    }

    /// A link, as a cell.
    pub(super) fn link(&self, href: &str, key: &str) -> Html {
        Html::link(href, &self.t(key))
    }
}

/// How forms name a tick.
pub(super) fn key_of(tick: &Tick) -> String {
    let party = tick.party.map(|party| party.to_string());
    let to = tick.to.as_ref().map(RoleId::as_str);
    let slot = tick.slot.map(|slot| slot.to_string());
    [
        tick.plan.as_str(),
        tick.duty.as_str(),
        party.as_deref().unwrap_or("~"),
        tick.by.as_str(),
        to.unwrap_or("~"),
        slot.as_deref().unwrap_or("~"),
    ]
    .join("|")
}
