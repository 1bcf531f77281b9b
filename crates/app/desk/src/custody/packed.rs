//! A package of evidence as a file: made in one pass, and checked again.
//!
//! A ZIP without compression: the same pieces give the same bytes. It can be checked with `unzip` and `sha256sum`
//! alone; [`verify_evidence`] looks further, at the hash of every entry and the digest of every text.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek, Write};

use fengsui_response::BlobRef;
use fengsui_store::{Entry, digest};
use fengsui_vocabulary::{BlobId, Line};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::blobs::references;
use crate::secret::hex;
use crate::wire::imported;

/// What stands in a package besides the texts and entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// Which shape of package this is.
    pub(crate) format: String,
    /// The stream of the incident.
    pub(crate) subject: String,
    /// Who made it: a person's id.
    pub(crate) made_by: String,
    pub(crate) made_at: Timestamp,
    pub(crate) made_for: Line,
    pub(crate) purpose: Line,
    /// The last entry of the journal at that moment.
    pub(crate) position: u64,
    pub(crate) head: String,
    pub(crate) streams: Vec<PackedStream>,
    /// Texts that the entries name and that are not here.
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) files: Vec<PackedFile>,
}

/// The entries of one stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackedStream {
    pub(crate) stream: String,
    pub(crate) path: String,
    pub(crate) entries: u64,
}

/// A text that is not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeftOut {
    pub(crate) blob: BlobId,
    pub(crate) stream: String,
    /// `erased` or `sealed`.
    pub(crate) because: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ground: Option<String>,
}

/// One file of the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackedFile {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// Which text of the entries it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<PackedText>,
}

/// How a file is tied to the entry that names it: HMAC-SHA-256 under the key gives the digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackedText {
    pub(crate) blob: BlobId,
    pub(crate) digest: String,
    pub(crate) key: String,
}

/// What is put into a package, in order.
pub(crate) enum Piece {
    /// A file begins.
    File { path: String, text: Option<PackedText> },
    /// More of the file that was begun.
    Bytes(Vec<u8>),
    /// Nothing more comes but what is said about it all.
    End(Box<Manifest>),
}

/// What became of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
}

/// A package that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceSound {
    /// Files in it.
    pub files: u64,
    /// Entries in it, each with a hash that holds.
    pub entries: u64,
    /// Texts whose digest is the one that an entry names.
    pub texts: u64,
    /// Texts that entries name and that were erased or sealed.
    pub left_out: u64,
    /// The last entry of the journal when it was made.
    pub position: u64,
    /// The hash of that entry.
    pub head: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// For whom.
    pub made_for: Line,
}

/// Why a package does not hold.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceBroken {
    /// It is no package, or was cut or changed so that it cannot be opened.
    #[error("this is no whole package of evidence: {0}")]
    NotAPackage(String),
    /// A file was changed, is missing, or is not in the manifest.
    #[error("{path} {what}")]
    File {
        /// Which file.
        path: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// An entry was changed or left out.
    #[error("entry {position} of the journal {what}")]
    Entry {
        /// Where it is.
        position: u64,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// Writes a package from the pieces that come. Blocks: it runs on a thread of its own.
pub(crate) fn pack<W: Write>(
    out: W,
    mut pieces: mpsc::Receiver<Piece>,
) -> Result<(W, Sealed), io::Error> {
    let mut packing = Packing {
        zip: ZipWriter::new_stream(Hashed { out, state: Sha256::new(), bytes: 0 }),
        files: Vec::new(),
        open: None,
    };
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::File { path, text } => packing.begin(path, text)?,
            Piece::Bytes(bytes) => packing.add(&bytes)?,
            Piece::End(manifest) => return packing.end(*manifest),
        }
    }
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the record could not be read to its end"))
}

struct Packing<W: Write> {
    zip: ZipWriter<StreamWriter<Hashed<W>>>,
    files: Vec<PackedFile>,
    open: Option<(PackedFile, Sha256)>,
}

impl<W: Write> Packing<W> {
    fn begin(&mut self, path: String, text: Option<PackedText>) -> Result<(), io::Error> {
        self.close();
        self.zip.start_file(path.as_str(), plainly())?;
        let file = PackedFile { path, bytes: 0, sha256: String::new(), text };
        self.open = Some((file, Sha256::new()));
        Ok(())
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), io::Error> {
        if let Some((file, state)) = &mut self.open {
            file.bytes += u64::try_from(bytes.len()).unwrap_or(0);
            state.update(bytes);
        }
        self.zip.write_all(bytes)
    }

    fn close(&mut self) {
        if let Some((mut file, state)) = self.open.take() {
            file.sha256 = hex(&state.finalize());
            self.files.push(file);
        }
    }

