//! The press: one sheet in, one file out.

use std::path::PathBuf;

use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::fault::{PressFault, Unprintable};
use crate::fonts::Fonts;
use crate::printed::Printed;
use crate::sheet::Sheet;
use crate::spelling::Speller;
use crate::world::{SheetWorld, Templates};

/// Makes documents. Build one at the start and share it.
///
/// A document takes the processor for a moment: call [`Press::pdf`] where that disturbs nobody.
pub struct Press {
    fonts: Fonts,
    templates: Templates,
    standards: PdfStandards,
}

impl Press {
    /// A press with these fonts.
    pub fn new(fonts: Fonts) -> Result<Self, PressFault> {
        let standards = PdfStandards::new(STANDARDS)
            .map_err(|error| PressFault::Engine { message: error.message().to_string() })?;
        Ok(Self { fonts, templates: Templates::shipped()?, standards })
    }

    /// A press with the fonts of this machine, and those of further folders, which come first.
    pub fn from_system(further: &[PathBuf]) -> Result<Self, PressFault> {
        Self::new(Fonts::from_system(further))
    }

    /// Whether documents can be made here; to be asked at the start, and told then.
    pub fn check(&self) -> Result<(), PressFault> {
        self.fonts.families().map(|_| ())
    }

    /// The sheet as a PDF (PDF/A-2a and PDF/UA-1). The same sheet gives the same bytes.
    ///
    /// Every text of the sheet is on the pages, or there are no pages.
    pub fn pdf(&self, sheet: &Sheet) -> Result<Vec<u8>, PressFault> {
        sheet.refuse_misshapen()?;
        let mut speller = Speller::default();
        let printed = Printed::of(sheet, self.fonts.families()?, &mut speller);
        let missing = self.fonts.missing(speller.used());
        if !missing.is_empty() {
            return Err(PressFault::NoGlyph { characters: Unprintable(missing) });
        }
        let json = serde_json::to_vec(&printed)
            .map_err(|error| PressFault::Engine { message: error.to_string() })?;

        let made = self.make(json, ident_of(sheet));
        // The engine remembers what it laid out. Documents are not for remembering.
        comemo::evict(0);
        self.fonts.refuse_lost()?;
        made
    }

    fn make(&self, json: Vec<u8>, ident: String) -> Result<Vec<u8>, PressFault> {
        let world =
            SheetWorld { templates: &self.templates, fonts: &self.fonts, sheet: Bytes::new(json) };
        let document: PagedDocument = typst::compile(&world).output.map_err(|all| refused(&all))?;
        let pages = document.pages().len();
        if pages > PAGES_MAX {
            return Err(PressFault::TooMuch { what: "pages", count: pages, count_max: PAGES_MAX });
        }
        let options = PdfOptions {
            ident: Smart::Custom(ident),
            creator: Smart::Custom(Some("Fengsui".to_owned())),
            standards: self.standards.clone(),
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|all| refused(&all))
    }
}

/// What stays the same about a document when it is printed again.
fn ident_of(sheet: &Sheet) -> String {
    let number = sheet.number.as_deref().unwrap_or_default();
    [&sheet.issuer, number, &sheet.title, &sheet.date.to_string()].join("\n")
}

fn refused(diagnostics: &[SourceDiagnostic]) -> PressFault {
    let messages: Vec<&str> =
        diagnostics.iter().take(TOLD_MAX).map(|one| one.message.as_str()).collect();
    PressFault::Engine { message: messages.join("; ") }
}

/// Made to be archived, and to be read aloud to whoever cannot see it. Both also refuse empty boxes.
const STANDARDS: &[PdfStandard] = &[PdfStandard::A_2a, PdfStandard::Ua_1];
const PAGES_MAX: usize = 100;
const TOLD_MAX: usize = 3;
