//! Rebuilding the boards beside those in use. As on the databases, there is one shadow per disk.

use std::collections::{BTreeMap, BTreeSet};

use super::Node;
use super::disk::{Disk, Rows, Shadows, Sights};
use super::faults::Call;
use super::write::{put_rows, put_sight, refused};
use crate::board::Value;
use crate::fault::{ShadowFault, StoreFault};
use crate::journal::number;
use crate::shadow::{Comparison, DIFFERENCES_MAX, Difference, SIGHT, StreamRows};

type Keyed = BTreeMap<(Value, Value), Vec<Value>>;

impl Node {
    pub(crate) async fn begin_shadow(&self) -> Result<(), StoreFault> {
        self.call(Call::writes("make the shadow tables"), |disk| {
            disk.shadow = Some(Shadows::default());
            Ok(())
        })
        .await
    }

    /// Takes in everything about a stream; tells how many rows that was.
    pub(crate) async fn put_shadow(&self, given: StreamRows) -> Result<u64, StoreFault> {
        for rows in &given.boards {
            let known = self.boards.iter().find(|board| board.name == rows.board);
            let unknown = || StoreFault::Malformed(format!("there is no board {}", rows.board));
            let board = known.ok_or_else(unknown)?;
            rows.rows.iter().try_for_each(|row| board.check(row))?;
        }
        self.call(Call::writes("write the shadow tables"), |disk| put(disk, given)).await
    }

    pub(crate) async fn drop_from_shadow(&self, stream: &str) -> Result<(), StoreFault> {
        self.call(Call::writes("replace a stream in the shadow"), |disk| {
            let shadow = disk.shadow.as_mut().ok_or_else(gone)?;
            shadow.sight.remove(stream);
            shadow.boards.values_mut().for_each(|rows| drop(rows.remove(stream)));
            Ok(())
        })
        .await
    }

    pub(crate) async fn compare_shadow(&self) -> Result<Comparison, StoreFault> {
        self.call(Call::reads("compare the boards"), |disk| {
            let shadow = disk.shadow.as_ref().ok_or_else(gone)?;
            let mut found = Comparison::default();
            for board in self.boards {
                let empty = Rows::new();
                let live = disk.boards.get(board.name).map_or(&empty, |table| &table.rows);
                let rebuilt = shadow.boards.get(board.name).unwrap_or(&empty);
                compare(board.name, &keyed(live), &keyed(rebuilt), &mut found);
            }
            compare(SIGHT, &seen(&disk.sight), &seen(&shadow.sight), &mut found);
            Ok(found)
        })
        .await
    }

    pub(crate) async fn swap_shadow(&self, position: u64) -> Result<(), ShadowFault> {
        let position = number(position)?;
        self.call(Call::writes("swap the boards"), |disk| {
            if disk.position != position {
                let position = u64::try_from(disk.position).unwrap_or_default();
                return Err(ShadowFault::MovedOn { position });
            }
            let mut shadow = disk.shadow.take().ok_or_else(gone)?;
            for (name, table) in &mut disk.boards {
                table.rows = shadow.boards.remove(name).unwrap_or_default();
                table.is_stale = false;
            }
            disk.sight = shadow.sight;
            Ok(())
        })
        .await
    }
}

fn put(disk: &mut Disk, given: StreamRows) -> Result<u64, StoreFault> {
    let shadow = disk.shadow.as_mut().ok_or_else(gone)?;
    let is_there = |rows: &Rows| rows.contains_key(&given.stream);
    if shadow.sight.contains_key(&given.stream) || shadow.boards.values().any(is_there) {
        return Err(refused("write the shadow tables"));
    }
    let keys: BTreeSet<&String> = given.sight.iter().collect();
    let mut count = keys.len();
    put_sight(&mut shadow.sight, &given.stream, &given.sight);
    for rows in given.boards {
        count += rows.rows.len();
        put_rows(shadow.boards.entry(rows.board).or_default(), &given.stream, rows.rows);
    }
    Ok(u64::try_from(count).unwrap_or(u64::MAX))
}

/// Another node began to rebuild, or took the tables away.
fn gone() -> StoreFault {
    refused("read the shadow tables")
}

/// Rows by their key, which is their first two columns.
fn keyed(rows: &Rows) -> Keyed {
    let of_stream = |(stream, rows): (&String, &std::sync::Arc<Vec<Vec<Value>>>)| {
        let stream = Value::Text(stream.clone());
        let row = |(ordinal, values): (i64, &Vec<Value>)| {
            let mut row = vec![stream.clone(), Value::Int(ordinal)];
            row.extend(values.iter().cloned());
            ((stream.clone(), Value::Int(ordinal)), row)
        };
        (0..).zip(rows.iter()).map(row).collect::<Vec<_>>()
    };
    rows.iter().flat_map(of_stream).collect()
}

fn seen(sights: &Sights) -> Keyed {
    let pairs = sights.iter().flat_map(|(stream, keys)| keys.iter().map(move |key| (key, stream)));
    pairs
        .map(|(key, stream)| {
            let key = (Value::Text(key.clone()), Value::Text(stream.clone()));
            (key.clone(), vec![key.0, key.1])
        })
        .collect()
}

fn compare(board: &'static str, live: &Keyed, rebuilt: &Keyed, found: &mut Comparison) {
    let keys: BTreeSet<&(Value, Value)> = live.keys().chain(rebuilt.keys()).collect();
    found.rows += u64::try_from(keys.len()).unwrap_or(u64::MAX);
    for key in keys {
        let (live, rebuilt) = (live.get(key), rebuilt.get(key));
        if live == rebuilt {
            continue;
        }
        found.different += 1;
        if found.differences.len() < DIFFERENCES_MAX {
            let (live, rebuilt) = (live.cloned(), rebuilt.cloned());
            found.differences.push(Difference { board, live, rebuilt });
        }
    }
}
