//! Subscribers that stop reading are cut, harm nobody, and miss nothing when they come back.

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
    let (memory, connections) = (server.resident(), server.connections());
    let wake = Arc::new(Notify::new());
    let sleepers = stall(server.address, stalled, &genesis, &wake).await?;
    let (cut, most) = wait_until_cut(&server, connections, limit + PATIENCE).await?;
    sleep(phase.saturating_sub(cut)).await;
    let during = crowd.shared.lags.take();
    let last = speaker.end().await;
    crowd.end(last).await?;
    wake.notify_waiters();
    for sleeper in sleepers {
        catch_up(server.address, sleeper.await.unwrap()?, last).await?;
    }
    server.stop().await;
    place.verify().await?;
    let (cut_after, memory, most) = (cut.as_secs_f32(), memory / 1_024, most / 1_024);
    let report = format!(
        "{stalled} of {subscribers} stop reading: the last is cut after {cut_after:.1} s (send timeout {limit:?}); \
         the others hear, before: {before}; meanwhile: {during}; memory {memory} MB before, {most} MB at most; \
         0 missed by anybody"
    );
    let is_slower = during.within(990) > before.within(990) * 1.1;
    if plan.options.timed && (cut > limit + SLACK || is_slower) {
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

/// How long it took until the server had hung up on all of them, and its most kilobytes meanwhile.
async fn wait_until_cut(
    server: &Server,
    connections: usize,
    patience: Duration,
) -> Proven<(Duration, u64)> {
    let begun = Instant::now();
    let mut most = server.resident();
    while server.connections() > connections {
        if begun.elapsed() > patience {
            return Err(format!("who does not read is not cut within {patience:?}"));
        }
        sleep(Duration::from_millis(50)).await;
        most = most.max(server.resident());
    }
    Ok((begun.elapsed(), most))
}

/// Comes back by cursor, and hears the rest.
async fn catch_up(server: SocketAddr, link: Link, last: i64) -> Proven {
    if link.seq >= last {
        return Err("a subscriber that took nothing was sent everything".to_owned());
    }
    let (_sender, door) = watch::channel(server);
    Crowd::gather(1, &[door], &link).await?.end(last).await
}
