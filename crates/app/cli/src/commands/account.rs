//! `fengsui account …`: people and programs that may sign in.

use std::process::ExitCode;

use fengsui_desk::{Capacity, Desk, NewAccount, Reached};
use fengsui_vocabulary::{OrganisationId, RoleId};

use super::{DATA, Failure, Start, init, serve};
use crate::arguments::{Account, ReachedBy};
use crate::printing::say;

pub(super) async fn run(start: &Start, account: Account) -> Result<ExitCode, Failure> {
    let desk = serve::open(&start.data(DATA)).await?;
    let done = carry_out(&desk, account).await;
    desk.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn carry_out(desk: &Desk, account: Account) -> Result<(), Failure> {
    match account {
        Account::Add { login, name, organisation, roles, capacities, reached } => {
            let reached = read_reached(&reached)?;
            let of = login.clone();
            let organisation = match organisation {
                Some(named) => Some(organisation_of(desk, &named)?),
                None => None,
            };
            add(
                desk,
                NewAccount {
                    login,
                    name,
                    password: None,
                    organisation,
                    roles: all(&roles, "role", str::parse::<RoleId>)?,
                    capacities: all(&capacities, "capacity", str::parse::<Capacity>)?,
                },
            )
            .await?;
            Ok(desk.set_reached(&of, reached).await?)
        }
        Account::Reach { login, reached } => {
            desk.account(&login).await?.ok_or_else(|| nobody(&login))?;
            Ok(desk.set_reached(&login, read_reached(&reached)?).await?)
        }
        Account::Password { login } => {
            let (password, is_made_up) = init::password(desk);
            desk.set_password(&login, &password)
                .await
                .map_err(|fault| Failure::of("the password was not set", &fault))?;
            if is_made_up {
                say(&format!("password (shown only now): {password}"));
            }
            Ok(())
        }
        Account::List => {
            for line in desk.accounts().await? {
                say(&line.to_string());
            }
            Ok(())
        }
        Account::Close { login } => Ok(desk.close_account(&desk.console(), &login).await?),
        Account::Token { login, client } => {
            let account = desk.account(&login).await?.ok_or_else(|| nobody(&login))?;
            say(&desk.make_token(account.person, &client).await?);
            Ok(())
        }
    }
}

async fn add(desk: &Desk, mut account: NewAccount) -> Result<(), Failure> {
    let (password, is_made_up) = init::password(desk);
    account.password = Some(password.clone());
    let login = account.login.clone();
    desk.add_account(&desk.console(), account).await?;
    say(&format!("account {login} added"));
    if is_made_up {
        say(&format!("password (shown only now): {password}"));
    }
    Ok(())
}

fn read_reached(typed: &ReachedBy) -> Result<Reached, Failure> {
    let (mail, mobile) = (typed.mail.as_deref(), typed.mobile.as_deref());
    Reached::read(mail.unwrap_or_default(), mobile.unwrap_or_default(), typed.lang)
        .map_err(|fault| Failure::of("the account was not changed", &fault))
}

/// An organisation by its id or its Chinese name.
pub(super) fn organisation_of(desk: &Desk, named: &str) -> Result<OrganisationId, Failure> {
    desk.directory().named(named).ok_or_else(|| {
        Failure::Said(format!(
            "there is no organisation `{named}`; give its id or its Chinese name"
        ))
    })
}

fn all<T: Ord, E: std::error::Error>(
    texts: &[String],
    what: &str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<std::collections::BTreeSet<T>, Failure> {
    let read = |text: &String| read(text).map_err(|fault| Failure::of(what, &fault));
    texts.iter().map(read).collect()
}

fn nobody(login: &str) -> Failure {
    Failure::Said(format!("there is no account `{login}`; see `fengsui account list`"))
}
