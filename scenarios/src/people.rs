//! The people of every story: an account for each role. All invented.

use std::collections::BTreeSet;

use fengsui_desk::Capacity::{
    self, Administrator, Auditor, Leader, Liaison, Officer, PlanOfficer, Registrar,
};
use fengsui_desk::{Desk, NewAccount};

use crate::{StoryFault, said};

/// Somebody who may sign in.
#[derive(Clone, Copy, Debug)]
pub struct Someone {
    /// What is typed to sign in.
    pub login: &'static str,
    /// The name.
    pub name: &'static str,
    /// What they do, for a list of accounts.
    pub what: &'static str,
    organisation: Option<&'static str>,
    capacities: &'static [Capacity],
}

/// Names are invented.
pub const PEOPLE: &[Someone] = &[
    someone("mara", "马岚", "duty officer, CAC duty room", Some("市委网信办值班室"), &[Officer]),
    someone("lin", "林越", "handler, Office of the Commission", Some("市委网信办"), &[Officer]),
    someone(
        "shen",
        "沈明",
        "second handler, Office of the Commission",
        Some("市委网信办"),
        &[Officer],
    ),
    someone(
        "chen",
        "陈默",
        "duty officer, emergency linkage centre",
        Some("市应急联动中心"),
        &[Officer],
    ),
    someone(
        "luo",
        "罗平",
        "second officer, emergency linkage centre",
        Some("市应急联动中心"),
        &[Officer],
    ),
    someone("wei", "魏诚", "leader who approves, the Commission", Some("市委网信委"), &[Leader]),
    someone(
        "tang",
        "唐毅",
        "duty officer, emergency management centre",
        Some("市网络与信息安全应急管理事务中心"),
        &[Officer],
    ),
    someone(
        "party",
        "郑安",
        "general duty office of the Party committee",
        Some("市委总值班室"),
        &[Officer],
    ),
    someone(
        "government",
        "方宁",
        "general duty office of the government",
        Some("市政府总值班室"),
        &[Officer],
    ),
    someone("press", "苏晴", "government information office", Some("市政府新闻办"), &[Officer]),
    someone("leader", "江城", "office of the city leaders", Some("市领导办公室"), &[Leader]),
    someone("zhou", "周正", "authority of Pudong district", Some("浦东新区网信办"), &[Officer]),
    someone("xu", "徐敏", "authority of Xuhui district", Some("徐汇区网信办"), &[Officer]),
    someone("gao", "高原", "liaison of a unit in Pudong", Some("浦江数据服务有限公司"), &[Liaison]),
    someone("tan", "谭静", "liaison of a unit in Xuhui", Some("汇南人民医院"), &[Liaison]),
    someone(
        "registrar",
        "任册",
        "registrar and plan officer",
        Some("市委网信办"),
        &[Registrar, PlanOfficer],
    ),
    someone("audit", "严谨", "auditor", None, &[Auditor]),
    someone("admin", "管理员", "administrator of accounts", None, &[Administrator]),
];

const fn someone(
    login: &'static str,
    name: &'static str,
    what: &'static str,
    organisation: Option<&'static str>,
    capacities: &'static [Capacity],
) -> Someone {
    Someone { login, name, what, organisation, capacities }
}

/// Appoints everybody.
pub async fn appoint(desk: &Desk, password: &str) -> Result<(), StoryFault> {
    for person in PEOPLE {
        let organisation = match person.organisation {
            Some(name) => Some(
                desk.directory()
                    .named(name)
                    .ok_or_else(|| StoryFault::said(name, "there is no such organisation here"))?,
            ),
            None => None,
        };
        let account = NewAccount {
            login: said::<fengsui_vocabulary::Line>(person.login)?.to_string(),
            name: person.name.to_owned(),
            password: Some(password.to_owned()),
            organisation,
            roles: BTreeSet::new(),
            capacities: person.capacities.iter().copied().collect(),
        };
        desk.add_account(&desk.console(), account).await?;
    }
    Ok(())
}
