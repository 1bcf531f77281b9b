//! What the disk itself can do: the baseline beside which durable answers are read.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Failed;
use crate::figures::per_second;

/// How long the disk is measured.
const LASTING: Duration = Duration::from_secs(1);

/// Bytes written before each flush: about what a small batch leaves in the log.
const WRITTEN: usize = 64 * 1024;

/// Flushes a second of a file in this folder, one after another, each after a small write.
pub(crate) fn flushes_per_second(folder: &Path) -> Result<u64, Failed> {
    let path = folder.join("flushes");
    let mut file = File::create(&path)?;
    let bytes = vec![7; WRITTEN];
    file.write_all(&bytes)?;
    file.sync_all()?;
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < LASTING {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&bytes)?;
        file.sync_data()?;
        count += 1;
    }
    let rate = per_second(count, began.elapsed());
    fs::remove_file(path)?;
    Ok(rate)
}

/// Flushes that all disks of the machine have finished since it started; none where the kernel does
/// not count them.
pub(crate) fn flushes_of_machine() -> Option<u64> {
    let table = fs::read_to_string("/proc/diskstats").ok()?;
    let flushes = table.lines().filter_map(|line| line.split_whitespace().nth(FLUSHES_COLUMN));
    let total: u64 = flushes.filter_map(|count| count.parse::<u64>().ok()).sum();
    (total > 0).then_some(total)
}

/// Where `/proc/diskstats` counts finished flushes.
const FLUSHES_COLUMN: usize = 18;
