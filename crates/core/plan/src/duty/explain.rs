//! Why a duty is owed and why it stands where it stands, in both languages.

use fengsui_vocabulary::{ClauseId, Label, RoleId};
use jiff::{SignedDuration, Timestamp};

use super::arise::Owed;
use super::ground::{Basis, InForce};
use super::known::Known;
use super::settle::Settled;
use super::words::{Words, allowance, anchor, span};
use super::{Because, DutyKind, DutyState};
use crate::model::Act;

/// The reasons, the most important first.
pub(super) fn because(known: &Known<'_>, settled: &Settled<'_>) -> Vec<Because> {
    let owed = &settled.owed;
    let zone = known.zone_of(owed.origin.seen);
    let words = Words::of(known.plan, &zone);
    let clause = &owed.rule.clause;
    let mut reasons = vec![reason(clause, start(words, owed))];
    if let Some(ground) = owed.ground {
        if let Some(level) = ground.level {
            reasons.push(level_in_force(words, clause, level));
        }
        for fact in &ground.facts {
            let at = words.time(ground.seen.at);
            reasons.push(reason(
                clause,
                Label::new(
                    format!("{at}已知 {fact} 成立"),
                    format!("{fact} has been known to hold since {at}"),
                ),
            ));
        }
    }
    let mut texts = Vec::new();
    readings(words, settled, &mut texts);
    done(words, known.now, settled, &mut texts);
    replaced(words, settled, &mut texts);
    if let Some((seen, why)) = known.not_reported {
        let at = words.time(seen.at);
        texts.push(Label::new(
            format!("{at}决定不报告:{why}"),
            format!("it was decided at {at} not to report: {why}"),
        ));
    }
    reasons.extend(texts.into_iter().map(|text| reason(clause, text)));
    reasons
}

fn reason(clause: &ClauseId, text: Label) -> Because {
    Because { clause: clause.clone(), text }
}

/// "Clause x, anchor y at t."
fn start(words: Words<'_>, owed: &Owed<'_>) -> Label {
    let clause = &owed.rule.clause;
    let at = words.time(owed.origin.seen.at);
    let (from, allowed) = (anchor(owed.origin.name), allowance(&owed.rule.due));
    let (assumed_zh, assumed_en) = if owed.rule.assumed {
        ("(条文未写明起算点,系推定)", " (assumed: the text names no start)")
    } else {
        ("", "")
    };
    Label::new(
        format!("第{clause}条:自{}({at})起,{}{assumed_zh}", from.zh, allowed.zh),
        format!("clause {clause}: {} from {} at {at}{assumed_en}", allowed.en, from.en),
    )
}

/// "Level z decided by w."
fn level_in_force(words: Words<'_>, clause: &ClauseId, in_force: InForce<'_>) -> Because {
    let level = words.level(in_force.level);
    let at = words.time(in_force.at);
    match in_force.basis {
        Basis::Judged(by) => {
            let authority = words.plan().authority(Act::JudgeLevel, Some(in_force.level));
            let judges = authority.map(|authority| authority.how.initiators()).unwrap_or_default();
            let who = names(words, if by.is_empty() { judges } else { by });
            let clause = authority.map_or(clause, |authority| &authority.clause);
            reason(
                clause,
                Label::new(
                    format!("{at}{}判定为{}", who.zh, level.zh),
                    format!("level {} decided by {} at {at}", level.en, who.en),
                ),
            )
        }
        Basis::Certain => reason(
            clause,
            Label::new(
                format!("尚未判定;{at}已知事实确定为{}", level.zh),
                format!("not judged yet; the facts known at {at} make level {} certain", level.en),
            ),
        ),
    }
}

fn names(words: Words<'_>, roles: &[RoleId]) -> Label {
    let names: Vec<Label> = roles.iter().map(|role| words.role(role)).collect();
    let joined = |of: fn(&Label) -> &str, with| names.iter().map(of).collect::<Vec<_>>().join(with);
    Label::new(joined(|name| &name.zh, "、"), joined(|name| &name.en, " and "))
}

