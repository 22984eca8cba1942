//! A disk that is full, or that fails: writes are refused and nothing of them is left, readers and subscribers go on,
//! and so do writers once they can.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::chain::Link;
use crate::crowd::Crowd;
use crate::editor::{Editor, Story, Unacknowledged};
use crate::place::{Backend, Place};
use crate::server::Server;
use crate::small_disk::SmallDisk;
use crate::{Plan, Proven};

/// Statements that take more than the space that is left.
const MOST: u64 = 3_000;
/// Statements in which a single call fails; if it belongs to a checkpoint, none of them is refused.
const FEW: u64 = 30;
/// Bytes that may be left.
const LEFT: u64 = 200 << 10;
/// For a writer to go on once it can.
const PATIENCE: Duration = Duration::from_secs(20);

pub async fn prove(plan: &Plan<'_>) -> Proven<Option<String>> {
    if matches!(plan.backend, Backend::Postgres(_)) {
        return Ok(None);
    }
    let rounds = plan.options.rounds.unwrap_or(4);
    let full = full(rounds, plan.options.seed).await?;
    let faults = faults(plan, rounds).await?;
    Ok(Some(format!(
        "{full}; {faults}; reading went on, nothing was half written"
    )))
}

/// Who writes, and who listens meanwhile.
struct Scene {
    server: SocketAddr,
    editor: Editor,
    story: Story,
    crowd: Crowd,
    _door: watch::Sender<SocketAddr>,
    acknowledged: i64,
    refused: u64,
}

impl Scene {
    async fn set(place: &Place, server: SocketAddr, slug: &str) -> Proven<Self> {
        let editor = Editor::new(&place.token().await?);
        let story = editor.begin(server, slug).await;
        let link = Link::head(&editor, server).await;
        let (sender, door) = watch::channel(server);
        let crowd = Crowd::gather(3, &[door], &link).await?;
        let acknowledged = link.seq;
        Ok(Self {
            server,
            editor,
            story,
            crowd,
            _door: sender,
            acknowledged,
            refused: 0,
        })
    }

    /// Writes so many statements, or until one is refused, which must be with this code.
    async fn write(&mut self, most: u64, code: &str) -> Proven<bool> {
        for _ in 0..most {
            let before = self.story.clone();
            match self.editor.state(self.server, &self.story.next()).await {
                Ok(acknowledged) => self.take(acknowledged.seq)?,
                Err(refused) if refused == Unacknowledged::Refused(code.to_owned()) => {
                    self.story = before;
                    self.refused += 1;
                    return Ok(true);
                }
                Err(other) => {
                    return Err(format!("a write is answered with {other:?}, not {code}"));
                }
            }
        }
        Ok(false)
    }

    /// An entry that was refused left nothing, so the next has the next number.
    fn take(&mut self, seq: i64) -> Proven {
        if seq != self.acknowledged + 1 {
            return Err(format!("entry {seq} follows entry {}", self.acknowledged));
        }
        self.acknowledged = seq;
        Ok(())
    }

    /// What can be read and heard is what was acknowledged.
    async fn read(&self) -> Proven {
        let head = Link::head(&self.editor, self.server).await;
        if head.seq != self.acknowledged {
            return Err(format!(
                "the head is {}, acknowledged was {}",
                head.seq, self.acknowledged
            ));
        }
        let countries = self
            .editor
            .query(self.server, "{ countries { name } }")
            .await;
        countries.map_err(|error| format!("a reader is answered with {error:?}"))?;
        self.crowd.wait_for(self.acknowledged).await
    }

    /// Writes the statement that was refused.
    async fn recover(&mut self) -> Proven {
        let begun = Instant::now();
        let statement = self.story.next();
        loop {
            match self.editor.state(self.server, &statement).await {
                Ok(acknowledged) => break self.take(acknowledged.seq)?,
                Err(refused) if begun.elapsed() > PATIENCE => {
                    return Err(format!("a write is still answered with {refused:?}"));
                }
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
        self.read().await
    }

    /// How many writes were refused in all.
    async fn end(self, server: Server, place: &Place) -> Proven<u64> {
        self.crowd.end(self.acknowledged).await?;
        server.stop().await;
        let entries = place.verify().await?;
        if entries != self.acknowledged {
            return Err(format!(
                "{entries} entries, acknowledged were {}",
                self.acknowledged
            ));
        }
        Ok(self.refused)
    }
}

async fn full(rounds: u64, seed: u64) -> Proven<String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut place = Place::new(&Backend::Sqlite).await;
    let disk = match SmallDisk::mount(place.path()) {
        Ok(disk) => disk,
        Err(why) => return Ok(format!("LEFT OUT: a full disk: {why}")),
    };
    place.enter(disk.entrance());
    let server = Server::start(&place).await;
    let mut scene = Scene::set(&place, server.address, "full").await?;
    for round in 1..=rounds {
        let at = |violation| format!("full disk, round {round}: {violation}");
        disk.fill(random.u64(0..LEFT));
        if !scene.write(MOST, "STORAGE_FULL").await.map_err(at)? {
            return Err(at(format!("{MOST} statements fit on a full disk")));
        }
        scene.read().await.map_err(at)?;
        scene.write(3, "STORAGE_FULL").await.map_err(at)?;
        disk.free();
        scene.recover().await.map_err(at)?;
    }
    let refused = scene.end(server, &place).await?;
    Ok(format!(
        "{rounds} times a full disk (tmpfs), {refused} writes refused with STORAGE_FULL"
    ))
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
    while !server.is_traced() {
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
