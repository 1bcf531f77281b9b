//! What can only be seen when a whole pack has been read: gaps, contradictions, circles.

mod criteria;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use fengsui_vocabulary::{ClauseId, DutyId, RoleId};

use super::compile::Pack;
use super::names::Kind;
use super::tree::{Table, listed, nearest};
use crate::compare::SubjectKind;
use crate::model::{Act, Allowance, Anchor, Authority, Binding, DutyRule, How, Plan, Role};

/// Acts that somebody must be able to do at every level once the pack gives them to anybody.
const AT_EVERY_LEVEL: &[Act] =
    &[Act::JudgeLevel, Act::StartResponse, Act::AdjustResponse, Act::EndResponse, Act::Release];

impl<'a> Pack<'a> {
    /// Notes what only the whole shows.
    pub(super) fn cross_check(&self, plan: &Plan, root: &Table<'a>) {
        self.check_colours(plan);
        self.check_criteria(plan);
        self.check_circles(plan);
        self.check_roles_of_duties(plan);
        self.check_warnings_have_colours(plan);
        self.check_authorities(plan, root);
        self.check_steps(plan, root);
        self.check_policies(plan);
        self.check_clauses(plan);
        self.check_partial(plan);
        self.check_conversions(plan);
        self.check_selves(plan);
        self.check_idle_roles(plan);
    }

    fn check_colours(&self, plan: &Plan) {
        let coloured = plan.levels.iter().filter(|level| level.colour.is_some()).count();
        if coloured == 0 {
            return;
        }
        let mut above = None;
        for level in &plan.levels {
            if level.colour.is_none() || level.colour <= above {
                self.sink.error(
                    "colours-out-of-order",
                    self.names.place(Kind::Level, level.id.as_str()),
                    format!("the colour of level `{}` does not fit its place", level.id),
                    "levels stand worst first; give each its own colour, in the order red, orange, yellow, blue, or none of them one",
                );
            }
            above = level.colour.or(above);
        }
    }

    fn check_circles(&self, plan: &Plan) {
        // Branches of one duty share its id: the edges of all of them count.
        let mut overrides: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut anchors: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for duty in &plan.duties {
            let over = duty.overrides.iter().map(DutyId::as_str);
            overrides.entry(duty.id.as_str()).or_default().extend(over);
            anchors.entry(duty.id.as_str()).or_default().extend(delivered(&duty.anchor));
        }
        for duty in on_circles(&overrides) {
            self.sink.error(
                "circle-of-overrides",
                self.names.place(Kind::Duty, duty),
                format!("the duty `{duty}` overrides itself, at least by way of others"),
                "a stricter duty overrides a milder one, never the other way round as well",
            );
        }
        for duty in on_circles(&anchors) {
            self.sink.error(
                "circle-of-anchors",
                self.names.place(Kind::Duty, duty),
                format!(
                    "the clock of `{duty}` waits for `{duty}` itself, at least by way of others"
                ),
                "let one of them start from a time of the incident",
            );
        }
        let parts: BTreeMap<&str, Vec<&str>> = plan
            .roles
            .values()
            .map(|role| {
                let above = [role.part_of.as_ref(), role.converted_from.as_ref()];
                (role.id.as_str(), above.into_iter().flatten().map(RoleId::as_str).collect())
            })
            .collect();
        for role in on_circles(&parts) {
            self.sink.error(
                "circle-of-roles",
                self.names.place(Kind::Role, role),
                format!("the role `{role}` is part of itself, at least by way of others"),
                "say of each only what it belongs to",
            );
        }
    }

