//! A text of an incident on a screen of its own: a document as it goes out on A4, or anybody's words.

use askama::Template;
use fengsui_desk::content::DocumentText;
use fengsui_vocabulary::{BlobId, Line};

use super::sight::Sight;
use super::typed::Typed;
use super::verb::effect;
use super::{issue_document, paths, texts};
use crate::page::{Page, Place, Width};
use crate::parts::{Form, Header, Html, Link};
use crate::views::{Document, Imprint, Paragraph};

/// A document before it is sent: exactly what goes out, to whom, and the button.
#[derive(Debug, Template)]
#[template(path = "incidents/preview.html")]
pub(super) struct Preview {
    page: Page,
    header: Header,
    paper: Html,
    form: Form,
    /// The same as pages.
    pages: Form,
}

/// Anybody's words.
#[derive(Debug, Template)]
#[template(path = "incidents/text.html")]
pub(super) struct Words {
    page: Page,
    header: Header,
    body: Html,
}

/// The screen of a text that is not a document.
pub(super) fn words(sight: &Sight<'_>, page: Page, body: Html) -> Words {
    Words { page, header: header(sight, &sight.t("inc-text")), body }
}

/// A document as it was sent, if the text is one.
pub(super) fn document(sight: &Sight<'_>, mut page: Page, text: BlobId) -> Option<Document> {
    let bytes = sight.view.bytes(text)?;
    let text_of: DocumentText = serde_json::from_slice(bytes).ok()?;
    let issued = sight.view.incident.documents.iter().find(|it| it.text.blob == text);
    let at = issued.map(|it| it.at).or_else(|| {
        let proposals = &sight.view.incident.response.proposals;
        let proposal = proposals.iter().find(|it| it.text.blob == text)?;
        proposal.endorsements.first().map(|it| it.at)
    });
    let day = at.map(|at| sight.clock.day(at, super::values::chinese())).unwrap_or_default();
    let addressees: Vec<&str> = text_of.addressees.iter().map(Line::as_str).collect();
    page.width = Width::Document;
    Some(Document {
        page,
        header: header(sight, &text_of.title),
        exercise: None,
        marking: None,
        urgency: None,
        issuer: text_of.sender.to_string(),
        number: issued
            .and_then(|it| it.number.as_ref())
            .map_or_else(|| format!("（{}）", text_of.stage), ToString::to_string),
        signatory: text_of.signatory.as_ref().map(ToString::to_string),
        title: text_of.title.to_string(),
        addressees: addressees.join("、"),
        paragraphs: paragraphs(&text_of),
        attachments: Vec::new(),
        signed_by: text_of.sender.to_string(),
        date: day.clone(),
        contact: None,
        imprint: Imprint { copies: None, printed_by: text_of.sender.to_string(), printed_on: day },
    })
}

/// A document before it is sent.
pub(super) fn preview(
    sight: &Sight<'_>,
    page: Page,
    typed: &Typed,
    text: &DocumentText,
) -> Preview {
    let verb = issue_document::VERB.name;
    let mut form = sight.form(verb, "document-send");
    form.draft = None;
    let action = paths::draft_pdf(sight.view.id);
    let mut pages =
        Form::new("do-draft-pdf", &action, sight.csrf, sight.t("document-draft-pdf"), sight.words);
    pages.draft = None;
    for (name, value) in typed.kept() {
        form = form.hiding(name, value);
        pages = pages.hiding(name, value);
    }
    let effects = text
        .addressees
        .iter()
        .map(|to| effect(to.as_str(), format!("{} · {}", text.title, sight.t("channel-written"))));
    let effects: Vec<_> = effects.collect();
    let title = sight.words.tn("send-title", effects.len());
    let form = form
        .hiding("command", super::command_of(sight.command, verb).to_string())
        .hiding("version", sight.view.version.to_string())
        .showing(sight.consequence(verb, title, effects));
    Preview {
        page,
        header: header(sight, &sight.t("inc-preview-title")),
        paper: texts::paper(text),
        form,
        pages,
    }
}

fn header(sight: &Sight<'_>, title: &str) -> Header {
    let number = sight.view.incident.heading.as_ref().map(|it| it.number.to_string());
    let crumbs = vec![
        Link::new(paths::LIST, sight.t("incidents")),
        Link::new(sight.here(), number.unwrap_or_default()),
    ];
    Header::new(title).below(crumbs, sight.words)
}

fn paragraphs(text: &DocumentText) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    for (place, field) in text.fields.iter().enumerate() {
        paragraphs.push(Paragraph::Heading(format!("{}、{}", ordinal(place), field.label)));
        for line in field.value.lines().filter(|line| !line.trim().is_empty()) {
            paragraphs.push(if field.unverified {
                Paragraph::Unverified(line.to_owned())
            } else {
                Paragraph::Text(line.to_owned())
            });
        }
    }
    let body = text.body.iter().flat_map(|body| body.lines());
    let body = body.filter(|line| !line.trim().is_empty());
    paragraphs.extend(body.map(|line| Paragraph::Text(line.to_owned())));
    paragraphs
}

/// 一、二、三 …… as documents count.
fn ordinal(place: usize) -> String {
    const DIGITS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let digit = |place: usize| DIGITS.get(place).copied().unwrap_or_default();
    match place {
        0..=9 => digit(place).to_owned(),
        10..=18 => format!("十{}", digit(place - 10)),
        _ => {
            let (tens, ones) = ((place + 1) / 10, (place + 1) % 10);
            let tens = digit(tens.saturating_sub(1));
            if ones == 0 { format!("{tens}十") } else { format!("{tens}十{}", digit(ones - 1)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ordinal;

    #[test]
    fn paragraphs_are_counted_as_documents_count() {
        let said: Vec<String> = [0, 9, 10, 18, 19, 20].into_iter().map(ordinal).collect();
        assert_eq!(said.join(" "), "一 十 十一 十九 二十 二十一");
    }
}
