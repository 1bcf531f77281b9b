//! Refusals of the domain in the words of the reader: what, why, and what to do.

use fengsui_plan::NotAuthorised;
use fengsui_response::shift::ShiftRefusal;
use fengsui_response::{AnchorKind, Refusal};
use fengsui_vocabulary::{ClauseId, PersonId, RoleId};

use crate::say::{anchor_label, role_name};
use crate::session::Visitor;

/// The clause that a refusal rests on.
#[expect(clippy::wildcard_enum_match_arm, reason = "few refusals rest on one clause")]
pub(crate) fn clause_of(refusal: &Refusal) -> Option<&ClauseId> {
    match refusal {
        Refusal::NotAuthorised(NotAuthorised::Role { clause, .. })
        | Refusal::NeedsApproval { clause, .. }
        | Refusal::NeedsNoApproval { clause, .. } => Some(clause),
        _ => None,
    }
}

/// The field of a form that a refusal is about, by the names that our forms give to fields.
#[expect(clippy::wildcard_enum_match_arm, reason = "few refusals are about one field")]
pub(crate) fn field_of(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::ContradictoryAnchors { anchor, .. } => Some(anchor.name()),
        Refusal::NeedsLateReason { .. } => Some("late_because"),
        _ => None,
    }
}

/// A refusal in words.
pub(crate) fn said(refusal: &Refusal, visitor: &Visitor) -> String {
    let arguments = arguments(refusal, visitor);
    let arguments: Vec<(&str, &str)> =
        arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
    visitor.words().ta(&format!("refusal-{}", refusal.name()), &arguments)
}

