//! 回执: what the reporter holds, and what is still owed to whom, at which telephone, by when.

use fengsui_desk::{Desk, Owed, Receipt as Taken, ReceiptView};

use crate::error::WebError;
use crate::page::Width;
use crate::parts::{Header, Html, Item, Items, Link};
use crate::routes;
use crate::say::Saying;
use crate::session::Visitor;
use crate::views::{Receipt, ReceiptNumber};

/// The receipt of a report that was just taken in.
pub(super) async fn screen(
    desk: &Desk,
    visitor: &Visitor,
    taken: &Taken,
) -> Result<Receipt, WebError> {
    let words = visitor.words();
    let view = desk.receipt_view(taken.report).await?;
    let mut page = visitor.page("receipt", words.t("receipt-title"), routes::PUBLIC_REPORT);
    page.width = Width::Narrow;
    page.live = None;
    let mut header = Header::new(words.t("receipt-title")).lead(words.t("receipt-lead"));
    header.others.push(Link::new(routes::LOOK_UP, words.t("receipt-follow")));
    Ok(Receipt {
        page,
        header,
        receipt: ReceiptNumber {
            number: taken.number.clone(),
            secret: Some(spaced(&taken.secret)),
            received: visitor.clock().full(taken.taken_in_at, words),
            position: taken.position.to_string(),
            leaf: taken.leaf.clone(),
        },
        owed: owed(visitor, &view),
    })
}

/// What is still owed, the next due first; then what was done.
pub(super) fn owed(visitor: &Visitor, view: &ReceiptView) -> Items {
    let words = visitor.words();
    let saying = Saying::to(visitor, view.report.lead.as_deref());
    let (open, done): (Vec<&Owed>, Vec<&Owed>) = view.owed.iter().partition(|owed| owed.is_open());
    let items = open.into_iter().chain(done).map(|owed| item(owed, saying)).collect();
    Items { items, empty: words.t("receipt-owed-none").into_owned() }
}

fn item(owed: &Owed, saying: Saying<'_>) -> Item {
    let words = saying.words;
    let none = words.t("receipt-telephone-none").into_owned();
    let what = owed.duty.label.in_lang(saying.lang());
    let title = match &owed.duty.to {
        Some(_) => words.ta(
            "receipt-owed-to",
            &[
                ("who", owed.recipient.in_lang(saying.lang())),
                ("how", &saying.channel(owed.duty.channel)),
            ],
        ),
        None => what.to_owned(),
    };
    let telephone = owed.telephone.as_deref().unwrap_or(&none);
    let text = words.ta("receipt-owed-call", &[("what", what), ("telephone", telephone)]);
    let state = (!owed.is_open()).then(|| Html::of(&saying.state(owed.duty.state)));
    let marks = [Html::of(&saying.due_chip(&owed.duty))]
        .into_iter()
        .chain(state)
        .chain([Html::of(&saying.clause(&owed.duty.plan, &owed.duty.clause))]);
    Item { title: Html::text(title), text, side: Html::marks(marks) }
}

/// A secret in groups of four, which people read out and type more easily.
fn spaced(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}
