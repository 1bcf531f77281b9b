//! `fengsui init`: a new centre with its plan in force and its first administrator.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use fengsui_desk::{Capacity, Desk, DeskSettings, MachineClock, MachineIds, NewAccount};

use super::{DATA, Failure, Start};
use crate::arguments::Init;
use crate::printing::say;

/// Rights of the folder of the record.
const OWNER_ONLY: u32 = 0o700;

pub(super) async fn run(start: &Start, init: Init) -> Result<ExitCode, Failure> {
    let data = start.data(DATA);
    if data.join("fengsui.db").exists() {
        return Err(Failure::Said(format!(
            "{} holds a record already; nothing was changed",
            data.display()
        )));
    }
    let plan = init.plan.parse().map_err(|fault| Failure::of("--plan cannot be read", &fault))?;
    let desk = create(&data).await?;
    desk.adopt_plan(&desk.console(), &plan).await?;
    let (password, is_made_up) = password(&desk);
    desk.add_account(
        &desk.console(),
        NewAccount {
            login: init.login.clone(),
            name: init.name,
            password: Some(password.clone()),
            organisation: None,
            roles: std::collections::BTreeSet::new(),
            capacities: [Capacity::Administrator, Capacity::Registrar, Capacity::PlanOfficer]
                .into(),
        },
    )
    .await?;
    desk.close().await;
    say(&format!("the record is in {}", data.join("fengsui.db").display()));
    say(&format!("first administrator: {}", init.login));
    if is_made_up {
        say(&format!("password (shown only now): {password}"));
    }
    say("next: register organisations (`fengsui organisation import`), bind the roles of the plan");
    say("(`fengsui role list`, `fengsui role bind`), then `fengsui serve`");
    Ok(ExitCode::SUCCESS)
}

/// Makes the folder and an empty record in it.
pub(super) async fn create(data: &Path) -> Result<Desk, Failure> {
    make_folder(data)?;
    Ok(Desk::open(&desk_settings(data)).await?)
}

/// Makes a folder that nobody else on the machine can look into.
pub(super) fn make_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(OWNER_ONLY)
        .create(folder)
        .map_err(|fault| Failure::of(&format!("cannot make {}", folder.display()), &fault))
}

/// How a record in a folder is opened.
pub(super) fn desk_settings(data: &Path) -> DeskSettings {
    DeskSettings {
        url: format!("sqlite://{}", data.join("fengsui.db").display()),
        clock: Arc::new(MachineClock),
        ids: Arc::new(MachineIds),
    }
}

/// The password from the environment, or one that is made up (then the second is true).
pub(super) fn password(desk: &Desk) -> (String, bool) {
    match std::env::var("FENGSUI_PASSWORD") {
        Ok(password) if !password.is_empty() => (password, false),
        Ok(_) | Err(_) => (desk.made_up_password(), true),
    }
}
