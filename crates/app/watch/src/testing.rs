//! A shelf in memory that fails when it is told to, a tap that plays a script, readers of a toy format.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::{Array as _, AsArray as _, BooleanArray};
use arrow::compute::filter_record_batch;
use arrow::record_batch::RecordBatch;
use fengsui_formats::{Block, Head, Outcome, Reader, Reason};
use fengsui_records::{Column, FeedName, Record, Value};
use jiff::{SignedDuration, Timestamp};

use crate::{
    AGAIN, Defaults, Delivery, Feed, Key, Mark, Part, Progress, Quarantined, Recall, Rule, Shelf,
    ShelfFault, Tap, Tapped, Timing, TurnedBack, Unresolved, Wait, Within, source_of, text_of,
    value_of,
};

/// 2026-03-14 09:00 UTC.
pub(crate) const NINE: i64 = 1_773_478_800;

/// A shelf in memory. What is not committed is gone when its collector is.
#[derive(Default)]
pub(crate) struct ModelShelf {
    state: Mutex<ModelState>,
}

#[derive(Default)]
struct ModelState {
    rows: Vec<RecordBatch>,
    reached: BTreeMap<String, i64>,
    calls: u64,
    plan: Vec<Trouble>,
    is_dead: bool,
    commits: u64,
}

/// What goes wrong at a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trouble {
    pub(crate) call: u64,
    pub(crate) when: When,
    pub(crate) what: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The process is killed: no call works any more.
    Kill,
    /// This call says that it failed.
    Fail,
    /// This call says that there is no room.
    Full,
}

impl ModelShelf {
    /// A new process begins, with troubles to come.
    pub(crate) fn revive(&self, plan: Vec<Trouble>) {
        let mut state = self.state.lock().expect("the state");
        state.calls = 0;
        state.is_dead = false;
        state.plan = plan;
    }

    pub(crate) fn rows(&self) -> Vec<RecordBatch> {
        self.state.lock().expect("the state").rows.clone()
    }

    pub(crate) fn commits(&self) -> u64 {
        self.state.lock().expect("the state").commits
    }

    pub(crate) fn stands_at(&self, source: &str) -> Option<i64> {
        self.state.lock().expect("the state").reached.get(source).copied()
    }

    /// Rows as maps of text, in no order.
    pub(crate) fn shown(&self) -> Vec<BTreeMap<String, String>> {
        let batches = self.rows();
        let rows =
            batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)));
        rows.map(|(batch, row)| shown(batch, row)).collect()
    }

    /// One call: troubles before it, the call, troubles after it.
    fn call<T>(
        &self,
        act: impl FnOnce(&mut ModelState) -> Result<T, ShelfFault>,
    ) -> Result<T, ShelfFault> {
        let mut state = self.state.lock().expect("the state");
        state.calls += 1;
        let call = state.calls;
        trouble(&mut state, call, When::Before)?;
        let done = act(&mut state);
        trouble(&mut state, call, When::After)?;
        done
    }
}

/// A row as a map of text.
fn shown(batch: &RecordBatch, row: usize) -> BTreeMap<String, String> {
    let mut cells = BTreeMap::new();
    for name in ["kind", "feed", "partition", "parser", "reason", "suspect", "again"] {
        if let Some(text) = text_of(batch, name, row) {
            cells.insert(name.to_owned(), text.to_owned());
        }
    }
    for column in Column::ALL {
        if let Some(value) = value_of(batch, *column, row) {
            cells.insert(column.as_str().to_owned(), value.shown().into_owned());
        }
    }
    let (_, _, spot) = crate::spot_of(batch, row).expect("a spot");
    cells.insert("spot".to_owned(), format!("{}.{}", spot.offset, spot.nth));
    cells
}

fn trouble(state: &mut ModelState, call: u64, when: When) -> Result<(), ShelfFault> {
    let due = state.plan.iter().find(|trouble| trouble.call == call && trouble.when == when);
    let fate = due.map(|trouble| trouble.what);
    state.is_dead |= fate == Some(Fate::Kill);
    let source = || "as told".to_owned().into();
    match fate {
        _ if state.is_dead => Err(ShelfFault::Unreachable { source: source() }),
        Some(Fate::Full) => Err(ShelfFault::Full { source: source() }),
        Some(Fate::Fail | Fate::Kill) => Err(ShelfFault::Unreachable { source: source() }),
        None => Ok(()),
    }
}

