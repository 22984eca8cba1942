//! Table of the measurements.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::time::{interval, sleep};

use crate::honest_client::Measurements;
use crate::server::Server;

/// Measurements of one baseline or attack period.
pub struct Round {
    measurements: Measurements,
    /// CPU usage, in per cent of one core.
    load: f64,
    /// Maximum memory, in kibibytes.
    memory: u64,
}

#[derive(Default)]
pub struct Report {
    baseline: Vec<Round>,
    attack: Vec<Round>,
    /// Number of outcomes, by attack and kind.
    outcomes: BTreeMap<(String, String), u32>,
    /// Kibibytes, at the start and at the end.
    memory: [u64; 2],
    descriptors: [usize; 2],
}

/// The server's keep-alive interval, plus one second.
const CLEANUP_TIMEOUT: Duration = Duration::from_secs(13);
/// Fluctuation of open descriptors without load: files of the database.
const DESCRIPTOR_TOLERANCE: usize = 4;

impl Round {
    pub async fn measure(measuring: impl Future<Output = Measurements>, server: &Server) -> Self {
        let (start, before) = (Instant::now(), server.cpu());
        let mut memory = 0;
        let mut pace = interval(Duration::from_millis(250));
        let mut measuring = pin!(measuring);
        let measurements = loop {
            tokio::select! {
                measurements = &mut measuring => break measurements,
                _ = pace.tick() => memory = server.memory().max(memory),
            }
        };
        let used = server.cpu().saturating_sub(before);
        let load = 100.0 * used.as_secs_f64() / start.elapsed().as_secs_f64();
        Self {
            measurements,
            load,
            memory,
        }
    }
}

impl Report {
    pub fn new(server: &Server) -> Self {
        Self {
            memory: [server.memory(), 0],
            descriptors: [server.descriptors(), 0],
            ..Self::default()
        }
    }

    /// `outcomes` is the output of the attacking process.
    pub fn add(&mut self, baseline: Round, attack: Round, outcomes: &str) {
        self.baseline.push(baseline);
        self.attack.push(attack);
        for line in outcomes.lines() {
            let mut parts = line.split('\t').map(str::to_owned);
            if let (Some(attack_name), Some(kind), Some(count)) =
                (parts.next(), parts.next(), parts.next())
            {
                *self.outcomes.entry((attack_name, kind)).or_default() +=
                    count.parse::<u32>().unwrap_or(0);
            }
        }
    }

    /// Waits until disconnected clients are cleaned up: an idle stream without a reader is noticed only at the next
    /// keep-alive (--keep-alive-interval).
    pub async fn finish(&mut self, server: &Server) {
        let latest = Instant::now() + CLEANUP_TIMEOUT;
        while server.descriptors() > self.descriptors[0] + DESCRIPTOR_TOLERANCE
            && Instant::now() < latest
        {
            sleep(Duration::from_millis(200)).await;
        }
        self.memory[1] = server.memory();
        self.descriptors[1] = server.descriptors();
    }

    /// Whether every request succeeded and every change was received.
    pub fn is_complete(&self) -> bool {
        self.baseline
            .iter()
            .chain(&self.attack)
            .all(|round| round.measurements.failed + round.measurements.missed == 0)
    }
}

/// Median over the rounds.
fn median(rounds: &[Round], value: impl Fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn mib(kib: u64) -> String {
    (kib / 1_024).to_string()
}

/// Milliseconds.
fn percentile(times: &[Duration], percent: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    let rank = (times.len() * percent).div_ceil(100).max(1);
    times
        .get(rank - 1)
        .map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:28}{:>10}{:>10}{:>8}",
            "", "baseline", "attack", "ratio"
        )?;
        let mut row = |label: &str, value: &dyn Fn(&Round) -> f64| {
            let (baseline, attack) = (median(&self.baseline, value), median(&self.attack, value));
            writeln!(
                f,
                "{label:28}{baseline:>10.1}{attack:>10.1}{:>8.2}",
                attack / baseline
            )
        };
        for percent in [50, 99] {
            row(&format!("query, p{percent}, ms"), &|it| {
                percentile(&it.measurements.queries, percent)
            })?;
            row(&format!("write, p{percent}, ms"), &|it| {
                percentile(&it.measurements.writes, percent)
            })?;
            row(&format!("change received, p{percent}, ms"), &|it| {
                percentile(&it.measurements.changes, percent)
            })?;
        }
        row("server CPU, % of one core", &|it| it.load)?;
        self.fmt_counts(f)
    }
}

impl Report {
    fn fmt_counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum = |rounds: &[Round], value: fn(&Measurements) -> usize| -> usize {
            rounds.iter().map(|it| value(&it.measurements)).sum()
        };
        let mut row = |label: &str, value: fn(&Measurements) -> usize| {
            writeln!(
                f,
                "{label:28}{:>10}{:>10}",
                sum(&self.baseline, value),
                sum(&self.attack, value)
            )
        };
        row("successful queries", |it| it.queries.len())?;
        row("changes received", |it| it.changes.len())?;
        row("changes missed", |it| it.missed)?;
        row("failed requests", |it| it.failed)?;
        let peaks: Vec<String> = self.attack.iter().map(|it| mib(it.memory)).collect();
        let [start, end] = self.memory.map(mib);
        let peaks = peaks.join(", ");
        writeln!(
            f,
            "memory, MiB: {start} at the start, at most {peaks} during the attacks, {end} at the end"
        )?;
        let [start, end] = self.descriptors;
        writeln!(f, "descriptors: {start} at the start, {end} at the end\n")?;
        for ((attack, kind), count) in &self.outcomes {
            writeln!(f, "{attack:20}{kind:32}{count:>8}")?;
        }
        Ok(())
    }
}
