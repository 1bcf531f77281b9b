//! What occurs most often, as lists with bars; districts as equal tiles. Everything leads to its records.

use askama::Template;
use askama::filters::HtmlSafe;
use fengsui_desk::District;
use fengsui_records::{Top, TopOf};

use super::asked::Asked;
use super::said;
use crate::parts::Html;
use crate::say::Saying;

/// Shades of a tile.
const SHADES: u64 = 4;

/// Lists side by side.
#[derive(Debug, Template)]
#[template(path = "watch/tops.html")]
pub(super) struct Tops {
    pub(super) lists: Vec<TopList>,
}

/// One list.
#[derive(Debug)]
pub(super) struct TopList {
    title: String,
    rows: Vec<TopRow>,
    /// What stands there where there are no rows.
    empty: Html,
}

#[derive(Debug)]
struct TopRow {
    href: String,
    name: String,
    count: String,
    percent: u64,
}

/// The districts.
#[derive(Debug, Template)]
#[template(path = "watch/tiles.html")]
pub(super) struct Tiles {
    tiles: Vec<Tile>,
}

#[derive(Debug)]
struct Tile {
    class: String,
    href: String,
    name: String,
    count: String,
}

impl HtmlSafe for Tops {}
impl HtmlSafe for Tiles {}

impl TopList {
    /// A list, each row of which sets its filter.
    pub(super) fn of(of: TopOf, tops: &[Top], asked: &Asked, saying: Saying<'_>) -> Self {
        let most = tops.iter().map(|top| top.records).max().unwrap_or_default();
        let row = |top: &Top| TopRow {
            href: narrowed(asked, of, &top.value).href(),
            name: said::top(&top.value, of, saying),
            count: said::number(top.records),
            percent: share(top.records, most, 100),
        };
        Self {
            title: saying.words.t(said::top_key(of)).into_owned(),
            rows: tops.iter().map(row).collect(),
            empty: Html::text(saying.words.t("lookout-nothing")),
        }
    }

    /// A list that the watch could not give.
    pub(super) fn missing(of: TopOf, why: Html, saying: Saying<'_>) -> Self {
        let title = saying.words.t(said::top_key(of)).into_owned();
        Self { title, rows: Vec::new(), empty: why }
    }
}

impl Tiles {
    /// A tile for each district, with its number and a shade by it.
    pub(super) fn of(tops: &[Top], asked: &Asked, saying: Saying<'_>) -> Self {
        let most = tops.iter().map(|top| top.records).max().unwrap_or_default();
        let tile = |code: &str| {
            let found = tops.iter().find(|top| top.value == code);
            let records = found.map_or(0, |top| top.records);
            let shade = share(records, most, SHADES).max(u64::from(records > 0));
            let place = District::of(code).map(|it| it.tile);
            let place = place
                .map_or_else(String::new, |(column, row)| format!(" column-{column} row-{row}"));
            Tile {
                class: format!("tile shade-{shade}{place}"),
                href: narrowed(asked, TopOf::District, code).href(),
                name: said::district(code, saying.words),
                count: said::number(records),
            }
        };
        let codes = said::districts(tops.iter().map(|top| top.value.as_str()));
        Self { tiles: codes.into_iter().map(tile).collect() }
    }
}

/// The filters with one more: the value of a row.
fn narrowed(asked: &Asked, of: TopOf, value: &str) -> Asked {
    let value = Some(value.to_owned());
    asked.with(|asked| match of {
        TopOf::Signature => asked.signature = value,
        TopOf::Type => asked.kind = value,
        TopOf::Organisation => asked.organisation = value,
        TopOf::District => asked.district = value,
        TopOf::Feed => asked.feed = value,
        TopOf::Address => asked.network = value,
        TopOf::Country => asked.country = value,
        TopOf::Port => asked.port = value,
    })
}

/// A number as a part of the greatest, out of so many.
fn share(number: u64, most: u64, of: u64) -> u64 {
    number.saturating_mul(of).checked_div(most).unwrap_or_default()
}
