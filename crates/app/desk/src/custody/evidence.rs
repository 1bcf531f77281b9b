//! Making a package of evidence of one incident: its entries, its reports, its texts, its custody.
//!
//! Nothing of a package is kept but what is said about it: the same position, time and purpose give the same bytes
//! again, unless a text was erased since. Then its digest is another, and that is told.

use std::collections::BTreeSet;
use std::io::Write;

use fengsui_response::Asked;
use fengsui_response::custody::{Custody, CustodyCommand, HANDLES, Package, Packaged};
use fengsui_response::incident::Incident;
use fengsui_response::report::{Report, ReportStatus};
use fengsui_store::{Entry, Filter, Head, Select, Sight};
use fengsui_vocabulary::{BlobId, CommandId, IncidentId, Line, PersonId};
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::packed::{FORMAT, LeftOut, Manifest, PackedStream, PackedText, Piece, Sealed, pack};
use crate::blobs::references;
use crate::boards::INCIDENT;
use crate::secret::hex;
use crate::stream::{Loaded, custody_stream, incident_stream, report_stream};
use crate::{Desk, DeskFault, Reach, Viewer};

/// Pieces that wait for the file.
const PIECES_WAITING_MAX: usize = 8;

/// What is asked of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceAsked {
    /// Of which incident.
    pub incident: IncidentId,
    /// A repeat of it makes no second package.
    pub command_id: CommandId,
    /// For whom.
    pub made_for: Line,
    /// What for.
    pub purpose: Line,
}

/// A package that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceMade {
    /// Its number in the custody of the incident.
    pub package: u32,
    /// SHA-256 of the file.
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Whether it has the digest that was recorded; not when a text was erased since.
    pub is_as_recorded: bool,
}

/// What a package is made from.
struct Making {
    incident: IncidentId,
    made_by: PersonId,
    made_at: Timestamp,
    made_for: Line,
    purpose: Line,
    position: u64,
    head: String,
}

/// A stream of a package with the names of the files that its texts are.
struct Source {
    entries: Vec<Entry>,
    /// Texts of it may not be handed out.
    is_sealed: bool,
    /// Names that the sender gave to files.
    names: Vec<(BlobId, String)>,
}

