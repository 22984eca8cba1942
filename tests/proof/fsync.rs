//! Nothing is acknowledged before it was synced: what the server, and PostgreSQL, ask of the kernel, call by call.
//!
//! Each entry names its key, in the log as in the answer. A sync of the log must begin after the entry was written
//! there, or after PostgreSQL was told to commit it, and return before the answer is sent.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::backend::Backend;
use crate::editor::{Editor, Story};
use crate::place::Place;
use crate::postgres::Postgres;
use crate::server::{OPTIONS, Server, is_traced};
use crate::trace::{Call, Calls};
use crate::{Plan, Proven};

const WRITERS: u64 = 8;
/// Everything received by PostgreSQL, which takes 8 kB at once, and whole pages of SQLite are shown.
const SHOWN: [&str; 6] = ["-f", "-y", "-q", "-s", "9000", "-o"];
const CALLS: &str = "trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg";
const CALLS_OF_POSTGRES: &str = "trace=fdatasync,fsync,recvfrom,write,writev,sendto,sendmsg";

pub async fn prove(plan: &Plan<'_>) -> Proven<Option<String>> {
    let is_there = Command::new("strace").arg("-V").output();
    if !is_there.is_ok_and(|output| output.status.success()) {
        println!("LEFT OUT: syncs: there is no strace");
        return Ok(None);
    }
    let postgres = plan.backend.postgres();
    if postgres.is_some_and(|postgres| !postgres.is_ours()) {
        println!("LEFT OUT: syncs: that PostgreSQL is not ours to trace");
        return Ok(None);
    }
    let wanted = plan.options.acknowledgements.unwrap_or(240);
    let acknowledged = wanted / WRITERS * WRITERS;
    let trace = trace(plan, wanted / WRITERS).await?;
    if trace.acknowledged != acknowledged {
        let found = trace.acknowledged;
        return Err(format!(
            "{found} acknowledgements in the trace, {acknowledged} were heard"
        ));
    }
    Ok(Some(format!(
        "{acknowledged} acknowledgements, each after a sync of the log that holds it; {} syncs",
        trace.syncs
    )))
}

/// What is seen while each writer records so many statements.
async fn trace(plan: &Plan<'_>, statements: u64) -> Proven<Trace> {
    let place = Place::new(plan.backend).await;
    let editor = Editor::new(&place.token().await?);
    let pipe = place.file("trace");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let reading = tokio::task::spawn_blocking({
        let pipe = pipe.clone();
        move || read(&pipe)
    });
    let (server, tracer) = match plan.backend {
        Backend::Sqlite => (Server::start_by(&place, traced(&place, &pipe)).await, None),
        Backend::Postgres(postgres) => {
            let server = Server::start(&place).await;
            let tracer = attach(&server, postgres, &pipe).await;
            (server, Some(tracer))
        }
    };
    write_all(&editor, &server, statements).await?;
    server.stop().await;
    if let Some(mut tracer) = tracer {
        let kill = Command::new("kill").arg(tracer.id().to_string()).status();
        assert!(kill.unwrap().success());
        tracer.wait().unwrap();
    }
    reading.await.map_err(|error| error.to_string())?
}

async fn write_all(editor: &Editor, server: &Server, statements: u64) -> Proven {
    let mut writers: Vec<JoinHandle<()>> = Vec::new();
    for writer in 0..WRITERS {
        let slug = format!("writer-{writer}");
        let story = editor.begin(server.address, &slug).await;
        let writing = write(editor.clone(), server.address, story, statements);
        writers.push(tokio::spawn(writing));
    }
    for writer in writers {
        writer.await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

async fn write(editor: Editor, server: std::net::SocketAddr, mut story: Story, statements: u64) {
    for _ in 0..statements {
        editor.state(server, &story.next()).await.unwrap();
    }
}

/// The server itself is the child, and what traces it its descendant.
fn traced(place: &Place, pipe: &Path) -> Command {
    let mut command = Command::new("strace");
    place.dress(&mut command);
    command.arg("-D").args(SHOWN).arg(pipe);
    command.args(["-e", CALLS, "-e", "signal=none", "--"]);
    command.arg(env!("CARGO_BIN_EXE_demarche"));
    command.args(OPTIONS).arg("--listen=127.0.0.1:0");
    command
}

/// A tracer of the server and of all of PostgreSQL, at work.
async fn attach(server: &Server, postgres: &Postgres, pipe: &Path) -> Child {
    let mut processes = postgres.processes().await;
    processes.push(server.process());
    let mut command = Command::new("strace");
    command.args(SHOWN).arg(pipe);
    command.args(["-e", CALLS_OF_POSTGRES, "-e", "signal=none"]);
    for process in &processes {
        command.args(["-p", &process.to_string()]);
    }
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let mut tracer = command.spawn().unwrap();
    while !processes.iter().all(|process| is_traced(*process)) {
        let ended = tracer.try_wait().unwrap();
        assert_eq!(ended, None, "strace cannot trace PostgreSQL");
        sleep(Duration::from_millis(5)).await;
    }
    tracer
}

type Keys = HashSet<String>;

#[derive(Default)]
struct Trace {
    acknowledged: u64,
    syncs: u64,
}

/// Reads what the tracer says until the server has ended.
/// # Errors
/// The first acknowledgement that came too soon.
fn read(pipe: &Path) -> Proven<Trace> {
    let file = std::fs::File::open(pipe).map_err(|error| error.to_string())?;
    let mut trace = Trace::default();
    let mut calls = Calls::default();
    let (mut written, mut syncing, mut synced) = (Keys::new(), Keys::new(), Keys::new());
    let mut violation = None;
    for line in BufReader::new(file).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        for call in calls.read(&line) {
            match call {
                // A page is written again with whatever else is on it.
                Call::Wrote(key) if syncing.contains(&key) || synced.contains(&key) => {}
                Call::Wrote(key) => drop(written.insert(key)),
                Call::SyncBegun => syncing.extend(written.drain()),
                Call::SyncEnded => {
                    trace.syncs += 1;
                    synced.extend(syncing.drain());
                }
                Call::Answered(key) => {
                    trace.acknowledged += 1;
                    if !synced.contains(&key) {
                        let what = format!("{key} was acknowledged before it was synced");
                        violation.get_or_insert(what);
                    }
                }
            }
        }
    }
    violation.map_or(Ok(trace), Err)
}
