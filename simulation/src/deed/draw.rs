//! Drawing a deed: who, what, about which report or incident.

use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{Acceptance, Arrival, DeskFault, IncidentView};
use fengsui_plan::Channel;
use fengsui_response::incident::{IncidentCommand, ReceiveReport, RecordFacts, VoiceDecision};
use fengsui_response::report::ReportCommand;
use fengsui_response::{
    Affected, AnchorKind, Anchors, Delivery, IntakeChannel, Outlook, ReportKind, Step, Tick,
};
use fengsui_store::{Filter, Row, Select, Sight};
use fengsui_vocabulary::{CommandId, FactValue, Facts, IncidentId, Lang, ReportId, RoleId, Scalar};
use jiff::{SignedDuration, Timestamp};

use super::{Deed, What, Wish, parsed};
use crate::rng::Rng;
use crate::world::{PUBLIC, World};

/// Kinds of deeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    TakeIn,
    Supplement,
    Accept,
    Join,
    Decline,
    ReopenReport,
    Merge,
    Facts,
    Judge,
    Voice,
    Call,
    Receive,
    Clear,
    Waive,
    Anchor,
    Correct,
    Note,
    Review,
    Close,
    Reopen,
}

/// What people do, and how often.
const DEEDS: &[(u32, Kind)] = &[
    (18, Kind::TakeIn),
    (6, Kind::Supplement),
    (16, Kind::Accept),
    (4, Kind::Join),
    (3, Kind::Decline),
    (2, Kind::ReopenReport),
    (2, Kind::Merge),
    (8, Kind::Facts),
    (8, Kind::Judge),
    (10, Kind::Voice),
    (14, Kind::Call),
    (4, Kind::Receive),
    (4, Kind::Clear),
    (7, Kind::Waive),
    (3, Kind::Anchor),
    (3, Kind::Correct),
    (4, Kind::Note),
    (3, Kind::Review),
    (5, Kind::Close),
    (2, Kind::Reopen),
];

/// Draws a deed; `None` when there is nothing yet that it could be about.
pub(crate) async fn drawn(world: &World, rng: &mut Rng) -> Result<Option<Deed>, DeskFault> {
    let Some(kind) = rng.weighted(DEEDS) else { return Ok(None) };
    let command = CommandId::from_bits(u128::from(rng.next()) << 64 | u128::from(rng.next()));
    let now = world.time.now();
    let what = match kind {
        Kind::TakeIn => Some(What::TakeIn(Box::new(arrival(world, rng, now)?))),
        Kind::Supplement => supplement(world, rng)?,
        Kind::Accept => {
            let title = parsed("一个事件")?;
            report(world, rng).await?.map(|it| What::Accept(it, Acceptance::Open(title)))
        }
        Kind::Join => join(world, rng).await?,
        Kind::Decline => {
            on_report(world, rng, ReportCommand::Decline { reason: parsed("证据不足")? })
        }
        Kind::ReopenReport => {
            on_report(world, rng, ReportCommand::Reopen { reason: parsed("补充了证据")? })
        }
        Kind::Merge => merge(world, rng),
        Kind::Facts
        | Kind::Judge
        | Kind::Voice
        | Kind::Call
        | Kind::Receive
        | Kind::Clear
        | Kind::Waive
        | Kind::Anchor
        | Kind::Correct
        | Kind::Note
        | Kind::Review
        | Kind::Close
        | Kind::Reopen => on_incident(world, rng, kind).await?,
    };
    let who = who(kind, rng);
    let back = rng.thousandths(200).then(|| now - minutes(rng.between(0, 240)));
    // Typed in later: an honest officer does not say it happened before there was anything to say.
    let happened_at = back.filter(|_| matches!(kind, Kind::Call | Kind::Receive | Kind::TakeIn));
    Ok(what.map(|what| Deed { command, who, happened_at, what }))
}

