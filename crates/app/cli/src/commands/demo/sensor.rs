//! What the sensors of the demonstration saw in its last day: invented, and the same pattern each time.
//!
//! It goes through the same readers, registry and lake as anything a real sensor sends.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

/// Alerts of the last day.
const ALERTS: u64 = 4_000;

/// Open services a partner saw.
const SERVICES: u64 = 120;

/// Units of the centre that have networks; the last address of the story's first one is attacked most.
const UNITS: u64 = 8;

/// Rule, category, port, and in how many of a hundred alerts.
const RULES: &[(&str, &str, u32, u64)] = &[
    ("SSH password guessing from outside", "Attempted Administrator Privilege Gain", 22, 38),
    ("SQL injection in a request", "Web Application Attack", 443, 24),
    ("Scan of many ports", "Detection of a Network Scan", 3_389, 20),
    ("Answer of a known command server", "A Network Trojan was detected", 443, 8),
    ("Flood of requests", "Attempted Denial of Service", 80, 6),
    ("Upload of a web shell", "Web Application Attack", 8_080, 4),
];

/// Alerts of Suricata, one JSON object a line, oldest first.
pub(super) fn alerts(now: Timestamp) -> String {
    let mut dice = Dice(7);
    let mut lines = String::new();
    for number in 0..ALERTS {
        let at = moment(now, number, ALERTS);
        let (rule, (name, category, port, _share)) = rule_of(dice.below(100));
        let source = format!("198.51.100.{}", 1 + dice.below(40) * dice.below(6));
        let target = target(&mut dice);
        let _written = writeln!(
            lines,
            "{{\"timestamp\":\"{at}\",\"flow_id\":{flow},\"event_type\":\"alert\",\"src_ip\":\"{source}\",\"src_port\":{source_port},\
\"dest_ip\":\"{target}\",\"dest_port\":{port},\"proto\":\"TCP\",\"alert\":{{\"action\":\"allowed\",\"gid\":1,\"signature_id\":{id},\
\"rev\":1,\"signature\":\"{name}\",\"category\":\"{category}\",\"severity\":{severity}}}}}",
            at = at.strftime("%Y-%m-%dT%H:%M:%S.%6f+0000"),
            flow = dice.below(1 << 50),
            source_port = 1_024 + dice.below(60_000),
            id = 9_000_001 + rule,
            severity = 1 + dice.below(3),
        );
    }
    lines
}

/// Open services as a partner reports them, in the `IntelMQ` Data Format.
pub(super) fn services(now: Timestamp) -> String {
    let mut dice = Dice(11);
    let mut lines = String::new();
    for number in 0..SERVICES {
        let at = moment(now, number, SERVICES);
        let (kind, name, port) = match dice.below(3) {
            0 => ("potentially-unwanted-accessible", "open-rdp", 3_389),
            1 => ("ddos-amplifier", "open-ntp", 123),
            _ => ("vulnerable-system", "open-database", 27_017),
        };
        let _written = writeln!(
            lines,
            "{{\"time.source\":\"{at}\",\"feed.provider\":\"partner\",\"classification.type\":\"{kind}\",\
\"classification.identifier\":\"{name}\",\"source.ip\":\"{source}\",\"source.port\":{port},\"protocol.transport\":\"udp\"}}",
            source = target(&mut dice),
        );
    }
    lines
}

/// Spread over the last day, denser towards its end.
fn moment(now: Timestamp, number: u64, of: u64) -> Timestamp {
    let left = of - number;
    let seconds = left * left * 86_400 / (of * of);
    now - SignedDuration::from_secs(i64::try_from(seconds).unwrap_or_default())
}

fn rule_of(drawn: u64) -> (usize, (&'static str, &'static str, u32, u64)) {
    let mut below = 0;
    for (place, rule) in RULES.iter().enumerate() {
        below += rule.3;
        if drawn < below {
            return (place, *rule);
        }
    }
    (0, ("Unusual traffic", "Misc activity", 443, 0))
}

/// An address of one of the units; the first of them is met most.
fn target(dice: &mut Dice) -> String {
    let unit = dice.below(UNITS).min(dice.below(UNITS));
    format!("203.0.113.{}", unit * 32 + 1 + dice.below(6))
}

/// Numbers that are the same each time (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}
