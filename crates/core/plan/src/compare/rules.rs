//! What changes about levels, roles, authority, hand-overs and settings.

use std::collections::BTreeSet;

use fengsui_vocabulary::{Label, LevelId, RoleId};

use super::ChangeKind::{Added, Changed, Looser, Removed, Stricter};
use super::{ChangeKind, Ledger, Pair, SubjectKind, paired, words};
use crate::model::{
    Act, Authority, Binding, HandOver, How, LateArising, Level, OnLowerLevel, Plan, Reckoning, Role,
};

impl<'p> Ledger<'p> {
    /// Notes what changes about the rules besides duties and criteria.
    pub(super) fn rules(&mut self) {
        self.levels();
        self.hand_overs();
        self.authorities();
        self.settings();
        self.roles();
    }

    fn levels(&mut self) {
        let (a, b) = (self.a, self.b);
        for pair in paired(&a.levels, &b.levels, |level: &'p Level| &level.id) {
            let (kind, level, text) = match pair {
                Pair::Gone(level) => (Removed, level, Label::new("等级取消", "level gone")),
                Pair::New(level) => (Added, level, Label::new("新的等级", "new level")),
                Pair::Kept(old, new) => match level_text(a, b, old, new) {
                    Some(text) => (Changed, new, text),
                    None => continue,
                },
            };
            let text = words::about(&named(&level.id, &level.label), &text);
            self.note(kind, SubjectKind::Level.of(&level.id), (Some(&level.clause), &[]), text);
        }
    }

    fn hand_overs(&mut self) {
        let (a, b) = (self.a, self.b);
        for pair in paired(&a.hand_overs, &b.hand_overs, |it: &'p HandOver| &it.part) {
            let (kind, part, text) = match pair {
                Pair::Gone(part) => {
                    (Removed, part, Label::new("不再移交", "no longer handed over"))
                }
                Pair::New(part) => (Added, part, Label::new("新的移交部分", "newly handed over")),
                Pair::Kept(old, new) if old.to == new.to && old.fact == new.fact => continue,
                Pair::Kept(old, new) => {
                    (Changed, new, words::instead(("去向", "to"), &old.to, &new.to))
                }
            };
            let text = words::about(&words::plain(&part.part), &text);
            self.note(kind, SubjectKind::HandOver.of(&part.part), (Some(&part.clause), &[]), text);
        }
    }

    /// Who may do what, at each level of the plan as it is; equal changes are told once.
    fn authorities(&mut self) {
        let (a, b) = (self.a, self.b);
        for act in Act::ALL {
            let mut turns: Vec<(Turn<'p>, Vec<&LevelId>)> = Vec::new();
            for level in b.levels.iter().map(|level| &level.id) {
                let turn =
                    Turn { old: a.authority(act, Some(level)), new: b.authority(act, Some(level)) };
                match turns.iter_mut().find(|(other, _)| other.says_as(&turn)) {
                    Some((_, levels)) => levels.push(level),
                    None => turns.push((turn, vec![level])),
                }
            }
            for (turn, levels) in turns.into_iter().filter(|(turn, _)| turn.is_one()) {
                self.authority(act, &turn, &levels);
            }
        }
    }

    fn authority(&mut self, act: Act, turn: &Turn<'_>, levels: &[&LevelId]) {
        let is_everywhere = levels.len() == self.b.levels.len();
        let at = if is_everywhere {
            Label::new("各级", "every level")
        } else {
            words::plain(&join(levels))
        };
        let (name, text) = (crate::book::act_words(act), turn.text((self.a, self.b)));
        let text = Label::new(
            format!("{}({}):{}", name.zh, at.zh, text.zh),
            format!("{} ({}): {}", name.en, at.en, text.en),
        );
        let clause = turn.new.or(turn.old).map(|authority| &authority.clause);
        let about = SubjectKind::Authority.of(act.name());
        self.note(turn.kind(), about, (clause, &turn.who()), text);
    }

    /// Notes what changes about how the plan reckons.
    pub(super) fn settings(&mut self) {
        let (a, b) = (self.a, self.b);
        let late = |plan: &Plan| match plan.settings.late_arising {
            LateArising::Immediate => Label::new("立即", "owed at once"),
            LateArising::AsReckoned => Label::new("按条文推算", "late from the start"),
        };
        let lower = |plan: &Plan| match plan.settings.on_lower_level {
            OnLowerLevel::Continue => Label::new("继续履行", "stays owed"),
            OnLowerLevel::Supersede => Label::new("不再履行", "is superseded"),
        };
        let reckons = |plan: &Plan| match plan.reckons_by {
            Reckoning::Zone => Label::new("预案时区", "the plan's zone"),
            Reckoning::Anchor => Label::new("起算点的时区", "the offset of the anchor"),
        };
        let zone = |plan: &Plan| words::plain(plan.time_zone.iana_name().unwrap_or("?"));
        let is_less = b.settings.on_lower_level == OnLowerLevel::Supersede;
        let all = [
            (
                "late_arising",
                ("时限已过才产生的义务", "a duty that arises after its time"),
                late(a),
                late(b),
                Changed,
            ),
            (
                "on_lower_level",
                ("降级后未了义务", "an open duty when the level falls"),
                lower(a),
                lower(b),
                if is_less { Looser } else { Stricter },
            ),
            ("reckons_by", ("计时依据", "reckons by"), reckons(a), reckons(b), Changed),
            ("time_zone", ("时区", "time zone"), zone(a), zone(b), Changed),
        ];
        for (id, what, old, new, kind) in all {
            if old != new {
                let text = words::instead(what, &old, &new);
                self.note(kind, SubjectKind::Setting.of(id), (None, &[]), text);
            }
        }
    }

    fn roles(&mut self) {
        let (a, b) = (self.a, self.b);
        for pair in paired(a.roles.values(), b.roles.values(), |role: &'p Role| &role.id) {
            let (kind, role, text) = match pair {
                Pair::Gone(role) => (Removed, role, Label::new("角色取消", "role gone")),
                Pair::New(role) => (Added, role, Label::new("新的角色", "new role")),
                Pair::Kept(old, new) if role_words(old) == role_words(new) => continue,
                Pair::Kept(old, new) => {
                    let (from, to) = (role_words(old), role_words(new));
                    (Changed, new, words::instead(("角色", "role"), &from, &to))
                }
            };
            let who = std::slice::from_ref(&role.id);
            let text = words::about(&role.label, &text);
            self.note(kind, SubjectKind::Role.of(&role.id), (Some(&role.clause), who), text);
        }
    }
}

/// The authority for one act at one level, before and after.
struct Turn<'p> {
    old: Option<&'p Authority>,
    new: Option<&'p Authority>,
}

