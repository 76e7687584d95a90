//! The lengths of listed texts, by which most texts that are not listed are recognized without a search.

/// A set of lengths, of which the last six bits are known: [`may_have`](Self::may_have) may say yes too often.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lengths(u64);

impl Lengths {
    /// Returns `false` if no listed text has this length.
    #[inline]
    pub(crate) fn may_have(self, length: usize) -> bool {
        self.0 & Lengths::bit(length) != 0
    }

    fn bit(length: usize) -> u64 {
        1 << (length % u64::BITS as usize)
    }
}

impl FromIterator<usize> for Lengths {
    fn from_iter<I: IntoIterator<Item = usize>>(lengths: I) -> Self {
        Lengths(lengths.into_iter().fold(0, |all, length| all | Lengths::bit(length)))
    }
}
