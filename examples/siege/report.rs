//! What was measured, in a table.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::time::{interval, sleep};

use crate::garrison::Watched;
use crate::server::Server;

/// One while, of quiet or of siege.
pub struct Round {
    watched: Watched,
    /// Of a processor, in hundredths.
    load: f64,
    /// Most kibibytes of memory.
    memory: u64,
}

#[derive(Default)]
pub struct Report {
    quiet: Vec<Round>,
    siege: Vec<Round>,
    /// Attack, what came back, how often.
    answers: BTreeMap<(String, String), u32>,
    /// Kibibytes, before and at the end.
    memory: [u64; 2],
    descriptors: [usize; 2],
}

/// The server's keep-alive interval, and a little.
const CLOSING: Duration = Duration::from_secs(13);
/// Descriptors that come and go in peace: files of the database.
const FEW: usize = 4;

impl Round {
    pub async fn of(watch: impl Future<Output = Watched>, server: &Server) -> Self {
        let (start, before) = (Instant::now(), server.cpu());
        let mut memory = 0;
        let mut pace = interval(Duration::from_millis(250));
        let mut watch = pin!(watch);
        let watched = loop {
            tokio::select! {
                watched = &mut watch => break watched,
                _ = pace.tick() => memory = server.memory().max(memory),
            }
        };
        let used = server.cpu().saturating_sub(before);
        let load = 100.0 * used.as_secs_f64() / start.elapsed().as_secs_f64();
        Self {
            watched,
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

    /// `answers` is what the attackers print.
    pub fn add(&mut self, quiet: Round, siege: Round, answers: &str) {
        self.quiet.push(quiet);
        self.siege.push(siege);
        for line in answers.lines() {
            let mut parts = line.split('\t').map(str::to_owned);
            if let (Some(attack), Some(kind), Some(count)) =
                (parts.next(), parts.next(), parts.next())
            {
                *self.answers.entry((attack, kind)).or_default() +=
                    count.parse::<u32>().unwrap_or(0);
            }
        }
    }

    /// Once what was cut is closed: that nobody reads a quiet stream any more shows when it is next written to
    /// (--keep-alive-interval).
    pub async fn end(&mut self, server: &Server) {
        let latest = Instant::now() + CLOSING;
        while server.descriptors() > self.descriptors[0] + FEW && Instant::now() < latest {
            sleep(Duration::from_millis(200)).await;
        }
        self.memory[1] = server.memory();
        self.descriptors[1] = server.descriptors();
    }

    /// Whether everybody was answered, and every change heard.
    pub fn is_whole(&self) -> bool {
        self.quiet
            .iter()
            .chain(&self.siege)
            .all(|round| round.watched.unanswered + round.watched.missed == 0)
    }
}

/// The median of the rounds.
fn median(rounds: &[Round], of: impl Fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
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
        writeln!(f, "{:28}{:>10}{:>10}{:>8}", "", "quiet", "siege", "ratio")?;
        let mut row = |what: &str, of: &dyn Fn(&Round) -> f64| {
            let (quiet, siege) = (median(&self.quiet, of), median(&self.siege, of));
            writeln!(
                f,
                "{what:28}{quiet:>10.1}{siege:>10.1}{:>8.2}",
                siege / quiet
            )
        };
        for percent in [50, 99] {
            row(&format!("query, p{percent}, ms"), &|it| {
                percentile(&it.watched.answers, percent)
            })?;
            row(&format!("write, p{percent}, ms"), &|it| {
                percentile(&it.watched.writes, percent)
            })?;
            row(&format!("change heard, p{percent}, ms"), &|it| {
                percentile(&it.watched.changes, percent)
            })?;
        }
        row("a core's time used, %", &|it| it.load)?;
        self.counts(f)
    }
}

impl Report {
    fn counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum = |rounds: &[Round], of: fn(&Watched) -> usize| -> usize {
            rounds.iter().map(|it| of(&it.watched)).sum()
        };
        let mut row = |what: &str, of: fn(&Watched) -> usize| {
            writeln!(
                f,
                "{what:28}{:>10}{:>10}",
                sum(&self.quiet, of),
                sum(&self.siege, of)
            )
        };
        row("queries answered", |it| it.answers.len())?;
        row("changes heard", |it| it.changes.len())?;
        row("changes missed", |it| it.missed)?;
        row("not answered", |it| it.unanswered)?;
        let sieges: Vec<String> = self.siege.iter().map(|it| mib(it.memory)).collect();
        let [start, end] = self.memory.map(mib);
        let sieges = sieges.join(", ");
        writeln!(
            f,
            "memory, MiB: {start} at the start, at most {sieges} in the sieges, {end} at the end"
        )?;
        let [start, end] = self.descriptors;
        writeln!(f, "descriptors: {start} at the start, {end} at the end\n")?;
        for ((attack, kind), count) in &self.answers {
            writeln!(f, "{attack:20}{kind:32}{count:>8}")?;
        }
        Ok(())
    }
}
