//! Rows of the table, built column by column, and read back.
//!
//! A column costs something only in the rows where it has a value: what is missing in between is filled in
//! one step. Nothing is judged here.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayBuilder, ArrayRef, AsArray, BinaryBuilder, Date32Builder, Int32Builder,
    Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{Int32Type, Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use fengsui_records::{Column, Kind, Record, Value};
use jiff::Timestamp;

use crate::columns::{Dated, RowKind, micros, schema};

/// Rows that are being built.
pub struct Rows {
    count: usize,
    bytes: usize,
    day: Date32Builder,
    kind: Run,
    feed: Run,
    partition: Run,
    offset: Int64Builder,
    nth: Int32Builder,
    cells: Vec<Cell>,
    source_key: StringBuilder,
    destination_key: StringBuilder,
    parser: Run,
    reason: StringBuilder,
    suspect: StringBuilder,
    again: StringBuilder,
    raw: BinaryBuilder,
}

/// Where rows come from: the same for all rows of a block.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The feed.
    pub feed: Arc<str>,
    /// The partition of its source.
    pub partition: Arc<str>,
    /// The parser, with its version.
    pub parser: &'static str,
    /// When it was taken in, in microseconds since 1970.
    pub observation: i64,
}

/// Which row of its origin: with feed and partition, its key for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// How far the source has been read with the piece.
    pub offset: i64,
    /// Which outcome of the piece.
    pub nth: i32,
}

/// The values of one column.
enum Cell {
    Text(StringBuilder),
    Number(Int64Builder),
    Time(TimestampMicrosecondBuilder),
}

/// A column that seldom changes from row to row.
struct Run {
    done: StringBuilder,
    value: Arc<str>,
    pending: usize,
}

