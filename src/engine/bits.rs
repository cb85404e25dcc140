//! A set of articles in the numbering of one engine: joined, cut and counted word by word.

/// A set of numbers from 0; 1 bit a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// The empty set of numbers below `size`.
    pub fn new(size: usize) -> Bits {
        Bits(vec![0; size.div_ceil(64)])
    }

    /// Adds a number below the size.
    pub fn insert(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    /// Keeps what is in `other` too, a set of the same size.
    pub fn intersect(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    /// Adds what is in `other`, a set of the same size.
    pub fn unite(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    /// Drops what is in `other`, a set of the same size.
    pub fn subtract(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }

    /// How many numbers there are.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_joined_and_counted() {
        let set = |numbers: &[usize]| {
            let mut bits = Bits::new(130);
            numbers.iter().for_each(|&number| bits.insert(number));
            bits
        };
        let (a, b) = (set(&[0, 63, 64, 129]), set(&[63, 100, 129]));
        let with = |change: fn(&mut Bits, &Bits)| {
            let mut out = a.clone();
            change(&mut out, &b);
            out
        };
        assert_eq!(with(Bits::intersect), set(&[63, 129]));
        assert_eq!(with(Bits::unite), set(&[0, 63, 64, 100, 129]));
        assert_eq!(with(Bits::subtract), set(&[0, 64]));
        assert_eq!((a.count(), Bits::new(0).count()), (4, 0));
    }
}
