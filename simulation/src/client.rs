//! Somebody at a browser: asks, asks again when the answer was lost, and remembers what was said.

use fengsui_desk::{Desk, DeskFault};

use crate::deed::{Answer, Deed};
use crate::rng::Rng;
use crate::schedule::step_back;
use crate::world::{World, ask};

/// How somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Once, and again only when no answer came.
    Patient,
    /// And once more when the answer had come.
    Forgetful,
    /// Twice at the same time.
    Nervous,
}

impl Manner {
    pub(crate) fn drawn(rng: &mut Rng) -> Self {
        rng.weighted(&[(6, Self::Patient), (2, Self::Forgetful), (2, Self::Nervous)])
            .unwrap_or(Self::Patient)
    }
}

/// What became of one question.
enum Told {
    Done(Answer),
    /// The desk says no, and so it stays.
    No(String),
    /// Nobody knows.
    Nothing(String),
    /// The desk says something that it never should.
    Wrong(String),
}

/// Has something done; gives up when there is no answer for long.
pub(crate) async fn have_done(world: &World, deed: &Deed, manner: Manner, mut rng: Rng) {
    world.tell(format!("   {}", deed.told()));
    let mut once = Rng::of(rng.next());
    match manner {
        Manner::Patient => drop(until_told(world, deed, &mut once).await),
        Manner::Forgetful => {
            if until_told(world, deed, &mut once).await == Heard::Yes {
                until_told(world, deed, &mut rng).await;
            }
        }
        Manner::Nervous => {
            let both = (until_told(world, deed, &mut once), until_told(world, deed, &mut rng));
            tokio::join!(both.0, both.1);
        }
    }
}

/// Whether it was done, as far as somebody was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Yes,
    No,
}

async fn until_told(world: &World, deed: &Deed, rng: &mut Rng) -> Heard {
    for _ in 0..ATTEMPTS_MAX {
        let Some((node, desk)) = desk_that_is_up(world, rng).await else { break };
        let told = match ask(&desk, deed.ask(world, &desk)).await {
            Some(answer) => told(answer),
            None => Told::Nothing("the node ended".to_owned()),
        };
        let command = deed.command;
        match told {
            Told::Done(answer) => {
                world.tell(format!("      node {node} to {}: {}", deed.who, words(&answer)));
                world.heard.borrow_mut().done(command, deed.told(), answer);
                return Heard::Yes;
            }
            Told::No(why) => {
                world.tell(format!("      node {node} to {}: no: {why}", deed.who));
                let mut heard = world.heard.borrow_mut();
                if world.disk.holds(command) {
                    heard.refused_although_done(&deed.told(), &why);
                }
                heard.refused(command, &deed.told(), &why);
                return Heard::No;
            }
            Told::Nothing(why) => {
                world.tell(format!("      node {node} to {}: no answer: {why}", deed.who));
            }
            Told::Wrong(why) => {
                world.tell(format!("      node {node} to {}: {why}", deed.who));
                world.heard.borrow_mut().wrong(format!("{}: {why}", deed.told()));
                return Heard::No;
            }
        }
    }
    world.tell(format!("      {} gives up", deed.who));
    Heard::No
}

/// Waits for a node; somebody looks after those that ended, unless they were stopped.
async fn desk_that_is_up(world: &World, rng: &mut Rng) -> Option<(usize, Desk)> {
    for _ in 0..WAITS_MAX {
        if let Some(up) = world.some_desk(rng) {
            return Some(up);
        }
        step_back().await;
    }
    None
}

fn told(answer: Result<Answer, DeskFault>) -> Told {
    match answer {
        Ok(answer) => Told::Done(answer),
        Err(
            fault @ (DeskFault::Refused(_)
            | DeskFault::Malformed(_)
            | DeskFault::Absent
            | DeskFault::NotYours
            | DeskFault::Overtaken(_)),
        ) => Told::No(fault.to_string()),
        Err(fault @ (DeskFault::Busy | DeskFault::Store(_))) => Told::Nothing(fault.to_string()),
        Err(
            fault
            @ (DeskFault::Unreadable(_) | DeskFault::Erased { .. } | DeskFault::Unwritable(_)),
        ) => Told::Wrong(fault.to_string()),
    }
}

fn words(answer: &Answer) -> String {
    match answer {
        Answer::Receipt(receipt) => format!("receipt {} for {}", receipt.number, receipt.report),
        Answer::Incident(incident) => format!("it is {incident}"),
        Answer::Done(Some(entries)) => format!("done, {entries} written"),
        Answer::Done(None) => "it had been done".to_owned(),
    }
}

/// Attempts at one command at most.
const ATTEMPTS_MAX: usize = 12;

/// Turns to wait for a node.
const WAITS_MAX: usize = 2_000;
