//! What the pipeline costs without parsing and without Parquet: one million alerts, 100,000 prefixes, one worker.
//!
//! `cargo bench -p fengsui-watch`. Reading alone is measured beside it and taken off. Figures, never judgements.
//! One worker works on the thread that calls it, so its time is that thread's time on a core, where the system tells it:
//! what else the machine does is not counted.
#![expect(clippy::print_stdout, reason = "figures are what this program is for")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has no figures")]

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::record_batch::RecordBatch;
use fengsui_formats::{Block, Outcome, Reader};
use fengsui_records::{Classification, Column, Record, Value};
use fengsui_vocabulary::OrganisationId;
use fengsui_watch::{
    Collector, Defaults, Delivery, Enrichment, Equipment, Feed, Holding, Key, Limits, LocalLeases,
    Part, Prefix, Progress, Quarantined, Recall, Registry, Rule, Seed, Shelf, ShelfFault, Side,
    Tap, Tapped, Timing, TurnedBack, Unresolved, Wait,
};
use jiff::{SignedDuration, Timestamp};

const RECORDS: u64 = 1_000_000;
const PREFIXES: u32 = 100_000;
const BLOCK: u64 = 1_000;

fn main() {
    let enrichment = Arc::new(Enrichment { registry: registry().into(), ..Enrichment::default() });
    let blocks = blocks();
    look_up(&enrichment.registry);
    let reading = best(|| read_all(&blocks));
    for (name, rule) in [("without dedupe", None), ("with dedupe", Some(hourly()))] {
        let whole = best(|| collect(&blocks, &enrichment, rule.clone()));
        let own = whole.saturating_sub(reading);
        println!(
            "{name}: {:.0} ns a record in all, {:.0} ns without reading, {:.2} M records/s without reading",
            nanoseconds(whole),
            nanoseconds(own),
            1_000.0 / nanoseconds(own),
        );
    }
    println!("reading: {:.0} ns a record", nanoseconds(reading));
}

fn hourly() -> Rule {
    Rule::new(Key::Usual, SignedDuration::from_hours(1)).expect("a rule")
}

fn nanoseconds(all: Duration) -> f64 {
    all.as_secs_f64() * 1e9 / 1e6
}

/// Time on a core, or on the wall where the system does not tell.
struct Stopwatch {
    wall: Instant,
    core: Option<Duration>,
}

impl Stopwatch {
    fn start() -> Self {
        Self { wall: Instant::now(), core: on_core() }
    }

    fn elapsed(&self) -> Duration {
        match (self.core, on_core()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            (_, _) => self.wall.elapsed(),
        }
    }
}

fn on_core() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// The best of five.
fn best(mut run: impl FnMut() -> Duration) -> Duration {
    (0..5).map(|_| run()).min().unwrap_or_default()
}

fn look_up(registry: &Registry) {
    let mut found = 0_u32;
    let took = best(|| {
        found = 0;
        let begun = Stopwatch::start();
        for number in 0..RECORDS {
            let side = Side { ip: Some(address(number)), ..Side::default() };
            found += u32::from(registry.owner_of(&side, &Side::default(), 20_000).is_some());
        }
        begun.elapsed()
    });
    println!("registry: {:.0} ns a look-up, {found} found", nanoseconds(took));
}

fn read_all(blocks: &[Block]) -> Duration {
    let mut outcomes = Vec::new();
    let begun = Stopwatch::start();
    for block in blocks {
        for piece in &block.pieces {
            Alerts.read(block.piece(*piece), &mut outcomes);
        }
        outcomes.clear();
    }
    begun.elapsed()
}

fn collect(blocks: &[Block], enrichment: &Arc<Enrichment>, rule: Option<Rule>) -> Duration {
    let leases = LocalLeases::default();
    let feed = Feed {
        name: "alerts".parse().expect("a name"),
        parser: "eve/1",
        open: Arc::new(|_| Box::new(Alerts)),
        rule,
        one_in: None,
        list: None,
        defaults: Defaults::default(),
    };
    let equipment = Equipment {
        shelf: &Nowhere,
        leases: &leases,
        enrichment: Arc::clone(enrichment),
        limits: Limits::of(1),
        seed: Seed(1, 2),
    };
    let mut collector = Collector::new(equipment, [feed]);
    let copy: Vec<Block> = blocks.to_vec();
    let mut tap = Blocks { blocks: copy.into_iter() };
    let begun = Stopwatch::start();
    collector.run(&mut tap, &Still).expect("a run");
    let took = begun.elapsed();
    let tally = collector.counters().of(&"alerts".parse().expect("a name"));
    assert_eq!(tally.read, RECORDS);
    took
}

