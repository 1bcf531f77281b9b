//! Who does here what a text leaves open: named by one keeper of the plans, approved by another.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_plan::{Act as Deed, How};
use fengsui_response::PolicyHow;
use fengsui_response::centre::{NamePolicy, Policy, PolicyState};
use fengsui_vocabulary::{LevelId, PlanId, RoleId};

use super::authorities::draw;
use super::book::{lines, small};
use super::frame::{Frame, Leaf, path};
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::parts::{Act, Field, FieldKind, Form, Heading, Html, Mood, Opt, Row, StateBadge, Table};
use crate::routes;
use crate::session::SignedIn;
use crate::upload::Sent;

/// What is done to a policy.
#[derive(Clone, Copy)]
enum Verb {
    Name,
    Approve,
    Withdraw,
}

/// `POST /plans/{plan}/policies`
pub(super) async fn name(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    sent: Sent,
) -> Result<Response, WebError> {
    done(&desk, reader, &plan, (Verb::Name, sent)).await
}

/// `POST /plans/{plan}/policies/approve`
pub(super) async fn approve(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    sent: Sent,
) -> Result<Response, WebError> {
    done(&desk, reader, &plan, (Verb::Approve, sent)).await
}

/// `POST /plans/{plan}/policies/withdraw`
pub(super) async fn withdraw(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    sent: Sent,
) -> Result<Response, WebError> {
    done(&desk, reader, &plan, (Verb::Withdraw, sent)).await
}

async fn done(
    desk: &Desk,
    reader: SignedIn,
    plan: &PlanId,
    (verb, sent): (Verb, Sent),
) -> Result<Response, WebError> {
    let frame = Frame::of(desk, reader, plan)?;
    match verb.carried_out(desk, &frame, &sent).await {
        Ok(()) => {
            let path = path(&frame.plan.id, Leaf::Authorities);
            Ok(frame.reader.visitor.on_to(&path, verb.said()))
        }
        Err(error) => {
            let form = verb.form(sent.text("number"));
            let returned = Returned::of(&form, sent, error, &frame.reader.visitor)?;
            draw(desk, &frame, returned.status(), Some(&returned))
        }
    }
}

impl Verb {
    async fn carried_out(self, desk: &Desk, frame: &Frame, sent: &Sent) -> Result<(), WebError> {
        let by = &frame.reader.viewer.actor;
        let mut reading = Reading::of(sent, &frame.reader.visitor);
        match self {
            Self::Name => {
                let policy = named(frame, &mut reading);
                desk.name_policy(by, reading.done(policy)?).await?;
            }
            Self::Approve => {
                let number = reading.choice::<u32>("number");
                desk.approve_policy(by, reading.done(number)?).await?;
            }
            Self::Withdraw => {
                let number = reading.choice::<u32>("number").zip(reading.line("reason"));
                let (number, reason) = reading.done(number)?;
                desk.withdraw_policy(by, number, reason).await?;
            }
        }
        Ok(())
    }

    fn form(self, number: &str) -> String {
        match self {
            Self::Name => "name-policy".to_owned(),
            Self::Approve => format!("approve-policy-{number}"),
            Self::Withdraw => format!("withdraw-policy-{number}"),
        }
    }

    const fn said(self) -> &'static str {
        match self {
            Self::Name => "said-plan-policy-named",
            Self::Approve => "said-plan-policy-approved",
            Self::Withdraw => "said-plan-policy-withdrawn",
        }
    }
}

fn named(frame: &Frame, reading: &mut Reading<'_>) -> Option<NamePolicy> {
    let act = reading.text("act");
    let act = Deed::ALL.into_iter().find(|deed| deed.name() == act);
    if act.is_none() {
        reading.wrong("act", "error-choice");
    }
    let levels: Vec<LevelId> = reading.several("levels");
    let roles: Vec<RoleId> = reading.several("roles");
    let approve: Vec<RoleId> = reading.several("approve");
    let how = match reading.text("how") {
        "any" => Some(PolicyHow::Any(roles)),
        "joint" => Some(PolicyHow::Joint(roles)),
        "approval" => Some(PolicyHow::Approval { propose: roles, approve }),
        _ => {
            reading.wrong("how", "error-choice");
            None
        }
    };
    let reason = reading.line("reason");
    Some(NamePolicy {
        plan: frame.plan.id.clone(),
        act: act?,
        levels: levels.into_iter().collect::<BTreeSet<_>>(),
        how: how?,
        reason: reason?,
    })
}

/// The policies about one plan, the newest first.
pub(super) fn of_plan(desk: &Desk, frame: &Frame) -> Vec<Policy> {
    let mut policies = desk.policies();
    policies.retain(|policy| policy.plan == frame.plan.id);
    policies
}

