//! Screens under `/incidents`: the list, an incident with its tabs, its texts, its case file.
//!
//! Every verb has a file of its own with its form and its reading; [`VERBS`] lists them. One handler
//! carries them all out: read the form, see whether it still holds, ask the desk, go on or give back.
//!
//! Start reading at [`page`], then [`verb`].

mod add_organisation;
mod apply_plan;
mod approve_proposal;
mod begin_first_response;
mod calls;
mod classify;
mod clear_miss;
mod close;
mod compose;
mod confirm_approval;
mod confirm_incident;
mod confirm_migration;
mod correct_anchor;
mod decide_not_to_report;
mod deliveries;
mod documents_tab;
mod duties_tab;
mod endorse_proposal;
mod facts_tab;
mod file;
mod form_headquarters;
mod hand_over_part;
mod identify_organisation;
mod issue_document;
mod judge_level;
mod law;
mod list;
mod migrate_plan;
mod next_step;
mod not_reported;
mod notes_tab;
mod on_behalf;
mod organisations_tab;
mod page;
mod paths;
mod plans_tab;
mod receive_report;
mod record_anchor;
mod record_approval;
mod record_facts;
mod record_instruction;
mod record_measure;
mod relate;
mod reopen;
mod report_not_controlled;
mod resolve_role;
mod response_tab;
mod return_proposal;
mod review;
mod review_tab;
mod sent;
mod set_plan_aside;
mod sheet;
mod sight;
mod state_awareness;
mod steps;
mod story;
mod submit_proposal;
mod tabs;
mod take_command;
mod take_technical_step;
mod texts;
mod typed;
pub(crate) mod values;
mod verb;
mod voice_decision;
mod waive_duty;
mod withdraw_migration;
mod withdraw_proposal;
mod write_note;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use fengsui_desk::{
    Desk, DeskFault, Directory, FieldProblem, IncidentView, Kept, OnlyOpen, WorkGroup,
};
use fengsui_plan::Plan;
use fengsui_response::{Asked, PlanRef};
use fengsui_vocabulary::{BlobId, CommandId, IncidentId, RoleId};
use serde::Deserialize;

use self::issue_document::Paper;
use self::sight::Sight;
use self::tabs::Tab;
use self::typed::{Reading, Typed};
use self::verb::{Asking, Text, Verb, WhenStale};
use crate::answer::{drawn, drawn_as};
use crate::error::WebError;
use crate::form::Returned;
use crate::routes::{self, Route, Who};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::state::Web;
use crate::upload::Sent;

/// Who may take which route. What they may do there is the plan's.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/incidents", Who::Handlers),
    Route::get("/incidents/not-reported", Who::Handlers),
    Route::get("/incidents/{incident}", Who::Handlers),
    Route::get("/incidents/{incident}/print", Who::Handlers),
    Route::get("/incidents/{incident}/texts/{text}", Who::Handlers),
    Route::get("/incidents/{incident}/documents/{number}", Who::Handlers),
    Route::post("/incidents/{incident}/draft.pdf", Who::Handlers),
    Route::post("/incidents/{incident}/preview", Who::Handlers),
    Route::post("/incidents/{incident}/{verb}", Who::Handlers),
];

/// Everything that can be asked of an incident here.
static VERBS: [&Verb; 43] = [
    &add_organisation::VERB,
    &apply_plan::VERB,
    &confirm_migration::VERB,
    &migrate_plan::VERB,
    &resolve_role::VERB,
    &set_plan_aside::VERB,
    &state_awareness::VERB,
    &withdraw_migration::VERB,
    &approve_proposal::VERB,
    &begin_first_response::VERB,
    &calls::VERB,
    &classify::VERB,
    &clear_miss::VERB,
    &close::VERB,
    &confirm_approval::VERB,
    &confirm_incident::VERB,
    &correct_anchor::VERB,
    &decide_not_to_report::VERB,
    &deliveries::VERB,
    &endorse_proposal::VERB,
    &form_headquarters::VERB,
    &hand_over_part::VERB,
    &identify_organisation::VERB,
    &issue_document::VERB,
    &judge_level::VERB,
    &receive_report::VERB,
    &record_anchor::VERB,
    &record_approval::VERB,
    &record_facts::VERB,
    &record_instruction::VERB,
    &record_measure::VERB,
    &relate::VERB,
    &reopen::VERB,
    &report_not_controlled::VERB,
    &return_proposal::VERB,
    &review::VERB,
    &submit_proposal::VERB,
    &take_command::VERB,
    &take_technical_step::VERB,
    &voice_decision::VERB,
    &waive_duty::VERB,
    &withdraw_proposal::VERB,
    &write_note::VERB,
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/incidents", get(list_incidents))
        .route("/incidents/not-reported", get(list_not_reported))
        .route("/incidents/{incident}", get(show))
        .route("/incidents/{incident}/print", get(print))
        .route("/incidents/{incident}/texts/{text}", get(show_text))
        .route("/incidents/{incident}/documents/{number}", get(print_document))
        .route("/incidents/{incident}/draft.pdf", post(print_draft))
        .route("/incidents/{incident}/preview", post(preview))
        .route("/incidents/{incident}/{verb}", post(carry_out))
}

