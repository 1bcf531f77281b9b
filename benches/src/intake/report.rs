//! The reports that are sent: what a unit knows in the first half hour, about a kilobyte.
//!
//! Whatever is the same in all of them is made once, so that the processor is left to the server.

use fengsui_vocabulary::CommandId;
use serde_json::json;

use super::client::Sender;
use crate::Failed;
use crate::http::{Connection, form, hidden, request};

/// What happened, long enough to make a body of a kilobyte.
const DESCRIPTION: &str = "值班人员发现客户资料平台的一台数据库服务器在凌晨有异常外联,日志显示约四万条客户资料可能\
    被导出。已断开该服务器的外网连接,保留内存与磁盘镜像,正在核对账号与访问记录。攻击入口疑为运维账号口令泄露,\
    其他业务系统暂未发现异常。请指导下一步处置,并请协调技术支撑单位到场取证。\
    系统为三级等保,承载对外客户服务,峰值每日约二十万次访问;断网后客户服务转人工,预计影响持续至当日下班前。";

/// What stands before the number of a report in its title.
const TITLE: &str = "客户资料平台数据被窃取";

/// Reports by the JSON API.
#[derive(Clone, Debug)]
pub(super) struct ApiReport {
    authorization: String,
    /// Everything behind the title.
    rest: String,
}

impl ApiReport {
    pub(super) fn sent_with(token: &str) -> Self {
        let rest = json!({
            "description": DESCRIPTION,
            "reporter": { "name": "高原", "telephone": "021-5552 0100", "mail": "gao@pujiang.example" },
            "affected": [{
                "organisation": "浦江数据服务有限公司",
                "anchors": { "discovered_at": "2026-03-14T09:40:00+08:00" },
            }],
            "facts": { "security_threat": { "min": "some" }, "system_importance": "important" },
        });
        let rest = rest.to_string().trim_start_matches('{').to_owned();
        Self { authorization: format!("Bearer {token}"), rest }
    }

    /// A report under a key, so that it may be sent again.
    pub(super) fn keyed(&self, key: &str, number: u64) -> Vec<u8> {
        self.with_headers(&[("Idempotency-Key", key)], number)
    }

    fn with_headers(&self, more: &[(&str, &str)], number: u64) -> Vec<u8> {
        let mut headers = vec![
            ("Authorization", self.authorization.as_str()),
            ("Content-Type", "application/json"),
        ];
        headers.extend_from_slice(more);
        request("POST /api/v1/reports", &headers, self.body(number).as_bytes())
    }

    fn body(&self, number: u64) -> String {
        format!("{{\"title\":\"{TITLE} {number}\",{}", self.rest)
    }
}

impl Sender for ApiReport {
    type Opened = ();

    fn body_bytes(&self) -> usize {
        self.body(0).len()
    }

    async fn open(&self, _connection: &mut Connection) -> Result<(), Failed> {
        Ok(())
    }

    fn request(&self, _opened: &(), number: u64) -> Vec<u8> {
        self.with_headers(&[], number)
    }

    const ACKNOWLEDGED: u16 = 201;
}

/// Reports by the public form: every connection opens the form once and sends it again and again.
#[derive(Clone, Debug)]
pub(super) struct FormReport {
    /// Everything that is the same in all of them.
    same: Vec<u8>,
}

/// What a browser was given with the form.
#[derive(Clone, Debug)]
pub(super) struct OpenForm {
    cookies: String,
    token: String,
}

impl FormReport {
    pub(super) fn new() -> Self {
        let same = form(&[
            ("what", DESCRIPTION),
            ("organisation", "浦江数据服务有限公司"),
            ("district", "310115"),
            ("discovered", "2026-03-14T09:40"),
            ("name", "高原"),
            ("telephone", "021-5552 0100"),
            ("mail", "gao@pujiang.example"),
        ]);
        Self { same }
    }

    fn body(&self, token: &str, number: u64) -> Vec<u8> {
        let command = CommandId::from_bits(u128::from(number) << 64).to_string();
        let title = format!("{TITLE} {number}");
        let mut body = form(&[("csrf", token), ("command", &command), ("title", &title)]);
        body.push(b'&');
        body.extend_from_slice(&self.same);
        body
    }
}

impl Sender for FormReport {
    type Opened = OpenForm;

    fn body_bytes(&self) -> usize {
        self.body("", 0).len()
    }

    async fn open(&self, connection: &mut Connection) -> Result<OpenForm, Failed> {
        let asked = request("GET /report", &[("Accept-Language", "zh-CN")], &[]);
        let shown = connection.send(&asked).await?;
        let token = hidden(&shown.text(), "csrf").ok_or("the form has no token")?;
        Ok(OpenForm { cookies: shown.cookies(), token })
    }

    fn request(&self, opened: &OpenForm, number: u64) -> Vec<u8> {
        let headers = [
            ("Cookie", opened.cookies.as_str()),
            ("Accept-Language", "zh-CN"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        request("POST /report", &headers, &self.body(&opened.token, number))
    }

    const ACKNOWLEDGED: u16 = 200;
}
