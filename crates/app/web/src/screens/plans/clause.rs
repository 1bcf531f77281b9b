//! `/plans/{plan}/clause`: one clause with its official wording and every ruling on it.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Capacity, Desk, NewRuling, RulingView, WORDING_BYTES_MAX};
use fengsui_plan::Clause;
use fengsui_response::PlanRef;
use fengsui_vocabulary::{ClauseId, Lang, PlanId};
use serde::Deserialize;

use super::book::{lines, small};
use super::evidence::badge;
use super::frame::{Frame, Leaf};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::parts::{
    Act, Field, FieldKind, Form, Html, Item, Items, Mood, Opt, Pairs, Sends, StateBadge,
};
use crate::routes;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::Section;

/// Which clause.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    number: String,
}

/// What is done to a clause.
#[derive(Clone, Copy)]
enum Verb {
    Rule,
    WithdrawRuling,
    AttachWording,
}

/// The page of a clause.
pub(super) fn path(plan: &PlanId, clause: &ClauseId) -> String {
    let number = crate::page::escaped(clause.as_str());
    format!("{}/clause?number={number}", routes::plan(plan))
}

/// `GET /plans/{plan}/clause`
pub(super) async fn clause(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let page = Page::of(&desk, reader, &plan, &asked.number)?;
    page.draw(&desk, StatusCode::OK, None).await
}

/// `POST /plans/{plan}/rulings`
pub(super) async fn rule(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    sent: Sent,
) -> Result<Response, WebError> {
    done(&desk, reader, &plan, (Verb::Rule, sent)).await
}

/// `POST /plans/{plan}/rulings/withdraw`
pub(super) async fn withdraw_ruling(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    sent: Sent,
) -> Result<Response, WebError> {
    done(&desk, reader, &plan, (Verb::WithdrawRuling, sent)).await
}

/// `POST /plans/{plan}/wordings`
pub(super) async fn attach_wording(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    sent: Sent,
) -> Result<Response, WebError> {
    done(&desk, reader, &plan, (Verb::AttachWording, sent)).await
}

async fn done(
    desk: &Desk,
    reader: SignedIn,
    plan: &PlanId,
    (verb, sent): (Verb, Sent),
) -> Result<Response, WebError> {
    let page = Page::of(desk, reader, plan, sent.text("clause"))?;
    match page.carry_out(desk, verb, &sent).await {
        Ok(()) => {
            let path = path(&page.frame.plan.id, &page.clause.id);
            Ok(page.frame.reader.visitor.on_to(&path, verb.said()))
        }
        Err(error) => {
            let returned = Returned::of(verb.form(), sent, error, &page.frame.reader.visitor)?;
            page.draw(desk, returned.status(), Some(&returned)).await
        }
    }
}

impl Verb {
    const fn form(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::WithdrawRuling => "withdraw-ruling",
            Self::AttachWording => "attach-wording",
        }
    }

    const fn said(self) -> &'static str {
        match self {
            Self::Rule => "said-plan-ruled",
            Self::WithdrawRuling => "said-plan-ruling-withdrawn",
            Self::AttachWording => "said-plan-wording",
        }
    }
}

/// One clause before one reader.
struct Page {
    frame: Frame,
    clause: Clause,
}

impl Page {
    fn of(desk: &Desk, reader: SignedIn, plan: &PlanId, number: &str) -> Result<Self, WebError> {
        let frame = Frame::of(desk, reader, plan)?;
        let clauses = &frame.plan.clauses;
        let clause = if number.is_empty() {
            clauses.values().min_by_key(|clause| clause.place)
        } else {
            number.parse::<ClauseId>().ok().and_then(|clause| clauses.get(&clause))
        };
        let clause = clause.cloned().ok_or(WebError::NoSuchPage)?;
        Ok(Self { frame, clause })
    }

