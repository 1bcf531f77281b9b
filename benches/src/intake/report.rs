//! The reports that are sent: what a unit knows in the first half hour, about a kilobyte.

use serde_json::json;

use super::client::Sender;
use crate::Failed;
use crate::http::{Answer, form, request};

/// What happened, long enough to make a body of a kilobyte.
const DESCRIPTION: &str = "值班人员发现客户资料平台的一台数据库服务器在凌晨有异常外联,日志显示约四万条客户资料可能\
    被导出。已断开该服务器的外网连接,保留内存与磁盘镜像,正在核对账号与访问记录。攻击入口疑为运维账号口令泄露,\
    其他业务系统暂未发现异常。请指导下一步处置,并请协调技术支撑单位到场取证。";

/// Reports by the JSON API.
#[derive(Clone, Debug)]
pub(super) struct ApiReport {
    authorization: String,
}

impl ApiReport {
    pub(super) fn sent_with(token: &str) -> Self {
        Self { authorization: format!("Bearer {token}") }
    }

    /// A report under a key, so that it may be sent again.
    pub(super) fn keyed(&self, key: &str, number: u64) -> Vec<u8> {
        let headers = [
            ("Authorization", self.authorization.as_str()),
            ("Content-Type", "application/json"),
            ("Idempotency-Key", key),
        ];
        request("POST /api/v1/reports", &headers, body(number).as_bytes())
    }
}

impl Sender for ApiReport {
    fn body_bytes(&self) -> usize {
        body(0).len()
    }

    fn greeting(&self) -> Option<Vec<u8>> {
        None
    }

    fn request(&self, number: u64, _greeted: Option<&Answer>) -> Result<Vec<u8>, Failed> {
        let headers = [
            ("Authorization", self.authorization.as_str()),
            ("Content-Type", "application/json"),
        ];
        Ok(request("POST /api/v1/reports", &headers, body(number).as_bytes()))
    }

    fn is_acknowledged(&self, answer: &Answer) -> bool {
        answer.status == 201
    }
}

fn body(number: u64) -> String {
    json!({
        "title": format!("客户资料平台数据被窃取 {number}"),
        "description": DESCRIPTION,
        "reporter": { "name": "高原", "telephone": "021-5552 0100", "mail": "gao@pujiang.example" },
        "affected": [{
            "organisation": "浦江数据服务有限公司",
            "anchors": { "discovered_at": "2026-03-14T09:40:00+08:00" },
        }],
        "facts": { "security_threat": { "min": "some" }, "system_importance": "important" },
    })
    .to_string()
}

/// Reports by the public form: every connection opens the form once and sends it again and again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FormReport;

impl FormReport {
    fn values(number: u64) -> Vec<u8> {
        form(&[
            ("title", &format!("客户资料平台数据被窃取 {number}")),
            ("what", DESCRIPTION),
            ("organisation", "浦江数据服务有限公司"),
            ("district", "310115"),
            ("discovered", "2026-03-14T09:40"),
            ("name", "高原"),
            ("telephone", "021-5552 0100"),
            ("mail", "gao@pujiang.example"),
        ])
    }
}

impl Sender for FormReport {
    fn body_bytes(&self) -> usize {
        Self::values(0).len()
    }

    fn greeting(&self) -> Option<Vec<u8>> {
        Some(request("GET /report", &[("Accept-Language", "zh-CN")], &[]))
    }

    fn request(&self, number: u64, greeted: Option<&Answer>) -> Result<Vec<u8>, Failed> {
        let shown = greeted.ok_or("the form was not shown")?;
        let token = hidden(&shown.text(), "csrf").ok_or("the form has no token")?;
        let mut body = form(&[("csrf", &token)]);
        body.push(b'&');
        body.extend(Self::values(number));
        let headers = [
            ("Cookie", shown.cookies()),
            ("Accept-Language", "zh-CN".to_owned()),
            ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Ok(request("POST /report", &headers, &body))
    }

    fn is_acknowledged(&self, answer: &Answer) -> bool {
        answer.status == 200
    }
}

/// The value of a hidden field of a page.
pub(crate) fn hidden(page: &str, name: &str) -> Option<String> {
    let tag = page.split('<').find(|tag| {
        tag.starts_with("input") && tag.contains(&format!("name=\"{name}\""))
    })?;
    let (_, value) = tag.split_once("value=\"")?;
    Some(value.split('"').next().unwrap_or_default().to_owned())
}
