//! In which order streams fire: a pure step from what waits to what is done.

use std::collections::BTreeSet;

use jiff::Timestamp;

/// A stream whose moment has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// When its first moment was.
    pub(super) fires_at: Timestamp,
    /// The due times of its misses that are to be recorded, the earliest first.
    pub(super) misses: Vec<Timestamp>,
}

/// One stream fires once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Firing {
    /// Its place among those that wait.
    pub(super) place: usize,
    /// Misses due until then are recorded.
    pub(super) until: Timestamp,
}

/// Firings in the order in which they must stand in the journal, oldest moment first, none beyond the
/// bound. Those of one group are of different streams, so they may be written together.
pub(super) fn groups(waiting: &[Waiting], bound: Timestamp) -> Vec<Vec<Firing>> {
    let mut moments: Vec<(Timestamp, usize)> = Vec::new();
    for (place, stream) in waiting.iter().enumerate() {
        let first = stream.misses.first();
        if first.is_none_or(|first| stream.fires_at < *first) {
            moments.push((stream.fires_at, place));
        }
        moments.extend(stream.misses.iter().map(|due| (*due, place)));
    }
    moments.retain(|(at, _)| *at <= bound);
    moments.sort();
    let mut groups: Vec<Vec<Firing>> = Vec::new();
    let mut streams = BTreeSet::new();
    for (until, place) in moments {
        let last = groups.last_mut().and_then(|group| group.last_mut());
        if let Some(last) = last.filter(|last| last.place == place) {
            last.until = until;
            continue;
        }
        let is_apart = streams.insert(place);
        if let Some(group) = groups.last_mut().filter(|_| is_apart) {
            group.push(Firing { place, until });
        } else {
            streams = BTreeSet::from([place]);
            groups.push(vec![Firing { place, until }]);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn waits(fires_at: i64, misses: &[i64]) -> Waiting {
        Waiting { fires_at: at(fires_at), misses: misses.iter().map(|it| at(*it)).collect() }
    }

    fn told(groups: &[Vec<Firing>]) -> Vec<Vec<(usize, i64)>> {
        let one = |firing: &Firing| (firing.place, firing.until.as_second() / 60);
        groups.iter().map(|group| group.iter().map(one).collect()).collect()
    }

    #[test]
    fn streams_that_do_not_interleave_fire_together() {
        let waiting = [waits(1, &[1, 2]), waits(3, &[3]), waits(4, &[])];
        assert_eq!(told(&groups(&waiting, at(9))), [vec![(0, 2), (1, 3), (2, 4)]]);
    }

    #[test]
    fn a_stream_that_comes_again_begins_another_group() {
        let waiting = [waits(1, &[1, 5]), waits(2, &[3, 6])];
        let expected = [vec![(0, 1), (1, 3)], vec![(0, 5), (1, 6)]];
        assert_eq!(told(&groups(&waiting, at(9))), expected);
    }

    #[test]
    fn nothing_fires_beyond_the_bound() {
        let waiting = [waits(1, &[1, 5]), waits(2, &[6])];
        assert_eq!(told(&groups(&waiting, at(4))), [vec![(0, 1), (1, 2)]]);
    }

    #[test]
    fn equal_moments_need_no_order() {
        let waiting = [waits(1, &[1]), waits(1, &[1]), waits(1, &[1])];
        assert_eq!(told(&groups(&waiting, at(1))), [vec![(0, 1), (1, 1), (2, 1)]]);
    }
}
