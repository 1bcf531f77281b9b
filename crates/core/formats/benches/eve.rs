//! How fast lines of EVE become records, on one core: cutting and reading, as the watch does it.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fengsui_formats::{Cutter, Format, Setting, open};

const LINES: u64 = 20_000;
const PIECE_MAX: usize = 1 << 20;
/// Bytes that come at once.
const PUSH: usize = 256 * 1024;

/// Alerts as sensors write them, 500 to 900 bytes each, no two alike.
fn alerts() -> Vec<u8> {
    let mut text = String::new();
    for line in 0..LINES {
        let (a, b, port) = (line % 251, line / 251 % 251, 1024 + line * 7 % 60_000);
        let http = if line % 2 == 0 {
            format!(
                r#""http":{{"hostname":"www{a}.example.cn","url":"\/index.php?id={line}","http_user_agent":"Mozilla\/5.0 (X11; Linux x86_64)","http_content_type":"text\/html","http_method":"GET","protocol":"HTTP\/1.1","status":200,"length":1024}},"#
            )
        } else {
            String::new()
        };
        let written = writeln!(
            text,
            r#"{{"timestamp":"2026-03-14T09:26:53.{line:06}+0800","flow_id":18446744073{line:06},"in_iface":"eth1","event_type":"alert","src_ip":"203.0.{a}.{b}","src_port":{port},"dest_ip":"198.51.{b}.{a}","dest_port":80,"proto":"TCP","community_id":"1:{line:06}LQU9qZlK+B5F3KDmev6m5PMibrg=","tx_id":0,"alert":{{"action":"allowed","gid":1,"signature_id":20{a:05},"rev":3,"signature":"TRY WEB_SERVER something number {a} in a request","category":"Web Application Attack","severity":1,"metadata":{{"created_at":["2021_12_12"],"signature_severity":["Major"],"updated_at":["2023_04_18"]}}}},{http}"app_proto":"http","flow":{{"pkts_toserver":4,"pkts_toclient":3,"bytes_toserver":612,"bytes_toclient":512,"start":"2026-03-14T09:26:52.{line:06}+0800"}}}}"#
        );
        assert!(written.is_ok(), "writing to a string cannot fail");
    }
    text.into_bytes()
}

fn read(c: &mut Criterion) {
    let bytes = alerts();
    let mut group = c.benchmark_group("eve");
    group.sample_size(20);
    group.throughput(Throughput::Elements(LINES));
    group.bench_function("alerts", |bencher| bencher.iter(|| read_all(&bytes)));
    group.throughput(Throughput::Bytes(u64::try_from(bytes.len()).unwrap_or_default()));
    group.bench_function("lines cut", |bencher| bencher.iter(|| cut_all(&bytes)));
    group.finish();
}

fn read_all(bytes: &[u8]) {
    let mut cutter = Cutter::new(Format::Eve.framing(), PIECE_MAX, 0);
    let mut reader = open(Format::Eve, &Setting::default());
    let mut out = Vec::new();
    for push in bytes.chunks(PUSH) {
        let block = cutter.push(push);
        for piece in &block.pieces {
            reader.read(block.piece(*piece), &mut out);
        }
        black_box(&out);
        out.clear();
    }
}

fn cut_all(bytes: &[u8]) {
    let mut cutter = Cutter::new(Format::Eve.framing(), PIECE_MAX, 0);
    for push in bytes.chunks(PUSH) {
        black_box(cutter.push(push));
    }
}

criterion_group!(benches, read);
criterion_main!(benches);
