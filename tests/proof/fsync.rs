//! Acknowledgements come after fsync, according to the system calls of the server and of PostgreSQL.
//!
//! Each entry contains its key, in the log as in the response. A sync of the log must start after the entry was written
//! to it, or after PostgreSQL received the commit, and return before the response is sent.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::backend::Backend;
use crate::deployment::Deployment;
use crate::editor::{Editor, StatementGenerator};
use crate::postgres::Postgres;
use crate::server::{SERVE_ARGUMENTS, Server, is_traced};
use crate::trace::{Call, TraceParser};
use crate::{Plan, TestResult};

const WRITERS: u64 = 8;
/// strace options: show 9,000 bytes, so that whole pages of SQLite and everything PostgreSQL receives (8 kB at once)
/// are included.
const STRACE_OPTIONS: [&str; 6] = ["-f", "-y", "-q", "-s", "9000", "-o"];
const CALLS: &str = "trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg";
const CALLS_OF_POSTGRES: &str = "trace=fdatasync,fsync,recvfrom,write,writev,sendto,sendmsg";

pub async fn run(plan: &Plan<'_>) -> TestResult<Option<String>> {
    let version = Command::new("strace").arg("-V").output();
    if !version.is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: fsync: strace is not installed");
        return Ok(None);
    }
    let postgres = plan.backend.postgres();
    if postgres.is_some_and(|postgres| !postgres.is_managed()) {
        println!("SKIPPED: fsync: the given PostgreSQL server cannot be traced");
        return Ok(None);
    }
    let target = plan.options.acknowledgements.unwrap_or(240);
    let expected = target / WRITERS * WRITERS;
    let trace = trace_writes(plan, target / WRITERS).await?;
    if trace.acknowledged != expected {
        let acknowledged = trace.acknowledged;
        return Err(format!(
            "{acknowledged} acknowledgements in the trace, but {expected} were received"
        ));
    }
    Ok(Some(format!(
        "{expected} acknowledgements, each after a sync of the log that contains it; {} syncs",
        trace.syncs
    )))
}

/// Traces the server while each writer records `statements` statements.
async fn trace_writes(plan: &Plan<'_>, statements: u64) -> TestResult<TraceSummary> {
    let deployment = Deployment::new(plan.backend).await;
    let editor = Editor::new(&deployment.token().await?);
    let pipe = deployment.file("trace");
    let mkfifo = Command::new("mkfifo").arg(&pipe).status();
    assert!(mkfifo.unwrap().success());
    let reading = tokio::task::spawn_blocking({
        let pipe = pipe.clone();
        move || read_trace(&pipe)
    });
    let (server, tracer) = match plan.backend {
        Backend::Sqlite => (
            Server::start_command(&deployment, strace_command(&deployment, &pipe)).await,
            None,
        ),
        Backend::Postgres(postgres) => {
            let server = Server::start(&deployment).await;
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

async fn write_all(editor: &Editor, server: &Server, statements: u64) -> TestResult {
    let mut writers: Vec<JoinHandle<()>> = Vec::new();
    for writer in 0..WRITERS {
        let slug = format!("writer-{writer}");
        let generator = editor.open_initiative(server.address, &slug).await;
        let task = write_statements(editor.clone(), server.address, generator, statements);
        writers.push(tokio::spawn(task));
    }
    for writer in writers {
        writer.await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

async fn write_statements(
    editor: Editor,
    server: std::net::SocketAddr,
    mut generator: StatementGenerator,
    statements: u64,
) {
    for _ in 0..statements {
        editor
            .record_statement(server, &generator.next())
            .await
            .unwrap();
    }
}

/// The server is the direct child; strace runs as a descendant (`-D`).
fn strace_command(deployment: &Deployment, pipe: &Path) -> Command {
    let mut command = Command::new("strace");
    deployment.set_environment(&mut command);
    command.arg("-D").args(STRACE_OPTIONS).arg(pipe);
    command.args(["-e", CALLS, "-e", "signal=none", "--"]);
    command.arg(env!("CARGO_BIN_EXE_demarche"));
    command.args(SERVE_ARGUMENTS).arg("--listen=127.0.0.1:0");
    command
}

/// Attaches strace to the server and to all processes of PostgreSQL.
async fn attach(server: &Server, postgres: &Postgres, pipe: &Path) -> Child {
    let mut processes = postgres.processes().await;
    processes.push(server.process());
    let mut command = Command::new("strace");
    command.args(STRACE_OPTIONS).arg(pipe);
    command.args(["-e", CALLS_OF_POSTGRES, "-e", "signal=none"]);
    for process in &processes {
        command.args(["-p", &process.to_string()]);
    }
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let mut tracer = command.spawn().unwrap();
    while !processes.iter().all(|process| is_traced(*process)) {
        let status = tracer.try_wait().unwrap();
        assert_eq!(status, None, "strace cannot trace PostgreSQL");
        sleep(Duration::from_millis(5)).await;
    }
    tracer
}

type Keys = HashSet<String>;

#[derive(Default)]
struct TraceSummary {
    acknowledged: u64,
    syncs: u64,
}

/// Reads the output of strace until the server has exited.
/// # Errors
/// The first acknowledgement that came before its sync.
fn read_trace(pipe: &Path) -> TestResult<TraceSummary> {
    let file = std::fs::File::open(pipe).map_err(|error| error.to_string())?;
    let mut trace = TraceSummary::default();
    let mut parser = TraceParser::default();
    let (mut written, mut syncing, mut synced) = (Keys::new(), Keys::new(), Keys::new());
    let mut violation = None;
    for line in BufReader::new(file).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        for call in parser.parse_line(&line) {
            match call {
                // A page is written again for other entries on it.
                Call::EntryWritten(key) if syncing.contains(&key) || synced.contains(&key) => {}
                Call::EntryWritten(key) => drop(written.insert(key)),
                Call::SyncStarted => syncing.extend(written.drain()),
                Call::SyncFinished => {
                    trace.syncs += 1;
                    synced.extend(syncing.drain());
                }
                Call::Acknowledged(key) => {
                    trace.acknowledged += 1;
                    if !synced.contains(&key) {
                        let message = format!("{key} was acknowledged before it was synced");
                        violation.get_or_insert(message);
                    }
                }
            }
        }
    }
    violation.map_or(Ok(trace), Err)
}
