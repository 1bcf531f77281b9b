//! One transaction for many commands.
//!
//! The order is the same for all: streams, claims, side state, boards, blobs; then the head row,
//! which is the lock between nodes and is held only for the entries; then the entries. A command
//! that was overtaken or lost a claim is dropped. When it had written something by then, everything
//! is taken back and done again without it.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_vocabulary::BlobId;
use sqlx::{AnyConnection, Connection};

use crate::blob::{PUT_BLOB, PUT_CHUNKS};
use crate::board::{Board, time_of};
use crate::commit::{Claim, Commit, Committed, NewBlob, Placed, StreamCommit};
use crate::engine::Engine;
use crate::fault::{AppendFault, StoreFault};
use crate::hash::hash_of;
use crate::journal::{READ_PLACED, RawEntry, column, count, head_of, number, placed_of};
use crate::side::SideWrite;
use crate::statement::{Bind, ManyRows, Statement, with_texts};
use crate::writer::Need;

/// How a command ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Committed(Committed),
    Dropped(AppendFault),
}

impl Outcome {
    pub(crate) fn into_answer(self) -> Result<Committed, AppendFault> {
        match self {
            Self::Committed(committed) => Ok(committed),
            Self::Dropped(fault) => Err(fault),
        }
    }
}

/// Writes what can be written of these commands. They have nothing in common with each other.
pub(crate) async fn write(
    connection: &mut AnyConnection,
    engine: Engine,
    boards: &[&Board],
    commits: &[&Commit],
) -> Result<Vec<Outcome>, StoreFault> {
    let fault = |error| StoreFault::of("write to the journal", error);
    let mut ends = BTreeMap::new();
    let mut care = Care::Hopeful;
    while ends.len() < commits.len() {
        let open = (0..commits.len()).filter(|at| !ends.contains_key(at)).collect();
        let mut transaction = connection.begin_with(engine.begin()).await.map_err(fault)?;
        let mut batch =
            Batch { connection: &mut transaction, engine, boards, commits, open, ends, care };
        let turn = batch.run().await?;
        (ends, care) = (batch.ends, batch.care);
        match turn {
            Turn::Done(placed) => {
                transaction.commit().await.map_err(fault)?;
                ends.extend(placed);
            }
            Turn::Again | Turn::Nothing => transaction.rollback().await.map_err(fault)?,
        }
    }
    Ok(ends.into_values().collect())
}

/// What is to be done with the transaction.
enum Turn {
    /// Commit; these commands are in it.
    Done(Vec<(usize, Outcome)>),
    /// Take back: a dropped command had written something.
    Again,
    /// Take back: there is nothing in it.
    Nothing,
}

struct Batch<'a> {
    connection: &'a mut AnyConnection,
    engine: Engine,
    boards: &'a [&'a Board],
    commits: &'a [&'a Commit],
    /// The commands still in this transaction, by their place in `commits`.
    open: BTreeSet<usize>,
    ends: BTreeMap<usize, Outcome>,
    care: Care,
}

/// Whether streams that should be new are looked up first, after that went wrong once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Care {
    Hopeful,
    Careful,
}

/// Whether a dropped command left something behind in the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trace {
    None,
    Some,
}

impl<'a> Batch<'a> {
    async fn run(&mut self) -> Result<Turn, StoreFault> {
        self.answer_repeats().await?;
        self.drop_dangling().await?;
        if self.advance_new().await? == Trace::Some
            || self.advance_old().await? == Trace::Some
            || self.claim().await? == Trace::Some
            || self.write_side().await? == Trace::Some
        {
            return Ok(Turn::Again);
        }
        if self.open.is_empty() {
            return Ok(Turn::Nothing);
        }
        self.write_boards().await?;
        self.write_sight().await?;
        self.write_blobs().await?;
        self.write_entries().await
    }

