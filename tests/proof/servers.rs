//! Several servers on one PostgreSQL database push everything that any of them records, while their notification
//! connections are cut and one server is killed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tokio::sync::watch;
use tokio::time::{Instant, interval, sleep};

use crate::background_writer::BackgroundWriter;
use crate::chain::ChainTip;
use crate::deployment::Deployment;
use crate::editor::Editor;
use crate::histogram::Histogram;
use crate::server::Server;
use crate::subscriber_pool::{ServerAddress, SubscriberPool};
use crate::{Plan, TestResult};

const SERVERS: usize = 3;
const WRITERS: usize = 6;
/// Interval between two cuts, and between two checks for remaining listeners.
const CUT_INTERVAL: Duration = Duration::from_secs(2);
const LISTENER_CHECK_INTERVAL: Duration = Duration::from_millis(25);
/// Consecutive checks without a listener, after which notifications count as disabled.
const REQUIRED_QUIET_CHECKS: u32 = 40;
/// Pause between two statements of a writer at full speed, and while latencies are measured.
const FULL_SPEED_INTERVAL: Duration = Duration::from_millis(1);
const WRITE_INTERVAL: Duration = Duration::from_millis(100);
/// Maximum p99 in milliseconds from recording to arrival, with notifications and without.
const MAX_NOTIFIED_P99_MS: f64 = 100.0;
const MAX_POLLED_P99_MS: f64 = 1_500.0;

pub async fn run(plan: &Plan<'_>) -> TestResult<Option<String>> {
    let Some(postgres) = plan.backend.postgres() else {
        return Ok(None);
    };
    let events = i64::try_from(plan.options.events.unwrap_or(600)).unwrap();
    let phase = Duration::from_secs(if plan.options.events.is_some() { 30 } else { 2 });
    let admin = postgres.admin().await;
    let mut group = ServerGroup::start(plan).await?;
    let pool = SubscriberPool::connect(SERVERS, &group.addresses, &group.tip).await?;
    let cuts = group.write_under_faults(events, &admin).await?;
    let newest = ChainTip::head(&group.editor, group.servers[0].address).await;
    pool.wait_for(newest.seq).await?;
    pool.state.latencies.take();
    let last = group.write_for(phase).await;
    pool.wait_for(last).await?;
    let notified = pool.state.latencies.take();
    let disabled = disable_notifications(&admin, group.deployment.database_name()).await;
    let last = group.write_for(phase).await;
    pool.wait_for(last).await?;
    let polled = pool.state.latencies.take();
    allow_connections(&admin, group.deployment.database_name(), true).await;
    let state = Arc::clone(&pool.state);
    pool.finish(last).await?;
    group.stop().await?;
    let delivered = state.delivered.load(Ordering::Relaxed);
    let report = format!(
        "{delivered} events received at {SERVERS} servers, {cuts} of their notification connections cut, one server killed, 0 missed; \
         from recording to arrival with notifications {notified}; without notifications ({disabled} connections cut) {polled}"
    );
    check_latencies(plan, &notified, &polled, &report).map(|()| Some(report.clone()))
}

fn check_latencies(
    plan: &Plan<'_>,
    notified: &Histogram,
    polled: &Histogram,
    report: &str,
) -> TestResult {
    let is_late = notified.percentile_ms(990) > MAX_NOTIFIED_P99_MS
        || polled.percentile_ms(990) > MAX_POLLED_P99_MS;
    if plan.options.timed && is_late {
        return Err(report.to_owned());
    }
    Ok(())
}

struct ServerGroup {
    deployment: Deployment,
    editor: Editor,
    servers: Vec<Server>,
    addresses: Vec<ServerAddress>,
    _senders: Vec<watch::Sender<std::net::SocketAddr>>,
    generators: Vec<crate::editor::StatementGenerator>,
    tip: ChainTip,
}