impl Turn<'_> {
    /// What is exercised how, before and after.
    fn said(&self) -> [Option<(&How, &Option<String>)>; 2] {
        [self.old, self.new].map(|one| one.map(|authority| (&authority.how, &authority.policy)))
    }

    /// Whether two levels have the same change.
    fn says_as(&self, other: &Turn<'_>) -> bool {
        self.said() == other.said()
    }

    /// Whether there is a change at all.
    fn is_one(&self) -> bool {
        let [old, new] = self.said();
        old != new
    }

    fn kind(&self) -> ChangeKind {
        match (self.old, self.new) {
            (None, _) => Added,
            (Some(_), None) => Removed,
            (Some(_), Some(_)) => Changed,
        }
    }

    fn text(&self, (a, b): (&Plan, &Plan)) -> Label {
        let nobody = || Label::new("无", "nobody");
        let old = self.old.map_or_else(nobody, |old| words::authority(a, old));
        let new = self.new.map_or_else(nobody, |new| words::authority(b, new));
        Label::new(
            format!("由“{}”改为“{}”", old.zh, new.zh),
            format!("{} instead of {}", new.en, old.en),
        )
    }

    fn who(&self) -> Vec<RoleId> {
        let mut who: Vec<RoleId> = Vec::new();
        let mut seen = BTreeSet::new();
        for authority in self.new.into_iter().chain(self.old) {
            let approving = match &authority.how {
                How::Approval { approve, .. } => approve.as_slice(),
                How::AnyOf(_) | How::Joint(_) | How::Higher(_) | How::Undefined => &[],
            };
            who.extend(authority.how.initiators().iter().chain(approving).cloned());
        }
        who.retain(|role| seen.insert(role.clone()));
        who
    }
}

fn level_text(a: &Plan, b: &Plan, old: &Level, new: &Level) -> Option<Label> {
    let colour =
        |level: &Level| level.colour.map_or_else(|| Label::new("无", "none"), words::colour);
    if old.label != new.label {
        return Some(words::instead(("名称", "called"), &old.label, &new.label));
    }
    if old.colour != new.colour {
        return Some(words::instead(("颜色", "colour"), &colour(old), &colour(new)));
    }
    let above = |plan: &Plan, other: &Plan, id: &LevelId| -> Vec<LevelId> {
        let worse = plan.levels.iter().take_while(|level| level.id != *id);
        worse.map(|level| level.id.clone()).filter(|id| other.level(id).is_some()).collect()
    };
    let (was, is) = (above(a, b, &old.id), above(b, a, &new.id));
    (was != is).then(|| Label::new("在各级中的次序改变", "its place among the levels changed"))
}

fn named(id: &LevelId, label: &Label) -> Label {
    Label::new(format!("{id} {}", label.zh), format!("{id} {}", label.en))
}

fn role_words(role: &Role) -> Label {
    let bound = match role.bound {
        Binding::Deployment => ("部署时绑定", "bound at deployment"),
        Binding::Optional => ("可不绑定", "bound if there is one"),
        Binding::Affected => ("事发单位", "each organisation affected"),
        Binding::District => ("事发地区", "by district"),
        Binding::Sector => ("按行业", "by sector"),
        Binding::Outside => ("本中心之外", "outside this centre"),
        Binding::Set => ("一类单位", "a set"),
        Binding::Converted => ("由决定转为", "by a decision"),
    };
    let of = role.part_of.as_ref().or(role.converted_from.as_ref());
    let of = of.map(|of| format!(" ← {of}")).unwrap_or_default();
    Label::new(
        format!("{},{}{of}", role.label.zh, bound.0),
        format!("{}, {}{of}", role.label.en, bound.1),
    )
}

fn join(levels: &[&LevelId]) -> String {
    levels.iter().map(|level| level.as_str()).collect::<Vec<_>>().join(", ")
}
