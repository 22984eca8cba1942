//! Writers: connections that each record one statement after the other, and what that costs the server and its database.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::Result;
use crate::event::EventRequests;
use crate::http::{Client, has_errors};
use crate::options::Options;
use crate::process::{Processes, quantile_ms};
use crate::query::round_to_hundredths;

/// The requests of all writers, and the number of the next one.
struct Requests {
    events: EventRequests,
    next: usize,
}

impl Requests {
    fn next_body(&mut self) -> String {
        self.next += 1;
        self.events.next_body(None, self.next)
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let writers: usize = options.operand("number of writers")?.parse()?;
    let variables = options.read_variables()?;
    let interval = Duration::from_secs_f64(options.number("seconds", 3.0)?);
    let requests = Mutex::new(Requests {
        events: EventRequests::new(options, &variables)?,
        next: 0,
    });
    let processes = Processes::of(options)?;
    write_for(interval, writers, options, &requests)?;
    let (start, before) = (Instant::now(), processes.cpu_seconds()?);
    let mut latencies_us = write_for(interval, writers, options, &requests)?;
    let (elapsed, cpu) = (start.elapsed(), processes.cpu_seconds()? - before);
    let written = latencies_us.len() as f64;
    let line = json!({
        "label": options.text("label"),
        "cell": format!("record-{writers}"),
        "per_second": (written / elapsed.as_secs_f64()).round(),
        "cpu_us": round_to_hundredths(cpu * 1e6 / written),
        "p50_ms": quantile_ms(&mut latencies_us, 0.5),
        "p99_ms": quantile_ms(&mut latencies_us, 0.99),
        "wrong": 0,
    });
    println!("{line}");
    Ok(())
}

/// The time of each write. A writer that has started one waits for it.
/// # Errors
/// A write that the server rejected.
fn write_for(
    time: Duration,
    writers: usize,
    options: &Options,
    requests: &Mutex<Requests>,
) -> Result<Vec<u64>> {
    let end = Instant::now() + time;
    let token = options.text("token");
    let write = || -> std::result::Result<Vec<u64>, String> {
        let failed = |error: Box<dyn std::error::Error>| error.to_string();
        let mut client = Client::connect(options.address).map_err(failed)?;
        let mut latencies = Vec::new();
        // At least one, so that a slow server has a figure.
        while latencies.is_empty() || Instant::now() < end {
            let body = requests
                .lock()
                .map_err(|error| error.to_string())?
                .next_body();
            let sent_at = Instant::now();
            let response = client.post("/graphql", &body, token).map_err(failed)?;
            if has_errors(&response) {
                return Err(String::from_utf8_lossy(&response).into_owned());
            }
            latencies.push(u64::try_from(sent_at.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
        Ok(latencies)
    };
    let all = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..writers).map(|_| scope.spawn(write)).collect();
        let results = threads.into_iter().map(|thread| {
            let result = thread.join();
            result.unwrap_or_else(|_| Err("a writer panicked".to_owned()))
        });
        results.collect::<std::result::Result<Vec<_>, _>>()
    });
    Ok(all?.concat())
}
