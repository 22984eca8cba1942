//! CPU and memory of the server's process and of its database, from `/proc`, and quantiles of what was measured.

use std::fs;

use postgres::{Client, NoTls};

use crate::Result;
use crate::options::Options;

/// `USER_HZ` of Linux on x86-64 and Arm.
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU seconds of a process, user and system, all threads; in steps of 10 ms.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64> {
    seconds_in(&stat_fields(pid)?, 2)
}

/// What answers: the server, and the PostgreSQL server that stores its data, if `--postgres` names one.
pub(crate) struct Processes {
    server: Option<u32>,
    postmaster: Option<u32>,
}

impl Processes {
    pub(crate) fn of(options: &Options) -> Result<Self> {
        let server = options.text("pid").map(str::parse).transpose()?;
        let postmaster = options.text("postgres").map(find_postmaster).transpose()?;
        Ok(Self { server, postmaster })
    }

    pub(crate) fn server(pid: u32) -> Self {
        Self {
            server: Some(pid),
            postmaster: None,
        }
    }

    /// User and system, of all threads and of all processes of the database, also of those that have ended.
    pub(crate) fn cpu_seconds(&self) -> Result<f64> {
        let server = self.server.map_or(Ok(0.0), cpu_seconds)?;
        Ok(server + self.postmaster.map_or(Ok(0.0), cpu_seconds_of_tree)?)
    }
}

/// Prints the CPU seconds of the PostgreSQL server.
pub(crate) fn print_cpu(options: &Options) -> Result<()> {
    println!("{}", Processes::of(options)?.cpu_seconds()?);
    Ok(())
}

/// The parent of a backend.
fn find_postmaster(url: &str) -> Result<u32> {
    let mut client = Client::connect(url, NoTls)?;
    let backend: i32 = client.query_one("SELECT pg_backend_pid()", &[])?.get(0);
    let fields = stat_fields(backend.try_into()?)?;
    Ok(fields.get(1).ok_or("no parent")?.parse()?)
}

/// CPU seconds of a process, of its children, and of those that have ended.
fn cpu_seconds_of_tree(pid: u32) -> Result<f64> {
    let mut seconds = seconds_in(&stat_fields(pid)?, 4)?;
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(child) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // A process may end meanwhile; its time is that of its parent then.
        let Ok(fields) = stat_fields(child) else {
            continue;
        };
        if fields
            .get(1)
            .is_some_and(|parent| *parent == pid.to_string())
        {
            seconds += seconds_in(&fields, 2)?;
        }
    }
    Ok(seconds)
}

/// The fields of `/proc/PID/stat` after the name of the process, which may hold anything: state, parent and so on.
fn stat_fields(pid: u32) -> Result<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields = stat.rsplit(')').next().unwrap_or_default();
    Ok(fields.split_whitespace().map(str::to_owned).collect())
}

/// The sum of `count` times from the user time on: user, system, and both of children that have ended.
fn seconds_in(fields: &[String], count: usize) -> Result<f64> {
    let ticks = fields
        .iter()
        .skip(11)
        .take(count)
        .map(|field| field.parse::<u64>());
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
