//! Soak test: nothing is lost and nothing grows while subscribers connect and disconnect for a long time.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::background_writer::BackgroundWriter;
use crate::chain::ChainTip;
use crate::deployment::Deployment;
use crate::editor::Editor;
use crate::server::{Server, raise_descriptors};
use crate::subscriber_pool::SubscriberPool;
use crate::{Plan, TestResult};

/// Pause between two statements.
const WRITE_INTERVAL: Duration = Duration::from_millis(100);
/// Per cent of the subscribers that disconnect and resume in a minute.
const DISCONNECT_PERCENT_PER_MINUTE: usize = 5;
const SAMPLE_INTERVAL: Duration = Duration::from_secs(1);
/// Allowed memory growth from the first quarter to the last, in kilobytes: what the bounds let grow with the ledger, and a fifth.
/// These are the histories for the writer, the newest events and their payloads, and the entries that changed what
/// (docs/operating.md, "Memory: the sum of the bounds").
const MAX_GROWTH: u64 = 35_000 / 5 * 6;

struct Sample {
    /// Kilobytes.
    resident: u64,
    descriptors: usize,
}

pub async fn run(plan: &Plan<'_>) -> TestResult<String> {
    raise_descriptors();
    let subscribers = plan.options.subscribers.unwrap_or(60);
    let minutes = plan.options.minutes.unwrap_or(0.05);
    let deployment = Deployment::new(plan.backend).await;
    let editor = Editor::new(&deployment.token().await?);
    let server = Server::start(&deployment).await;
    let generator = editor.open_initiative(server.address, "soak").await;
    let tip = ChainTip::head(&editor, server.address).await;
    let (_sender, server_address) = watch::channel(server.address);
    let pool =
        SubscriberPool::connect(subscribers, std::slice::from_ref(&server_address), &tip).await?;
    let writer = BackgroundWriter::start(editor, generator, server_address, WRITE_INTERVAL);
    let length = Duration::from_secs_f64(minutes * 60.0);
    let samples = sample_usage(&server, &pool, subscribers, length, plan.options.seed).await;
    let last = writer.stop().await;
    let state = Arc::clone(&pool.state);
    pool.finish(last).await?;
    server.stop().await;
    deployment.verify().await?;
    let (quarters, memory) = memory_by_quarter(&samples);
    let report = format!(
        "{minutes} min, {subscribers} subscribers, {} events received, {} resumes, 0 missed; from recording to arrival {}; {memory}",
        state.delivered.load(Ordering::Relaxed),
        state.resumes.load(Ordering::Relaxed),
        state.latencies,
    );
    if plan.options.timed && quarters[3] > quarters[0] + MAX_GROWTH {
        return Err(format!("memory grows: {report}"));
    }
    Ok(report)
}

async fn sample_usage(
    server: &Server,
    pool: &SubscriberPool,
    subscribers: usize,
    length: Duration,
    seed: u64,
) -> Vec<Sample> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut samples = Vec::new();
    let started = Instant::now();
    while started.elapsed() < length {
        sleep(SAMPLE_INTERVAL).await;
        samples.push(Sample {
            resident: server.resident(),
            descriptors: server.descriptors(),
        });
        for _ in 0..subscribers {
            if random.usize(..100 * 60) < DISCONNECT_PERCENT_PER_MINUTE {
                pool.disconnect(random.usize(..subscribers));
            }
        }
    }
    samples
}

/// The largest memory of each quarter in kilobytes, and a summary.
fn memory_by_quarter(samples: &[Sample]) -> ([u64; 4], String) {
    let quarter = samples.len().div_ceil(4).max(1);
    let mut largest = [0; 4];
    for (largest, quarter) in largest.iter_mut().zip(samples.chunks(quarter)) {
        *largest = quarter
            .iter()
            .map(|sample| sample.resident)
            .max()
            .unwrap_or(0);
    }
    let descriptors = || samples.iter().map(|sample| sample.descriptors);
    let (least, most) = (
        descriptors().min().unwrap_or(0),
        descriptors().max().unwrap_or(0),
    );
    let megabytes = largest.map(|kilobytes| kilobytes / 1_024);
    (
        largest,
        format!("memory by quarters {megabytes:?} MB, {least} to {most} descriptors"),
    )
}
