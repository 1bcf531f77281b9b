//! The life of a pack here: drafted by one, approved by another, adopted; how its clauses are read, what
//! their official wording is, and who does what they leave open.
//!
//! A pack comes from outside and is hostile until proven otherwise: it is bounded before it is read,
//! and one with an error or without a signature that is needed never becomes a draft.

use fengsui_plan::{Diagnostic, Library, Severity, Source};
use fengsui_response::centre::{
    AttachWording, CentreCommand, DraftPack, InterpretClause, NamePolicy,
};
use fengsui_response::{Actor, Asked, PlanRef};
use fengsui_vocabulary::{ClauseId, Line, PlanId, Prose, RoleId};
use jiff::civil::Date;

use crate::blobs::Kept;
use crate::content::{Finding, Findings, Writing};
use crate::secret::sha256_hex;
use crate::signature::{Signature, verdict};
use crate::{Desk, DeskFault, FieldProblem};

/// Bytes of a pack at most.
pub const PACK_BYTES_MAX: usize = 1024 * 1024;

/// Bytes of an official wording at most.
pub const WORDING_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Findings that are kept with a draft at most.
const FINDINGS_MAX: usize = 500;

/// A pack that somebody offers.
#[derive(Clone, Debug)]
pub struct OfferedPack {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The signature that came with it.
    pub signature: Option<Signature>,
}

/// A question about a clause, and what holds.
#[derive(Clone, Debug)]
pub struct NewRuling {
    /// The plan.
    pub plan: PlanId,
    /// The clause.
    pub clause: ClauseId,
    /// What was asked.
    pub question: Prose,
    /// What holds.
    pub ruling: Prose,
    /// In which role of the plan, if in one.
    pub role: Option<RoleId>,
}

impl Desk {
    /// Drafts a pack with what its check finds; one with an error is refused with every finding.
    pub async fn draft_pack(&self, by: &Actor, offered: OfferedPack) -> Result<PlanRef, DeskFault> {
        let text = text_of(offered.bytes)?;
        let hash = sha256_hex(text.as_bytes());
        let source = Source { name: "pack.toml".to_owned(), text };
        let found = Library::shipped().check(&source);
        let plan = match Library::shipped().read(&source) {
            Ok(plan) if count(&found, Severity::Error) == 0 => plan,
            Ok(_) => return Err(malformed(&found)),
            Err(found) => return Err(malformed(&found)),
        };
        if plan.hash != hash {
            return Err(DeskFault::Unreadable("the digest of the pack".to_owned()));
        }
        let trust = self.trust();
        let signature = verdict(&trust, source.text.as_bytes(), offered.signature.as_ref());
        let warnings = count(&found, Severity::Warning);
        let findings = Findings { findings: found.iter().take(FINDINGS_MAX).map(kept).collect() };
        let findings = self.keep_json(&findings).await?;
        let bytes = self.keep_bytes(source.text.into_bytes()).await?;
        let edition = PlanRef::of(&plan);
        let command = CentreCommand::DraftPack(DraftPack {
            plan: edition.clone(),
            bytes: bytes.reference.clone(),
            signature,
            demand: trust.demand,
            findings: findings.reference.clone(),
            errors: 0,
            warnings,
        });
        self.act_on_centre(by, command, new_of([bytes, findings])).await?;
        Ok(edition)
    }

    /// Approves a draft that somebody else made.
    pub async fn approve_pack(&self, by: &Actor, plan: &PlanRef) -> Result<(), DeskFault> {
        let command = CentreCommand::ApprovePack { plan: plan.clone() };
        self.act_on_centre(by, command, Vec::new()).await
    }

    /// Withdraws a draft.
    pub async fn withdraw_draft(
        &self,
        by: &Actor,
        plan: &PlanRef,
        reason: Line,
    ) -> Result<(), DeskFault> {
        let command = CentreCommand::WithdrawDraft { plan: plan.clone(), reason };
        self.act_on_centre(by, command, Vec::new()).await
    }

    /// Adopts an approved edition, at once or from a day on.
    pub async fn adopt_edition(
        &self,
        by: &Actor,
        plan: &PlanRef,
        from: Option<Date>,
    ) -> Result<(), DeskFault> {
        let directory = self.directory();
        let centre = directory.centre();
        let drafted = centre.drafts.get(plan).map(|draft| &draft.bytes);
        let bytes = drafted.or_else(|| centre.adopted.get(plan).map(|it| &it.bytes));
        let command = CentreCommand::AdoptPlan {
            plan: plan.clone(),
            bytes: bytes.cloned().ok_or(DeskFault::Absent)?,
            calendars: std::collections::BTreeMap::new(),
            from,
        };
        self.act_on_centre(by, command, Vec::new()).await
    }