impl ServerGroup {
    async fn start(plan: &Plan<'_>) -> TestResult<Self> {
        let deployment = Deployment::new(plan.backend).await;
        let editor = Editor::new(&deployment.token().await?);
        let (mut servers, mut senders, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..SERVERS {
            let server = Server::start(&deployment).await;
            let (sender, address) = watch::channel(server.address);
            servers.push(server);
            senders.push(sender);
            addresses.push(address);
        }
        let mut generators = Vec::new();
        for writer in 0..=WRITERS {
            let slug = format!("writer-{writer}");
            generators.push(editor.open_initiative(servers[0].address, &slug).await);
        }
        let tip = ChainTip::head(&editor, servers[0].address).await;
        Ok(Self {
            deployment,
            editor,
            servers,
            addresses,
            _senders: senders,
            generators,
            tip,
        })
    }

    /// Writes entries through all servers while connections are cut and a server is killed; returns the number of cuts.
    async fn write_under_faults(
        &mut self,
        events: i64,
        admin: &DatabaseConnection,
    ) -> TestResult<u64> {
        let generators = self.generators.iter().take(WRITERS).cloned();
        let addresses = self.addresses.iter().cycle().cloned();
        let start = |(generator, address)| {
            BackgroundWriter::start(self.editor.clone(), generator, address, FULL_SPEED_INTERVAL)
        };
        let writers: Vec<BackgroundWriter> = generators.zip(addresses).map(start).collect();
        let last = |writers: &[BackgroundWriter]| {
            writers
                .iter()
                .map(BackgroundWriter::last_seq)
                .max()
                .unwrap_or(0)
        };
        let (mut cuts, mut is_killed) = (0, false);
        let mut started = Instant::now();
        while last(&writers) < self.tip.seq + events {
            sleep(Duration::from_millis(20)).await;
            if started.elapsed() > CUT_INTERVAL || cuts == 0 {
                cuts += terminate_listeners(admin).await;
                started = Instant::now();
            }
            if !is_killed && last(&writers) > self.tip.seq + events / 2 {
                is_killed = true;
                let server = self.servers.last_mut().expect("there are three servers");
                server.kill();
                *server = Server::start_on(&self.deployment, server.address).await;
            }
        }
        for writer in writers {
            writer.stop().await;
        }
        Ok(cuts)
    }

    /// Writes at intervals for the duration; returns the last entry.
    async fn write_for(&mut self, length: Duration) -> i64 {
        let generator = self
            .generators
            .last()
            .expect("one more than the writers")
            .clone();
        let writer = BackgroundWriter::start(
            self.editor.clone(),
            generator,
            self.addresses[0].clone(),
            WRITE_INTERVAL,
        );
        sleep(length).await;
        let last = writer.stop().await;
        let statements = self
            .generators
            .last_mut()
            .expect("one more than the writers");
        // The next call continues after these statements.
        for _ in 0..length.as_millis() / WRITE_INTERVAL.as_millis() + 10 {
            statements.next();
        }
        last
    }

    async fn stop(self) -> TestResult {
        for server in self.servers {
            server.stop().await;
        }
        self.deployment.verify().await.map(drop)
    }
}

/// Terminates every connection that waits for notifications; returns their number.
async fn terminate_listeners(admin: &DatabaseConnection) -> u64 {
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE query ILIKE 'listen%' AND pid <> pg_backend_pid()";
    let query = Statement::from_string(admin.get_database_backend(), sql);
    let row = admin.query_one_raw(query).await.unwrap().unwrap();
    let terminated: i64 = row.try_get_by_index(0).unwrap();
    u64::try_from(terminated).expect("a count is not negative")
}

/// Disables notifications: terminates all listeners and rejects new connections. Returns the number of cuts.
async fn disable_notifications(admin: &DatabaseConnection, database: &str) -> u64 {
    allow_connections(admin, database, false).await;
    let (mut ticks, mut cuts, mut quiet) = (interval(LISTENER_CHECK_INTERVAL), 0, 0);
    // A connection made just before may start to listen a moment later.
    while quiet < REQUIRED_QUIET_CHECKS {
        ticks.tick().await;
        let terminated = terminate_listeners(admin).await;
        cuts += terminated;
        quiet = if terminated == 0 { quiet + 1 } else { 0 };
    }
    cuts
}

/// Allows or rejects new connections to the database.
async fn allow_connections(admin: &DatabaseConnection, database: &str, allowed: bool) {
    let sql = format!("ALTER DATABASE {database} ALLOW_CONNECTIONS {allowed}");
    admin.execute_unprepared(&sql).await.unwrap();
}