/// Alerts of 40,000 hosts; of ten, three repeat another.
fn blocks() -> Vec<Block> {
    let filling = [b' '; 480];
    (0..RECORDS / BLOCK)
        .map(|number| {
            let mut block = Block::default();
            for nth in number * BLOCK..(number + 1) * BLOCK {
                let mut piece = nth.to_le_bytes().to_vec();
                piece.extend(filling);
                block.push(&piece, i64::try_from(nth).expect("small") + 1);
            }
            block
        })
        .collect()
}

fn address(number: u64) -> IpAddr {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    Ipv4Addr::from(u32::try_from(mixed).unwrap_or_default()).into()
}

fn registry() -> Registry {
    let prefix = |number: u32| {
        let bits = u8::try_from(18 + number % 11).expect("small");
        let address = Ipv4Addr::from(number.wrapping_mul(2_654_435_761));
        Prefix::new(address.into(), bits).expect("a prefix")
    };
    let holdings = (0..PREFIXES / 10).map(|owner| Holding {
        organisation: OrganisationId::from_bits(owner.into()),
        district: Some("310115".parse().expect("a district")),
        sector: Some("energy".to_owned()),
        from: None,
        until: None,
        prefixes: (0..10).map(|nth| prefix(owner * 10 + nth)).collect(),
        systems: vec![owner],
        domains: vec![],
    });
    Registry::build(holdings.collect())
}

/// Makes what a reader of alerts makes, without reading much.
struct Alerts;

impl Reader for Alerts {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        let mut number = [0; 8];
        number.copy_from_slice(piece.get(..8).unwrap_or(&[0; 8]));
        let number = u64::from_le_bytes(number);
        let key = if number % 10 < 3 { number / 100 } else { number };
        let small = |most: u64| i64::try_from(key % most).unwrap_or_default();
        let mut record = Record::new();
        let at = 1_773_478_800_000_000 + i64::try_from(number).unwrap_or_default();
        record.set(
            Column::TimeSource,
            Value::Time(Timestamp::from_microsecond(at).unwrap_or_default()),
        );
        record.set(Column::SourceIp, Value::Ip(address(key)));
        record.set(Column::SourcePort, Value::Integer(small(60_000)));
        record.set(Column::DestinationIp, Value::Ip(address(key % 40_000)));
        record.set(Column::DestinationPort, Value::Integer(small(1_024)));
        record.set_static(Column::Transport, "tcp");
        record.set_static(Column::FeedCode, "alert");
        record.classify(Classification::IdsAlert);
        record.set(Column::SignatureId, Value::Integer(2_000_000 + small(5_000)));
        let name = "ET SCAN Suspicious inbound to a database port, possible scan";
        record.set(Column::SignatureName, Value::Text(Cow::Owned(name.to_owned())));
        record.set(
            Column::Description,
            Value::Text(Cow::Owned("Potentially Bad Traffic".to_owned())),
        );
        record.set(Column::Severity, Value::Text(Cow::Owned("2".to_owned())));
        record.keep_json("flow_id", "1823748123847123");
        record.keep_text("in_iface", "eth0");
        out.push(Outcome::Record(record));
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Self))
    }
}

struct Blocks {
    blocks: std::vec::IntoIter<Block>,
}

impl Tap for Blocks {
    fn next(&mut self, _patience: Duration) -> Tapped {
        match self.blocks.next() {
            Some(block) => Tapped::Delivery(Delivery {
                feed: "alerts".parse().expect("a name"),
                partition: "file:1".into(),
                name: None,
                block,
                part: Part::Middle,
                unreadable: None,
                again: None,
            }),
            None => Tapped::Ended,
        }
    }

    fn done(&mut self, _source: &str, _reached: i64) {}

    fn turn_back(&mut self, _source: &str, _why: TurnedBack) {}
}

struct Nowhere;

impl Shelf for Nowhere {
    type Written = ();

    fn reached(&self, _source: &str) -> Result<Option<i64>, ShelfFault> {
        Ok(None)
    }

    fn write(&self, _rows: &RecordBatch) -> Result<Vec<()>, ShelfFault> {
        Ok(vec![])
    }

    fn commit(&self, _written: &[()], _progress: &[Progress]) -> Result<(), ShelfFault> {
        Ok(())
    }

    fn read(
        &self,
        _recall: &Recall,
        _each: &mut dyn FnMut(&RecordBatch),
    ) -> Result<(), ShelfFault> {
        Ok(())
    }

    fn unresolved(&self, _asked: &Unresolved) -> Result<Vec<Quarantined>, ShelfFault> {
        Ok(vec![])
    }
}

/// A clock that stands still.
struct Still;

impl Timing for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_773_478_801).unwrap_or_default()
    }

    fn wait(&self, _fault: &ShelfFault) -> Wait {
        Wait::Stop
    }
}
