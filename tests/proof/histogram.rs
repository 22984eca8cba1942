//! Histogram of durations, printed as percentiles.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Buckets per power of two; a duration is rounded up to a sixteenth.
const BUCKETS_PER_DOUBLING: u32 = 16;
const BUCKETS: usize = 64 * BUCKETS_PER_DOUBLING as usize;

/// Durations counted by size, in constant memory. Threads record concurrently.
pub struct Histogram(Box<[AtomicU64]>);

impl Default for Histogram {
    fn default() -> Self {
        Self((0..BUCKETS).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Histogram {
    /// A negative duration counts as zero.
    pub fn record(&self, micros: i64) {
        let micros = u64::try_from(micros).unwrap_or(0);
        self.0[bucket_of(micros)].fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the durations so far and resets the histogram.
    pub fn take(&self) -> Self {
        let counts = self.0.iter().map(|count| count.swap(0, Ordering::Relaxed));
        Self(counts.map(AtomicU64::new).collect())
    }

    pub fn count(&self) -> u64 {
        self.0
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum()
    }

    /// Milliseconds not exceeded by `per_mille` of 1,000 durations.
    pub fn percentile_ms(&self, per_mille: u64) -> f64 {
        let rank = (self.count() * per_mille).div_ceil(1_000);
        let mut cumulative = 0;
        for (index, count) in self.0.iter().enumerate() {
            cumulative += count.load(Ordering::Relaxed);
            if cumulative >= rank && cumulative > 0 {
                return upper_bound(index) / 1_000.0;
            }
        }
        0.0
    }
}

impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, p99, longest] =
            [500, 990, 1_000].map(|per_mille| self.percentile_ms(per_mille));
        write!(
            f,
            "p50 {median:.1} ms, p99 {p99:.1} ms, longest {longest:.1} ms"
        )
    }
}

fn bucket_of(micros: u64) -> usize {
    if micros < u64::from(BUCKETS_PER_DOUBLING) {
        return usize::try_from(micros).expect("below 16");
    }
    let doublings = micros.ilog2();
    let part = (micros >> (doublings - 4)) & u64::from(BUCKETS_PER_DOUBLING - 1);
    let part = usize::try_from(part).expect("below 16");
    (doublings - 3) as usize * BUCKETS_PER_DOUBLING as usize + part
}

/// Upper bound of a bucket, in microseconds.
fn upper_bound(index: usize) -> f64 {
    let (row, part) = (
        index / BUCKETS_PER_DOUBLING as usize,
        index % BUCKETS_PER_DOUBLING as usize,
    );
    let row = i32::try_from(row).expect("64 rows");
    let part = u32::try_from(part).expect("below 16");
    if row == 0 {
        return f64::from(part);
    }
    f64::from(BUCKETS_PER_DOUBLING + part + 1) * 2_f64.powi(row - 1)
}
