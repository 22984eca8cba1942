//! A running server: what `main` and the tests start alike.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::config::Serve;
use crate::database::{Database, Missing};
use crate::error::{Error, Result};
use crate::feed::{Feed, Tailer};
use crate::graphql::schema::{self, Schema, Site};
use crate::http::{
    self,
    admin::Backstage,
    state::{App as AppState, Run as Instance},
};
use crate::ledger::import::document::{self, Document};
use crate::ledger::import::{self, Imported};
use crate::ledger::writer::{Clock, Ledger};
use crate::ledger::{head, reference_data};
use crate::lifecycle::{Phase, Phases};
use crate::model::time::Instant;
use crate::telemetry::metrics::Metrics;

/// The initiative that a new database is filled with.
const FIRST_INITIATIVE: &str = include_str!("../data/us-third-country-removals.json");

/// How long the end waits for writes under way, once connections had their time of grace.
const DRAIN: Duration = Duration::from_secs(3);
/// How long it then waits for the database, which may be silent.
const CLOSE: Duration = Duration::from_secs(1);

pub struct Server {
    pub address: SocketAddr,
    /// Where metrics are told, if they are.
    pub metrics_address: Option<SocketAddr>,
    /// What a new database was filled with; none for one that had entries.
    pub seeded: Option<Imported>,
    database: Database,
    executions: Arc<AtomicU64>,
    phase: watch::Sender<Phase>,
    tailer: JoinHandle<()>,
    writer: JoinHandle<()>,
    http: JoinHandle<std::io::Result<()>>,
    backstage: Option<JoinHandle<std::io::Result<()>>>,
}

impl Server {
    /// Opens the database, fills it if it is new, and listens. It serves until [`Server::stop`].
    /// # Errors
    /// What keeps it from starting; nothing is left running then.
    pub async fn start(config: &Serve, clock: Clock) -> Result<Self> {
        let (database, seeded) = fill(config, &clock).await?;
        let (listener, address) = listen("listen", config.listen).await?;
        let watched = match config.operating.metrics_listen {
            Some(address) => Some(listen("metrics-listen", address).await?),
            None => None,
        };
        // The time of the process, whatever the ledger is told.
        let metrics = Arc::new(Metrics::new(self::clock()()));
        let public_url = public_url(config, address);
        let written = Arc::new(Notify::new());
        let (feed, tailer) = Tailer::start(database.clone(), Arc::clone(&written)).await?;
        database.follow_replica(feed.generation(), feed.heads());
        let (ledger, writer) = Ledger::start(database.writer().clone(), clock, written);
        let ledger = ledger.counted(metrics.writes.clone());
        let schema = schema(config, &database, ledger, &feed, &public_url);
        let (phase, phases) = Phases::new();
        let run = Instance {
            id: random()?,
            phases,
            metrics,
        };
        let app = AppState::new(schema, database.clone(), &public_url, config, feed, run)?;
        let executions = app.executions();
        let metrics_address = watched.as_ref().map(|(_, address)| *address);
        let backstage = watched
            .map(|(listener, _)| tokio::spawn(http::admin::serve(listener, Backstage::of(&app))));
        let http = tokio::spawn(http::server::serve(listener, app));
        Ok(Self {
            address,
            metrics_address,
            seeded,
            database,
            executions,
            phase,
            tailer,
            writer,
            http,
            backstage,
        })
    }

    /// How many SQL statements were run to answer readers.
    pub fn statements(&self) -> u64 {
        self.database.statements()
    }

    /// How often an event was executed, and its response written as JSON, to tell subscribers of it.
    pub fn executions(&self) -> u64 {
        self.executions.load(Ordering::Relaxed)
    }

    /// From now on no socket or stream begins and we are not ready; everything else goes on, until [`Server::stop`].
    pub fn drain(&self) {
        self.phase.send_replace(Phase::Draining);
    }

    /// Ends in order: no new requests, sockets closed with 1012, the writer's queue emptied, the database closed. It
    /// takes no longer than the time of grace and four seconds, whoever hangs.
    pub async fn stop(self) -> Result<()> {
        self.phase.send_replace(Phase::Stopping);
        self.http
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)?;
        self.tailer.abort();
        // It has been told to end; how it did so does not matter.
        drop(self.tailer.await);
        // The writer ends with its last sender, which goes with the last connection. One that outstays its grace holds
        // up nothing: what it still asks for was never acknowledged.
        let ended = tokio::time::timeout(DRAIN, self.writer).await;
        if let Ok(ended) = ended {
            ended.map_err(Error::internal)?;
        } else {
            tracing::warn!("a connection outstayed the end; its writes are given up");
        }
        if let Some(backstage) = self.backstage {
            backstage.abort();
        }
        // It waits for those who still use it.
        let closed = tokio::time::timeout(CLOSE, self.database.close()).await;
        closed.unwrap_or_else(|_| {
            tracing::warn!("the database does not close; it is left open");
            Ok(())
        })
    }
}

/// The database, and what it was filled with if it was new.
async fn fill(config: &Serve, clock: &Clock) -> Result<(Database, Option<Imported>)> {
    let mut database = open(&config.database.database_url, Missing::Make).await?;
    database.limit_statements(*config.limits.time.statement);
    if let Some(url) = &config.read_database_url {
        database.add_replica(url).await?;
    }
    let seeded = if config.empty {
        None
    } else {
        seed(&database, clock).await?
    };
    Ok((database, seeded))
}

/// Without a slash at its end.
fn public_url(config: &Serve, address: SocketAddr) -> String {
    let given = config.public_url.clone();
    let url = given.unwrap_or_else(|| format!("http://{address}"));
    url.trim_end_matches('/').to_owned()
}

fn schema(
    config: &Serve,
    database: &Database,
    ledger: Ledger,
    feed: &Feed,
    public_url: &str,
) -> Schema {
    schema::build(
        database.clone(),
        ledger,
        feed.clone(),
        Site::new(public_url),
        &config.limits,
        !config.doors.no_introspection,
    )
}

/// `option` is what says where.
async fn listen(option: &str, address: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Error::bad_input(option, format!("cannot listen on {address}: {error}"))
    })?;
    let address = listener.local_addr().map_err(Error::internal)?;
    Ok((listener, address))
}

/// Opens a database and brings tables, countries and ledger head up to date.
pub async fn open(url: &str, missing: Missing) -> Result<Database> {
    let database = Database::open(url, missing).await?;
    reference_data::refresh(database.writer()).await?;
    head::ensure(database.writer(), &draw_generation()?).await?;
    Ok(database)
}

/// The server's time; everything else is given it.
pub fn clock() -> Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place that reads the clock"
    )]
    Arc::new(|| Instant::from(chrono::Utc::now()))
}

/// 32 hexadecimal digits that no ledger has.
pub fn draw_generation() -> Result<String> {
    Ok(data_encoding::HEXLOWER.encode(&random::<16>()?))
}

/// Bytes that nobody can guess.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(bytes)
}

async fn seed(database: &Database, clock: &Clock) -> Result<Option<Imported>> {
    if head::load(database.reader()).await?.seq > 0 {
        return Ok(None);
    }
    let document: Document = document::parse(FIRST_INITIATIVE).map_err(|faults| {
        Error::internal(faults.first().map(ToString::to_string).unwrap_or_default())
    })?;
    import::import(database.writer(), &document, clock)
        .await
        .map(Some)
}
