//! Doing to a disk what no store would do, so that whoever looks for it can be tried.

use std::sync::Arc;

use super::disk::ModelDisk;
use crate::board::Value;
use crate::hash::hash_of;
use crate::journal::RawEntry;

/// What is done to a disk behind the back of every node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tampering {
    /// The payload of an entry says something else.
    Payload(u64),
    /// The same, and the entry's hash is made to match.
    PayloadAndHash(u64),
    /// An entry is gone.
    Remove(u64),
    /// Two entries changed places.
    Swap(u64, u64),
    /// The head names another hash.
    Head,
    /// The first text of a stream's rows in a board says something else.
    Row(&'static str, String),
    /// A stream's rows in a board are gone.
    RowsGone(&'static str, String),
    /// Somebody else may see a stream.
    Seen(String, String),
}

impl ModelDisk {
    /// Does it.
    pub fn tamper(&self, tampering: Tampering) {
        match tampering {
            Tampering::Payload(position) => self.change(position, |entry| entry.payload.push(' ')),
            Tampering::PayloadAndHash(position) => self.change(position, |entry| {
                entry.payload.push(' ');
                entry.hash = hash_of(entry).as_bytes().to_vec();
            }),
            Tampering::Remove(position) => drop(self.lock().entries.remove(&place(position))),
            Tampering::Swap(one, other) => self.swap(place(one), place(other)),
            Tampering::Head => self.lock().hash = vec![0; 32],
            Tampering::Row(board, stream) => self.change_row(board, &stream),
            Tampering::RowsGone(board, stream) => {
                let mut disk = self.lock();
                let rows = disk.boards.get_mut(board).and_then(|it| it.rows.remove(&stream));
                drop(rows);
            }
            Tampering::Seen(key, stream) => {
                let mut disk = self.lock();
                Arc::make_mut(disk.sight.entry(stream).or_default()).insert(key);
            }
        }
    }

    fn change(&self, position: u64, change: impl FnOnce(&mut RawEntry)) {
        if let Some(entry) = self.lock().entries.get_mut(&place(position)) {
            change(Arc::make_mut(entry));
        }
    }

    fn swap(&self, one: i64, other: i64) {
        let mut disk = self.lock();
        let taken = (disk.entries.remove(&one), disk.entries.remove(&other));
        let (Some(mut first), Some(mut second)) = taken else { return };
        Arc::make_mut(&mut first).position = other;
        Arc::make_mut(&mut second).position = one;
        disk.entries.insert(other, first);
        disk.entries.insert(one, second);
    }

    fn change_row(&self, board: &str, stream: &str) {
        let mut disk = self.lock();
        let rows = disk.boards.get_mut(board).and_then(|table| table.rows.get_mut(stream));
        let values = rows.and_then(|rows| Arc::make_mut(rows).first_mut());
        for value in values.into_iter().flatten() {
            if let Value::Text(text) = value {
                text.push_str(" forged");
                return;
            }
        }
    }
}

fn place(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}