impl Desk {
    /// Makes a package of evidence into a file and records it. It is handed over apart: see `HandOverPackage`.
    pub async fn make_evidence<W: Write + Send + 'static>(
        &self,
        viewer: &Viewer,
        asked: EvidenceAsked,
        out: W,
    ) -> Result<(EvidenceMade, W), DeskFault> {
        let subject = incident_stream(asked.incident);
        self.may_pack(viewer, &subject).await?;
        if self.store().committed(asked.command_id).await?.is_some() {
            let number = self.package_of(&subject, asked.command_id).await?;
            return self.evidence(viewer, asked.incident, number, out).await;
        }
        let Head { position, hash, .. } = self.store().head().await?;
        let making = Making {
            incident: asked.incident,
            made_by: viewer.person(),
            made_at: self.now(),
            made_for: asked.made_for,
            purpose: asked.purpose,
            position,
            head: hash.to_string(),
        };
        let (sealed, out) = self.pack_up(&making, out).await?;
        let packaged = Packaged {
            sha256: sealed.sha256.clone(),
            bytes: sealed.bytes,
            position,
            head: making.head,
            made_at: making.made_at,
            made_for: making.made_for,
            purpose: making.purpose,
        };
        let command = CustodyCommand::RecordPackage(packaged);
        let recorded = Asked::now(viewer.actor.clone(), command);
        self.act_on_custody(&subject, asked.command_id, recorded).await?;
        let package = self.package_of(&subject, asked.command_id).await?;
        let Sealed { sha256, bytes } = sealed;
        Ok((EvidenceMade { package, sha256, bytes, is_as_recorded: true }, out))
    }

    /// Makes a package that was recorded once more.
    pub async fn evidence<W: Write + Send + 'static>(
        &self,
        viewer: &Viewer,
        incident: IncidentId,
        number: u32,
        out: W,
    ) -> Result<(EvidenceMade, W), DeskFault> {
        let subject = incident_stream(incident);
        self.may_pack(viewer, &subject).await?;
        let custody = self.load::<Custody>(custody_stream(&subject)).await?.state;
        let Package { file, made_by, .. } =
            custody.packages.get(&number).cloned().ok_or(DeskFault::Absent)?;
        let making = Making {
            incident,
            made_by,
            made_at: file.made_at,
            made_for: file.made_for,
            purpose: file.purpose,
            position: file.position,
            head: file.head,
        };
        let (Sealed { sha256, bytes }, out) = self.pack_up(&making, out).await?;
        let is_as_recorded = sha256 == file.sha256;
        Ok((EvidenceMade { package: number, sha256, bytes, is_as_recorded }, out))
    }

    /// An incident by its id or its number.
    pub async fn incident_named(&self, text: &str) -> Result<IncidentId, DeskFault> {
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        let select = Select::of(&INCIDENT, Sight::Everything)
            .filter(Filter::Eq("number", text.into()))
            .limit(1);
        let rows = self.store().rows(&select).await?;
        let id = rows.first().and_then(|row| row.stream().strip_prefix("incident:"));
        id.and_then(|id| id.parse().ok()).ok_or(DeskFault::Absent)
    }

    /// A package holds everything, so it is for those who see everything and handle such things.
    async fn may_pack(&self, viewer: &Viewer, subject: &str) -> Result<(), DeskFault> {
        if self.store().version(subject).await? == 0 {
            return Err(DeskFault::Absent);
        }
        if viewer.actor.is_nobody() && viewer.is_any(&HANDLES) {
            return Ok(()); // whoever types at the machine itself
        }
        if !self.store().may_see(subject, &viewer.sight()).await? {
            return Err(DeskFault::Absent);
        }
        match viewer.reach {
            Reach::Whole if viewer.is_any(&HANDLES) => Ok(()),
            Reach::Whole | Reach::District(_) | Reach::Own => Err(DeskFault::NotYours),
        }
    }

    async fn package_of(&self, subject: &str, command: CommandId) -> Result<u32, DeskFault> {
        use fengsui_response::CustodyEvent;

        let entries = self.entries_of(&custody_stream(subject)).await?;
        let made = entries.iter().rfind(|entry| entry.command_id == command);
        let made = made.ok_or(DeskFault::Absent)?;
        let event =
            CustodyEvent::read(&made.kind, u32::from(made.kind_version), &made.payload).ok();
        match event {
            Some(CustodyEvent::EvidencePackaged(it)) => Ok(it.package),
            Some(_) | None => Err(DeskFault::Absent),
        }
    }

    async fn pack_up<W: Write + Send + 'static>(
        &self,
        making: &Making,
        out: W,
    ) -> Result<(Sealed, W), DeskFault> {
        let (pieces, waiting) = mpsc::channel(PIECES_WAITING_MAX);
        let packing = tokio::task::spawn_blocking(move || pack(out, waiting));
        let put = self.put_pieces(making, &pieces).await;
        drop(pieces);
        let packed = packing.await.map_err(|fault| DeskFault::Unreadable(fault.to_string()))?;
        put?;
        let (out, sealed) = packed.map_err(|fault| DeskFault::Unwritable(fault.to_string()))?;
        Ok((sealed, out))
    }

    async fn put_pieces(
        &self,
        making: &Making,
        pieces: &mpsc::Sender<Piece>,
    ) -> Result<(), DeskFault> {
        put_file(pieces, ("README.txt".to_owned(), None), README.as_bytes().to_vec()).await?;
        let mut manifest = Manifest {
            format: FORMAT.to_owned(),
            subject: incident_stream(making.incident),
            made_by: making.made_by.to_string(),
            made_at: making.made_at,
            made_for: making.made_for.clone(),
            purpose: making.purpose.clone(),
            position: making.position,
            head: making.head.clone(),
            streams: Vec::new(),
            left_out: Vec::new(),
            files: Vec::new(),
        };
        let mut put = BTreeSet::new();
        for source in self.sources(making).await? {
            self.put_source(&source, pieces, (&mut manifest, &mut put)).await?;
        }
        pieces.send(Piece::End(Box::new(manifest))).await.map_err(|_closed| cut_short())
    }

    /// The incident, its reports, and the custody of each, as they were at the position.
    async fn sources(&self, making: &Making) -> Result<Vec<Source>, DeskFault> {
        let subject = incident_stream(making.incident);
        let until = |entries: Vec<Entry>| -> Vec<Entry> {
            entries.into_iter().filter(|entry| entry.position <= making.position).collect()
        };
        let own = until(self.entries_of(&subject).await?);
        let mut incident = Loaded::<Incident>::new(subject.clone());
        own.iter().try_for_each(|entry| incident.fold(entry))?;
        let mut sources = vec![Source { entries: own, is_sealed: false, names: Vec::new() }];
        let mut subjects = vec![subject];
        for report in incident.state.reports.keys() {
            let stream = report_stream(*report);
            let entries = until(self.entries_of(&stream).await?);
            let mut loaded = Loaded::<Report>::new(stream.clone());
            entries.iter().try_for_each(|entry| loaded.fold(entry))?;
            let is_sealed = matches!(loaded.state.status, ReportStatus::Sealed(_));
            let view = self.report_view(*report).await?;
            let files = view.files().into_iter();
            let names = files.map(|(name, attached)| (attached.file.blob, name)).collect();
            sources.push(Source { entries, is_sealed, names });
            subjects.push(stream);
        }
        for subject in subjects {
            let entries = until(self.entries_of(&custody_stream(&subject)).await?);
            sources.push(Source { entries, is_sealed: false, names: Vec::new() });
        }
        sources.retain(|source| !source.entries.is_empty());
        Ok(sources)
    }

    async fn put_source(
        &self,
        source: &Source,
        pieces: &mpsc::Sender<Piece>,
        (manifest, put): (&mut Manifest, &mut BTreeSet<BlobId>),
    ) -> Result<(), DeskFault> {
        let Some(first) = source.entries.first() else { return Ok(()) };
        let stream = first.stream.clone();
        let path = format!("journal/{}.ndjson", inside(&stream));
        begin(pieces, path.clone(), None).await?;
        for entry in &source.entries {
            let line = crate::wire::exported(entry)? + "\n";
            more(pieces, line.into_bytes()).await?;
        }
        let entries = u64::try_from(source.entries.len()).unwrap_or(u64::MAX);
        manifest.streams.push(PackedStream { stream: stream.clone(), path, entries });
        for reference in source.entries.iter().flat_map(|entry| references(&entry.payload)) {
            if !put.insert(reference.blob) {
                continue;
            }
            let key = self.store().blob_key(reference.blob).await?.filter(|_| !source.is_sealed);
            let Some(key) = key else {
                manifest.left_out.push(self.left_out(reference.blob, source, &stream).await?);
                continue;
            };
            let (blob, digest) = (reference.blob, reference.digest);
            let text = PackedText { blob, digest, key: hex(&key) };
            begin(pieces, source.path_of(blob), Some(text)).await?;
            let mut chunk = 0;
            while let Some(bytes) = self.store().read_chunk(blob, chunk).await? {
                more(pieces, bytes).await?;
                chunk += 1;
            }
        }
        Ok(())
    }

    async fn left_out(
        &self,
        blob: BlobId,
        source: &Source,
        stream: &str,
    ) -> Result<LeftOut, DeskFault> {
        let stream = stream.to_owned();
        if source.is_sealed {
            return Ok(LeftOut {
                blob,
                stream,
                because: "sealed".to_owned(),
                at: None,
                ground: None,
            });
        }
        let erased = self.erased_among([blob]).await?.remove(&blob);
        let at = erased.as_ref().map(|it| it.at);
        let ground = erased.map(|it| it.ground);
        Ok(LeftOut { blob, stream, because: "erased".to_owned(), at, ground })
    }
}