    fn commit(&self, at: usize) -> Result<&'a Commit, StoreFault> {
        self.commits.get(at).copied().ok_or_else(|| StoreFault::Malformed("no command".to_owned()))
    }

    /// The commands still in, with their places.
    fn open(&self) -> impl Iterator<Item = (usize, &'a Commit)> {
        let commits = self.commits;
        self.open.iter().filter_map(move |at| commits.get(*at).map(|commit| (*at, *commit)))
    }

    /// The streams of the commands still in, in the order in which every node locks them.
    fn streams(&self) -> Vec<(usize, &'a StreamCommit)> {
        let mut streams: Vec<_> = self
            .open()
            .flat_map(|(at, commit)| commit.streams.iter().map(move |part| (at, part)))
            .collect();
        streams.sort_by(|one, other| one.1.stream.cmp(&other.1.stream));
        streams
    }

    fn drop(&mut self, at: usize, fault: AppendFault) {
        self.open.remove(&at);
        self.ends.insert(at, Outcome::Dropped(fault));
    }

    /// Runs statements and tells how many rows they touched together.
    async fn run_all(&mut self, statements: Vec<Statement>) -> Result<u64, StoreFault> {
        let mut touched = 0;
        for statement in statements {
            touched += statement
                .run(self.connection)
                .await
                .map_err(|error| StoreFault::of("write to the journal", error))?;
        }
        Ok(touched)
    }

    async fn insert(&mut self, before: &str, rows: Vec<Vec<Bind>>) -> Result<(), StoreFault> {
        let many = ManyRows { engine: self.engine, before, after: "" };
        self.run_all(many.statements(rows)).await.map(|_| ())
    }

    async fn rows(
        &mut self,
        statements: Vec<Statement>,
    ) -> Result<Vec<sqlx::any::AnyRow>, StoreFault> {
        let mut rows = Vec::new();
        for statement in statements {
            rows.extend(
                statement
                    .rows(self.connection)
                    .await
                    .map_err(|error| StoreFault::of("write to the journal", error))?,
            );
        }
        Ok(rows)
    }

    /// What was committed before is answered from the record.
    async fn answer_repeats(&mut self) -> Result<(), StoreFault> {
        let ids: Vec<String> = self.open().map(|(_, it)| it.command_id.to_string()).collect();
        for row in self.rows(with_texts(READ_COMMANDS, &ids, "")).await? {
            let id: String = column(&row, 0)?;
            let Some((at, commit)) = self.open().find(|(_, it)| it.command_id.to_string() == id)
            else {
                continue;
            };
            let (first, entries): (i64, i64) = (column(&row, 1)?, column(&row, 2)?);
            let asked = Statement::of(READ_PLACED, vec![first.into(), (first + entries).into()]);
            let placed = self.rows(vec![asked]).await?;
            let committed = Committed {
                command_id: commit.command_id,
                answer: column(&row, 3)?,
                entries: placed.iter().map(placed_of).collect::<Result<_, _>>()?,
                repeated: true,
            };
            self.open.remove(&at);
            self.ends.insert(at, Outcome::Committed(committed));
        }
        Ok(())
    }

    /// An entry must not point at a blob that is not there; those written along are.
    async fn drop_dangling(&mut self) -> Result<(), StoreFault> {
        let wanted: Vec<(usize, BlobId)> =
            self.open().flat_map(|(at, it)| points_at(at, it)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let ids: BTreeSet<String> = wanted.iter().map(|(_, blob)| blob.to_string()).collect();
        let ids: Vec<String> = ids.into_iter().collect();
        let rows = self.rows(with_texts(READ_BLOBS, &ids, "AND size >= 0")).await?;
        let there =
            rows.iter().map(|row| column(row, 0)).collect::<Result<BTreeSet<String>, _>>()?;
        for (at, blob) in wanted {
            if !there.contains(&blob.to_string()) {
                self.drop(at, AppendFault::BlobMissing(blob));
            }
        }
        Ok(())
    }

    /// Streams that are new: the primary key refuses those that somebody else made first.
    async fn advance_new(&mut self) -> Result<Trace, StoreFault> {
        if self.care == Care::Careful {
            self.drop_known().await?;
        }
        let new = self.new_streams();
        let rows = new.iter().map(|(_, part)| {
            Ok(vec![part.stream.as_str().into(), number(version_after(part))?.into()])
        });
        let rows = rows.collect::<Result<_, StoreFault>>()?;
        let many = ManyRows {
            engine: self.engine,
            before: "INSERT INTO stream (stream, version) VALUES",
            after: "ON CONFLICT (stream) DO NOTHING",
        };
        let made = self.run_all(many.statements(rows)).await?;
        if usize::try_from(made).ok() == Some(new.len()) {
            return Ok(Trace::None);
        }
        self.care = Care::Careful;
        Ok(Trace::Some)
    }

    /// Drops commands whose new streams are there already. Nothing has been written yet.
    async fn drop_known(&mut self) -> Result<(), StoreFault> {
        let new = self.new_streams();
        let names: Vec<String> = new.iter().map(|(_, part)| part.stream.clone()).collect();
        let rows =
            self.rows(with_texts("SELECT stream FROM stream WHERE stream IN", &names, "")).await?;
        let known =
            rows.iter().map(|row| column(row, 0)).collect::<Result<BTreeSet<String>, _>>()?;
        for (at, part) in new {
            if known.contains(&part.stream) {
                self.drop(at, AppendFault::Overtaken { stream: part.stream.clone() });
            }
        }
        Ok(())
    }

    fn new_streams(&self) -> Vec<(usize, &'a StreamCommit)> {
        self.streams().into_iter().filter(|(_, part)| part.expected == 0).collect()
    }

    /// Streams that are known: the version refuses those that somebody else moved on.
    async fn advance_old(&mut self) -> Result<Trace, StoreFault> {
        let mut lost = Vec::new();
        for (at, part) in self.streams() {
            if part.expected == 0 {
                continue;
            }
            let binds = vec![
                part.stream.as_str().into(),
                number(part.expected)?.into(),
                number(version_after(part))?.into(),
            ];
            let moved = Statement::of(ADVANCE, binds).run(self.connection).await;
            if moved.map_err(|error| StoreFault::of("move a stream on", error))? == 0 {
                lost.push((at, part));
            }
        }
        Ok(self.drop_overtaken(lost))
    }

    fn drop_overtaken(&mut self, lost: Vec<(usize, &StreamCommit)>) -> Trace {
        let mut trace = Trace::None;
        for (at, part) in lost {
            // With one stream only, nothing of the command is in the transaction.
            if self.commit(at).is_ok_and(|commit| commit.streams.len() > 1) {
                trace = Trace::Some;
            }
            self.drop(at, AppendFault::Overtaken { stream: part.stream.clone() });
        }
        trace
    }

    /// Keys that must be the holders' alone: the primary key decides.
    async fn claim(&mut self) -> Result<Trace, StoreFault> {
        let mut claims: Vec<(usize, &Claim)> = self
            .open()
            .flat_map(|(at, commit)| commit.claims.iter().map(move |claim| (at, claim)))
            .collect();
        claims.sort_by_key(|(_, claim)| *claim);
        let rows = claims.iter().map(|(_, claim)| {
            vec![
                claim.series.as_str().into(),
                claim.key.as_str().into(),
                claim.holder.as_str().into(),
            ]
        });
        let many = ManyRows {
            engine: self.engine,
            before: "INSERT INTO claim (series, key, holder) VALUES",
            after: "ON CONFLICT (series, key) DO NOTHING",
        };
        let made = self.run_all(many.statements(rows.collect())).await?;
        if usize::try_from(made).ok() == Some(claims.len()) {
            return Ok(Trace::None);
        }
        let mut trace = Trace::None;
        for (at, claim) in claims {
            let holder = self.holder(claim).await?;
            if holder != claim.holder {
                let (series, key) = (claim.series.clone(), claim.key.clone());
                self.drop(at, AppendFault::ClaimLost { series, key, holder });
                trace = Trace::Some;
            }
        }
        Ok(trace)
    }

    async fn holder(&mut self, claim: &Claim) -> Result<String, StoreFault> {
        let binds = vec![claim.series.as_str().into(), claim.key.as_str().into()];
        let rows = self.rows(vec![Statement::of(READ_HOLDER, binds)]).await?;
        rows.first().map_or_else(|| Ok(String::new()), |row| column(row, 0))
    }

    async fn write_side(&mut self) -> Result<Trace, StoreFault> {
        let writes: Vec<(usize, &SideWrite)> = self
            .open()
            .flat_map(|(at, commit)| commit.side.iter().map(move |write| (at, write)))
            .collect();
        for (at, write) in writes {
            if !self.write_one_side(write).await? {
                let (kind, key) = write.place();
                self.drop(at, AppendFault::SideChanged { kind, key });
                return Ok(Trace::Some);
            }
        }
        Ok(Trace::None)
    }

    /// False when the value is not what the command expected.
    async fn write_one_side(&mut self, write: &SideWrite) -> Result<bool, StoreFault> {
        for step in write.steps()? {
            let touched = step.statement.run(self.connection).await;
            let touched = touched.map_err(|error| StoreFault::of("write side state", error))?;
            if touched == 0 && step.need == Need::Row {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The rows of a stream replace those it had; a new stream had none.
    async fn write_boards(&mut self) -> Result<(), StoreFault> {
        let streams = self.streams();
        for board in self.boards {
            let given: Vec<_> = streams
                .iter()
                .flat_map(|(_, part)| part.boards.iter().map(move |given| (*part, given)))
                .filter(|(_, given)| given.board == board.name)
                .collect();
            let known = given.iter().filter(|(part, _)| part.expected > 0);
            let known: Vec<String> = known.map(|(part, _)| part.stream.clone()).collect();
            let mut rows = Vec::new();
            for (part, given) in given {
                rows.extend(rows_of(board, &part.stream, &given.rows)?);
            }
            let delete = format!("DELETE FROM \"{}\" WHERE stream IN", board.name);
            self.run_all(with_texts(&delete, &known, "")).await?;
            let before = insert_into(board, board.name);
            self.insert(&before, rows).await?;
        }
        Ok(())
    }

    async fn write_sight(&mut self) -> Result<(), StoreFault> {
        let mut known = Vec::new();
        let mut rows = Vec::new();
        for (_, part) in self.streams() {
            let Some(keys) = &part.sight else { continue };
            if part.expected > 0 {
                known.push(part.stream.clone());
            }
            rows.extend(sight_rows(&part.stream, keys));
        }
        self.run_all(with_texts("DELETE FROM sight WHERE stream IN", &known, "")).await?;
        self.insert(PUT_SIGHT, rows).await
    }

    async fn write_blobs(&mut self) -> Result<(), StoreFault> {
        let mut blobs = Vec::new();
        let mut chunks = Vec::new();
        let mut kept = Vec::new();
        for (at, commit) in self.open() {
            let along = commit.blobs.iter();
            blobs.extend(along.clone().map(|blob| blob_row(commit, blob)));
            chunks.extend(along.filter(|blob| !blob.bytes.is_empty()).map(chunk_row));
            kept.extend(points_at(at, commit).map(|(_, blob)| {
                let used_by = Bind::Text(user_of(commit, blob));
                Statement::of(KEEP_BLOB, vec![blob.to_string().into(), used_by])
            }));
        }
        self.insert(PUT_BLOB, blobs).await?;
        self.insert(PUT_CHUNKS, chunks).await?;
        self.run_all(kept).await.map(|_| ())
    }

    /// Takes the head, chains the entries to it and leaves it at the last of them.
    async fn write_entries(&mut self) -> Result<Turn, StoreFault> {
        let added: usize = self.streams().iter().map(|(_, part)| part.entries.len()).sum();
        let added = i64::try_from(added).unwrap_or(i64::MAX);
        let taken = self.rows(vec![Statement::of(TAKE_HEAD, vec![added.into()])]).await?;
        let row = taken
            .first()
            .ok_or_else(|| StoreFault::Unreadable("the journal has no head".to_owned()))?;
        let head = head_of(row)?;
        let mut chain = Chain {
            position: number(count(row, 0)?)? - added,
            recorded_at: head.recorded_at.as_microsecond(),
            previous: head.hash.as_bytes().to_vec(),
            rows: Vec::new(),
        };

        let mut commands = Vec::new();
        let mut placed = Vec::new();
        let open: Vec<_> = self.open().collect();
        for (at, commit) in open {
            if let Some(part) = commit.is_late(chain.recorded_at) {
                let fault = AppendFault::Overtaken { stream: part.stream.clone() };
                self.drop(at, fault);
                return Ok(Turn::Again);
            }
            let first = chain.position + 1;
            let committed = chain.add(commit)?;
            commands.push(vec![
                commit.command_id.to_string().into(),
                first.into(),
                (chain.position - first + 1).into(),
                commit.answer.as_str().into(),
            ]);
            placed.push((at, Outcome::Committed(committed)));
        }
        self.insert(PUT_ENTRIES, chain.rows).await?;
        self.insert(PUT_COMMANDS, commands).await?;
        if added > 0 {
            let binds = vec![chain.recorded_at.into(), chain.previous.into()];
            self.run_all(vec![Statement::of(LEAVE_HEAD, binds)]).await?;
        }
        Ok(Turn::Done(placed))
    }
}

/// The end of the chain, and what was added to it.
struct Chain {
    position: i64,
    recorded_at: i64,
    previous: Vec<u8>,
    rows: Vec<Vec<Bind>>,
}

impl Chain {
    fn add(&mut self, commit: &Commit) -> Result<Committed, StoreFault> {
        let mut entries = Vec::new();
        if commit.streams.iter().any(|part| !part.entries.is_empty()) {
            self.recorded_at = self.recorded_at.max(commit.now.as_microsecond());
        }
        for part in &commit.streams {
            let mut version = number(part.expected)?;
            for new in &part.entries {
                version += 1;
                self.position += 1;
                let mut entry = RawEntry {
                    position: self.position,
                    stream: part.stream.clone(),
                    version,
                    realm: commit.realm.to_string(),
                    recorded_at: self.recorded_at,
                    happened_at: new.happened_at.as_microsecond(),
                    actor: commit.actor.clone(),
                    on_behalf_of: commit.on_behalf_of.clone(),
                    command_id: commit.command_id.to_string(),
                    kind: new.kind.clone(),
                    kind_version: new.kind_version.into(),
                    payload: new.payload.clone(),
                    previous: self.previous.clone(),
                    hash: Vec::new(),
                };
                let hash = hash_of(&entry);
                entry.hash = hash.as_bytes().to_vec();
                self.previous.clone_from(&entry.hash);
                entries.push(Placed {
                    stream: part.stream.clone(),
                    version: u64::try_from(version).unwrap_or_default(),
                    position: u64::try_from(self.position).unwrap_or_default(),
                    hash,
                    recorded_at: time_of(self.recorded_at)?,
                });
                self.rows.push(entry.into_binds());
            }
        }
        Ok(Committed {
            command_id: commit.command_id,
            answer: commit.answer.clone(),
            entries,
            repeated: false,
        })
    }
}

/// The rows of one stream as they are inserted.
pub(crate) fn rows_of(
    board: &Board,
    stream: &str,
    rows: &[Vec<crate::board::Value>],
) -> Result<Vec<Vec<Bind>>, StoreFault> {
    let row = |(ordinal, row): (i64, &Vec<_>)| {
        let mut binds = vec![stream.into(), ordinal.into()];
        binds.extend(board.binds(row)?);
        Ok(binds)
    };
    (0..).zip(rows).map(row).collect()
}

/// The beginning of the statement that inserts rows of a board, into it or its shadow.
pub(crate) fn insert_into(board: &Board, table: &str) -> String {
    let mut sql = format!("INSERT INTO \"{table}\" (stream, ordinal");
    for column in board.columns {
        sql.push_str(", \"");
        sql.push_str(column.name);
        sql.push('"');
    }
    sql.push_str(") VALUES");
    sql
}

/// Who may see a stream, each key once.
pub(crate) fn sight_rows(stream: &str, keys: &[String]) -> Vec<Vec<Bind>> {
    let keys: BTreeSet<&String> = keys.iter().collect();
    keys.into_iter().map(|key| vec![key.as_str().into(), stream.into()]).collect()
}

/// Blobs the entries of a command point at and that are not written along.
fn points_at(at: usize, commit: &Commit) -> impl Iterator<Item = (usize, BlobId)> {
    commit
        .streams
        .iter()
        .flat_map(|part| &part.entries)
        .flat_map(|entry| &entry.blobs)
        .filter(|id| !commit.blobs.iter().any(|blob| blob.id == **id))
        .map(move |id| (at, *id))
}

fn blob_row(commit: &Commit, blob: &NewBlob) -> Vec<Bind> {
    vec![
        blob.id.to_string().into(),
        i64::try_from(blob.bytes.len()).unwrap_or(i64::MAX).into(),
        blob.key.clone().into(),
        commit.now.as_microsecond().into(),
        Bind::Text(user_of(commit, blob.id)),
    ]
}

fn chunk_row(blob: &NewBlob) -> Vec<Bind> {
    vec![blob.id.to_string().into(), 0.into(), blob.bytes.clone().into()]
}

/// The stream whose entries point at a blob.
fn user_of(commit: &Commit, blob: BlobId) -> Option<String> {
    let uses = |part: &&StreamCommit| part.entries.iter().any(|entry| entry.blobs.contains(&blob));
    commit.streams.iter().find(uses).map(|part| part.stream.clone())
}

fn version_after(part: &StreamCommit) -> u64 {
    part.expected.saturating_add(u64::try_from(part.entries.len()).unwrap_or(u64::MAX))
}

/// Moves a stream on by one commit. Affects no row when another writer was first.
const ADVANCE: &str = "
    UPDATE stream
    SET version = $3
    WHERE stream = $1 AND version = $2
";

/// Moves the journal on and locks it for other nodes until the transaction ends.
const TAKE_HEAD: &str = "
    UPDATE head
    SET position = position + $1
    WHERE singleton = 1
    RETURNING position, recorded_at, hash
";

const LEAVE_HEAD: &str = "
    UPDATE head
    SET recorded_at = $1, hash = $2
    WHERE singleton = 1
";

const PUT_ENTRIES: &str = "
    INSERT INTO entry (position, stream, version, realm, recorded_at, happened_at, actor,
        on_behalf_of, command_id, kind, kind_version, payload, previous, hash)
    VALUES
";

const PUT_COMMANDS: &str = "
    INSERT INTO command (command_id, first_position, entries, answer)
    VALUES
";

pub(crate) const PUT_SIGHT: &str = "INSERT INTO sight (viewer, stream) VALUES";

const READ_COMMANDS: &str = "
    SELECT command_id, first_position, entries, answer
    FROM command
    WHERE command_id IN
";

const READ_BLOBS: &str = "SELECT blob FROM blob WHERE blob IN";

/// The first stream that points at a blob keeps it.
const KEEP_BLOB: &str = "UPDATE blob SET used_by = $2 WHERE blob = $1 AND used_by IS NULL";

const READ_HOLDER: &str = "SELECT holder FROM claim WHERE series = $1 AND key = $2";