    fn end(mut self, mut manifest: Manifest) -> Result<(W, Sealed), io::Error> {
        self.close();
        manifest.files = std::mem::take(&mut self.files);
        let text = serde_json::to_string_pretty(&manifest)? + "\n";
        self.zip.start_file(MANIFEST, plainly())?;
        self.zip.write_all(text.as_bytes())?;
        self.zip.start_file(SUMS, plainly())?;
        self.zip.write_all(sums(&manifest.files, &text).as_bytes())?;
        let hashed = self.zip.finish()?.into_inner();
        let sealed = Sealed { sha256: hex(&hashed.state.finalize()), bytes: hashed.bytes };
        Ok((hashed.out, sealed))
    }
}

/// What `sha256sum -c` reads.
fn sums(files: &[PackedFile], manifest: &str) -> String {
    let mut sums = String::new();
    let of_manifest = hex(&Sha256::digest(manifest));
    let named = files.iter().map(|file| (file.sha256.as_str(), file.path.as_str()));
    for (sum, path) in named.chain([(of_manifest.as_str(), MANIFEST)]) {
        sums.push_str(sum);
        sums.push_str("  ");
        sums.push_str(path);
        sums.push('\n');
    }
    sums
}

/// No compression, no time: the same pieces give the same bytes.
fn plainly() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644)
        .large_file(true)
}

/// Hashes what passes through.
struct Hashed<W> {
    out: W,
    state: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.state.update(bytes.get(..written).unwrap_or_default());
        self.bytes += u64::try_from(written).unwrap_or(0);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Checks a package: its files against its manifest, every entry against its hash, every text against the entry
/// that names it.
pub fn verify_evidence<R: Read + Seek>(file: R) -> Result<EvidenceSound, EvidenceBroken> {
    let mut archive = ZipArchive::new(file).map_err(|fault| no_package(&fault))?;
    if archive.len() > FILES_MAX {
        return Err(EvidenceBroken::NotAPackage("it holds too many files".to_owned()));
    }
    let text = read_text(&mut archive, MANIFEST)?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|fault| EvidenceBroken::NotAPackage(fault.to_string()))?;
    if manifest.format != FORMAT {
        return Err(EvidenceBroken::NotAPackage(format!("its format is {}", manifest.format)));
    }
    check_names(&archive, &manifest)?;
    if read_text(&mut archive, SUMS)? != sums(&manifest.files, &text) {
        return Err(broken(SUMS, "is not what the manifest says"));
    }
    let mut named = BTreeSet::new();
    let mut entries = 0;
    let of_path: BTreeMap<&str, &PackedStream> =
        manifest.streams.iter().map(|it| (it.path.as_str(), it)).collect();
    let seen: BTreeSet<&str> = manifest.files.iter().map(|it| it.path.as_str()).collect();
    for file in &manifest.files {
        match of_path.get(file.path.as_str()) {
            Some(stream) => {
                check_file(&mut archive, file)?;
                let text = read_text(&mut archive, &file.path)?;
                entries += check_entries(&text, stream, &manifest, &mut named)?;
            }
            None => check_file(&mut archive, file)?,
        }
    }
    if let Some(stream) = manifest.streams.iter().find(|it| !seen.contains(it.path.as_str())) {
        return Err(broken(&stream.path, "is missing"));
    }
    check_texts(&manifest, &named)?;
    let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    Ok(EvidenceSound {
        files: count(manifest.files.len()),
        entries,
        texts: count(manifest.files.iter().filter(|file| file.text.is_some()).count()),
        left_out: count(manifest.left_out.len()),
        position: manifest.position,
        head: manifest.head,
        made_at: manifest.made_at,
        made_for: manifest.made_for,
    })
}

/// Every file is in the manifest, and no name leads out of a folder.
fn check_names<R: Read + Seek>(
    archive: &ZipArchive<R>,
    manifest: &Manifest,
) -> Result<(), EvidenceBroken> {
    let mut known: BTreeSet<&str> = manifest.files.iter().map(|it| it.path.as_str()).collect();
    if known.len() < manifest.files.len() {
        return Err(broken(MANIFEST, "names a file twice"));
    }
    known.extend([MANIFEST, SUMS]);
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.map(Cow::into_owned).map_err(|fault| no_package(&fault)))
        .collect::<Result<_, _>>()?;
    let found: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    if found.len() < archive.len() {
        return Err(EvidenceBroken::NotAPackage("it holds a file twice".to_owned()));
    }
    if let Some(path) = found.difference(&known).next() {
        return Err(broken(path, "is not in the manifest"));
    }
    if let Some(path) = known.difference(&found).next() {
        return Err(broken(path, "is missing"));
    }
    match known.iter().find(|path| !is_inside(path)) {
        Some(path) => Err(broken(path, "would lie outside its folder")),
        None => Ok(()),
    }
}

