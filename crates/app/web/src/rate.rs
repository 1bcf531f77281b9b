//! How often one address may do what costs us something: counted in memory, before the journal.
//!
//! A count starts anew with every window. The table is bounded: when it is full, what has run out is
//! forgotten; if that is not enough, everything is, because refusing everybody would be the worse fault.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Addresses that are counted at once at most.
const COUNTED_MAX: usize = 50_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Deed {
    /// A public report.
    Report,
    /// A look-up by number and secret.
    LookUp,
    /// Something added to a report by its reporter.
    Addition,
    /// An attempt to sign in.
    SignIn,
}

/// Counts by address.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<BTreeMap<(Deed, IpAddr), Count>>);

#[derive(Clone, Copy, Debug)]
struct Count {
    since: Timestamp,
    times: u32,
}

/// Too often: when to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooOften {
    pub(crate) retry_after: SignedDuration,
}

impl Deed {
    /// Within which time it is counted.
    const fn window(self) -> SignedDuration {
        match self {
            Self::Report => SignedDuration::from_hours(1),
            Self::LookUp | Self::Addition | Self::SignIn => SignedDuration::from_mins(10),
        }
    }
}

impl Rates {
    /// Counts one deed of an address, or says when to try again.
    pub(crate) fn count(
        &self,
        deed: Deed,
        address: IpAddr,
        times_max: u32,
        now: Timestamp,
    ) -> Result<(), TooOften> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (deed, network(address));
        if counts.len() >= COUNTED_MAX && !counts.contains_key(&key) {
            counts.retain(|(deed, _), count| now < count.since + deed.window());
            if counts.len() >= COUNTED_MAX {
                counts.clear();
            }
        }
        let count = counts.entry(key).or_insert(Count { since: now, times: 0 });
        let ends_at = count.since + deed.window();
        if ends_at <= now {
            *count = Count { since: now, times: 0 };
        }
        if count.times >= times_max {
            return Err(TooOften { retry_after: ends_at.duration_since(now) });
        }
        count.times += 1;
        Ok(())
    }
}

/// Whoever has one address of IPv6 has as many of its /64 as they like.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let kept = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(kept.into())
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_starts_anew_with_the_next_window() {
        let rates = Rates::default();
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let now: Timestamp = "2026-03-14T10:00:00+08:00".parse().unwrap();
        assert_eq!(rates.count(Deed::Report, address, 1, now), Ok(()));
        let refused = rates.count(Deed::Report, address, 1, now).unwrap_err();
        assert_eq!(refused.retry_after, SignedDuration::from_hours(1));
        assert_eq!(rates.count(Deed::LookUp, address, 1, now), Ok(()));
        assert_eq!(rates.count(Deed::Report, address, 1, now + refused.retry_after), Ok(()));
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together() {
        let one = network("2001:db8::1".parse().unwrap());
        assert_eq!(one, network("2001:db8::ffff".parse().unwrap()));
        assert_ne!(one, network("2001:db8:0:1::1".parse().unwrap()));
    }
}
