//! Imports by another process are delivered to a subscriber of a running server, completely and soon.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{DatabaseConnection, EntityTrait};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::chain::{CHAIN_SUBSCRIPTION, ChainTip};
use crate::clock::now;
use crate::deployment::{Deployment, output};
use crate::document::document;
use crate::editor::Editor;
use crate::histogram::Histogram;
use crate::server::Server;
use crate::socket::{ClientOptions, ServerMessage, Socket};
use crate::{Plan, TestResult};

/// Interval at which the head of the ledger is polled: the error of a measured commit time.
const POLL_INTERVAL: Duration = Duration::from_millis(1);
/// Maximum time until the next event.
const EVENT_TIMEOUT: Duration = Duration::from_mins(1);
/// Maximum p99 in milliseconds from commit to arrival.
const MAX_P99_MS: f64 = 250.0;

pub async fn run(plan: &Plan<'_>) -> TestResult<String> {
    let entries = i64::try_from(plan.options.entries.unwrap_or(2_500)).unwrap();
    let rounds = plan.options.rounds.unwrap_or(1);
    let deployment = Deployment::new(plan.backend).await;
    let editor = Editor::new(&deployment.token().await?);
    let server = Server::start(&deployment).await;
    let mut tip = ChainTip::genesis(&editor, server.address).await;
    let latencies = Histogram::default();
    for round in 0..rounds {
        let last = tip.seq + entries;
        let receiving = tokio::spawn(receive(server.address, tip.clone(), last));
        let db = Arc::new(deployment.connect_to_database().await);
        let polling = tokio::spawn(poll_commits(Arc::clone(&db), last));
        let file = deployment.file("document.json");
        let statements = u64::try_from(entries - 2).expect("at least two entries");
        std::fs::write(
            &file,
            document(&format!("import-{round}"), statements).to_string(),
        )
        .unwrap();
        let import = deployment.command(&["import", &file.display().to_string()]);
        let (imported, received, commits) = tokio::join!(output(import), receiving, polling);
        if !imported.status.success() {
            return Err(format!("the import failed: {imported:?}"));
        }
        let (new_tip, arrivals) = received.map_err(|error| error.to_string())??;
        tip = new_tip;
        record_latencies(
            &latencies,
            arrivals,
            commits.expect("polling does not panic"),
        );
    }
    server.stop().await;
    deployment.verify().await?;
    if plan.options.timed && latencies.percentile_ms(990) > MAX_P99_MS {
        return Err(format!("time from commit to arrival: {latencies}"));
    }
    Ok(format!(
        "{} entries imported by another process, 0 missed; from commit to arrival {latencies}",
        latencies.count()
    ))
}

/// Records the time from the commit that contained an entry to the arrival of the entry.
fn record_latencies(
    latencies: &Histogram,
    arrivals: Vec<(i64, i64)>,
    mut commits: VecDeque<(i64, i64)>,
) {
    for (seq, arrived) in arrivals {
        while commits.front().is_some_and(|(head, _)| *head < seq) {
            commits.pop_front();
        }
        latencies.record(arrived - commits.front().map_or(arrived, |(_, at)| *at));
    }
}

/// Receives entries up to `last`; returns seq and arrival time of each.
async fn receive(
    server: std::net::SocketAddr,
    mut tip: ChainTip,
    last: i64,
) -> TestResult<(ChainTip, Vec<(i64, i64)>)> {
    let mut arrivals = Vec::new();
    let mut socket = Socket::open(server, ClientOptions::default())
        .await
        .unwrap();
    let variables = json!({ "after": tip.cursor });
    socket
        .subscribe("1", CHAIN_SUBSCRIPTION, &variables)
        .await
        .unwrap();
    while tip.seq < last {
        let message = timeout(EVENT_TIMEOUT, socket.next()).await;
        let message = message.map_err(|_| format!("no event after entry {}", tip.seq))?;
        match message.unwrap() {
            ServerMessage::Event(_, data) => tip.advance(&data["entry"])?,
            ServerMessage::Error(error) => return Err(error.to_string()),
        }
        arrivals.push((tip.seq, now()));
    }
    Ok((tip, arrivals))
}

/// Polls the head up to `last`; returns each head with the time at which it was first seen.
async fn poll_commits(db: Arc<DatabaseConnection>, last: i64) -> VecDeque<(i64, i64)> {
    let mut commits = VecDeque::new();
    let mut newest = 0;
    while newest < last {
        let head = entity::ledger_head::Entity::find_by_id(1)
            .one(&*db)
            .await
            .unwrap();
        let seq = head.map_or(0, |head| head.seq);
        if seq > newest {
            newest = seq;
            commits.push_back((seq, now()));
        }
        sleep(POLL_INTERVAL).await;
    }
    commits
}
