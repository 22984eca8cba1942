//! What another process imports is heard by the subscriber of a running server, all of it and soon.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{DatabaseConnection, EntityTrait};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::chain::{CHAIN, Link};
use crate::clock::now;
use crate::document::document;
use crate::editor::Editor;
use crate::figures::Times;
use crate::place::{Place, output};
use crate::server::Server;
use crate::socket::{Caller, Said, Socket};
use crate::{Plan, Proven};

/// Between two looks at the head of the ledger: how late a commit may be noted.
const LOOK: Duration = Duration::from_millis(1);
/// For the next event.
const PATIENCE: Duration = Duration::from_mins(1);
/// Milliseconds from commit to arrival for 99 of 100 events.
const SOON: f64 = 250.0;

pub async fn prove(plan: &Plan<'_>) -> Proven<String> {
    let entries = i64::try_from(plan.options.entries.unwrap_or(2_500)).unwrap();
    let rounds = plan.options.rounds.unwrap_or(1);
    let place = Place::new(plan.backend).await;
    let editor = Editor::new(&place.token().await?);
    let server = Server::start(&place).await;
    let mut link = Link::genesis(&editor, server.address).await;
    let lags = Times::default();
    for round in 0..rounds {
        let last = link.seq + entries;
        let heard = tokio::spawn(listen(server.address, link.clone(), last));
        let db = Arc::new(place.outsider().await);
        let watching = tokio::spawn(watch(Arc::clone(&db), last));
        let file = place.file("document.json");
        let statements = u64::try_from(entries - 2).expect("it is above two");
        std::fs::write(
            &file,
            document(&format!("import-{round}"), statements).to_string(),
        )
        .unwrap();
        let import = place.command(&["import", &file.display().to_string()]);
        let (imported, heard, commits) = tokio::join!(output(import), heard, watching);
        if !imported.status.success() {
            return Err(format!("the import failed: {imported:?}"));
        }
        let (at, arrivals) = heard.map_err(|error| error.to_string())??;
        link = at;
        note(&lags, arrivals, commits.expect("it only looks"));
    }
    server.stop().await;
    place.verify().await?;
    if plan.options.timed && lags.within(990) > SOON {
        return Err(format!("from commit to arrival: {lags}"));
    }
    Ok(format!(
        "{} entries imported by another process, 0 missed; from commit to arrival {lags}",
        lags.count()
    ))
}

/// From the commit that an entry came with to its arrival.
fn note(lags: &Times, arrivals: Vec<(i64, i64)>, mut commits: VecDeque<(i64, i64)>) {
    for (seq, arrived) in arrivals {
        while commits.front().is_some_and(|(head, _)| *head < seq) {
            commits.pop_front();
        }
        lags.note(arrived - commits.front().map_or(arrived, |(_, at)| *at));
    }
}

/// Up to the last entry; when each arrived, by seq.
async fn listen(
    server: std::net::SocketAddr,
    mut link: Link,
    last: i64,
) -> Proven<(Link, Vec<(i64, i64)>)> {
    let mut arrivals = Vec::new();
    let mut socket = Socket::open(server, Caller::default()).await.unwrap();
    let variables = json!({ "after": link.cursor });
    socket.subscribe("1", CHAIN, &variables).await.unwrap();
    while link.seq < last {
        let said = timeout(PATIENCE, socket.next()).await;
        let said = said.map_err(|_| format!("nothing comes after entry {}", link.seq))?;
        match said.unwrap() {
            Said::Event(_, data) => link.follow(&data["entry"])?,
            Said::Error(message) => return Err(message.to_string()),
        }
        arrivals.push((link.seq, now()));
    }
    Ok((link, arrivals))
}

/// Each head that was seen committed up to the last entry, and when.
async fn watch(db: Arc<DatabaseConnection>, last: i64) -> VecDeque<(i64, i64)> {
    let mut commits = VecDeque::new();
    let mut seen = 0;
    while seen < last {
        let head = entity::ledger_head::Entity::find_by_id(1)
            .one(&*db)
            .await
            .unwrap();
        let seq = head.map_or(0, |head| head.seq);
        if seq > seen {
            seen = seq;
            commits.push_back((seq, now()));
        }
        sleep(LOOK).await;
    }
    commits
}
