//! `GET /admin/roles`: the roles of the leading plan, and who fills them here.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Capacity, Desk, RoleLine};
use fengsui_plan::Binding;

use super::accounts::{frame, tabs};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::lang::Words;
use crate::page::Page;
use crate::parts::{
    Act, Field, FieldKind, Form, Header, Heading, Html, Mood, Notice, Opt, Row, RowTone,
    StateBadge, Table, Tone,
};
use crate::session::SignedIn;
use crate::views::{General, Section};

/// The form that binds a role.
pub(super) const FORM: &str = "bind";

/// `GET /admin/roles`
pub(super) async fn list(State(desk): State<Desk>, reader: SignedIn) -> Result<Response, WebError> {
    draw(&desk, &reader, None)
}

/// The screen, perhaps with a form that came back.
pub(super) fn draw(
    desk: &Desk,
    reader: &SignedIn,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let lines = desk.roles();
    let mut page = frame(reader, words.t("nav-roles").into_owned());
    warn(desk, &mut page, words);
    let acts = if reader.viewer.is(Capacity::PlanOfficer) {
        let form = form(reader, &lines);
        let form = returned.iter().fold(form, |form, returned| returned.put_back(form));
        vec![Act::new(words.t("role-bind"), form)]
    } else {
        Vec::new()
    };
    let table = Html::of(&table(&lines, words));
    let is_administrator = reader.viewer.is(Capacity::Administrator);
    drawn_as(
        returned.map_or(StatusCode::OK, Returned::status),
        &General {
            page,
            header: Header::new(words.t("nav-roles")).lead(words.t("admin-roles-lead")),
            strip: None,
            tabs: is_administrator.then(|| tabs(super::ROLES, words)),
            sections: vec![Section::new("roles", words.t("book-roles"), table)],
            acts,
        },
    )
}

/// Says which roles block the start.
fn warn(desk: &Desk, page: &mut Page, words: Words) {
    let unbound = desk.unbound_roles();
    if unbound.is_empty() {
        return;
    }
    let title = words.tn("book-unbound-warning", unbound.len());
    let names: Vec<&str> = unbound.iter().map(|role| role.label.in_lang(words.lang())).collect();
    let notice = Notice::new(Tone::Attention, title).line(words.t("book-unbound-text"));
    page.notices.push(notice.line(names.join(&words.t("book-and"))));
}

fn table(lines: &[RoleLine], words: Words) -> Table {
    let headings = vec![
        Heading::key(words.t("role")),
        Heading::plain(words.t("book-bound")),
        Heading::plain(words.t("role-bound-to")),
    ];
    Table::new(words.t("book-roles"), headings, words.t("plans-none"))
        .with(lines.iter().map(|line| row(line, words)))
}

fn row(line: &RoleLine, words: Words) -> Row {
    let lang = words.lang();
    let is_open = line.role.bound == Binding::Deployment && line.filled_by.is_empty();
    let filled = if is_open {
        Html::of(&StateBadge::new(Mood::Attention, words.t("book-nobody")))
    } else {
        Html::stacked(line.filled_by.iter().map(|(_, name)| Html::text(name.in_lang(lang))))
    };
    let row = Row::new(vec![
        Html::two_lines(line.role.label.in_lang(lang), line.role.id.as_str()),
        Html::text(words.t(bound_key(line.role.bound))),
        filled,
    ]);
    row.toned(if is_open { RowTone::Over } else { RowTone::Plain })
}

const fn bound_key(binding: Binding) -> &'static str {
    match binding {
        Binding::Deployment => "book-bound-deployment",
        Binding::Optional => "book-bound-optional",
        Binding::Affected => "book-bound-affected",
        Binding::District => "book-bound-district",
        Binding::Set => "book-bound-set",
        Binding::Sector => "book-bound-sector",
        Binding::Outside => "book-bound-outside",
        Binding::Converted => "book-bound-converted",
    }
}

/// Roles that are bound to organisations; the others become somebody by facts or decisions.
fn form(reader: &SignedIn, lines: &[RoleLine]) -> Form {
    let words = reader.words();
    let is_bound = |line: &&RoleLine| match line.role.bound {
        Binding::Deployment
        | Binding::Optional
        | Binding::Outside
        | Binding::District
        | Binding::Sector => true,
        Binding::Affected | Binding::Set | Binding::Converted => false,
    };
    let choice =
        |line: &RoleLine| Opt::new(line.role.id.as_str(), line.role.label.in_lang(words.lang()));
    let choices = lines.iter().filter(is_bound).map(choice).collect();
    Form::new(FORM, super::ROLES, reader.csrf(), words.t("role-bind"), words)
        .with(Field::new("role", words.t("role"), FieldKind::Select(choices)))
        .with(Field::line("organisation", words.t("organisation")).hint(words.t("admin-bind-hint")))
}