    async fn carry_out(&self, desk: &Desk, verb: Verb, sent: &Sent) -> Result<(), WebError> {
        let (plan, clause) = (&self.frame.plan, self.clause.id.clone());
        let by = &self.frame.reader.viewer.actor;
        let mut reading = Reading::of(sent, &self.frame.reader.visitor);
        match verb {
            Verb::Rule => {
                let said = reading.prose("question").zip(reading.prose("ruling"));
                let role = reading.choice_or_none("role");
                let (question, ruling) = reading.done(said)?;
                let plan = plan.id.clone();
                let new = NewRuling { plan, clause, question, ruling, role };
                desk.interpret_clause(by, new).await?;
            }
            Verb::WithdrawRuling => {
                let number = reading.choice::<u32>("number");
                let reason = reading.line("reason");
                let (number, reason) = reading.done(number.zip(reason))?;
                desk.withdraw_interpretation(by, number, reason).await?;
            }
            Verb::AttachWording => {
                let bytes = wording(sent, &mut reading);
                let bytes = reading.done(bytes)?;
                let edition = PlanRef::of(plan);
                desk.attach_wording(by, &edition, Some(clause), bytes).await?;
            }
        }
        Ok(())
    }

    async fn draw(
        &self,
        desk: &Desk,
        status: StatusCode,
        returned: Option<&Returned>,
    ) -> Result<Response, WebError> {
        let (frame, words) = (&self.frame, self.frame.reader.words());
        let rulings = desk.rulings(&frame.plan.id, &self.clause.id).await?;
        let wording = desk.wording(&PlanRef::of(&frame.plan), &self.clause.id).await?;
        let wording = match wording {
            Some(wording) => {
                let by = format!("{} ", wording.by_name);
                let at = Html::of(&frame.saying().moment(wording.at));
                lines([
                    Html::text(String::from_utf8_lossy(&wording.bytes)),
                    Html::marks([small(&by), at]),
                ])
            }
            None => Html::text(words.t("book-official-absent")),
        };
        let sections = vec![
            Section::new("clause", self.clause.id.as_str(), Html::of(&self.text())),
            Section::new("wording", words.t("clause-official"), wording),
            Section::new("rulings", words.t("plan-rulings"), Html::of(&self.rulings(&rulings))),
        ];
        let mut view = frame.general(Leaf::Book, sections);
        if frame.reader.viewer.is(Capacity::PlanOfficer) {
            view.acts = self.acts(&rulings, returned);
        }
        drawn_as(status, &view)
    }

    fn text(&self) -> Pairs {
        let words = self.frame.reader.words();
        let mut pairs = Pairs::default()
            .with(words.t("plan-paraphrase"), Html::text(self.clause.text.in_lang(words.lang())));
        if words.lang() != Lang::Zh {
            pairs = pairs.with(words.t("plan-chinese"), Html::text(&self.clause.text.zh));
        }
        pairs
            .with(words.t("clause-evidence"), Html::of(&badge(self.clause.evidence, words)))
            .with(words.t("plan-source"), Html::text(&self.clause.source))
    }

    /// Every ruling, the newest first; what was withdrawn stays readable.
    fn rulings(&self, rulings: &[RulingView]) -> Items {
        let words = self.frame.reader.words();
        Items {
            items: rulings.iter().map(|ruling| self.ruling(ruling)).collect(),
            empty: words.t("plan-rulings-none").into_owned(),
        }
    }

    fn ruling(&self, ruling: &RulingView) -> Item {
        let (words, saying) = (self.frame.reader.words(), self.frame.saying());
        let erased = words.t("plan-erased");
        let said =
            |text: Option<&str>| text.map_or_else(|| erased.clone().into_owned(), str::to_owned);
        let role = ruling.role.as_ref().map(|role| saying.role(role)).unwrap_or_default();
        let withdrawn = ruling.withdrawn.as_ref().map(|(at, why)| {
            lines([
                Html::of(&StateBadge::new(Mood::Quiet, words.t("plan-life-withdrawn"))),
                Html::of(&saying.moment(*at)),
                small(why),
            ])
        });
        let question = said(ruling.question.as_deref());
        let number = words.ta("plan-ruling-number", &[("n", &ruling.number.to_string())]);
        Item {
            title: lines([small(&number), Html::text(question)]),
            text: said(ruling.ruling.as_deref()),
            side: lines([
                small(&format!("{} {role}", ruling.by_name)),
                Html::of(&saying.moment(ruling.at)),
                withdrawn.unwrap_or_default(),
            ]),
        }
    }