    /// Rules on a question about a clause.
    pub async fn interpret_clause(&self, by: &Actor, new: NewRuling) -> Result<(), DeskFault> {
        let question = self.keep_json(&Writing { text: new.question }).await?;
        let ruling = self.keep_json(&Writing { text: new.ruling }).await?;
        let command = CentreCommand::InterpretClause(InterpretClause {
            plan: new.plan,
            clause: new.clause,
            question: question.reference.clone(),
            ruling: ruling.reference.clone(),
        });
        let asked = Asked { role: new.role, ..Asked::now(by.clone(), command) };
        self.ask_centre(asked, new_of([question, ruling])).await
    }

    /// Withdraws a ruling; it stays readable.
    pub async fn withdraw_interpretation(
        &self,
        by: &Actor,
        number: u32,
        reason: Line,
    ) -> Result<(), DeskFault> {
        let command = CentreCommand::WithdrawInterpretation { number, reason };
        self.act_on_centre(by, command, Vec::new()).await
    }

    /// Attaches the official wording of a clause, or of the whole text, to an adopted edition.
    pub async fn attach_wording(
        &self,
        by: &Actor,
        plan: &PlanRef,
        clause: Option<ClauseId>,
        bytes: Vec<u8>,
    ) -> Result<(), DeskFault> {
        check_bytes("wording", bytes.len(), WORDING_BYTES_MAX)?;
        let wording = self.keep_bytes(bytes).await?;
        let command = CentreCommand::AttachWording(AttachWording {
            plan: plan.clone(),
            clause,
            wording: wording.reference.clone(),
        });
        self.act_on_centre(by, command, new_of([wording])).await
    }

    /// Proposes who does here what a text leaves open.
    pub async fn name_policy(&self, by: &Actor, policy: NamePolicy) -> Result<(), DeskFault> {
        self.act_on_centre(by, CentreCommand::NamePolicy(policy), Vec::new()).await
    }

    /// Approves a policy that somebody else named; it holds for running incidents as well.
    pub async fn approve_policy(&self, by: &Actor, number: u32) -> Result<(), DeskFault> {
        self.act_on_centre(by, CentreCommand::ApprovePolicy { number }, Vec::new()).await?;
        self.refresh_after_policy().await
    }

    /// Withdraws a policy.
    pub async fn withdraw_policy(
        &self,
        by: &Actor,
        number: u32,
        reason: Line,
    ) -> Result<(), DeskFault> {
        let command = CentreCommand::WithdrawPolicy { number, reason };
        self.act_on_centre(by, command, Vec::new()).await?;
        self.refresh_after_policy().await
    }

    /// What waits for whom follows from the plan as it holds here, so the boards are derived anew.
    pub(crate) async fn refresh_after_policy(&self) -> Result<(), DeskFault> {
        match self.rebuild(|_, _| {}).await {
            Ok(_) => Ok(()),
            Err(DeskFault::Busy) => {
                tracing::warn!(
                    "the boards were not derived anew: the record moved on; do it again"
                );
                Ok(())
            }
            Err(fault) => Err(fault),
        }
    }
}

fn text_of(bytes: Vec<u8>) -> Result<String, DeskFault> {
    check_bytes("pack", bytes.len(), PACK_BYTES_MAX)?;
    String::from_utf8(bytes).map_err(|_not_a_text| {
        DeskFault::Malformed(vec![FieldProblem::new("pack", "a pack is a text in UTF-8")])
    })
}

fn check_bytes(field: &str, bytes: usize, bytes_max: usize) -> Result<(), DeskFault> {
    if bytes == 0 || bytes > bytes_max {
        let problem = format!("{bytes} bytes: 1 to {bytes_max} are taken");
        return Err(DeskFault::Malformed(vec![FieldProblem::new(field, problem)]));
    }
    Ok(())
}

fn malformed(found: &[Diagnostic]) -> DeskFault {
    let errors = found.iter().filter(|it| it.severity() == Severity::Error);
    let problem = |it: &Diagnostic| FieldProblem::new("pack", it.render());
    DeskFault::Malformed(errors.take(FINDINGS_MAX).map(problem).collect())
}

fn count(found: &[Diagnostic], severity: Severity) -> u32 {
    let count = found.iter().filter(|it| it.severity() == severity).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn kept(found: &Diagnostic) -> Finding {
    let (line, column) = found.place();
    Finding {
        is_error: found.severity() == Severity::Error,
        code: found.code().to_owned(),
        what: found.what().to_owned(),
        help: found.help().to_owned(),
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
    }
}

fn new_of<const N: usize>(kept: [Kept; N]) -> Vec<fengsui_store::NewBlob> {
    kept.into_iter().filter_map(|kept| kept.new).collect()
}
