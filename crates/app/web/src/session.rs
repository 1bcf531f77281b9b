//! Who is asking: read once per request, then taken by handlers as [`Visitor`] or [`SignedIn`].
//!
//! Whether a route is for this visitor is decided by the table in `routes`, not here.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use fengsui_desk::{Capacity, DeskFault, Directory, Reach, Session, Viewer};

use crate::cookie::{self, Cookie, Jar};
use crate::csrf;
use crate::error::{self, WebError};
use crate::lang::{Clock, Words, choose};
use crate::page::{self, NavLink, Page, Place, Theme};
use crate::parts::{Notice, Tone};
use crate::routes;
use crate::screens;
use crate::state::Web;

/// What a browser carries.
pub(crate) const SESSION: &str = "session";
pub(crate) const FORM: &str = "form";
pub(crate) const RECEIPT: &str = "receipt";
pub(crate) const LANGUAGE: &str = "lang";
pub(crate) const THEME: &str = "theme";
pub(crate) const SAID: &str = "said";

/// Whoever asks, signed in or not. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    words: Words,
    clock: Clock,
    theme: Theme,
    path: String,
    address: IpAddr,
    csrf: String,
    said: Option<String>,
    receipt: Option<String>,
    who: Option<Who>,
    directory: Arc<Directory>,
    is_secure: bool,
}

#[derive(Clone, Debug)]
struct Who {
    session: Session,
    viewer: Viewer,
    office: String,
    /// How many messages wait on the screen to be opened.
    unseen: usize,
}

/// Whoever is signed in.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    /// Who is looking; every read goes through it.
    pub(crate) viewer: Viewer,
    /// The same person as a visitor.
    pub(crate) visitor: Visitor,
}

impl Visitor {
    /// The words of the reader.
    pub(crate) fn words(&self) -> Words {
        self.inner.words
    }

    /// The time of this request, in the reader's zone.
    pub(crate) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Where the request comes from.
    pub(crate) fn address(&self) -> IpAddr {
        self.inner.address
    }

    /// What every form sends back.
    pub(crate) fn csrf(&self) -> &str {
        &self.inner.csrf
    }

    /// Whether cookies go over TLS only.
    pub(crate) fn is_secure(&self) -> bool {
        self.inner.is_secure
    }

    /// Path and query of the request.
    pub(crate) fn path(&self) -> &str {
        &self.inner.path
    }

    /// The pass to a receipt that was opened before.
    pub(crate) fn receipt_pass(&self) -> Option<&str> {
        self.inner.receipt.as_deref()
    }

    /// Who is who, at the moment of this request.
    pub(crate) fn directory(&self) -> &Directory {
        &self.inner.directory
    }

    /// Who is looking, if signed in.
    pub(crate) fn viewer(&self) -> Option<&Viewer> {
        self.inner.who.as_ref().map(|who| &who.viewer)
    }

    /// The frame of a screen. `place` is the path of the place in the bar where this screen belongs.
    pub(crate) fn page(&self, name: &'static str, title: impl Into<String>, place: &str) -> Page {
        let words = self.words();
        let mut page = Page::new(name, title, words, self.inner.clock.clone());
        page.path.clone_from(&self.inner.path);
        page.theme = self.inner.theme;
        page.csrf.clone_from(&self.inner.csrf);
        let viewer = self.viewer();
        let here = |href: &str| Place::is(&href, &place);
        let unseen = self.inner.who.as_ref().map_or(0, |who| who.unseen);
        page.navigation = places(viewer)
            .map(|(href, key)| NavLink {
                place: here(&href),
                waiting: (href == routes::MESSAGES && unseen > 0).then_some(unseen),
                href,
                text: words.t(key).into_owned(),
            })
            .collect();
        page.notices
            .extend(self.inner.said.as_deref().map(|key| Notice::new(Tone::Done, words.t(key))));
        if let Some(who) = &self.inner.who {
            page.live = Some(routes::LIVE.to_owned());
            page.account = Some(page::Account {
                name: who.session.login.clone(),
                person: who.viewer.name.clone(),
                office: who.office.clone(),
            });
        }
        page
    }
}

impl SignedIn {
    /// The words of the reader.
    pub(crate) fn words(&self) -> Words {
        self.visitor.words()
    }

    /// The time of this request, in the reader's zone.
    pub(crate) fn clock(&self) -> &Clock {
        self.visitor.clock()
    }

    /// What every form sends back.
    pub(crate) fn csrf(&self) -> &str {
        self.visitor.csrf()
    }

    /// The frame of a screen.
    pub(crate) fn page(&self, name: &'static str, title: impl Into<String>, place: &str) -> Page {
        self.visitor.page(name, title, place)
    }
}

