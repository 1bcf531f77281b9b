//! `GET /watch`: how the feeds do, how much there was, and of what.

use axum::extract::{Query, State};
use axum::response::Response;
use fengsui_desk::{Desk, Lookout, NoAnswer};
use fengsui_records::{Search, Top, TopOf, Trend};
use serde::Deserialize;

use super::asked::{Asked, Period};
use super::chart::{Chart, Slots};
use super::tops::{Tiles, TopList, Tops};
use super::{feeds, instead, lookout, not_set_up, page, screen, sees_everything, tabs};
use crate::answer::drawn;
use crate::error::WebError;
use crate::lang::Words;
use crate::page::Place;
use crate::parts::{Header, Html, Link, Tab, Tabs};
use crate::routes::WATCH;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::Section;

/// Rows of a list.
const TOP_ROWS: usize = 8;

/// Districts of the map, those that the plan does not know included.
const DISTRICTS_MAX: usize = 40;

/// The lists, in the order in which they are shown.
const LISTS: [TopOf; 6] = [
    TopOf::Signature,
    TopOf::Type,
    TopOf::Organisation,
    TopOf::Address,
    TopOf::Country,
    TopOf::Port,
];

/// How long back.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    period: Option<String>,
}

/// What the watch said.
struct Said {
    period: Period,
    search: Search,
    trend: Result<Trend, NoAnswer>,
    districts: Result<Vec<Top>, NoAnswer>,
    lists: Vec<(TopOf, Result<Vec<Top>, NoAnswer>)>,
}

/// `GET /watch`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let Some(watch) = lookout(&desk, &reader)? else {
        return drawn(&not_set_up(&reader, WATCH));
    };
    let words = reader.words();
    let period = wanted.period.as_deref().and_then(Period::named);
    let period = period.filter(|it| Period::PRESETS.contains(it)).unwrap_or(Period::Day);
    let now = reader.clock().now;
    let search = Search::within(reader.viewer.sight_of_records(), period.before(now), now);
    let title = words.t("nav-watch").into_owned();
    let mut page = page(&reader, title.clone());
    let mut sections = Vec::new();
    if sees_everything(&reader) {
        let body = match watch.feeds(now).await {
            Ok(known) => {
                page.notices.extend(feeds::noticed(&known, &reader));
                Html::of(&feeds::table(&known, &reader))
            }
            Err(fault) => instead(&fault, words),
        };
        sections.push(Section::new("feeds", words.t("lookout-feeds"), body));
    }
    let said = asked(&*watch, period, search).await;
    sections.extend(counted(&said, &reader));
    let mut header = Header::new(title);
    header.lead = (!sees_everything(&reader)).then(|| words.t("lookout-own-only").into_owned());
    drawn(&screen(page, header, tabs(&reader, WATCH), sections))
}

/// Asks everything at once; what takes long takes long once.
async fn asked(watch: &dyn Lookout, period: Period, search: Search) -> Said {
    let top = |of| watch.top(&search, of, TOP_ROWS);
    let [one, two, three, four, five, six] = LISTS;
    let (trend, districts, first, second, third, fourth, fifth, sixth) = tokio::join!(
        watch.trend(&search, fengsui_records::Bucket::Hour),
        watch.top(&search, TopOf::District, DISTRICTS_MAX),
        top(one),
        top(two),
        top(three),
        top(four),
        top(five),
        top(six),
    );
    let lists = LISTS.into_iter().zip([first, second, third, fourth, fifth, sixth]).collect();
    Said { period, search, trend, districts, lists }
}

fn counted(said: &Said, reader: &SignedIn) -> [Section; 3] {
    let (words, clock) = (reader.words(), reader.clock());
    let saying = Saying::to(&reader.visitor, None);
    let all = Asked::of(said.period);
    let trend = match &said.trend {
        Ok(trend) => {
            let slots = Slots::of(said.search.from, said.search.until, clock);
            Html::of(&Chart::of(slots, &trend.slices, &all, (clock, words)))
        }
        Err(fault) => instead(fault, words),
    };
    let trend = Html::stacked([Html::of(&periods(said.period, words)), trend]);
    let tiles = match &said.districts {
        Ok(tops) => Html::of(&Tiles::of(tops, &all, saying)),
        Err(fault) => instead(fault, words),
    };
    let list = |(of, tops): &(TopOf, Result<Vec<Top>, NoAnswer>)| match tops {
        Ok(tops) => TopList::of(*of, tops, &all, saying),
        Err(fault) => TopList::missing(*of, instead(fault, words), saying),
    };
    let lists = said.lists.iter().map(list).collect();
    [
        Section::new("trend", words.t("lookout-trend"), trend),
        Section::new("tops", words.t("lookout-tops"), Html::of(&Tops { lists })),
        Section::new("districts", words.t("lookout-districts"), tiles),
    ]
}

fn periods(here: Period, words: Words) -> Tabs {
    let tab = |period: Period| Tab {
        link: Link::new(format!("{WATCH}?period={}", period.name()), words.t(period.key())),
        place: Place::is(&period, &here),
        count: None,
    };
    Tabs { label: words.t("lookout-period").into_owned(), tabs: Period::PRESETS.map(tab).into() }
}