    fn check_roles_of_duties<'p>(&self, plan: &'p Plan) {
        let with_roles =
            |duty: &'p DutyRule| duty.senders.iter().chain(&duty.to).map(move |role| (duty, role));
        for (duty, role) in plan.duties.iter().flat_map(with_roles) {
            let bound = plan.roles.get(role).map(|role| role.bound);
            let why = match bound {
                Some(Binding::Optional) => "may be bound to nobody",
                Some(Binding::Set) => "is nobody in particular",
                Some(
                    Binding::Deployment
                    | Binding::Affected
                    | Binding::District
                    | Binding::Sector
                    | Binding::Outside
                    | Binding::Converted,
                )
                | None => continue,
            };
            self.sink.warning(
                "owed-by-nobody",
                self.names.place(Kind::Duty, duty.id.as_str()),
                format!("the duty `{}` names `{role}`, which {why}", duty.id),
                "bind the role with `bound = \"deployment\"`, or name another one",
            );
        }
    }

    fn check_warnings_have_colours(&self, plan: &Plan) {
        if plan.levels.iter().any(|level| level.colour.is_some()) {
            return;
        }
        for duty in &plan.duties {
            if matches!(duty.anchor, Anchor::WarningIssued { at_least: Some(_), .. }) {
                self.sink.error(
                    "warning-without-colours",
                    self.names.place(Kind::Duty, duty.id.as_str()),
                    format!("the duty `{}` waits for a colour, yet no level has one", duty.id),
                    "give the levels colours, or leave `at_least` out",
                );
            }
            if matches!(duty.due, Allowance::Simultaneous) && duty.anchor == Anchor::Condition {
                self.sink.warning(
                    "simultaneous-with-nothing",
                    self.names.place(Kind::Duty, duty.id.as_str()),
                    format!(
                        "the duty `{}` is simultaneous with a condition, not with an act",
                        duty.id
                    ),
                    "anchor it at an act, such as the issue of a warning",
                );
            }
        }
    }

    fn check_authorities(&self, plan: &Plan, root: &Table<'a>) {
        let places: Vec<(&str, Range<usize>)> = root.glance("authority", "act");
        for act in Act::ALL {
            let of_act: Vec<_> = plan.authorities.iter().filter(|one| one.act == act).collect();
            let mut spans = places.iter().filter(|(name, _)| *name == act.name());
            let first = spans.next().map_or(0..0, |(_, span)| span.clone());
            let last = spans.next_back().map_or(first.clone(), |(_, span)| span.clone());
            let everywhere = of_act.iter().filter(|one| one.levels.is_empty()).count();
            let mut covered: BTreeMap<&str, usize> = BTreeMap::new();
            for level in of_act.iter().flat_map(|one| &one.levels) {
                *covered.entry(level.as_str()).or_insert(everywhere) += 1;
            }
            if everywhere > 1 || covered.values().any(|times| *times > 1) {
                self.sink.error(
                    "authority-twice",
                    last,
                    format!("`{}` is given twice at the same level", act.name()),
                    "list different levels in each, or make one rule of them",
                );
            }
            let open = plan.levels.iter().map(|level| level.id.as_str());
            let open: Vec<_> = open.filter(|level| !covered.contains_key(level)).collect();
            let is_partial = !of_act.is_empty() && everywhere == 0 && !open.is_empty();
            if is_partial && AT_EVERY_LEVEL.contains(&act) {
                self.sink.error(
                    "authority-gap",
                    first,
                    format!("nobody may `{}` at {}", act.name(), listed(open.into_iter())),
                    "add an `[[authority]]` for these levels; where the text names nobody, name a local `policy`",
                );
            }
        }
    }

    /// Notes a step of the technical plan that nobody may take at some level.
    fn check_steps(&self, plan: &Plan, root: &Table<'a>) {
        let span = root.glance_at("technical_plan", "clause").map_or(0..0, |(_, span)| span);
        for step in plan.technical_plan.iter().flat_map(|technical| &technical.steps) {
            let mut levels = plan.levels.iter();
            if let Some(level) = levels.find(|it| plan.authority(*step, Some(&it.id)).is_none()) {
                self.sink.error(
                    "step-without-authority",
                    span.clone(),
                    format!("nobody may `{}` at {}", step.name(), level.id),
                    "add an `[[authority]]` for this step; where the text names nobody, name a local `policy`",
                );
            }
        }
    }

    fn check_policies(&self, plan: &Plan) {
        for policy in plan.policies.keys() {
            let is_used = plan.authorities.iter().any(|one| one.policy.as_ref() == Some(policy));
            if !is_used {
                self.sink.warning(
                    "unused-policy",
                    self.names.place(Kind::Policy, policy),
                    format!("no rule uses the local policy `{policy}`"),
                    "name it under `policy` where it fills a gap, or make it a `[[reading]]`",
                );
            }
        }
    }

    fn check_clauses(&self, plan: &Plan) {
        let ruled = ruled(plan);
        for clause in plan.clauses.values() {
            let has_rule = ruled.contains(&clause.id);
            let (code, what, help) = match (has_rule, clause.no_rule.is_some()) {
                (false, false) => (
                    "clause-without-rule",
                    "no rule follows from it, and it does not say why",
                    "add `no_rule = { zh = \"…\", en = \"…\" }` with the reason, or a rule",
                ),
                (true, true) => (
                    "clause-with-rule",
                    "it says that no rule follows from it, yet one does",
                    "leave `no_rule` out",
                ),
                (true, false) | (false, true) => continue,
            };
            let span = self.names.place(Kind::Clause, clause.id.as_str());
            self.sink.error(code, span, format!("clause {}: {what}", clause.id), help);
        }
    }

    /// Notes fields that a part of a document needs and that its form does not have.
    fn check_partial(&self, plan: &Plan) {
        for duty in plan.duties.iter().filter(|duty| !duty.partial.is_empty()) {
            let span = self.names.place(Kind::Duty, duty.id.as_str());
            let Some(form) = duty.form.as_ref().and_then(|form| plan.forms.get(form)) else {
                self.sink.error(
                    "partial-without-form",
                    span,
                    format!("the duty `{}` names fields, yet it has no form", duty.id),
                    "add `form = \"…\"`, or leave `partial` out",
                );
                continue;
            };
            let fields = || form.fields.iter().map(|field| field.id.as_str());
            for field in duty.partial.iter().filter(|field| fields().all(|id| id != field.as_str()))
            {
                self.sink.error(
                    "partial-not-in-form",
                    span.clone(),
                    format!("the duty `{}` needs `{field}`, which its form does not ask", duty.id),
                    nearest(field, fields()).map_or_else(
                        || format!("`{}` asks: {}", form.id, listed(fields())),
                        |near| format!("did you mean `{near}`?"),
                    ),
                );
            }
        }
    }

    /// Notes roles that somebody becomes by a decision although there may be nobody to become it.
    fn check_conversions(&self, plan: &Plan) {
        for role in plan.roles.values() {
            let Some(source) = role.converted_from.as_ref().and_then(|id| plan.roles.get(id))
            else {
                continue;
            };
            let why = match source.bound {
                Binding::Set => "is nobody in particular",
                Binding::Optional => "may be bound to nobody",
                Binding::Deployment
                | Binding::Affected
                | Binding::District
                | Binding::Sector
                | Binding::Outside
                | Binding::Converted => continue,
            };
            self.sink.warning(
                "converted-from-nobody",
                self.names.place(Kind::Role, role.id.as_str()),
                format!("`{}` is made of `{}`, which {why}", role.id, source.id),
                "bind that role with `bound = \"deployment\"`, or make this one of another",
            );
        }
    }

    /// Notes duties that somebody owes to nobody but themselves.
    fn check_selves(&self, plan: &Plan) {
        for duty in &plan.duties {
            if duty.senders.len() == 1 && duty.senders == duty.to && duty.form.is_some() {
                self.sink.warning(
                    "reports-to-itself",
                    self.names.place(Kind::Duty, duty.id.as_str()),
                    format!(
                        "the duty `{}` has a document go from {} to itself",
                        duty.id,
                        listed(duty.to.iter().map(RoleId::as_str))
                    ),
                    "name whoever receives it; a duty of action has no form",
                );
            }
        }
    }

    /// Notes roles that must be bound before the plan can start, and that nothing has to do with.
    fn check_idle_roles(&self, plan: &Plan) {
        let named = named_roles(plan);
        let wholes = |role: &Role| [role.part_of.clone(), role.converted_from.clone()];
        let must_be_bound = |role: &&Role| role.bound == Binding::Deployment;
        for role in plan.roles.values().filter(must_be_bound) {
            let has_parts =
                plan.roles.values().any(|it| wholes(it).contains(&Some(role.id.clone())));
            let is_told = told_of(plan, role);
            if !named.contains(&role.id) && !has_parts && !is_told {
                self.sink.warning(
                    "idle-role",
                    self.names.place(Kind::Role, role.id.as_str()),
                    format!("no rule and no clause has to do with `{}`", role.id),
                    "name it in a rule, leave it out, or mention it by its name in the clause that sets it up",
                );
            }
        }
    }
}

