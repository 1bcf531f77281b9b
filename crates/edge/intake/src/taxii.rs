//! TAXII 2.1: the objects of a collection, page by page.
//!
//! Pages are followed by `next` and never by when an object was modified: thousands may have one time. What is
//! new is asked for by when it was added; a server that includes that very moment gives some objects again, and
//! those are known by their hashes. A page goes to the spool together with the cursor behind it, so a kill
//! neither loses nor doubles. A `next` that met a fault is not used again: servers move on with every answer,
//! also with one that did not arrive. A server that gives a page twice in one run is not followed for ever.
//! Each object is kept as a bundle of its own; what it says is not read.

use std::collections::BTreeSet;
use std::time::Duration;

use fengsui_outbound::{Got, Http, Request, Url};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::files::hex;
use crate::pull::{Credential, PullFault, Pulled, after, header, unpacked};
use crate::spool::{Entry, Spool};

/// Fetches one collection on a schedule.
#[derive(Debug)]
pub struct Taxii {
    http: Http,
    setting: TaxiiSetting,
    spool: Spool,
    next_at: Option<Timestamp>,
    /// Whether the last run stopped of its own accord, so that its `next` still holds.
    may_go_on: bool,
}

/// Which collection, and how often.
#[derive(Clone, Debug)]
pub struct TaxiiSetting {
    /// The collection: `https://host/api1/collections/<id>/`.
    pub collection: Url,
    /// How long to wait between two runs.
    pub every: Duration,
    /// Who we are, where it is asked.
    pub credential: Option<Credential>,
    /// How many objects a page should have.
    pub page_objects: u32,
    /// Bytes of a page once it is unpacked.
    pub page_bytes_max: usize,
    /// Pages in one run; the rest comes with the next.
    pub pages_max: usize,
}

/// A collection that a server offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxiiCollection {
    /// Where it is: what a setting needs.
    pub url: Url,
    /// Its id.
    pub id: String,
    /// What the server calls it.
    pub title: String,
    /// Whether we may read it.
    pub can_read: bool,
}

/// Where we are in a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    /// What was added after this is asked for.
    added_after: Option<String>,
    /// The next page of a run that is not at its end.
    next: Option<String>,
    /// When the last object of the last page was added.
    added_last: Option<String>,
    /// Up to when everything has been seen: a run that is broken off begins here.
    seen_until: Option<String>,
    /// Hashes of the objects that may have been added since then, or at that very moment.
    seen: BTreeSet<String>,
    /// Hashes of those that may have been added when the last one was.
    latest: BTreeSet<String>,
}

/// A page, its objects as they came.
#[derive(Deserialize)]
struct Page<'a> {
    #[serde(default)]
    more: bool,
    #[serde(default)]
    next: Option<String>,
    #[serde(default, borrow)]
    objects: Vec<&'a RawValue>,
}

/// What must not be seen twice in one run.
#[derive(Default)]
struct Run {
    pages: BTreeSet<String>,
    kept: usize,
}

impl Taxii {
    /// Fetches into a spool that nobody else fills.
    pub fn new(http: Http, setting: TaxiiSetting, spool: Spool) -> Self {
        Self { http, setting, spool, next_at: None, may_go_on: false }
    }

    /// Which collections a server offers, by its discovery: `https://host/taxii2/`.
    pub async fn collections(
        http: &Http,
        discovery: &Url,
        credential: Option<&Credential>,
    ) -> Result<Vec<TaxiiCollection>, PullFault> {
        let asked = Asked { http, credential, bytes_max: LIST_BYTES_MAX };
        let server: Discovery = asked.json(discovery).await?;
        let mut found = Vec::new();
        for root in server.api_roots.into_iter().take(ROOTS_MAX) {
            let list = discovery
                .join(&root)
                .and_then(|root| slashed(root).join("collections/"))
                .map_err(|bad| protocol(discovery, &bad.to_string()))?;
            let listed: Listed = asked.json(&list).await?;
            for one in listed.collections.into_iter().take(COLLECTIONS_MAX) {
                let url = list.join(&format!("{}/", one.id));
                let url = url.map_err(|bad| protocol(&list, &bad.to_string()))?;
                let Entitled { id, title, can_read } = one;
                found.push(TaxiiCollection { url, id, title, can_read });
            }
        }
        Ok(found)
    }

