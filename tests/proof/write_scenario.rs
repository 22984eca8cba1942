//! Writer whose statements are rejected for a while, with subscribers that must receive all others.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::TestResult;
use crate::chain::ChainTip;
use crate::deployment::Deployment;
use crate::editor::{Editor, StatementGenerator, WriteFailure};
use crate::server::Server;
use crate::subscriber_pool::SubscriberPool;

/// Maximum time until writes work again.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(20);

/// A writer and its subscribers.
pub struct WriteScenario {
    server: SocketAddr,
    editor: Editor,
    generator: StatementGenerator,
    pool: SubscriberPool,
    _address_sender: watch::Sender<SocketAddr>,
    acknowledged: i64,
    rejected: u64,
}

impl WriteScenario {
    pub async fn start(
        deployment: &Deployment,
        server: SocketAddr,
        slug: &str,
    ) -> TestResult<Self> {
        let editor = Editor::new(&deployment.token().await?);
        let generator = editor.open_initiative(server, slug).await;
        let tip = ChainTip::head(&editor, server).await;
        let (sender, server_address) = watch::channel(server);
        let pool = SubscriberPool::connect(3, &[server_address], &tip).await?;
        let acknowledged = tip.seq;
        Ok(Self {
            server,
            editor,
            generator,
            pool,
            _address_sender: sender,
            acknowledged,
            rejected: 0,
        })
    }

    /// Writes up to `limit` statements; true if one was rejected, which must be with this code.
    pub async fn write(&mut self, limit: u64, code: &str) -> TestResult<bool> {
        for _ in 0..limit {
            let before = self.generator.clone();
            match self
                .editor
                .record_statement(self.server, &self.generator.next())
                .await
            {
                Ok(acknowledged) => self.check_seq(acknowledged.seq)?,
                Err(failure) if failure == WriteFailure::Rejected(code.to_owned()) => {
                    self.generator = before;
                    self.rejected += 1;
                    return Ok(true);
                }
                Err(other) => {
                    return Err(format!("a write returned {other:?}, expected {code}"));
                }
            }
        }
        Ok(false)
    }

    /// A rejected write must leave nothing behind, so the next entry has the next number.
    fn check_seq(&mut self, seq: i64) -> TestResult {
        if seq != self.acknowledged + 1 {
            return Err(format!(
                "the entry after {} has number {seq}",
                self.acknowledged
            ));
        }
        self.acknowledged = seq;
        Ok(())
    }

    /// Checks that queries and subscriptions return exactly the acknowledged entries.
    pub async fn check_reads(&self) -> TestResult {
        let head = ChainTip::head(&self.editor, self.server).await;
        if head.seq != self.acknowledged {
            return Err(format!(
                "the head is entry {}, the last acknowledged entry is {}",
                head.seq, self.acknowledged
            ));
        }
        let countries = self
            .editor
            .query(self.server, "{ countries { name } }")
            .await;
        countries.map_err(|error| format!("a query returned {error:?}"))?;
        self.pool.wait_for(self.acknowledged).await
    }

    /// Repeats the rejected statement until it is acknowledged.
    pub async fn wait_for_recovery(&mut self) -> TestResult {
        let started = Instant::now();
        let statement = self.generator.next();
        loop {
            match self.editor.record_statement(self.server, &statement).await {
                Ok(acknowledged) => break self.check_seq(acknowledged.seq)?,
                Err(failure) if started.elapsed() > RECOVERY_TIMEOUT => {
                    return Err(format!("writes still fail with {failure:?}"));
                }
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
        self.check_reads().await
    }

    /// The total number of rejected writes.
    pub async fn finish(self, server: Server, deployment: &Deployment) -> TestResult<u64> {
        self.pool.finish(self.acknowledged).await?;
        server.stop().await;
        let entries = deployment.verify().await?;
        if entries != self.acknowledged {
            return Err(format!(
                "{entries} entries, but the last acknowledged entry is {}",
                self.acknowledged
            ));
        }
        Ok(self.rejected)
    }
}
