//! The words of the book in both languages.

use fengsui_vocabulary::{Label, Lang};

use crate::model::{Act, Binding, Channel, Colour, Evidence, Reckoning, Stage};

/// The words of one language.
pub(super) struct Words {
    lang: Lang,
    pub(super) pack: &'static str,
    pub(super) edition: &'static str,
    pub(super) issuer: &'static str,
    pub(super) document_number: &'static str,
    pub(super) in_force_from: &'static str,
    pub(super) hash: &'static str,
    pub(super) levels: &'static str,
    pub(super) level: &'static str,
    pub(super) criterion: &'static str,
    pub(super) clause: &'static str,
    pub(super) clauses: &'static str,
    pub(super) presumed: &'static str,
    pub(super) evidence: &'static str,
    pub(super) duty: &'static str,
    pub(super) duties: &'static str,
    pub(super) who: &'static str,
    pub(super) whom: &'static str,
    pub(super) channel: &'static str,
    pub(super) due: &'static str,
    pub(super) when: &'static str,
    pub(super) authority: &'static str,
    pub(super) authorities: &'static str,
    pub(super) roles: &'static str,
    pub(super) role: &'static str,
    pub(super) bound: &'static str,
    pub(super) measure: &'static str,
    pub(super) hand_over: &'static str,
    pub(super) form: &'static str,
    pub(super) reading: &'static str,
    pub(super) policy: &'static str,
    pub(super) policies: &'static str,
    pub(super) no_rule: &'static str,
    pub(super) or: &'static str,
    pub(super) and: &'static str,
    pub(super) joint: &'static str,
    pub(super) propose: &'static str,
    pub(super) approve: &'static str,
    pub(super) every_level: &'static str,
    pub(super) assumed: &'static str,
    pub(super) received: &'static str,
    pub(super) condition_met: &'static str,
    pub(super) warning_issued: &'static str,
    pub(super) warning_lifted: &'static str,
    pub(super) at_once: &'static str,
    pub(super) simultaneous: &'static str,
    pub(super) within: &'static str,
    pub(super) days: &'static str,
    pub(super) months: &'static str,
    pub(super) working_days: &'static str,
    pub(super) every: &'static str,
    pub(super) continuing: &'static str,
    pub(super) on_request: &'static str,
    pub(super) undefined: &'static str,
    pub(super) always: &'static str,
    pub(super) jurisdiction: &'static str,
    pub(super) stands_on: &'static str,
    pub(super) in_force_until: &'static str,
    pub(super) time_zone: &'static str,
    pub(super) canonical_hash: &'static str,
    pub(super) scopes: &'static str,
    pub(super) forms: &'static str,
    pub(super) taxonomies: &'static str,
    pub(super) classes: &'static str,
    pub(super) higher: &'static str,
    pub(super) nobody: &'static str,
    pub(super) released: &'static str,
    pub(super) partial: &'static str,
    pub(super) same_channel: &'static str,
    pub(super) finding_after: &'static str,
    pub(super) stated: &'static str,
}

/// An act in words.
pub(crate) fn act_words(act: Act) -> Label {
    Label::new(ZH.act(act), EN.act(act))
}

impl Words {
    /// The words of a language.
    pub(super) fn of(lang: Lang) -> Self {
        match lang {
            Lang::Zh => ZH,
            Lang::En => EN,
        }
    }

    /// A start in words: since discovery.
    pub(super) fn since(&self, moment: &str) -> String {
        match self.lang {
            Lang::Zh => format!("自{moment}起"),
            Lang::En => format!("from {moment}"),
        }
    }

