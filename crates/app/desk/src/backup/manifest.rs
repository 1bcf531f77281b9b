//! What a backup says about itself.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use fengsui_store::Head;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::place::{FilesFault, at};
use super::{BackupFault, DATABASE};
use crate::secret::hex;

/// The file beside the database.
const MANIFEST: &str = "manifest.json";

/// Bytes that are read at once.
const PIECE: usize = 1 << 20;

/// A manifest is small; a larger file is something else.
const MANIFEST_BYTES_MAX: u64 = 64 << 10;

/// What a backup says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The shape of a backup; this program writes 1.
    pub format: u32,
    /// When it was begun.
    pub made_at: Timestamp,
    /// The version of the program that made it.
    pub program: String,
    /// The last entry of the journal in it.
    pub position: u64,
    /// The hash of that entry.
    pub head: String,
    /// Bytes of the database.
    pub bytes: u64,
    /// SHA-256 of the database, as `sha256sum` prints it.
    pub sha256: String,
}

impl Manifest {
    /// Of a database that was verified.
    pub(super) fn of(
        file: &Path,
        made_at: Timestamp,
        head: &Head,
        told: impl FnMut(u64, u64),
    ) -> Result<Self, FilesFault> {
        let mut database = File::open(file).map_err(|fault| at(file, fault))?;
        let bytes = database.metadata().map_err(|fault| at(file, fault))?.len();
        let sha256 = copied(&mut database, &mut std::io::sink(), bytes, told)
            .map_err(|fault| at(file, fault))?;
        Ok(Self {
            format: FORMAT,
            made_at,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            position: head.position,
            head: head.hash.to_string(),
            bytes,
            sha256,
        })
    }

    /// Reads the manifest of a backup.
    pub fn read(backup: &Path) -> Result<Self, BackupFault> {
        let file = backup.join(MANIFEST);
        let open = File::open(&file).map_err(|fault| at(&file, fault))?;
        let mut text = String::new();
        open.take(MANIFEST_BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(|fault| at(&file, fault))?;
        let manifest: Self = serde_json::from_str(&text)
            .map_err(|fault| unfit(backup, &format!("{MANIFEST}: {fault}")))?;
        if manifest.format != FORMAT {
            return Err(unfit(backup, "it was made by a newer program; use that one"));
        }
        Ok(manifest)
    }

    pub(super) fn write(&self, backup: &Path) -> Result<(), BackupFault> {
        let file = backup.join(MANIFEST);
        let text = serde_json::to_string_pretty(self)
            .map_err(|fault| BackupFault::Broken(fault.to_string()))?;
        let mut open = File::create_new(&file).map_err(|fault| at(&file, fault))?;
        let written = open.write_all(text.as_bytes()).and_then(|()| open.sync_all());
        written.map_err(|fault| at(&file, fault).into())
    }

    /// Copies the database of a backup to `target`, if it is the one that the manifest speaks of.
    pub(super) fn copy_checked(
        &self,
        backup: &Path,
        target: &Path,
        told: impl FnMut(u64, u64),
    ) -> Result<(), BackupFault> {
        let source = backup.join(DATABASE);
        let mut from = File::open(&source).map_err(|fault| at(&source, fault))?;
        let mut to = File::create_new(target).map_err(|fault| at(target, fault))?;
        let sha256 = copied(&mut from, &mut to, self.bytes, told).map_err(|it| at(target, it))?;
        to.sync_all().map_err(|fault| at(target, fault))?;
        if sha256 == self.sha256 {
            return Ok(());
        }
        Err(unfit(backup, "its database is not the one that the manifest speaks of (SHA-256)"))
    }
}

/// Copies to the end and says the SHA-256 of what was copied.
fn copied(
    from: &mut impl Read,
    to: &mut impl Write,
    of: u64,
    mut told: impl FnMut(u64, u64),
) -> Result<String, std::io::Error> {
    let mut piece = vec![0; PIECE];
    let (mut hash, mut done) = (Sha256::new(), 0_u64);
    loop {
        let read = from.read(&mut piece)?;
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(hex(&hash.finalize()));
        };
        hash.update(bytes);
        to.write_all(bytes)?;
        done += u64::try_from(read).unwrap_or(0);
        told(done, of);
    }
}

pub(super) fn unfit(folder: &Path, why: &str) -> BackupFault {
    BackupFault::NotABackup { folder: folder.to_owned(), why: why.to_owned() }
}

/// The shape that this program writes and reads.
const FORMAT: u32 = 1;
