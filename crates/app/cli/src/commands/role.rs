//! `fengsui role …`: who the abstract roles of the plan are here.

use std::process::ExitCode;

use fengsui_desk::Desk;

use super::account::organisation_of;
use super::{DATA, Failure, Start, serve};
use crate::arguments::Role;
use crate::printing::say;

pub(super) async fn run(start: &Start, role: Role) -> Result<ExitCode, Failure> {
    let desk = serve::open(&start.data(DATA)).await?;
    let done = carry_out(&desk, role).await;
    desk.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn carry_out(desk: &Desk, role: Role) -> Result<(), Failure> {
    match role {
        Role::List => {
            for line in desk.roles() {
                say(&line.to_string());
            }
            Ok(())
        }
        Role::Bind { role, organisation } => {
            let organisation = organisation_of(desk, &organisation)?;
            let role = role.parse().map_err(|fault| Failure::of("role", &fault))?;
            Ok(desk.bind_role(&desk.console(), &role, organisation).await?)
        }
    }
}