fn who(kind: Kind, rng: &mut Rng) -> &'static str {
    let among: &[&str] = match kind {
        Kind::TakeIn | Kind::Supplement => &[PUBLIC, PUBLIC, PUBLIC, "mara"],
        Kind::Accept | Kind::Join | Kind::Decline | Kind::ReopenReport | Kind::Merge => {
            &["mara", "lin", "shen"]
        }
        Kind::Facts | Kind::Judge | Kind::Note | Kind::Review | Kind::Close | Kind::Reopen => {
            &["lin", "shen"]
        }
        Kind::Voice => &["lin", "chen", "luo"],
        Kind::Call => &["mara", "zhou", "xu", "tang", "lin"],
        Kind::Receive => &["chen", "mara", "zhou"],
        Kind::Clear => &["luo", "shen", "mara"],
        Kind::Waive => &["lin", "shen", "wei"],
        Kind::Anchor | Kind::Correct => &["lin", "mara"],
    };
    rng.pick(among).copied().unwrap_or(PUBLIC)
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn arrival(world: &World, rng: &mut Rng, now: Timestamp) -> Result<Arrival, DeskFault> {
    let unit = rng.pick(UNITS).copied().unwrap_or_default();
    let organisation = world.observer.directory().named(unit);
    let discovered_at = rng.thousandths(900).then(|| now - minutes(rng.between(1, 600)));
    let anchors = Anchors { discovered_at, ..Anchors::default() };
    Ok(Arrival {
        kind: ReportKind::Incident,
        channel: IntakeChannel::Web,
        taken_in_by: None,
        follows: None,
        affected: vec![Affected { organisation, district: None, anchors }],
        facts: facts(rng)?,
        content: ReportContent {
            title: parsed("疑似入侵")?,
            description: parsed("发现异常登录,正在排查。")?,
            reporter: Reporter::default(),
            file_names: Vec::new(),
            organisation: Some(parsed(unit)?),
            lang: Lang::Zh,
        },
        files: Vec::new(),
        call: None,
        sealed_because: None,
    })
}

/// Some of the facts that move levels, with values of the catalogue.
fn facts(rng: &mut Rng) -> Result<Facts, DeskFault> {
    let mut facts = Facts::new();
    for (fact, values) in FACTS {
        if let Some(value) = rng.pick(values).filter(|_| rng.clone().thousandths(400)) {
            facts.insert(parsed(fact)?, FactValue::Exact(Scalar::Word(parsed(value)?)));
        }
        rng.next();
    }
    Ok(facts)
}

fn supplement(world: &World, rng: &mut Rng) -> Result<Option<What>, DeskFault> {
    let Some(report) = rng.pick(&world.reports()).copied() else { return Ok(None) };
    Ok(Some(What::Supplement(report, parsed("补充情况:范围扩大。")?, facts(rng)?)))
}

/// A report; most often one that waits.
async fn report(world: &World, rng: &mut Rng) -> Result<Option<ReportId>, DeskFault> {
    let waiting = Select {
        board: "board_report",
        filters: vec![Filter::Eq("state", "waiting".into())],
        sight: Sight::Everything,
        order: Vec::new(),
        after: None,
        limit: 1_000,
    };
    let rows = world.observer.model_store().rows(&waiting).await?;
    let id = |row: &Row| row.stream().strip_prefix("report:")?.parse().ok();
    let waiting: Vec<ReportId> = rows.iter().filter_map(id).collect();
    let known = world.reports();
    let among = if waiting.is_empty() || rng.thousandths(100) { known } else { waiting };
    Ok(rng.pick(&among).copied())
}

async fn join(world: &World, rng: &mut Rng) -> Result<Option<What>, DeskFault> {
    let report = report(world, rng).await?;
    let incident = rng.pick(&world.incidents()).copied();
    let both = report.zip(incident);
    Ok(both.map(|(report, incident)| What::Accept(report, Acceptance::Join(incident))))
}

fn on_report(world: &World, rng: &mut Rng, command: ReportCommand) -> Option<What> {
    let report = rng.pick(&world.reports()).copied()?;
    Some(What::OnReport(report, Box::new(command)))
}

fn merge(world: &World, rng: &mut Rng) -> Option<What> {
    let known = world.reports();
    let (one, other) = (rng.pick(&known).copied()?, rng.pick(&known).copied()?);
    (one != other).then_some(What::Merge(one, other))
}

async fn on_incident(world: &World, rng: &mut Rng, kind: Kind) -> Result<Option<What>, DeskFault> {
    let Some(incident) = rng.pick(&world.incidents()).copied() else { return Ok(None) };
    let lin = world.viewer(&world.observer, "lin").ok_or(DeskFault::NotYours)?;
    let view = world.observer.incident(&lin, incident).await?;
    let wish = match kind {
        Kind::Call | Kind::Receive | Kind::Clear | Kind::Waive => about_duties(&view, rng, kind)?,
        Kind::Anchor | Kind::Correct => about_anchors(&view, rng, kind)?,
        Kind::Note => Some(Wish::Note(parsed("电话核实,仍在处置。")?)),
        Kind::Review => Some(Wish::Review(parsed("原因、损失、责任与教训。")?)),
        Kind::TakeIn
        | Kind::Supplement
        | Kind::Accept
        | Kind::Join
        | Kind::Decline
        | Kind::ReopenReport
        | Kind::Merge
        | Kind::Facts
        | Kind::Judge
        | Kind::Voice
        | Kind::Close
        | Kind::Reopen => decision(&view, rng, kind)?.map(Wish::Plain),
    };
    Ok(wish.map(|wish| what_of(incident, wish)))
}