    /// Fetches what is new, if it is time.
    pub async fn poll(&mut self, now: Timestamp) -> Result<Pulled, PullFault> {
        if self.next_at.is_some_and(|at| now < at) {
            return Ok(Pulled::NotDue);
        }
        self.next_at = after(now, self.setting.every);
        let mut run = Run::default();
        if !std::mem::take(&mut self.may_go_on) && self.cursor().next.is_some() {
            self.begin_anew(&mut run).await?;
        }
        for _page in 0..self.setting.pages_max {
            if !self.page(&mut run).await? {
                break;
            }
        }
        self.may_go_on = true;
        Ok(if run.kept == 0 { Pulled::Unchanged } else { Pulled::Kept(run.kept) })
    }

    /// Fetches one page into the spool; whether another follows.
    async fn page(&self, run: &mut Run) -> Result<bool, PullFault> {
        let cursor = self.cursor();
        let url = self.url(&cursor)?;
        let got = match self.asked().get(&url).await {
            // The server has forgotten where we were: the run begins anew, and what is known is known.
            Err(PullFault::Status { status: 400 | 404, .. }) if cursor.next.is_some() => {
                return self.begin_anew(run).await;
            }
            got => got?,
        };
        let bytes = unpacked(&got, &url, self.setting.page_bytes_max)?;
        let page: Page<'_> =
            serde_json::from_slice(&bytes).map_err(|bad| protocol(&url, &bad.to_string()))?;
        run.check(&page, &url)?;
        let (entries, next) = cursor.turned(&page, header(&got, ADDED_LAST), &url)?;
        run.kept += entries.len();
        let goes_on = page.more;
        if next != cursor || !entries.is_empty() {
            self.spool.append_with(entries, Some(memo(&next)?)).await?;
        }
        Ok(goes_on)
    }

    /// Begins where everything before has certainly been seen.
    async fn begin_anew(&self, run: &mut Run) -> Result<bool, PullFault> {
        let cursor = self.cursor();
        let added_after = cursor.seen_until.clone().or_else(|| cursor.added_after.clone());
        let anew = Cursor { added_after, next: None, ..cursor };
        self.spool.append_with(Vec::new(), Some(memo(&anew)?)).await?;
        *run = Run { kept: run.kept, ..Run::default() };
        Ok(true)
    }

    fn url(&self, cursor: &Cursor) -> Result<Url, PullFault> {
        let collection = slashed(self.setting.collection.clone());
        let url = collection.join("objects/");
        let mut url = url.map_err(|bad| protocol(&collection, &bad.to_string()))?;
        let mut query = url.query_pairs_mut();
        query.append_pair("limit", &self.setting.page_objects.to_string());
        if let Some(after) = &cursor.added_after {
            query.append_pair("added_after", after);
        }
        if let Some(next) = &cursor.next {
            query.append_pair("next", next);
        }
        drop(query);
        Ok(url)
    }

    fn asked(&self) -> Asked<'_> {
        let credential = self.setting.credential.as_ref();
        Asked { http: &self.http, credential, bytes_max: self.setting.page_bytes_max }
    }

    fn cursor(&self) -> Cursor {
        let memo = self.spool.memo().unwrap_or_default();
        serde_json::from_slice(&memo).unwrap_or_default()
    }
}

impl Run {
    fn check(&mut self, page: &Page<'_>, url: &Url) -> Result<(), PullFault> {
        let mut sum = Sha256::new();
        for object in &page.objects {
            sum.update(object.get());
        }
        let is_new = self.pages.insert(hex(&sum.finalize()));
        // One `next` may well stand for a whole run: some servers keep the place themselves.
        if page.more && !is_new {
            return Err(protocol(url, "it gives one page again and again"));
        }
        Ok(())
    }
}

