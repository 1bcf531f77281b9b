//! A folder with a configuration, the program started in it, and questions asked of it from outside.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long something may take that is waited for.
const DEADLINE: Duration = Duration::from_secs(90);

/// A centre: its folder, which outlives the programs started in it.
pub(crate) struct Centre {
    folder: TempDir,
}

/// The program while it runs; it is killed when it is dropped.
pub(crate) struct Running {
    child: Child,
    /// What it said when it was ready.
    pub(crate) said: String,
}

impl Centre {
    pub(crate) fn with(config: &str) -> Self {
        let centre = Self { folder: TempDir::new().unwrap() };
        centre.configure(config);
        centre
    }

    pub(crate) fn configure(&self, config: &str) {
        fs::write(self.path("fengsui.toml"), config).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fengsui"));
        command.args(words).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("FENGSUI_DATA", self.folder.path()).env("NO_COLOR", "1");
        command.env_remove("FENGSUI_CONFIG").env_remove("FENGSUI_LISTEN");
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What a command says that must succeed.
    pub(crate) fn told(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Collects without screens.
    pub(crate) fn collecting(&self) -> Running {
        self.started(&["watch", "run"], "collecting from ")
    }

    /// Starts the program, and waits until it says that it is ready.
    pub(crate) fn started(&self, words: &[&str], ready: &str) -> Running {
        let log = File::options().create(true).append(true).open(self.path("log")).unwrap();
        let mut child = self.command(words).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.map_while(Result::ok).find(|line| line.contains(ready));
        let mut running = Running { child, said: said.unwrap_or_default() };
        if running.said.is_empty() {
            running.kill();
            panic!("{words:?} never said \"{ready}\": {}", self.log());
        }
        running
    }

    /// What the programs complained about.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    pub(crate) fn query(&self, sql: &str) -> Vec<Value> {
        let told = self.told(&["lake", "query", "--print", "json", sql]);
        told.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// A question whose answer is one number.
    pub(crate) fn number(&self, sql: &str) -> u64 {
        let rows = self.query(&format!("SELECT ({sql}) AS number"));
        rows[0]["number"].as_u64().unwrap_or_else(|| panic!("{sql}: {rows:?}"))
    }

    /// Rows of the lake, and how many different ones they are by what the sensor called them.
    pub(crate) fn rows(&self, feed: &str) -> (u64, u64) {
        let count = |what: &str| {
            self.number(&format!("SELECT count({what}) FROM everything WHERE feed = '{feed}'"))
        };
        (count("*"), count("DISTINCT \"signature.name\""))
    }

    /// How a feed does, as `fengsui watch status` has it.
    pub(crate) fn status(&self, feed: &str) -> Value {
        let told = self.told(&["watch", "status", "--print", "json"]);
        let mut feeds = told.lines().map(|line| serde_json::from_str::<Value>(line).expect(line));
        feeds.find(|it| it["feed"] == feed).unwrap_or_else(|| panic!("no {feed} in {told}"))
    }

    /// Asks again and again until it holds; each asking takes its time.
    pub(crate) fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(begun.elapsed() < DEADLINE, "in vain: {what}\n{}", self.log());
            std::thread::yield_now();
        }
    }

    /// Bytes that are on disk in the spool of a feed.
    pub(crate) fn spooled(&self, feed: &str) -> u64 {
        let Ok(entries) = fs::read_dir(self.path("spool").join(feed)) else { return 0 };
        let segments = entries.map_while(Result::ok).map(|entry| entry.path());
        let segments = segments.filter(|path| path.extension().is_some_and(|it| it == "spool"));
        segments.map(|path| fs::metadata(path).map_or(0, |about| about.len())).sum()
    }
}

impl Running {
    /// Kills it without a word.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops it as an administrator does; what it has in hand is finished.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Alerts of Suricata, one for each number, no two the same.
pub(crate) fn alerts(numbers: Range<u32>) -> Vec<String> {
    let alert = |number: u32| {
        format!(
            "{{\"timestamp\":\"2026-03-14T09:{:02}:{:02}.000000+0000\",\"flow_id\":{number},\"event_type\":\"alert\",\
             \"src_ip\":\"198.51.100.{}\",\"src_port\":4000,\"dest_ip\":\"203.0.113.7\",\"dest_port\":443,\"proto\":\"TCP\",\
             \"alert\":{{\"action\":\"allowed\",\"gid\":1,\"signature_id\":{number},\"rev\":1,\"signature\":\"Rule {number}\",\
             \"category\":\"Web Application Attack\",\"severity\":1}}}}",
            number / 60 % 60,
            number % 60,
            number % 250,
        )
    };
    numbers.map(alert).collect()
}

/// A port nobody listens on now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// The same for datagrams.
pub(crate) fn free_udp_port() -> u16 {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Files of a folder.
pub(crate) fn files_in(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}
