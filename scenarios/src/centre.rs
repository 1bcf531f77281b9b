//! The centre of every story: the offices of the plan, sixteen districts, some units. All invented.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_desk::{DISTRICTS, Desk};
use fengsui_response::organisation::Networks;
use fengsui_response::{Designation, Details, Importance, OrganisationKind, System};
use fengsui_vocabulary::{Label, OrganisationId, RoleId};

use crate::{StoryFault, said};

/// An office of the plan: the role it fills, its names, the telephone of its duty room.
struct Office {
    role: &'static str,
    zh: &'static str,
    en: &'static str,
    above: Option<&'static str>,
    telephone: &'static str,
}

/// Telephones are invented.
const OFFICES: &[Office] = &[
    office(
        "commission",
        "市委网信委",
        "Municipal Cyberspace Affairs Commission",
        None,
        "021-5550 0001",
    ),
    office(
        "cac_office",
        "市委网信办",
        "Office of the Commission",
        Some("市委网信委"),
        "021-5550 0010",
    ),
    office(
        "cac_duty_room",
        "市委网信办值班室",
        "Duty room of the Office",
        Some("市委网信办"),
        "021-5550 0011",
    ),
    office("linkage_centre", "市应急联动中心", "Emergency Linkage Centre", None, "021-5550 0020"),
    office(
        "management_centre",
        "市网络与信息安全应急管理事务中心",
        "Emergency Management Centre",
        Some("市委网信办"),
        "021-5550 0030",
    ),
    office(
        "party_duty_office",
        "市委总值班室",
        "General Duty Office of the Party Committee",
        None,
        "021-5550 0040",
    ),
    office(
        "government_duty_office",
        "市政府总值班室",
        "General Duty Office of the Government",
        None,
        "021-5550 0041",
    ),
    office("press_office", "市政府新闻办", "Government Information Office", None, "021-5550 0050"),
    office("city_leaders", "市领导办公室", "Office of the city leaders", None, "021-5550 0060"),
    office("police", "市公安局网安总队", "Cyber police", None, "021-5550 0070"),
    office(
        "communications_administration",
        "市通信管理局",
        "Communications Administration",
        None,
        "021-5550 0080",
    ),
];

/// A unit: names, district, sector, kinds, an important system.
struct Unit {
    zh: &'static str,
    en: &'static str,
    district: &'static str,
    sector: &'static str,
    kind: OrganisationKind,
    system: &'static str,
    importance: Importance,
}

/// Units are invented.
const UNITS: &[Unit] = &[
    unit(
        "浦江数据服务有限公司",
        "Pujiang Data Services",
        "310115",
        "信息服务",
        OrganisationKind::KeyUnit,
        "客户资料平台",
        Importance::Important,
    ),
    unit(
        "申城轨道交通运营中心",
        "Shencheng Metro Operations",
        "310106",
        "交通",
        OrganisationKind::CiiOperator,
        "调度系统",
        Importance::CriticalInfrastructure,
    ),
    unit(
        "东海港务信息中心",
        "Donghai Port Information Centre",
        "310115",
        "交通",
        OrganisationKind::CiiOperator,
        "集装箱系统",
        Importance::CriticalInfrastructure,
    ),
    unit(
        "汇南人民医院",
        "Huinan People's Hospital",
        "310104",
        "医疗",
        OrganisationKind::PublicBody,
        "挂号与收费系统",
        Importance::Important,
    ),
    unit(
        "闵西职业技术学院",
        "Minxi Vocational College",
        "310112",
        "教育",
        OrganisationKind::PublicBody,
        "学生门户",
        Importance::Ordinary,
    ),
    unit(
        "青溪供水公司",
        "Qingxi Water Supply",
        "310118",
        "供水",
        OrganisationKind::CiiOperator,
        "管网监控系统",
        Importance::CriticalInfrastructure,
    ),
    unit(
        "外滩文旅集团",
        "Bund Culture and Tourism",
        "310101",
        "文旅",
        OrganisationKind::Operator,
        "票务网站",
        Importance::Ordinary,
    ),
    unit(
        "嘉北汽车零部件厂",
        "Jiabei Auto Parts",
        "310114",
        "制造",
        OrganisationKind::Operator,
        "生产管理系统",
        Importance::Ordinary,
    ),
];

const fn office(
    role: &'static str,
    zh: &'static str,
    en: &'static str,
    above: Option<&'static str>,
    telephone: &'static str,
) -> Office {
    Office { role, zh, en, above, telephone }
}

#[expect(clippy::too_many_arguments, reason = "it only makes a table readable")]
const fn unit(
    zh: &'static str,
    en: &'static str,
    district: &'static str,
    sector: &'static str,
    kind: OrganisationKind,
    system: &'static str,
    importance: Importance,
) -> Unit {
    Unit { zh, en, district, sector, kind, system, importance }
}

/// Registers everybody and binds the roles of the plan.
pub async fn register(desk: &Desk) -> Result<(), StoryFault> {
    let mut known: BTreeMap<&str, OrganisationId> = BTreeMap::new();
    for office in OFFICES {
        let mut details = details(office.zh, office.en, OrganisationKind::Authority);
        details.parent = office.above.and_then(|above| known.get(above).copied());
        details.duty_telephone = Some(said(office.telephone)?);
        let id = desk.register_organisation(&desk.console(), details).await?;
        known.insert(office.zh, id);
        desk.bind_role(&desk.console(), &said::<RoleId>(office.role)?, id).await?;
    }
    for (index, district) in DISTRICTS.iter().enumerate() {
        let authority =
            (format!("{}网信办", district.zh), format!("Cyberspace Office of {}", district.en));
        let mut details = details(&authority.0, &authority.1, OrganisationKind::DistrictAuthority);
        details.district = Some(said(district.code)?);
        details.duty_telephone = Some(said(&format!("021-5551 {:04}", 100 + index))?);
        let id = desk.register_organisation(&desk.console(), details).await?;
        desk.bind_role(&desk.console(), &said::<RoleId>("district_authority")?, id).await?;
    }
    for (index, unit) in UNITS.iter().enumerate() {
        let mut details = details(unit.zh, unit.en, unit.kind);
        details.networks = networks_of(index)?;
        details.district = Some(said(unit.district)?);
        details.sector = Some(said(unit.sector)?);
        details.responsible_post = Some(said("信息安全负责人")?);
        details.systems = vec![System {
            name: said(unit.system)?,
            importance: unit.importance,
            designation: Designation::None,
            protection: None,
            services: Vec::new(),
        }];
        desk.register_organisation(&desk.console(), details).await?;
    }
    Ok(())
}

/// The networks of a unit: some of the addresses that are set aside for examples.
fn networks_of(index: usize) -> Result<Networks, StoryFault> {
    let mut networks = Networks::default();
    networks.insert(said(&format!("203.0.113.{}/27", index * 32))?);
    networks.insert(said(&format!("2001:db8:{:x}::/48", index + 1))?);
    networks.insert(said(&format!("unit-{}.example", index + 1))?);
    Ok(networks)
}

fn details(zh: &str, en: &str, kind: OrganisationKind) -> Details {
    Details {
        name: Label::new(zh, en),
        parent: None,
        district: None,
        sector: None,
        kinds: BTreeSet::from([kind]),
        systems: Vec::new(),
        duty_telephone: None,
        responsible_post: None,
        contacts: None,
        networks: Networks::default(),
        filings: Vec::new(),
    }
}
