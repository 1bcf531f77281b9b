//! `fengsui serve`: the screens and the API until somebody says stop.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use fengsui_desk::{Desk, Dispatching, NodeId};
use fengsui_lake::Lake;
use fengsui_notices::Notices;
use fengsui_press::Press;
use fengsui_web::{Limits, WebSettings};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::self_watch::SelfWatch;
use super::{DATA, Failure, Start, syslog};
use crate::arguments::Serve;
use crate::paper::Tray;
use crate::printing::{remark, say};
use crate::sending::{Sending, node_of, right_to_send};
use crate::watching::{Collecting, Known, LakeLookout, find_lake, open_place};

/// How long requests under way may take after a stop.
const GRACE: Duration = Duration::from_secs(10);

/// How often the certificate's file is looked at.
const CERTIFICATE_LOOK_EVERY: Duration = Duration::from_secs(30);

/// How often what has ended is swept away.
const SWEEP_EVERY: Duration = Duration::from_mins(10);

/// Where the servers listen and how.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    /// The folder of the record: only one process sends from it, and the worklist lies on paper in it.
    pub(crate) data: PathBuf,
    /// The ways out.
    pub(crate) notices: Notices,
}

pub(super) async fn run(start: &Start, serve: Serve) -> Result<ExitCode, Failure> {
    let server = &start.config.server;
    let tls = match (&serve.certificate, &serve.key) {
        (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
        _ => server.certificate.clone().zip(server.key.clone()),
    };
    let address = serve.listen.or(server.listen).unwrap_or_else(default_address);
    let data = start.data(DATA);
    let sending = Sending::of(&start.config)?;
    let desk = open(&data).await?;
    let notices = sending.tell(&desk);
    let unbound = desk.unbound_roles();
    if !unbound.is_empty() {
        remark("these roles of the plan are not bound to any organisation yet:");
        for role in &unbound {
            remark(&format!("  {:<28} {}", role.id.as_str(), role.label));
        }
        desk.close().await;
        return Err(Failure::Said(
            "bind them with `fengsui role bind ROLE ORGANISATION`, then serve again".to_owned(),
        ));
    }
    until_stopped(start, desk, Listening { address, tls, data, notices }).await
}

/// Opens an existing record.
pub(crate) async fn open(data: &Path) -> Result<Desk, Failure> {
    if !data.join("fengsui.db").exists() {
        return Err(Failure::Said(format!(
            "there is no record in {}; make one with `fengsui init --data {}`",
            data.display(),
            data.display()
        )));
    }
    Ok(Desk::open(&super::init::desk_settings(data)).await?)
}

/// Serves until SIGINT or SIGTERM, finishes what is under way, and closes the record.
pub(super) async fn until_stopped(
    start: &Start,
    desk: Desk,
    listening: Listening,
) -> Result<ExitCode, Failure> {
    let (node, right) = (node_of(&listening.data)?, right_to_send(&listening.data)?);
    let settings = web_settings(start, listening.tls.is_some());
    let app = fengsui_web::router(desk.clone(), settings)
        .into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::new();
    let tasks = TaskTracker::new();
    tasks.spawn(stop_on_signal(handle.clone()));
    tasks.spawn(announce(handle.clone(), listening.tls.is_some()));
    tasks.spawn_blocking({
        let fonts = start.config.documents.fonts.clone();
        move || warn_without_fonts(&fonts)
    });
    let mut turning = vec![
        tasks.spawn(sweep_now_and_then(desk.clone())),
        tasks.spawn(super::custody::erase_daily(desk.clone())),
    ];
    if let Some(feed) = syslog::Feed::of(&start.config.syslog)? {
        turning.push(tasks.spawn(syslog::feed(desk.clone(), feed)));
    }
    let stopped = CancellationToken::new();
    let clock = tasks.spawn({
        let (desk, stopped) = (desk.clone(), stopped.clone());
        async move { desk.run_clock(stopped).await }
    });
    let stop_sending = CancellationToken::new();
    let sending =
        tasks.spawn(send_until(desk.clone(), node, listening.notices, stop_sending.clone()));
    if right.is_none() {
        remark("fengsui: another process sends from this folder; this one does not");
        stop_sending.cancel();
    }
    let tray = Tray::of(&listening.data, &start.config.documents.fonts);
    turning.push(tasks.spawn(tray.clone().fill_every_hour(desk.clone())));
    let watching = SelfWatch::of(&start.config)?.spawned(&tasks, &desk);
    let collecting = watch(start, &desk, &listening.data).await?;
    let served = match listening.tls {
        None => axum_server::bind(listening.address).handle(handle.clone()).serve(app).await,
        Some((certificate, key)) => {
            let tls = tls(&certificate, &key).await?;
            tasks.spawn(reload_certificate(tls.clone(), certificate, key));
            let server = axum_server::bind_rustls(listening.address, tls);
            server.handle(handle.clone()).serve(app).await
        }
    };
    turning.iter().for_each(tokio::task::JoinHandle::abort);
    watching.stop();
    if let Some(collecting) = collecting {
        collecting.end().await;
    }
    stopped.cancel();
    if let Err(fault) = clock.await {
        tracing::error!(%fault, "the clock broke off");
    }
    stop_sending.cancel();
    if sending.await.is_err() {
        remark("fengsui: sending ended badly; what was under way is marked at the next start");
    }
    drop(right);
    tray.fill_or_say(&desk).await;
    desk.close().await;
    served
        .map_err(|fault| Failure::of(&format!("cannot listen on {}", listening.address), &fault))?;
    Ok(ExitCode::SUCCESS)
}

fn web_settings(start: &Start, is_tls: bool) -> WebSettings {
    let limits = start.config.limits;
    WebSettings {
        is_secure: is_tls || !start.config.server.trusted_proxies.is_empty(),
        trusted_proxies: start.config.server.trusted_proxies.clone(),
        fonts: start.config.documents.fonts.clone(),
        limits: Limits {
            public_reports_per_hour_max: limits.public_reports_per_hour_max,
            attachment_bytes_max: limits.attachment_bytes_max,
        },
    }
}

/// Joins the desk with the watch where there is one: feeds that are configured, or a lake that was filled before.
///
/// A watch that cannot be opened is said and left out: the desk works without it.
async fn watch(start: &Start, desk: &Desk, data: &Path) -> Result<Option<Collecting>, Failure> {
    let lake = match found(start, data).await {
        Ok(None) => return Ok(None),
        Ok(Some(lake)) => lake,
        Err(failure) => return Ok(no_watch(&failure)),
    };
    let known = Known::open(start.watch(), Some(desk.clone())).await?;
    match Collecting::begin(start, data, &lake, known).await {
        Ok(collecting) => {
            let ways = (Arc::clone(&collecting.push), Arc::clone(&collecting.rereading));
            let told = (start.watch().clone(), data.to_owned());
            desk.set_lookout(Arc::new(LakeLookout::new(lake, ways, told)));
            Ok(Some(collecting))
        }
        Err(failure) => Ok(no_watch(&failure)),
    }
}

/// The lake, where there is one or feeds need one.
async fn found(start: &Start, data: &Path) -> Result<Option<Lake>, Failure> {
    let place = start.lake_of(data)?;
    if start.watch().feeds.is_empty() {
        return Ok(find_lake(place).await?);
    }
    Ok(Some(open_place(place).await?))
}

fn no_watch(failure: &Failure) -> Option<Collecting> {
    remark(&format!("fengsui: there is no watch: {failure}"));
    None
}

/// Says at the start, not when the first document is needed, that none can be printed here.
fn warn_without_fonts(further: &[PathBuf]) {
    if let Err(fault) = Press::from_system(further).and_then(|press| press.check()) {
        remark(&format!("fengsui: documents cannot be printed: {fault}"));
    }
}

pub(super) fn default_address() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))
}