impl Rows {
    /// No rows yet.
    pub fn new() -> Self {
        Self {
            count: 0,
            bytes: 0,
            day: Date32Builder::new(),
            kind: Run::new(),
            feed: Run::new(),
            partition: Run::new(),
            offset: Int64Builder::new(),
            nth: Int32Builder::new(),
            cells: Column::ALL.iter().map(|column| Cell::new(column.kind())).collect(),
            source_key: StringBuilder::new(),
            destination_key: StringBuilder::new(),
            parser: Run::new(),
            reason: StringBuilder::new(),
            suspect: StringBuilder::new(),
            again: StringBuilder::new(),
            raw: BinaryBuilder::new(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes they take, roughly.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Begins a row; what is put from here on is put into it.
    pub fn begin(&mut self, kind: RowKind, origin: &Origin, spot: Spot, dated: Dated) {
        if let Some(suspect) = dated.suspect {
            fill_text(&mut self.suspect, self.count);
            self.suspect.append_value(suspect);
        }
        self.count += 1;
        self.bytes += ROW_BYTES;
        self.day.append_value(dated.day());
        self.kind.add(kind.as_str());
        self.feed.add(&origin.feed);
        self.partition.add(&origin.partition);
        self.parser.add(origin.parser);
        self.offset.append_value(spot.offset);
        self.nth.append_value(spot.nth);
        self.put_time(Column::TimeObservation, origin.observation);
    }

    /// Puts all that a record says into the row.
    ///
    /// What only the watch may say (whose it is, what is known as good) is not taken from a source's mouth:
    /// it is kept in `extra`.
    pub fn put_record(&mut self, record: &Record) {
        let mut claims = String::new();
        for (column, value) in record.values() {
            if is_ours(column) {
                claim(&mut claims, column, value);
            } else {
                self.put(column, value);
            }
        }
        let extra = record.extra_members();
        match (extra.is_empty(), claims.is_empty()) {
            (true, true) => {}
            (false, true) => self.put_parts(Column::Extra, &["{", extra, "}"]),
            (true, false) => self.put_parts(Column::Extra, &["{", &claims, "}"]),
            (false, false) => self.put_parts(Column::Extra, &["{", extra, ",", &claims, "}"]),
        }
    }

    /// Puts a value; one that is not of the column's kind is put as it is shown, if that can be kept.
    pub fn put(&mut self, column: Column, value: &Value) {
        match value {
            Value::Text(text) => self.put_text(column, text),
            Value::Integer(number) => self.put_number(column, *number),
            Value::Ip(address) => self.put_ip(column, *address),
            Value::Time(at) => self.put_time(column, micros(*at)),
        }
    }

    /// Puts a text.
    pub fn put_text(&mut self, column: Column, text: &str) {
        self.put_parts(column, &[text]);
    }

    /// Puts a number.
    pub fn put_number(&mut self, column: Column, number: i64) {
        let row = self.count - 1;
        match self.cells.get_mut(column.place()) {
            Some(Cell::Number(numbers)) if numbers.len() <= row => {
                fill_number(numbers, row);
                numbers.append_value(number);
            }
            Some(Cell::Text(_)) => self.put_text(column, &number.to_string()),
            Some(Cell::Number(_) | Cell::Time(_)) | None => {}
        }
    }

    /// Puts the piece of input.
    pub fn put_raw(&mut self, raw: &[u8]) {
        let row = self.count - 1;
        if self.raw.len() <= row {
            self.raw.append_nulls(row - self.raw.len());
            self.raw.append_value(raw);
            self.bytes += raw.len();
        }
    }

    /// Puts the reason why a piece was quarantined or a record not kept.
    pub fn put_reason(&mut self, reason: &str) {
        let row = self.count - 1;
        if self.reason.len() <= row {
            fill_text(&mut self.reason, row);
            self.reason.append_value(reason);
        }
    }

    /// Puts the place in quarantine of what was read again.
    pub fn put_again(&mut self, place: &str) {
        let row = self.count - 1;
        if self.again.len() <= row {
            fill_text(&mut self.again, row);
            self.again.append_value(place);
            self.bytes += place.len();
        }
    }

    /// Puts an instant, in microseconds since 1970.
    pub fn put_time(&mut self, column: Column, at: i64) {
        let row = self.count - 1;
        if let Some(Cell::Time(times)) = self.cells.get_mut(column.place())
            && times.len() <= row
        {
            times.append_nulls(row - times.len());
            times.append_value(at);
        }
    }

    /// All rows as one batch; afterwards there are none.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let rows = std::mem::take(&mut self.count);
        self.bytes = 0;
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema().fields().len());
        columns.push(Arc::new(self.day.finish()));
        columns.push(self.kind.finish());
        columns.push(self.feed.finish());
        columns.push(self.partition.finish());
        columns.push(Arc::new(self.offset.finish()));
        columns.push(Arc::new(self.nth.finish()));
        columns.extend(self.cells.iter_mut().map(|cell| cell.finish(rows)));
        columns.push(finish_text(&mut self.source_key, rows));
        columns.push(finish_text(&mut self.destination_key, rows));
        columns.push(self.parser.finish());
        columns.push(finish_text(&mut self.reason, rows));
        columns.push(finish_text(&mut self.suspect, rows));
        columns.push(finish_text(&mut self.again, rows));
        self.raw.append_nulls(rows - self.raw.len());
        columns.push(finish_raw(&mut self.raw, rows));
        RecordBatch::try_new(schema(), columns)
    }

    fn put_ip(&mut self, column: Column, address: IpAddr) {
        let mut text = Short::default();
        text.push_ip(address);
        self.put_text(column, text.as_str());
        let keys = if column == Column::SourceIp {
            &mut self.source_key
        } else if column == Column::DestinationIp {
            &mut self.destination_key
        } else {
            return;
        };
        let row = self.count - 1;
        if keys.len() <= row {
            fill_text(keys, row);
            let mut key = Short::default();
            key.push_key(address);
            keys.append_value(key.as_str());
        }
    }

    fn put_parts(&mut self, column: Column, parts: &[&str]) {
        let row = self.count - 1;
        if let Some(Cell::Text(texts)) = self.cells.get_mut(column.place())
            && texts.len() <= row
        {
            fill_text(texts, row);
            if let [whole] = parts {
                texts.append_value(whole);
                self.bytes += whole.len();
                return;
            }
            for part in parts {
                let written = texts.write_str(part);
                debug_assert!(written.is_ok(), "writing to a builder never fails");
                self.bytes += part.len();
            }
            texts.append_value("");
        }
    }
}

impl Default for Rows {
    fn default() -> Self {
        Self::new()
    }
}

/// The 32 hexadecimal digits of an address in its IPv6 form: networks are ranges of them.
pub fn key_of(address: IpAddr) -> String {
    let mut key = Short::default();
    key.push_key(address);
    key.as_str().to_owned()
}

/// The record of a row, as it was put there; what the watch added is among its columns.
///
/// `extra` comes back as one member of itself: it is JSON, and not taken apart.
pub fn record_of(batch: &RecordBatch, row: usize) -> Record {
    record_with(batch, row, Column::ALL)
}

/// The record of a row, as far as some columns say it.
pub(crate) fn record_with(batch: &RecordBatch, row: usize, columns: &[Column]) -> Record {
    let mut record = Record::new();
    for column in columns {
        if let Some(value) = value_of(batch, *column, row) {
            record.set(*column, value);
        }
    }
    record
}

/// The value of a column in a row.
pub fn value_of(batch: &RecordBatch, column: Column, row: usize) -> Option<Value> {
    let array = batch.column_by_name(column.as_str())?;
    if row >= array.len() || array.is_null(row) {
        return None;
    }
    match column.kind() {
        Kind::Integer | Kind::Port | Kind::Asn => {
            Some(Value::Integer(array.as_primitive_opt::<Int64Type>()?.value(row)))
        }
        Kind::Time => {
            let at = array.as_primitive_opt::<TimestampMicrosecondType>()?.value(row);
            Timestamp::from_microsecond(at).ok().map(Value::Time)
        }
        Kind::Ip => text_in(array.as_ref(), row)?.parse().ok().map(Value::Ip),
        Kind::Text | Kind::Network | Kind::Fqdn | Kind::Country | Kind::Json => {
            Some(Value::Text(text_in(array.as_ref(), row)?.to_owned().into()))
        }
    }
}

/// The text of a physical column in a row; engines hand on texts in several layouts.
pub fn text_of<'a>(batch: &'a RecordBatch, name: &str, row: usize) -> Option<&'a str> {
    let array = batch.column_by_name(name)?;
    if row >= array.len() || array.is_null(row) {
        return None;
    }
    text_in(array.as_ref(), row)
}