/// What is asked of the list.
#[derive(Debug, Deserialize)]
struct ListQuery {
    state: Option<String>,
    after: Option<String>,
}

/// What is asked of an incident: the tab, the act that the reader came for, the document to write.
#[derive(Debug, Deserialize)]
struct ShowQuery {
    tab: Option<String>,
    act: Option<String>,
    plan: Option<String>,
    form: Option<String>,
    by: Option<String>,
    /// What exactly: a plan, a duty.
    #[serde(rename = "for")]
    meant: Option<String>,
}

/// Nothing in particular.
static NOTHING: ShowQuery =
    ShowQuery { tab: None, act: None, plan: None, form: None, by: None, meant: None };

/// `GET /incidents`
async fn list_incidents(
    State(web): State<Web>,
    reader: SignedIn,
    Query(asked): Query<ListQuery>,
) -> Result<Response, WebError> {
    let only_open =
        if asked.state.as_deref() == Some("all") { OnlyOpen::No } else { OnlyOpen::Yes };
    let found = web.desk.incidents(&reader.viewer, only_open, asked.after.as_deref()).await?;
    let page = reader.page("incidents", reader.words().t("incidents"), routes::INCIDENTS);
    let plan = web.desk.lead_plan();
    let saying = Saying::to(&reader.visitor, plan.as_deref());
    drawn(&list::list(&saying, page, &found, only_open))
}

/// `GET /incidents/not-reported`
async fn list_not_reported(
    State(web): State<Web>,
    reader: SignedIn,
    Query(asked): Query<ListQuery>,
) -> Result<Response, WebError> {
    let found = web.desk.not_reported(&reader.viewer, None, asked.after.as_deref()).await?;
    let title = reader.words().t("not-reported-register");
    let page = reader.page("not-reported", title, routes::INCIDENTS);
    let plan = web.desk.lead_plan();
    let saying = Saying::to(&reader.visitor, plan.as_deref());
    drawn(&not_reported::register(&saying, page, &found))
}

/// `GET /incidents/{incident}`
async fn show(
    State(web): State<Web>,
    reader: SignedIn,
    Path(incident): Path<IncidentId>,
    Query(asked): Query<ShowQuery>,
) -> Result<Response, WebError> {
    let scene = Seen::load(&web.desk, reader, incident).await?;
    let tab = Tab::of(asked.tab.as_deref().unwrap_or_default());
    scene.draw(tab, &asked, None)
}

/// `GET /incidents/{incident}/print`
async fn print(
    State(web): State<Web>,
    reader: SignedIn,
    Path(incident): Path<IncidentId>,
) -> Result<Response, WebError> {
    let scene = Seen::load(&web.desk, reader, incident).await?;
    let sight = scene.sight(&NOTHING, None);
    drawn(&file::case_file(&sight, scene.page("case-file", &page::title(&sight))))
}

/// `GET /incidents/{incident}/texts/{text}`
async fn show_text(
    State(web): State<Web>,
    reader: SignedIn,
    Path((incident, text)): Path<(IncidentId, BlobId)>,
) -> Result<Response, WebError> {
    let scene = Seen::load(&web.desk, reader, incident).await?;
    let sight = scene.sight(&NOTHING, None);
    let reference = story::text_of(&sight, text).ok_or(DeskFault::Absent)?;
    let page = scene.page("text", &page::title(&sight));
    match sent::document(&sight, page.clone(), text) {
        Some(document) => drawn(&document),
        None => drawn(&sent::words(&sight, page, texts::shown(&sight, &reference))),
    }
}

/// `GET /incidents/{incident}/documents/{number}.pdf`
async fn print_document(
    State(web): State<Web>,
    reader: SignedIn,
    Path((incident, file)): Path<(IncidentId, String)>,
) -> Result<Response, WebError> {
    let number = file.strip_suffix(".pdf").and_then(|number| number.parse().ok());
    let number: usize = number.ok_or(WebError::NoSuchPage)?;
    let scene = Seen::load(&web.desk, reader, incident).await?;
    let Some(sheet) = sheet::issued(&scene.sight(&NOTHING, None), number) else {
        return scene.erased_document(number);
    };
    web.press.print(sheet).await
}

