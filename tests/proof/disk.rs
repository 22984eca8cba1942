//! A disk that is full, or that fails: writes are refused and nothing of them is left, readers and subscribers go on,
//! and so do writers once they can.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::sleep;

use crate::backend::Backend;
use crate::place::Place;
use crate::postgres::Postgres;
use crate::scene::Scene;
use crate::server::{Server, is_traced};
use crate::small_disk::SmallDisk;
use crate::{Plan, Proven};

/// Statements that take more than the space that is left.
const MOST: u64 = 3_000;
/// Statements in which a single call fails; if it belongs to a checkpoint, none of them is refused.
const FEW: u64 = 30;
/// Bytes that may be left.
const LEFT: u64 = 200 << 10;

pub async fn prove(plan: &Plan<'_>) -> Proven<Option<String>> {
    let rounds = plan.options.rounds.unwrap_or(4);
    let full = full(plan, rounds).await?;
    let faults = match plan.backend {
        Backend::Sqlite => faults(plan, rounds).await?,
        // It ends all its processes at such a fault, and begins anew.
        Backend::Postgres(_) => "LEFT OUT: calls on its log that fail".to_owned(),
    };
    Ok(Some(format!(
        "{full}; {faults}; reading went on, nothing was half written"
    )))
}

async fn full(plan: &Plan<'_>, rounds: u64) -> Proven<String> {
    let small = match plan.backend {
        Backend::Sqlite => Small::of_sqlite().await,
        Backend::Postgres(_) => Small::of_postgres().await,
    };
    match small {
        Ok(small) => small.fill(rounds, plan.options.seed).await,
        Err(why) => Ok(format!("LEFT OUT: a full disk: {why}")),
    }
}

/// A database on a small disk.
struct Small {
    place: Place,
    disk: SmallDisk,
    /// The server of the database, and the directory under the disk.
    _kept: Option<(Backend, tempfile::TempDir)>,
}

impl Small {
    async fn of_sqlite() -> Proven<Self> {
        let mut place = Place::new(&Backend::Sqlite).await;
        let disk = SmallDisk::mount(place.path())?;
        place.enter(disk.entrance());
        Ok(Self {
            place,
            disk,
            _kept: None,
        })
    }

    /// Its rows and indexes; what PostgreSQL has for all its databases, such as its log, is elsewhere.
    async fn of_postgres() -> Proven<Self> {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let disk = SmallDisk::mount(directory.path())?;
        let mut postgres = Postgres::start(&disk.entrance())?;
        let tables = disk.make_directory("tables", postgres.user())?;
        postgres.keep_in(&tables).await?;
        let backend = Backend::Postgres(postgres);
        let place = Place::new(&backend).await;
        Ok(Self {
            place,
            disk,
            _kept: Some((backend, directory)),
        })
    }

    async fn fill(self, rounds: u64, seed: u64) -> Proven<String> {
        let mut random = fastrand::Rng::with_seed(seed);
        let server = Server::start(&self.place).await;
        let mut scene = Scene::set(&self.place, server.address, "full").await?;
        for round in 1..=rounds {
            let at = |violation| format!("full disk, round {round}: {violation}");
            self.disk.fill(random.u64(0..LEFT));
            if !scene.write(MOST, "STORAGE_FULL").await.map_err(at)? {
                return Err(at(format!("{MOST} statements fit on a full disk")));
            }
            scene.read().await.map_err(at)?;
            scene.write(3, "STORAGE_FULL").await.map_err(at)?;
            self.disk.free();
            scene.recover().await.map_err(at)?;
        }
        let refused = scene.end(server, &self.place).await?;
        Ok(format!(
            "{rounds} times a full disk (tmpfs), {refused} writes refused with STORAGE_FULL"
        ))
    }
}

/// What the kernel is made to answer, and what that is to the client.
/// Which of the two syncs it is, is up to how SQLite was compiled.
const FAULTS: [(&str, &str, u32, &str); 4] = [
    ("fsync,fdatasync", "EIO", 6, "INTERNAL_SERVER_ERROR"),
    ("pwrite64", "EIO", 150, "INTERNAL_SERVER_ERROR"),
    ("pwrite64", "ENOSPC", 150, "STORAGE_FULL"),
    ("fsync,fdatasync", "ENOSPC", 6, "INTERNAL_SERVER_ERROR"),
];

async fn faults(plan: &Plan<'_>, rounds: u64) -> Proven<String> {
    let is_there = Command::new("strace").arg("-V").output();
    if !is_there.is_ok_and(|output| output.status.success()) {
        return Ok("LEFT OUT: calls that fail: there is no strace".to_owned());
    }
    let mut random = fastrand::Rng::with_seed(plan.options.seed);
    let place = Place::new(plan.backend).await;
    let server = Server::start(&place).await;
    let mut scene = Scene::set(&place, server.address, "faults").await?;
    for round in 1..=rounds {
        let (call, error, calls, code) = FAULTS[random.usize(..FAULTS.len())];
        let (at, lasts) = (random.u32(1..=calls), random.bool());
        let violated = |violation| {
            let from = if lasts { "from" } else { "at" };
            format!("round {round}, {call} fails with {error} {from} number {at}: {violation}")
        };
        let when = if lasts { "+" } else { "" };
        let fault = format!("{call}:error={error}:when={at}{when}");
        let mut tracer = inject(&place, &server, &fault).await;
        let most = if lasts { MOST } else { FEW };
        let is_refused = scene.write(most, code).await.map_err(violated)?;
        if lasts && !is_refused {
            return Err(violated(format!("{MOST} statements were recorded")));
        }
        scene.read().await.map_err(violated)?;
        end(&mut tracer);
        scene.recover().await.map_err(violated)?;
    }
    let refused = scene.end(server, &place).await?;
    Ok(format!(
        "{rounds} calls on the log that failed (EIO, ENOSPC), {refused} writes refused"
    ))
}

/// Attaches a tracer to the server; from its return on, the call is counted and fails.
async fn inject(place: &Place, server: &Server, fault: &str) -> Child {
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
    command.arg("-P").arg(place.file("demarche.db-wal"));
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let tracer = command.spawn().unwrap();
    while !is_traced(server.process()) {
        sleep(Duration::from_millis(5)).await;
    }
    tracer
}

/// Lets the server go on untraced.
fn end(tracer: &mut Child) {
    let kill = Command::new("kill").arg(tracer.id().to_string()).status();
    assert!(kill.unwrap().success());
    tracer.wait().unwrap();
}