    fn acts(&self, rulings: &[RulingView], returned: Option<&Returned>) -> Vec<Act> {
        let words = self.frame.reader.words();
        let mut acts = vec![("plan-rule", self.ruling_form())];
        let open: Vec<Opt> = rulings
            .iter()
            .filter(|ruling| ruling.withdrawn.is_none())
            .map(|ruling| {
                let number = ruling.number.to_string();
                let text = words.ta("plan-ruling-number", &[("n", &number)]);
                Opt::new(number, text)
            })
            .collect();
        if !open.is_empty() {
            let number = Field::new("number", words.t("plan-ruling"), FieldKind::Select(open));
            let form = self
                .form("withdraw-ruling", "/rulings/withdraw", "plan-withdraw")
                .with(number)
                .with(Field::line("reason", words.t("plan-reason")));
            acts.push(("plan-withdraw-ruling", form));
        }
        acts.push(("plan-attach-wording", self.wording_form()));
        let back = |form: Form| match returned {
            Some(returned) => returned.put_back(form),
            None => form,
        };
        acts.into_iter().map(|(key, form)| Act::new(words.t(key), back(form))).collect()
    }

    fn form(&self, id: &str, path: &str, submit: &str) -> Form {
        let (reader, words) = (&self.frame.reader, self.frame.reader.words());
        let action = format!("{}{path}", routes::plan(&self.frame.plan.id));
        Form::new(id, &action, reader.csrf(), words.t(submit), words)
            .hiding("clause", self.clause.id.as_str())
    }

    fn ruling_form(&self) -> Form {
        let words = self.frame.reader.words();
        let actor = &self.frame.reader.viewer.actor;
        let leads = actor.lead.as_ref() == Some(&self.frame.plan.id);
        let elsewhere = actor.elsewhere.get(&self.frame.plan.id);
        let own = if leads { Some(&actor.roles) } else { elsewhere };
        let roles = own
            .into_iter()
            .flatten()
            .map(|role| Opt::new(role.as_str(), self.frame.wording().role(role)));
        let nobody = Opt::new("", words.t("plan-no-role"));
        let roles: Vec<Opt> = std::iter::once(nobody).chain(roles).collect();
        self.form("rule", "/rulings", "plan-rule")
            .with(Field::prose("question", words.t("plan-question")))
            .with(Field::prose("ruling", words.t("plan-holds")))
            .with(Field::new("role", words.t("inc-in-role"), FieldKind::Select(roles)).optional())
    }

    fn wording_form(&self) -> Form {
        let words = self.frame.reader.words();
        let file =
            Field::new("file", words.t("plan-wording-file"), FieldKind::Files(".txt,text/plain"));
        let mut form = self
            .form("attach-wording", "/wordings", "plan-attach-wording")
            .with(file.optional())
            .with(
                Field::prose("wording", words.t("clause-official"))
                    .hint(words.t("plan-wording-hint"))
                    .optional(),
            );
        form.sends = Sends::Files;
        form
    }
}

/// The wording: a file, or what was typed. Text only, so that it can be shown beside the clause.
fn wording(sent: &Sent, reading: &mut Reading<'_>) -> Option<Vec<u8>> {
    let bytes = match sent.files.first() {
        Some(file) => file.file.bytes.clone(),
        None => sent.text("wording").trim().as_bytes().to_vec(),
    };
    let problem = match std::str::from_utf8(&bytes) {
        Err(_) => "error-text",
        Ok(_) if bytes.is_empty() => "error-needed",
        Ok(_) if bytes.len() > WORDING_BYTES_MAX => "error-files-too-large",
        Ok(_) => return Some(bytes),
    };
    reading.wrong("file", problem);
    None
}
