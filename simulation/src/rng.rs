//! Dice that fall the same way for the same seed: `SplitMix64`, which is small and good enough here.

/// Dice of one seed.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) const fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another; 0 below 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or_default()
    }

    /// A number from one to another, both possible.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = u64::try_from(most.saturating_sub(least)).unwrap_or_default();
        least.saturating_add_unsigned(self.below(width.saturating_add(1)))
    }

    /// So many times in a thousand.
    pub(crate) fn thousandths(&mut self, chance: u32) -> bool {
        self.below(1_000) < u64::from(chance)
    }

    pub(crate) fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        let at = self.below(u64::try_from(among.len()).unwrap_or_default());
        among.get(usize::try_from(at).unwrap_or_default())
    }

    /// One of several, each as often as its weight says.
    pub(crate) fn weighted<T: Copy>(&mut self, among: &[(u32, T)]) -> Option<T> {
        let all: u64 = among.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut left = self.below(all);
        for (weight, one) in among {
            match left.checked_sub(u64::from(*weight)) {
                Some(rest) => left = rest,
                None => return Some(*one),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_dice() {
        let drawn = |seed| {
            let mut rng = Rng::of(seed);
            [rng.next(), rng.next(), rng.below(6)]
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn weights_decide_how_often() {
        let mut rng = Rng::of(1);
        let drawn = (0..1_000).filter(|_| rng.weighted(&[(9, true), (1, false)]) == Some(true));
        let often = drawn.count();
        assert!((850..950).contains(&often), "{often}");
    }
}