impl Shelf for ModelShelf {
    type Written = RecordBatch;

    fn reached(&self, source: &str) -> Result<Option<i64>, ShelfFault> {
        self.call(|state| Ok(state.reached.get(source).copied()))
    }

    fn write(&self, rows: &RecordBatch) -> Result<Vec<RecordBatch>, ShelfFault> {
        self.call(|_| Ok(vec![rows.clone()]))
    }

    fn commit(&self, written: &[RecordBatch], progress: &[Progress]) -> Result<(), ShelfFault> {
        self.call(|state| {
            let reached = |step: &Progress| state.reached.get(&step.source).copied();
            if let Some(step) = progress.iter().find(|step| reached(step) != step.from) {
                let source_name = step.source.clone();
                return Err(ShelfFault::Overtaken { source_name, reached: reached(step) });
            }
            for step in progress {
                assert!(Some(step.to) > step.from, "a source went back");
                state.reached.insert(step.source.clone(), step.to);
            }
            state.rows.extend(written.iter().cloned());
            state.commits += 1;
            Ok(())
        })
    }

    fn read(&self, recall: &Recall, each: &mut dyn FnMut(&RecordBatch)) -> Result<(), ShelfFault> {
        self.call(|state| {
            for batch in &state.rows {
                let fits: BooleanArray =
                    (0..batch.num_rows()).map(|row| Some(fits(batch, row, recall))).collect();
                let places: Vec<usize> = recall
                    .columns
                    .iter()
                    .map(|column| batch.schema().index_of(column.as_str()).expect("a column"))
                    .collect();
                let some = filter_record_batch(batch, &fits).expect("rows");
                each(&some.project(&places).expect("columns"));
            }
            Ok(())
        })
    }

    fn unresolved(&self, asked: &Unresolved) -> Result<Vec<Quarantined>, ShelfFault> {
        self.call(|state| {
            let mut found = in_quarantine(&state.rows);
            found.retain(|(feed, piece)| *feed == *asked.feed.as_str() && is_asked(piece, asked));
            let mut within = Within::of(asked);
            within.add_all(found.into_iter().map(|(_, piece)| piece));
            Ok(within.finish())
        })
    }
}

fn is_asked(piece: &Quarantined, asked: &Unresolved) -> bool {
    let is_format = |format: &String| piece.parser.split('/').next() == Some(format.as_str());
    asked.reason.as_ref().is_none_or(|reason| piece.reason == *reason)
        && asked.format.as_ref().is_none_or(is_format)
        && asked.after.as_ref().is_none_or(|after| piece.mark > *after)
        && (piece.mark.partition != AGAIN
            || asked.again_until.is_none_or(|until| piece.mark.offset <= until))
}

/// Pieces in quarantine that are not resolved, with their feeds.
pub(crate) fn in_quarantine(rows: &[RecordBatch]) -> Vec<(String, Quarantined)> {
    let each = || rows.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)));
    let is = |batch, row, kind: crate::RowKind| text_of(batch, "kind", row) == Some(kind.as_str());
    let resolved: BTreeSet<(String, String)> = each()
        .filter(|(batch, row)| is(batch, *row, crate::RowKind::Resolved))
        .map(|(batch, row)| {
            let text = |name| text_of(batch, name, row).expect("a text").to_owned();
            (text("feed"), text("again"))
        })
        .collect();
    let unread = each().filter(|(batch, row)| is(batch, *row, crate::RowKind::Quarantined));
    unread
        .filter_map(|(batch, row)| {
            let (feed, partition, spot) = crate::spot_of(batch, row).expect("a spot");
            let place = format!("{partition}/{}/{}", spot.offset, spot.nth);
            let raw = batch.column_by_name("raw").expect("raw").as_binary::<i32>();
            if raw.is_null(row) || resolved.contains(&(feed.clone(), place)) {
                return None;
            }
            let observed = match value_of(batch, Column::TimeObservation, row) {
                Some(Value::Time(at)) => at.as_microsecond(),
                other => panic!("{other:?}"),
            };
            let mark = Mark { observed, partition, offset: spot.offset, nth: spot.nth };
            let text = |name| text_of(batch, name, row).map(str::to_owned);
            let piece = Quarantined {
                mark,
                reason: text("reason").expect("a reason"),
                parser: text("parser").expect("a parser"),
                about: text("extra"),
                raw: raw.value(row).to_vec(),
            };
            Some((feed, piece))
        })
        .collect()
}

