//! Real documents with the fonts of this machine (fonts-noto-cjk), read back.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that panics has failed, which is what it is for"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use fengsui_press::{Fonts, Layout, Press, PressFault, Section, Sheet, Standing};
use fengsui_vocabulary::Lang;
use jiff::civil::date;

fn press() -> Press {
    let press = Press::from_system(&[]).expect("the templates can be read");
    press.check().expect("a Chinese font is installed: fonts-noto-cjk");
    press
}

fn sheet(layout: Layout) -> Sheet {
    Sheet {
        lang: Lang::Zh,
        layout,
        standing: Standing::Issued,
        heading: "示例市应急中心".to_owned(),
        number: Some("示应急〔2026〕12号".to_owned()),
        urgency: Some("特急".to_owned()),
        signatory: Some("林某".to_owned()),
        title: "关于某网站事件的首次报告".to_owned(),
        addressees: vec!["市委网信办".to_owned(), "市公安局".to_owned()],
        sections: vec![section("事件概况", "值守人员接到电话。\n业务未受影响。")],
        issuer: "示例中心".to_owned(),
        date: date(2026, 3, 14),
        copies_to: vec!["市通信管理局".to_owned()],
        exercise: None,
        footer: Some("记录第1842条".to_owned()),
    }
}

fn section(label: &str, text: &str) -> Section {
    Section { label: Some(label.to_owned()), text: text.to_owned() }
}

fn with_text(text: &str) -> Sheet {
    Sheet { sections: vec![section("事件概况", text)], ..sheet(Layout::Letter) }
}