/// Where a row is: feed, partition and spot.
pub fn spot_of(batch: &RecordBatch, row: usize) -> Option<(String, String, Spot)> {
    let feed = text_of(batch, "feed", row)?.to_owned();
    let partition = text_of(batch, "partition", row)?.to_owned();
    let offset = batch.column_by_name("offset")?.as_primitive_opt::<Int64Type>()?;
    let nth = batch.column_by_name("nth")?.as_primitive_opt::<Int32Type>()?;
    (row < batch.num_rows())
        .then(|| (feed, partition, Spot { offset: offset.value(row), nth: nth.value(row) }))
}

fn text_in(array: &dyn Array, row: usize) -> Option<&str> {
    if let Some(texts) = array.as_string_opt::<i32>() {
        return Some(texts.value(row));
    }
    if let Some(texts) = array.as_string_view_opt() {
        return Some(texts.value(row));
    }
    array.as_string_opt::<i64>().map(|texts| texts.value(row))
}

impl Cell {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Integer | Kind::Port | Kind::Asn => Self::Number(Int64Builder::new()),
            Kind::Time => Self::Time(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
            Kind::Text | Kind::Ip | Kind::Network | Kind::Fqdn | Kind::Country | Kind::Json => {
                Self::Text(StringBuilder::new())
            }
        }
    }

    fn finish(&mut self, rows: usize) -> ArrayRef {
        match self {
            Self::Text(texts) => finish_text(texts, rows),
            Self::Number(numbers) => {
                fill_number(numbers, rows);
                Arc::new(numbers.finish())
            }
            Self::Time(times) => {
                times.append_nulls(rows - times.len());
                Arc::new(times.finish())
            }
        }
    }
}

impl Run {
    fn new() -> Self {
        Self { done: StringBuilder::new(), value: Arc::from(""), pending: 0 }
    }

    fn add(&mut self, value: &str) {
        if *self.value != *value {
            self.settle();
            self.value = Arc::from(value);
        }
        self.pending += 1;
    }

    fn settle(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        self.done.append_value_n(&self.value, pending);
    }

    fn finish(&mut self) -> ArrayRef {
        self.settle();
        Arc::new(self.done.finish())
    }
}

/// A short text on the stack: addresses are written without going through the formatter.
struct Short {
    bytes: [u8; 48],
    len: usize,
}

