//! The order in which a pack is read: names, then everything that may refer to them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fengsui_vocabulary::{ClauseId, DutyId, FormId, PlanId};
use jiff::tz::TimeZone;

use super::Shelf;
use super::calendar::EVIDENCE;
use super::inherit::Lineage;
use super::names::{Kind, Names};
use super::tree::{At, Node, Sink, Table};
use crate::catalogue::{Catalogue, read_facts};
use crate::diagnostic::Source;
use crate::model::{
    About, Binding, Calendar, Clause, Colour, HandOver, LateArising, Level, OnLowerLevel, Plan,
    Reckoning, Role, Settings, Taxonomy,
};

/// What every reader of a pack needs.
pub(super) struct Pack<'a> {
    pub(super) sink: &'a Sink,
    pub(super) names: Names<'a>,
    pub(super) facts: Catalogue,
    pub(super) calendars: &'a BTreeMap<String, Calendar>,
    /// What its duty ids begin with.
    pub(super) short: Option<String>,
    /// Duties of the plan below, whose ids begin as they do there.
    pub(super) inherited: BTreeSet<DutyId>,
}

/// The `[plan]` table.
struct Front {
    id: PlanId,
    short: String,
    about: About,
    time_zone: TimeZone,
    reckons_by: Reckoning,
    taxonomies: Vec<At<FormId>>,
    source: String,
}

/// Reads a whole pack; nothing if a part without which there is no plan is missing.
pub(super) fn plan<'a>(
    root: &Table<'a>,
    source: &Source,
    shelf: Shelf<'a>,
    lineage: &Lineage,
) -> Option<Plan> {
    let sink = root.sink();
    super::read_format(root, sink);
    let mut facts = shelf.catalogue.clone();
    facts.extend(read_facts(root, sink), sink);
    let front = root.table("plan").and_then(|table| front(&table, sink));
    let short = front.as_ref().map(|front| front.short.clone());
    let below = lineage.parent().into_iter().flat_map(|parent| &parent.duties);
    let inherited = below.map(|duty| duty.id.clone()).collect();
    let calendars = shelf.calendars;
    let pack = Pack { sink, names: Names::collect(root), facts, calendars, short, inherited };
    let settings = root.table("settings").and_then(|table| settings(&table));
    let levels = pack.levels(root);
    let hand_overs = pack.hand_overs(root);
    let grader = pack.grader(root, &levels, &hand_overs);
    let clauses = clauses(root, front.as_ref().map(|front| front.source.as_str()));
    let roles = pack.roles(root);
    let duties = pack.duties(root);
    let authorities = pack.authorities(root);
    let technical_plan = pack.technical_plan(root);
    let mut papers = pack.papers(root);
    let shared = front.as_ref().map(|front| front.taxonomies.as_slice()).unwrap_or_default();
    papers.taxonomies.extend(pack.shared(shared, shelf.taxonomies));
    let scenarios = crate::scenario::scenarios(root);
    root.finish();
    let (front, settings) = (front?, settings?);
    let plan = Plan {
        id: front.id,
        short: front.short,
        hash: crate::canonical::sha_256(&source.text),
        canonical_hash: String::new(), // both are filled in when the whole has been read
        whole: Arc::default(),
        text: source.text.clone(),
        about: front.about,
        time_zone: front.time_zone,
        reckons_by: front.reckons_by,
        lineage: lineage.ids(),
        scopes: grader.scopes().cloned().collect(),
        levels,
        clauses,
        roles,
        grader,
        hand_overs,
        duties,
        authorities,
        policies: papers.policies,
        readings: papers.readings,
        technical_plan,
        measures: papers.measures,
        forms: papers.forms,
        taxonomies: papers.taxonomies,
        settings,
        calendars: calendars.clone(),
        facts: Arc::new(pack.facts.clone()),
        scenarios,
    };
    if !sink.has_errors() {
        // What a broken rule leaves behind would look like gaps.
        pack.cross_check(&plan, root);
    }
    Some(plan)
}