/// Other readings of the start, and a time that lay before the duty arose.
fn readings(words: Words<'_>, settled: &Settled<'_>, texts: &mut Vec<Label>) {
    let owed = &settled.owed;
    for other in &owed.origin.others {
        let (other, held) = (words.time(*other), words.time(owed.origin.seen.at));
        texts.push(Label::new(
            format!("起算点另有读法:{other};时钟已自{held}起算,不再移动"),
            format!("another reading of the start is {other}; the clock runs from {held} and does not move"),
        ));
    }
    let is_late_arising = owed.kind == DutyKind::Immediate
        && owed.due.is_none()
        && owed.rule.overrides.is_empty()
        && !owed.also_read_as.is_empty();
    if is_late_arising {
        let arose = words.time(owed.arose_at);
        texts.push(Label::new(
            format!("{arose}义务产生时条文时限已过,应立即完成"),
            format!("its time had passed when it arose at {arose}, so it is owed at once"),
        ));
    }
}

/// What was done, and how it compares with the time.
fn done(words: Words<'_>, now: Timestamp, settled: &Settled<'_>, texts: &mut Vec<Label>) {
    let owed = &settled.owed;
    match settled.state {
        DutyState::Elapsed => {
            let after = span(elapsed(owed.arose_at, settled.done_at.unwrap_or(now)));
            texts.push(Label::new(
                format!("产生后{}完成", after.zh),
                format!("done {} after it arose", after.en),
            ));
        }
        DutyState::Pending if owed.kind == DutyKind::Immediate => {
            let open = span(elapsed(owed.arose_at, now));
            texts.push(Label::new(
                format!("产生已{},尚未完成", open.zh),
                format!("open for {} since it arose", open.en),
            ));
        }
        DutyState::Late | DutyState::Missed => overdue(now, settled, texts),
        DutyState::Pending
        | DutyState::Done
        | DutyState::DoneRecordedLate
        | DutyState::Waived
        | DutyState::Superseded => {}
    }
    if let Some(claimed) = settled.notes.claimed {
        let (at, entered) = (words.time(claimed.at), words.time(claimed.recorded_at));
        texts.push(Label::new(
            format!("称{at}已完成,{entered}补录,待他人确认"),
            format!("said to have been done at {at}, entered at {entered}, not confirmed by a second person"),
        ));
    }
    if let Some((seen, by)) = settled.notes.cleared {
        let (at, entered) = (words.time(seen.at), words.time(seen.recorded_at));
        texts.push(Label::new(
            format!("{at}按时完成,{entered}补录,由{by}确认;曾记为逾期"),
            format!("done in time at {at}, entered at {entered}, confirmed by {by}; it had been missed until then"),
        ));
    }
    if let Some((at, why)) = settled.notes.waived {
        let at = words.time(at);
        texts.push(Label::new(format!("{at}免除:{why}"), format!("waived at {at}: {why}")));
    }
}

fn overdue(now: Timestamp, settled: &Settled<'_>, texts: &mut Vec<Label>) {
    let Some(due) = settled.owed.due else { return };
    let after = span(elapsed(due, settled.done_at.unwrap_or(now)));
    texts.push(match settled.done_at {
        Some(_) => Label::new(
            format!("超过时限{}完成", after.zh),
            format!("done {} after its time", after.en),
        ),
        None => Label::new(
            format!("已超过时限{},仍须完成", after.zh),
            format!("{} past its time and still owed", after.en),
        ),
    });
}

/// Stricter duties, on both sides.
fn replaced(words: Words<'_>, settled: &Settled<'_>, texts: &mut Vec<Label>) {
    if let Some((by, at)) = settled.notes.superseded_by {
        let at = words.time(at);
        texts.push(Label::new(
            format!("{at}起由 {by} 取代"),
            format!("superseded by {by} from {at} on"),
        ));
    }
    if let (true, Some(due)) = (settled.notes.was_missed, settled.owed.due) {
        let due = words.time(due);
        texts.push(Label::new(
            format!("被取代前已逾期({due})"),
            format!("it had been missed at {due} before that"),
        ));
    }
    for (duty, due) in &settled.notes.replaces {
        let due = due.map(|due| words.time(due)).unwrap_or_default();
        texts.push(Label::new(
            format!("取代 {duty}(条文时限{due})"),
            format!("replaces {duty} (by the text due {due})"),
        ));
    }
    if settled.notes.level_fell {
        texts.push(Label::new(
            "等级已降低,条件不再成立",
            "the level fell, so what it is for no longer holds",
        ));
    }
}

fn elapsed(from: Timestamp, to: Timestamp) -> SignedDuration {
    to.duration_since(from).max(SignedDuration::ZERO)
}