impl Short {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    fn push_ip(&mut self, address: IpAddr) {
        match address {
            IpAddr::V4(address) => {
                let [first, rest @ ..] = address.octets();
                self.push_decimal(first);
                for octet in rest {
                    self.push(b'.');
                    self.push_decimal(octet);
                }
            }
            IpAddr::V6(address) => {
                let written = write!(self, "{address}");
                debug_assert!(written.is_ok(), "an address has at most 45 letters");
            }
        }
    }

    fn push_decimal(&mut self, octet: u8) {
        if octet >= 100 {
            self.push(b'0' + octet / 100);
        }
        if octet >= 10 {
            self.push(b'0' + octet / 10 % 10);
        }
        self.push(b'0' + octet % 10);
    }

    fn push_key(&mut self, address: IpAddr) {
        for octet in mapped(address).octets() {
            self.push(hexadecimal(octet >> 4));
            self.push(hexadecimal(octet & 0x0f));
        }
    }

    fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.len).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl Default for Short {
    fn default() -> Self {
        Self { bytes: [0; 48], len: 0 }
    }
}

impl std::fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        text.bytes().for_each(|byte| self.push(byte));
        Ok(())
    }
}

/// An address in its IPv6 form.
pub(crate) fn mapped(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

const fn hexadecimal(digit: u8) -> u8 {
    if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }
}

/// Whether only the watch says what stands in a column.
fn is_ours(column: Column) -> bool {
    column == Column::TimeObservation || (Column::ListState..=Column::KnownGood).contains(&column)
}

/// What a source says about a column of ours, as a member of `extra`.
fn claim(claims: &mut String, column: Column, value: &Value) {
    if !claims.is_empty() {
        claims.push(',');
    }
    let name = column.as_str();
    let text = serde_json::to_string(value.shown().as_ref()).unwrap_or_default();
    let written = write!(claims, "\"{name}\":{text}");
    debug_assert!(written.is_ok(), "writing to a string never fails");
}

fn fill_text(texts: &mut StringBuilder, rows: usize) {
    let missing = rows.saturating_sub(texts.len());
    if missing > 0 {
        texts.append_nulls(missing);
    }
}

fn fill_number(numbers: &mut Int64Builder, rows: usize) {
    let missing = rows.saturating_sub(numbers.len());
    if missing > 0 {
        numbers.append_nulls(missing);
    }
}

/// The texts so far; a column of long ones finds as much room again, because growing would copy it over and over.
fn finish_text(texts: &mut StringBuilder, rows: usize) -> ArrayRef {
    fill_text(texts, rows);
    let bytes = texts.values_slice().len();
    let done = texts.finish();
    if bytes >= LONG_COLUMN_BYTES {
        *texts = StringBuilder::with_capacity(rows, with_spare(bytes));
    }
    Arc::new(done)
}

/// The pieces of input so far; what follows finds as much room, as with long texts.
fn finish_raw(raw: &mut BinaryBuilder, rows: usize) -> ArrayRef {
    let bytes = raw.values_slice().len();
    let done = raw.finish();
    *raw = BinaryBuilder::with_capacity(rows, with_spare(bytes));
    Arc::new(done)
}

/// A little more than was needed: the next batch is hardly ever of the same size.
fn with_spare(bytes: usize) -> usize {
    bytes + bytes / 8
}

/// A column with so many bytes is worth keeping room for.
const LONG_COLUMN_BYTES: usize = 256 * 1024;

/// Bytes of the columns every row has.
const ROW_BYTES: usize = 96;

#[cfg(test)]
mod tests {
    use fengsui_records::Classification;
    use proptest::prelude::*;

    use super::*;

    fn origin() -> Origin {
        Origin {
            feed: "north".into(),
            partition: "file:a".into(),
            parser: "eve/1",
            observation: 1_770_000_000_000_000,
        }
    }

    fn add(rows: &mut Rows, offset: i64, record: &Record) {
        let origin = origin();
        let source = record.time(Column::TimeSource).map(micros);
        let dated = Dated::judge(source, origin.observation);
        rows.begin(RowKind::Record, &origin, Spot { offset, nth: 0 }, dated);
        rows.put_record(record);
    }

    #[test]
    fn the_key_of_an_address_is_its_long_form_in_hexadecimal() {
        let key = |text: &str| key_of(text.parse().expect("an address"));
        assert_eq!(key("203.0.113.7"), "00000000000000000000ffffcb007107");
        assert_eq!(key("2001:db8::1"), "20010db8000000000000000000000001");
    }

