//! `GET /organisations/tree`: who is under whom, as far as the reader may see.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::response::Response;
use fengsui_desk::Directory;
use fengsui_vocabulary::OrganisationId;

use super::list::{district, header, tabs};
use crate::answer::drawn;
use crate::error::WebError;
use crate::lang::Words;
use crate::page::{Page, Place};
use crate::parts::{Header, Link, Tabs};
use crate::routes::{self, ORGANISATIONS};
use crate::session::SignedIn;

/// Organisations on one screen at most; the list has the rest.
const SHOWN_MAX: usize = 2_000;

/// How deep the tree is drawn.
const DEPTH_MAX: usize = 12;

#[derive(Debug, Template)]
#[template(path = "organisation_tree.html")]
struct Tree {
    page: Page,
    header: Header,
    tabs: Tabs,
    branches: Vec<Branch>,
}

/// One organisation and those below it.
#[derive(Debug, Template)]
#[template(path = "parts/branch.html")]
struct Branch {
    link: Link,
    place: String,
    below: Vec<Branch>,
}

impl askama::filters::HtmlSafe for Branch {}

/// `GET /organisations/tree`
pub(super) async fn tree(reader: SignedIn) -> Result<Response, WebError> {
    let words = reader.words();
    let directory = reader.visitor.directory();
    let seen = seen(&reader, directory);
    let mut below: BTreeMap<Option<OrganisationId>, Vec<OrganisationId>> = BTreeMap::new();
    for &organisation in &seen {
        let parent = directory.details(organisation).and_then(|details| details.parent);
        below.entry(parent.filter(|parent| seen.contains(parent))).or_default().push(organisation);
    }
    drawn(&Tree {
        page: reader.page("organisations", words.t("organisations"), ORGANISATIONS),
        header: header(&reader),
        tabs: tabs("/organisations/tree", words),
        branches: branches(None, &below, directory, (words, DEPTH_MAX)),
    })
}

fn seen(reader: &SignedIn, directory: &Directory) -> BTreeSet<OrganisationId> {
    let is_seen = |id: &OrganisationId| directory.shows(*id, &reader.viewer);
    directory.organisations().map(|(id, _)| id).filter(is_seen).take(SHOWN_MAX).collect()
}

fn branches(
    parent: Option<OrganisationId>,
    below: &BTreeMap<Option<OrganisationId>, Vec<OrganisationId>>,
    directory: &Directory,
    (words, depth): (Words, usize),
) -> Vec<Branch> {
    let Some(deeper) = depth.checked_sub(1) else { return Vec::new() };
    let branch = |&id: &OrganisationId| {
        let code = directory.details(id).and_then(|details| details.district.as_ref());
        Branch {
            link: Link::new(routes::organisation(id), directory.name_of(id).in_lang(words.lang())),
            place: district(code.map(fengsui_vocabulary::DistrictCode::as_str), words),
            below: branches(Some(id), below, directory, (words, deeper)),
        }
    };
    below.get(&parent).into_iter().flatten().map(branch).collect()
}
