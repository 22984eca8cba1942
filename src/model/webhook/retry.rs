//! Pauses between the attempts to send one change: each twice as long as the one before, up to an hour, with a random part,
//! so that webhooks that failed together are not retried together.

use std::time::Duration;

/// The longest pause, without its random part.
const MAX_DELAY: Duration = Duration::from_hours(1);

/// The pause after a number of failed attempts, from 1. `first` is the pause after the first, `random` is from 0 to 1; a quarter of
/// the pause is multiplied by it and added.
pub fn delay(first: Duration, failures: u32, random: f64) -> Duration {
    let doublings = failures.saturating_sub(1).min(31);
    let delay = first.saturating_mul(1 << doublings).min(MAX_DELAY);
    delay + delay.mul_f64(random.clamp(0.0, 1.0) / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pause = |failures| delay(Duration::from_secs(5), failures, 0.0).as_secs();
        let pauses: Vec<u64> = (1..=11).map(pause).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]);
        assert_eq!(pause(u32::MAX), 3600);
    }

    #[test]
    fn a_random_part_adds_at_most_a_quarter() {
        let pause = |random| delay(Duration::from_secs(100), 1, random).as_secs();
        assert_eq!((pause(0.0), pause(0.5), pause(1.0)), (100, 112, 125));
    }
}