/// The places in the bar for this viewer.
fn places(viewer: Option<&Viewer>) -> impl Iterator<Item = (String, &'static str)> {
    let handles = viewer.is_some_and(Viewer::handles);
    let is = |capacity| viewer.is_some_and(|viewer| viewer.is(capacity));
    let member = viewer.is_some_and(|viewer| viewer.actor.organisation.is_some());
    let nobody = viewer.is_none();
    let sees_roster = viewer.is_some_and(|viewer| viewer.reach == Reach::Whole)
        || is(Capacity::PlanOfficer)
        || is(Capacity::Administrator);
    let stands = screens::shift::stands(viewer);
    [
        (routes::DESK, "nav-desk", handles),
        (routes::HOTLINE, "nav-hotline", handles && is(Capacity::Officer)),
        (routes::SHIFT, "nav-shift", stands),
        (routes::REPORTS, "nav-reports", handles),
        (routes::INCIDENTS, "nav-incidents", handles),
        (routes::WATCH, "nav-watch", viewer.is_some_and(Viewer::may_watch)),
        (routes::ORGANISATIONS, "nav-organisations", handles || is(Capacity::Registrar)),
        (
            routes::ACCOUNTABILITY,
            "nav-accountability",
            handles && (is(Capacity::Officer) || is(Capacity::Leader) || is(Capacity::Auditor)),
        ),
        (routes::MINE, "nav-my-organisation", member && !handles),
        (routes::MESSAGES, "nav-messages", !nobody),
        (routes::ROSTER, "nav-roster", sees_roster),
        (routes::CUSTODY, "nav-custody", is(Capacity::Leader) || is(Capacity::Auditor)),
        (routes::PLANS, "nav-plans", !nobody),
        (routes::SEARCH, "nav-search", !nobody),
        (routes::ADMIN, "nav-admin", is(Capacity::Administrator)),
        (routes::PUBLIC_REPORT, "nav-report", nobody),
        (routes::LOOK_UP, "nav-look-up", nobody),
        (routes::SIGN_IN, "nav-sign-in", nobody),
    ]
    .into_iter()
    .filter(|(_, _, is_for)| *is_for)
    .map(|(href, key, _)| (href.to_owned(), key))
}

/// Reads who is asking, lets the request through, and says in the visitor's words what went wrong.
pub(crate) async fn arrive(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let jar = Jar::read(request.headers(), web.settings.is_secure);
    let path = request.uri().path().to_owned();
    let (visitor, fault) = match who(&web, &jar, &path).await {
        Ok(who) => (visitor(&web, &jar, &request, who), None),
        Err(fault) => (visitor(&web, &jar, &request, None), Some(fault)),
    };
    request.extensions_mut().insert(visitor.clone());
    let response = match fault {
        Some(fault) => error::answer(&visitor, &path, &fault.into()),
        None => error::dressed(&visitor, &path, next.run(request).await),
    };
    with_cookies(&web, &jar, &visitor, response)
}

/// The session of the request, and what its person is now.
async fn who(web: &Web, jar: &Jar, path: &str) -> Result<Option<Who>, DeskFault> {
    let Some(token) = jar.get(SESSION).filter(|_| !routes::is_for_programs(path)) else {
        return Ok(None);
    };
    let Some(session) = web.desk.session(token).await? else { return Ok(None) };
    let Some(viewer) = web.desk.viewer(session.person) else { return Ok(None) };
    let lang = choose(jar.get(LANGUAGE), None);
    let office = viewer
        .actor
        .organisation
        .map(|organisation| web.desk.directory().name_of(organisation).in_lang(lang).to_owned());
    let unseen = usize::try_from(web.desk.unseen_messages(&viewer).await?).unwrap_or(usize::MAX);
    Ok(Some(Who { session, viewer, office: office.unwrap_or_default(), unseen }))
}

fn visitor(web: &Web, jar: &Jar, request: &Request, who: Option<Who>) -> Visitor {
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    let words = Words::of(choose(jar.get(LANGUAGE), accepted));
    let csrf = match (&who, csrf::kept(jar)) {
        (Some(who), _) => who.session.csrf.clone(),
        (None, Some(kept)) => kept.to_owned(),
        (None, None) => web.desk.form_token(),
    };
    let said = jar.get(SAID).filter(|key| is_key(key)).map(str::to_owned);
    Visitor {
        inner: Arc::new(Inner {
            words,
            clock: Clock::in_shanghai(web.desk.now()),
            theme: Theme::from_cookie(jar.get(THEME)),
            path: path_of(request),
            address: address_of(web, request),
            csrf,
            said,
            receipt: jar.get(RECEIPT).map(str::to_owned),
            who,
            directory: web.desk.directory(),
            is_secure: web.settings.is_secure,
        }),
    }
}

/// The form token of somebody who has none yet; and what was said is said once.
fn with_cookies(web: &Web, jar: &Jar, visitor: &Visitor, mut response: Response) -> Response {
    let is_page = is_html(response.headers());
    let headers = response.headers_mut();
    let is_secure = web.settings.is_secure;
    if is_page && visitor.viewer().is_none() && csrf::kept(jar).is_none() {
        headers.append(header::SET_COOKIE, Cookie::new(FORM, visitor.csrf()).header(is_secure));
    }
    if is_page && jar.get(SAID).is_some() {
        headers.append(header::SET_COOKIE, cookie::gone(SAID, is_secure));
    }
    response
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// Only a key of ours is said: the cookie comes from outside.
fn is_key(key: &str) -> bool {
    key.len() <= 64
        && key.starts_with("said-")
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// The screen to come back to: of a form, the screen it stood on.
fn path_of(request: &Request) -> String {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if request.method() == Method::GET {
        path.to_owned()
    } else {
        routes::screen_of(request.uri().path()).to_owned()
    }
}

/// The address of the client: what a trusted proxy says of it, else who connected.
fn address_of(web: &Web, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(peer)| peer.ip());
    let is_trusted =
        |address: &IpAddr| web.settings.trusted_proxies.contains(&address.to_canonical());
    if !is_trusted(&peer) {
        return peer;
    }
    let forwarded = request.headers().get_all("x-forwarded-for").iter();
    let forwarded: Vec<IpAddr> = forwarded
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|address| address.trim().parse().ok())
        .collect();
    forwarded.into_iter().rev().find(|address| !is_trusted(address)).unwrap_or(peer)
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, WebError> {
        parts.extensions.get::<Self>().cloned().ok_or(WebError::NoSuchPage)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let visitor = <Visitor as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        match visitor.inner.who.clone() {
            Some(Who { viewer, .. }) => Ok(Self { viewer, visitor }),
            None => Err(WebError::SignInFirst { next: visitor.path().to_owned() }),
        }
    }
}
