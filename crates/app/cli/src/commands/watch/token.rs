//! `fengsui watch token …`: tokens of programs that push to feeds.

use std::process::ExitCode;

use fengsui_desk::Desk;
use fengsui_records::FeedName;
use fengsui_watch::{SourceSettings, WatchSettings};

use super::{Failure, Start};
use crate::arguments::Token;
use crate::commands::serve;
use crate::printing::{remark, say};

/// Letters of the name of a program.
const CLIENT_CHARS_MAX: usize = 100;

pub(super) async fn run(start: &Start, token: Token) -> Result<ExitCode, Failure> {
    let desk = serve::open(&start.record()).await?;
    let done = carry_out(&desk, start.watch(), token).await;
    desk.close().await;
    done
}

async fn carry_out(desk: &Desk, watch: &WatchSettings, token: Token) -> Result<ExitCode, Failure> {
    match token {
        Token::Issue { feed, client, login } => {
            check(&client)?;
            let account = desk.account(&login).await?.filter(|account| !account.is_closed);
            let account = account.ok_or_else(|| {
                Failure::Said(format!("there is no account `{login}`; see `fengsui account list`"))
            })?;
            if !takes_pushes(watch, &feed) {
                remark(&format!(
                    "fengsui: no feed {feed} that takes pushes is configured here; describe it with [[watch.feed]]"
                ));
            }
            say(&desk.make_push_token(&feed, account.person, &client).await?);
        }
        Token::List => {
            for token in desk.push_tokens().await? {
                let feed = token.feed.as_ref().map_or("(every feed)", FeedName::as_str);
                say(&format!("{:<24} {:<24} {}", token.client, feed, token.made_at));
            }
        }
        Token::Revoke { client, feed } => {
            let revoked = desk.revoke_push_tokens(&client, feed.as_ref()).await?;
            if revoked == 0 {
                return Err(Failure::Said(format!(
                    "`{client}` has no such token; see `fengsui watch token list`"
                )));
            }
            say(&format!("{revoked} tokens of {client} are taken back"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(client: &str) -> Result<(), Failure> {
    let is_name = !client.trim().is_empty()
        && client.chars().count() <= CLIENT_CHARS_MAX
        && !client.chars().any(char::is_control);
    is_name.then_some(()).ok_or_else(|| {
        Failure::Said(format!("a client has a name of 1 to {CLIENT_CHARS_MAX} letters on one line"))
    })
}

fn takes_pushes(watch: &WatchSettings, feed: &FeedName) -> bool {
    watch.feeds.iter().any(|settings| {
        settings.name == *feed && matches!(settings.source, SourceSettings::Push(_))
    })
}
