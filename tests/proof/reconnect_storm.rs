//! After a restart every subscriber is back soon, and nobody has missed anything.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::chain::Link;
use crate::crowd::Crowd;
use crate::editor::Editor;
use crate::figures::Times;
use crate::place::Place;
use crate::server::{Server, raise_descriptors};
use crate::speaker::Speaker;
use crate::{Plan, Proven};

/// Between two statements.
const TICK: Duration = Duration::from_millis(100);
/// From the kill to the first event that every subscriber hears of what was recorded after it, in milliseconds.
const SOON: f64 = 30_000.0;

pub async fn prove(plan: &Plan<'_>) -> Proven<String> {
    raise_descriptors();
    let subscribers = plan.options.subscribers.unwrap_or(60);
    let rounds = plan.options.rounds.unwrap_or(2);
    let place = Place::new(plan.backend).await;
    let editor = Editor::new(&place.token().await?);
    let mut server = Server::start(&place).await;
    let address = server.address;
    let story = editor.begin(address, "herd").await;
    let link = Link::head(&editor, address).await;
    let (_sender, door) = watch::channel(address);
    let crowd = Crowd::gather(subscribers, std::slice::from_ref(&door), &link).await?;
    let speaker = Speaker::start(editor, story, door, TICK);
    let times = Times::default();
    let mut random = fastrand::Rng::with_seed(plan.options.seed);
    for _ in 0..rounds {
        sleep(Duration::from_millis(random.u64(300..1_500))).await;
        let begun = Instant::now();
        server.kill();
        let before = speaker.last();
        server = Server::start_on(&place, address).await;
        // The one under way when the server was killed, and one that nobody can have heard before.
        crowd.wait_for(before + 2).await?;
        times.note(i64::try_from(begun.elapsed().as_micros()).unwrap());
    }
    let last = speaker.end().await;
    let shared = std::sync::Arc::clone(&crowd.shared);
    crowd.end(last).await?;
    server.stop().await;
    place.verify().await?;
    if plan.options.timed && times.within(1_000) > SOON {
        return Err(format!("until all were back: {times}"));
    }
    Ok(format!(
        "{rounds} restarts under {subscribers} subscribers, {} events heard, 0 missed; until all were back {times}",
        shared.heard.load(std::sync::atomic::Ordering::Relaxed)
    ))
}
