//! Subscribers that stop reading are cut, harm nobody, and miss nothing when they come back.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::chain::Link;
use crate::crowd::{Crowd, caller};
use crate::document::document;
use crate::editor::Editor;
use crate::figures::Times;
use crate::place::Place;
use crate::server::{OPTIONS, Server, raise_descriptors};
use crate::socket::{Caller, Gone, Said, Socket};
use crate::speaker::Speaker;
use crate::{Plan, Proven};

/// Entries of more than a kilobyte each as [`LARGE`] has them: no kernel takes so many for one who does not read.
const ENTRIES: u64 = 1_500;
const TICK: Duration = Duration::from_millis(100);
/// Of the chain, with much beside it.
const LARGE: &str =
    "subscription($after: String) { entry: ledgerAppended(after: $after) { seq prevHash hash cursor
    a: payload b: payload c: payload d: payload e: payload f: payload g: payload h: payload } }";
/// Beyond the server's own limit of time: what it takes to notice and to hang up.
const SLACK: Duration = Duration::from_secs(3);
/// For anything to happen at all.
const PATIENCE: Duration = Duration::from_mins(1);

pub async fn prove(plan: &Plan<'_>) -> Proven<String> {
    raise_descriptors();
    let is_long = plan.options.subscribers.is_some();
    let subscribers = plan.options.subscribers.unwrap_or(60);
    let stalled = plan.options.stalled.unwrap_or(subscribers / 10);
    let (limit, phase) = if is_long { (10, 20) } else { (1, 2) };
    let (limit, phase) = (Duration::from_secs(limit), Duration::from_secs(phase));
    let place = Place::new(plan.backend).await;
    let editor = Editor::new(&place.token().await?);
    let server = start(&place, limit).await?;
    let story = editor.begin(server.address, "stalled").await;
    let genesis = Link::genesis(&editor, server.address).await;
    let head = Link::head(&editor, server.address).await;
    let (_sender, door) = watch::channel(server.address);
    let crowd = Crowd::gather(subscribers - stalled, std::slice::from_ref(&door), &head).await?;
    let speaker = Speaker::start(editor, story, door, TICK);
    sleep(phase).await;
    let before = crowd.shared.lags.take();
    let wake = Arc::new(Notify::new());
    let connections = server.connections();
    let memory = server.resident();
    let sleepers = stall(server.address, stalled, &genesis, &wake).await?;
    let mut watched = Watched::until_cut(&server, &crowd, connections, limit).await?;
    sleep(phase.saturating_sub(watched.cut)).await;
    watched.standing = crowd.shared.lags.take();
    let last = speaker.end().await;
    crowd.end(last).await?;
    wake.notify_waiters();
    for sleeper in sleepers {
        catch_up(server.address, sleeper.await.unwrap()?, last).await?;
    }
    server.stop().await;
    place.verify().await?;
    let report = format!(
        "{stalled} of {subscribers} stop reading, send timeout {limit:?}: {watched}; the others before: {before}; \
         memory before {} MB; 0 missed by anybody",
        memory / 1_024
    );
    let is_slower = watched.standing.within(990) > before.within(990) * 1.1;
    if plan.options.timed && (watched.cut > limit + SLACK || is_slower) {
        return Err(report);
    }
    Ok(report)
}

/// With a ledger that is too much for who does not read.
async fn start(place: &Place, limit: Duration) -> Proven<Server> {
    let file = place.file("document.json");
    std::fs::write(&file, document("before", ENTRIES).to_string()).unwrap();
    place.say(&["import", &file.display().to_string()]).await?;
    let mut command = place.command(&OPTIONS);
    let limit = format!("--send-timeout={}s", limit.as_secs());
    command.args(["--listen=127.0.0.1:0", &limit]);
    Ok(Server::start_by(place, command).await)
}

/// Those who subscribe to much and take nothing of it until they are woken; then each gives how far it was told.
async fn stall(
    server: SocketAddr,
    count: usize,
    genesis: &Link,
    wake: &Arc<Notify>,
) -> Proven<Vec<JoinHandle<Proven<Link>>>> {
    let mut sleepers = Vec::new();
    for number in 0..count {
        let caller = Caller {
            receive_buffer: Some(4_096),
            ..caller(number)
        };
        let socket = Socket::open(server, caller).await;
        let mut socket = socket.map_err(|Gone| "a subscriber is turned away".to_owned())?;
        let variables = json!({ "after": genesis.cursor });
        let asked = socket.subscribe("1", LARGE, &variables).await;
        asked.map_err(|Gone| "a subscriber is cut at once".to_owned())?;
        let (wake, link) = (Arc::clone(wake), genesis.clone());
        let woken = wake.notified_owned();
        sleepers.push(tokio::spawn(async move {
            woken.await;
            drain(socket, link).await
        }));
    }
    Ok(sleepers)
}

/// What was sent before the cut, up to its end.
async fn drain(mut socket: Socket, mut link: Link) -> Proven<Link> {
    loop {
        let said = timeout(PATIENCE, socket.next()).await;
        match said.map_err(|_| "a subscriber that was cut still waits".to_owned())? {
            Ok(Said::Event(_, data)) => link.follow(&data["entry"])?,
            Ok(Said::Error(message)) => return Err(message.to_string()),
            Err(Gone) => return Ok(link),
        }
    }
}

/// What is seen from the moment on when all have asked and none reads.
#[derive(Default)]
struct Watched {
    /// Until the server has hung up on the last.
    cut: Duration,
    /// Kilobytes at most.
    memory: u64,
    /// The others' times in the first half of the limit: then what was asked for is made and sent until the kernel takes
    /// no more, which is work like any other.
    filling: Times,
    /// And afterwards.
    standing: Times,
}

impl Watched {
    async fn until_cut(
        server: &Server,
        crowd: &Crowd,
        connections: usize,
        limit: Duration,
    ) -> Proven<Self> {
        let begun = Instant::now();
        let mut watched = Self::default();
        let mut is_filling = true;
        while is_filling || server.connections() > connections {
            if begun.elapsed() > limit + PATIENCE {
                return Err("who does not read is not cut".to_owned());
            }
            if is_filling && begun.elapsed() > limit / 2 {
                watched.filling = crowd.shared.lags.take();
                is_filling = false;
            }
            watched.memory = watched.memory.max(server.resident());
            sleep(Duration::from_millis(50)).await;
        }
        watched.cut = begun.elapsed();
        Ok(watched)
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cut, memory) = (self.cut.as_secs_f32(), self.memory / 1_024);
        let Self {
            filling, standing, ..
        } = self;
        write!(
            f,
            "the last is cut after {cut:.1} s; the others hear, while what these asked for is sent: {filling}; while they \
             stand still and after: {standing}; memory {memory} MB at most"
        )
    }
}

/// Comes back by cursor, and hears the rest.
async fn catch_up(server: SocketAddr, link: Link, last: i64) -> Proven {
    if link.seq >= last {
        return Err("a subscriber that took nothing was sent everything".to_owned());
    }
    let (_sender, door) = watch::channel(server);
    Crowd::gather(1, &[door], &link).await?.end(last).await
}
