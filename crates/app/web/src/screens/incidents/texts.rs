//! Texts of an incident on screens: calls, writings, documents; none when it was erased.

use askama::Template;
use askama::filters::HtmlSafe;
use fengsui_desk::content::{CallRecord, DocumentText, Writing};
use fengsui_response::BlobRef;

use super::sight::Sight;
use crate::parts::{Html, Pairs};
use crate::screens::custody::erased_words;

/// A text as it is quoted.
#[derive(Debug, Template)]
#[template(
    source = r#"<blockquote class="quoted"{% if let Some(id) = id %} id="{{ id }}"{% endif %}>{{ text }}</blockquote>"#,
    ext = "html"
)]
struct Quoted {
    id: Option<String>,
    text: String,
}

impl HtmlSafe for Quoted {}

/// A document inside another screen: exactly what it says, with its unverified marks.
#[derive(Debug, Template)]
#[template(path = "incidents/paper.html")]
struct PaperPart<'a> {
    text: &'a DocumentText,
    unverified: String,
}

impl HtmlSafe for PaperPart<'_> {}

/// Somebody's words.
pub(super) fn quoted(text: &str) -> Html {
    Html::of(&Quoted { id: None, text: text.to_owned() })
}

/// A document inside another screen.
pub(super) fn paper(text: &DocumentText) -> Html {
    Html::of(&PaperPart { text, unverified: "未经核实".to_owned() })
}

/// A text of the incident, whatever it is.
pub(super) fn shown(sight: &Sight<'_>, reference: &BlobRef) -> Html {
    if let Some(text) = sight.view.text::<Writing>(reference) {
        return quoted(&text.text);
    }
    if let Some(call) = sight.view.text::<CallRecord>(reference) {
        return called(sight, &call);
    }
    match sight.view.text::<DocumentText>(reference) {
        Some(text) => paper(&text),
        None => gone(sight, reference),
    }
}

/// When and on what ground it was erased; or that it is not for the reader.
fn gone(sight: &Sight<'_>, reference: &BlobRef) -> Html {
    let erased = sight.view.erased(reference);
    Html::text(erased.map_or_else(
        || sight.t("inc-text-erased"),
        |it| erased_words(sight.saying(), it.at, &it.ground),
    ))
}

fn called(sight: &Sight<'_>, call: &CallRecord) -> Html {
    let pairs = Pairs::default()
        .with(sight.t("call-caller"), Html::text(call.caller.as_str()))
        .with(sight.t("call-callee"), Html::text(call.callee.as_str()));
    Html::stacked([Html::of(&pairs), quoted(&call.said)])
}
