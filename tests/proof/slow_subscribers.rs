//! Subscribers that stop reading are cut, harm nobody, and miss nothing when they come back.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::chain::Link;
use crate::crowd::{Crowd, caller};
use crate::document::document;
use crate::editor::Editor;
use crate::figures::Times;
use crate::place::Place;
use crate::server::{OPTIONS, Server, raise_descriptors};
use crate::socket::{Caller, Gone, Said, Socket};
use crate::speaker::Speaker;
use crate::watched::Watched;
use crate::{Plan, Proven};

/// Entries of more than a kilobyte each as [`LARGE`] has them: no kernel takes so many for one who does not read.
const ENTRIES: u64 = 1_500;
const TICK: Duration = Duration::from_millis(100);
/// Of the chain, with much beside it.
const LARGE: &str =
    "subscription($after: String) { entry: ledgerAppended(after: $after) { seq prevHash hash cursor
    a: payload b: payload c: payload d: payload e: payload f: payload g: payload h: payload } }";
/// From the last byte that was taken of who does not read to the end of its connection.
const SOON: Duration = Duration::from_secs(10);
/// Bytes that the kernel may keep for each who does not read; left to itself it takes megabytes.
const KEPT: u64 = 512 << 10;
/// For anything to happen at all.
const PATIENCE: Duration = Duration::from_mins(1);

pub async fn prove(plan: &Plan<'_>) -> Proven<String> {
    raise_descriptors();
    let is_long = plan.options.subscribers.is_some();
    let subscribers = plan.options.subscribers.unwrap_or(60);
    let stalled = plan.options.stalled.unwrap_or(subscribers / 10);
    let phase = Duration::from_secs(if is_long { 20 } else { 1 });
    let place = Place::new(plan.backend).await;
    let editor = Editor::new(&place.token().await?);
    let server = start(&place, is_long).await?;
    let story = editor.begin(server.address, "stalled").await;
    let genesis = Link::genesis(&editor, server.address).await;
    let head = Link::head(&editor, server.address).await;
    let (_sender, door) = watch::channel(server.address);
    let crowd = Crowd::gather(subscribers - stalled, std::slice::from_ref(&door), &head).await?;
    let speaker = Speaker::start(editor, story, door, TICK);
    let mut watched = Watched::new(&server, &crowd);
    let wake = Arc::new(Notify::new());
    let before = watched.pass(phase).await?;
    let sleepers = stall(&mut watched, stalled, &genesis, &wake).await?;
    let phases = Phases {
        before,
        filling: watched.until(Watched::is_still).await?,
        standing: watched.until(Watched::is_cut).await?,
        after: watched.pass(phase).await?,
    };
    let report = format!(
        "{stalled} of {subscribers} stop reading: {watched}; {phases}; 0 missed by anybody"
    );
    let is_much = watched.queued > KEPT * stalled as u64;
    let is_late = watched.cut().0 > SOON || phases.are_slower();
    let last = speaker.end().await;
    crowd.end(last).await?;
    wake.notify_waiters();
    for sleeper in sleepers {
        catch_up(server.address, sleeper.await.unwrap()?, last).await?;
    }
    server.stop().await;
    place.verify().await?;
    if is_much || plan.options.timed && is_late {
        return Err(report);
    }
    Ok(report)
}

/// What the others hear, with the same to be heard in each.
struct Phases {
    before: Times,
    /// What these asked for is made and sent until the kernel takes no more, which is work like any other.
    filling: Times,
    standing: Times,
    after: Times,
}

impl Phases {
    /// By more than a tenth.
    fn are_slower(&self) -> bool {
        let most = self.before.within(990) * 1.1;
        self.standing.within(990) > most || self.after.within(990) > most
    }
}

impl fmt::Display for Phases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            before,
            filling,
            standing,
            after,
        } = self;
        write!(
            f,
            "the others hear before: {before}; while what these asked for is sent: {filling}; while they stand still: \
             {standing}; once they are cut: {after}"
        )
    }
}

/// With a ledger that is too much for who does not read.
async fn start(place: &Place, is_long: bool) -> Proven<Server> {
    let file = place.file("document.json");
    std::fs::write(&file, document("before", ENTRIES).to_string()).unwrap();
    place.say(&["import", &file.display().to_string()]).await?;
    let mut command = place.command(&OPTIONS);
    command.arg("--listen=127.0.0.1:0");
    if !is_long {
        command.arg("--send-timeout=1s");
    }
    Ok(Server::start_by(place, command).await)
}

/// Those who subscribe to much and take nothing of it until they are woken; then each gives how far it was told.
async fn stall(
    watched: &mut Watched<'_>,
    count: usize,
    genesis: &Link,
    wake: &Arc<Notify>,
) -> Proven<Vec<JoinHandle<Proven<Link>>>> {
    let server = watched.server.address;
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
        watched.hold(socket.address());
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

/// Comes back by cursor, and hears the rest.
async fn catch_up(server: SocketAddr, link: Link, last: i64) -> Proven {
    if link.seq >= last {
        return Err("a subscriber that took nothing was sent everything".to_owned());
    }
    let (_sender, door) = watch::channel(server);
    Crowd::gather(1, &[door], &link).await?.end(last).await
}