async fn tls(certificate: &Path, key: &Path) -> Result<RustlsConfig, Failure> {
    // Fails only when a provider is installed already, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    RustlsConfig::from_pem_file(certificate, key).await.map_err(|fault| {
        Failure::of("the certificate or its key cannot be read (both must be PEM)", &fault)
    })
}

/// Sends what was decided until told to stop.
async fn send_until(desk: Desk, node: NodeId, notices: Notices, until: CancellationToken) {
    if !until.is_cancelled() {
        desk.run_dispatch(Dispatching::on(node), notices, until).await;
    }
}

async fn sweep_now_and_then(desk: Desk) {
    let mut turns = tokio::time::interval(SWEEP_EVERY);
    loop {
        turns.tick().await;
        if let Err(fault) = desk.sweep().await {
            tracing::warn!(%fault, "what has ended could not be swept away; trying again later");
        }
    }
}

async fn announce(handle: Handle<SocketAddr>, is_tls: bool) {
    if let Some(address) = handle.listening().await {
        let scheme = if is_tls { "https" } else { "http" };
        say(&format!("listening on {scheme}://{address}"));
    }
}

async fn stop_on_signal(handle: Handle<SocketAddr>) {
    told_to_stop().await;
    handle.graceful_shutdown(Some(GRACE));
}

/// Waits for SIGINT or SIGTERM.
pub(crate) async fn told_to_stop() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        remark("fengsui: cannot listen to signals; stop it by closing the terminal");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Takes up a changed certificate: within half a minute, or at once on SIGHUP.
async fn reload_certificate(tls: RustlsConfig, certificate: PathBuf, key: PathBuf) {
    let Ok(mut hang_up) = signal(SignalKind::hangup()) else { return };
    let mut seen = changed_at(&certificate);
    loop {
        let asked = tokio::select! {
            _ = hang_up.recv() => true,
            () = tokio::time::sleep(CERTIFICATE_LOOK_EVERY) => false,
        };
        let now = changed_at(&certificate);
        if !asked && now == seen {
            continue;
        }
        seen = now;
        match tls.reload_from_pem_file(&certificate, &key).await {
            Ok(()) => tracing::info!("certificate taken up"),
            Err(fault) => tracing::error!(%fault, "certificate not taken up; the old one stays"),
        }
    }
}

fn changed_at(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|about| about.modified()).ok()
}
