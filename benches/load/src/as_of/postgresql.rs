//! The same questions, answered by `PostgreSQL` with hand-written SQL.
//!
//! `demarche import` filled the database; `sql/setup.sql` adds what an expert would add. Every statement is prepared, and
//! returns its answer as JSON in the shape of our `data`.

use std::time::{Duration, Instant};

use postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use postgres::{Client, NoTls, Statement};
use serde_json::{Value, json};

use super::moment::Day;
use super::question::{CELLS, Question, Variations};
use crate::Result;
use crate::http::Client as HttpClient;
use crate::options::Options;
use crate::process::{Processes, cpu_seconds};
use crate::sequence::{Sequence, is_fast, set_counts};

const SET_UP: [&str; 3] = [
    include_str!("../sql/setup.sql"),
    include_str!("../sql/position_at.sql"),
    include_str!("../sql/outcome_at.sql"),
];
/// Later than every entry, and earlier than the retraction of a statement that was never retracted.
const ALWAYS: i64 = i64::MAX - 1;

impl ToSql for Day {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&self.0.to_be_bytes());
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::DATE
    }

    to_sql_checked!();
}

/// A connection with one prepared question.
struct Peer {
    client: Client,
    statement: Statement,
}

impl Peer {
    fn connect(options: &Options, cell: &str) -> Result<Self> {
        let mut client = connect(options)?;
        // Planning anew would cost more than the answer.
        client.batch_execute("SET plan_cache_mode = force_generic_plan")?;
        let types = [Type::DATE, Type::DATE, Type::INT8, Type::TEXT];
        let statement = client.prepare_typed(sql_of(cell)?, &types)?;
        Ok(Self { client, statement })
    }

    fn ask(&mut self, question: &Question) -> Result<String> {
        let recorded_by = match question.recorded_seq {
            None => ALWAYS,
            Some(seq) => self.recorded_at(seq)?,
        };
        self.ask_at(question, recorded_by)
    }

    fn ask_at(&mut self, question: &Question, recorded_by: i64) -> Result<String> {
        let (first, second) = question.days;
        let arguments: [&(dyn ToSql + Sync); 4] = [&first, &second, &recorded_by, &question.text];
        let row = self.client.query_one(&self.statement, &arguments)?;
        Ok(row.get(0))
    }

    fn recorded_at(&mut self, seq: i64) -> Result<i64> {
        let select = "SELECT recorded_at FROM fact WHERE id = $1";
        Ok(self.client.query_one(select, &[&seq])?.get(0))
    }

    fn pid(&mut self) -> Result<u32> {
        let pid: i32 = self
            .client
            .query_one("SELECT pg_backend_pid()", &[])?
            .get(0);
        Ok(pid.try_into()?)
    }
}

fn connect(options: &Options) -> Result<Client> {
    let url = options.text("postgres").ok_or("--postgres missing")?;
    Ok(Client::connect(url, NoTls)?)
}

fn sql_of(cell: &str) -> Result<&'static str> {
    Ok(match cell {
        "tallyAt" => include_str!("../sql/tally.sql"),
        "pageAt" => include_str!("../sql/page.sql"),
        "chart" => include_str!("../sql/chart.sql"),
        "positionAt" => include_str!("../sql/positions.sql"),
        "statementsAt" => include_str!("../sql/statements.sql"),
        other => return Err(format!("no SQL for {other}").into()),
    })
}

/// Creates the database that `--database` names, as a copy of that of `--template` if there is one.
pub(crate) fn create(options: &Options) -> Result<()> {
    let name = options.text("database").ok_or("--database missing")?;
    let template = options.text("template");
    let template = template.map_or_else(String::new, |template| format!(" TEMPLATE {template}"));
    connect(options)?.batch_execute(&format!("CREATE DATABASE {name}{template}"))?;
    Ok(())
}

/// Drops the database that `--database` names; its connections are closed.
pub(crate) fn drop_database(options: &Options) -> Result<()> {
    let name = options.text("database").ok_or("--database missing")?;
    connect(options)?.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
    Ok(())
}

/// Adds tables, indexes and functions to an imported database.
pub(crate) fn set_up(options: &Options) -> Result<()> {
    let mut client = connect(options)?;
    for script in SET_UP {
        client.batch_execute(script)?;
    }
    client.batch_execute("VACUUM (ANALYZE, FREEZE)")?;
    Ok(())
}