    /// A named time in words.
    pub(super) fn moment<'a>(&self, name: &'a str) -> &'a str {
        match name {
            "occurred" => self.pick("发生", "occurrence"),
            "discovered" => self.pick("发现", "discovery"),
            "informed" => self.pick("获知", "being told"),
            "aware" => self.pick("知悉", "becoming aware"),
            "response_started" => self.pick("启动响应", "the start of the response"),
            "response_ended" => self.pick("结束响应", "the end of the response"),
            "handling_ended" => self.pick("处置结束", "the end of handling"),
            "report_accepted" => self.pick("受理", "acceptance of the report"),
            "report_declined" => self.pick("不予受理", "refusal of the report"),
            "report_received" => self.pick("收到报告", "receipt of the report"),
            other => other,
        }
    }

    /// The word of one value.
    pub(super) fn evidence_of(&self, value: Evidence) -> &'static str {
        match value {
            Evidence::Official => self.pick("官方文本", "official"),
            Evidence::Secondary => self.pick("转述", "secondary"),
            Evidence::Unverified => self.pick("未核实", "unverified"),
        }
    }

    /// The word of one value.
    pub(super) fn channel_of(&self, value: Channel) -> &'static str {
        match value {
            Channel::Oral => self.pick("口头", "by voice"),
            Channel::Written => self.pick("书面", "in writing"),
            Channel::Any => self.pick("不限", "either"),
        }
    }

    /// The word of one value.
    pub(super) fn colour(&self, value: Colour) -> &'static str {
        match value {
            Colour::Red => self.pick("红色", "red"),
            Colour::Orange => self.pick("橙色", "orange"),
            Colour::Yellow => self.pick("黄色", "yellow"),
            Colour::Blue => self.pick("蓝色", "blue"),
        }
    }

    /// The word of one value.
    pub(super) fn binding(&self, value: Binding) -> &'static str {
        match value {
            Binding::Deployment => self.pick("部署时绑定", "bound at deployment"),
            Binding::Optional => self.pick("可不绑定", "bound if there is one"),
            Binding::Affected => self.pick("事发单位", "each organisation affected"),
            Binding::District => self.pick("事发地区", "the district where it happened"),
            Binding::Set => self.pick("一类单位", "a set"),
            Binding::Sector => self.pick("按行业确定", "by sector"),
            Binding::Outside => self.pick("本中心之外", "outside this centre"),
            Binding::Converted => self.pick("由决定转为", "by a decision"),
        }
    }

    /// The word of one value.
    pub(super) fn act(&self, value: Act) -> &'static str {
        match value {
            Act::AcceptReport => self.pick("受理报告", "accept a report"),
            Act::DeclineReport => self.pick("不予受理", "decline a report"),
            Act::RecordFacts => self.pick("登记事实", "record facts"),
            Act::JudgeLevel => self.pick("判定等级", "judge the level"),
            Act::StartResponse => self.pick("启动响应", "start the response"),
            Act::EscalateResponse => {
                self.pick("未能控制时报请决定", "ask for more when not controlled")
            }
            Act::TakeCommand => self.pick("统一指挥", "take command"),
            Act::AdjustResponse => self.pick("调整响应", "adjust the response"),
            Act::EndResponse => self.pick("结束响应", "end the response"),
            Act::FormHeadquarters => self.pick("设立指挥部", "form headquarters"),
            Act::ClearMiss => self.pick("确认补录", "confirm a late entry"),
            Act::WaiveDuty => self.pick("免除义务", "waive a duty"),
            Act::HandOver => self.pick("移交", "hand a part over"),
            Act::Review => self.pick("调查评估", "review"),
            Act::CloseIncident => self.pick("结案", "close"),
            Act::ReopenIncident => self.pick("重新打开", "reopen"),
            Act::Release => self.pick("信息发布", "publish"),
            Act::SupplyWording => self.pick("提供口径", "supply the wording"),
            Act::GuideOpinion => self.pick("舆论引导", "guide opinion"),
            Act::IssueWarning => self.pick("发布预警", "issue a warning"),
            Act::AdjustWarning => self.pick("调整预警", "adjust a warning"),
            Act::LiftWarning => self.pick("解除预警", "lift a warning"),
            Act::ApproveTechnicalPlan => self.pick("批准处置方案", "approve the technical plan"),
            Act::DraftTechnicalPlan => self.pick("拟订处置方案", "draft the technical plan"),
            Act::TestTechnicalPlan => {
                self.pick("组织检验处置方案", "have the technical plan tested")
            }
            Act::AssessTechnicalPlan => {
                self.pick("评估检验结果", "assess the test of the technical plan")
            }
            Act::ResourceTechnicalPlan => {
                self.pick("落实处置方案所需资源", "obtain what the technical plan needs")
            }
            Act::OrderTechnicalPlan => self.pick("下达处置指令", "order the technical plan"),
            Act::ExecuteTechnicalPlan => self.pick("实施处置方案", "carry out the technical plan"),
        }
    }

    /// Whether the offset of an anchor goes before the zone.
    pub(super) fn reckoning(&self, value: Reckoning) -> &'static str {
        match value {
            Reckoning::Zone => "",
            Reckoning::Anchor => self
                .pick("(起算点自带时区的,以其为准)", " (where an anchor has no offset of its own)"),
        }
    }

    /// The word of one value.
    pub(super) fn stage(&self, value: Stage) -> &'static str {
        match value {
            Stage::First => self.pick("首报", "first report"),
            Stage::FollowUp => self.pick("续报", "follow-up"),
            Stage::Final => self.pick("终报", "final report"),
            Stage::Summary => self.pick("总结", "summary"),
            Stage::Notice => self.pick("告知", "notice to those affected"),
            Stage::Warning => self.pick("预警", "warning"),
        }
    }

    fn pick(&self, zh: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

const ZH: Words = Words {
    lang: Lang::Zh,
    pack: "预案包",
    edition: "版本",
    issuer: "发布机关",
    document_number: "文号",
    in_force_from: "施行日期",
    hash: "SHA-256",
    levels: "等级与标准",
    level: "等级",
    criterion: "标准",
    clause: "条款",
    clauses: "逐条",
    presumed: "(通常)",
    evidence: "依据状态",
    duty: "义务",
    duties: "谁向谁、何时之前、履行什么义务",
    who: "谁",
    whom: "向谁",
    channel: "方式",
    due: "时限",
    when: "条件",
    authority: "权限",
    authorities: "谁可以做什么",
    roles: "角色",
    role: "角色",
    bound: "如何对应单位",
    measure: "措施",
    hand_over: "移交",
    form: "文书",
    reading: "读法",
    policy: "本地做法",
    policies: "原文未定之处的本地做法",
    no_rule: "不产生规则的原因",
    or: "或",
    and: "、",
    joint: "共同",
    propose: "提出",
    approve: "批准",
    every_level: "各级",
    assumed: "(推定)",
    received: "接报",
    condition_met: "条件成立",
    warning_issued: "发布预警",
    warning_lifted: "解除预警",
    at_once: "立即",
    simultaneous: "同时",
    within: "不超过",
    days: "日",
    months: "个月",
    working_days: "个工作日",
    every: "每隔",
    continuing: "持续",
    on_request: "应要求",
    undefined: "原文未定",
    always: "无条件",
    jurisdiction: "适用区域",
    stands_on: "以此为基础",
    in_force_until: "失效日期",
    time_zone: "时区",
    canonical_hash: "内容的 SHA-256",
    scopes: "何时适用",
    forms: "文书",
    taxonomies: "事件分类",
    classes: "类",
    higher: "报请",
    nobody: "未定,由部署时指定",
    released: ";决定不报告即免除",
    partial: ";按时至少须报:",
    same_channel: ";方式同 ",
    finding_after: "每次新情况,后于 ",
    stated: "已声明:",
};

const EN: Words = Words {
    lang: Lang::En,
    pack: "Pack",
    edition: "Edition",
    issuer: "Issuer",
    document_number: "Document number",
    in_force_from: "In force from",
    hash: "SHA-256",
    levels: "Levels and criteria",
    level: "Level",
    criterion: "Criterion",
    clause: "Clause",
    clauses: "Clause by clause",
    presumed: " (normally)",
    evidence: "Evidence",
    duty: "Duty",
    duties: "Who owes what to whom by when",
    who: "Who",
    whom: "To whom",
    channel: "Channel",
    due: "Due",
    when: "When",
    authority: "Authority",
    authorities: "Who may do what",
    roles: "Roles",
    role: "Role",
    bound: "How it becomes somebody",
    measure: "Measure",
    hand_over: "Hand-over",
    form: "Form",
    reading: "Reading",
    policy: "Local policy",
    policies: "Local policies where the text is silent",
    no_rule: "Why no rule follows",
    or: " or ",
    and: ", ",
    joint: "together",
    propose: "propose",
    approve: "approve",
    every_level: "every level",
    assumed: " (assumed)",
    received: "receipt of the report",
    condition_met: "the condition being met",
    warning_issued: "the issue of a warning",
    warning_lifted: "the lifting of the warning",
    at_once: "at once",
    simultaneous: "in the same act",
    within: "within",
    days: "days",
    months: "months",
    working_days: "working days",
    every: "every",
    continuing: "all the time",
    on_request: "on request",
    undefined: "no time in the text",
    always: "always",
    jurisdiction: "In force in",
    stands_on: "Stands on",
    in_force_until: "In force until",
    time_zone: "Time zone",
    canonical_hash: "SHA-256 of what it says",
    scopes: "When it applies",
    forms: "Forms",
    taxonomies: "Classes of incidents",
    classes: "classes",
    higher: "asked of, outside this plan:",
    nobody: "nobody named; the deployment names who",
    released: "; released by a decision not to report",
    partial: "; in time at least: ",
    same_channel: "; by the channel of ",
    finding_after: "every new finding after ",
    stated: "stated: ",
};
