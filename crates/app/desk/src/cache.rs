//! A small memory of what was read lately; forgets everything when it is full.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// At most so many values by key.
#[derive(Debug)]
pub(crate) struct Cache<T> {
    values: Mutex<BTreeMap<String, T>>,
    values_max: usize,
}

impl<T: Clone> Cache<T> {
    pub(crate) const fn holding(values_max: usize) -> Self {
        Self { values: Mutex::new(BTreeMap::new()), values_max }
    }

    pub(crate) fn get(&self, key: &str) -> Option<T> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(crate) fn put(&self, key: String, value: T) {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if values.len() >= self.values_max {
            values.clear();
        }
        values.insert(key, value);
    }

    pub(crate) fn remove(&self, key: &str) {
        self.values.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}
