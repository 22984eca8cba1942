//! CPU and memory of the server's process, from `/proc`, and quantiles of what was measured.

use std::fs;

use crate::Result;

/// `USER_HZ` of Linux on x86-64 and Arm.
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU seconds of a process, user and system, all threads; in steps of 10 ms.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the process may hold anything, so fields are counted from its closing parenthesis.
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks = fields.skip(11).take(2).map(str::parse::<u64>);
    Ok(ticks.sum::<std::result::Result<u64, _>>()? as f64 / TICKS_PER_SECOND)
}

/// Resident memory in KiB.
pub(crate) fn resident_kib(pid: u32) -> Result<u64> {
    status_kib(pid, "VmRSS:")
}

/// The highest resident memory in KiB since the start or [`reset_peak`].
pub(crate) fn peak_resident_kib(pid: u32) -> Result<u64> {
    status_kib(pid, "VmHWM:")
}

/// Makes the current resident memory the highest; without the permission, the highest stays that since the start.
pub(crate) fn reset_peak(pid: u32) {
    drop(fs::write(format!("/proc/{pid}/clear_refs"), "5"));
}

fn status_kib(pid: u32, name: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .ok_or_else(|| format!("no {name}"))?;
    Ok(line.trim_end_matches("kB").trim().parse()?)
}

/// The quantile `share` (0 to 1) in milliseconds; 0 if nothing was measured.
pub(crate) fn quantile_ms(micros: &mut [u64], share: f64) -> f64 {
    if micros.is_empty() {
        return 0.0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let index = ((micros.len() - 1) as f64 * share).round() as usize;
    *micros.select_nth_unstable(index).1 as f64 / 1000.0
}