fn front(table: &Table<'_>, sink: &Sink) -> Option<Front> {
    let id: Option<At<PlanId>> = table.name("id");
    let short = table.required("short").and_then(|node| short(node, sink));
    let title = table.label("title");
    let issuer = table.label("issuer");
    let edition = table.text("edition");
    let source = table.text("source");
    let notice = table.label("notice");
    let time_zone = table.required("time_zone").and_then(|node| time_zone(node, sink));
    let document_number = table.optional("document_number").and_then(Node::text);
    let in_force_from = table.optional("in_force_from").map(Node::date);
    let in_force_until = table.optional("in_force_until").map(Node::date);
    let supersedes = table.optional("supersedes").map(Node::items).unwrap_or_default();
    let supersedes = supersedes.into_iter().filter_map(Node::text).collect();
    let reckons_by = match table.optional("reckons_by") {
        Some(node) => node.word(RECKONINGS),
        None => Some(Reckoning::Zone),
    };
    let taxonomies = table.optional("taxonomies").map(Node::names).unwrap_or_default();
    let jurisdiction = table.optional("jurisdiction").map(Node::label);
    // Followed before anything is read: a plan is called by it, so a name is all that it can be.
    if let Some(extends) = table.optional("extends")
        && !extends.value().is_str()
    {
        extends.wrong::<()>("the id of a plan in quotes");
    }
    table.finish();
    let jurisdiction = match jurisdiction {
        Some(jurisdiction) => Some(jurisdiction?),
        None => None,
    };
    let (in_force_from, in_force_until) = (in_force_from.flatten(), in_force_until.flatten());
    if let (Some(from), Some(until)) = (in_force_from, in_force_until)
        && until < from
    {
        sink.error(
            "dates-swapped",
            table.span(),
            format!("this plan ends ({until}) before it begins ({from})"),
            "swap `in_force_from` and `in_force_until`, or mend one",
        );
    }
    let about = About {
        title: title?,
        issuer: issuer?,
        jurisdiction,
        edition: edition?,
        document_number,
        in_force_from,
        in_force_until,
        supersedes,
        notice: notice?,
    };
    Some(Front {
        id: id?.value,
        short: short?,
        about,
        time_zone: time_zone?,
        reckons_by: reckons_by?,
        taxonomies,
        source: source?,
    })
}

fn short(node: Node<'_>, sink: &Sink) -> Option<String> {
    let short = node.text()?;
    let is_plain =
        short.bytes().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit());
    if is_plain && short.len() <= 12 {
        return Some(short);
    }
    sink.error(
        "malformed-name",
        node.span(),
        format!("`{short}` cannot begin the ids of duties"),
        "use 1 to 12 lower-case letters or digits: `sh`",
    );
    None
}

fn time_zone(node: Node<'_>, sink: &Sink) -> Option<TimeZone> {
    let name = node.text()?;
    let zone = TimeZone::get(&name).ok();
    if zone.is_none() {
        sink.error(
            "unknown-time-zone",
            node.span(),
            format!("no time zone is called `{name}`"),
            "use a name of the IANA time zone database: `Asia/Shanghai`",
        );
    }
    zone
}

fn settings(table: &Table<'_>) -> Option<Settings> {
    let late_arising = table.required("late_arising").and_then(|node| {
        node.word(&[
            ("immediate", LateArising::Immediate),
            ("as_reckoned", LateArising::AsReckoned),
        ])
    });
    let on_lower_level = table.required("on_lower_level").and_then(|node| {
        node.word(&[("continue", OnLowerLevel::Continue), ("supersede", OnLowerLevel::Supersede)])
    });
    table.finish();
    Some(Settings { late_arising: late_arising?, on_lower_level: on_lower_level? })
}

impl<'a> Pack<'a> {
    /// The clause that a rule names.
    pub(super) fn clause(&self, table: &Table<'_>) -> Option<ClauseId> {
        self.names.resolve(Kind::Clause, table.name("clause")?)
    }

    /// The shared taxonomies that the plan names; a part that it does not hand over is no part here.
    fn shared(&self, named: &[At<FormId>], known: &BTreeMap<String, Taxonomy>) -> Vec<Taxonomy> {
        let mut shared: Vec<Taxonomy> = Vec::new();
        for name in named {
            let id = name.value.to_string();
            let Some(taxonomy) = known.get(&id) else {
                super::taxonomy::unknown_taxonomy(self.sink, name.span.clone(), &id, known);
                continue;
            };
            let is_own = self.names.of(Kind::Taxonomy).contains_key(id.as_str());
            if is_own || shared.iter().any(|other| other.id == id) {
                self.sink.error(
                    "duplicate-id",
                    name.span.clone(),
                    format!("the taxonomy `{id}` is in this plan already"),
                    "leave it out here, or give the plan's own one another id",
                );
                continue;
            }
            let mut taxonomy = taxonomy.clone();
            for class in &mut taxonomy.classes {
                let part = class.hands_over.take();
                class.hands_over =
                    part.filter(|part| self.names.of(Kind::Part).contains_key(part.as_str()));
            }
            shared.push(taxonomy);
        }
        shared
    }

