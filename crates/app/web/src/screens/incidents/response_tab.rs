//! The tab of the response: where it stands, who decided, proposals with their exact text, measures.

use fengsui_plan::Plan;
use fengsui_response::Decision;
use fengsui_response::incident::{Proposal, ProposalState, ResponseState, Waiting};

use super::page::{Part, acts};
use super::sight::Sight;
use super::{
    approve_proposal, begin_first_response, confirm_approval, endorse_proposal, form_headquarters,
    on_behalf, record_approval, record_measure, report_not_controlled, return_proposal, steps,
    submit_proposal, take_command, take_technical_step, texts, voice_decision, withdraw_proposal,
};
use crate::parts::{Html, Item, Items, Mood, Pairs, Standing, StateBadge};

pub(super) fn parts(sight: &Sight<'_>) -> Vec<Part> {
    let deciding = [
        &confirm_approval::VERB,
        &endorse_proposal::VERB,
        &approve_proposal::VERB,
        &record_approval::VERB,
        &return_proposal::VERB,
        &withdraw_proposal::VERB,
        &submit_proposal::VERB,
        &voice_decision::VERB,
        &begin_first_response::VERB,
        &report_not_controlled::VERB,
    ];
    vec![
        Part { id: "response", title: sight.t("response"), body: state(sight), acts: Vec::new() },
        Part {
            id: "proposals",
            title: sight.t("inc-proposals"),
            body: proposals(sight),
            acts: acts(sight, &deciding),
        },
        Part {
            id: "technical",
            title: sight.t("inc-technical"),
            body: take_technical_step::taken(sight).map_or_else(
                || Html::text(sight.t("inc-technical-no-order")),
                |items| Html::of(&items),
            ),
            acts: acts(sight, &[&take_technical_step::VERB]),
        },
        Part {
            id: "measures",
            title: sight.t("response-measures"),
            body: Html::of(&measures(sight)),
            acts: acts(sight, &[&record_measure::VERB]),
        },
        Part {
            id: "headquarters",
            title: sight.t("inc-headquarters"),
            body: headquarters(sight),
            acts: acts(sight, &[&form_headquarters::VERB, &take_command::VERB]),
        },
    ]
}

fn state(sight: &Sight<'_>) -> Html {
    let response = &sight.view.incident.response;
    let plan = sight.lead();
    let mut pairs = Pairs::default();
    if let Some(at) = response.first_response_at {
        pairs = pairs.with(sight.t("response-first"), Html::of(&sight.moment(at)));
    }
    pairs = match &response.state {
        ResponseState::NotStarted => {
            pairs.with(sight.t("response"), Html::text(sight.t("inc-response-none")))
        }
        ResponseState::Running { level, scope, since, decision } => pairs
            .with(sight.t("response-level"), Html::of(&sight.badge(plan, level, Standing::Decided)))
            .with(sight.t("inc-scope"), Html::text(scope.as_str()))
            .with(sight.t("inc-since"), Html::of(&sight.moment(*since)))
            .with(sight.t("inc-decided-by"), Html::text(decided(sight, decision))),
        ResponseState::Ended { at, decision, .. } => pairs
            .with(sight.t("inc-response-ended"), Html::of(&sight.moment(*at)))
            .with(sight.t("inc-decided-by"), Html::text(decided(sight, decision))),
    };
    if let Some((at, reason)) = &sight.view.incident.not_controlled {
        let said = Html::two_lines(reason, &sight.short(*at));
        pairs = pairs.with(sight.t("inc-not-controlled"), said);
    }
    for waiting in &sight.view.waiting {
        if let Waiting::Voice { step, level, scope, voiced, awaits, .. } = waiting {
            let (done, open) = (sight.roles(voiced), sight.roles(awaits));
            let said = sight.ta("grade-waiting-for", &[("done", &done), ("open", &open)]);
            let what = format!(
                "{} {} · {scope}",
                steps::name(sight, *step),
                level_name(sight, plan, level)
            );
            pairs = pairs.with(sight.t("inc-voices"), Html::two_lines(&said, &what));
        }
    }
    Html::of(&pairs)
}

fn level_name(sight: &Sight<'_>, plan: &Plan, level: &fengsui_vocabulary::LevelId) -> String {
    sight.level_name(plan, level)
}

fn decided(sight: &Sight<'_>, decision: &Decision) -> String {
    match decision {
        Decision::By(roles) => sight.roles(roles),
        Decision::Proposal(digest) => {
            let proposal = sight.view.incident.response.proposal(digest);
            match proposal.and_then(Proposal::approval) {
                Some(approval) => {
                    let role = sight.role(&approval.role);
                    sight.ta("inc-by-proposal", &[("role", &role)])
                }
                None => sight.t("response-proposal"),
            }
        }
    }
}

