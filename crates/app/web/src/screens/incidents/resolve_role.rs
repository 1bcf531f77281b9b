//! Saying which organisation fills a role that depends on facts: which is the protection department here.

use fengsui_plan::{Binding, Plan};
use fengsui_response::Party;
use fengsui_response::incident::IncidentCommand;
use fengsui_vocabulary::{PlanId, RoleId};

use super::record_anchor::party_options;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Heading, Html, Opt, Row, Table};

pub(super) const VERB: Verb =
    Verb { name: "resolve-role", tab: Tab::Organisations, when_stale: WhenStale::Tell, act, read };

/// Between a plan and its role in a form.
const BETWEEN: char = '|';

fn act(sight: &Sight<'_>) -> Option<Act> {
    let options: Vec<Opt> = open(sight)
        .into_iter()
        .map(|(plan, role, said)| Opt::new(format!("{plan}{BETWEEN}{role}"), said))
        .collect();
    if options.is_empty() || !sight.works() {
        return None;
    }
    let mut parties = vec![Opt::new("", sight.t("inc-resolve-all"))];
    parties.extend(party_options(sight));
    let form = sight
        .form(VERB.name, "inc-resolve")
        .with(Field::new("which", sight.t("inc-role"), FieldKind::Select(options)))
        .with(
            Field::new("party", sight.t("inc-resolve-for"), FieldKind::Select(parties)).optional(),
        )
        .with(
            Field::line("organisation", sight.t("organisation"))
                .hint(sight.t("inc-organisation-hint")),
        );
    Some(sight.act(VERB.name, "inc-resolve", form))
}

/// Roles of the plans of this incident that are somebody else for each affected organisation.
fn open(sight: &Sight<'_>) -> Vec<(PlanId, RoleId, String)> {
    let plans = sight.view.incident.plans.iter().filter_map(|it| sight.plan(&it.plan));
    plans
        .flat_map(|plan| {
            let roles = plan.roles.values().filter(|role| depends(role.bound));
            let named = roles.map(|role| {
                (
                    plan.id.clone(),
                    role.id.clone(),
                    format!("{} · {}", sight.legal(&role.label), short(&plan)),
                )
            });
            named.collect::<Vec<_>>()
        })
        .collect()
}

const fn depends(bound: Binding) -> bool {
    match bound {
        Binding::District | Binding::Sector => true,
        Binding::Deployment
        | Binding::Optional
        | Binding::Outside
        | Binding::Affected
        | Binding::Set
        | Binding::Converted => false,
    }
}

fn short(plan: &Plan) -> String {
    plan.short.to_uppercase()
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let which: Option<String> = form.chosen("which");
    let party: Option<Party> = form.maybe_chosen("party");
    let name = form.line("organisation");
    let which = which.and_then(|which| {
        let (plan, role) = which.split_once(BETWEEN)?;
        Some((plan.parse::<PlanId>().ok()?, role.parse::<RoleId>().ok()?))
    });
    let Some((plan, role)) = which else {
        form.note("which", sight.t("error-choice"));
        return Err(form.wrong());
    };
    let Some(name) = name else { return Err(form.wrong()) };
    let Some(organisation) = sight.directory.named(&name) else {
        form.note("organisation", sight.t("inc-organisation-unknown"));
        return Err(form.wrong());
    };
    let registry_version = sight.directory.version();
    form.sound(Asking::Plain(IncidentCommand::ResolveRole {
        plan,
        role,
        party,
        organisation,
        registry_version,
    }))
}

/// Which organisation each such role is here, for whom.
pub(super) fn table(sight: &Sight<'_>) -> Table {
    let headings = vec![
        Heading::key(sight.t("inc-role")),
        Heading::plain(sight.t("inc-resolve-for")),
        Heading::plain(sight.t("organisation")),
    ];
    let resolved =
        sight.view.incident.resolved.iter().filter(|((_, _, party), _)| {
            party.as_ref().is_none_or(|party| sight.may_see_party(party))
        });
    let rows = resolved.map(|((plan, role, party), organisation)| {
        let known = sight.plan(plan);
        let label = known.as_ref().and_then(|plan| plan.roles.get(role)).map(|it| &it.label);
        let name = label.map_or_else(|| role.to_string(), |label| sight.legal(label));
        let short = known.map_or_else(|| plan.to_string(), |plan| short(&plan));
        let of = party.map_or_else(|| sight.t("inc-resolve-all"), |party| sight.party(&party));
        let href = crate::routes::organisation(*organisation);
        let filled = Html::link(&href, &sight.organisation(*organisation));
        Row::new(vec![Html::two_lines(&name, &short), Html::text(of), filled])
    });
    Table::new(sight.t("inc-resolved"), headings, sight.t("inc-resolved-none")).with(rows)
}
