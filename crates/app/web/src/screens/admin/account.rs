//! `GET /admin/accounts/{login}`: one account, and what can be done with it.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{AccountLine, Desk, DeskFault};

use super::account_path;
use super::accounts::{capacities, frame, roles, state, without_live};
use crate::answer::drawn;
use crate::error::WebError;
use crate::parts::{Act, Field, Form, Header, Html, Link, Notice, Pairs, Weight};
use crate::routes::ADMIN;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// `GET /admin/accounts/{login}`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(login): Path<String>,
) -> Result<Response, WebError> {
    draw(&desk, &reader, &login, None).await
}

/// The screen, perhaps with a secret that is shown once.
pub(super) async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    login: &str,
    secret: Option<Notice>,
) -> Result<Response, WebError> {
    let account = desk.accounts().await?.into_iter().find(|account| account.login == login);
    let account = account.ok_or(DeskFault::Absent)?;
    let lead = desk.lead_plan();
    let saying = Saying::to(&reader.visitor, lead.as_deref());
    let words = reader.words();
    let mut page = frame(reader, account.login.clone());
    if let Some(secret) = secret {
        page = without_live(page);
        page.notices.push(secret);
    }
    let header = Header::new(account.name.clone())
        .below(vec![Link::new(ADMIN, words.t("nav-accounts"))], words)
        .mark(Html::of(&state(&account, words)));
    let about = Html::of(&about(&account, &saying));
    drawn(&General {
        page,
        header,
        strip: None,
        tabs: None,
        sections: vec![Section::new("account", words.t("account"), about)],
        acts: if account.is_closed { Vec::new() } else { acts(reader, &account) },
    })
}

fn about(account: &AccountLine, saying: &Saying<'_>) -> Pairs {
    let words = saying.words;
    let organisation = account.organisation.as_ref().map(|name| name.in_lang(saying.lang()));
    Pairs::default()
        .with(words.t("account-name"), Html::text(&account.login))
        .with(words.t("account-organisation"), Html::text(organisation.unwrap_or_default()))
        .with(words.t("account-capacities"), capacities(account, words))
        .with(words.t("account-roles"), Html::text(roles(account, saying)))
}

fn acts(reader: &SignedIn, account: &AccountLine) -> Vec<Act> {
    let words = reader.words();
    let at = |part: &str| format!("{}/{part}", account_path(&account.login));
    let form = |id: &str, action: &str, key: &str| {
        let mut form = Form::new(id, action, reader.csrf(), words.t(key), words);
        form.draft = None;
        form
    };
    let client =
        || Field::line("client", words.t("admin-client")).hint(words.t("admin-client-hint"));
    let act = |key: &str, lead: &str, form: Form| {
        let mut act = Act::new(words.t(key), form);
        act.lead = Some(words.t(lead).into_owned());
        act
    };
    let reset = form("password", &at("password"), "account-reset-password");
    let token = form("token", &at("tokens"), "token-create").with(client());
    let revoke = form("revoke", "/admin/tokens/revoke", "admin-revoke")
        .hiding("login", account.login.clone())
        .with(client());
    let close = form("close", &at("close"), "account-end").weighing(Weight::Grave);
    vec![
        act("account-reset-password", "admin-reset-lead", reset),
        act("token-create", "admin-token-lead", token),
        act("admin-revoke", "admin-revoke-lead", revoke),
        act("account-end", "admin-close-lead", close),
    ]
}
