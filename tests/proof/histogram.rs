//! Counts and times, as they are printed.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Parts of each doubling; a time is known to a sixteenth.
const PARTS: u32 = 16;
const BUCKETS: usize = 64 * PARTS as usize;

/// Times, counted by size: as small for a million of them as for one, and shared by all who note some.
pub struct Times(Box<[AtomicU64]>);

impl Default for Times {
    fn default() -> Self {
        Self((0..BUCKETS).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Times {
    /// One that is negative counts as none.
    pub fn note(&self, micros: i64) {
        let micros = u64::try_from(micros).unwrap_or(0);
        self.0[bucket(micros)].fetch_add(1, Ordering::Relaxed);
    }

    /// The times so far, which are then forgotten.
    pub fn take(&self) -> Self {
        let taken = self.0.iter().map(|count| count.swap(0, Ordering::Relaxed));
        Self(taken.map(AtomicU64::new).collect())
    }

    pub fn count(&self) -> u64 {
        self.0
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum()
    }

    /// Milliseconds that so many of a thousand stay within.
    pub fn within(&self, per_mille: u64) -> f64 {
        let wanted = (self.count() * per_mille).div_ceil(1_000);
        let mut seen = 0;
        for (at, count) in self.0.iter().enumerate() {
            seen += count.load(Ordering::Relaxed);
            if seen >= wanted && seen > 0 {
                return upper(at) / 1_000.0;
            }
        }
        0.0
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, most, all] = [500, 990, 1_000].map(|per_mille| self.within(per_mille));
        write!(f, "p50 {half:.1} ms, p99 {most:.1} ms, longest {all:.1} ms")
    }
}

fn bucket(micros: u64) -> usize {
    if micros < u64::from(PARTS) {
        return usize::try_from(micros).expect("it is below 16");
    }
    let doublings = micros.ilog2();
    let part = (micros >> (doublings - 4)) & u64::from(PARTS - 1);
    let part = usize::try_from(part).expect("it is below 16");
    (doublings - 3) as usize * PARTS as usize + part
}

/// Microseconds that no time in a bucket exceeds.
fn upper(bucket: usize) -> f64 {
    let (row, part) = (bucket / PARTS as usize, bucket % PARTS as usize);
    let row = i32::try_from(row).expect("there are 64 rows");
    let part = u32::try_from(part).expect("it is below 16");
    if row == 0 {
        return f64::from(part);
    }
    f64::from(PARTS + part + 1) * 2_f64.powi(row - 1)
}