/// `POST /incidents/{incident}/draft.pdf`
async fn print_draft(
    State(web): State<Web>,
    reader: SignedIn,
    Path(incident): Path<IncidentId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let scene = Seen::load(&web.desk, reader, incident).await?;
    let sheet = {
        let sight = scene.sight(&NOTHING, None);
        issue_document::draft_sheet(&Typed::from(&sent), &sight)
    };
    match sheet {
        Ok(sheet) => web.press.print(sheet).await,
        Err(wrong) => scene.give_back(&issue_document::VERB, sent, WebError::mend(wrong)),
    }
}

/// `POST /incidents/{incident}/preview`
async fn preview(
    State(web): State<Web>,
    reader: SignedIn,
    Path(incident): Path<IncidentId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let scene = Seen::load(&web.desk, reader, incident).await?;
    let typed = Typed::from(&sent);
    let sight = scene.sight(&NOTHING, None);
    match issue_document::draft(&typed, &sight) {
        Ok(Asking::Written(Text::Document(text), _)) => {
            let page = scene.page("preview", &page::title(&sight));
            drawn(&sent::preview(&sight, page, &typed, &text))
        }
        Ok(Asking::Written(Text::Writing(_) | Text::Call(_), _) | Asking::Plain(_)) => {
            Err(WebError::NoSuchPage)
        }
        Err(wrong) => scene.give_back(&issue_document::VERB, sent, WebError::mend(wrong)),
    }
}

/// `POST /incidents/{incident}/{verb}`
async fn carry_out(
    State(web): State<Web>,
    reader: SignedIn,
    Path((incident, verb)): Path<(IncidentId, String)>,
    sent: Sent,
) -> Result<Response, WebError> {
    let verb = VERBS.iter().find(|known| known.name == verb).ok_or(WebError::NoSuchPage)?;
    let scene = Seen::load(&web.desk, reader, incident).await?;
    match scene.ask(&web.desk, verb, &Typed::from(&sent)).await {
        Ok(()) => {
            let path = paths::tab(incident, verb.tab);
            Ok(scene.reader.visitor.on_to(&path, "said-done"))
        }
        Err(error) => {
            // What happened meanwhile is shown too.
            let scene = Seen::load(&web.desk, scene.reader, incident).await?;
            scene.give_back(verb, sent, error)
        }
    }
}

/// An incident in front of a reader.
struct Seen {
    reader: SignedIn,
    view: IncidentView,
    directory: Arc<Directory>,
    plans: Vec<Arc<Plan>>,
    work: Vec<WorkGroup>,
    command: CommandId,
}

impl Seen {
    async fn load(desk: &Desk, reader: SignedIn, id: IncidentId) -> Result<Self, WebError> {
        let view = desk.incident(&reader.viewer, id).await?;
        let plans = editions(desk, &view);
        let (directory, work) = (desk.directory(), desk.worklist(&view));
        Ok(Self { view, directory, plans, work, command: desk.command_id(), reader })
    }

    /// A document whose text was erased has no pages; its screen says when and why.
    fn erased_document(&self, number: usize) -> Result<Response, WebError> {
        let place = number.checked_sub(1).ok_or(DeskFault::Absent)?;
        let document = self.view.incident.documents.get(place).ok_or(DeskFault::Absent)?;
        Ok(Redirect::to(&paths::text(self.view.id, document.text.blob)).into_response())
    }

