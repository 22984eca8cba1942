//! Random values derived from one seed, so that a run can be reproduced.

use fastrand::Rng;

pub struct Random(Rng);

/// Sizes around our limits, the limits of libraries, and far beyond.
const SIZES: [usize; 25] = [
    0, 1, 2, 3, 5, 8, 11, 12, 13, 19, 20, 21, 29, 30, 31, 32, 33, 49, 50, 51, 100, 500, 2_000,
    5_000, 16_000,
];

impl Random {
    /// The generator of one batch.
    pub fn new(seed: u64, batch: u64) -> Self {
        // Any odd number spreads the seeds; this one is derived from the golden ratio.
        let spread = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(Rng::with_seed(spread.wrapping_add(batch)))
    }

    /// One of 0, 1, … below `end`, which must not be 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.usize(..end)
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub fn byte(&mut self) -> u8 {
        self.0.u8(..)
    }

    pub fn bytes(&mut self, max: usize) -> Vec<u8> {
        let length = self.below(max + 1);
        (0..length).map(|_| self.byte()).collect()
    }

    pub fn character(&mut self) -> char {
        if self.chance(70) {
            char::from(self.0.u8(0..0x80))
        } else {
            self.0.char(..)
        }
    }

    pub fn number(&mut self) -> i64 {
        match self.below(4) {
            0 => self.0.i64(..),
            1 => *self.pick(&[
                i64::MIN,
                i64::MAX,
                -1,
                0,
                1,
                1 << 31,
                (1 << 31) - 1,
                1 << 53,
            ]),
            _ => self.0.i64(-2..1_000),
        }
    }

    pub fn float(&mut self) -> f64 {
        f64::from_bits(self.0.u64(..))
    }

    pub fn size(&mut self) -> usize {
        *self.pick(&SIZES)
    }

    /// A size up to `max`; half of the values are `max` itself.
    pub fn size_to(&mut self, max: usize) -> usize {
        if self.chance(50) {
            max
        } else {
            self.below(max + 1)
        }
    }
}
