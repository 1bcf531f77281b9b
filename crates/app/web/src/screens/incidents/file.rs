//! The case file, 卷宗: everything in order, for printing.

use askama::Template;

use super::page::{Part, title};
use super::sight::Sight;
use super::{
    documents_tab, facts_tab, law, notes_tab, organisations_tab, response_tab, review_tab, story,
    texts,
};
use crate::page::{Page, Place};
use crate::parts::{Header, Html, Link, Pairs};

/// The case file.
#[derive(Debug, Template)]
#[template(path = "incidents/file.html")]
pub(super) struct CaseFile {
    page: Page,
    header: Header,
    cover: Pairs,
    parts: Vec<Part>,
}

/// Everything about an incident in the order in which it is read.
pub(super) fn case_file(sight: &Sight<'_>, page: Page) -> CaseFile {
    let heading = sight.view.incident.heading.as_ref();
    let number = heading.map(|it| it.number.to_string()).unwrap_or_default();
    let crumbs = vec![
        Link::new(super::paths::LIST, sight.t("incidents")),
        Link::new(sight.here(), number.clone()),
    ];
    let mut cover = Pairs::default()
        .with(sight.t("incident-number"), Html::text(number))
        .with(sight.t("plan"), Html::text(sight.legal(&sight.lead().about.title)));
    if let Some(heading) = heading {
        cover = cover.with(sight.t("inc-opened"), Html::of(&sight.moment(heading.opened_at)));
    }
    if let fengsui_response::incident::Status::Closed(at) = sight.view.incident.status {
        cover = cover.with(sight.t("incident-state-closed"), Html::of(&sight.moment(at)));
    }
    CaseFile {
        page,
        header: Header::new(title(sight))
            .below(crumbs, sight.words)
            .lead(sight.t("incident-tab-file")),
        cover,
        parts: parts(sight),
    }
}

fn parts(sight: &Sight<'_>) -> Vec<Part> {
    let part = |id, key: &str, body| Part { id, title: sight.t(key), body, acts: Vec::new() };
    let grades = law::grades(sight).into_iter().map(|it| Html::of(&it.grade));
    let mut parts = organisations_tab::parts(sight);
    parts.extend(facts_tab::parts(sight));
    parts.push(part("grades", "grade", Html::stacked(grades)));
    parts.push(part("duties", "duties", Html::of(&law::duties(sight))));
    parts.push(part("story", "story", Html::of(&story::story(sight))));
    parts.extend(response_tab::parts(sight));
    parts.extend(documents_tab::parts(sight).into_iter().filter(|part| part.id == "documents"));
    parts.push(part("papers", "inc-documents-in-full", papers(sight)));
    parts.extend(notes_tab::parts(sight));
    parts.extend(review_tab::parts(sight).into_iter().filter(|part| part.id == "review"));
    for part in &mut parts {
        part.acts.clear();
    }
    parts
}

/// Every document exactly as it was sent.
fn papers(sight: &Sight<'_>) -> Html {
    Html::stacked(sight.view.incident.documents.iter().map(|it| texts::shown(sight, &it.text)))
}
