//! What an organisation has, as its own page and the page of its people show it.

use fengsui_desk::content::{Contact, Contacts};
use fengsui_desk::{OrganisationView, SharedNetwork};
use fengsui_response::organisation::{Domain, Network};
use fengsui_response::{Details, Filing, System};
use fengsui_vocabulary::{Line, OrganisationId};
use jiff::civil::Date;

use super::filing::kind_key;
use super::list::{call, district, kinds};
use super::part::Part;
use crate::lang::Words;
use crate::parts::{Heading, Html, Mood, Notice, Pairs, Row, RowTone, StateBadge, Table, Tone};
use crate::routes;
use crate::say::Saying;
use crate::views::Section;

/// Whether the reader can change what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acts {
    /// Each part leads to its form.
    Offered,
    /// It is only shown.
    None,
}

/// What an organisation is.
pub(crate) fn entry(details: &Details, saying: &Saying<'_>) -> Pairs {
    let words = saying.words;
    let text =
        |text: Option<&Line>| Html::text(text.map_or(&*words.t("unknown"), |text| text.as_str()));
    let parent = details.parent.map_or_else(
        || Html::text(words.t("none")),
        |parent| {
            Html::link(&routes::organisation(parent), &saying.organisation(&parent.to_string()))
        },
    );
    let place =
        district(details.district.as_ref().map(fengsui_vocabulary::DistrictCode::as_str), words);
    let telephone = details.duty_telephone.as_ref();
    Pairs::default()
        .with(words.t("organisation-parent"), parent)
        .with(words.t("organisation-district"), Html::text(place))
        .with(words.t("organisation-sector"), text(details.sector.as_ref()))
        .with(words.t("organisation-kind"), kinds(details.kinds.iter(), words))
        .with(
            words.t("organisation-telephone"),
            telephone.map_or_else(|| Html::text(words.t("unknown")), |telephone| call(telephone)),
        )
        .with(words.t("org-responsible-post"), text(details.responsible_post.as_ref()))
}

/// Its systems, networks and filings.
pub(crate) fn registered(
    (id, details): (OrganisationId, &Details),
    shared: &[SharedNetwork],
    acts: Acts,
    saying: &Saying<'_>,
) -> Vec<Section> {
    let words = saying.words;
    let section = |id: &str, key: &str, body: Html| Section::new(id, words.t(key), body);
    let systems = Html::of(&systems((id, details), acts, words));
    let filings = Html::of(&filings((id, details), acts, saying));
    vec![
        section(
            "systems",
            "organisation-systems",
            with_add(systems, Part::Systems, id, (acts, words)),
        ),
        section("networks", "org-networks", networks((id, details), shared, acts, saying)),
        section("filings", "org-filings", with_add(filings, Part::Filings, id, (acts, words))),
    ]
}

/// A list, and below it the way to one more.
fn with_add(list: Html, part: Part, id: OrganisationId, (acts, words): (Acts, Words)) -> Html {
    match acts {
        Acts::None => list,
        Acts::Offered => Html::apart([list, Html::link(&part.path(id), &part.add_words(words))]),
    }
}

/// Headings, and one more where there is something to do.
fn headings(keys: &[&str], acts: Acts, words: Words) -> Vec<Heading> {
    let mut headings: Vec<Heading> = keys.iter().map(|key| Heading::plain(words.t(key))).collect();
    if let Some(first) = headings.first_mut() {
        first.column = crate::parts::Column::Key;
    }
    if acts == Acts::Offered {
        headings.push(Heading::plain(words.t("org-acts")));
    }
    headings
}

/// The way to the form of one of a list; which one is said to those who cannot see the row.
fn change(part: Part, (id, index): (OrganisationId, usize), name: &str, words: Words) -> Html {
    let text = words.ta("org-change-one", &[("name", name)]);
    Html::link(&format!("{}/{}", part.path(id), index + 1), &text)
}

/// The systems, the most important first.
fn systems((id, details): (OrganisationId, &Details), acts: Acts, words: Words) -> Table {
    let keys = [
        "organisation-system-name",
        "organisation-system-importance",
        "org-designation",
        "org-protection",
        "org-services",
    ];
    let mut systems: Vec<(usize, &System)> = details.systems.iter().enumerate().collect();
    systems.sort_by_key(|(_, system)| std::cmp::Reverse(system.importance));
    let row = |(index, system): (usize, &System)| {
        let services: Vec<&str> = system.services.iter().map(Line::as_str).collect();
        let designation =
            if system.designation.is_none() { "org-designated-no" } else { "org-designated-yes" };
        let protection = system.protection.map_or_else(
            || words.t("org-protection-none").into_owned(),
            |level| words.ta("org-protection-level", &[("level", &level.to_string())]),
        );
        let mut cells = vec![
            Html::text(system.name.as_str()),
            Html::text(words.t(super::importance_key(system.importance))),
            Html::text(words.t(designation)),
            Html::text(protection),
            Html::text(services.join(&words.t("list-and"))),
        ];
        if acts == Acts::Offered {
            cells.push(change(Part::Systems, (id, index), &system.name, words));
        }
        Row::new(cells)
    };
    let headings = headings(&keys, acts, words);
    Table::new(words.t("organisation-systems"), headings, words.t("org-systems-none"))
        .with(systems.into_iter().map(row))
}