/// What the pages of a document say, each without white space: lines break where they like.
fn pages(pdf: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(pdf).expect("this is a PDF");
    let numbers = document.get_pages().into_keys();
    let said = |number| document.extract_text(&[number]).expect("the page can be read");
    numbers.map(|number| without_spaces(&said(number))).collect()
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

fn told(press: &Press, sheet: &Sheet) -> String {
    pages(&press.pdf(sheet).expect("the sheet can be printed")).concat()
}

#[test]
fn every_layout_says_all_that_is_on_the_sheet() {
    let press = press();
    for layout in [Layout::Letter, Layout::Official, Layout::Table] {
        let told = told(&press, &sheet(layout));
        let expected = [
            "示例市应急中心",
            "示应急〔2026〕12号",
            "特急",
            "林某",
            "关于某网站事件的首次报告",
            "市委网信办",
            "市公安局",
            "事件概况",
            "值守人员接到电话。",
            "业务未受影响。",
            "示例中心",
            "2026年3月14日",
            "市通信管理局",
            "记录第1842条",
        ];
        for text in expected {
            assert!(told.contains(text), "{layout:?} does not say {text}: {told}");
        }
    }
}

#[test]
fn an_official_document_is_arranged_as_the_standard_wants() {
    let told = told(&press(), &sheet(Layout::Official));
    for text in
        ["签发人：林某", "市委网信办，市公安局：", "一、事件概况", "抄送：市通信管理局。", "—1—"]
    {
        assert!(told.contains(text), "no {text}: {told}");
    }
}

#[test]
fn english_has_english_words() {
    let sheet = Sheet { lang: Lang::En, ..sheet(Layout::Official) };
    let told = told(&press(), &sheet);
    for text in ["Signedoffby:林某", "14March2026", "1.事件概况", "Copiesto:市通信管理局"]
    {
        assert!(told.contains(text), "no {text}: {told}");
    }
}

#[test]
fn an_exercise_and_a_draft_say_so_on_every_page() {
    let text = "一行文字。\n".repeat(60);
    let sheet = Sheet {
        standing: Standing::Draft,
        exercise: Some("春分".to_owned()),
        sections: vec![section("概况", &text)],
        ..sheet(Layout::Official)
    };
    let pages = pages(&press().pdf(&sheet).expect("the sheet can be printed"));
    assert!(pages.len() >= 3, "{} pages", pages.len());
    for page in &pages {
        assert!(page.contains("演习：春分") && page.contains("未签发"), "{page}");
    }
}

#[test]
fn twenty_two_lines_of_twenty_eight_characters_fit_on_a_page() {
    let text = "字".repeat(28 * 22 * 3);
    let sheet = Sheet { sections: vec![Section { label: None, text }], ..sheet(Layout::Official) };
    let pages = pages(&press().pdf(&sheet).expect("the sheet can be printed"));
    let second = pages[1].chars().filter(|character| *character == '字').count();
    assert_eq!(second, 28 * 22);
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let (one, other) = (press(), press());
    for layout in [Layout::Letter, Layout::Official, Layout::Table] {
        let first = one.pdf(&sheet(layout)).expect("the sheet can be printed");
        one.pdf(&with_text("something else")).expect("the sheet can be printed");
        assert_eq!(first, one.pdf(&sheet(layout)).expect("the sheet can be printed"));
        assert_eq!(first, other.pdf(&sheet(layout)).expect("the sheet can be printed"));
    }
}

#[test]
fn documents_made_at_the_same_time_do_not_disturb_each_other() {
    let press = press();
    let alone = press.pdf(&sheet(Layout::Official)).expect("the sheet can be printed");
    std::thread::scope(|scope| {
        let made = [(); 4].map(|()| scope.spawn(|| press.pdf(&sheet(Layout::Official))));
        for one in made {
            let one = one.join().expect("the thread ends well");
            assert_eq!(one.expect("the sheet can be printed"), alone);
        }
    });
}

#[test]
fn the_file_knows_the_date_of_the_sheet_and_no_other() {
    let pdf = press().pdf(&sheet(Layout::Letter)).expect("the sheet can be printed");
    let document = lopdf::Document::load_mem(&pdf).expect("this is a PDF");
    let info = document.trailer.get(b"Info").and_then(lopdf::Object::as_reference);
    let info = document.get_dictionary(info.expect("it has an information dictionary"));
    let info = info.expect("the dictionary is there");
    let dates: BTreeSet<String> = [b"CreationDate".as_slice(), b"ModDate"]
        .into_iter()
        .filter_map(|key| info.get(key).and_then(lopdf::Object::as_str).ok())
        .map(|text| String::from_utf8_lossy(text).chars().take(10).collect())
        .collect();
    assert_eq!(dates, BTreeSet::from(["D:20260314".to_owned()]));
}

#[test]
fn markup_in_a_text_is_only_text() {
    let press = press();
    for text in [
        "#eval(\"1+1\")",
        "#read(\"/etc/passwd\")",
        "#import\"@preview/x:0.1.0\":*",
        "$x^2$*bold*_em_`raw`=heading",
        "\\u{41}\\#<label>@reference--...~\"'",
        "//comment/*block*/]}){{[(",
        "https://example.org/?a=1&b=2",
        "</w:t>\\n${jndi:ldap://x}%s\\0",
    ] {
        let told = told(&press, &with_text(text));
        assert!(told.contains(text), "{text} became {told}");
    }
}

#[test]
fn markup_in_any_other_field_is_only_text() {
    let hostile = "#read(\"/etc/passwd\")$*[";
    let all = || hostile.to_owned();
    let press = press();
    for layout in [Layout::Letter, Layout::Official, Layout::Table] {
        let sheet = Sheet {
            heading: all(),
            number: Some(all()),
            urgency: Some(all()),
            signatory: Some(all()),
            title: all(),
            addressees: vec![all()],
            sections: vec![section(hostile, hostile)],
            issuer: all(),
            copies_to: vec![all()],
            exercise: Some(all()),
            footer: Some(all()),
            ..sheet(layout)
        };
        let told = told(&press, &sheet);
        assert!(told.matches(hostile).count() >= 11, "{layout:?}: {told}");
    }
}

#[test]
fn what_nobody_sees_is_written_out() {
    let told =
        told(&press(), &with_text("甲\0乙\u{1b}[31m丙\u{202E}丁\u{200B}戊\u{FEFF}己\u{E000}庚"));
    let expected = "甲[U+0000]乙[U+001B][31m丙[U+202E]丁[U+200B]戊[U+FEFF]己[U+E000]庚";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn a_run_without_spaces_stays_whole_and_on_the_page() {
    let digest = "0123456789abcdef".repeat(400);
    let press = press();
    for layout in [Layout::Letter, Layout::Official, Layout::Table] {
        let sheet = Sheet { sections: vec![section("摘要", &digest)], ..sheet(layout) };
        let pdf = press.pdf(&sheet).expect("the sheet can be printed");
        let pages = pages(&pdf);
        // Cut at the margin it would be one line, and everything on one page.
        assert!(pages.len() > 1, "{layout:?}");
        let digits: usize = pages.iter().map(|page| page.matches("89abc").count()).sum();
        assert!(digits > 350, "{layout:?}: {digits}");
    }
}

#[test]
fn a_sheet_with_hardly_anything_on_it_is_a_document_too() {
    let press = press();
    for layout in [Layout::Letter, Layout::Official, Layout::Table] {
        let sheet = Sheet {
            heading: String::new(),
            number: None,
            urgency: None,
            signatory: None,
            addressees: vec![],
            sections: vec![],
            issuer: String::new(),
            copies_to: vec![],
            footer: None,
            ..sheet(layout)
        };
        assert!(told(&press, &sheet).contains("首次报告"));
    }
}

#[test]
fn a_character_without_a_glyph_is_named() {
    let fault = press().pdf(&with_text("楔形文字 𒀀𒀁")).expect_err("no font here has cuneiform");
    let told = fault.to_string();
    assert!(told.contains("`𒀀` (U+12000), `𒀁` (U+12001);"), "{told}");
}

#[test]
fn without_a_chinese_font_nothing_is_printed_and_the_message_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("broken.ttf"), "no font").expect("a file");
    let fonts = Fonts::from_folders(vec![folder.path().to_owned(), "/nowhere".into()]);
    let press = Press::new(fonts).expect("the templates can be read");
    let fault = press.check().expect_err("there is no font");
    let place = folder.path().display();
    assert_eq!(
        fault.to_string(),
        format!(
            "no font for Chinese among the 0 faces in {place}, /nowhere; install one (Debian: \
             `apt-get install fonts-noto-cjk`) or name a folder that has one"
        )
    );
    assert_eq!(press.pdf(&sheet(Layout::Letter)), Err(fault));
}

