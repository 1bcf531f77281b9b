//! The walk itself: breadth first, each state once, then backwards from where it can be closed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fengsui_plan::{Act, Anchor, DutyRule, How, Plan};
use fengsui_vocabulary::{Label, LevelId};
use jiff::Timestamp;

use super::asked::{Entries, unanswered};
use super::cast::Cast;
use super::closing::{Cases, close};
use super::key::{Ends, Going, Key};
use super::stage::{START, Stage, later};
use super::steps::{Moves, Try, reason, tries};
use super::{Bounds, words};
use crate::incident::{Incident, IncidentCommand};
use crate::{Packs, Step};

/// What decides whether a state can be closed: voices and texts do not.
type ClosingKey = (Option<LevelId>, Option<usize>, Going, bool, usize);

struct Node {
    key: Key,
    depth: usize,
    at: Timestamp,
    /// The state before, and the command in words.
    from: Option<(usize, String)>,
    incident: Option<Incident>,
    /// The cases in which it can be closed here and now.
    closes_in: BTreeSet<usize>,
    /// Why it cannot be closed here and now, by case.
    stuck: BTreeMap<usize, Label>,
    /// Why nobody can end the response that runs here.
    endless: Option<Label>,
    /// Not everything that follows was looked at.
    is_cut_off: bool,
}

/// What was found by one cast.
pub(super) struct Found {
    pub(super) states: usize,
    pub(super) transitions: usize,
    /// The path, how things stand there, and what is missing.
    pub(super) dead_ends: Vec<(Vec<String>, String, Label)>,
    pub(super) finished: bool,
}