fn what_of(incident: IncidentId, wish: Wish) -> What {
    What::OnIncident(incident, Box::new(wish))
}

fn decision(
    view: &IncidentView,
    rng: &mut Rng,
    kind: Kind,
) -> Result<Option<IncidentCommand>, DeskFault> {
    let level = rng.pick(LEVELS).copied().unwrap_or_default();
    Ok(Some(match kind {
        Kind::Facts => IncidentCommand::RecordFacts(RecordFacts {
            facts: facts(rng)?,
            said_by: None,
            ground: Some(parsed("现场核实")?),
            outlook: Outlook::Observed,
        }),
        Kind::Judge => IncidentCommand::JudgeLevel {
            plan: view.lead.id.clone(),
            level: parsed(level)?,
            reason: Some(parsed("综合研判")?),
        },
        Kind::Voice => IncidentCommand::VoiceDecision(VoiceDecision {
            step: if view.incident.response.level().is_none() { Step::Start } else { Step::End },
            level: view.incident.response.level().cloned().map_or_else(|| parsed("III"), Ok)?,
            scope: parsed("全市")?,
            reason: Some(parsed("综合研判")?),
        }),
        Kind::Close => IncidentCommand::Close { note: None },
        Kind::Reopen => IncidentCommand::Reopen { reason: parsed("又发生了")? },
        Kind::TakeIn
        | Kind::Supplement
        | Kind::Accept
        | Kind::Join
        | Kind::Decline
        | Kind::ReopenReport
        | Kind::Merge
        | Kind::Call
        | Kind::Receive
        | Kind::Clear
        | Kind::Waive
        | Kind::Anchor
        | Kind::Correct
        | Kind::Note
        | Kind::Review => return Ok(None),
    }))
}

fn about_duties(view: &IncidentView, rng: &mut Rng, kind: Kind) -> Result<Option<Wish>, DeskFault> {
    let open: Vec<_> = view.duties.iter().filter(|duty| duty.state.is_open()).collect();
    if kind == Kind::Receive {
        let role: RoleId = parsed(rng.pick(RECEIVERS).copied().unwrap_or_default())?;
        let report = view.incident.reports.keys().next().copied();
        return Ok(report.map(|report| {
            Wish::Plain(IncidentCommand::ReceiveReport(ReceiveReport {
                plan: None,
                by: role,
                channel: Channel::Written,
                report: Some(report),
                act: Delivery::Report { report },
                late_because: None,
            }))
        }));
    }
    let Some(duty) = rng.pick(&open) else { return Ok(None) };
    let all = kind == Kind::Waive && rng.thousandths(500);
    let meant: Vec<Tick> = if all {
        open.iter().map(|duty| view.incident.tick_of(duty)).collect()
    } else {
        vec![view.incident.tick_of(duty)]
    };
    Ok(Some(if kind == Kind::Clear {
        Wish::Plain(IncidentCommand::ClearMiss { ticks: meant })
    } else if kind == Kind::Waive {
        let reason = parsed("经请示不再需要")?;
        Wish::Plain(IncidentCommand::WaiveDuty { ticks: meant, reason })
    } else {
        Wish::Call(meant, Some(parsed("值班员交接时遗漏")?))
    }))
}

fn about_anchors(
    view: &IncidentView,
    rng: &mut Rng,
    kind: Kind,
) -> Result<Option<Wish>, DeskFault> {
    let Some(party) = view.incident.affected.keys().next().copied() else { return Ok(None) };
    let at = view.now - minutes(rng.between(1, 900));
    let kinds = [AnchorKind::Occurred, AnchorKind::Discovered];
    let Some(anchor) = rng.pick(&kinds).copied() else { return Ok(None) };
    Ok(Some(Wish::Plain(if kind == Kind::Anchor {
        IncidentCommand::RecordAnchor { party, anchor, plan: None, at, offset: None }
    } else {
        let reason = parsed("日志时间有误")?;
        IncidentCommand::CorrectAnchor { party, anchor, to: at, reason }
    })))
}

const UNITS: &[&str] = &[
    "浦江数据服务有限公司",
    "申城轨道交通运营中心",
    "汇南人民医院",
    "青溪供水公司",
    "没有登记的公司",
];

const LEVELS: &[&str] = &["I", "II", "III", "IV"];

const RECEIVERS: &[&str] = &["linkage_centre", "cac_duty_room", "district_authority"];

/// Facts that move levels, with values of the catalogue.
const FACTS: &[(&str, &[&str])] = &[
    ("system_loss", &["minor", "considerable", "severe"]),
    ("system_importance", &["ordinary", "important", "critical_infrastructure"]),
    ("data_threat", &["none", "some", "considerable"]),
    ("security_threat", &["none", "some", "considerable", "serious"]),
    ("security_impact", &["none", "some"]),
];
