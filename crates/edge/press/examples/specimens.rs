//! Prints one sheet of each kind into a folder, to be looked at: `specimens <folder>`.
//!
//! The texts are made up. Nothing here is part of the program.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use fengsui_press::{Layout, Press, Section, Sheet, Standing};
use fengsui_vocabulary::Lang;
use jiff::civil::date;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("name a folder")?);
    let press = Press::from_system(&[])?;
    press.check()?;
    for (lang, lang_name) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (layout, layout_name) in LAYOUTS {
            let sheet = if lang == Lang::Zh { chinese(*layout) } else { english(*layout) };
            fs::write(folder.join(format!("{layout_name}-{lang_name}.pdf")), press.pdf(&sheet)?)?;
        }
    }
    Ok(())
}

const LAYOUTS: &[(Layout, &str)] =
    &[(Layout::Letter, "letter"), (Layout::Official, "official"), (Layout::Table, "table")];

fn chinese(layout: Layout) -> Sheet {
    Sheet {
        lang: Lang::Zh,
        layout,
        standing: Standing::Draft,
        heading: "示例市网络安全应急中心".to_owned(),
        number: Some("示网应急〔2026〕12号".to_owned()),
        urgency: Some("特急".to_owned()),
        signatory: Some("林 某 某".to_owned()),
        title: "关于示例供水公司网站被篡改事件初步核查情况的首次报告".to_owned(),
        addressees: vec!["示例市委网信办".to_owned(), "示例市公安局".to_owned()],
        sections: vec![
            section(
                "事件概况",
                &format!(
                    "{} 详见 https://incidents.example.org/reports/2026/03/14/rep_01JQ3ZK7V9X2M4N6P8R0S2T4V6?view=full&lang=zh 。\n影响用户约 12,000 人，首页被替换的时间为 09:05 至 09:40。",
                    LONG_ZH.repeat(2)
                ),
            ),
            section("初步研判", &LONG_ZH.repeat(6)),
            section(
                "已采取的措施",
                &["一是隔离受影响的服务器。", "二是保全日志。", "三是通知有关单位自查。"]
                    .join("\n"),
            ),
            section("下一步工作", &LONG_ZH.repeat(3)),
        ],
        issuer: "示例市网络安全应急中心".to_owned(),
        date: date(2026, 3, 14),
        copies_to: vec![
            "示例市通信管理局".to_owned(),
            "示例区网信办".to_owned(),
            "示例供水公司".to_owned(),
        ],
        exercise: Some("春分 2026".to_owned()),
        footer: Some("烽燧 · 记录第 1842 条 · 事件 inc_01JQ3ZK7V9X2M4N6P8R0S2T4V6".to_owned()),
    }
}

fn english(layout: Layout) -> Sheet {
    Sheet {
        lang: Lang::En,
        layout,
        standing: Standing::Issued,
        heading: "Example City Cybersecurity Response Centre".to_owned(),
        number: Some("ECRC 〔2026〕 No. 12".to_owned()),
        urgency: Some("Urgent".to_owned()),
        signatory: Some("Lin Moumou".to_owned()),
        title: "First report on the defacement of the website of Example Waterworks".to_owned(),
        addressees: vec!["Example City Cyberspace Administration 市委网信办".to_owned()],
        sections: vec![
            section(
                "What happened",
                &format!(
                    "{} See https://incidents.example.org/reports/2026/03/14/rep_01JQ3ZK7V9X2M4N6P8R0S2T4V6?view=full&lang=en for the record.",
                    LONG_EN.repeat(2)
                ),
            ),
            section("Assessment", &LONG_EN.repeat(8)),
            section(
                "Measures taken",
                "The server was isolated.\nThe logs were preserved.\nThe operators concerned were told to check their own systems.",
            ),
            section("What comes next", &LONG_EN.repeat(3)),
        ],
        issuer: "Example City Cybersecurity Response Centre".to_owned(),
        date: date(2026, 3, 14),
        copies_to: vec!["Example District Office".to_owned(), "Example Waterworks".to_owned()],
        exercise: None,
        footer: Some(
            "Fengsui · entry 1842 of the record · incident inc_01JQ3ZK7V9X2M4N6P8R0S2T4V6"
                .to_owned(),
        ),
    }
}

fn section(label: &str, text: &str) -> Section {
    Section { label: Some(label.to_owned()), text: text.to_owned() }
}

const LONG_ZH: &str = "3月14日9时05分，值守人员接到示例供水公司电话报告，称其门户网站首页被替换，\
     后台出现未知账号；经核实，网站与生产控制系统物理隔离，供水业务未受影响。";
const LONG_EN: &str = "At 09:05 on 14 March the duty officer took a call from Example Waterworks: the \
     home page had been replaced and an unknown account had appeared. The site is separated from \
     the control systems, and the supply of water was not affected. ";
