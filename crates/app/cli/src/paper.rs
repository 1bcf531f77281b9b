//! The worklist on the local disk, for the hour the machine is down: as a text that any printer takes, and as
//! pages where there are fonts.
//!
//! A file is whole or not there: it is written beside its place, forced to the disk and renamed. The last
//! ones are kept, the newest besides under a name that stays.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fengsui_desk::{Desk, DeskFault, Paper, PaperSection};
use fengsui_press::{Layout, Press, PressFault, Section, Sheet, Standing};
use fengsui_vocabulary::Lang;

/// How often it is written.
const EVERY: Duration = Duration::from_hours(1);

/// How many are kept.
const KEPT_MAX: usize = 48;

/// What the files are called before their time.
const NAME: &str = "worklist-";

/// Rows on one set of pages, and their letters: what one document of the press takes.
const ROWS_MAX: usize = 150;
const LETTERS_MAX: usize = 50_000;

/// Letters of a label on the pages.
const LABEL_MAX: usize = 180;

/// What stands where no font has a letter, as printers have always done it.
const NO_LETTER: char = '〓';

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaperFault {
    #[error(transparent)]
    Desk(#[from] DeskFault),
    #[error("cannot write {file}: {source}")]
    Write { file: PathBuf, source: io::Error },
    #[error("the pages were not finished: {0}")]
    Unfinished(#[from] tokio::task::JoinError),
}

/// Where the paper lies, and where the fonts are.
#[derive(Clone, Debug)]
pub(crate) struct Tray {
    folder: PathBuf,
    fonts: Vec<PathBuf>,
    /// One at a time: who stops while the hourly one is being written waits for it.
    turn: Arc<Mutex<()>>,
}

impl Tray {
    /// The tray of a record.
    pub(crate) fn of(data: &Path, fonts: &[PathBuf]) -> Self {
        Self { folder: data.join("paper"), fonts: fonts.to_vec(), turn: Arc::default() }
    }

    /// Writes now, and from then on every hour; what goes wrong is said, and tried again.
    pub(crate) async fn fill_every_hour(self, desk: Desk) {
        let mut turns = tokio::time::interval(EVERY);
        loop {
            turns.tick().await;
            self.fill_or_say(&desk).await;
        }
    }

    /// Writes, and says what went wrong.
    pub(crate) async fn fill_or_say(&self, desk: &Desk) {
        match self.fill(desk).await {
            Ok(None) => {}
            Ok(Some(fault)) => {
                tracing::warn!(%fault, "the worklist is on disk as a text only, without pages");
            }
            Err(fault) => tracing::warn!(%fault, "the worklist on paper was not written"),
        }
    }

    /// Writes the worklist as it stands; says why there are no pages, if there are none.
    async fn fill(&self, desk: &Desk) -> Result<Option<PressFault>, PaperFault> {
        let paper = desk.paper().await?;
        let tray = self.clone();
        // Pages take the processor for a moment, and the disk may be slow.
        tokio::task::spawn_blocking(move || tray.write(&paper)).await?
    }

    fn write(&self, paper: &Paper) -> Result<Option<PressFault>, PaperFault> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = &self.folder;
        fs::create_dir_all(folder)
            .map_err(|source| PaperFault::Write { file: folder.clone(), source })?;
        let stamp = paper.made_at.strftime("%Y%m%dT%H%M%SZ").to_string();
        let mut written = BTreeSet::new();
        // Texts first: they need nothing but the disk.
        for lang in [Lang::Zh, Lang::En] {
            written.insert(self.put(
                &stamp,
                &format!("{}.txt", tag(lang)),
                paper.text(lang).as_bytes(),
            )?);
        }
        let mut no_pages = None;
        for lang in [Lang::Zh, Lang::En] {
            let parts = match pages(paper, lang, &self.fonts) {
                Ok(parts) => parts,
                Err(fault) => {
                    no_pages = Some(fault);
                    continue;
                }
            };
            for (number, part) in (1..).zip(&parts) {
                written.insert(self.put(&stamp, &ending_of(lang, number), part)?);
            }
        }
        self.forget_others(&written)?;
        Ok(no_pages)
    }

    /// Puts one file under the name of its time and under the name that stays; says what it ends in.
    fn put(&self, stamp: &str, ending: &str, bytes: &[u8]) -> Result<String, PaperFault> {
        for name in [format!("{NAME}{stamp}.{ending}"), format!("latest.{ending}")] {
            let file = self.folder.join(name);
            write_whole(&file, bytes).map_err(|source| PaperFault::Write { file, source })?;
        }
        Ok(ending.to_owned())
    }

    /// Takes away what is older than the last ones, and what is called the newest and is not.
    fn forget_others(&self, written: &BTreeSet<String>) -> Result<(), PaperFault> {
        let fault = |source| PaperFault::Write { file: self.folder.clone(), source };
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(fault)? {
            names.extend(entry.map_err(fault)?.file_name().into_string());
        }
        let stamps: BTreeSet<&str> = names.iter().filter_map(|name| stamp_of(name)).collect();
        let kept: BTreeSet<&str> = stamps.into_iter().rev().take(KEPT_MAX).collect();
        for name in &names {
            let is_old = stamp_of(name).is_some_and(|stamp| !kept.contains(stamp));
            let ending = name.strip_prefix("latest.");
            let is_stale = ending.is_some_and(|ending| !written.contains(ending));
            if is_old || is_stale {
                let file = self.folder.join(name);
                fs::remove_file(&file).map_err(|source| PaperFault::Write { file, source })?;
            }
        }
        Ok(())
    }
}

/// The pages in one language: several documents where one does not hold it all.
pub(crate) fn pages(
    paper: &Paper,
    lang: Lang,
    fonts: &[PathBuf],
) -> Result<Vec<Vec<u8>>, PressFault> {
    let press = Press::from_system(fonts)?;
    press.check()?;
    let parts = parts_of(paper, lang);
    let count = parts.len();
    let mut pages = Vec::with_capacity(count);
    for (number, sections) in (1..).zip(parts) {
        let mut sheet = sheet(paper, lang, sections);
        if count > 1 {
            sheet.title = format!("{} ({number}/{count})", sheet.title);
        }
        pages.push(printed(&press, sheet)?);
    }
    Ok(pages)
}

/// The pages of one sheet. A letter that no font has must not keep the others from being printed.
fn printed(press: &Press, mut sheet: Sheet) -> Result<Vec<u8>, PressFault> {
    match press.pdf(&sheet) {
        Err(PressFault::NoGlyph { characters }) => {
            let mend = |text: &str| -> String {
                let mended =
                    |letter| if characters.0.contains(&letter) { NO_LETTER } else { letter };
                text.chars().map(mended).collect()
            };
            for section in &mut sheet.sections {
                section.label = section.label.as_deref().map(mend);
                section.text = mend(&section.text);
            }
            sheet.heading = mend(&sheet.heading);
            sheet.issuer = mend(&sheet.issuer);
            press.pdf(&sheet)
        }
        done => done,
    }
}

fn sheet(paper: &Paper, lang: Lang, sections: Vec<Section>) -> Sheet {
    let centre = shortened(paper.centre.in_lang(lang));
    Sheet {
        lang,
        layout: Layout::Table,
        standing: Standing::Issued,
        heading: centre.clone(),
        number: None,
        urgency: None,
        signatory: None,
        title: paper.title(lang),
        addressees: Vec::new(),
        sections,
        issuer: centre,
        date: paper.made_at.to_zoned(paper.zone.clone()).date(),
        copies_to: Vec::new(),
        exercise: None,
        footer: paper.imprint(lang).into_iter().nth(2).map(|line| shortened(&line)),
    }
}

/// The rows of the paper in as many parts as the press needs.
fn parts_of(paper: &Paper, lang: Lang) -> Vec<Vec<Section>> {
    let imprint = Section { label: None, text: paper.imprint(lang).join("\n") };
    let sections = paper.sections(lang);
    let rows = std::iter::once(imprint).chain(sections.iter().flat_map(rows_of));
    let mut parts: Vec<Vec<Section>> = Vec::new();
    let mut letters = 0;
    for row in rows {
        let more = row.text.chars().count();
        let is_full = parts.last().is_none_or(|part| part.len() >= ROWS_MAX);
        if is_full || letters + more > LETTERS_MAX {
            parts.push(Vec::new());
            letters = 0;
        }
        letters += more;
        if let Some(part) = parts.last_mut() {
            part.push(row);
        }
    }
    parts
}

fn rows_of(section: &PaperSection) -> impl Iterator<Item = Section> {
    let heading = Section { label: None, text: format!("■ {}", section.heading) };
    let rows = section
        .rows
        .iter()
        .map(|(label, text)| Section { label: Some(shortened(label)), text: text.clone() });
    std::iter::once(heading).chain(rows)
}

fn shortened(text: &str) -> String {
    text.chars().take(LABEL_MAX).collect()
}

/// `worklist-20260314T000000Z.zh.txt` was made at `20260314T000000Z`.
fn stamp_of(name: &str) -> Option<&str> {
    name.strip_prefix(NAME)?.split_once('.').map(|(stamp, _)| stamp)
}

fn ending_of(lang: Lang, number: usize) -> String {
    if number == 1 {
        return format!("{}.pdf", tag(lang));
    }
    format!("{}-{number}.pdf", tag(lang))
}

const fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    }
}

