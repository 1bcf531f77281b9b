//! Tables for spreadsheet programs: as CSV that they read as UTF-8, and as XLSX.
//!
//! A cell is a number or a text, never a formula: a name that begins like one is only a name.

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spreadsheet {
    /// What it is called.
    pub name: String,
    /// Its columns.
    pub headings: Vec<String>,
    /// Its rows, each with one cell per column.
    pub rows: Vec<Vec<Cell>>,
    /// What the figures mean, below the table.
    pub notes: Vec<String>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number.
    Number(u64),
    /// Nothing is known.
    Empty,
}

/// The table cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the table cannot be written; ask for fewer lines")]
pub struct SpreadsheetFault {
    #[from]
    source: XlsxError,
}

impl Spreadsheet {
    /// The table as CSV; the mark at the front makes spreadsheet programs read it as UTF-8.
    pub fn csv(&self) -> String {
        let mut table = String::from("\u{feff}");
        let line = |cells: Vec<String>| format!("{}\r\n", cells.join(","));
        table.push_str(&line(self.headings.iter().map(|text| quoted(text)).collect()));
        for row in &self.rows {
            table.push_str(&line(row.iter().map(Cell::as_csv).collect()));
        }
        for note in &self.notes {
            table.push_str(&line(vec![quoted(note)]));
        }
        table
    }

    /// The table as XLSX, dated so that the same table gives the same bytes.
    pub fn xlsx(&self, dated: Date) -> Result<Vec<u8>, SpreadsheetFault> {
        let mut workbook = Workbook::new();
        let day =
            (u16::try_from(dated.year()), u8::try_from(dated.month()), u8::try_from(dated.day()));
        if let (Ok(year), Ok(month), Ok(day)) = day {
            let created = ExcelDateTime::from_ymd(year, month, day)?;
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        }
        let bold = Format::new().set_bold();
        let sheet = workbook.add_worksheet();
        sheet.set_name(sheet_name(&self.name))?;
        for (column, text) in (0_u16..).zip(&self.headings) {
            sheet.write_string_with_format(0, column, text, &bold)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        let mut place = 0_u32;
        for row in &self.rows {
            place += 1;
            for (column, cell) in (0_u16..).zip(row) {
                match cell {
                    Cell::Text(text) => sheet.write_string(place, column, text)?,
                    Cell::Number(number) => sheet.write_number(place, column, exact(*number))?,
                    Cell::Empty => sheet,
                };
            }
        }
        for note in &self.notes {
            place += 1;
            sheet.write_string(place + 1, 0, note)?;
        }
        Ok(workbook.save_to_buffer()?)
    }
}

impl Cell {
    /// A number, if there is one.
    pub fn number(number: Option<u64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }

    fn as_csv(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Number(number) => number.to_string(),
            Self::Empty => String::new(),
        }
    }
}

/// A text, quoted where it must be. What a spreadsheet program would take for a formula is told to be
/// text: the sign in front does that, in every one of them.
fn quoted(text: &str) -> String {
    let begins_formula = text.trim_start().starts_with(FORMULA) || text.starts_with(['\t', '\r']);
    let text = if begins_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r', '\'']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// A name that fits a sheet.
fn sheet_name(name: &str) -> String {
    let fits: String = name.chars().filter(|letter| !"[]:*?/\\'".contains(*letter)).collect();
    let fits: String = fits.chars().take(SHEET_NAME_CHARS_MAX).collect();
    if fits.is_empty() { "1".to_owned() } else { fits }
}

/// A count as the format has it; counts stay far below what it holds exactly.
fn exact(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}

/// With what formulas begin, narrow and wide.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Characters of the name of a sheet.
const SHEET_NAME_CHARS_MAX: usize = 31;

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn table() -> Spreadsheet {
        Spreadsheet {
            name: "统计[2026]".to_owned(),
            headings: vec!["单位".to_owned(), "按时".to_owned()],
            rows: vec![
                vec![Cell::Text("甲, 乙".to_owned()), Cell::Number(3)],
                vec![Cell::Text("=HYPERLINK(\"x\")".to_owned()), Cell::Empty],
                vec![Cell::Text("＝1+1".to_owned()), Cell::Number(0)],
            ],
            notes: vec!["-按分钟".to_owned()],
        }
    }

    #[test]
    fn a_cell_of_csv_is_quoted_and_is_never_a_formula() {
        assert_eq!(
            table().csv(),
            "\u{feff}单位,按时\r\n\"甲, 乙\",3\r\n\"'=HYPERLINK(\"\"x\"\")\",\r\n\"'＝1+1\",0\r\n\"'-按分钟\"\r\n"
        );
        for bad in ["\t=1", " =1", "@sum", "+1", "\r=1"] {
            assert!(quoted(bad).contains('\''), "{bad:?}");
        }
    }

    #[test]
    fn the_same_table_gives_the_same_file_and_holds_no_formula() {
        let one = table().xlsx(date(2026, 3, 14)).unwrap();
        assert_eq!(one, table().xlsx(date(2026, 3, 14)).unwrap());
        assert!(one.starts_with(b"PK"));
    }
}