/// What is filled into the words, by name.
#[expect(clippy::wildcard_enum_match_arm, reason = "a test reads the words of every refusal")]
#[expect(clippy::too_many_lines, reason = "one arm for each refusal that says more")]
fn arguments(refusal: &Refusal, visitor: &Visitor) -> Vec<(&'static str, String)> {
    let (words, clock) = (visitor.words(), visitor.clock());
    let lang = words.lang();
    let role = |role: &RoleId| role_name(role, lang);
    let roles = |roles: &[RoleId]| {
        let names: Vec<String> = roles.iter().map(role).collect();
        names.join(&words.t("list-and"))
    };
    let person = |person: PersonId| visitor.directory().person_name(person, lang);
    let at = |time| clock.short(time, words);
    let anchor = |anchor: AnchorKind| anchor_label(anchor, words);
    match refusal {
        Refusal::NotAuthorised(NotAuthorised::Role { by, clause, .. }) => {
            vec![("by", roles(by)), ("clause", clause.to_string())]
        }
        Refusal::NotAuthorised(NotAuthorised::Undefined) => {
            vec![("by", words.t("none").into_owned()), ("clause", "–".to_owned())]
        }
        Refusal::NotInRole { role: wanted } | Refusal::EndorsedAlready { role: wanted } => {
            vec![("role", role(wanted))]
        }
        Refusal::NeedsCapacity { capacity } => {
            vec![("capacity", words.t(&format!("capacity-{}", capacity.name())).into_owned())]
        }
        Refusal::NeedsSecondPerson { done_by } => vec![("who", person(*done_by))],
        Refusal::Shift(ShiftRefusal::CorrectedAlready { by }) => vec![("number", by.to_string())],
        Refusal::AlreadyAccepted { by, .. }
        | Refusal::TakenAlready { by }
        | Refusal::Shift(
            ShiftRefusal::OnDuty { by }
            | ShiftRefusal::Ended { by }
            | ShiftRefusal::SignedAlready { by },
        ) => vec![("who", person(*by))],
        Refusal::InTheFuture { at: it, latest } => vec![("at", at(*it)), ("latest", at(*latest))],
        Refusal::TooLongAgo { at: it } => vec![("at", at(*it))],
        Refusal::BeforeItBegan { at: it, earliest } => {
            vec![("at", at(*it)), ("earliest", at(*earliest))]
        }
        Refusal::ContradictoryAnchors { anchor: kind, at: it, occurred_at } => {
            vec![("anchor", anchor(*kind)), ("at", at(*it)), ("occurred", at(*occurred_at))]
        }
        Refusal::AnchorKnown { anchor: kind, at: it } => {
            vec![("anchor", anchor(*kind)), ("at", at(*it))]
        }
        Refusal::AnchorUnknown { anchor: kind } => vec![("anchor", anchor(*kind))],
        Refusal::TooMany { count, count_max, .. } => {
            vec![("count", count.to_string()), ("max", count_max.to_string())]
        }
        Refusal::NameOutOfRange { chars_max } => vec![("max", chars_max.to_string())],
        Refusal::Unknown { name, .. } => vec![("name", name.clone())],
        Refusal::FactsRefused(refused) => vec![("why", refused.to_string())],
        Refusal::NeedsLateReason { due, .. } => vec![("due", at(*due))],
        Refusal::NotClosable { in_the_way } => vec![("count", in_the_way.len().to_string())],
        Refusal::NeedsReason { level, certain } => vec![
            ("level", level.to_string()),
            ("certain", certain.as_ref().map_or("–".to_owned(), ToString::to_string)),
        ],
        Refusal::JudgedAlready { level } => vec![("level", level.to_string())],
        Refusal::TooMild { level, in_force } => {
            vec![("level", level.to_string()), ("force", in_force.to_string())]
        }
        Refusal::NeedsApproval { clause, .. } | Refusal::NeedsNoApproval { clause, .. } => {
            vec![("clause", clause.to_string())]
        }
        Refusal::NotEndorsed { missing } => vec![("roles", roles(missing))],
        Refusal::LegalHold { ground, .. } => vec![("ground", ground.to_string())],
        Refusal::PeriodBackwards { from, until } => {
            vec![("from", from.to_string()), ("until", until.to_string())]
        }
        Refusal::RosterOverlap { one, other } => {
            vec![("one", one.clone()), ("other", other.clone())]
        }
        Refusal::StandsElsewhere { person: who, slot }
        | Refusal::StandsNot { person: who, slot } => {
            vec![("who", person(*who)), ("slot", slot.clone())]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::lang::Words;
    use fengsui_vocabulary::Lang;

    /// Every name in `Refusal::name`.
    const NAMES: &[&str] = &[
        "not-authorised",
        "no-role",
        "not-in-role",
        "needs-capacity",
        "not-yours",
        "needs-second-person",
        "capacities-conflict",
        "plan-not-at-hand",
        "in-the-future",
        "too-long-ago",
        "before-it-began",
        "contradictory-anchors",
        "anchor-known",
        "anchor-unknown",
        "too-many",
        "nothing",
        "name-out-of-range",
        "unknown",
        "facts-refused",
        "exists-already",
        "absent",
        "incident-closed",
        "incident-open",
        "not-closable",
        "already-accepted",
        "report-declined",
        "report-not-declined",
        "report-not-accepted",
        "report-sealed",
        "report-goes-on-elsewhere",
        "answered-already",
        "affected-already",
        "identified-already",
        "not-owed",
        "settled-already",
        "duty-superseded",
        "wrong-channel",
        "needs-late-reason",
        "nothing-to-clear",
        "needs-reason",
        "judged-already",
        "too-mild",
        "response-running",
        "no-response",
        "response-not-ended",
        "response-unchanged",
        "needs-approval",
        "needs-no-approval",
        "proposal-waiting",
        "no-proposal",
        "text-changed",
        "endorsed-already",
        "not-endorsed",
        "nothing-to-confirm",
        "handed-over-already",
        "related-to-itself",
        "shift-on-duty",
        "shift-ended",
        "not-on-shift",
        "on-shift-already",
        "shift-responsible",
        "no-hand-over",
        "hand-over-changed",
        "hand-over-signed-already",
        "hand-over-not-signed",
        "log-corrected-already",
        "organisation-closed",
        "period-backwards",
        "dismissed",
        "roster-overlap",
        "stands-elsewhere",
        "stands-not",
        "not-on-call",
        "call-out-over",
        "taken-already",
        "legal-hold",
        "request-settled",
        "nothing-to-erase",
        "no-change",
    ];

    #[test]
    fn every_refusal_has_words_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            for name in NAMES {
                let said = Words::of(lang).t(&format!("refusal-{name}"));
                assert!(!said.starts_with('⟦'), "{name} in {}", lang.tag());
            }
        }
    }
}
