//! The cost of a query: server CPU, rate and latency in a closed loop.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Result;
use crate::closed_loop::{ClosedLoop, LoopCounts};
use crate::http::Client;
use crate::options::Options;
use crate::process::{Processes, quantile_ms, resident_kib};
use crate::writer::BackgroundWriter;

pub(crate) fn run(options: &Options) -> Result<()> {
    let (variables, operation) = (options.read_variables()?, options.operand("operation")?);
    let pid = options.number("pid", 0)?;
    let processes = Processes::of(options)?;
    let interval = Duration::from_secs_f64(options.number("seconds", 3.0)?);
    let writes_per_second = options.number("writes", 0.0)?;
    let bodies = variables.bodies(operation)?;
    // Each request once, so that every measured one may find a cached response.
    let mut client = Client::connect(options.address)?;
    for body in &bodies {
        client.post("/graphql", body, None)?;
    }
    let connections = options.number("connections", 16)?;
    let is_read_only = writes_per_second == 0.0;
    let mut closed_loop = ClosedLoop::start(options.address, &bodies, connections, is_read_only)?;
    let mut writer = BackgroundWriter::new(options, &variables, writes_per_second)?;
    // The warm-up is as long as the measurement: Node compiles what runs often.
    closed_loop.run_for(interval, Some(&mut writer))?;
    let warm_up_wrong = closed_loop.counts.wrong;
    let (start, cpu_before) = (Instant::now(), processes.cpu_seconds()?);
    closed_loop.run_for(interval, Some(&mut writer))?;
    let (elapsed, cpu) = (start.elapsed(), processes.cpu_seconds()? - cpu_before);
    let mut line = report(&mut closed_loop.counts, elapsed, cpu);
    line["label"] = json!(options.text("label"));
    line["cell"] = json!(operation);
    line["writes"] = json!(writer.written);
    line["wrong"] = json!(warm_up_wrong + closed_loop.counts.wrong);
    line["resident_mib"] = json!(resident_kib(pid)? / 1024);
    println!("{line}");
    Ok(())
}

fn report(counts: &mut LoopCounts, elapsed: Duration, cpu: f64) -> Value {
    let responses = counts.responses as f64;
    json!({
        "per_second": (responses / elapsed.as_secs_f64()).round(),
        "cpu_us": round_to_hundredths(cpu * 1e6 / responses),
        "p50_ms": quantile_ms(&mut counts.latencies_us, 0.5),
        "p99_ms": quantile_ms(&mut counts.latencies_us, 0.99),
        "bytes": counts.bytes / counts.responses,
    })
}

pub(crate) fn round_to_hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
