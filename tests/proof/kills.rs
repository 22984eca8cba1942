//! Acknowledged writes survive a kill of the server, or of PostgreSQL, at any moment.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::deployment::Deployment;
use crate::editor::{Acknowledgement, Editor, Statement, StatementGenerator, WriteFailure};
use crate::ledger_reader::{LedgerReader, check_acknowledged};
use crate::server::Server;
use crate::{Plan, TestResult};

const WRITERS: usize = 8;
/// Maximum time for the acknowledgements of one round, including a recovery of PostgreSQL.
const ROUND_TIMEOUT: Duration = Duration::from_mins(2);
/// One of this many kills hits PostgreSQL itself.
const POSTGRES_KILL_PERIOD: u64 = 5;

#[derive(Default)]
struct Count {
    kills: u64,
    crashes: u64,
    acknowledged: u64,
    repeated: u64,
}

pub async fn run(plan: &Plan<'_>) -> TestResult<String> {
    let rounds = plan.options.rounds.unwrap_or(10);
    let target = plan.options.acknowledgements.unwrap_or(rounds * 20);
    let mut random = fastrand::Rng::with_seed(plan.options.seed);
    let mut test = KillTest::start(plan).await?;
    for round in 1..=rounds {
        let share = target * round / rounds;
        test.run_round(share, round, &mut random)
            .await
            .map_err(|violation| format!("round {round} of {rounds}: {violation}"))?;
    }
    let Count {
        kills,
        crashes,
        acknowledged,
        repeated,
    } = test.count;
    let entries = test.finish().await?;
    Ok(format!(
        "{kills} kills of the server and {crashes} of the database, {acknowledged} acknowledgements, 0 lost; \
         {repeated} repeated, each with the first result; {entries} entries, chain valid"
    ))
}

struct KillTest<'p> {
    plan: &'p Plan<'p>,
    deployment: Deployment,
    server: Server,
    editor: Editor,
    server_address: watch::Sender<Option<SocketAddr>>,
    acknowledged_writes: Arc<Mutex<Vec<(Statement, Acknowledgement)>>>,
    writers: Vec<JoinHandle<()>>,
    ledger: LedgerReader,
    count: Count,
}

impl<'p> KillTest<'p> {
    async fn start(plan: &'p Plan<'p>) -> TestResult<Self> {
        let deployment = Deployment::new(plan.backend).await;
        let editor = Editor::new(&deployment.token().await?);
        let server = Server::start(&deployment).await;
        let (server_address, _) = watch::channel(Some(server.address));
        let acknowledged_writes = Arc::default();
        let mut writers = Vec::new();
        for writer in 0..WRITERS {
            let generator = editor
                .open_initiative(server.address, &format!("writer-{writer}"))
                .await;
            let task = write_until_stopped(
                editor.clone(),
                generator,
                server_address.subscribe(),
                Arc::clone(&acknowledged_writes),
            );
            writers.push(tokio::spawn(task));
        }
        let db = deployment.connect_to_database().await;
        let ledger = LedgerReader::at_genesis(&db).await;
        db.close().await.unwrap();
        let count = Count::default();
        Ok(Self {
            plan,
            deployment,
            server,
            editor,
            server_address,
            acknowledged_writes,
            writers,
            ledger,
            count,
        })
    }

    /// Waits for `target` acknowledgements in total, kills and restarts the server, and checks the ledger.
    async fn run_round(
        &mut self,
        target: u64,
        round: u64,
        random: &mut fastrand::Rng,
    ) -> TestResult {
        sleep(Duration::from_millis(random.u64(50..500))).await;
        timeout(ROUND_TIMEOUT, self.wait_for(target))
            .await
            .map_err(|_| format!("timeout before {target} acknowledgements"))?;
        let postgres = self
            .plan
            .backend
            .postgres()
            .filter(|postgres| postgres.is_managed());
        if let Some(postgres) = postgres.filter(|_| round.is_multiple_of(POSTGRES_KILL_PERIOD)) {
            postgres.crash().await;
            self.count.crashes += 1;
        } else {
            self.server.kill();
            self.server_address.send_replace(None);
            self.count.kills += 1;
        }
        let writes = std::mem::take(&mut *self.acknowledged_writes.lock().unwrap());
        self.count.acknowledged += writes.len() as u64;
        if self.server_address.borrow().is_none() {
            self.server = Server::start(&self.deployment).await;
            self.server_address.send_replace(Some(self.server.address));
        }
        self.check_ledger(&writes).await?;
        for (statement, first) in writes.iter().rev().step_by(10).take(5) {
            let repeated_response = timeout(ROUND_TIMEOUT, self.repeat(statement)).await;
            let repeated_response =
                repeated_response.map_err(|_| "a repeated write timed out".to_owned())?;
            if repeated_response != *first {
                return Err(format!(
                    "a repeated write returned {repeated_response:?} instead of {first:?}"
                ));
            }
            self.count.repeated += 1;
        }
        Ok(())
    }

    async fn wait_for(&self, acknowledged: u64) {
        while self.count.acknowledged + (self.acknowledged_writes.lock().unwrap().len() as u64)
            < acknowledged
        {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn repeat(&self, statement: &Statement) -> Acknowledgement {
        loop {
            match self
                .editor
                .record_statement(self.server.address, statement)
                .await
            {
                Ok(repeated_response) => return repeated_response,
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Called only once the server runs again, because only the server recovers the database after a kill.
    async fn check_ledger(&mut self, writes: &[(Statement, Acknowledgement)]) -> TestResult {
        let db = self.deployment.connect_to_database().await;
        let new_entries = self.ledger.read_new(&db).await?;
        let acknowledged: Vec<_> = writes.iter().map(|(_, first)| first.clone()).collect();
        check_acknowledged(&db, &acknowledged, &new_entries).await?;
        db.close().await.map_err(|error| error.to_string())
    }

    /// The number of entries at the end.
    async fn finish(self) -> TestResult<i64> {
        for writer in &self.writers {
            writer.abort();
        }
        self.server.stop().await;
        self.deployment.verify().await
    }
}

/// Repeats each statement until it is acknowledged, then writes the next.
async fn write_until_stopped(
    editor: Editor,
    mut generator: StatementGenerator,
    mut server_address: watch::Receiver<Option<SocketAddr>>,
    acknowledged_writes: Arc<Mutex<Vec<(Statement, Acknowledgement)>>>,
) {
    let mut statement = generator.next();
    loop {
        let Ok(server) = server_address
            .wait_for(Option::is_some)
            .await
            .map(|server| *server)
        else {
            return;
        };
        let server = server.expect("`wait_for` returned it");
        match editor.record_statement(server, &statement).await {
            Ok(acknowledged) => {
                let writes = std::mem::replace(&mut statement, generator.next());
                acknowledged_writes
                    .lock()
                    .unwrap()
                    .push((writes, acknowledged));
            }
            Err(WriteFailure::NoResponse) => sleep(Duration::from_millis(5)).await,
            // The database is recovering.
            Err(WriteFailure::Rejected(_)) => sleep(Duration::from_millis(50)).await,
        }
    }
}