    #[test]
    fn a_batch_has_the_schema_and_nulls_where_nothing_was_said() {
        let mut rows = Rows::new();
        let mut first = Record::new();
        first.read(Column::SourceIp, "203.0.113.7");
        first.keep_text("odd", "kept");
        add(&mut rows, 10, &first);
        let mut second = Record::new();
        second.classify(Classification::Scanner);
        second.set(Column::SourcePort, Value::Integer(22));
        add(&mut rows, 20, &second);
        rows.put_raw(b"second");
        let batch = rows.finish().expect("a batch");
        assert_eq!(batch.num_rows(), 2);
        assert!(rows.is_empty());
        let key = text_of(&batch, "source.key", 0);
        assert_eq!(key, Some("00000000000000000000ffffcb007107"));
        assert_eq!(text_of(&batch, "source.key", 1), None);
        assert_eq!(text_of(&batch, "extra", 0), Some(r#"{"odd":"kept"}"#));
        assert_eq!(value_of(&batch, Column::SourcePort, 0), None);
        assert_eq!(value_of(&batch, Column::SourcePort, 1), Some(Value::Integer(22)));
        assert_eq!(spot_of(&batch, 1).map(|(_, _, spot)| spot.offset), Some(20));
        let raw = batch.column_by_name("raw").expect("raw").as_binary::<i32>();
        assert!(raw.is_null(0));
        assert_eq!(raw.value(1), b"second");
    }

    #[test]
    fn a_column_put_twice_in_one_row_keeps_the_first() {
        let mut rows = Rows::new();
        add(&mut rows, 1, &Record::new());
        rows.put_text(Column::Sector, "energy");
        rows.put_text(Column::Sector, "water");
        let batch = rows.finish().expect("a batch");
        assert_eq!(text_of(&batch, "sector", 0), Some("energy"));
    }

    #[test]
    fn a_source_cannot_say_whose_a_record_is() {
        let mut record = Record::new();
        record.read(Column::Organisation, "org_mine");
        record.read(Column::KnownGood, "\"trust me\"");
        record.keep_text("odd", "kept");
        let mut rows = Rows::new();
        add(&mut rows, 1, &record);
        let batch = rows.finish().expect("a batch");
        assert_eq!(text_of(&batch, "organisation", 0), None);
        assert_eq!(text_of(&batch, "known_good", 0), None);
        assert_eq!(
            text_of(&batch, "extra", 0),
            Some(r#"{"odd":"kept","organisation":"org_mine","known_good":"\"trust me\""}"#)
        );
    }

    fn any_value(kind: Kind) -> BoxedStrategy<Value> {
        match kind {
            Kind::Integer | Kind::Port | Kind::Asn => any::<i64>().prop_map(Value::Integer).boxed(),
            Kind::Ip => {
                any::<IpAddr>().prop_map(|address| Value::Ip(address.to_canonical())).boxed()
            }
            Kind::Time => (0_i64..4_000_000_000_000_000)
                .prop_map(|at| Value::Time(Timestamp::from_microsecond(at).expect("an instant")))
                .boxed(),
            Kind::Text | Kind::Network | Kind::Fqdn | Kind::Country | Kind::Json => {
                ".{0,12}".prop_map(|text| Value::Text(text.into())).boxed()
            }
        }
    }

    fn any_record() -> impl Strategy<Value = Record> {
        let cells = (0..Column::ALL.len()).prop_flat_map(|place| {
            let column = Column::ALL[place];
            any_value(column.kind()).prop_map(move |value| (column, value))
        });
        proptest::collection::vec(cells, 0..12).prop_map(|cells| {
            let mut record = Record::new();
            for (column, value) in cells {
                record.set(column, value);
            }
            record
        })
    }

    proptest! {
        #[test]
        fn what_is_put_is_read_back(records in proptest::collection::vec(any_record(), 0..20)) {
            let mut rows = Rows::new();
            for record in &records {
                add(&mut rows, 0, record);
            }
            let batch = rows.finish().expect("a batch");
            prop_assert_eq!(batch.num_rows(), records.len());
            for (row, record) in records.iter().enumerate() {
                let said = |column: &&Column| **column != Column::Extra && !is_ours(**column);
                for column in Column::ALL.iter().filter(said) {
                    prop_assert_eq!(value_of(&batch, *column, row), record.get(*column).cloned());
                }
            }
        }
    }
}
