//! The fonts of this machine: which there are, what they can write, and the bytes when needed.
//!
//! Folders are read once and in order of names, so that the same fonts are always taken in the
//! same order. A file is read again when a page needs it and then kept. Nothing is shipped or
//! fetched: without a Chinese font there is no press, and [`PressFault::NoChineseFont`] says so.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Serialize;
use typst::foundations::Bytes;
use typst::text::{Coverage, Font, FontBook, FontInfo};
use typst::utils::LazyHash;

use crate::fault::{PressFault, Searched};

/// The fonts that were found.
pub struct Fonts {
    searched: Searched,
    files: Vec<FontFile>,
    faces: Vec<Face>,
    book: LazyHash<FontBook>,
    coverage: Coverage,
    families: Option<Families>,
}

/// The families the pages are set in, best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Families {
    /// Titles and the mark of the issuer.
    title: Vec<String>,
    /// Running text.
    body: Vec<String>,
    /// Headings inside the text.
    heading: Vec<String>,
}

struct FontFile {
    path: PathBuf,
    bytes: OnceLock<Option<Bytes>>,
}

struct Face {
    file: usize,
    /// Which face of the file.
    index: u32,
    font: OnceLock<Option<Font>>,
}

impl Fonts {
    /// The fonts where a system keeps them, and those in further folders, which come first.
    pub fn from_system(further: &[PathBuf]) -> Self {
        let home = std::env::home_dir().map(|home| home.join(HOME_FOLDER));
        let system = SYSTEM_FOLDERS.iter().map(PathBuf::from);
        Self::from_folders(further.iter().cloned().chain(system).chain(home).collect())
    }

    /// The fonts in these folders and no others.
    pub fn from_folders(folders: Vec<PathBuf>) -> Self {
        let mut found = Found::default();
        for folder in &folders {
            let mut paths = BTreeSet::new();
            font_files(folder, FOLDERS_DEEP_MAX, &mut paths);
            for path in paths {
                found.add(path);
            }
        }
        let faces = found.faces.len();
        let families = Families::among(&found.infos);
        let covered = found.infos.iter().flat_map(|info| info.coverage.iter()).collect();
        Self {
            searched: Searched { folders, faces },
            files: found.files,
            faces: found.faces,
            coverage: Coverage::from_vec(covered),
            book: LazyHash::new(FontBook::from_infos(found.infos)),
            families,
        }
    }

    pub(crate) fn families(&self) -> Result<&Families, PressFault> {
        let searched = || self.searched.clone();
        self.families.as_ref().ok_or_else(|| PressFault::NoChineseFont { searched: searched() })
    }

    pub(crate) fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    /// The characters that no face has.
    pub(crate) fn missing(&self, characters: &BTreeSet<char>) -> BTreeSet<char> {
        let has = |character: &&char| self.coverage.contains(u32::from(**character));
        characters.iter().filter(|character| !has(character)).copied().collect()
    }

    /// A face of the book; `None` if its file is gone, which [`Fonts::refuse_lost`] tells.
    pub(crate) fn face(&self, index: usize) -> Option<Font> {
        let face = self.faces.get(index)?;
        let load = || Font::new(self.files.get(face.file)?.bytes()?, face.index);
        face.font.get_or_init(load).clone()
    }

    /// Says if a face was asked for and could not be read: its text would be missing.
    pub(crate) fn refuse_lost(&self) -> Result<(), PressFault> {
        let is_lost = |face: &&Face| matches!(face.font.get(), Some(None));
        let lost = self.faces.iter().find(is_lost).and_then(|face| self.files.get(face.file));
        lost.map_or(Ok(()), |file| Err(PressFault::FontGone { file: file.path.clone() }))
    }
}

impl FontFile {
    fn bytes(&self) -> Option<Bytes> {
        self.bytes.get_or_init(|| fs::read(&self.path).ok().map(Bytes::new)).clone()
    }
}

impl Families {
    /// The families for Chinese, if there is one.
    fn among(infos: &[FontInfo]) -> Option<Self> {
        let writes_chinese =
            |info: &&FontInfo| SAMPLE.chars().all(|one| info.coverage.contains(u32::from(one)));
        let chinese: BTreeSet<&str> =
            infos.iter().filter(writes_chinese).map(|info| info.family.as_str()).collect();
        let any = (*chinese.first()?).to_owned();
        let of = |wanted: &[&str]| {
            let there = wanted.iter().filter_map(|name| {
                let is_named = |family: &&&str| family.eq_ignore_ascii_case(name);
                chinese.iter().find(is_named).map(|family| (*family).to_owned())
            });
            there.chain([any.clone()]).collect()
        };
        Some(Self { title: of(TITLE), body: of(BODY), heading: of(HEADING) })
    }
}

/// What the search has brought together so far.
#[derive(Default)]
struct Found {
    files: Vec<FontFile>,
    faces: Vec<Face>,
    infos: Vec<FontInfo>,
}

impl Found {
    /// Takes a file in. One that is no font is passed over, as every program does.
    fn add(&mut self, path: PathBuf) {
        let is_known = self.files.iter().any(|file| file.path == path);
        if is_known || self.files.len() >= FILES_MAX {
            return;
        }
        let Ok(bytes) = fs::read(&path) else {
            return;
        };
        let file = self.files.len();
        for index in 0..FACES_A_FILE_MAX {
            let Some(info) = FontInfo::new(&bytes, index) else {
                break;
            };
            if !info.is_last_resort() {
                self.faces.push(Face { file, index, font: OnceLock::new() });
                self.infos.push(info);
            }
        }
        self.files.push(FontFile { path, bytes: OnceLock::new() });
    }
}

/// The files below a folder that look like fonts. What cannot be read is passed over.
fn font_files(folder: &Path, folders_deep_max: usize, paths: &mut BTreeSet<PathBuf>) {
    let (Some(deeper), Ok(entries)) = (folders_deep_max.checked_sub(1), fs::read_dir(folder))
    else {
        return;
    };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => font_files(&path, deeper, paths),
            Ok(found) if found.is_file() && found.len() <= FILE_BYTES_MAX && is_font(&path) => {
                paths.insert(path);
            }
            _ => {}
        }
    }
}

fn is_font(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

const SYSTEM_FOLDERS: &[&str] = &["/usr/local/share/fonts", "/usr/share/fonts"];
/// Below the home folder of whoever runs the program.
const HOME_FOLDER: &str = ".local/share/fonts";

const ENDINGS: &[&str] = &["ttf", "otf", "ttc", "otc"];
const FOLDERS_DEEP_MAX: usize = 8;
const FILES_MAX: usize = 4_000;
const FACES_A_FILE_MAX: u32 = 100;
/// The largest collections with all of East Asia are below this.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// A font that has these can write Chinese. Some are only in fonts with simplified characters.
const SAMPLE: &str = "国家网络安全事件应急处置报告签发抄送";

/// 小标宋 as the standard wants it, then what comes near.
const TITLE: &[&str] = &[
    "FZXiaoBiaoSong-B05S",
    "方正小标宋简体",
    "FZXiaoBiaoSong-B05",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "SimSun",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
];
/// 仿宋, then other faces with serifs, then any.
const BODY: &[&str] = &[
    "FangSong_GB2312",
    "仿宋_GB2312",
    "FangSong",
    "仿宋",
    "STFangsong",
    "FZFangSong-Z02",
    "FZFangSong-Z02S",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "SimSun",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
];
/// 黑体, then other faces without serifs.
const HEADING: &[&str] = &[
    "SimHei",
    "黑体",
    "FZHei-B01",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
];
