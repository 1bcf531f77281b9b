//! One file per subcommand.

mod account;
mod backup;
mod boards;
mod custody;
mod demo;
mod dispatch;
mod house;
mod incident;
mod init;
mod journal;
pub(crate) mod lake;
mod organisation;
mod paper;
mod plan;
mod role;
mod roster;
mod self_watch;
pub(crate) mod serve;
mod syslog;
pub(crate) mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fengsui_lake::Place;
use fengsui_watch::WatchSettings;

use crate::arguments::{Arguments, Command};
use crate::config::{Config, ConfigFault};
use crate::watching::place_at;

/// Why a command could not be carried out, in words for the terminal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigFault),
    #[error("{}", with_causes(.0))]
    Desk(#[from] fengsui_desk::DeskFault),
    #[error("{}", with_causes(.0))]
    Backup(#[from] fengsui_desk::BackupFault),
    #[error("{}", with_causes(.0))]
    Password(#[from] fengsui_desk::PasswordFault),
    #[error("{0}")]
    Said(String),
}

impl Failure {
    pub(crate) fn of(what: &str, cause: &dyn std::error::Error) -> Self {
        Self::Said(format!("{what}: {}", with_causes(cause)))
    }
}

fn with_causes(fault: &dyn std::error::Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(deeper) = cause {
        text.push_str(": ");
        text.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    text
}

/// What every subcommand starts from.
pub(crate) struct Start {
    config: Config,
    data: Option<PathBuf>,
}

impl Start {
    /// The folder of the record of a real centre.
    pub(crate) fn record(&self) -> PathBuf {
        self.data(DATA)
    }

    /// Whether there is a record in it: the watch works without one.
    pub(crate) fn has_record(&self) -> bool {
        self.record().join("fengsui.db").exists()
    }

    /// What the watch is configured with.
    pub(crate) fn watch(&self) -> &WatchSettings {
        &self.config.watch
    }

    /// Where the lake is.
    pub(crate) fn lake(&self) -> Result<Place, Failure> {
        self.lake_of(&self.record())
    }

    /// Where the lake is: beside a record, unless it is said to be elsewhere.
    pub(crate) fn lake_of(&self, data: &Path) -> Result<Place, Failure> {
        let watch = self.watch();
        match &watch.lake {
            None => Ok(Place::Folder(data.join("lake"))),
            Some(text) => place_at(text, watch.lake_keys.as_deref(), data.join("lake-scratch")),
        }
    }

    /// The schema of the reports of Shadowserver, where it is configured.
    pub(crate) fn shadowserver_schema(&self) -> Option<&Path> {
        self.config.watch.shadowserver_schema.as_deref()
    }

    /// The folder of the record, `default` when nobody said otherwise.
    fn data(&self, default: &str) -> PathBuf {
        let configured = self.data.clone().or_else(|| self.config.store.data.clone());
        configured.unwrap_or_else(|| PathBuf::from(default))
    }
}

/// The folder of the record of a real centre.
const DATA: &str = "fengsui-data";

/// Carries out what was typed.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    log_to_standard_error(&arguments.log)?;
    let config = Config::read(arguments.config.as_deref())?;
    let start = Start { config, data: arguments.data };
    match arguments.command {
        Command::Init(init) => init::run(&start, init).await,
        Command::Demo(demo) => demo::run(&start, demo).await,
        Command::Serve(serve) => serve::run(&start, serve).await,
        Command::Plan(plan) => plan::run(plan),
        Command::Journal(journal) => journal::run(&start, journal).await,
        Command::Backup(backup) => backup::run(&start, backup).await,
        Command::Restore(restore) => backup::restore(&start, restore).await,
        Command::Boards(boards) => boards::run(&start, boards).await,
        Command::Dispatch(dispatch) => dispatch::run(&start, dispatch).await,
        Command::Incident(incident) => incident::run(&start, incident).await,
        Command::Custody(custody) => custody::run(&start, custody).await,
        Command::Account(account) => account::run(&start, account).await,
        Command::Role(role) => role::run(&start, role).await,
        Command::House(house) => house::run(&start, house).await,
        Command::Paper(paper) => paper::run(&start, paper).await,
        Command::Organisation(organisation) => organisation::run(&start, organisation).await,
        Command::Roster(roster) => roster::run(&start, roster).await,
        Command::Watch(watch) => watch::run(&start, watch).await,
        Command::Lake(lake) => lake::run(&start, lake).await,
    }
}

fn log_to_standard_error(level: &str) -> Result<(), Failure> {
    let filter = tracing_subscriber::EnvFilter::try_new(level)
        .map_err(|fault| Failure::of("--log cannot be read", &fault))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init()
        .map_err(|fault| Failure::Said(format!("cannot log: {fault}")))
}
