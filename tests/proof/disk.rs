//! Full or failing disk: writes are rejected completely, reads and subscriptions continue, and writes work again
//! afterwards.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::sleep;

use crate::backend::Backend;
use crate::deployment::Deployment;
use crate::postgres::Postgres;
use crate::server::{Server, is_traced};
use crate::small_disk::SmallDisk;
use crate::write_scenario::WriteScenario;
use crate::{Plan, TestResult};

/// More statements than fit into the remaining space.
const MAX_STATEMENTS: u64 = 3_000;
/// Statements written while a single call fails; if that call belongs to a checkpoint, none of them is rejected.
const STATEMENTS_PER_SINGLE_FAULT: u64 = 30;
/// Maximum number of free bytes on the full disk.
const MAX_FREE_BYTES: u64 = 200 << 10;

pub async fn run(plan: &Plan<'_>) -> TestResult<Option<String>> {
    let rounds = plan.options.rounds.unwrap_or(4);
    let full = test_full_disk(plan, rounds).await?;
    let faults = match plan.backend {
        Backend::Sqlite => test_failing_calls(plan, rounds).await?,
        // PostgreSQL stops all its processes after such an error and restarts.
        Backend::Postgres(_) => "SKIPPED: failing calls on PostgreSQL's log".to_owned(),
    };
    Ok(Some(format!(
        "{full}; {faults}; reads continued, nothing was partially written"
    )))
}

async fn test_full_disk(plan: &Plan<'_>, rounds: u64) -> TestResult<String> {
    let database = match plan.backend {
        Backend::Sqlite => SmallDatabase::with_sqlite().await,
        Backend::Postgres(_) => SmallDatabase::with_postgres().await,
    };
    match database {
        Ok(database) => database.run_rounds(rounds, plan.options.seed).await,
        Err(reason) => Ok(format!("SKIPPED: full disk: {reason}")),
    }
}

/// A database on a small disk.
struct SmallDatabase {
    deployment: Deployment,
    disk: SmallDisk,
    /// The PostgreSQL server and the directory on which the disk is mounted.
    _postgres: Option<(Backend, tempfile::TempDir)>,
}

impl SmallDatabase {
    async fn with_sqlite() -> TestResult<Self> {
        let mut deployment = Deployment::new(&Backend::Sqlite).await;
        let disk = SmallDisk::mount(deployment.path())?;
        deployment.set_prefix(disk.command_prefix());
        Ok(Self {
            deployment,
            disk,
            _postgres: None,
        })
    }

    /// Only tables and indexes are on the small disk; files that all databases share, such as PostgreSQL's log, are
    /// elsewhere.
    async fn with_postgres() -> TestResult<Self> {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let disk = SmallDisk::mount(directory.path())?;
        let mut postgres = Postgres::start(&disk.command_prefix())?;
        let tables = disk.create_directory("tables", postgres.user())?;
        postgres.use_tablespace(&tables).await?;
        let backend = Backend::Postgres(postgres);
        let deployment = Deployment::new(&backend).await;
        Ok(Self {
            deployment,
            disk,
            _postgres: Some((backend, directory)),
        })
    }

    async fn run_rounds(self, rounds: u64, seed: u64) -> TestResult<String> {
        let mut random = fastrand::Rng::with_seed(seed);
        let server = Server::start(&self.deployment).await;
        let mut scenario = WriteScenario::start(&self.deployment, server.address, "full").await?;
        for round in 1..=rounds {
            let in_round = |violation| format!("full disk, round {round}: {violation}");
            self.disk.fill(random.u64(0..MAX_FREE_BYTES));
            if !scenario
                .write(MAX_STATEMENTS, "STORAGE_FULL")
                .await
                .map_err(in_round)?
            {
                return Err(in_round(format!(
                    "{MAX_STATEMENTS} statements were written to a full disk"
                )));
            }
            scenario.check_reads().await.map_err(in_round)?;
            scenario.write(3, "STORAGE_FULL").await.map_err(in_round)?;
            self.disk.free();
            scenario.wait_for_recovery().await.map_err(in_round)?;
        }
        let rejected = scenario.finish(server, &self.deployment).await?;
        Ok(format!(
            "{rounds} times a full disk (tmpfs), {rejected} writes rejected with STORAGE_FULL"
        ))
    }
}

