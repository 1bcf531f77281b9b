//! The form of a public report: its questions, and its answers as an arrival.

use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{Arrival, ArrivedFile, DISTRICTS, Desk};
use fengsui_response::{Affected, Anchors, IntakeChannel, ReportKind};
use fengsui_vocabulary::{CommandId, DistrictCode, Facts, Line, Prose};

use crate::error::WebError;
use crate::facts;
use crate::form::{COMMAND, Reading, Returned};
use crate::lang::Words;
use crate::page::Width;
use crate::parts::{Field, FieldKind, Form, Header, Opt, Sends, Weight};
use crate::routes;
use crate::session::Visitor;
use crate::state::Web;
use crate::upload::{Sent, SentFile};
use crate::views::PublicReport;

/// The name of the form on its screen.
pub(super) const FORM: &str = "report";

/// The box of whoever suspects state secrets.
const CLASSIFIED: &str = "classified";

/// What was read of a form.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) command: CommandId,
    pub(super) arrival: Arrival,
}

/// The screen with the form, empty or as it came back.
pub(super) fn screen(web: &Web, visitor: &Visitor, returned: Option<&Returned>) -> PublicReport {
    let words = visitor.words();
    let mut page = visitor.page("public-report", words.t("public-report"), routes::PUBLIC_REPORT);
    page.width = Width::Narrow;
    page.live = None;
    let form = form(web, visitor, words);
    let form = returned.map_or_else(|| form.clone(), |returned| returned.put_back(form.clone()));
    let header = Header::new(words.t("public-report")).lead(words.t("public-report-lead"));
    PublicReport { page, header, form }
}

fn form(web: &Web, visitor: &Visitor, words: Words) -> Form {
    let action = routes::PUBLIC_REPORT;
    let form = Form::new(FORM, action, visitor.csrf(), words.t("public-submit"), words)
        .hiding(COMMAND, web.desk.command_id().to_string())
        .weighing(Weight::Primary);
    let form = with_events(form, &web.desk, visitor, words);
    let plan = web.desk.lead_plan();
    let questions = plan.as_deref().map(facts::questions).unwrap_or_default();
    let form = facts::asking(form.under(words.t("public-section-facts")), &questions, words);
    let mut form = with_contact(form, web, words);
    form.sends = Sends::Files;
    form
}

/// What happened, to whom, when.
fn with_events(form: Form, desk: &Desk, visitor: &Visitor, words: Words) -> Form {
    let unknown = Opt::new("", words.t("public-district-unknown"));
    let districts = DISTRICTS.iter().map(|it| Opt::new(it.code, it.label().in_lang(words.lang())));
    let districts = std::iter::once(unknown).chain(districts).collect();
    let own = visitor.viewer().and_then(|viewer| viewer.actor.organisation);
    let own = own.map(|own| desk.directory().name_of(own).zh).unwrap_or_default();
    let tick = Field::new(CLASSIFIED, words.t("public-suspect-classified"), FieldKind::Tick);
    form.with(tick.hint(words.t("public-suspect-classified-hint")).optional())
        .under(words.t("public-section-what"))
        .with(Field::line("title", words.t("public-title")).hint(words.t("public-title-hint")))
        .with(Field::prose("what", words.t("public-what")).hint(words.t("public-what-hint")))
        .under(words.t("public-section-where"))
        .with(
            Field::line("organisation", words.t("public-organisation"))
                .hint(words.t("public-organisation-hint"))
                .autocomplete("organization")
                .value(own)
                .optional(),
        )
        .with(
            Field::new("district", words.t("public-place"), FieldKind::Select(districts))
                .optional(),
        )
        .under(words.t("public-section-when"))
        .with(
            Field::new("discovered", words.t("public-discovered"), FieldKind::Time)
                .hint(words.t("public-discovered-hint")),
        )
        .with(Field::new("occurred", words.t("public-occurred"), FieldKind::Time).optional())
        .with(
            Field::new("informed", words.t("public-informed"), FieldKind::Time)
                .hint(words.t("public-informed-hint"))
                .optional(),
        )
}

