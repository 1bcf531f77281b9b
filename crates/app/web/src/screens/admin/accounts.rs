//! `GET /admin`: every account, and the form for a new one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{AccountLine, Capacity, Desk};
use fengsui_vocabulary::RoleId;

use super::{account_path, capacity_key};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::lang::Words;
use crate::page::{Page, Place};
use crate::parts::{
    Act, Field, FieldKind, Form, Header, Heading, Html, Link, Mood, Notice, Opt, Row, RowTone,
    StateBadge, Tab, Table, Tabs, Tone,
};
use crate::routes::ADMIN;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// The form for a new account.
pub(super) const FORM: &str = "account";

/// `GET /admin`
pub(super) async fn list(State(desk): State<Desk>, reader: SignedIn) -> Result<Response, WebError> {
    draw(&desk, &reader, None, None).await
}

/// The screen: perhaps with a form that came back, perhaps with a secret that is shown once.
pub(super) async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    returned: Option<&Returned>,
    secret: Option<Notice>,
) -> Result<Response, WebError> {
    let accounts = desk.accounts().await?;
    let lead = desk.lead_plan();
    let saying = Saying::to(&reader.visitor, lead.as_deref());
    let words = reader.words();
    let mut page = frame(reader, words.t("nav-accounts").into_owned());
    let is_shown = secret.is_some();
    page.notices.extend(secret);
    let unbound = desk.unbound_roles();
    if !unbound.is_empty() {
        let notice = Notice::new(Tone::Attention, words.tn("book-unbound-warning", unbound.len()));
        page.notices.push(notice.line(words.t("book-unbound-text")));
    }
    let form = returned.iter().fold(form(reader, &saying), |form, it| it.put_back(form));
    let accounts = Html::of(&table(&accounts, &saying));
    let status = returned.map_or(StatusCode::OK, Returned::status);
    let page = if is_shown { without_live(page) } else { page };
    drawn_as(
        status,
        &General {
            page,
            header: Header::new(words.t("nav-admin")),
            strip: None,
            tabs: Some(tabs(ADMIN, words)),
            sections: vec![Section::new("accounts", words.t("accounts"), accounts)],
            acts: vec![Act::new(words.t("account-create"), form)],
        },
    )
}

/// A screen of the administration.
pub(super) fn frame(reader: &SignedIn, title: String) -> Page {
    reader.page("admin", title, ADMIN)
}

/// A screen that shows a secret once must not be fetched again by itself.
pub(super) fn without_live(mut page: Page) -> Page {
    page.live = None;
    page
}

/// Accounts, roles.
pub(super) fn tabs(here: &str, words: Words) -> Tabs {
    let tab = |href: &str, key: &str| Tab {
        link: Link::new(href, words.t(key)),
        place: Place::is(&href, &here),
        count: None,
    };
    Tabs {
        label: words.t("nav-admin").into_owned(),
        tabs: vec![tab(ADMIN, "nav-accounts"), tab(super::ROLES, "nav-roles")],
    }
}

fn table(accounts: &[AccountLine], saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("account-name")),
        Heading::plain(words.t("account-person")),
        Heading::plain(words.t("account-organisation")),
        Heading::plain(words.t("account-capacities")),
        Heading::plain(words.t("account-roles")),
        Heading::plain(words.t("account-state")),
    ];
    Table::new(words.t("accounts"), headings, words.t("accounts-none"))
        .with(accounts.iter().map(|account| row(account, saying)))
}

fn row(account: &AccountLine, saying: &Saying<'_>) -> Row {
    let words = saying.words;
    let organisation = account.organisation.as_ref().map(|name| name.in_lang(saying.lang()));
    let row = Row::new(vec![
        Html::link(&account_path(&account.login), &account.login),
        Html::text(&account.name),
        Html::text(organisation.unwrap_or_default()),
        capacities(account, words),
        Html::text(roles(account, saying)),
        Html::of(&state(account, words)),
    ]);
    row.toned(if account.is_closed { RowTone::Quiet } else { RowTone::Plain })
}

/// Whether somebody may sign in with it.
pub(super) fn state(account: &AccountLine, words: Words) -> StateBadge {
    if account.is_closed {
        StateBadge::new(Mood::Quiet, words.t("account-state-ended"))
    } else {
        StateBadge::new(Mood::Active, words.t("account-state-active"))
    }
}

/// What the person may do.
pub(super) fn capacities(account: &AccountLine, words: Words) -> Html {
    let mark = |capacity: &Capacity| {
        Html::of(&StateBadge::new(Mood::Quiet, words.t(capacity_key(*capacity))))
    };
    Html::marks(account.capacities.iter().map(mark))
}

/// The roles of the plan, through the organisation or in person.
pub(super) fn roles(account: &AccountLine, saying: &Saying<'_>) -> String {
    let names: Vec<String> = account.roles.iter().map(|role: &RoleId| saying.role(role)).collect();
    names.join(&saying.words.t("book-and"))
}

fn form(reader: &SignedIn, saying: &Saying<'_>) -> Form {
    let words = reader.words();
    let capacity = |it: &Capacity| Opt::new(it.name(), words.t(capacity_key(*it)));
    let capacities = Capacity::ALL.iter().map(capacity).collect();
    let mut roles: Vec<Opt> = Vec::new();
    if let Some(plan) = saying.plan {
        let role = |role: &fengsui_plan::Role| {
            Opt::new(role.id.as_str(), role.label.in_lang(words.lang()))
        };
        roles.extend(plan.roles.values().filter(|it| is_personal(it)).map(role));
    }
    Form::new(FORM, "/admin/accounts", reader.csrf(), words.t("account-create"), words)
        .with(Field::line("login", words.t("account-name")).hint(words.t("admin-login-hint")))
        .with(Field::line("name", words.t("account-person")))
        .with(
            Field::line("organisation", words.t("account-organisation"))
                .optional()
                .hint(words.t("org-parent-hint")),
        )
        .with(
            Field::new("capacities", words.t("account-capacities"), FieldKind::Several(capacities))
                .optional(),
        )
        .with(
            Field::new("roles", words.t("admin-roles-in-person"), FieldKind::Several(roles))
                .optional()
                .hint(words.t("admin-roles-hint")),
        )
}

/// Roles that a person can fill, not only an organisation.
fn is_personal(role: &fengsui_plan::Role) -> bool {
    use fengsui_plan::Binding;

    match role.bound {
        Binding::Deployment | Binding::Optional | Binding::Outside => true,
        Binding::Affected
        | Binding::District
        | Binding::Sector
        | Binding::Set
        | Binding::Converted => false,
    }
}