/// A walk on its way.
pub(super) struct Walk<'a> {
    stage: Stage<'a>,
    bounds: Bounds,
    tries: Vec<Try>,
    cases: Cases,
    ends: Ends,
    nodes: Vec<Node>,
    known: BTreeMap<Key, usize>,
    /// For each state, those from which one command leads there.
    before: Vec<Vec<usize>>,
    closings: BTreeMap<ClosingKey, Option<Label>>,
    entries: Entries,
    transitions: usize,
    unanswered: Vec<(usize, Label)>,
    finished: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(plan: &'a Arc<Plan>, cast: Cast, bounds: Bounds) -> Self {
        let packs = Packs::from_iter([Arc::clone(plan)]);
        let tries = tries(plan, &cast);
        let cases = Cases::of(plan);
        let finished = !cases.left_out;
        Self {
            stage: Stage { plan, packs, cast },
            bounds,
            tries,
            cases,
            ends: if plan.duties.iter().any(|duty| duty.blocks_closing && is_on_end(duty)) {
                Ends::Count
            } else {
                Ends::AreAllOne
            },
            nodes: Vec::new(),
            known: BTreeMap::new(),
            before: Vec::new(),
            closings: BTreeMap::new(),
            entries: Entries::default(),
            transitions: 0,
            unanswered: Vec::new(),
            finished,
        }
    }

    pub(super) fn walk(mut self) -> Found {
        let Some((incident, role)) = self.stage.opened() else {
            return self.never_begun();
        };
        let words = format!("{role} opens the incident");
        self.reach(incident, (None, START), words);
        let mut next = 0;
        while let Some(node) = self.nodes.get_mut(next) {
            if node.depth >= self.bounds.depth_max {
                node.is_cut_off = true;
                self.finished = false;
            } else if let Some(incident) = node.incident.take() {
                let now = later(node.at);
                self.explore(next, &incident, now);
            }
            next += 1;
        }
        self.found()
    }

    fn never_begun(self) -> Found {
        let why = words::no_act(self.stage.plan, &self.stage.cast, Act::AcceptReport, None);
        let dead_ends = vec![(Vec::new(), "no incident yet".to_owned(), why)];
        Found { states: 0, transitions: 0, dead_ends, finished: self.finished }
    }

    /// Tries everything in one state.
    fn explore(&mut self, here: usize, incident: &Incident, now: Timestamp) {
        let has_proposal = incident.response.waiting().is_some();
        let mut moved = Vec::new();
        for number in 0..self.tries.len() {
            let Some(it) = self.tries.get(number) else { break };
            if !it.moves.is_worth_trying(incident) {
                continue;
            }
            if it.moves == Moves::Nothing {
                // It leads to the same state: whether somebody may is all there is to see.
                self.transitions += usize::from(self.stage.may(incident, &it.asked, now).is_ok());
                continue;
            }
            let Ok(after) = self.stage.after(incident, &it.asked, now) else { continue };
            let words = it.words.clone();
            if let Moves::Response(step, level) = &it.moves {
                moved.push((*step, level.clone()));
            }
            self.transitions += 1;
            self.reach(after, (Some(here), now), words);
        }
        for why in unanswered(&self.stage, incident, now) {
            self.unanswered.push((here, why));
        }
        for why in self.entries.unconfirmed(&self.stage, incident, now) {
            self.unanswered.push((here, why));
        }
        if !has_proposal {
            self.look_at_response(here, incident, &moved);
        }
        if incident.response.level().is_none() && !has_proposal {
            self.close_here(here, incident, now);
        }
    }

    /// Whether the response that the level calls for can be begun, and the one that runs be ended.
    fn look_at_response(&mut self, here: usize, incident: &Incident, moved: &[(Step, LevelId)]) {
        let plan = self.stage.plan;
        let has_begun = |steps: &[Step], level: &LevelId| {
            moved.iter().any(|(step, to)| steps.contains(step) && to == level)
        };
        let nobody = |step: Step, act: Act, level: &LevelId| {
            words::no_step(plan, &self.stage.cast, (step, act, level))
        };
        let in_force = incident.level(plan);
        match (incident.response.level(), &in_force) {
            (None, Some(level)) => {
                let is_open = is_left_open(plan, Act::StartResponse, level);
                if responds(plan) && !is_open && !has_begun(&[Step::Start], level) {
                    let why = nobody(Step::Start, Act::StartResponse, level);
                    self.unanswered.push((here, why));
                }
            }
            (Some(running), in_force) => {
                let has_end = moved.iter().any(|(step, _)| *step == Step::End);
                let endless = (!has_end).then(|| nobody(Step::End, Act::EndResponse, running));
                if let Some(node) = self.nodes.get_mut(here) {
                    node.endless = endless;
                }
                let Some(level) = in_force else { return };
                let (act, at_level) = incident.act_of(plan, Step::Adjust, level);
                let too_mild = !plan.is_at_least(running, level);
                let is_open = is_left_open(plan, act, &at_level);
                if too_mild && !is_open && !has_begun(&[Step::Adjust, Step::Escalate], level) {
                    let why = nobody(Step::Adjust, act, &at_level);
                    self.unanswered.push((here, why));
                }
            }
            (None, None) => {}
        }
    }

    /// Closes from here in every case, and once for all states that are the same for that.
    fn close_here(&mut self, here: usize, incident: &Incident, now: Timestamp) {
        let Some(key) = self.nodes.get(here).map(|node| node.key.clone()) else { return };
        for case in 0..self.cases.cases.len() {
            let closing = (key.judged.clone(), key.worst, key.response.clone(), key.ended, case);
            let known = self.closings.get(&closing).cloned();
            let verdict = known.unwrap_or_else(|| {
                let verdict = self.first_close(here, incident, (now, case));
                self.closings.insert(closing, verdict.clone());
                verdict
            });
            let Some(node) = self.nodes.get_mut(here) else { return };
            match verdict {
                None => {
                    node.closes_in.insert(case);
                }
                Some(why) => {
                    node.stuck.insert(case, why);
                }
            }
        }
    }

    /// Closes in one case; in the plain one opens it again. Answers with what keeps it open.
    fn first_close(
        &mut self,
        here: usize,
        incident: &Incident,
        (now, case): (Timestamp, usize),
    ) -> Option<Label> {
        let learnt_nothing = case == 0;
        let learnt = self.cases.cases.get(case).filter(|_| !learnt_nothing);
        match close(&self.stage, incident, (now, learnt)) {
            Ok((closed, at)) => {
                self.transitions += 1;
                // What became known in the other cases would come along.
                if learnt_nothing {
                    self.reopen(here, &closed, at);
                }
                None
            }
            Err(why) => Some(why),
        }
    }

    fn reopen(&mut self, here: usize, closed: &Incident, at: Timestamp) {
        let now = later(at);
        let command = IncidentCommand::Reopen { reason: reason() };
        if let Some(open) = self.stage.by_players(closed, Act::ReopenIncident, &command, now) {
            self.transitions += 1;
            let words = "what is owed is met, it is reviewed, closed and reopened".to_owned();
            self.reach(open, (Some(here), now), words);
        }
    }

    /// Notes that a state was reached.
    fn reach(&mut self, incident: Incident, (from, at): (Option<usize>, Timestamp), words: String) {
        let parent = from.and_then(|from| self.nodes.get(from));
        let key = self.key(&incident, parent.map(|parent| &parent.key));
        let there = match self.known.get(&key) {
            Some(there) => *there,
            None if self.nodes.len() >= self.bounds.states_max => {
                self.finished = false;
                if let Some(node) = from.and_then(|from| self.nodes.get_mut(from)) {
                    node.is_cut_off = true;
                }
                return;
            }
            None => {
                let there = self.nodes.len();
                let depth = parent.map_or(0, |parent| parent.depth + 1);
                self.known.insert(key.clone(), there);
                self.before.push(Vec::new());
                self.nodes.push(Node {
                    key,
                    depth,
                    at,
                    from: Some((from.unwrap_or(there), words)),
                    incident: Some(incident),
                    closes_in: BTreeSet::new(),
                    stuck: BTreeMap::new(),
                    endless: None,
                    is_cut_off: false,
                });
                there
            }
        };
        if let (Some(from), Some(before)) = (from, self.before.get_mut(there))
            && !before.contains(&from)
        {
            before.push(from);
        }
    }

    fn key(&self, incident: &Incident, before: Option<&Key>) -> Key {
        Key::of(incident, self.stage.plan, before, self.ends)
    }

    fn found(self) -> Found {
        let mut ends: Vec<(usize, Option<usize>, Label)> =
            self.unanswered.iter().map(|(node, why)| (*node, None, why.clone())).collect();
        let mut lost = None;
        for case in 0..self.cases.cases.len() {
            let closable = self.closable(case);
            let nodes = self.nodes.iter().enumerate();
            for (here, node) in nodes.filter(|(here, _)| !closable.contains(here)) {
                lost.get_or_insert((here, case));
                let why = node.stuck.get(&case).or(node.endless.as_ref());
                ends.extend(why.map(|why| (here, Some(case), why.clone())));
            }
        }
        // A state that only leads to dead ends is no dead end of its own, unless there is no other.
        if let (Some((here, case)), true) = (lost, ends.is_empty()) {
            ends.push((here, Some(case), words::no_way(&self.described(here))));
        }
        ends.sort_by_key(|(node, _, _)| *node);
        let mut said = BTreeSet::new();
        let mut dead_ends = Vec::new();
        for (node, case, why) in ends {
            if said.insert(why.clone()) && dead_ends.len() < DEAD_ENDS_MAX {
                dead_ends.push((self.path(node, case), self.described(node), why));
            }
        }
        Found {
            states: self.nodes.len(),
            transitions: self.transitions + self.entries.transitions,
            dead_ends,
            finished: self.finished,
        }
    }

    /// States from which closing can be reached; where not everything was looked at, it may be.
    fn closable(&self, case: usize) -> BTreeSet<usize> {
        let is_end = |node: &Node| node.is_cut_off || node.closes_in.contains(&case);
        let mut closable: BTreeSet<usize> = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| is_end(node))
            .map(|(here, _)| here)
            .collect();
        let mut open: Vec<usize> = closable.iter().copied().collect();
        while let Some(there) = open.pop() {
            let before = self.before.get(there).into_iter().flatten().copied();
            open.extend(before.filter(|from| closable.insert(*from)));
        }
        closable
    }

    fn path(&self, node: usize, case: Option<usize>) -> Vec<String> {
        let mut path = Vec::new();
        if let Some(learnt) = case.filter(|case| *case > 0).and_then(|it| self.cases.cases.get(it))
        {
            let facts: Vec<_> =
                learnt.facts.keys().map(fengsui_vocabulary::FactId::as_str).collect();
            path.push(match facts.as_slice() {
                [] => "three hours pass".to_owned(),
                facts => {
                    format!("three hours pass, and the worst becomes known of {}", facts.join(", "))
                }
            });
        }
        let mut here = node;
        while let Some((from, words)) = self.nodes.get(here).and_then(|it| it.from.as_ref()) {
            path.push(words.clone());
            if *from == here {
                break;
            }
            here = *from;
        }
        path.reverse();
        path
    }

    fn described(&self, node: usize) -> String {
        self.nodes.get(node).map(|node| node.key.to_string()).unwrap_or_default()
    }
}