/// Proposals, the newest first, each with exactly the text that is decided on.
fn proposals(sight: &Sight<'_>) -> Html {
    let all = &sight.view.incident.response.proposals;
    if all.is_empty() {
        return Html::of(&Items { items: Vec::new(), empty: sight.t("inc-proposals-none") });
    }
    Html::stacked(all.iter().rev().map(|proposal| one(sight, proposal)))
}

fn one(sight: &Sight<'_>, proposal: &Proposal) -> Html {
    let plan = sight.lead();
    let (mood, said) = stands(sight, proposal);
    let mut pairs = Pairs::default()
        .with(
            steps::name(sight, proposal.step),
            Html::marks([
                Html::of(&sight.badge(plan, &proposal.level, Standing::Possible)),
                Html::of(&StateBadge::new(mood, said)),
            ]),
        )
        .with(sight.t("inc-scope"), Html::text(proposal.scope.as_str()));
    for endorsement in &proposal.endorsements {
        let who = sight.person(endorsement.by);
        let at = sight.short(endorsement.at);
        let said = sight.ta("approval-submitted-by", &[("who", &who), ("t", &at)]);
        pairs = pairs.with(sight.role(&endorsement.role), Html::text(said));
    }
    if let Some(approval) = proposal.approval() {
        let at = sight.short(approval.at);
        let by = sight.person(approval.entered_by);
        let mut said = match &approval.given {
            fengsui_response::Given::InPerson => format!("{at} {by}"),
            fengsui_response::Given::OnBehalf { means, read_back, .. } => {
                let means = on_behalf::means_name(sight, *means);
                let back = match read_back {
                    fengsui_response::ReadBack::Confirmed => sight.t("inc-read-back-done"),
                    fengsui_response::ReadBack::NotDone => sight.t("inc-read-back-not"),
                };
                let args = [("t", at.as_str()), ("means", &means), ("who", &by), ("back", &back)];
                sight.ta("inc-approved-on-behalf", &args)
            }
        };
        if let Some((who, when)) = approval.confirmed {
            let (who, when) = (sight.person(who), sight.short(when));
            said = format!(
                "{said} · {}",
                sight.ta("inc-confirmed-by", &[("who", &who), ("t", &when)])
            );
        }
        pairs = pairs.with(sight.role(&approval.role), Html::text(said));
    }
    Html::stacked([Html::of(&pairs), texts::shown(sight, &proposal.text)])
}

fn stands(sight: &Sight<'_>, proposal: &Proposal) -> (Mood, String) {
    match &proposal.state {
        ProposalState::Waiting => (Mood::Waiting, sight.t("approval-state-submitted")),
        ProposalState::Approved(approval) if approval.is_unconfirmed() => {
            (Mood::Attention, sight.t("approval-state-unconfirmed"))
        }
        ProposalState::Approved(_) => (Mood::Done, sight.t("approval-state-approved")),
        ProposalState::Returned { reason, .. } => {
            (Mood::Attention, format!("{} · {reason}", sight.t("approval-state-rejected")))
        }
        ProposalState::Lapsed { reason, .. } => {
            (Mood::Quiet, format!("{} · {reason}", sight.t("inc-lapsed")))
        }
    }
}

fn measures(sight: &Sight<'_>) -> Items {
    let items = sight.view.incident.measures.iter().map(|taken| {
        let known = sight.lead().measures.iter().find(|known| known.id == taken.measure);
        let name = known.map_or_else(|| taken.measure.clone(), |known| sight.legal(&known.label));
        let title = match &taken.text {
            Some(text) => Html::link(&super::paths::text(sight.view.id, text.blob), &name),
            None => Html::text(name),
        };
        let text = format!("{} · {}", taken.note, sight.role(&taken.role));
        Item { title, text, side: Html::of(&sight.moment(taken.at)) }
    });
    Items { items: items.collect(), empty: sight.t("inc-measures-none") }
}

fn headquarters(sight: &Sight<'_>) -> Html {
    let mut pairs = Pairs::default();
    if let Some(command) = &sight.view.incident.command {
        pairs = pairs.with(sight.t("inc-command"), Html::text(sight.role(command)));
    }
    let Some(formed) = &sight.view.incident.headquarters else {
        pairs =
            pairs.with(sight.t("inc-headquarters"), Html::text(sight.t("inc-headquarters-none")));
        return Html::of(&pairs);
    };
    pairs = pairs
        .with(sight.t("inc-since"), Html::of(&sight.moment(formed.formed_at)))
        .with(sight.t("inc-decided-by"), Html::text(sight.role(&formed.role)));
    if let Some(seat) = &formed.seat {
        pairs = pairs.with(sight.t("inc-seat"), Html::text(seat.as_str()));
    }
    let members: Vec<String> = formed.members.iter().map(|it| sight.organisation(*it)).collect();
    if !members.is_empty() {
        pairs = pairs.with(sight.t("inc-members"), Html::text(members.join("、")));
    }
    if !formed.groups.is_empty() {
        pairs = pairs.with(sight.t("inc-groups"), Html::text(sight.roles(&formed.groups)));
    }
    Html::of(&pairs)
}