impl Source {
    /// Files that people sent keep their names behind an id of ours; texts are JSON.
    fn path_of(&self, blob: BlobId) -> String {
        match self.names.iter().find(|(named, _)| *named == blob) {
            Some((_, name)) => format!("files/{blob}-{}", inside(name)),
            None => format!("texts/{blob}"),
        }
    }
}

/// A name that cannot lead out of its folder, nor be mistaken for another: letters and digits of any script, and
/// the three signs that names need.
fn inside(name: &str) -> String {
    let plain = |letter: char| match letter {
        letter if letter.is_alphanumeric() => letter,
        '.' | '-' | '_' => letter,
        _ => '_',
    };
    let name: String = name.chars().take(NAME_CHARS_MAX).map(plain).collect();
    let name = name.trim_matches('.').to_owned();
    if name.is_empty() { "file".to_owned() } else { name }
}

async fn put_file(
    pieces: &mpsc::Sender<Piece>,
    (path, text): (String, Option<PackedText>),
    bytes: Vec<u8>,
) -> Result<(), DeskFault> {
    begin(pieces, path, text).await?;
    more(pieces, bytes).await
}

async fn begin(
    pieces: &mpsc::Sender<Piece>,
    path: String,
    text: Option<PackedText>,
) -> Result<(), DeskFault> {
    pieces.send(Piece::File { path, text }).await.map_err(|_closed| cut_short())
}