/// What was named here, and where it stands.
pub(super) fn table(frame: &Frame, policies: &[Policy]) -> Table {
    let (words, wording, saying) = (frame.reader.words(), frame.wording(), frame.saying());
    let headings = vec![
        Heading::key(words.t("authority-act")),
        Heading::plain(words.t("level")),
        Heading::plain(words.t("authority-who")),
        Heading::plain(words.t("plan-reason")),
        Heading::plain(words.t("book-state")),
    ];
    let row = |policy: &Policy| {
        let levels: Vec<&str> = policy.levels.iter().map(LevelId::as_str).collect();
        let levels = if levels.is_empty() {
            words.t("book-every-level").into_owned()
        } else {
            levels.join(" ")
        };
        let state = match &policy.state {
            PolicyState::Waiting => StateBadge::new(Mood::Waiting, words.t("plan-policy-waiting")),
            PolicyState::Approved { by, .. } => {
                let who = saying.person(*by);
                StateBadge::new(Mood::Done, words.ta("plan-policy-approved", &[("who", &who)]))
            }
            PolicyState::Withdrawn { .. } => {
                StateBadge::new(Mood::Quiet, words.t("plan-life-withdrawn"))
            }
        };
        let why = match &policy.state {
            PolicyState::Withdrawn { reason, .. } => reason.to_string(),
            PolicyState::Waiting | PolicyState::Approved { .. } => String::new(),
        };
        let number = words.ta("plan-policy-number", &[("n", &policy.number.to_string())]);
        let by = format!("{} ", saying.person(policy.by));
        Row::new(vec![
            lines([Html::text(wording.act(policy.act)), small(&number)]),
            Html::text(levels),
            Html::text(wording.how(&how(policy))),
            lines([
                Html::text(policy.reason.to_string()),
                Html::marks([small(&by), Html::of(&saying.moment(policy.at))]),
            ]),
            lines([Html::of(&state), small(&why)]),
        ])
    };
    Table::new(words.t("plan-local"), headings, words.t("plan-local-none"))
        .with(policies.iter().map(row))
}

/// How a policy would have been said by the plan.
fn how(policy: &Policy) -> How {
    match policy.how.clone() {
        PolicyHow::Any(roles) => How::AnyOf(roles),
        PolicyHow::Joint(roles) => How::Joint(roles),
        PolicyHow::Approval { propose, approve } => How::Approval { propose, approve },
    }
}

/// What a keeper of the plans can do here.
pub(super) fn acts(frame: &Frame, policies: &[Policy], returned: Option<&Returned>) -> Vec<Act> {
    let words = frame.reader.words();
    let back = |form: Form| match returned {
        Some(returned) => returned.put_back(form),
        None => form,
    };
    let mut acts = Vec::new();
    for policy in policies {
        let number = policy.number.to_string();
        let what = frame.wording().act(policy.act);
        let args = [("act", what.as_str()), ("n", number.as_str())];
        if policy.state == PolicyState::Waiting {
            let is_own = policy.by == frame.reader.viewer.actor.person;
            let key = if is_own { "plan-approve-own" } else { "plan-policy-approve-lead" };
            let form =
                form(frame, &Verb::Approve.form(&number), "/policies/approve", "plan-approve")
                    .hiding("number", &*number);
            acts.push(Act {
                lead: Some(words.t(key).into_owned()),
                ..Act::new(words.ta("plan-policy-approve", &args), back(form))
            });
        }
        if !matches!(policy.state, PolicyState::Withdrawn { .. }) {
            let id = Verb::Withdraw.form(&number);
            let form = form(frame, &id, "/policies/withdraw", "plan-withdraw")
                .hiding("number", &*number)
                .with(Field::line("reason", words.t("plan-reason")));
            acts.push(Act::new(words.ta("plan-policy-withdraw", &args), back(form)));
        }
    }
    if let Some(form) = naming(frame) {
        acts.push(Act::new(words.t("plan-policy-name"), back(form)));
    }
    acts
}

/// The form in which somebody is named; none where the text leaves nothing open.
fn naming(frame: &Frame) -> Option<Form> {
    let (words, wording) = (frame.reader.words(), frame.wording());
    let open = frame.plan.authorities.iter();
    let open = open.filter(|it| it.how == How::Undefined || it.policy.is_some());
    let deeds: BTreeSet<Deed> = open.map(|authority| authority.act).collect();
    if deeds.is_empty() || !is_in_force(frame) {
        return None;
    }
    let deeds = deeds.into_iter().map(|deed| Opt::new(deed.name(), wording.act(deed)));
    let levels = frame.plan.levels.iter();
    let levels = levels.map(|level| Opt::new(level.id.as_str(), level.id.as_str()));
    let roles = || {
        let roles = frame.plan.roles.values();
        roles.map(|role| Opt::new(role.id.as_str(), role.label.in_lang(words.lang()))).collect()
    };
    let how =
        [("any", "plan-how-any"), ("joint", "plan-how-joint"), ("approval", "plan-how-approval")];
    let how = how.into_iter().map(|(value, key)| Opt::new(value, words.t(key)));
    let several = FieldKind::Several;
    let form = form(frame, &Verb::Name.form(""), "/policies", "plan-policy-name")
        .with(Field::new("act", words.t("authority-act"), FieldKind::Select(deeds.collect())))
        .with(
            Field::new("levels", words.t("level"), several(levels.collect()))
                .hint(words.t("plan-policy-levels-hint"))
                .optional(),
        )
        .with(
            Field::new("how", words.t("plan-policy-how"), FieldKind::Radio(how.collect()))
                .value("any"),
        )
        .with(Field::new("roles", words.t("book-roles"), several(roles())))
        .with(
            Field::new("approve", words.t("plan-policy-approvers"), several(roles()))
                .hint(words.t("plan-policy-approvers-hint"))
                .optional(),
        )
        .with(Field::line("reason", words.t("plan-reason")));
    Some(form)
}

/// Policies are about plans that hold here.
fn is_in_force(frame: &Frame) -> bool {
    let centre = frame.reader.visitor.directory().centre();
    centre.edition(&frame.plan.id).is_some() || centre.coming.contains_key(&frame.plan.id)
}

fn form(frame: &Frame, id: &str, path: &str, submit: &str) -> Form {
    let (reader, words) = (&frame.reader, frame.reader.words());
    let action = format!("{}{path}", routes::plan(&frame.plan.id));
    Form::new(id, &action, reader.csrf(), words.t(submit), words)
}
