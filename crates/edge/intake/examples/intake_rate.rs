//! How fast files are cut and messages are spooled, on this machine.
//!
//! ```text
//! cargo run --release -p fengsui-intake --example intake_rate -- FILE [FOLDER]
//! ```
//!
//! The file is read twice, so that the second time it is in memory. The folder, where the spool is made, should
//! be on the disk that is meant.

#![expect(clippy::print_stdout, reason = "a program that tells its figures")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use fengsui_formats::Framing;
use fengsui_intake::{Blocking as _, Carve, Entry, Files, Positions, Spool, SpoolLimits, Watching};

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let file = arguments.next().ok_or("name a file")?;
    for _ in 0..3 {
        cut(&file)?;
    }
    if let Some(folder) = arguments.next() {
        let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
        for writers in [1, 16, 256] {
            runtime.block_on(spooled(&folder.join(writers.to_string()), writers))?;
        }
    }
    Ok(())
}

fn cut(file: &Path) -> Result<(), Failure> {
    let bytes = std::fs::metadata(file)?.len();
    let began = Instant::now();
    let mut files = Files::new(Watching::These(vec![file.to_owned()]), Carve::of(Framing::Lines));
    let (mut pieces, mut blocks) = (0, 0);
    while let Some(delivery) = files.next(&Positions::none())? {
        pieces += delivery.block.pieces.len();
        blocks += 1;
    }
    let seconds = began.elapsed().as_secs_f64();
    let megabytes = u32::try_from(bytes / 1_000_000)?;
    let rate = f64::from(megabytes) / seconds;
    println!("{megabytes} MB, {blocks} blocks, {pieces} pieces: {rate:.0} MB/s");
    Ok(())
}

async fn spooled(folder: &Path, writers: u32) -> Result<(), Failure> {
    let spool = Spool::open(folder, SpoolLimits::default(), None)?;
    let began = Instant::now();
    let mut work = tokio::task::JoinSet::new();
    for _ in 0..writers {
        let spool = spool.clone();
        work.spawn(async move {
            for _ in 0..MESSAGES {
                spool.append(vec![Entry::of(vec![b'x'; 500])]).await?;
            }
            Ok::<(), fengsui_intake::SpoolFault>(())
        });
    }
    for done in work.join_all().await {
        done?;
    }
    let rate = f64::from(writers * MESSAGES) / began.elapsed().as_secs_f64();
    println!("{writers} writers, each waits for the disk: {rate:.0} messages/s");
    Ok(())
}

/// Messages of each writer.
const MESSAGES: u32 = 500;
