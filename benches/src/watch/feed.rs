//! Alerts as a sensor writes them, and a registry of prefixes: the same in every run.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::Failed;

/// Prefixes in the registry.
const PREFIXES: u64 = 100_000;

/// Rules of the sensor.
const RULES: u64 = 2_000;

/// How often an alert repeats an earlier one, in per cent.
const REPEATS: u64 = 20;

/// When the first alert was.
const BEGINS: i64 = 1_773_446_400;

/// Alerts a second of the sensor's time.
const ALERTS_A_SECOND: u64 = 500;

/// A generator of numbers that gives the same in every run (splitmix64).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn from(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}

/// One alert's own part: what a repeat repeats.
#[derive(Clone, Copy)]
struct Alert {
    source: u64,
    destination: u64,
    rule: u64,
    port: u64,
}

/// Writes alerts, one JSON object a line, in the order of their times.
pub(super) fn write_alerts(path: &Path, count: u64) -> Result<(), Failed> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut numbers = Numbers::from(20_260_314);
    let mut recent: Vec<Alert> = Vec::new();
    for number in 0..count {
        let repeated = recent.get(usize::try_from(numbers.below(1_000))?).copied();
        let alert = match repeated.filter(|_| numbers.below(100) < REPEATS) {
            Some(alert) => alert,
            None => Alert {
                source: numbers.below(1 << 20),
                destination: numbers.below(PREFIXES * 256),
                rule: numbers.below(RULES),
                port: [80, 443, 22, 445, 3389, 8080]
                    .get(usize::try_from(numbers.below(6))?)
                    .copied()
                    .unwrap_or(80),
            },
        };
        if recent.len() < 1_000 {
            recent.push(alert);
        } else if let Some(slot) = recent.get_mut(usize::try_from(number % 1_000)?) {
            *slot = alert;
        }
        write_alert(&mut out, number, alert, &mut numbers)?;
    }
    out.flush()?;
    Ok(())
}

fn write_alert(
    out: &mut impl std::io::Write,
    number: u64,
    alert: Alert,
    numbers: &mut Numbers,
) -> Result<(), Failed> {
    let micros = i64::try_from(number * 1_000_000 / ALERTS_A_SECOND)?;
    let at = Timestamp::from_second(BEGINS)? + SignedDuration::from_micros(micros);
    let at = at.strftime("%Y-%m-%dT%H:%M:%S.%6f+0000");
    let (flow, community) = (numbers.below(1 << 60), numbers.below(1 << 60));
    let (out_packets, in_packets) = (numbers.below(40) + 1, numbers.below(40));
    let (out_bytes, in_bytes) = (out_packets * 420, in_packets * 730);
    let source = format!(
        "172.{}.{}.{}",
        16 + (alert.source >> 16),
        (alert.source >> 8) & 255,
        alert.source & 255
    );
    let destination = destination(alert.destination);
    let source_port = 1_024 + numbers.below(60_000);
    let (rule, port) = (alert.rule, alert.port);
    writeln!(
        out,
        "{{\"timestamp\":\"{at}\",\"flow_id\":{flow},\"in_iface\":\"ens5\",\"event_type\":\"alert\",\
\"src_ip\":\"{source}\",\"src_port\":{source_port},\"dest_ip\":\"{destination}\",\"dest_port\":{port},\"proto\":\"TCP\",\
\"ip_v\":4,\"pkt_src\":\"wire/pcap\",\"community_id\":\"1:{community:016x}=\",\"tx_id\":0,\
\"alert\":{{\"action\":\"allowed\",\"gid\":1,\"signature_id\":{signature},\"rev\":4,\
\"signature\":\"SYNTHETIC rule {rule} suspicious request to an internal service\",\"category\":\"Attempted Administrator Privilege Gain\",\
\"severity\":{severity},\"metadata\":{{\"affected_product\":[\"Any\"],\"confidence\":[\"Medium\"],\"created_at\":[\"2025_06_01\"],\
\"signature_severity\":[\"Major\"],\"updated_at\":[\"2026_01_15\"]}}}},\
\"app_proto\":\"http\",\"direction\":\"to_server\",\"flow\":{{\"pkts_toserver\":{out_packets},\"pkts_toclient\":{in_packets},\
\"bytes_toserver\":{out_bytes},\"bytes_toclient\":{in_bytes},\"start\":\"{at}\",\"src_ip\":\"{source}\",\"dest_ip\":\"{destination}\",\
\"src_port\":{source_port},\"dest_port\":{port}}}}}",
        signature = 2_000_000 + rule,
        severity = 1 + rule % 3,
    )?;
    Ok(())
}

/// An address of the city: 11.0.0.0/8 and on, 256 to a prefix.
fn destination(number: u64) -> String {
    let prefix = number >> 8;
    format!("{}.{}.{}.{}", 11 + (prefix >> 16), (prefix >> 8) & 255, prefix & 255, number & 255)
}

/// Writes the registry: one /24 a row.
pub(super) fn write_registry(path: &Path) -> Result<(), Failed> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "network,organisation,district,sector")?;
    for prefix in 0..PREFIXES {
        let network = destination(prefix << 8);
        let (organisation, district) = (prefix % 5_000, prefix % 16);
        writeln!(
            out,
            "{network}/24,org_{organisation:026},3101{:02},sector-{}",
            district + 1,
            prefix % 12
        )?;
    }
    out.flush()?;
    Ok(())
}