impl Cursor {
    /// What is new on a page, and where we are behind it.
    fn turned(
        &self,
        page: &Page<'_>,
        added_last: Option<String>,
        url: &Url,
    ) -> Result<(Vec<Entry>, Self), PullFault> {
        let mut next = self.clone();
        if is_later(added_last.as_deref(), self.added_last.as_deref()) {
            // Objects come in the order in which they were added: all up to the time before have been seen.
            next.seen_until.clone_from(&self.added_last);
            next.added_last = added_last;
            next.seen = std::mem::take(&mut next.latest);
        }
        let mut entries = Vec::new();
        for object in &page.objects {
            let hash = short_hash(object.get());
            if next.seen.insert(hash.clone()) {
                entries.push(Entry::of(bundle(object.get())));
            }
            next.latest.insert(hash);
        }
        next.forget_what_is_too_much();
        next.next = page.next.clone().filter(|_token| page.more);
        if next.next.is_some() {
            return Ok((entries, next));
        }
        let is_further = is_later(next.added_last.as_deref(), self.added_after.as_deref());
        if page.more && !is_further {
            return Err(protocol(url, "it has more, and does not say where"));
        }
        if is_further {
            next.added_after.clone_from(&next.added_last);
            next.seen_until = None;
            next.seen.clone_from(&next.latest);
        }
        Ok((entries, next))
    }

    fn forget_what_is_too_much(&mut self) {
        for hashes in [&mut self.seen, &mut self.latest] {
            while hashes.len() > SEEN_MAX {
                hashes.pop_first();
            }
        }
    }
}

/// How something is asked for.
struct Asked<'a> {
    http: &'a Http,
    credential: Option<&'a Credential>,
    bytes_max: usize,
}

impl Asked<'_> {
    async fn get(&self, url: &Url) -> Result<Got, PullFault> {
        let fault = |source| PullFault::Unanswered { url: url.clone(), source };
        let mut request = Request::read(url.clone())
            .with("accept", MEDIA_TYPE)
            .and_then(|request| request.with("accept-encoding", "gzip"))
            .map_err(fault)?;
        if let Some(credential) = self.credential {
            request = request.with("authorization", &credential.value()).map_err(fault)?;
        }
        let got = self.http.fetch(request.following(REDIRECTS_MAX)).await.map_err(fault)?;
        match got.status {
            200..300 => Ok(got),
            status => Err(PullFault::Status { url: url.clone(), status }),
        }
    }

    async fn json<T: serde::de::DeserializeOwned>(&self, url: &Url) -> Result<T, PullFault> {
        let got = self.get(url).await?;
        let bytes = unpacked(&got, url, self.bytes_max)?;
        serde_json::from_slice(&bytes).map_err(|bad| protocol(url, &bad.to_string()))
    }
}

#[derive(Deserialize)]
struct Discovery {
    #[serde(default)]
    api_roots: Vec<String>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    collections: Vec<Entitled>,
}

#[derive(Deserialize)]
struct Entitled {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    can_read: bool,
}

/// Whether a time is later than another; one that is none is not.
fn is_later(time: Option<&str>, other: Option<&str>) -> bool {
    let parsed = |text: Option<&str>| text.and_then(|text| text.parse::<Timestamp>().ok());
    let time = parsed(time);
    time.is_some() && time > parsed(other)
}

fn memo(cursor: &Cursor) -> Result<Vec<u8>, PullFault> {
    serde_json::to_vec(cursor).map_err(|source| PullFault::Cursor { source })
}

fn bundle(object: &str) -> String {
    format!("{{\"type\":\"bundle\",\"objects\":[{object}]}}")
}

fn short_hash(text: &str) -> String {
    hex(Sha256::digest(text).get(..10).unwrap_or_default())
}

fn slashed(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

fn protocol(url: &Url, what: &str) -> PullFault {
    PullFault::Protocol { url: url.clone(), what: what.chars().take(200).collect() }
}

const MEDIA_TYPE: &str = "application/taxii+json;version=2.1";
const ADDED_LAST: &str = "x-taxii-date-added-last";

/// Objects that are remembered because they may come again.
const SEEN_MAX: usize = 50_000;

/// Bytes of a list of collections.
const LIST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// API roots of a server.
const ROOTS_MAX: usize = 100;

/// Collections of an API root.
const COLLECTIONS_MAX: usize = 1000;

/// Redirects that are followed.
const REDIRECTS_MAX: u8 = 3;

#[cfg(test)]
mod tests;
