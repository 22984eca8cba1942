//! Webhooks: a receiver that fails at random gets each change at least once and in order, with one id, while servers are killed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use demarche::model::webhook::secret::Secret;
use sea_orm::{ConnectionTrait, Statement};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::background_writer::BackgroundWriter;
use crate::deployment::Deployment;
use crate::editor::Editor;
use crate::server::{SERVE_ARGUMENTS, Server};
use crate::{Plan, TestResult};

/// Fast retries, so that failures cost little time.
const WEBHOOK_ARGUMENTS: [&str; 5] = [
    // Links start with it, so several servers send one body only if they share it.
    "--public-url=https://demarche.example",
    "--webhook-allow-loopback",
    "--webhook-timeout=500ms",
    "--webhook-retry-delay=10ms",
    "--webhook-attempts=1000",
];
/// Later than the time limit of a delivery: the receiver has the change, and the server does not know it.
const LATE: Duration = Duration::from_millis(700);
const WRITERS: usize = 2;
/// Longest wait for the next change, with the expiry of a lease.
const DELIVERY_TIMEOUT: Duration = Duration::from_mins(1);

pub async fn run(plan: &Plan<'_>) -> TestResult<String> {
    let rounds = plan.options.rounds.unwrap_or(2);
    let events = plan.options.events.unwrap_or(rounds * 30);
    let deployment = Deployment::new(plan.backend).await;
    let editor = Editor::new(&deployment.token().await?);
    let mut servers = vec![start(&deployment, None).await];
    if plan.backend.postgres().is_some() {
        servers.push(start(&deployment, None).await);
    }
    let (_sender, address) = watch::channel(servers[0].address);
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let slug = format!("writer-{writer}");
        let generator = editor.open_initiative(servers[0].address, &slug).await;
        let pause = Duration::from_millis(1);
        writers.push((generator, address.clone(), pause));
    }
    let receiver = Receiver::start(plan.options.seed).await;
    receiver.add_to(&deployment).await?;
    let writers: Vec<BackgroundWriter> = writers
        .into_iter()
        .map(|(generator, address, pause)| {
            BackgroundWriter::start(editor.clone(), generator, address, pause)
        })
        .collect();
    for round in 1..=rounds {
        receiver.wait_for(events * round / rounds).await?;
        let killed = usize::try_from(round).unwrap_or(0) % servers.len();
        servers[killed].kill();
        servers[killed] = start(&deployment, Some(servers[killed].address)).await;
    }
    for writer in writers {
        writer.stop().await;
    }
    let expected = list_changes(&deployment).await;
    receiver.wait_for(expected.len() as u64).await?;
    for server in servers {
        server.stop().await;
    }
    let Log { seqs, repeated, .. } = receiver.finish()?;
    if seqs != expected {
        return Err(format!("received {seqs:?}, recorded {expected:?}"));
    }
    deployment.verify().await?;
    Ok(format!(
        "{} changes received in order, 0 missed, {repeated} repeated with the same id and body, {rounds} servers killed",
        seqs.len()
    ))
}

async fn start(deployment: &Deployment, address: Option<std::net::SocketAddr>) -> Server {
    let address = address.unwrap_or(([127, 0, 0, 1], 0).into());
    let mut command = deployment.command(&SERVE_ARGUMENTS);
    command.args(WEBHOOK_ARGUMENTS);
    command.arg(format!("--listen={address}"));
    Server::start_command(deployment, command).await
}

/// The seqs of all changes, in order.
async fn list_changes(deployment: &Deployment) -> Vec<i64> {
    let db = deployment.connect_to_database().await;
    let sql = "SELECT seq FROM stance_change ORDER BY seq";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(query).await.unwrap();
    let seqs = rows.iter().map(|row| row.try_get_by_index(0).unwrap());
    seqs.collect()
}

/// What a receiver has received, and the first violation.
#[derive(Default)]
struct Log {
    seqs: Vec<i64>,
    repeated: u64,
    /// The id and the body of the newest change, and whether it was answered as accepted.
    newest: (String, String, bool),
    violation: Option<String>,
    secret: Option<Secret>,
}

