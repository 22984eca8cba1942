//! Nothing is lost and nothing grows while subscribers come and go for long.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::chain::Link;
use crate::crowd::Crowd;
use crate::editor::Editor;
use crate::place::Place;
use crate::server::{Server, raise_descriptors};
use crate::speaker::Speaker;
use crate::{Plan, Proven};

/// Between two statements.
const TICK: Duration = Duration::from_millis(100);
/// Of a hundred subscribers, so many hang up and come back in a minute.
const RESTLESS: usize = 5;
const SAMPLE: Duration = Duration::from_secs(1);
/// Percent by which memory may be larger in the last quarter than in the second.
const GROWTH: u64 = 10;

struct Sample {
    /// Kilobytes.
    resident: u64,
    descriptors: usize,
}

pub async fn prove(plan: &Plan<'_>) -> Proven<String> {
    raise_descriptors();
    let subscribers = plan.options.subscribers.unwrap_or(60);
    let minutes = plan.options.minutes.unwrap_or(0.05);
    let place = Place::new(plan.backend).await;
    let editor = Editor::new(&place.token().await?);
    let server = Server::start(&place).await;
    let story = editor.begin(server.address, "soak").await;
    let link = Link::head(&editor, server.address).await;
    let (_sender, door) = watch::channel(server.address);
    let crowd = Crowd::gather(subscribers, std::slice::from_ref(&door), &link).await?;
    let speaker = Speaker::start(editor, story, door, TICK);
    let length = Duration::from_secs_f64(minutes * 60.0);
    let samples = watch_over(&server, &crowd, subscribers, length, plan.options.seed).await;
    let last = speaker.end().await;
    let shared = Arc::clone(&crowd.shared);
    crowd.end(last).await?;
    server.stop().await;
    place.verify().await?;
    let (quarters, memory) = quarters(&samples);
    let report = format!(
        "{minutes} min, {subscribers} subscribers, {} events heard, {} resumes, 0 missed; from recording to arrival {}; {memory}",
        shared.heard.load(Ordering::Relaxed),
        shared.resumes.load(Ordering::Relaxed),
        shared.lags,
    );
    if plan.options.timed && quarters[3] > quarters[1] * (100 + GROWTH) / 100 {
        return Err(format!("memory grows: {report}"));
    }
    Ok(report)
}

async fn watch_over(
    server: &Server,
    crowd: &Crowd,
    subscribers: usize,
    length: Duration,
    seed: u64,
) -> Vec<Sample> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut samples = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < length {
        sleep(SAMPLE).await;
        samples.push(Sample {
            resident: server.resident(),
            descriptors: server.descriptors(),
        });
        for _ in 0..subscribers {
            if random.usize(..100 * 60) < RESTLESS {
                crowd.hang_up(random.usize(..subscribers));
            }
        }
    }
    samples
}

/// The largest memory of each quarter, in kilobytes, and what to say of it.
fn quarters(samples: &[Sample]) -> ([u64; 4], String) {
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