/// Whether the plan knows a response at all.
fn responds(plan: &Plan) -> bool {
    plan.authorities.iter().any(|authority| authority.act == Act::StartResponse)
}

/// Whether the plan leaves an act open at a level: that is said once, as blocked.
fn is_left_open(plan: &Plan, act: Act, level: &LevelId) -> bool {
    plan.authority(act, Some(level)).is_some_and(|authority| authority.how == How::Undefined)
}

fn is_on_end(duty: &DutyRule) -> bool {
    let is_end = |name: &str| name == "response_ended" || name == "handling_ended";
    match &duty.anchor {
        Anchor::Incident(name) => is_end(name.as_str()),
        Anchor::Each(names) => names.iter().any(|name| is_end(name.as_str())),
        Anchor::Organisation(_)
        | Anchor::Received
        | Anchor::Condition
        | Anchor::WarningIssued { .. }
        | Anchor::WarningLifted
        | Anchor::Delivered(_)
        | Anchor::FollowUp(_) => false,
    }
}

/// Dead ends that are told.
const DEAD_ENDS_MAX: usize = 50;

#[cfg(test)]
mod tests {
    use super::super::Optional;
    use super::*;
    use crate::Scene;
    use crate::incident::{decide, evolve};
    use crate::testing::shanghai;

