//! Forming the headquarters, 指挥部: the leaders' decision, who, where, which groups.

use std::collections::BTreeSet;

use fengsui_plan::{Act as PlanAct, Binding};
use fengsui_response::incident::{FormHeadquarters, IncidentCommand};
use fengsui_vocabulary::{OrganisationId, RoleId};

use super::on_behalf;
use super::sight::Sight;
use super::tabs::Tab;
use super::take_command::deciders;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, echo, effect};
use crate::parts::{Act, Field, FieldKind};

pub(super) const VERB: Verb =
    Verb { name: "headquarters", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let plan = sight.lead();
    let authority = plan.authority(PlanAct::FormHeadquarters, sight.level_in_force().as_ref())?;
    let by = deciders(&authority.how);
    let is_mine = by.iter().any(|role| sight.viewer.actor.roles.contains(role));
    if !sight.is_open() || !(is_mine || sight.works()) {
        return None;
    }
    let groups =
        plan.roles.values().filter(|role| role.bound == Binding::Optional).map(|it| &it.id);
    let groups = FieldKind::Several(sight.role_options(groups));
    let mut form = sight
        .form(VERB.name, "inc-form-headquarters")
        .with(Field::line("seat", sight.t("inc-seat")).optional())
        .with(Field::new("groups", sight.t("inc-groups"), groups).optional())
        .with(
            Field::prose("members", sight.t("inc-members"))
                .hint(sight.t("inc-members-hint"))
                .optional(),
        );
    if !is_mine {
        form = form.hiding("behalf", "yes");
        for field in on_behalf::fields(sight, by) {
            form = form.with(field);
        }
    }
    let effects = vec![
        effect(sight.roles(by), sight.t("inc-headquarters-effect")),
        echo(sight.t("inc-seat"), "", "seat"),
        echo(sight.t("inc-members"), "", "members"),
    ];
    let title = sight.t("inc-headquarters-title");
    let form = form.showing(sight.consequence(VERB.name, title, effects));
    let mut act = sight.act(VERB.name, "inc-form-headquarters", form);
    act.clause = Some(sight.clause(plan, &authority.clause, "do-headquarters"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let seat = form.maybe_line("seat");
    let groups: BTreeSet<RoleId> =
        typed.all("groups").filter_map(|group| group.parse().ok()).collect();
    let mut members: BTreeSet<OrganisationId> = BTreeSet::new();
    for name in typed.one("members").lines().map(str::trim).filter(|name| !name.is_empty()) {
        match sight.directory.named(name) {
            Some(organisation) => {
                members.insert(organisation);
            }
            None => form.note("members", sight.ta("inc-member-unknown", &[("name", name)])),
        }
    }
    let is_behalf = form.ticked("behalf");
    let told = if is_behalf { on_behalf::read(&mut form) } else { None };
    form.agreed();
    let formed = move |on_behalf| {
        let formed = FormHeadquarters { commander: None, members, groups, seat, on_behalf };
        IncidentCommand::FormHeadquarters(formed)
    };
    let Some(mut told) = told else { return form.sound(Asking::Plain(formed(None))) };
    form.sound(match told.record.take() {
        Some(text) => Asking::with(text, move |record| formed(Some(told.on_behalf(Some(record))))),
        None => Asking::Plain(formed(Some(told.on_behalf(None)))),
    })
}