/// Who reports, and the files.
fn with_contact(form: Form, web: &Web, words: Words) -> Form {
    let size = megabytes(web.settings.limits.attachment_bytes_max);
    form.under(words.t("public-section-contact"))
        .with(
            Field::line("name", words.t("public-name"))
                .hint(words.t("public-contact-hint"))
                .autocomplete("name")
                .optional(),
        )
        .with(
            Field::new("telephone", words.t("public-telephone"), FieldKind::Line("tel"))
                .autocomplete("tel")
                .optional(),
        )
        .with(
            Field::new("mail", words.t("public-mail"), FieldKind::Line("email"))
                .autocomplete("email")
                .optional(),
        )
        .with(
            Field::new("files", words.t("public-files"), FieldKind::Files(""))
                .hint(words.ta("public-files-hint", &[("size", &size)]))
                .optional(),
        )
}

/// A size as people say it.
pub(crate) fn megabytes(bytes: usize) -> String {
    format!("{} MB", bytes / (1024 * 1024))
}

/// Reads the form, or says everything that must be mended.
pub(super) fn read(desk: &Desk, visitor: &Visitor, sent: &Sent) -> Result<Read, WebError> {
    let mut reading = Reading::of(sent, visitor);
    let command = reading.command();
    let is_classified = reading.is_ticked(CLASSIFIED);
    let affected = affected(desk, &mut reading);
    let content = if is_classified {
        stub(visitor.words(), &mut reading)
    } else {
        content(&mut reading, &sent.files)
    };
    let facts = if is_classified { Facts::new() } else { told(desk, &mut reading) };
    let files = if is_classified { Vec::new() } else { bytes_of(&sent.files) };
    let sealed = is_classified.then(|| visitor.words().t("public-sealed-because"));
    let arrival = content.map(|mut content| {
        content.lang = visitor.words().lang();
        Arrival {
            kind: ReportKind::Incident,
            channel: IntakeChannel::Web,
            taken_in_by: None,
            follows: None,
            affected: vec![affected],
            facts,
            content,
            files,
            call: None,
            sealed_because: sealed.and_then(|reason| reason.parse().ok()),
        }
    });
    let (command, arrival) = reading.done(command.zip(arrival))?;
    Ok(Read { command, arrival })
}

/// The answers to the plan's questions.
fn told(desk: &Desk, reading: &mut Reading<'_>) -> Facts {
    let plan = desk.lead_plan();
    let questions = plan.as_deref().map(facts::questions).unwrap_or_default();
    facts::answered(reading, &questions)
}

/// Whom it happened to, and when.
fn affected(desk: &Desk, reading: &mut Reading<'_>) -> Affected {
    let anchors = Anchors {
        occurred_at: reading.time_or_none("occurred"),
        discovered_at: reading.time("discovered"),
        informed_at: reading.time_or_none("informed"),
    };
    let district: Option<DistrictCode> = reading.choice_or_none("district");
    let organisation = desk.directory().named(reading.text("organisation"));
    Affected { organisation, district, anchors }
}

fn content(reading: &mut Reading<'_>, files: &[SentFile]) -> Option<ReportContent> {
    let title = reading.line("title");
    let description = reading.prose("what");
    let organisation = reading.line_or_none("organisation");
    let reporter = reporter(reading);
    Some(ReportContent {
        title: title?,
        description: description?,
        reporter,
        file_names: files.iter().map(|file| file.name.clone()).collect(),
        organisation,
        lang: fengsui_vocabulary::Lang::Zh,
    })
}

/// What is kept of a report that may hold state secrets: who can be reached, and nothing else.
fn stub(words: Words, reading: &mut Reading<'_>) -> Option<ReportContent> {
    let title: Line = words.t("public-sealed-title").parse().ok()?;
    let description: Prose = words.t("public-sealed-text").parse().ok()?;
    Some(ReportContent {
        title,
        description,
        reporter: reporter(reading),
        file_names: Vec::new(),
        organisation: None,
        lang: fengsui_vocabulary::Lang::Zh,
    })
}

fn reporter(reading: &mut Reading<'_>) -> Reporter {
    Reporter {
        name: reading.line_or_none("name"),
        telephone: reading.line_or_none("telephone"),
        mail: reading.line_or_none("mail"),
    }
}

/// The files themselves.
pub(super) fn bytes_of(files: &[SentFile]) -> Vec<ArrivedFile> {
    files.iter().map(|file| file.file.clone()).collect()
}