    /// What the walk rests on: two histories that it takes for one state permit the same commands,
    /// with everything kept that the walk forgets and everything done that it leaves out.
    #[test]
    fn histories_that_are_one_state_permit_the_same_commands() {
        let plan = shanghai();
        let walk = Walk::new(&plan, Cast::of(&plan, Optional::Filled), Bounds::default());
        let mut permitted: BTreeMap<Key, BTreeSet<usize>> = BTreeMap::new();
        let mut again = 0;
        let mut dice = Dice(7);
        for _ in 0..HISTORIES {
            for (key, may) in history(&walk, &mut dice) {
                let known = permitted.entry(key.clone()).or_insert_with(|| may.clone());
                assert_eq!(*known, may, "{key}");
                again += 1;
            }
        }
        again -= permitted.len();
        assert!(permitted.len() > 100 && again > 100, "{} states, {again} again", permitted.len());
    }

    /// The states of one history, each with the commands that moved a response there.
    fn history(walk: &Walk<'_>, dice: &mut Dice) -> Vec<(Key, BTreeSet<usize>)> {
        let (mut incident, _) = walk.stage.opened().unwrap();
        let (mut key, mut now) = (walk.key(&incident, None), later(START));
        let mut history = Vec::new();
        for _ in 0..COMMANDS {
            let scene = Scene::new(now, &walk.stage.packs);
            let mut decided: Vec<(usize, _)> = Vec::new();
            for (number, it) in walk.tries.iter().enumerate() {
                let events = decide(&incident, &it.asked, &scene).ok();
                decided.extend(events.map(|events| (number, events)));
            }
            let numbers = decided.iter().map(|(number, _)| *number);
            // What is not worth trying may be permitted all the same: to end at another level.
            let may = numbers.filter(|number| {
                let moves = &walk.tries[*number].moves;
                *moves != Moves::Nothing && moves.is_worth_trying(&incident)
            });
            history.push((key.clone(), may.collect()));
            let (number, events) = decided.swap_remove(dice.below(decided.len()));
            let it = &walk.tries[number];
            for event in events {
                evolve(&mut incident, &event.recorded(now, it.asked.by.person));
            }
            let next = walk.key(&incident, Some(&key));
            assert!(it.moves != Moves::Nothing || next == key, "{}", it.words);
            (key, now) = (next, later(now));
        }
        history
    }

    /// Throws the same numbers each time.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, sides: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(self.0 >> 33).unwrap() % sides
        }
    }

    const HISTORIES: usize = 40;
    const COMMANDS: usize = 15;
}