fn fits(batch: &RecordBatch, row: usize, recall: &Recall) -> bool {
    let observed = match value_of(batch, Column::TimeObservation, row) {
        Some(Value::Time(at)) => at,
        _none => return false,
    };
    text_of(batch, "kind", row) == Some(recall.kind.as_str())
        && text_of(batch, "feed", row) == Some(recall.feed.as_str())
        && recall.since.is_none_or(|since| observed >= since)
        && recall.until.is_none_or(|until| observed <= until)
        && recall.having.is_none_or(|column| value_of(batch, column, row).is_some())
}

/// A clock that stands still unless it is moved; waits for the shelf a few times.
pub(crate) struct ModelTiming {
    pub(crate) now: AtomicI64,
    pub(crate) waits: AtomicI64,
}

impl ModelTiming {
    pub(crate) fn at(second: i64) -> Self {
        Self { now: AtomicI64::new(second), waits: AtomicI64::new(3) }
    }
}

impl Timing for ModelTiming {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.now.load(Ordering::Relaxed)).expect("an instant")
    }

    fn wait(&self, _fault: &ShelfFault) -> Wait {
        if self.waits.fetch_sub(1, Ordering::Relaxed) > 0 { Wait::Again } else { Wait::Stop }
    }
}

/// One partition that is played.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) feed: FeedName,
    pub(crate) partition: Arc<str>,
    pub(crate) pieces: Vec<(String, i64)>,
    pub(crate) at: usize,
    /// Whether it begins from its first piece after every interruption.
    pub(crate) from_beginning: bool,
}

/// A tap that plays scripts in turn, a few pieces a delivery and a few deliveries a round.
pub(crate) struct ScriptTap<'a> {
    pub(crate) shelf: &'a ModelShelf,
    pub(crate) scripts: Vec<Script>,
    pub(crate) pieces: usize,
    pub(crate) deliveries: usize,
    pub(crate) left: usize,
    pub(crate) next: usize,
}

impl<'a> ScriptTap<'a> {
    pub(crate) fn new(
        shelf: &'a ModelShelf,
        scripts: Vec<Script>,
        pieces: usize,
        deliveries: usize,
    ) -> Self {
        Self { shelf, scripts, pieces, deliveries, left: deliveries, next: 0 }
    }
}

impl Tap for ScriptTap<'_> {
    fn next(&mut self, _patience: Duration) -> Tapped {
        if self.scripts.iter().all(|script| script.at >= script.pieces.len()) {
            return Tapped::Ended;
        }
        if self.left == 0 {
            self.left = self.deliveries;
            return Tapped::Nothing;
        }
        self.left -= 1;
        loop {
            self.next = (self.next + 1) % self.scripts.len();
            if let Some(delivery) = self.scripts[self.next].play(self.pieces) {
                return Tapped::Delivery(delivery);
            }
        }
    }

    fn done(&mut self, source: &str, reached: i64) {
        assert!(self.shelf.stands_at(source) >= Some(reached), "acknowledged before it was kept");
    }

    fn turn_back(&mut self, source: &str, why: TurnedBack) {
        for script in &mut self.scripts {
            if source_of(&script.feed, &script.partition) == source {
                match why {
                    TurnedBack::Overtaken { reached } => script.resume(reached),
                    TurnedBack::HeldElsewhere => script.at = script.pieces.len(),
                }
            }
        }
    }
}

impl Script {
    /// Goes on after what is on the shelf.
    pub(crate) fn resume(&mut self, reached: Option<i64>) {
        self.at = self.pieces.partition_point(|(_, offset)| Some(*offset) <= reached);
        if self.from_beginning {
            self.at = 0;
        }
    }