    fn sight<'a>(&'a self, asked: &'a ShowQuery, returned: Option<&'a Returned>) -> Sight<'a> {
        let parsed = |text: &Option<String>| text.as_deref().map(str::to_owned);
        let form = parsed(&asked.form).and_then(|form| form.parse().ok());
        let plan = parsed(&asked.plan).and_then(|plan| plan.parse().ok());
        let plan = plan.unwrap_or_else(|| self.view.lead.id.clone());
        let by: Option<RoleId> = parsed(&asked.by).and_then(|by| by.parse().ok());
        Sight {
            view: &self.view,
            viewer: &self.reader.viewer,
            directory: &self.directory,
            plans: &self.plans,
            words: self.reader.words(),
            clock: self.reader.clock().clone(),
            csrf: self.reader.csrf(),
            command: self.command,
            wanted: asked.act.as_deref(),
            meant: asked.meant.as_deref(),
            work: &self.work,
            paper: form.zip(by).map(|(form, by)| Paper { plan, form, by }),
            returned,
        }
    }

    fn page(&self, name: &'static str, title: &str) -> crate::page::Page {
        self.reader.page(name, title, routes::INCIDENTS)
    }

    fn draw(
        &self,
        tab: Tab,
        asked: &ShowQuery,
        returned: Option<&Returned>,
    ) -> Result<Response, WebError> {
        let sight = self.sight(asked, returned);
        let page = self.page("incident", &page::title(&sight));
        let status = returned.map_or(StatusCode::OK, Returned::status);
        match tab {
            Tab::Overview => drawn_as(status, &page::overview(&sight, page)),
            Tab::Facts
            | Tab::Organisations
            | Tab::Plans
            | Tab::Duties
            | Tab::Response
            | Tab::Documents
            | Tab::Notes
            | Tab::Review => drawn_as(status, &page::tabbed(&sight, page, tab)),
        }
    }

    /// The tab of a form that was turned down, with everything that was typed.
    fn give_back(&self, verb: &Verb, sent: Sent, error: WebError) -> Result<Response, WebError> {
        let kept = |name: &str| Some(sent.text(name).to_owned()).filter(|text| !text.is_empty());
        let asked = ShowQuery {
            tab: None,
            act: Some(verb.name.to_owned()),
            plan: kept("plan"),
            form: kept("form"),
            by: kept("by"),
            meant: None,
        };
        let form = format!("do-{}", verb.name);
        let returned = Returned::of(&form, sent, error, &self.reader.visitor)?;
        self.draw(verb.tab, &asked, Some(&returned))
    }

    /// Reads a form and asks the desk.
    async fn ask(&self, desk: &Desk, verb: &Verb, typed: &Typed) -> Result<(), WebError> {
        let (asking, role, happened_at, command) =
            self.read(verb, typed).map_err(WebError::mend)?;
        let (command_of, blobs) = match asking {
            Asking::Plain(command) => (command, Vec::new()),
            Asking::Written(text, command) => {
                let kept = keep(desk, &text).await?;
                (command(kept.reference), kept.new.into_iter().collect())
            }
        };
        let asked =
            Asked { by: self.reader.viewer.actor.clone(), role, happened_at, command: command_of };
        desk.act_on_incident(self.view.id, command, asked, blobs).await?;
        Ok(())
    }

    fn read(&self, verb: &Verb, typed: &Typed) -> Result<Wanted, Vec<FieldProblem>> {
        let sight = self.sight(&NOTHING, None);
        let mut form = Reading::of(typed, &sight);
        let happened_at = form.maybe_time("happened_at");
        let role = form.role();
        let command: Option<CommandId> = typed.one("command").parse().ok();
        if command.is_none() {
            form.note("", sight.t("error-csrf-text"));
        }
        if verb.when_stale == WhenStale::Tell
            && typed.one("version") != self.view.version.to_string()
        {
            form.note("", stale(&sight));
        }
        let mut wrong = form.wrong();
        match ((verb.read)(typed, &sight), command) {
            (Ok(asking), Some(command)) if wrong.is_empty() => {
                Ok((asking, role, happened_at, command))
            }
            (Ok(_), _) => Err(wrong),
            (Err(more), _) => {
                wrong.extend(more);
                Err(wrong)
            }
        }
    }
}

/// The editions that an incident has to do with: its own, those that may apply, and where it may go on.
fn editions(desk: &Desk, view: &IncidentView) -> Vec<Arc<Plan>> {
    let incident = &view.incident;
    let mut editions: Vec<&PlanRef> = incident.plans.iter().collect();
    editions.extend(view.plans.iter().map(|it| &it.edition));
    editions.extend(view.plans.iter().filter_map(|it| it.newer.as_ref()));
    editions.extend(incident.migrations.iter().flat_map(|it| [&it.from, &it.to]));
    let mut seen = std::collections::BTreeSet::new();
    editions.retain(|edition| seen.insert(*edition));
    editions.into_iter().filter_map(|edition| desk.edition(edition)).collect()
}

/// What a form asks for, in which role, since when, as which command.
type Wanted = (Asking, Option<RoleId>, Option<jiff::Timestamp>, CommandId);

/// Who moved the incident on since the form was drawn.
fn stale(sight: &Sight<'_>) -> String {
    let last = sight.view.incident.log.last();
    let who = last.map(|recorded| sight.person(recorded.actor)).unwrap_or_default();
    let at = last.map(|recorded| sight.short(recorded.recorded_at)).unwrap_or_default();
    sight.ta("form-stale", &[("who", &who), ("t", &at)])
}

async fn keep(desk: &Desk, text: &Text) -> Result<Kept, DeskFault> {
    match text {
        Text::Writing(text) => desk.write_text(text).await,
        Text::Call(text) => desk.write_text(text).await,
        Text::Document(text) => desk.write_text(text).await,
    }
}

/// The command id of one form of a screen: drawn once for the screen, different for each form.
fn command_of(drawn: CommandId, verb: &str) -> CommandId {
    const PRIME: u128 = 0x0100_0193;
    let mixed = verb.bytes().fold(0x811c_9dc5_u128, |mixed, byte| {
        (mixed ^ u128::from(byte)).wrapping_mul(PRIME) & 0xffff_ffff_ffff
    });
    CommandId::from_bits(drawn.bits() ^ mixed)
}
