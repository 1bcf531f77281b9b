//! A full record: three incidents in different stages, copied through the store, none of them closed.

use fengsui_desk::{Desk, OnlyOpen};
use fengsui_vocabulary::IncidentId;
use tokio::task::JoinSet;

use crate::Failed;
use crate::figures::remark;

/// The past of the demonstration: a response that runs, one about to, an incident just opened.
pub(crate) const STORY: &str = include_str!("../../../scenarios/demo.story");

/// Copies in one commit.
const COPIES: u64 = 50;

/// Commits under way at the same time.
const UNDER_WAY: usize = 4;

/// How often the progress is told.
const TOLD_EVERY: u64 = 10_000;

/// Of ten incidents, so many are copies of the one with the longest past, of the next, of the last.
const SHARES: [u64; 3] = [1, 2, 7];

/// Copies until there are so many incidents.
pub(super) async fn fill(desk: &Desk, incidents: u64) -> Result<(), Failed> {
    let now = desk.now();
    let models = models(desk).await?;
    let mut commits = JoinSet::new();
    let mut first = 1;
    let mut told = 0;
    for commit in 0.. {
        if first > incidents {
            break;
        }
        let numbers = first..(first + COPIES).min(incidents + 1);
        first = numbers.end;
        let model = *models.get(place_of(commit % 10)).ok_or("the story has too few incidents")?;
        let desk = desk.clone();
        commits.spawn(async move { desk.copy_incident(model, numbers, now).await });
        if commits.len() >= UNDER_WAY
            && let Some(ended) = commits.join_next().await
        {
            ended??;
        }
        if first - told > TOLD_EVERY {
            told = first;
            remark(&format!("{first} of {incidents} incidents"));
        }
    }
    while let Some(ended) = commits.join_next().await {
        ended??;
    }
    Ok(())
}

/// The incidents of the story, the oldest first.
async fn models(desk: &Desk) -> Result<Vec<IncidentId>, Failed> {
    let account = desk.account("lin").await?.ok_or("lin is not there")?;
    let viewer = desk.viewer(account.person).ok_or("lin is nobody")?;
    let mut lines = desk.incidents(&viewer, OnlyOpen::Yes, None).await?.lines;
    lines.sort_by_key(|line| line.opened_at);
    Ok(lines.into_iter().map(|line| line.incident).collect())
}

fn place_of(share: u64) -> usize {
    let mut until = 0;
    SHARES
        .iter()
        .take_while(|share_of_one| {
            until += **share_of_one;
            until <= share
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_kept() {
        let places: Vec<usize> = (0..10).map(place_of).collect();
        assert_eq!(places, [0, 1, 1, 2, 2, 2, 2, 2, 2, 2]);
    }
}