    /// The next pieces; those of one offset stay together.
    fn play(&mut self, pieces: usize) -> Option<Delivery> {
        if self.at >= self.pieces.len() {
            return None;
        }
        let from = self.at;
        let mut until = (from + pieces).min(self.pieces.len());
        while until < self.pieces.len() && self.pieces[until].1 == self.pieces[until - 1].1 {
            until += 1;
        }
        self.at = until;
        let mut block = Block::default();
        for (text, offset) in &self.pieces[from..until] {
            block.push(text.as_bytes(), *offset);
        }
        let part = match (from == 0, until == self.pieces.len()) {
            (true, true) => Part::Whole,
            (true, false) => Part::First,
            (false, true) => Part::Last,
            (false, false) => Part::Middle,
        };
        Some(Delivery {
            feed: self.feed.clone(),
            partition: Arc::clone(&self.partition),
            name: None,
            block,
            part,
            unreadable: None,
            again: None,
        })
    }
}

/// Reads pieces of words: `b` cannot be read, `r:7:1:30` is rule 1 on 10.0.0.7 half a minute past nine; `q:7:1:30`
/// is the same for a reader that has been mended, and `n` nothing.
#[derive(Clone, Default)]
pub(crate) struct Toy {
    /// Whether a header must come first, and whether one has.
    header: Header,
    head: Head,
    skill: Skill,
}

/// What a reader can read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Skill {
    /// Nothing that begins with q.
    #[default]
    Broken,
    /// All but `b`.
    Mended,
    /// Everything; `b` is a record.
    Full,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Header {
    /// None is needed.
    #[default]
    None,
    /// It has not come; afterwards, pieces are independent.
    Once,
    /// It has not come; others may come later.
    Often,
    /// One has come, others may.
    Come,
}

impl Toy {
    pub(crate) fn with(header: Header) -> Self {
        Self { header, ..Self::default() }
    }

    pub(crate) fn skilled(header: Header, skill: Skill) -> Self {
        Self { header, skill, ..Self::default() }
    }
}

impl Reader for Toy {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        let text = String::from_utf8_lossy(piece).into_owned();
        if text == "header" {
            self.header = match self.header {
                Header::Once | Header::None => Header::None,
                Header::Often | Header::Come => Header::Come,
            };
            self.head = head_of(piece);
            return;
        }
        for word in text.split_whitespace() {
            match self.header {
                Header::Once | Header::Often => {
                    out.push(Outcome::Quarantined(Reason::UnknownReport));
                }
                Header::None | Header::Come if word == "n" && self.skill != Skill::Broken => {}
                Header::None | Header::Come => out.push(toy_word(word, self.skill)),
            }
        }
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        (self.header == Header::None).then(|| -> Box<dyn Reader> { Box::new(self.clone()) })
    }

    fn head(&self) -> Head {
        self.head.clone()
    }
}

fn head_of(piece: &[u8]) -> Head {
    Head::Pieces(Arc::new(vec![String::from_utf8_lossy(piece).into_owned()]))
}

fn toy_word(word: &str, skill: Skill) -> Outcome {
    if word.starts_with(['q', 'n']) && skill == Skill::Broken {
        return Outcome::Quarantined(Reason::NoMapping);
    }
    let word = if word == "b" && skill == Skill::Full { "r:99:9:0" } else { word };
    let parts: Vec<i64> = word.split(':').skip(1).filter_map(|part| part.parse().ok()).collect();
    let [host, rule, second] = parts[..] else { return Outcome::Quarantined(Reason::NotJson) };
    let mut record = Record::new();
    record.read(Column::SourceIp, &format!("10.0.0.{host}"));
    record.set(Column::SignatureId, Value::Integer(rule));
    let at = Timestamp::from_second(NINE + second).expect("an instant");
    record.set(Column::TimeSource, Value::Time(at));
    Outcome::Record(record)
}

/// A feed of the toy format with a window of an hour.
pub(crate) fn toy_feed(name: &str, header: Header) -> Feed {
    Feed {
        name: name.parse().expect("a name"),
        parser: "toy/1",
        open: Arc::new(move |_| Box::new(Toy::with(header))),
        rule: Some(Rule::new(Key::Usual, SignedDuration::from_hours(1)).expect("a rule")),
        one_in: None,
        list: None,
        defaults: Defaults::default(),
    }
}

