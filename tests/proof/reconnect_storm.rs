//! Reconnect storm: after a restart all subscribers are soon connected again, and none has missed an entry.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::background_writer::BackgroundWriter;
use crate::chain::ChainTip;
use crate::deployment::Deployment;
use crate::editor::Editor;
use crate::histogram::Histogram;
use crate::server::{Server, raise_descriptors};
use crate::subscriber_pool::SubscriberPool;
use crate::{Plan, TestResult};

/// Pause between two statements.
const WRITE_INTERVAL: Duration = Duration::from_millis(100);
/// Maximum time in milliseconds from the kill until every subscriber has received an entry recorded after the restart.
const MAX_RECONNECT_MS: f64 = 30_000.0;

pub async fn run(plan: &Plan<'_>) -> TestResult<String> {
    raise_descriptors();
    let subscribers = plan.options.subscribers.unwrap_or(60);
    let rounds = plan.options.rounds.unwrap_or(2);
    let deployment = Deployment::new(plan.backend).await;
    let editor = Editor::new(&deployment.token().await?);
    let mut server = Server::start(&deployment).await;
    let address = server.address;
    let generator = editor.open_initiative(address, "reconnect-storm").await;
    let tip = ChainTip::head(&editor, address).await;
    let (_sender, server_address) = watch::channel(address);
    let pool =
        SubscriberPool::connect(subscribers, std::slice::from_ref(&server_address), &tip).await?;
    let writer = BackgroundWriter::start(editor, generator, server_address, WRITE_INTERVAL);
    let times = Histogram::default();
    let mut random = fastrand::Rng::with_seed(plan.options.seed);
    for _ in 0..rounds {
        sleep(Duration::from_millis(random.u64(300..1_500))).await;
        let started = Instant::now();
        server.kill();
        let last_before_kill = writer.last_seq();
        server = Server::start_on(&deployment, address).await;
        // The write in flight at the kill, and one that was certainly recorded after it.
        pool.wait_for(last_before_kill + 2).await?;
        times.record(i64::try_from(started.elapsed().as_micros()).unwrap());
    }
    let last = writer.stop().await;
    let state = std::sync::Arc::clone(&pool.state);
    pool.finish(last).await?;
    server.stop().await;
    deployment.verify().await?;
    if plan.options.timed && times.percentile_ms(1_000) > MAX_RECONNECT_MS {
        return Err(format!("time until all subscribers were back: {times}"));
    }
    Ok(format!(
        "{rounds} restarts under {subscribers} subscribers, {} events received, 0 missed; all back after {times}",
        state.delivered.load(std::sync::atomic::Ordering::Relaxed)
    ))
}
