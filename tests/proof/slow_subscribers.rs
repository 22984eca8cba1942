//! Slow subscribers: those that stop reading are disconnected, do not affect others, and miss nothing after they
//! resume.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::background_writer::BackgroundWriter;
use crate::chain::ChainTip;
use crate::deployment::Deployment;
use crate::document::document;
use crate::editor::Editor;
use crate::histogram::Histogram;
use crate::server::{SERVE_ARGUMENTS, Server, raise_descriptors};
use crate::slow_client_monitor::SlowClientMonitor;
use crate::socket::{ClientOptions, Disconnected, ServerMessage, Socket};
use crate::subscriber_pool::{SubscriberPool, client_options};
use crate::{Plan, TestResult};

/// Number of entries, more than a kilobyte each with [`LARGE`]: more than any kernel buffers for one connection.
const ENTRIES: u64 = 1_500;
const WRITE_INTERVAL: Duration = Duration::from_millis(100);
/// The chain, with the payload repeated.
const LARGE: &str =
    "subscription($after: String) { entry: ledgerAppended(after: $after) { seq prevHash hash cursor
    a: payload b: payload c: payload d: payload e: payload f: payload g: payload h: payload } }";
/// Maximum time from the last byte accepted by a client that does not read until it is disconnected.
const MAX_DISCONNECT_TIME: Duration = Duration::from_secs(10);
/// Maximum number of bytes in the kernel per client that does not read; without a limit, Linux buffers megabytes.
const MAX_KERNEL_BYTES: u64 = 512 << 10;
/// Maximum time for any single step.
const STEP_TIMEOUT: Duration = Duration::from_mins(1);

pub async fn run(plan: &Plan<'_>) -> TestResult<String> {
    raise_descriptors();
    let is_long = plan.options.subscribers.is_some();
    let subscribers = plan.options.subscribers.unwrap_or(60);
    let slow = plan.options.slow_subscribers.unwrap_or(subscribers / 10);
    let phase = Duration::from_secs(if is_long { 20 } else { 1 });
    let deployment = Deployment::new(plan.backend).await;
    let editor = Editor::new(&deployment.token().await?);
    let server = start(&deployment, is_long).await?;
    let generator = editor
        .open_initiative(server.address, "slow-subscribers")
        .await;
    let genesis = ChainTip::genesis(&editor, server.address).await;
    let head = ChainTip::head(&editor, server.address).await;
    let (_sender, server_address) = watch::channel(server.address);
    let pool = SubscriberPool::connect(
        subscribers - slow,
        std::slice::from_ref(&server_address),
        &head,
    )
    .await?;
    let writer = BackgroundWriter::start(editor, generator, server_address, WRITE_INTERVAL);
    let mut monitor = SlowClientMonitor::new(&server, &pool);
    let wake = Arc::new(Notify::new());
    let before = monitor.run_for(phase).await?;
    let slow_tasks = subscribe_without_reading(&mut monitor, slow, &genesis, &wake).await?;
    let phases = Phases {
        before,
        filling: monitor.run_until(SlowClientMonitor::is_stalled).await?,
        stalled: monitor
            .run_until(SlowClientMonitor::is_disconnected)
            .await?,
        after: monitor.run_for(phase).await?,
    };
    let report = format!(
        "{slow} of {subscribers} subscribers stop reading: {monitor}; {phases}; 0 missed by any client"
    );
    let exceeds_buffer = monitor.max_queued_bytes > MAX_KERNEL_BYTES * slow as u64;
    let is_late = monitor.disconnect_times().0 > MAX_DISCONNECT_TIME || phases.are_slower();
    let last = writer.stop().await;
    pool.finish(last).await?;
    wake.notify_waiters();
    for task in slow_tasks {
        catch_up(server.address, task.await.unwrap()?, last).await?;
    }
    server.stop().await;
    deployment.verify().await?;
    if exceeds_buffer || plan.options.timed && is_late {
        return Err(report);
    }
    Ok(report)
}

/// Latencies of the other subscribers, with the same load in every phase.
struct Phases {
    before: Histogram,
    /// Data for the slow clients are produced and sent until the kernel accepts no more, which takes CPU time.
    filling: Histogram,
    stalled: Histogram,
    after: Histogram,
}

impl Phases {
    /// By more than a tenth.
    fn are_slower(&self) -> bool {
        let limit = self.before.percentile_ms(990) * 1.1;
        self.stalled.percentile_ms(990) > limit || self.after.percentile_ms(990) > limit
    }
}

impl fmt::Display for Phases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            before,
            filling,
            stalled,
            after,
        } = self;
        write!(
            f,
            "latency of the others before: {before}; while the data for the slow clients is sent: {filling}; while these are \
             stalled: {stalled}; after they are disconnected: {after}"
        )
    }
}

/// Starts a server on a ledger that is too large for a client that does not read.
async fn start(deployment: &Deployment, is_long: bool) -> TestResult<Server> {
    let file = deployment.file("document.json");
    std::fs::write(&file, document("before", ENTRIES).to_string()).unwrap();
    deployment
        .run_checked(&["import", &file.display().to_string()])
        .await?;
    let mut command = deployment.command(&SERVE_ARGUMENTS);
    command.arg("--listen=127.0.0.1:0");
    if !is_long {
        command.arg("--send-timeout=1s");
    }
    Ok(Server::start_command(deployment, command).await)
}

/// Connects subscribers that read nothing until `wake`; then each returns the last entry that it was sent.
async fn subscribe_without_reading(
    monitor: &mut SlowClientMonitor<'_>,
    count: usize,
    genesis: &ChainTip,
    wake: &Arc<Notify>,
) -> TestResult<Vec<JoinHandle<TestResult<ChainTip>>>> {
    let server = monitor.server.address;
    let mut slow_tasks = Vec::new();
    for number in 0..count {
        let options = ClientOptions {
            receive_buffer: Some(4_096),
            ..client_options(number)
        };
        let socket = Socket::open(server, options).await;
        let mut socket = socket.map_err(|Disconnected| "a subscriber was rejected".to_owned())?;
        let variables = json!({ "after": genesis.cursor });
        let result = socket.subscribe("1", LARGE, &variables).await;
        result.map_err(|Disconnected| "a subscriber was disconnected at once".to_owned())?;
        monitor.add_client(socket.address());
        let (wake, tip) = (Arc::clone(wake), genesis.clone());
        let notified = wake.notified_owned();
        slow_tasks.push(tokio::spawn(async move {
            notified.await;
            read_to_end(socket, tip).await
        }));
    }
    Ok(slow_tasks)
}

/// Reads everything that was sent before the connection was closed.
async fn read_to_end(mut socket: Socket, mut tip: ChainTip) -> TestResult<ChainTip> {
    loop {
        let message = timeout(STEP_TIMEOUT, socket.next()).await;
        match message.map_err(|_| "a disconnected subscriber still waits".to_owned())? {
            Ok(ServerMessage::Event(_, data)) => tip.advance(&data["entry"])?,
            Ok(ServerMessage::Error(error)) => return Err(error.to_string()),
            Err(Disconnected) => return Ok(tip),
        }
    }
}

/// Resumes by cursor and receives the rest.
async fn catch_up(server: SocketAddr, tip: ChainTip, last: i64) -> TestResult {
    if tip.seq >= last {
        return Err("a subscriber that read nothing was sent everything".to_owned());
    }
    let (_sender, server_address) = watch::channel(server);
    SubscriberPool::connect(1, &[server_address], &tip)
        .await?
        .finish(last)
        .await
}