pub(crate) fn script(feed: &str, partition: &str, pieces: &[&str]) -> Script {
    Script {
        feed: feed.parse().expect("a name"),
        partition: partition.into(),
        pieces: (1..).zip(pieces).map(|(offset, text)| ((*text).to_owned(), offset * 10)).collect(),
        at: 0,
        from_beginning: false,
    }
}

/// A file in the `MaxMind` format: a tree of 32 bits, records of 32 bits, and the entries.
pub(crate) fn mmdb(entries: &[(std::net::Ipv4Addr, u8, serde_json::Value)]) -> Vec<u8> {
    let mut nodes: Vec<[Branch; 2]> = vec![[Branch::Nothing; 2]];
    let mut data = Vec::new();
    for (network, bits, value) in entries {
        let offset = u32::try_from(data.len()).expect("small");
        mmdb_value(value, &mut data);
        let mut node = 0;
        for depth in 0..*bits {
            let side = usize::from(u32::from(*network) << depth >> 31 == 1);
            if depth + 1 == *bits {
                nodes[node][side] = Branch::Entry(offset);
            } else if let Branch::Node(next) = nodes[node][side] {
                node = next;
            } else {
                nodes.push([Branch::Nothing; 2]);
                nodes[node][side] = Branch::Node(nodes.len() - 1);
                node = nodes.len() - 1;
            }
        }
    }
    let count = u32::try_from(nodes.len()).expect("small");
    let mut file = Vec::new();
    for branch in nodes.iter().flatten() {
        let number = match branch {
            Branch::Nothing => count,
            Branch::Node(node) => u32::try_from(*node).expect("small"),
            Branch::Entry(offset) => count + 16 + offset,
        };
        file.extend(number.to_be_bytes());
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let about = serde_json::json!({
        "node_count": count, "record_size": 32, "ip_version": 4, "database_type": "Test",
        "languages": ["en"], "binary_format_major_version": 2, "binary_format_minor_version": 0,
        "build_epoch": 1_700_000_000, "description": {"en": "Test"},
    });
    mmdb_value(&about, &mut file);
    file
}

#[derive(Clone, Copy)]
enum Branch {
    Nothing,
    Node(usize),
    Entry(u32),
}

fn mmdb_value(value: &serde_json::Value, out: &mut Vec<u8>) {
    match value {
        serde_json::Value::String(text) => {
            mmdb_head(2, text.len(), out);
            out.extend(text.as_bytes());
        }
        serde_json::Value::Number(number) => {
            let number = u32::try_from(number.as_u64().expect("a number")).expect("small");
            mmdb_head(6, 4, out);
            out.extend(number.to_be_bytes());
        }
        serde_json::Value::Object(members) => {
            mmdb_head(7, members.len(), out);
            for (name, value) in members {
                mmdb_value(&serde_json::Value::String(name.clone()), out);
                let number = value.as_u64().unwrap_or_default();
                match name.as_str() {
                    "build_epoch" => {
                        out.extend([8, 2]);
                        out.extend(number.to_be_bytes());
                    }
                    "record_size"
                    | "ip_version"
                    | "binary_format_major_version"
                    | "binary_format_minor_version" => {
                        mmdb_head(5, 2, out);
                        out.extend(u16::try_from(number).expect("small").to_be_bytes());
                    }
                    _other => mmdb_value(value, out),
                }
            }
        }
        serde_json::Value::Array(values) => {
            out.extend([u8::try_from(values.len()).expect("small"), 4]);
            for value in values {
                mmdb_value(value, out);
            }
        }
        serde_json::Value::Null | serde_json::Value::Bool(_) => panic!("not needed: {value}"),
    }
}

fn mmdb_head(kind: u8, len: usize, out: &mut Vec<u8>) {
    let len = u8::try_from(len).expect("small");
    if len < 29 {
        out.push((kind << 5) + len);
    } else {
        out.extend([(kind << 5) + 29, len - 29]);
    }
}