    fn levels(&self, root: &Table<'a>) -> Vec<Level> {
        root.tables("level").iter().filter_map(|table| self.level(table)).collect()
    }

    fn level(&self, table: &Table<'_>) -> Option<Level> {
        let id = table.name("id");
        let clause = self.clause(table);
        let label = table.label("label");
        let colour = table.optional("colour").map(|node| node.word(COLOURS));
        table.finish();
        let colour = match colour {
            Some(colour) => Some(colour?),
            None => None,
        };
        Some(Level { id: id?.value, clause: clause?, label: label?, colour })
    }

    fn hand_overs(&self, root: &Table<'a>) -> Vec<HandOver> {
        root.tables("hand_over").iter().filter_map(|table| self.hand_over(table)).collect()
    }

    fn hand_over(&self, table: &Table<'_>) -> Option<HandOver> {
        let part: Option<At<fengsui_vocabulary::FactId>> = table.name("part");
        let fact = table.required("fact").and_then(|node| self.flag(node));
        let clause = self.clause(table);
        let to = table.label("to");
        table.finish();
        Some(HandOver {
            part: part?.value.to_string(),
            fact: fact?.id.clone(),
            clause: clause?,
            to: to?,
        })
    }

    fn roles(&self, root: &Table<'a>) -> BTreeMap<fengsui_vocabulary::RoleId, Role> {
        let tables = root.tables("role");
        let roles = tables.iter().filter_map(|table| self.role(table));
        roles.map(|role| (role.id.clone(), role)).collect()
    }

    fn role(&self, table: &Table<'_>) -> Option<Role> {
        let id: Option<At<_>> = table.name("id");
        let clause = self.clause(table);
        let label = table.label("label");
        let bound = table.required("bound").and_then(|node| node.word(BINDINGS));
        let part_of = self.role_named(table, "part_of");
        let converted_from = self.role_named(table, "converted_from");
        table.finish();
        let bound = bound?;
        if (bound == Binding::Converted) != table.optional("converted_from").is_some() {
            self.sink.error(
                "conversion-incomplete",
                table.span(),
                "`bound = \"converted\"` and `converted_from` belong together",
                "write both: which role becomes this one; or neither",
            );
        }
        Some(Role { id: id?.value, clause: clause?, label: label?, bound, part_of, converted_from })
    }

    fn role_named(
        &self,
        table: &Table<'_>,
        key: &'static str,
    ) -> Option<fengsui_vocabulary::RoleId> {
        self.names.resolve(Kind::Role, table.optional(key)?.name()?)
    }
}

fn clauses(root: &Table<'_>, source: Option<&str>) -> BTreeMap<ClauseId, Clause> {
    let tables = root.tables("clause");
    let clauses = tables.iter().enumerate();
    clauses
        .filter_map(|(place, table)| clause_of(table, place, source))
        .map(|clause| (clause.id.clone(), clause))
        .collect()
}

fn clause_of(table: &Table<'_>, place: usize, source: Option<&str>) -> Option<Clause> {
    let id: Option<At<ClauseId>> = table.name("id");
    let text = table.label("text");
    let evidence = table.required("evidence").and_then(|node| node.word(EVIDENCE));
    let own_source = table.optional("source").and_then(Node::text);
    let carries = table.optional("carries").map(Node::items).unwrap_or_default();
    let no_rule = table.optional("no_rule").map(Node::label);
    table.finish();
    let no_rule = match no_rule {
        Some(reason) => Some(reason?),
        None => None,
    };
    Some(Clause {
        id: id?.value,
        place,
        text: text?,
        evidence: evidence?,
        source: own_source.or_else(|| source.map(str::to_owned)).unwrap_or_default(),
        carries: carries.into_iter().filter_map(Node::text).collect(),
        no_rule,
    })
}

/// The words of colours.
pub(super) const COLOURS: &[(&str, Colour)] = &[
    ("red", Colour::Red),
    ("orange", Colour::Orange),
    ("yellow", Colour::Yellow),
    ("blue", Colour::Blue),
];

const RECKONINGS: &[(&str, Reckoning)] =
    &[("zone", Reckoning::Zone), ("anchor", Reckoning::Anchor)];

const BINDINGS: &[(&str, Binding)] = &[
    ("deployment", Binding::Deployment),
    ("optional", Binding::Optional),
    ("affected", Binding::Affected),
    ("district", Binding::District),
    ("sector", Binding::Sector),
    ("outside", Binding::Outside),
    ("set", Binding::Set),
    ("converted", Binding::Converted),
];