fn is_inside(path: &str) -> bool {
    !path.contains(['\\', '\0']) && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Reads a file through and compares; the text's digest goes along.
fn check_file<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    file: &PackedFile,
) -> Result<(), EvidenceBroken> {
    let mut found = archive.by_name(&file.path).map_err(|fault| no_package(&fault))?;
    if found.size() != file.bytes {
        return Err(broken(&file.path, "has another size than the manifest says"));
    }
    let mut state = Sha256::new();
    let mut whole = Vec::new();
    let mut part = vec![0; 64 * 1024];
    loop {
        let read = found.read(&mut part);
        let read = read.map_err(|_torn| broken(&file.path, "cannot be read: it was changed"))?;
        let Some(bytes) = part.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        state.update(bytes);
        if file.text.is_some() {
            whole.extend_from_slice(bytes);
        }
    }
    if hex(&state.finalize()) != file.sha256 {
        return Err(broken(&file.path, "was changed: its SHA-256 is another"));
    }
    let Some(text) = &file.text else { return Ok(()) };
    let key = unhex(&text.key).ok_or_else(|| broken(&file.path, "has no readable key"))?;
    if digest(&key, &whole) != text.digest {
        return Err(broken(&file.path, "is not the text that its entry names"));
    }
    Ok(())
}

/// Each entry bears its own hash, none is left out of the stream, and neighbours are chained.
fn check_entries(
    text: &str,
    stream: &PackedStream,
    manifest: &Manifest,
    named: &mut BTreeSet<BlobRef>,
) -> Result<u64, EvidenceBroken> {
    let mut before: Option<Entry> = None;
    let mut count = 0;
    for line in text.lines() {
        let entry = imported(line)
            .map_err(|_unread| broken(&stream.path, "has a line that is no entry"))?;
        let wrong = |what| EvidenceBroken::Entry { position: entry.position, what };
        count += 1;
        if entry.stream != stream.stream || entry.version != count {
            return Err(wrong("does not follow the one before it in its stream"));
        }
        if !entry.is_sound() {
            return Err(wrong("was changed: its hash is another"));
        }
        if entry.position > manifest.position {
            return Err(wrong("is younger than the package"));
        }
        let is_neighbour = |it: &Entry| it.position.checked_add(1) == Some(entry.position);
        if before.as_ref().is_some_and(|it| is_neighbour(it) && it.hash != entry.previous) {
            return Err(wrong("is not chained to the one before it"));
        }
        if entry.position == manifest.position && entry.hash.to_string() != manifest.head {
            return Err(wrong("is not the head that the manifest names"));
        }
        named.extend(references(&entry.payload));
        before = Some(entry);
    }
    if count != stream.entries {
        return Err(broken(&stream.path, "has fewer or more entries than the manifest says"));
    }
    Ok(count)
}

/// Every text is one that an entry names, and every text that is named is here or accounted for.
fn check_texts(manifest: &Manifest, named: &BTreeSet<BlobRef>) -> Result<(), EvidenceBroken> {
    let mut here: BTreeSet<BlobId> = manifest.left_out.iter().map(|it| it.blob).collect();
    for file in &manifest.files {
        let Some(text) = &file.text else { continue };
        let reference = BlobRef { blob: text.blob, digest: text.digest.clone() };
        if !named.contains(&reference) {
            return Err(broken(&file.path, "belongs to no entry"));
        }
        here.insert(text.blob);
    }
    match named.iter().find(|reference| !here.contains(&reference.blob)) {
        Some(reference) => {
            Err(broken(&reference.blob.to_string(), "is named by an entry and missing"))
        }
        None => Ok(()),
    }
}

fn read_text<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    path: &str,
) -> Result<String, EvidenceBroken> {
    let found = archive.by_name(path).map_err(|fault| no_package(&fault))?;
    let mut text = String::new();
    let mut bounded = found.take(TEXT_BYTES_MAX + 1);
    bounded.read_to_string(&mut text).map_err(|_torn| broken(path, "cannot be read"))?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > TEXT_BYTES_MAX {
        return Err(broken(path, "is larger than such a file may be"));
    }
    Ok(text)
}

fn broken(path: &str, what: &'static str) -> EvidenceBroken {
    EvidenceBroken::File { path: path.to_owned(), what }
}

fn no_package(fault: &ZipError) -> EvidenceBroken {
    EvidenceBroken::NotAPackage(fault.to_string())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

pub(crate) const FORMAT: &str = "fengsui-evidence-1";

pub(crate) const MANIFEST: &str = "manifest.json";

pub(crate) const SUMS: &str = "SHA256SUMS";

/// Files of one package.
const FILES_MAX: usize = 200_000;

/// Bytes of the manifest, and of the entries of one stream.
const TEXT_BYTES_MAX: u64 = 256 << 20;
