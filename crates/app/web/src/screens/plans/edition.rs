//! `/plans/{plan}/edition`: one edition on its way into force: checked, compared with the one in force,
//! replayed on past incidents, approved by another, adopted.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Capacity, Desk, EditionLine, Replayed};
use fengsui_plan::{Library, Plan};
use fengsui_response::PlanRef;
use fengsui_response::centre::Life;
use fengsui_vocabulary::PlanId;
use jiff::civil::Date;
use serde::Deserialize;

use super::book::{lines, small};
use super::compare::Screen;
use super::editions::{EDITIONS, life, next, verdict};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::parts::{
    Act, Field, FieldKind, Form, Header, Heading, Html, Link, Mood, Pairs, Row, RowTone,
    StateBadge, Table,
};
use crate::routes::{self, PLANS};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// Which edition, and whether past incidents are replayed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    hash: String,
    #[serde(default)]
    replay: String,
}

/// What is done to an edition.
#[derive(Clone, Copy)]
enum Verb {
    Approve,
    Withdraw,
    Adopt,
}

/// The page of an edition.
pub(super) fn path(edition: &PlanRef) -> String {
    format!("{}/edition?hash={}", routes::plan(&edition.plan), edition.hash)
}

/// `GET /plans/{plan}/edition`
pub(super) async fn edition(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let page = Edition::of(&desk, &reader, &plan, &asked.hash)?;
    let may = reader.viewer.is(Capacity::PlanOfficer);
    let replayed = match &page.in_force {
        Some(in_force) if asked.replay == "yes" && may => {
            Some(desk.replay(&PlanRef::of(in_force), &page.line.edition, |_, _| {}).await?)
        }
        Some(_) | None => None,
    };
    drawn_as(StatusCode::OK, &page.view(&desk, replayed.as_deref(), None).await?)
}

/// `POST /plans/{plan}/edition/approve`
pub(super) async fn approve(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    sent: Sent,
) -> Result<Response, WebError> {
    done(&desk, &reader, &plan, (Verb::Approve, sent)).await
}

/// `POST /plans/{plan}/edition/withdraw`
pub(super) async fn withdraw(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    sent: Sent,
) -> Result<Response, WebError> {
    done(&desk, &reader, &plan, (Verb::Withdraw, sent)).await
}

/// `POST /plans/{plan}/adopt`
pub(super) async fn adopt(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    sent: Sent,
) -> Result<Response, WebError> {
    done(&desk, &reader, &plan, (Verb::Adopt, sent)).await
}

async fn done(
    desk: &Desk,
    reader: &SignedIn,
    plan: &PlanId,
    (verb, sent): (Verb, Sent),
) -> Result<Response, WebError> {
    let page = Edition::of(desk, reader, plan, sent.text("hash"))?;
    match verb.carried_out(desk, reader, (&page.line.edition, &sent)).await {
        Ok(()) => Ok(reader.visitor.on_to(&path(&page.line.edition), verb.said())),
        Err(error) => {
            let returned = Returned::of(verb.form(), sent, error, &reader.visitor)?;
            drawn_as(returned.status(), &page.view(desk, None, Some(&returned)).await?)
        }
    }
}

impl Verb {
    async fn carried_out(
        self,
        desk: &Desk,
        reader: &SignedIn,
        (edition, sent): (&PlanRef, &Sent),
    ) -> Result<(), WebError> {
        let by = &reader.viewer.actor;
        let mut reading = Reading::of(sent, &reader.visitor);
        match self {
            Self::Approve => desk.approve_pack(by, edition).await?,
            Self::Withdraw => {
                let reason = reading.line("reason");
                desk.withdraw_draft(by, edition, reading.done(reason)?).await?;
            }
            Self::Adopt => {
                let from = reading.choice_or_none::<Date>("from");
                let from = reading.done(Some(from))?;
                desk.adopt_edition(by, edition, from).await?;
            }
        }
        Ok(())
    }

    const fn form(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Withdraw => "withdraw",
            Self::Adopt => "adopt",
        }
    }

    const fn said(self) -> &'static str {
        match self {
            Self::Approve => "said-plan-approved",
            Self::Withdraw => "said-plan-withdrawn",
            Self::Adopt => "said-plan-adopted",
        }
    }
}

/// One edition before one reader.
struct Edition<'a> {
    reader: &'a SignedIn,
    line: EditionLine,
    plan: Arc<Plan>,
    /// The edition in force, if it is another one.
    in_force: Option<Arc<Plan>>,
}

