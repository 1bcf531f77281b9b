//! Changing and closing what the registry already knows.

use std::collections::BTreeSet;

use fengsui_response::organisation::{self, Organisation, OrganisationCommand, Stretch};
use fengsui_response::{Actor, Asked, Decided, Details, OrganisationEvent, Refusal, Scene};
use fengsui_store::{Claim, NewBlob};
use fengsui_vocabulary::{Line, OrganisationId};
use jiff::Timestamp;
use jiff::civil::Date;

use super::ORGANISATION_NAME;
use crate::commit::{ATTEMPTS_MAX, Gains};
use crate::outgoing::Intents;
use crate::project;
use crate::stream::{Loaded, organisation_stream};
use crate::{Desk, DeskFault, FieldProblem};

/// Periods that one change may run through.
const STRETCHES_MAX: usize = 50;

/// What somebody changes about an organisation.
#[derive(Clone, Debug)]
pub struct OrganisationChange {
    /// What they saw.
    pub was: Details,
    /// What they made of it.
    pub to: Details,
    /// The first day on which that holds.
    pub from: Date,
    /// The last day, if it is known.
    pub until: Option<Date>,
    /// Texts and files that the change refers to, still to be written.
    pub blobs: Vec<NewBlob>,
}

impl Desk {
    /// Changes what an organisation is. What was to change anyway in those days, and is not touched
    /// by this, still does.
    pub async fn change_organisation(
        &self,
        by: &Actor,
        id: OrganisationId,
        change: OrganisationChange,
    ) -> Result<(), DeskFault> {
        if self.directory().named(&change.to.name.zh).is_some_and(|named| named != id) {
            return Err(taken(&change.to.name.zh));
        }
        for _ in 0..ATTEMPTS_MAX {
            match self.try_change(by, id, &change).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                Err(fault) => return Err(fault),
                Ok(()) => return self.refresh_directory().await,
            }
        }
        Err(DeskFault::Busy)
    }

    async fn try_change(
        &self,
        by: &Actor,
        id: OrganisationId,
        change: &OrganisationChange,
    ) -> Result<(), DeskFault> {
        let loaded = self.load_existing::<Organisation>(organisation_stream(id)).await?;
        let now = self.now().max(loaded.recorded_at);
        let decided = match self.decided(by, &loaded, change, now) {
            Ok(decided) => decided,
            Err(refusal) => {
                let about = (loaded.stream.as_str(), "change-organisation");
                return Err(self.refuse(by.person, about, refusal).await);
            }
        };
        let rows = project::organisation_rows(&loaded.after(&decided, now, by.person));
        let blobs = change.blobs.clone();
        let gains = Gains {
            command_id: self.command_id(),
            by: by.person,
            now,
            blobs,
            claims: Vec::new(),
            intents: Intents::default(),
        };
        let mut commit = gains.commit(&decided, vec![loaded.gains(&decided, rows)]);
        commit.claims = claims(&loaded.state, id, &change.to);
        match self.append(commit).await {
            // Nobody wrote to this stream: the name was taken a moment ago.
            Err(DeskFault::Overtaken(_)) if self.is_unmoved(&loaded).await? => {
                Err(taken(&change.to.name.zh))
            }
            done => done.map(|_| ()),
        }
    }

    async fn is_unmoved(&self, loaded: &Loaded<Organisation>) -> Result<bool, DeskFault> {
        let again = self.load::<Organisation>(loaded.stream.clone()).await?;
        Ok(again.version == loaded.version)
    }

    fn decided(
        &self,
        by: &Actor,
        loaded: &Loaded<Organisation>,
        change: &OrganisationChange,
        now: Timestamp,
    ) -> Result<Vec<Decided<OrganisationEvent>>, Refusal> {
        let OrganisationChange { was, to, from, until, .. } = change;
        if was == to {
            return Err(Refusal::NoChange);
        }
        let packs = self.packs();
        let stretches = loaded.state.stretches(*from, *until);
        if stretches.len() > STRETCHES_MAX {
            let (count, count_max) = (stretches.len(), STRETCHES_MAX);
            return Err(Refusal::TooMany { what: "periods", count, count_max });
        }
        let mut decided = Vec::new();
        for Stretch { from, until } in stretches {
            let held = loaded.state.as_of(from).unwrap_or(was);
            let command = OrganisationCommand::Change {
                details: Box::new(held.amended(was, to)),
                valid_from: from,
                valid_until: until,
            };
            let asked = Asked::now(by.clone(), command);
            let scene = Scene::new(now, &packs);
            decided.extend(organisation::decide(&loaded.state, &asked, &scene)?);
        }
        Ok(decided)
    }

    /// Closes an organisation, or merges it into another.
    pub async fn close_organisation(
        &self,
        by: &Actor,
        id: OrganisationId,
        closed_on: Date,
        (merged_into, reason): (Option<OrganisationId>, Line),
    ) -> Result<(), DeskFault> {
        let loaded = self.load_existing::<Organisation>(organisation_stream(id)).await?;
        let command = OrganisationCommand::Close { closed_on, merged_into, reason };
        self.act_on_organisation(by, &loaded, command, (Vec::new(), Vec::new())).await?;
        self.refresh_directory().await
    }
}

/// A name is claimed once; those that it ever had are its own.
fn claims(organisation: &Organisation, id: OrganisationId, to: &Details) -> Vec<Claim> {
    let had: BTreeSet<&str> =
        organisation.periods.iter().map(|period| period.details.name.zh.as_str()).collect();
    let key = to.name.zh.clone();
    if had.contains(key.as_str()) {
        return Vec::new();
    }
    vec![Claim { series: ORGANISATION_NAME.to_owned(), key, holder: id.to_string() }]
}

fn taken(name: &str) -> DeskFault {
    let problem = format!("{name} is registered already");
    DeskFault::Malformed(vec![FieldProblem::new("name_zh", problem)])
}
