//! Documents as PDF: sheets in, pages out; tables for spreadsheet programs.
//!
//! What a document says is decided elsewhere; a [`Sheet`] holds it as data, and no text of it is
//! ever read as markup. Nothing here reaches a network, asks the time or keeps what it printed.
//! The same sheet with the same fonts gives the same bytes.
//!
//! Start reading at [`Press::pdf`]; the pages themselves are drawn in `templates/`.

mod fault;
mod fonts;
mod press;
mod printed;
mod sheet;
mod spelling;
mod table;
mod world;

pub use fault::{PressFault, Searched, Unprintable};
pub use fonts::Fonts;
pub use press::Press;
pub use sheet::{Layout, Section, Sheet, Standing};
pub use table::{Cell, Spreadsheet, SpreadsheetFault};