impl<'a> Edition<'a> {
    fn of(desk: &Desk, reader: &'a SignedIn, plan: &PlanId, hash: &str) -> Result<Self, WebError> {
        let of_plan = |line: &EditionLine| line.edition.plan == *plan;
        let mut lines: Vec<EditionLine> =
            desk.editions_of_plans().into_iter().filter(of_plan).collect();
        // Without a digest it is the edition that is furthest on its way.
        lines.sort_by_key(|line| line.life);
        let line = lines.into_iter().rfind(|it| hash.is_empty() || it.edition.hash == hash);
        let line = line.ok_or(WebError::NoSuchPage)?;
        let at_hand = desk.edition(&line.edition).ok_or(WebError::NoSuchPage)?;
        let in_force = reader.visitor.directory().centre().edition(plan).cloned();
        let in_force = in_force.filter(|it| *it != line.edition).and_then(|it| desk.edition(&it));
        Ok(Self { reader, line, plan: at_hand, in_force })
    }

    fn saying(&self) -> Saying<'_> {
        Saying::to(&self.reader.visitor, Some(&self.plan))
    }

    async fn view(
        &self,
        desk: &Desk,
        replayed: Option<&[Replayed]>,
        returned: Option<&Returned>,
    ) -> Result<General, WebError> {
        let words = self.reader.words();
        let mut sections =
            vec![Section::new("state", words.t("plan-edition-state"), Html::of(&self.state()))];
        if self.line.draft.is_some() {
            let findings = desk.findings(&self.line.edition).await?;
            let table = kept_findings(&findings, self.reader);
            sections.push(Section::new("found", words.t("book-check"), Html::of(&table)));
        }
        if let Some(in_force) = &self.in_force {
            let screen = Screen::between(self.reader, in_force, &self.plan);
            let changes = Html::of(&screen.changes());
            sections.push(Section::new("changes", words.t("plan-against-force"), changes));
            if self.reader.viewer.is(Capacity::PlanOfficer) {
                let body = self.replay(replayed);
                sections.push(Section::new("replay", words.t("plan-replay"), body));
            }
        }
        let title = self.plan.about.title.in_lang(words.lang());
        let crumbs =
            vec![Link::new(PLANS, words.t("plans")), Link::new(EDITIONS, words.t("plan-editions"))];
        Ok(General {
            page: self.reader.page("plan-edition", title, PLANS),
            header: Header::new(title).below(crumbs, words),
            strip: None,
            tabs: None,
            sections,
            acts: self.acts(returned),
        })
    }

    fn state(&self) -> Pairs {
        let (words, saying, line) = (self.reader.words(), self.saying(), &self.line);
        let who = |name: &str, at| lines([Html::text(name), Html::of(&saying.moment(at))]);
        let mut pairs = Pairs::default()
            .with(words.t("book-state"), Html::of(&life(line.life, words)))
            .with(words.t("plan-edition"), Html::text(&self.plan.about.edition))
            .with(words.t("plan-hash"), Html::text(&line.edition.hash));
        if let Some(draft) = &line.draft {
            pairs = pairs
                .with(words.t("plan-drafted"), who(&draft.by_name, draft.at))
                .with(words.t("plan-signature"), Html::of(&verdict(&draft.signature, words)));
            if let Some((by, at)) = draft.approved {
                pairs = pairs.with(words.t("plan-approved"), who(&saying.person(by), at));
            }
            if let Some(reason) = &draft.withdrawn {
                pairs = pairs.with(words.t("plan-life-withdrawn"), Html::text(reason.to_string()));
            }
        }
        for (key, at) in
            [("book-adopted-at", line.adopted_at), ("plan-in-force", line.in_force_from)]
        {
            if let Some(at) = at {
                pairs = pairs.with(words.t(key), Html::of(&saying.moment(at)));
            }
        }
        let next = next(&line.next, &saying);
        if next.is_empty() { pairs } else { pairs.with(words.t("plan-next"), Html::text(next)) }
    }

    /// What past incidents would have asked of whom; worked out only when somebody wants it.
    fn replay(&self, replayed: Option<&[Replayed]>) -> Html {
        let words = self.reader.words();
        let Some(replayed) = replayed else {
            let link = format!("{}&replay=yes#replay", path(&self.line.edition));
            return lines([
                Html::text(words.t("plan-replay-lead")),
                Html::link(&link, &words.t("plan-replay-do")),
            ]);
        };
        let headings = vec![
            Heading::key(words.t("plan-incident")),
            Heading::plain(words.t("plan-change")),
            Heading::plain(words.t("plan-for-whom")),
        ];
        let rows = replayed.iter().flat_map(|past| {
            past.differences.iter().map(|difference| {
                let who = difference.who.as_ref().map(|who| self.saying().role(who));
                Row::new(vec![
                    Html::text(&past.number),
                    Html::text(difference.text.in_lang(words.lang())),
                    Html::text(who.unwrap_or_default()),
                ])
            })
        });
        let table = Table::new(words.t("plan-replay"), headings, words.t("plan-replay-same"));
        Html::of(&table.with(rows.take(ROWS_MAX)))
    }

    fn acts(&self, returned: Option<&Returned>) -> Vec<Act> {
        let (words, reader) = (self.reader.words(), self.reader);
        if !reader.viewer.is(Capacity::PlanOfficer) {
            return Vec::new();
        }
        let mut acts: Vec<Act> = match self.line.life {
            Life::AtHand if self.ships() => vec![self.draft_shipped()],
            Life::Drafted => vec![self.approving(), self.withdrawing()],
            Life::Approved => vec![self.adopting(), self.withdrawing()],
            Life::Superseded => vec![self.adopting()],
            Life::AtHand | Life::Withdrawn | Life::Coming | Life::InForce => Vec::new(),
        };
        for act in &mut acts {
            let form = std::mem::replace(&mut act.form, Form::new("", "", "", "", words));
            act.form = match returned {
                Some(returned) => returned.put_back(form),
                None => form,
            };
        }
        acts
    }

    fn ships(&self) -> bool {
        let shipped = Library::shipped().plan(&self.plan.id);
        shipped.is_some_and(|it| it.hash == self.line.edition.hash)
    }

    fn form(&self, id: &str, path: &str, key: &str) -> Form {
        let words = self.reader.words();
        let action = format!("{}{path}", routes::plan(&self.plan.id));
        let mut form = Form::new(id, &action, self.reader.csrf(), words.t(key), words)
            .hiding("hash", &*self.line.edition.hash);
        form.draft = None;
        form
    }

    fn draft_shipped(&self) -> Act {
        let words = self.reader.words();
        let submit = words.t("plan-draft-do");
        let mut form = Form::new("draft", EDITIONS, self.reader.csrf(), submit, words)
            .hiding("shipped", self.plan.id.as_str());
        form.draft = None;
        Act {
            lead: Some(words.t("plan-draft-lead").into_owned()),
            ..Act::new(words.t("plan-draft"), form)
        }
    }

    fn approving(&self) -> Act {
        let words = self.reader.words();
        let form = self.form("approve", "/edition/approve", "plan-approve");
        let own = self.line.draft.as_ref().map(|draft| draft.by);
        let key = if own == Some(self.reader.viewer.actor.person) {
            "plan-approve-own"
        } else {
            "plan-approve-lead"
        };
        Act { lead: Some(words.t(key).into_owned()), ..Act::new(words.t("plan-approve"), form) }
    }

    fn withdrawing(&self) -> Act {
        let words = self.reader.words();
        let form = self.form("withdraw", "/edition/withdraw", "plan-withdraw");
        let form = form.with(Field::line("reason", words.t("plan-reason")));
        Act::new(words.t("plan-withdraw"), form)
    }

    fn adopting(&self) -> Act {
        let words = self.reader.words();
        let from = Field::new("from", words.t("plan-adopt-from"), FieldKind::Line("date"));
        let form = self.form("adopt", "/adopt", "plan-adopt");
        let form = form.with(from.hint(words.t("plan-adopt-from-hint")).optional());
        Act {
            lead: Some(words.t("plan-adopt-lead").into_owned()),
            ..Act::new(words.t("plan-adopt"), form)
        }
    }
}