/// Notes what a plan asks less than the one it stands on.
pub(super) fn note_loosened(plan: &Plan, parent: &Plan, root: &Table<'_>) {
    for change in crate::compare::loosened(parent, plan) {
        let list = match change.about.kind {
            SubjectKind::Duty => "duty",
            SubjectKind::Criterion => "criterion",
            SubjectKind::Scope => "scope",
            SubjectKind::Score
            | SubjectKind::Level
            | SubjectKind::HandOver
            | SubjectKind::Authority
            | SubjectKind::Setting
            | SubjectKind::Role
            | SubjectKind::Policy
            | SubjectKind::Reading
            | SubjectKind::Form
            | SubjectKind::Measure
            | SubjectKind::Taxonomy
            | SubjectKind::Clause => "",
        };
        let id = change.about.id.as_str();
        let rule = id.split('/').next().unwrap_or(id);
        let mut places = root.glance(list, "id").into_iter();
        let place = places.find(|(name, _)| *name == id || *name == rule);
        let span =
            place.or_else(|| root.glance_at("plan", "extends")).map_or(0..0, |(_, span)| span);
        root.sink().warning(
            "loosens",
            span,
            format!("`{id}` asks less than in `{}`: {}", parent.id, change.text.en),
            "a plan on top of another may ask more; ask no less, or have it confirmed by whoever issued the other",
        );
    }
}