impl Log {
    fn record(&mut self, headers: &HeaderMap, body: &str, is_accepted: bool) -> TestResult {
        let text = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.ok_or_else(|| format!("no {name}"))
        };
        let (id, timestamp) = (text("webhook-id")?, text("webhook-timestamp")?);
        let secret = self.secret.as_ref().ok_or("a delivery before the start")?;
        let seconds = timestamp.parse().map_err(|_| timestamp.to_owned())?;
        if text("webhook-signature")? != secret.sign(id, seconds, body) {
            return Err(format!("{id} has another signature"));
        }
        let seq = id.split('_').nth(1).and_then(|seq| seq.parse().ok());
        let seq: i64 = seq.ok_or_else(|| format!("an id without seq: {id}"))?;
        let (newest_id, newest_body, was_accepted) = &mut self.newest;
        if self.seqs.last() == Some(&seq) {
            if (newest_id.as_str(), newest_body.as_str()) != (id, body) {
                return Err(format!("{id} was {newest_id}, or had another body"));
            }
            self.repeated += 1;
            *was_accepted |= is_accepted;
            return Ok(());
        }
        if let Some(last) = self
            .seqs
            .last()
            .filter(|last| **last > seq || !*was_accepted)
        {
            return Err(format!("{seq} after {last}, accepted: {was_accepted}"));
        }
        self.seqs.push(seq);
        self.newest = (id.to_owned(), body.to_owned(), is_accepted);
        Ok(())
    }
}

struct Receiver {
    url: String,
    log: Arc<Mutex<Log>>,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    log: Arc<Mutex<Log>>,
    random: Arc<Mutex<fastrand::Rng>>,
}

impl Receiver {
    async fn start(seed: u64) -> Self {
        let log = Arc::<Mutex<Log>>::default();
        let shared = Shared {
            log: Arc::clone(&log),
            random: Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))),
        };
        let routes = Router::new().fallback(receive).with_state(shared);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, log, task }
    }

    async fn add_to(&self, deployment: &Deployment) -> TestResult {
        let add = ["webhook", "add", &self.url, "--webhook-allow-loopback"];
        let printed = deployment.run_checked(&add).await?;
        let secret = printed.lines().nth(1).unwrap_or_default();
        self.log.lock().unwrap().secret = Some(Secret::parse(secret)?);
        Ok(())
    }

    /// Waits until a number of different changes has arrived.
    async fn wait_for(&self, count: u64) -> TestResult {
        loop {
            let known = self.len();
            if known >= count {
                return self.check();
            }
            let grows = async {
                while self.len() == known {
                    sleep(Duration::from_millis(5)).await;
                }
            };
            if timeout(DELIVERY_TIMEOUT, grows).await.is_err() {
                return Err(format!("{known} of {count} changes arrived, then none"));
            }
            self.check()?;
        }
    }

    fn len(&self) -> u64 {
        self.log.lock().unwrap().seqs.len() as u64
    }

    fn check(&self) -> TestResult {
        let violation = self.log.lock().unwrap().violation.clone();
        violation.map_or(Ok(()), Err)
    }

    fn finish(self) -> TestResult<Log> {
        self.check()?;
        self.task.abort();
        Ok(std::mem::take(&mut *self.log.lock().unwrap()))
    }
}

/// Fails in a seventh of the cases: with an error, a redirect, or an answer that comes too late.
async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: String) -> Response {
    let case = shared.random.lock().unwrap().u8(..100);
    let is_accepted = !(2..14).contains(&case);
    {
        let mut log = shared.log.lock().unwrap();
        let recorded = log.record(&headers, &body, is_accepted);
        if let (Err(violation), None) = (recorded, &log.violation) {
            log.violation = Some(violation);
        }
    }
    match case {
        0..2 => {
            sleep(LATE).await;
            StatusCode::OK.into_response()
        }
        2..4 => (StatusCode::FOUND, [(header::LOCATION, "/")]).into_response(),
        4..14 => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}
