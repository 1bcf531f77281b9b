//! Pages as somebody who is signed in asks for them.

use std::net::SocketAddr;
use std::time::Instant;

use fengsui_desk::{Desk, OnlyOpen};
use serde::Serialize;

use crate::Failed;
use crate::centre::PASSWORD;
use crate::figures::{Sorted, Times};
use crate::http::{Connection, form, hidden, request};

/// How often a page is asked for while nothing counts yet.
const WARMING: usize = 10;

/// How often a page is asked for.
const TIMES: usize = 200;

/// Pages of incidents that are asked for in turn.
const INCIDENTS: usize = 40;

/// A page, and who asks for it.
pub(super) struct Page {
    pub(super) name: &'static str,
    pub(super) login: &'static str,
    paths: Vec<String>,
}

/// How long the answers took.
#[derive(Serialize)]
pub(super) struct PageTimes {
    page: &'static str,
    by: &'static str,
    p50_ms: f64,
    p95_ms: f64,
    max_ms: f64,
    bytes: usize,
}

/// The desk and incidents, for an office that sees everything and for one district.
pub(super) async fn chosen(desk: &Desk) -> Result<Vec<Page>, Failed> {
    let mut pages = Vec::new();
    for (login, desk_name, incident_name) in
        [("lin", "desk", "incident"), ("zhou", "desk of a district", "incident of a district")]
    {
        let account = desk.account(login).await?.ok_or("nobody of this name is here")?;
        let viewer = desk.viewer(account.person).ok_or("nobody of this name is here")?;
        let lines = desk.incidents(&viewer, OnlyOpen::Yes, None).await?.lines;
        let paths =
            lines.iter().take(INCIDENTS).map(|line| format!("/incidents/{}", line.incident));
        let paths: Vec<String> = paths.collect();
        pages.push(Page { name: desk_name, login, paths: vec!["/desk".to_owned()] });
        pages.push(Page { name: incident_name, login, paths });
    }
    Ok(pages)
}

impl Page {
    /// Signs in and asks for the page again and again.
    pub(super) async fn times(&self, address: SocketAddr) -> Result<PageTimes, Failed> {
        let mut connection = Connection::to(address).await?;
        let cookies = sign_in(&mut connection, self.login).await?;
        let headers = [("Cookie", cookies.as_str()), ("Accept-Language", "zh-CN")];
        let mut times = Times::default();
        let mut bytes = 0;
        for (number, path) in self.paths.iter().cycle().take(WARMING + TIMES).enumerate() {
            let asked = request(&format!("GET {path}"), &headers, &[]);
            let sent = Instant::now();
            let shown = connection.send(&asked).await?;
            if shown.status != 200 {
                return Err(format!("{path}: {}", shown.said()).into());
            }
            if number >= WARMING {
                times.push(sent.elapsed());
            }
            bytes = shown.body.len();
        }
        Ok(self.told(&times.sorted(), bytes))
    }

    fn told(&self, times: &Sorted, bytes: usize) -> PageTimes {
        PageTimes {
            page: self.name,
            by: self.login,
            p50_ms: times.percentile(50),
            p95_ms: times.percentile(95),
            max_ms: times.longest(),
            bytes,
        }
    }
}

/// Signs in as a browser does; gives the cookies of the session.
async fn sign_in(connection: &mut Connection, login: &str) -> Result<String, Failed> {
    let door = connection.send(&request("GET /sign-in", &[], &[])).await?;
    let token = hidden(&door.text(), "csrf").ok_or("the door has no token")?;
    let cookies = door.cookies();
    let body = form(&[("csrf", &token), ("name", login), ("password", PASSWORD)]);
    let headers =
        [("Cookie", cookies.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    let opened = connection.send(&request("POST /sign-in", &headers, &body)).await?;
    if opened.status != 303 || opened.header("location").is_none() {
        return Err(format!("{login} was not let in: {}", opened.said()).into());
    }
    Ok(opened.cookies())
}
