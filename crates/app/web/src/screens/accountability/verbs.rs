//! What the forms on the page of a file do.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_desk::content::Addition;
use fengsui_response::accountability::{AccountabilityCommand, DecideFile};
use fengsui_response::{Asked, Attachment, BlobRef, Evidence, Outcome};
use fengsui_vocabulary::{AccountabilityId, CommandId, Line, Prose};

use super::show::draw;
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::routes;
use crate::session::SignedIn;
use crate::upload::Sent;

/// A form of one file, being carried out.
struct Form<'a> {
    desk: &'a Desk,
    reader: &'a SignedIn,
    record: AccountabilityId,
    name: &'static str,
    done: &'static str,
}

/// A command with the texts and files that it refers to.
type Command = (CommandId, AccountabilityCommand, Vec<fengsui_desk::Kept>);

/// `POST /accountability/{record}/evidence`
pub(super) async fn attach(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(record): Path<AccountabilityId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form =
        Form { desk: &desk, reader: &reader, record, name: "evidence", done: "said-acc-attached" };
    let read = form.evidence(&sent).await;
    form.answer(sent, read).await
}

/// `POST /accountability/{record}/found`
pub(super) async fn attach_found(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(record): Path<AccountabilityId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form =
        Form { desk: &desk, reader: &reader, record, name: "found", done: "said-acc-attached" };
    let mut reading = Reading::of(&sent, &reader.visitor);
    let command = reading.command();
    let done = match reading.done(command) {
        Ok(command) => {
            let by = &reader.viewer.actor;
            desk.attach_found(by, command, record).await.map(|_| ()).map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    form.finish(sent, done).await
}

/// `POST /accountability/{record}/hearing`
pub(super) async fn ask(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(record): Path<AccountabilityId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form =
        Form { desk: &desk, reader: &reader, record, name: "hearing", done: "said-acc-asked" };
    let read = form.question(&sent).await;
    form.answer(sent, read).await
}

/// `POST /accountability/{record}/statement`
pub(super) async fn hear(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(record): Path<AccountabilityId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form =
        Form { desk: &desk, reader: &reader, record, name: "statement", done: "said-acc-heard" };
    let read = form.statement(&sent).await;
    form.answer(sent, read).await
}

/// `POST /accountability/{record}/decision`
pub(super) async fn decide(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(record): Path<AccountabilityId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form =
        Form { desk: &desk, reader: &reader, record, name: "decision", done: "said-acc-decided" };
    let read = form.ruling(&sent).await;
    form.answer(sent, read).await
}

/// `POST /accountability/{record}/withdrawal`
pub(super) async fn withdraw(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(record): Path<AccountabilityId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form {
        desk: &desk,
        reader: &reader,
        record,
        name: "withdrawal",
        done: "said-acc-withdrawn",
    };
    let read = form.withdrawal(&sent).await;
    form.answer(sent, read).await
}

/// `POST /accountability/{record}/reopening`
pub(super) async fn reopen(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(record): Path<AccountabilityId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form =
        Form { desk: &desk, reader: &reader, record, name: "reopening", done: "said-acc-reopened" };
    let read = form.reopening(&sent).await;
    form.answer(sent, read).await
}

impl Form<'_> {
    async fn answer(
        &self,
        sent: Sent,
        read: Result<Command, WebError>,
    ) -> Result<Response, WebError> {
        let done = match read {
            Ok((id, command, texts)) => {
                let asked = Asked::now(self.reader.viewer.actor.clone(), command);
                let blobs = texts.into_iter().filter_map(|text| text.new).collect();
                let done = self.desk.act_on_accountability(self.record, id, asked, blobs).await;
                done.map(|_| ()).map_err(WebError::from)
            }
            Err(fault) => Err(fault),
        };
        self.finish(sent, done).await
    }

    async fn finish(&self, sent: Sent, done: Result<(), WebError>) -> Result<Response, WebError> {
        match done {
            Ok(()) => {
                let place = routes::accountability(self.record);
                Ok(self.reader.visitor.on_to(&place, self.done))
            }
            Err(fault) => {
                let returned = Returned::of(self.name, sent, fault, &self.reader.visitor)?;
                draw(self.desk, self.reader, self.record, Some(&returned)).await
            }
        }
    }

    async fn evidence(&self, sent: &Sent) -> Result<Command, WebError> {
        self.check_sight().await?;
        let mut reading = Reading::of(sent, &self.reader.visitor);
        let command = reading.command();
        let note = match reading.text("note").trim() {
            "" => None,
            _ => reading.prose("note"),
        };
        let named = self.named(sent, &mut reading).await?;
        if named.is_none() && sent.files.is_empty() {
            reading.wrong("number", "acc-evidence-needed");
        }
        let command = reading.done(command)?;
        let (files, mut texts) = self.keep_files(sent).await?;
        let note = match (note, sent.files.is_empty()) {
            (None, true) => None,
            (note, _) => Some(self.addition(note, sent, &mut texts).await?),
        };
        let evidence = named
            .into_iter()
            .chain(files.into_iter().map(|file| Evidence::File { file }))
            .collect();
        Ok((command, AccountabilityCommand::Attach { evidence, ground: Vec::new(), note }, texts))
    }

    async fn question(&self, sent: &Sent) -> Result<Command, WebError> {
        self.check_sight().await?;
        let mut reading = Reading::of(sent, &self.reader.visitor);
        let command = reading.command();
        let answer_by = self.reader.clock().from_field(reading.text("answer_by"));
        if answer_by.is_none() {
            reading.wrong("answer_by", "error-time");
        }
        let text = reading.prose("text");
        let ((command, answer_by), text) = reading.done(command.zip(answer_by).zip(text))?;
        let mut texts = Vec::new();
        let text = self.text(text, &mut texts).await?;
        Ok((command, AccountabilityCommand::AskToBeHeard { answer_by, text }, texts))
    }

    async fn statement(&self, sent: &Sent) -> Result<Command, WebError> {
        self.check_sight().await?;
        let mut reading = Reading::of(sent, &self.reader.visitor);
        let command = reading.command();
        let text = reading.prose("text");
        let (command, text) = reading.done(command.zip(text))?;
        let (files, mut texts) = self.keep_files(sent).await?;
        let statement = self.addition(Some(text), sent, &mut texts).await?;
        Ok((command, AccountabilityCommand::Hear { statement, files }, texts))
    }

    async fn ruling(&self, sent: &Sent) -> Result<Command, WebError> {
        self.check_sight().await?;
        let mut reading = Reading::of(sent, &self.reader.visitor);
        let command = reading.command();
        let outcome = Outcome::named(reading.text("outcome"));
        if outcome.is_none() {
            reading.wrong("outcome", "error-needed");
        }
        let reason = reading.prose("reason");
        let document = reading.line_or_none("document");
        let needs = matches!(outcome, Some(Outcome::Sanction | Outcome::Referred));
        if needs && document.is_none() {
            reading.wrong("document", "acc-document-needed");
        }
        let ((command, outcome), reason) = reading.done(command.zip(outcome).zip(reason))?;
        let (files, mut texts) = self.keep_files(sent).await?;
        let reason = self.text(reason, &mut texts).await?;
        let file = files.into_iter().next();
        let ruling = DecideFile { outcome, reason, document, file };
        Ok((command, AccountabilityCommand::Decide(Box::new(ruling)), texts))
    }

    async fn withdrawal(&self, sent: &Sent) -> Result<Command, WebError> {
        self.check_sight().await?;
        let mut reading = Reading::of(sent, &self.reader.visitor);
        let command = reading.command();
        let reason = reading.prose("reason");
        let (command, reason) = reading.done(command.zip(reason))?;
        let mut texts = Vec::new();
        let reason = self.text(reason, &mut texts).await?;
        Ok((command, AccountabilityCommand::Withdraw { reason }, texts))
    }

    async fn reopening(&self, sent: &Sent) -> Result<Command, WebError> {
        self.check_sight().await?;
        let mut reading = Reading::of(sent, &self.reader.visitor);
        let command = reading.command();
        let reason = reading.prose("reason");
        let named = self.named(sent, &mut reading).await?;
        if named.is_none() && sent.files.is_empty() {
            reading.wrong("number", "acc-evidence-needed");
        }
        let (command, reason) = reading.done(command.zip(reason))?;
        let (files, mut texts) = self.keep_files(sent).await?;
        let reason = self.addition(Some(reason), sent, &mut texts).await?;
        let evidence = named
            .into_iter()
            .chain(files.into_iter().map(|file| Evidence::File { file }))
            .collect();
        Ok((command, AccountabilityCommand::Reopen { reason, evidence }, texts))
    }

    /// Nobody stores a text about a file that they may not see.
    async fn check_sight(&self) -> Result<(), WebError> {
        self.desk.accountability(&self.reader.viewer, self.record).await?;
        Ok(())
    }

    /// A report or an incident by its number.
    async fn named(
        &self,
        sent: &Sent,
        reading: &mut Reading<'_>,
    ) -> Result<Option<Evidence>, WebError> {
        let number = sent.text("number").trim();
        if number.is_empty() {
            return Ok(None);
        }
        let named = self.desk.evidence_named(&self.reader.viewer, number).await?;
        if named.is_none() {
            reading.wrong("number", "acc-evidence-unknown");
        }
        Ok(named)
    }

    async fn text(
        &self,
        text: Prose,
        texts: &mut Vec<fengsui_desk::Kept>,
    ) -> Result<BlobRef, WebError> {
        let kept = self.desk.write_text(&Addition { text, file_names: Vec::new() }).await?;
        let reference = kept.reference.clone();
        texts.push(kept);
        Ok(reference)
    }

    /// A text with the names of the files that came with it.
    async fn addition(
        &self,
        text: Option<Prose>,
        sent: &Sent,
        texts: &mut Vec<fengsui_desk::Kept>,
    ) -> Result<BlobRef, WebError> {
        let file_names: Vec<Line> = sent.files.iter().map(|file| file.name.clone()).collect();
        let nothing = || self.reader.words().t("acc-files-attached").parse().ok();
        let Some(text) = text.or_else(nothing) else { return Err(WebError::mend(Vec::new())) };
        let kept = self.desk.write_text(&Addition { text, file_names }).await?;
        let reference = kept.reference.clone();
        texts.push(kept);
        Ok(reference)
    }

    async fn keep_files(
        &self,
        sent: &Sent,
    ) -> Result<(Vec<Attachment>, Vec<fengsui_desk::Kept>), WebError> {
        let mut texts = Vec::new();
        let mut attachments = Vec::new();
        for sent in &sent.files {
            let (attachment, kept) = self.desk.keep_file(sent.file.clone()).await?;
            attachments.push(attachment);
            texts.push(kept);
        }
        Ok((attachments, texts))
    }
}
