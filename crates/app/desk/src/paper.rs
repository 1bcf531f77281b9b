//! The worklist on paper, for the hour the machine is down: what is owed, to whom, by when, where they are
//! called, with boxes to tick and lines to write on.
//!
//! It is made of what the record holds at one moment, for everybody at the desk. Pages and files are
//! somebody else's.

mod words;

use fengsui_response::organisation::Organisation;
use fengsui_store::Sight;
use fengsui_vocabulary::{Label, Lang, OrganisationId};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::content::{Contact, Contacts};
use crate::{Desk, DeskFault, OpenCase};

/// Lines of the call list at most: it is for calling, not for reading.
const CALLS_MAX: usize = 400;

/// The worklist and the call list of one moment.
#[derive(Clone, Debug)]
pub struct Paper {
    /// When it was made.
    pub made_at: Timestamp,
    /// The zone of its times.
    pub zone: TimeZone,
    /// The centre.
    pub centre: Label,
    /// Where the centre is called.
    pub telephone: Option<String>,
    /// Who is on duty, and since when.
    pub on_duty: Option<(String, Timestamp)>,
    /// Up to which entry of the journal it holds.
    pub position: u64,
    /// What is open.
    pub cases: Vec<OpenCase>,
    /// Whom to call, and where.
    pub calls: Vec<PaperCall>,
    /// How many did not fit.
    pub calls_left_out: usize,
}

/// Somebody to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperCall {
    /// The organisation.
    pub organisation: Label,
    /// The person, with the post; none for the duty telephone.
    pub person: Option<String>,
    /// The telephone.
    pub telephone: String,
}

/// A part of the paper under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperSection {
    /// The heading.
    pub heading: String,
    /// What stands beside what: a time, a name, and the lines that belong to it.
    pub rows: Vec<(String, String)>,
}

impl Desk {
    /// The worklist as it stands now.
    pub async fn paper(&self) -> Result<Paper, DeskFault> {
        let cases = self.open_work(&Sight::Everything).await?;
        let on_duty = self.shift_on_duty().await?.and_then(|loaded| loaded.state.begun);
        let directory = self.directory();
        let on_duty = on_duty.map(|it| (directory.person_name(it.by, Lang::Zh), it.at));
        let signed = self.correspondence();
        let (calls, calls_left_out) = self.call_list(&cases).await?;
        Ok(Paper {
            made_at: self.now(),
            zone: self.zone(),
            centre: signed.name.clone(),
            telephone: signed.telephone.as_ref().map(ToString::to_string),
            on_duty,
            position: self.store().head().await?.position,
            cases,
            calls,
            calls_left_out,
        })
    }

    /// Whom to call: first who fills a role here, then who is affected by what goes on, then the others.
    async fn call_list(&self, cases: &[OpenCase]) -> Result<(Vec<PaperCall>, usize), DeskFault> {
        let directory = self.directory();
        let bound = directory.centre().bindings.values().filter_map(|bound| bound.organisation);
        let mut wanted: Vec<OrganisationId> = bound.collect();
        wanted.extend(cases.iter().flat_map(affected));
        wanted.extend(directory.organisations().map(|(id, _)| id));
        let mut seen = std::collections::BTreeSet::new();
        wanted.retain(|id| seen.insert(*id));
        let (mut calls, mut left_out) = (Vec::new(), 0);
        for id in wanted {
            if calls.len() >= CALLS_MAX {
                left_out += 1;
                continue;
            }
            if directory.organisation(id).is_some_and(is_reachable) {
                calls.extend(self.calls_of(id).await?);
            }
        }
        Ok((calls, left_out))
    }

    async fn calls_of(&self, id: OrganisationId) -> Result<Vec<PaperCall>, DeskFault> {
        let directory = self.directory();
        let Some(details) = directory.details(id) else { return Ok(Vec::new()) };
        let organisation = directory.name_of(id);
        let call = |person: Option<String>, telephone: String| PaperCall {
            organisation: organisation.clone(),
            person,
            telephone,
        };
        let duty = details.duty_telephone.as_ref();
        let mut calls: Vec<PaperCall> =
            duty.map(|it| call(None, it.to_string())).into_iter().collect();
        if let Some(reference) = &details.contacts {
            let contacts: Option<Contacts> = self.json(reference).await?;
            let people = contacts.into_iter().flat_map(|it| it.people);
            calls.extend(
                people.filter_map(|it| Some(call(Some(name_of(&it)), it.telephone?.to_string()))),
            );
        }
        Ok(calls)
    }
}

fn name_of(contact: &Contact) -> String {
    match &contact.post {
        Some(post) => format!("{} {post}", contact.name),
        None => contact.name.to_string(),
    }
}

/// The organisations whose own duties are open in a case.
fn affected(case: &OpenCase) -> impl Iterator<Item = OrganisationId> {
    case.duties().filter_map(|(_, duty)| match duty.tick.party {
        Some(fengsui_response::Party::Organisation(id)) => Some(id),
        Some(fengsui_response::Party::Unidentified(..)) | None => None,
    })
}

fn is_reachable(organisation: &Organisation) -> bool {
    organisation.closed.is_none()
}