/// System call, injected error, largest call number and the error code that the client must receive.
/// How SQLite was compiled decides between `fsync` and `fdatasync`.
const FAULTS: [(&str, &str, u32, &str); 4] = [
    ("fsync,fdatasync", "EIO", 6, "INTERNAL_SERVER_ERROR"),
    ("pwrite64", "EIO", 150, "INTERNAL_SERVER_ERROR"),
    ("pwrite64", "ENOSPC", 150, "STORAGE_FULL"),
    ("fsync,fdatasync", "ENOSPC", 6, "INTERNAL_SERVER_ERROR"),
];

async fn test_failing_calls(plan: &Plan<'_>, rounds: u64) -> TestResult<String> {
    let version = Command::new("strace").arg("-V").output();
    if !version.is_ok_and(|output| output.status.success()) {
        return Ok("SKIPPED: failing calls: strace is not installed".to_owned());
    }
    let mut random = fastrand::Rng::with_seed(plan.options.seed);
    let deployment = Deployment::new(plan.backend).await;
    let server = Server::start(&deployment).await;
    let mut scenario = WriteScenario::start(&deployment, server.address, "faults").await?;
    for round in 1..=rounds {
        let (call, error, calls, code) = FAULTS[random.usize(..FAULTS.len())];
        let (number, is_persistent) = (random.u32(1..=calls), random.bool());
        let in_context = |violation| {
            let from = if is_persistent { "from" } else { "at" };
            format!("round {round}, {call} fails with {error} {from} call {number}: {violation}")
        };
        let when = if is_persistent { "+" } else { "" };
        let fault = format!("{call}:error={error}:when={number}{when}");
        let mut tracer = inject_fault(&deployment, &server, &fault).await;
        let limit = if is_persistent {
            MAX_STATEMENTS
        } else {
            STATEMENTS_PER_SINGLE_FAULT
        };
        let is_rejected = scenario.write(limit, code).await.map_err(in_context)?;
        if is_persistent && !is_rejected {
            return Err(in_context(format!(
                "{MAX_STATEMENTS} statements were recorded on a failing disk"
            )));
        }
        scenario.check_reads().await.map_err(in_context)?;
        detach(&mut tracer);
        scenario.wait_for_recovery().await.map_err(in_context)?;
    }
    let rejected = scenario.finish(server, &deployment).await?;
    Ok(format!(
        "{rounds} failed calls on the log (EIO, ENOSPC), {rejected} writes rejected"
    ))
}

/// Attaches strace to the server. When this returns, calls are being counted and the selected ones fail.
async fn inject_fault(deployment: &Deployment, server: &Server, fault: &str) -> Child {
    let call = fault.split(':').next().unwrap_or_default();
    let mut command = Command::new("strace");
    command.args([
        "-f",
        "-q",
        "-o",
        "/dev/null",
        "-p",
        &server.process().to_string(),
    ]);
    command.args([
        "-e",
        &format!("trace={call}"),
        "-e",
        &format!("inject={fault}"),
    ]);
    command.arg("-P").arg(deployment.file("demarche.db-wal"));
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let tracer = command.spawn().unwrap();
    while !is_traced(server.process()) {
        sleep(Duration::from_millis(5)).await;
    }
    tracer
}

/// Detaches strace; the server keeps running.
fn detach(tracer: &mut Child) {
    let kill = Command::new("kill").arg(tracer.id().to_string()).status();
    assert!(kill.unwrap().success());
    tracer.wait().unwrap();
}
