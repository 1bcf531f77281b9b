//! Withdrawing a proposal to go on under another edition, or refusing to confirm it.

use fengsui_response::incident::IncidentCommand;
use fengsui_vocabulary::PlanId;

use super::confirm_migration::options;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind};

pub(super) const VERB: Verb =
    Verb { name: "withdraw-migration", tab: Tab::Plans, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let options = options(sight, |_| true)?;
    let form = sight
        .form(VERB.name, "applies-migrate-withdraw")
        .with(Field::new("from", sight.t("plan"), FieldKind::Select(options)))
        .with(Field::line("reason", sight.t("inc-reason")));
    Some(sight.act(VERB.name, "applies-migrate-withdraw", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let from: Option<PlanId> = form.chosen("from");
    let reason = form.line("reason");
    let (Some(from), Some(reason)) = (from, reason) else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::WithdrawMigration { from, reason }))
}