/// Measures a cell; CPU is that of the backend processes, one for each connection.
pub(crate) fn measure(options: &Options) -> Result<()> {
    let cell = options.operand("cell")?;
    let questions = Variations::read(&options.variables_path)?.questions(cell)?;
    let mut peer = Peer::connect(options, cell)?;
    let mut recorded = Vec::new();
    for question in &questions {
        let seq = question.recorded_seq;
        recorded.push(seq.map_or(Ok(ALWAYS), |seq| peer.recorded_at(seq))?);
    }
    let ask = |peer: &mut Peer, index: usize| {
        let number = index % questions.len();
        Ok(peer.ask_at(&questions[number], recorded[number])?.len())
    };
    let pid = peer.pid()?;
    let sequence = Sequence::new(options, pid, Processes::server(pid))?;
    let mut line = sequence.measure(&mut |index| ask(&mut peer, index))?;
    if is_fast(&line) {
        let connections = options.number("connections", 16)?;
        let peers = (0..connections).map(|_| Peer::connect(options, cell));
        measure_many(
            options,
            &mut peers.collect::<Result<Vec<_>>>()?,
            ask,
            &mut line,
        )?;
    }
    line["label"] = json!(options.text("label"));
    line["cell"] = json!(cell);
    println!("{line}");
    Ok(())
}

/// Measures the same questions over many connections, after a warm-up as long.
fn measure_many(
    options: &Options,
    peers: &mut [Peer],
    ask: impl Fn(&mut Peer, usize) -> Result<usize> + Sync,
    line: &mut Value,
) -> Result<()> {
    let time = Duration::from_secs_f64(options.number("seconds", 2.0)?);
    let mut pids = Vec::new();
    for peer in &mut *peers {
        pids.push(peer.pid()?);
    }
    let cpu = || {
        pids.iter()
            .map(|pid| cpu_seconds(*pid))
            .sum::<Result<f64>>()
    };
    run_many(peers, &ask, time)?;
    let (start, cpu_before) = (Instant::now(), cpu()?);
    let count = run_many(peers, &ask, time)?;
    let elapsed = start.elapsed();
    set_counts(line, count, elapsed, cpu()? - cpu_before);
    Ok(())
}

/// The number of answers that all connections received.
fn run_many(
    peers: &mut [Peer],
    ask: &(impl Fn(&mut Peer, usize) -> Result<usize> + Sync),
    time: Duration,
) -> Result<u64> {
    let start = Instant::now();
    let run = |first: usize, peer: &mut Peer| {
        let mut count = 0;
        while start.elapsed() < time {
            // Texts of errors, because the errors themselves cannot leave their thread.
            ask(peer, first * 7 + count).map_err(|error| error.to_string())?;
            count += 1;
        }
        Ok::<_, String>(count as u64)
    };
    let run = &run;
    std::thread::scope(|scope| {
        let started = peers.iter_mut().enumerate();
        let threads: Vec<_> = started
            .map(|(first, peer)| scope.spawn(move || run(first, peer)))
            .collect();
        let mut count = 0;
        for thread in threads {
            count += thread.join().map_err(|_| "a thread panicked")??;
        }
        Ok(count)
    })
}

/// Compares the answers of `PostgreSQL` with ours: all of a cell, or as many as `--seconds` allow.
/// # Errors
/// The first difference, with the request and both answers.
pub(crate) fn check(options: &Options) -> Result<()> {
    let variations = Variations::read(&options.variables_path)?;
    let time = Duration::from_secs_f64(options.number("seconds", 20.0)?);
    let mut ours = HttpClient::connect(options.address)?;
    let mut compared = json!({});
    for cell in CELLS.into_iter().filter(|cell| sql_of(cell).is_ok()) {
        let mut peer = Peer::connect(options, cell)?;
        let start = Instant::now();
        let mut count = 0;
        for question in variations.questions(cell)? {
            let theirs: Value = serde_json::from_str(&peer.ask(&question)?)?;
            let our = ours.execute(&question.body, None)?;
            if our != theirs {
                let request = question.body;
                return Err(format!(
                    "{cell}: answers differ\n{request}\nours       {our}\npostgresql {theirs}"
                )
                .into());
            }
            count += 1;
            if start.elapsed() > time {
                break;
            }
        }
        compared[cell] = json!(count);
    }
    println!("{compared}");
    Ok(())
}