fn networks(
    (id, details): (OrganisationId, &Details),
    shared: &[SharedNetwork],
    acts: Acts,
    saying: &Saying<'_>,
) -> Html {
    let words = saying.words;
    let networks = &details.networks;
    let list = |texts: Vec<Html>| {
        if texts.is_empty() { Html::text(words.t("none")) } else { Html::stacked(texts) }
    };
    let prefixes = networks.prefixes.iter().map(|it| Html::text(it.to_string())).collect();
    let systems = networks.systems.iter().map(|it| Html::text(it.to_string())).collect();
    let domains = networks.domains.iter().map(domain).collect();
    let pairs = Pairs::default()
        .with(words.t("org-prefixes"), list(prefixes))
        .with(words.t("org-asns"), list(systems))
        .with(words.t("org-domains"), list(domains));
    let mut parts = vec![Html::of(&pairs)];
    if !shared.is_empty() {
        parts.push(Html::of(&also(shared, saying)));
    }
    if acts == Acts::Offered {
        let path = format!("{}/networks", routes::organisation(id));
        parts.push(Html::link(&path, &words.t("org-networks-change")));
    }
    Html::apart(parts)
}

/// A domain as people write it, and as it is looked up where that differs.
fn domain(domain: &Domain) -> Html {
    let written = domain.as_written();
    if written == domain.as_str() {
        Html::text(written)
    } else {
        Html::two_lines(&written, domain.as_str())
    }
}

/// Whoever has the same networks. That is no mistake in itself, so it is only said.
fn also(shared: &[SharedNetwork], saying: &Saying<'_>) -> Notice {
    let words = saying.words;
    let notice = Notice::new(Tone::Plain, words.t("org-shared"));
    shared.iter().fold(notice, |notice, it| {
        let other = saying.organisation(&it.other.to_string());
        let (ours, theirs) = (written(&it.ours), written(&it.theirs));
        let args = [("other", other.as_str()), ("ours", &ours), ("theirs", &theirs)];
        notice.line(words.ta("org-shared-line", &args))
    })
}

/// A network as people write it.
pub(super) fn written(network: &Network) -> String {
    match network {
        Network::Domain(domain) => domain.as_written(),
        Network::Prefix(_) | Network::System(_) => network.to_string(),
    }
}

fn filings((id, details): (OrganisationId, &Details), acts: Acts, saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let keys =
        ["org-filing-title", "org-filing-kind", "org-filed-on", "org-review-on", "org-document"];
    let mut filings: Vec<(usize, &Filing)> = details.filings.iter().enumerate().collect();
    filings.sort_by_key(|(_, filing)| std::cmp::Reverse(filing.filed_on));
    let today = saying.directory.day();
    let row = |(index, filing): (usize, &Filing)| {
        let document = filing.document.as_ref().map(|document| {
            let path = format!("{}/documents/{}", routes::organisation(id), document.file.blob);
            Html::link(&path, &words.ta("org-document-get", &[("name", &filing.title)]))
        });
        let mut cells = vec![
            Html::text(filing.title.as_str()),
            Html::text(words.t(kind_key(filing.kind))),
            Html::text(filing.filed_on.to_string()),
            review(filing.review_on, today, words),
            document.unwrap_or_else(|| Html::text(words.t("none"))),
        ];
        if acts == Acts::Offered {
            cells.push(change(Part::Filings, (id, index), &filing.title, words));
        }
        let is_over = filing.review_on.is_some_and(|day| day < today);
        Row::new(cells).toned(if is_over { RowTone::Over } else { RowTone::Plain })
    };
    let headings = headings(&keys, acts, words);
    Table::new(words.t("org-filings"), headings, words.t("org-filings-none"))
        .with(filings.into_iter().map(row))
}

/// When it has to be looked at again, and whether that day has passed.
fn review(day: Option<Date>, today: Date, words: Words) -> Html {
    let Some(day) = day else { return Html::text(words.t("none")) };
    let text = Html::text(day.to_string());
    if day >= today {
        return text;
    }
    let over = StateBadge::new(Mood::Attention, words.t("org-review-over"));
    Html::marks([text, Html::of(&over)])
}

/// Whom to reach there.
pub(super) fn contacts(view: &OrganisationView, acts: Acts, words: Words) -> Html {
    let Some(Contacts { responsible, people }) = &view.contacts else {
        return Html::text(words.t("org-contacts-erased"));
    };
    let keys = [
        "organisation-contact-name",
        "organisation-contact-post",
        "organisation-telephone",
        "organisation-mail",
        "org-contact-key",
    ];
    let text = |text: Option<&Line>| Html::text(text.map_or("", |text| text.as_str()));
    let row = |(index, contact): (usize, &Contact)| {
        let mut cells = vec![
            Html::text(contact.name.as_str()),
            text(contact.post.as_ref()),
            contact.telephone.as_ref().map(|it| call(it)).unwrap_or_default(),
            contact
                .mail
                .as_ref()
                .map(|mail| Html::link(&format!("mailto:{mail}"), mail))
                .unwrap_or_default(),
            Html::text(contact.key.as_ref().map_or("", |key| key.as_str())),
        ];
        if acts == Acts::Offered {
            cells.push(change(Part::Contacts, (view.id, index), &contact.name, words));
        }
        Row::new(cells)
    };
    let headings = headings(&keys, acts, words);
    let table =
        Table::new(words.t("organisation-contacts"), headings, words.t("org-contacts-none"))
            .with(people.iter().enumerate().map(row));
    let unknown = words.t("unknown");
    let answers = Pairs::default().with(
        words.t("organisation-responsible"),
        Html::text(responsible.as_ref().map_or(&*unknown, |name| name.as_str())),
    );
    let list = Html::apart([Html::of(&answers), Html::of(&table)]);
    with_add(list, Part::Contacts, view.id, (acts, words))
}
