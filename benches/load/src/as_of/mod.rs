//! As-of cells: questions about a moment, of this service and of `PostgreSQL` over the same rows.
//!
//! First one at a time, so that slow ones are few; fast ones then over many connections, as other queries.

mod moment;
mod postgresql;
mod prepare;
mod question;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Result;
use crate::closed_loop::ClosedLoop;
use crate::http::{Client, digest, has_errors};
use crate::options::Options;
use crate::process::{Processes, resident_kib};
use crate::sequence::{Sequence, is_fast, set_counts};
use question::is_answer;

pub(crate) use postgresql::{check, create, drop_database, measure, set_up};
pub(crate) use prepare::write_variations;
pub(crate) use question::{CELLS, Variations};

/// Measures a cell. A request that fails ends the cell; with `--may-fail 1` its
/// line then names the error, else the command fails.
pub(crate) fn run(options: &Options) -> Result<()> {
    let cell = options.operand("cell")?;
    let pid = options.number("pid", 0)?;
    let questions = Variations::read(&options.variables_path)?.questions(cell)?;
    let mut client = Client::connect(options.address)?;
    let mut digests: HashMap<usize, u64> = HashMap::new();
    let mut ask = |index: usize| {
        let number = index % questions.len();
        let response = client.post("/graphql", &questions[number].body, None)?;
        if has_errors(&response) {
            return Err(error_of(&response).into());
        }
        match digests.insert(number, digest(&response)) {
            Some(before) if before != digest(&response) => {
                return Err("another response to the same request".into());
            }
            None => {
                let parsed: Value = serde_json::from_slice(&response)?;
                if !is_answer(cell, &parsed["data"]) {
                    return Err(format!("no answer: {parsed}").into());
                }
            }
            Some(_) => {}
        }
        Ok(response.len())
    };
    let resident_before = resident_kib(pid)?;
    let sequence = Sequence::new(options, pid, Processes::of(options)?)?;
    let mut line = match sequence.measure(&mut ask) {
        Ok(line) => line,
        Err(error) if options.text("may-fail").is_some() => {
            json!({ "failed": error.to_string() })
        }
        Err(error) => return Err(error),
    };
    if is_fast(&line) {
        let bodies: Vec<String> = questions
            .into_iter()
            .map(|question| question.body)
            .collect();
        measure_many(options, &bodies, &mut line)?;
    }
    line["label"] = json!(options.text("label"));
    line["cell"] = json!(cell);
    line["resident_before_mib"] = json!(resident_before / 1024);
    line["resident_mib"] = json!(resident_kib(pid)? / 1024);
    // Of the questions that every server can be expected to reach, in order.
    line["digests"] = (0..3)
        .map_while(|number| Some(json!(format!("{:016x}", digests.get(&number)?))))
        .collect();
    println!("{line}");
    Ok(())
}

/// Measures the same requests over many connections.
pub(crate) fn measure_many(options: &Options, bodies: &[String], line: &mut Value) -> Result<()> {
    let processes = Processes::of(options)?;
    let time = Duration::from_secs_f64(options.number("seconds", 2.0)?);
    let connections = options.number("connections", 16)?;
    let mut closed_loop = ClosedLoop::start(options.address, bodies, connections, true)?;
    closed_loop.run_for(time, None)?;
    let warm_up_wrong = closed_loop.counts.wrong;
    let (start, cpu_before) = (Instant::now(), processes.cpu_seconds()?);
    closed_loop.run_for(time, None)?;
    let (elapsed, cpu) = (start.elapsed(), processes.cpu_seconds()? - cpu_before);
    set_counts(line, closed_loop.counts.responses, elapsed, cpu);
    line["wrong"] = json!(warm_up_wrong + closed_loop.counts.wrong);
    Ok(())
}

/// Code and message of the first error.
fn error_of(response: &[u8]) -> String {
    let response: Value = serde_json::from_slice(response).unwrap_or_default();
    let error = &response["errors"][0];
    let code = error["extensions"]["code"].as_str().unwrap_or("no code");
    format!("{code}: {}", error["message"].as_str().unwrap_or_default())
}