/// Whether a clause speaks of a role by its name, or a reading of the clause that sets it up is given.
fn told_of(plan: &Plan, role: &Role) -> bool {
    let name = role.label.zh.as_str();
    let texts = plan.clauses.values().map(|clause| &clause.text);
    let texts = texts.chain(plan.readings.iter().map(|reading| &reading.text));
    let texts = texts.chain(plan.policies.values().map(|policy| &policy.text));
    let mut texts = texts.chain(plan.measures.iter().map(|measure| &measure.text));
    texts.any(|text| text.zh.contains(name) || text.en.contains(role.label.en.as_str()))
        || plan.clauses.get(&role.clause).is_some_and(|clause| clause.no_rule.is_some())
        || plan.readings.iter().any(|reading| reading.clause == role.clause)
}

/// Every role that a rule names.
fn named_roles(plan: &Plan) -> BTreeSet<RoleId> {
    let duties = plan.duties.iter().flat_map(|duty| duty.senders.iter().chain(&duty.to));
    let approving = |authority: &'_ Authority| match &authority.how {
        How::Approval { approve, .. } => approve.clone(),
        How::AnyOf(_) | How::Joint(_) | How::Higher(_) | How::Undefined => Vec::new(),
    };
    let beginning = plan.authorities.iter().flat_map(|one| one.how.initiators());
    let measures = plan.measures.iter().flat_map(|measure| &measure.by);
    duties
        .chain(beginning)
        .chain(measures)
        .cloned()
        .chain(plan.authorities.iter().flat_map(approving))
        .chain(
            plan.roles
                .values()
                .filter(|role| role.part_of.is_some() || role.converted_from.is_some())
                .map(|role| role.id.clone()),
        )
        .collect()
}

/// Every clause that something follows from; a role alone is only a word of the plan.
pub(crate) fn ruled(plan: &Plan) -> BTreeSet<ClauseId> {
    let duties = plan.duties.iter().map(|duty| &duty.clause);
    let authorities = plan.authorities.iter().map(|authority| &authority.clause);
    let measures = plan.measures.iter().map(|measure| &measure.clause);
    duties
        .chain(authorities)
        .chain(measures)
        .chain(plan.technical_plan.iter().map(|technical| &technical.clause))
        .chain(plan.levels.iter().map(|level| &level.clause))
        .chain(plan.hand_overs.iter().map(|hand_over| &hand_over.clause))
        .chain(plan.criteria().map(|criterion| &criterion.clause))
        .chain(plan.scores().map(|score| &score.clause))
        .chain(plan.scopes.iter().map(|scope| &scope.clause))
        .chain(plan.forms.values().map(|form| &form.clause))
        .chain(plan.taxonomies.iter().filter_map(|taxonomy| taxonomy.clause.as_ref()))
        .cloned()
        .collect()
}

fn delivered(anchor: &Anchor) -> Option<&str> {
    match anchor {
        Anchor::Delivered(duty) | Anchor::FollowUp(duty) => Some(duty.as_str()),
        Anchor::Organisation(_)
        | Anchor::Received
        | Anchor::Condition
        | Anchor::Incident(_)
        | Anchor::WarningIssued { .. }
        | Anchor::WarningLifted
        | Anchor::Each(_) => None,
    }
}

/// The names from which one gets back to the same name.
fn on_circles<'a>(edges: &BTreeMap<&'a str, Vec<&'a str>>) -> Vec<&'a str> {
    let gets_back = |start: &&'a str| {
        let mut seen = BTreeSet::new();
        let mut open = edges.get(*start).cloned().unwrap_or_default();
        while let Some(name) = open.pop() {
            if name == *start {
                return true;
            }
            if seen.insert(name) {
                open.extend(edges.get(name).into_iter().flatten());
            }
        }
        false
    };
    edges.keys().copied().filter(gets_back).collect()
}
