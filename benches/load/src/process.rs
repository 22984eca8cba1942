//! What a server's process has used, from `/proc`.

use std::fs;

use crate::Result;

/// `USER_HZ` of Linux on every architecture that we measure on.
const TICKS: f64 = 100.0;

/// Seconds of CPU that a process has used, user and system, all threads; 10 ms grain.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name may hold anything, but nothing after its last parenthesis does.
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks = fields.skip(11).take(2).map(str::parse::<u64>);
    Ok(ticks.sum::<std::result::Result<u64, _>>()? as f64 / TICKS)
}

/// Resident memory in KiB.
pub(crate) fn resident_kib(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .ok_or("no VmRSS")?;
    Ok(line.trim_end_matches("kB").trim().parse()?)
}

/// The value below which the given share of all lies, in milliseconds.
pub(crate) fn quantile_ms(micros: &mut [u64], share: f64) -> f64 {
    if micros.is_empty() {
        return 0.0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let at = ((micros.len() - 1) as f64 * share).round() as usize;
    *micros.select_nth_unstable(at).1 as f64 / 1000.0
}
