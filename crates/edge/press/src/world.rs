//! All that the engine can see: our templates, one sheet and the fonts. No disk, network or clock.

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::fault::PressFault;
use crate::fonts::Fonts;

/// The templates, read once.
pub(crate) struct Templates {
    library: LazyHash<Library>,
    main: FileId,
    sheet: FileId,
    sources: Vec<Source>,
}

impl Templates {
    pub(crate) fn shipped() -> Result<Self, PressFault> {
        let read = |(name, text): &(&str, &str)| Ok(Source::new(file(name)?, (*text).to_owned()));
        Ok(Self {
            library: LazyHash::new(<Library as LibraryExt>::default()),
            main: file(MAIN)?,
            sheet: file(SHEET)?,
            sources: SHIPPED.iter().map(read).collect::<Result<_, PressFault>>()?,
        })
    }
}

/// One sheet on its way to paper.
pub(crate) struct SheetWorld<'a> {
    pub(crate) templates: &'a Templates,
    pub(crate) fonts: &'a Fonts,
    /// The sheet as JSON.
    pub(crate) sheet: Bytes,
}

impl World for SheetWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.templates.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.templates.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let source = self.templates.sources.iter().find(|source| source.id() == id);
        source.cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.templates.sheet {
            Ok(self.sheet.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.face(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn file(name: &str) -> Result<FileId, PressFault> {
    let path = VirtualPath::new(name)
        .map_err(|error| PressFault::Engine { message: error.to_string() })?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

const MAIN: &str = "sheet.typ";
const SHEET: &str = "sheet.json";

const SHIPPED: &[(&str, &str)] = &[
    (MAIN, include_str!("../templates/sheet.typ")),
    ("parts.typ", include_str!("../templates/parts.typ")),
    ("words.typ", include_str!("../templates/words.typ")),
    ("letter.typ", include_str!("../templates/letter.typ")),
    ("official.typ", include_str!("../templates/official.typ")),
    ("table.typ", include_str!("../templates/table.typ")),
];