/// What the check of a draft found, as it was kept.
fn kept_findings(findings: &[fengsui_desk::content::Finding], reader: &SignedIn) -> Table {
    let words = reader.words();
    let headings = vec![
        Heading::key(words.t("plan-finding")),
        Heading::plain(words.t("plan-finding-place")),
        Heading::plain(words.t("plan-finding-help")),
    ];
    let row = |finding: &fengsui_desk::content::Finding| {
        let (mood, key, tone) = if finding.is_error {
            (Mood::Attention, "plan-finding-error", RowTone::Over)
        } else {
            (Mood::Waiting, "plan-finding-look", RowTone::Plain)
        };
        let (line, column) = (finding.line.to_string(), finding.column.to_string());
        Row::new(vec![
            lines([
                Html::marks([
                    Html::of(&StateBadge::new(mood, words.t(key))),
                    Html::text(&finding.what),
                ]),
                small(&finding.code),
            ]),
            Html::text(words.ta("plan-finding-at", &[("line", &line), ("column", &column)])),
            Html::text(&finding.help),
        ])
        .toned(tone)
    };
    Table::new(words.t("book-check"), headings, words.t("book-check-nothing"))
        .with(findings.iter().map(row))
}

/// Differences on one screen at most.
const ROWS_MAX: usize = 1_000;