#[test]
fn a_font_that_vanishes_is_told_and_its_text_not_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.ttc");
    fs::copy(chinese_font(), &copy).expect("a copy");
    let press = Press::new(Fonts::from_folders(vec![folder.path().to_owned()]));
    let press = press.expect("the templates can be read");
    fs::remove_file(&copy).expect("the copy is removed");
    assert_eq!(press.pdf(&sheet(Layout::Letter)), Err(PressFault::FontGone { file: copy }));
}

#[test]
fn too_much_is_refused_before_it_costs_anything() {
    let press = press();
    let refused = |sheet: &Sheet| press.pdf(sheet).expect_err("this is too much").to_string();
    let short = || sheet(Layout::Official);

    let told = refused(&with_text(&"字".repeat(60_001)));
    assert_eq!(told, "60001 characters of text; at most 60000 fit on one document: divide it");
    let told = refused(&with_text(&"字\n".repeat(2_001)));
    assert_eq!(told, "2001 paragraphs; at most 2000 fit on one document: divide it");
    let told = refused(&Sheet { title: "字".repeat(201), ..short() });
    assert_eq!(told, "201 characters of one line; at most 200 fit on one document: divide it");
    let told = refused(&Sheet { exercise: Some("字".repeat(81)), ..short() });
    assert_eq!(told, "81 characters of one mark; at most 80 fit on one document: divide it");
    let told = refused(&Sheet { sections: vec![section("a", "b"); 201], ..short() });
    assert_eq!(told, "201 sections; at most 200 fit on one document: divide it");
    let told = refused(&Sheet { addressees: vec!["a".to_owned(); 101], ..short() });
    assert_eq!(told, "101 addressees; at most 100 fit on one document: divide it");
    assert_eq!(press.pdf(&Sheet { title: " ".to_owned(), ..short() }), Err(PressFault::Untitled));
}

#[test]
fn more_pages_than_a_document_may_have_are_refused() {
    let text = "一行多一些的文字一行多一些的文字一行多一些的文字一行多一\n".repeat(2_000);
    let sheet = Sheet { sections: vec![section("概况", &text)], ..sheet(Layout::Official) };
    let fault = press().pdf(&sheet).expect_err("these are too many pages");
    assert!(matches!(fault, PressFault::TooMuch { what: "pages", .. }), "{fault}");
}

/// Any font file of this machine that can write Chinese.
fn chinese_font() -> PathBuf {
    let mut folders = vec![PathBuf::from("/usr/share/fonts")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().contains("CJK-Regular") {
                return path;
            }
        }
    }
    panic!("fonts-noto-cjk is not installed")
}
