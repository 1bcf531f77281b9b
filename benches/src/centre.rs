//! A ready centre in a temporary folder: the plan adopted, roles bound, accounts, a token.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fengsui_desk::{Clock, Desk, DeskSettings, MachineClock, MachineIds, StoryClock};
use jiff::SignedDuration;
use tempfile::TempDir;

use crate::Failed;

/// The password of every account.
pub(crate) const PASSWORD: &str = "beacon-tower";

/// How far back a story begins.
const PAST: SignedDuration = SignedDuration::from_hours(8);

/// A record that is thrown away in the end.
pub(crate) struct Centre {
    folder: TempDir,
}

impl Centre {
    /// Makes the record and closes it again.
    pub(crate) async fn made() -> Result<Self, Failed> {
        Self::told("").await
    }

    /// Makes the record with the past that a story tells; its 08:00 is now.
    pub(crate) async fn told(story: &str) -> Result<Self, Failed> {
        let centre = Self { folder: tempfile::tempdir()? };
        let begins = MachineClock.now() - PAST;
        let clock = Arc::new(StoryClock::at(begins));
        let shown: Arc<dyn Clock> = Arc::<StoryClock>::clone(&clock);
        let desk = centre.desk_by(shown).await?;
        desk.adopt_plan(&desk.console(), &"shanghai-2019".parse()?).await?;
        fengsui_scenarios::register(&desk).await?;
        fengsui_scenarios::appoint(&desk, PASSWORD).await?;
        fengsui_scenarios::tell(&desk, &clock, begins, story).await?;
        desk.close().await;
        Ok(centre)
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file in its folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Opens the record in this process. Nobody else may serve it meanwhile.
    pub(crate) async fn desk(&self) -> Result<Desk, Failed> {
        self.desk_by(Arc::new(MachineClock)).await
    }

    /// Opens the record in this process with a clock of one's own.
    pub(crate) async fn desk_by(&self, clock: Arc<dyn Clock>) -> Result<Desk, Failed> {
        let settings = DeskSettings {
            url: format!("sqlite://{}", self.file("fengsui.db").display()),
            clock,
            ids: Arc::new(MachineIds),
        };
        Ok(Desk::open(&settings).await?)
    }

    /// A token for a program that acts as somebody.
    pub(crate) async fn token(&self, login: &str) -> Result<String, Failed> {
        let desk = self.desk().await?;
        let account = desk.account(login).await?.ok_or("there is no such account")?;
        let token = desk.make_token(account.person, "benchmark").await?;
        desk.close().await;
        Ok(token)
    }
}
