//! How the rows of one file are read: its header laid over the schema.

use fengsui_records::{Classification, Column, Record};

use super::convert::{Cell, Conversion, Row};
use super::schema::{Field, Target, View};
use crate::intelmq::piece;
use crate::reading::{Outcome, Reason};

/// How the rows of one file are read; shared by all that read them.
#[derive(Debug)]
pub(super) struct Layout {
    names: Vec<String>,
    /// What becomes of the cell at each place.
    fields: Vec<Vec<Field>>,
    constants: Vec<(Target, String)>,
    classification: Option<Classification>,
    /// What the schema calls it, where that is no type of the RSIT.
    odd_class: Option<String>,
    code: String,
    identifier: String,
    title: String,
    url: Option<String>,
    /// The columns nothing can be said without: of each group at least one.
    needed: Vec<Vec<String>>,
    /// Where vendor and model stand.
    product: Option<(usize, usize)>,
}

impl Layout {
    /// Lays a header over a report; `None` where columns are missing nothing can be said without.
    pub(super) fn new(view: View<'_>, header: &[&str]) -> Option<Self> {
        let sheet = view.sheet;
        let names: Vec<String> = header.iter().map(|cell| cell.to_ascii_lowercase()).collect();
        let is_there = |group: &Vec<String>| group.iter().any(|name| names.contains(name));
        if !sheet.needed.iter().all(is_there) {
            return None;
        }
        let place = |name: &str| names.iter().position(|held| held == name);
        // What an event was aimed at is named apart from the device it came from.
        let pairs = [("target_vendor", "target_product"), ("device_vendor", "device_model")];
        let product = pairs.iter().find_map(|(vendor, model)| place(vendor).zip(place(model)));
        let classification = view.classification();
        Some(Self {
            fields: fields_of(view, header),
            constants: sheet.constants.clone(),
            odd_class: view.class.filter(|_| classification.is_none()).map(str::to_owned),
            classification,
            code: sheet.code.clone(),
            identifier: sheet.title.to_lowercase().replace(' ', "-"),
            title: sheet.title.clone(),
            url: sheet.url.clone(),
            product,
            needed: sheet.needed.clone(),
            names,
        })
    }

    /// Whether a row is this header once more: reports that were joined have it between them.
    pub(super) fn is_again(&self, row: &[&str]) -> bool {
        row.len() == self.names.len()
            && row.iter().zip(&self.names).all(|(cell, name)| cell.eq_ignore_ascii_case(name))
    }

    /// Whether a row that holds names is the header of another report, or of this one with other columns.
    fn is_another(&self, row: &[&str]) -> bool {
        let is_there = |name: &String| row.iter().any(|cell| cell.eq_ignore_ascii_case(name));
        !self.needed.is_empty() && self.needed.iter().all(|group| group.iter().any(is_there))
    }

    /// Reads one row.
    pub(super) fn read(&self, row: &[&str]) -> Outcome {
        if self.is_another(row) {
            return Outcome::Quarantined(Reason::ColumnsChanged);
        }
        if row.len() != self.fields.len() {
            return Outcome::Quarantined(Reason::CellsDiffer);
        }
        if row.iter().all(|cell| cell.is_empty()) {
            return Outcome::Quarantined(Reason::Empty);
        }
        let mut record = Record::new();
        let whole = Row { names: &self.names, cells: row };
        for ((name, text), fields) in self.names.iter().zip(row).zip(&self.fields) {
            for field in fields {
                fill(Cell { name, text }, field, whole, &mut record);
            }
        }
        self.complete(&mut record, row);
        Outcome::Record(record)
    }

    /// What the report says of all its rows, where the row itself did not say it.
    fn complete(&self, record: &mut Record, row: &[&str]) {
        record.set_static(Column::Provider, "Shadowserver");
        piece::set_readable(record, Column::FeedCode, &self.code);
        for (target, value) in &self.constants {
            match target {
                Target::Column(column) => record.read(*column, value),
                Target::Extra(name) => record.keep_text(name, value),
            }
        }
        self.classify(record);
        if record.get(Column::Identifier).is_none() {
            piece::set_readable(record, Column::Identifier, &self.identifier);
        }
        if record.get(Column::Description).is_none() {
            piece::set_readable(record, Column::Description, &self.title);
        }
        if let Some(url) = &self.url {
            piece::set_readable(record, Column::DescriptionUrl, url);
        }
        self.name_product(record, row);
    }

    /// Some reports say in each row what it is; the type then stands there as a text.
    fn classify(&self, record: &mut Record) {
        let said = record.text(Column::Type).and_then(Classification::from_name);
        record.classify(said.or(self.classification).unwrap_or(Classification::Undetermined));
        if let Some(odd) = &self.odd_class {
            record.keep_text(Column::Type.as_str(), odd);
        }
    }

    fn name_product(&self, record: &mut Record, row: &[&str]) {
        let Some((vendor, model)) = self.product else { return };
        let named = [row.get(vendor), row.get(model)];
        let words: Vec<&str> =
            named.into_iter().flatten().copied().filter(|word| !word.is_empty()).collect();
        if !words.is_empty() && record.get(Column::Product).is_none() {
            record.read(Column::Product, &words.join(" "));
        }
    }
}

fn fill(cell: Cell<'_>, field: &Field, row: Row<'_>, record: &mut Record) {
    let has_own_sources = matches!(
        field.conversion,
        Conversion::HostAndPath | Conversion::CategoryOrDetail | Conversion::Exchange
    );
    if !cell.text.is_empty() || has_own_sources {
        field.conversion.apply(cell, &field.target, row, record);
    }
}

/// What becomes of each column of the header. A name that comes again is kept under a name of its own.
fn fields_of(view: View<'_>, header: &[&str]) -> Vec<Vec<Field>> {
    let keep =
        |name: String| vec![Field { target: Target::Extra(name), conversion: Conversion::Plain }];
    let mut fields = Vec::with_capacity(header.len());
    for (at, name) in header.iter().enumerate() {
        let known = view.sheet.fields.get(&name.to_ascii_lowercase());
        let came = header.iter().take(at).filter(|held| held.eq_ignore_ascii_case(name)).count();
        fields.push(match (known, came) {
            (Some(known), 0) => known.clone(),
            (None, 0) if !name.is_empty() => keep((*name).to_owned()),
            (Some(_) | None, _) => keep(format!("{name}.{}", at + 1)),
        });
    }
    fields
}
