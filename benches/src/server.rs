//! The program as it is delivered: started as a process, asked, stopped or killed by its id.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::Failed;
use crate::centre::Centre;

/// Limits that are no part of what is measured, and a port that is free.
const SETTINGS: &str = "
[server]
listen = \"127.0.0.1:0\"

[limits]
public_reports_per_hour_max = 4000000000
";

/// A server on loopback. It is killed when this is dropped.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
}

/// What the writer of a server says of itself when it is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) commits: u64,
    pub(crate) batches: u64,
    pub(crate) flushes: u64,
}

impl Server {
    /// Starts `fengsui serve` on a record and waits until it listens.
    pub(crate) fn on(centre: &Centre) -> Result<Self, Failed> {
        let settings = centre.file("bench.toml");
        fs::write(&settings, SETTINGS)?;
        let mut child = Command::new(program())
            .arg("serve")
            .args(["--log", "warn,fengsui_desk=info"])
            .arg("--config")
            .arg(&settings)
            .arg("--data")
            .arg(centre.folder())
            .env("NO_COLOR", "1")
            .env_remove("FENGSUI_LISTEN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(centre.file("server.log"))?)
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let address = line.trim().rsplit("//").next().and_then(|address| address.parse().ok());
        if let Some(address) = address {
            return Ok(Self { child, address });
        }
        child.kill()?;
        child.wait()?;
        let log = fs::read_to_string(centre.file("server.log"))?;
        Err(format!("the server does not listen: {line} {log}").into())
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Megabytes of memory it has in use now, and had at most.
    pub(crate) fn memory_megabytes(&self) -> (u64, u64) {
        let about = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let about = about.unwrap_or_default();
        let kilobytes = |key: &str| {
            let line = about.lines().find_map(|line| line.strip_prefix(key))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        let megabytes = |key: &str| kilobytes(key).unwrap_or_default() / 1_024;
        (megabytes("VmRSS:"), megabytes("VmHWM:"))
    }

    /// Processor time it has used.
    pub(crate) fn processor_time(&self) -> Duration {
        processor_time(&self.child.id().to_string())
    }

    /// Kills it in the middle of whatever it does (SIGKILL).
    pub(crate) fn kill(mut self) -> Result<(), Failed> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop, waits until it has, and reads what it wrote.
    pub(crate) fn stop(mut self, centre: &Centre) -> Result<Written, Failed> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        if !asked.success() {
            return Err("the server cannot be stopped".into());
        }
        self.child.wait()?;
        let log = fs::read_to_string(centre.file("server.log"))?;
        written(&log).ok_or_else(|| format!("the server did not say what it wrote: {log}").into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs another command of the program on a record until it ends.
pub(crate) fn command(centre: &Centre, arguments: &[&str]) -> Result<Output, Failed> {
    let output = Command::new(program())
        .args(arguments)
        .arg("--data")
        .arg(centre.folder())
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("fengsui {} failed: {said}", arguments.join(" ")).into());
    }
    Ok(output)
}

/// Processor time that this process has used.
pub(crate) fn own_processor_time() -> Duration {
    processor_time("self")
}

fn processor_time(process: &str) -> Duration {
    let mut text = String::new();
    let read = fs::File::open(format!("/proc/{process}/stat"))
        .and_then(|mut file| file.read_to_string(&mut text));
    if read.is_err() {
        return Duration::ZERO;
    }
    // Behind the name in brackets: state is the first field, user and system time the 12th and 13th.
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn written(log: &str) -> Option<Written> {
    let line = log.lines().rfind(|line| line.contains("the record is closed"))?;
    let figure = |key: &str| {
        let part =
            line.split_whitespace().find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
        part?.parse().ok()
    };
    let (commits, batches, flushes) = (figure("commits")?, figure("batches")?, figure("flushes")?);
    Some(Written { commits, batches, flushes })
}

/// The program, as the driver names it, or from the path.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("FENGSUI_PROGRAM").map_or_else(|| PathBuf::from("fengsui"), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_writer_says_is_read() {
        let log =
            "2026 INFO fengsui_desk::desk: the record is closed commits=7 batches=3 flushes=4";
        assert_eq!(written(log), Some(Written { commits: 7, batches: 3, flushes: 4 }));
        assert_eq!(written("nothing"), None);
    }
}