async fn more(pieces: &mpsc::Sender<Piece>, bytes: Vec<u8>) -> Result<(), DeskFault> {
    pieces.send(Piece::Bytes(bytes)).await.map_err(|_closed| cut_short())
}

/// The file could not take more; why is told by whoever writes it.
fn cut_short() -> DeskFault {
    DeskFault::Unwritable("the file of the package takes nothing more".to_owned())
}

/// Letters of a file's name that are kept.
const NAME_CHARS_MAX: usize = 80;

const README: &str = "\
证据包 / PACKAGE OF EVIDENCE

本包内容：journal/ 为事件、所属报告及其保管记录的全部日志条目（每行一条 JSON，含自身哈希与前一条的哈希）；
files/ 为随报告提交的文件；texts/ 为条目所引用的文字材料；manifest.json 说明制作人、制作时间、接收方、用途、
日志位置与链头哈希，并列出每个文件的 SHA-256，以及已删除或已封存、故未收入的材料及其理由。

核验方法（无需本系统）：
  1. 计算整个文件的 SHA-256，与移交回执上的数值比对：  sha256sum 证据包.zip
  2. 解压后在该文件夹内执行：  sha256sum -c SHA256SUMS
  3. 若装有 fengsui：  fengsui incident evidence --verify 证据包.zip
     另外核验每条日志的哈希、流内次序，以及每份材料与其条目的对应关系。

In this package: journal/ has every entry of the incident, of its reports and of their custody (one JSON object a
line, with its own hash and the hash of the entry before it); files/ has the files that came with reports; texts/ has
the texts that entries refer to; manifest.json says who made it, when, for whom and what for, up to which position of
the journal, with the SHA-256 of every file, and which texts are not here because they were erased or sealed.

How to verify, without the program:
  1. Compute the SHA-256 of the whole file and compare it with the receipt:  sha256sum PACKAGE.zip
  2. Unpack it and, in that folder:  sha256sum -c SHA256SUMS
  3. With the program:  fengsui incident evidence --verify PACKAGE.zip
     It also checks the hash of every entry, the order in each stream, and that each text is the one its entry names.
     A text is tied to its entry by HMAC-SHA-256 under the key that the manifest gives for it.
";

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_cannot_lead_out_of_its_folder() {
        let names =
            ["../../etc/passwd", "a/b\\c:d", "...", "", "日志 2026.txt", "x\u{202e}gpj.exe"];
        let inside: Vec<String> = names.iter().map(|name| super::inside(name)).collect();
        let expected = ["_.._etc_passwd", "a_b_c_d", "file", "file", "日志_2026.txt", "x_gpj.exe"];
        assert_eq!(inside, expected);
    }
}
