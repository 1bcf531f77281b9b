//! A small pack with everything that criteria can say: bounds that depend on other facts, scores,
//! scopes.

use fengsui_plan::{Diagnostic, Library, Plan, Source};
use fengsui_vocabulary::Facts;

/// The pack as it is.
pub(super) fn plan() -> Plan {
    read(PACK)
}

/// The pack with one text instead of another.
pub(super) fn plan_with(old: &str, new: &str) -> Plan {
    read(&replaced(old, new))
}

/// Everything that is said about the pack with one text instead of another.
pub(super) fn found_with(old: &str, new: &str) -> Vec<Diagnostic> {
    Library::shipped().check(&source(&replaced(old, new)))
}

/// Findings as they are shown.
pub(super) fn rendered(found: &[Diagnostic]) -> String {
    found.iter().map(Diagnostic::render).collect::<Vec<_>>().join("\n")
}

/// Facts written as JSON.
pub(super) fn facts(json: &str) -> Facts {
    serde_json::from_str(json).unwrap()
}

/// The pack with one text, its first occurrence, replaced.
pub(super) fn replaced(old: &str, new: &str) -> String {
    assert!(PACK.contains(old), "`{old}` is not in the pack");
    PACK.replacen(old, new, 1)
}

fn read(text: &str) -> Plan {
    let read = Library::shipped().read(&source(text));
    read.unwrap_or_else(|found| panic!("{}", rendered(&found)))
}

fn source(text: &str) -> Source {
    Source { name: "pack.toml".into(), text: text.to_owned() }
}

/// The text of the pack.
pub(super) const PACK: &str = r#"format = 1

[plan]
id = "union-sample"
short = "un"
title = { zh = "样例", en = "Sample" }
issuer = { zh = "样例", en = "Sample" }
edition = "1"
source = "written for a test"
time_zone = "Europe/Brussels"
notice = { zh = "样例", en = "Sample" }

[settings]
late_arising = "immediate"
on_lower_level = "continue"

[[level]]
id = "significant"
clause = "3"
label = { zh = "重大", en = "significant" }

[[level]]
id = "notable"
clause = "3"
label = { zh = "显著", en = "notable" }

[[level]]
id = "minor"
clause = "3"
label = { zh = "轻微", en = "minor" }

[[fact]]
id = "direct_loss_eur"
kind = "money"
currency = "EUR"
question = { zh = "损失?", en = "Loss?" }
guidance = { zh = "欧元", en = "In euro" }

[[fact]]
id = "annual_turnover_eur"
kind = "money"
currency = "EUR"
worse = "lower"
question = { zh = "年营业额?", en = "Annual turnover?" }
guidance = { zh = "欧元", en = "In euro" }

[[fact]]
id = "users_affected"
kind = "count"
unit = { zh = "用户", en = "users" }
question = { zh = "受影响用户?", en = "Users affected?" }
guidance = { zh = "计数", en = "Count" }

[[fact]]
id = "users_in_union"
kind = "count"
worse = "lower"
unit = { zh = "用户", en = "users" }
question = { zh = "用户总数?", en = "Users in all?" }
guidance = { zh = "计数", en = "Count" }

[[fact]]
id = "staff"
kind = "count"
worse = "lower"
unit = { zh = "人", en = "people" }
question = { zh = "员工数?", en = "Staff?" }
guidance = { zh = "计数", en = "Count" }

[[fact]]
id = "functional_impact"
kind = "ordered_choice"
question = { zh = "功能影响?", en = "Functional impact?" }
guidance = { zh = "程度", en = "How far" }
choices = [
    { id = "none", label = { zh = "无", en = "none" } },
    { id = "some", label = { zh = "有", en = "some" } },
    { id = "denial", label = { zh = "中断", en = "denial" } },
]

[[fact]]
id = "still_going_on"
kind = "flag"
question = { zh = "仍在继续?", en = "Still going on?" }
guidance = { zh = "现在", en = "Now" }

[[fact]]
id = "entity_kind"
kind = "choice"
question = { zh = "主体类别?", en = "Kind of entity?" }
guidance = { zh = "法律类别", en = "As the law has it" }
choices = [
    { id = "essential", label = { zh = "关键", en = "essential" } },
    { id = "important", label = { zh = "重要", en = "important" } },
    { id = "neither", label = { zh = "都不是", en = "neither" } },
]

[[score]]
id = "urgency"
clause = "5"
label = { zh = "紧迫程度", en = "Urgency" }
terms = [
    { fact = "functional_impact", weight = 4, points = { none = 0, some = 40, denial = 100 } },
    { fact = "still_going_on", weight = 2, points = { no = 0, yes = 100 } },
]

[[scope]]
id = "un-essential"
clause = "2"
label = { zh = "关键主体", en = "Essential entities" }
when = { fact = "entity_kind", is = "essential" }

[[scope]]
id = "un-important"
clause = "2"
label = { zh = "重要主体且有损失", en = "Important entities with a loss" }
when = { all = [
    { fact = "entity_kind", is = "important" },
    { fact = "direct_loss_eur", more_than = 0 },
] }

[[criterion]]
id = "un-loss"
level = "significant"
clause = "3"
label = { zh = "损失", en = "Loss" }
when = { fact = "direct_loss_eur", more_than = { lowest_of = [500_000, { share = 0.05, of = "annual_turnover_eur" }] } }

[[criterion]]
id = "un-users"
level = "notable"
clause = "3"
label = { zh = "用户", en = "Users" }
when = { fact = "users_affected", at_least = { highest_of = [1_000, { share = 0.05, of = "users_in_union" }] } }

[[criterion]]
id = "un-urgency"
level = "minor"
clause = "3"
label = { zh = "紧迫", en = "Urgent" }
when = { score = "urgency", at_least = 60 }

[[clause]]
id = "2"
evidence = "unverified"
text = { zh = "范围", en = "Scope" }

[[clause]]
id = "3"
evidence = "unverified"
text = { zh = "标准", en = "Criteria" }

[[clause]]
id = "5"
evidence = "unverified"
text = { zh = "评分", en = "Score" }
"#;
