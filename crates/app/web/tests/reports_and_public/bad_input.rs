//! Forms that are too large, cut off, wrongly encoded or contradict themselves come back as they were
//! typed, say what to mend, and change nothing.

use axum::http::StatusCode;

use crate::centre::{Answer, Centre, File, parts, theft};

/// Sends the theft with some fields replaced, and expects the form back with everything else.
async fn refused(replaced: &[(&'static str, &str)], files: &[File<'_>]) -> Answer {
    let centre = Centre::new().await;
    let browser = centre.nobody("zh-CN");
    let mut fields = theft(&browser.get("/report").await);
    for (name, value) in replaced {
        fields.retain(|(known, _)| known != name);
        fields.push((name, (*value).to_owned()));
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(it, value)| (*it, value.as_str())).collect();
    let written = centre.written().await;
    let answer = browser.post_files("/report", &fields, files).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    assert_eq!(centre.written().await, written);
    assert!(answer.has("data-refused") && answer.has("发现数据库被未授权访问"), "{}", answer.text);
    answer
}

#[tokio::test]
async fn a_time_in_the_future_comes_back() {
    let answer = refused(&[("discovered", "2026-03-14T10:30")], &[]).await;
    assert!(answer.has("时间不能晚于现在") && answer.has("value=\"2026-03-14T10:30\""));
}

#[tokio::test]
async fn what_was_noticed_before_it_began_comes_back_at_its_field() {
    let answer = refused(&[("occurred", "2026-03-14T09:50")], &[]).await;
    assert!(
        answer.has("早于发生时间 09:50") && answer.has("report-discovered-wrong"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn a_missing_title_and_an_unknown_answer_are_both_said_at_once() {
    let answer = refused(&[("title", ""), ("fact.system_loss", "huge")], &[]).await;
    assert!(answer.has("report-title-wrong") && answer.has("report-fact.system_loss-wrong"));
}

#[tokio::test]
async fn a_character_that_cannot_be_kept_comes_back_without_it() {
    let answer = refused(&[("title", "a\0b")], &[]).await;
    assert!(answer.has("U+0000") && answer.has("value=\"ab\""));
}

#[tokio::test]
async fn a_line_that_is_too_long_says_how_long_it_may_be() {
    let answer = refused(&[("title", &"警".repeat(201))], &[]).await;
    assert!(answer.has("现有 201 个字，最多 200 个字"));
}

#[tokio::test]
async fn a_file_that_is_too_large_is_said_and_the_words_stay() {
    let answer = refused(&[], &[("大.bin", &[7; 5_000])]).await;
    assert!(answer.has("文件过大"));
}

#[tokio::test]
async fn too_many_files_are_said_and_the_words_stay() {
    let answer = refused(&[], &[("a.txt", b"a".as_slice()); 11]).await;
    assert!(answer.has("最多 10 个"));
}

#[tokio::test]
async fn a_form_that_is_cut_off_changes_nothing() {
    let centre = Centre::new().await;
    let browser = centre.nobody("zh-CN");
    let fields = theft(&browser.get("/report").await);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(it, value)| (*it, value.as_str())).collect();
    let mut body = parts(&fields, &[("log.txt", &[65; 2_000])]);
    body.truncate(body.len() - 1_000);
    let written = centre.written().await;
    let answer = browser.post_parts("/report", body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    assert!(answer.has("传输中断") && answer.has("发现数据库被未授权访问"));
    assert_eq!(centre.written().await, written);
}

#[tokio::test]
async fn words_that_are_not_utf_8_come_back_and_change_nothing() {
    let centre = Centre::new().await;
    let browser = centre.nobody("zh-CN");
    let form = browser.get("/report").await;
    let mut body = format!(
        "csrf={}&command={}&what=plain&discovered=2026-03-14T09:40&title=",
        form.hidden("csrf"),
        form.command("/report"),
    )
    .into_bytes();
    body.extend([0xb7, 0xe9, 0xcb, 0xe3]); // GBK
    let written = centre.written().await;
    let answer = browser.post_raw("/report", body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    assert!(answer.has("UTF-8") && answer.has("plain"));
    assert_eq!(centre.written().await, written);
}

#[tokio::test]
async fn what_is_hostile_is_shown_as_text() {
    let answer =
        refused(&[("title", ""), ("organisation", "\"><script>alert(1)</script>")], &[]).await;
    assert!(!answer.has("<script>alert"));
}

#[tokio::test]
async fn a_body_beyond_all_limits_is_refused() {
    let centre = Centre::new().await;
    let browser = centre.nobody("zh-CN");
    let form = browser.get("/report").await;
    let mut body = format!("csrf={}&what=", form.hidden("csrf")).into_bytes();
    body.resize(3_000_000, b'a');
    let answer = browser.post_raw("/report", body).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}