/// Writes a file so that it is there whole or not at all, also after a power cut. Names and telephones are
/// in it, so nobody else on the machine reads it.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = folder.join(format!(".{name}.part"));
    let mut open = OpenOptions::new();
    let mut part = open.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    part.write_all(bytes)?;
    part.sync_all()?;
    drop(part);
    fs::rename(&beside, file)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fengsui_desk::PaperCall;
    use fengsui_vocabulary::Label;

    fn paper(made_at: &str, calls: usize) -> Paper {
        let call = |number: usize| PaperCall {
            organisation: Label::new(format!("单位{number}"), format!("Unit {number}")),
            person: None,
            telephone: format!("021-5550 {number:04}"),
        };
        Paper {
            made_at: made_at.parse().unwrap(),
            zone: jiff::tz::TimeZone::UTC,
            centre: Label::new("应急中心", "Centre"),
            telephone: None,
            on_duty: None,
            position: 7,
            cases: Vec::new(),
            calls: (0..calls).map(call).collect(),
            calls_left_out: 0,
        }
    }

    #[test]
    fn the_last_forty_eight_are_kept_and_the_newest_has_a_name_that_stays() {
        let folder = tempfile::tempdir().unwrap();
        let fonts = folder.path().join("no-fonts");
        let tray = Tray::of(folder.path(), &[fonts]);
        fs::create_dir_all(&tray.folder).unwrap();
        for hour in 0..50 {
            let name = format!("{NAME}202603{:02}T{:02}0000Z.zh.txt", 1 + hour / 24, hour % 24);
            fs::write(tray.folder.join(name), "old").unwrap();
        }
        fs::write(tray.folder.join("latest.zh-9.pdf"), "of a longer list").unwrap();
        fs::write(tray.folder.join("notes.txt"), "somebody's own").unwrap();
        tray.write(&paper("2026-03-14T08:00:00Z", 3)).unwrap();
        let names: Vec<String> = fs::read_dir(&tray.folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let stamps: BTreeSet<&str> = names.iter().filter_map(|name| stamp_of(name)).collect();
        assert_eq!(stamps.len(), KEPT_MAX);
        assert!(stamps.contains("20260314T080000Z") && !stamps.contains("20260301T000000Z"));
        assert!(!names.iter().any(|name| name == "latest.zh-9.pdf" || name.contains(".part")));
        assert!(names.iter().any(|name| name == "notes.txt"));
        let latest = fs::read_to_string(tray.folder.join("latest.zh.txt")).unwrap();
        assert!(latest.contains("021-5550 0002"), "{latest}");
    }

    #[test]
    fn a_file_is_only_its_owners() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        write_whole(&file, b"names").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn more_than_one_document_holds_is_divided_and_nothing_is_left_out() {
        let paper = paper("2026-03-14T08:00:00Z", 400);
        let parts = parts_of(&paper, Lang::Zh);
        assert!(parts.len() > 2 && parts.iter().all(|part| part.len() <= ROWS_MAX));
        let rows: usize = parts.iter().map(Vec::len).sum();
        let expected: usize =
            paper.sections(Lang::Zh).iter().map(|section| section.rows.len() + 1).sum();
        assert_eq!(rows, expected + 1);
    }

    #[test]
    fn the_pages_are_pages() {
        let paper = paper("2026-03-14T08:00:00Z", 3);
        // Where this machine has no font for Chinese that is said, and the text is there all the same.
        match pages(&paper, Lang::Zh, &[]) {
            Ok(pages) => assert!(pages.iter().all(|page| page.starts_with(b"%PDF"))),
            Err(fault) => assert!(matches!(fault, PressFault::NoChineseFont { .. }), "{fault}"),
        }
    }
}
