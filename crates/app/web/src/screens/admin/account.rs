//! `GET /admin/accounts/{login}`: one account, and what can be done with it.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{AccountLine, Desk, DeskFault, Reached};
use fengsui_vocabulary::Lang;

use super::account_path;
use super::accounts::{capacities, frame, roles, state, without_live};
use super::set_reached::FORM;
use crate::answer::{drawn, drawn_as};
use crate::error::WebError;
use crate::form::Returned;
use crate::parts::{Act, Field, FieldKind, Form, Header, Html, Link, Notice, Opt, Pairs, Weight};
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

/// The screen with a form that came back.
pub(super) async fn draw_returned(
    desk: &Desk,
    reader: &SignedIn,
    login: &str,
    returned: &Returned,
) -> Result<Response, WebError> {
    drawn_as(returned.status(), &screen(desk, reader, login, Some(returned)).await?)
}

/// The screen, perhaps with a secret that is shown once.
pub(super) async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    login: &str,
    secret: Option<Notice>,
) -> Result<Response, WebError> {
    let mut view = screen(desk, reader, login, None).await?;
    if let Some(secret) = secret {
        view.page = without_live(view.page);
        view.page.notices.push(secret);
    }
    drawn(&view)
}

async fn screen(
    desk: &Desk,
    reader: &SignedIn,
    login: &str,
    returned: Option<&Returned>,
) -> Result<General, WebError> {
    let account = desk.accounts().await?.into_iter().find(|account| account.login == login);
    let account = account.ok_or(DeskFault::Absent)?;
    let lead = desk.lead_plan();
    let saying = Saying::to(&reader.visitor, lead.as_deref());
    let words = reader.words();
    let page = frame(reader, account.login.clone());
    let reached = desk.directory().reached(account.person);
    let header = Header::new(account.name.clone())
        .below(vec![Link::new(ADMIN, words.t("nav-accounts"))], words)
        .mark(Html::of(&state(&account, words)));
    let about = Html::of(&about(&account, &saying));
    let mut acts = if account.is_closed { Vec::new() } else { acts(reader, &account) };
    if !account.is_closed {
        let form = reached_form(reader, &account, &reached);
        let form = returned.iter().fold(form, |form, it| it.put_back(form));
        acts.insert(0, Act::new(words.t("account-reached"), form));
    }
    Ok(General {
        page,
        header,
        strip: None,
        tabs: None,
        sections: vec![Section::new("account", words.t("account"), about)],
        acts,
    })
}

fn reached_form(reader: &SignedIn, account: &AccountLine, reached: &Reached) -> Form {
    let words = reader.words();
    let action = format!("{}/reached", account_path(&account.login));
    let lang =
        |lang: Lang, key: &str| Opt::new(if lang == Lang::Zh { "zh" } else { "en" }, words.t(key));
    let langs = vec![lang(Lang::Zh, "account-lang-zh"), lang(Lang::En, "account-lang-en")];
    let chosen = if reached.lang == Lang::Zh { "zh" } else { "en" };
    let mut form = Form::new(FORM, &action, reader.csrf(), words.t("account-reached-save"), words)
        .with(
            Field::new("mail", words.t("account-mail"), FieldKind::Line("email"))
                .optional()
                .value(reached.mail.clone().unwrap_or_default()),
        )
        .with(
            Field::new("mobile", words.t("account-mobile"), FieldKind::Line("tel"))
                .optional()
                .hint(words.t("account-mobile-hint"))
                .value(reached.mobile.clone().unwrap_or_default()),
        )
        .with(Field::new("lang", words.t("account-lang"), FieldKind::Radio(langs)).value(chosen));
    form.draft = None;
    form
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
    let push = Field::new("push", words.t("admin-token-push"), FieldKind::Tick).optional();
    let token = form("token", &at("tokens"), "token-create").with(client()).with(push);
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
