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
use crate::feed::Tailer;
use crate::graphql::Site;
use crate::ledger::document::{self, Document};
use crate::ledger::import::{self, Imported};
use crate::ledger::writer::{Clock, Ledger};
use crate::ledger::{head, reference};
use crate::model::time::Instant;
use crate::{graphql, http};

/// The initiative that a new database is filled with.
const FIRST_INITIATIVE: &str = include_str!("../data/us-third-country-removals.json");

/// How long the end waits for writes under way.
const DRAIN: Duration = Duration::from_secs(5);

pub struct Server {
    pub address: SocketAddr,
    /// What a new database was filled with; none for one that had entries.
    pub seeded: Option<Imported>,
    database: Database,
    executions: Arc<AtomicU64>,
    stop: watch::Sender<bool>,
    tailer: JoinHandle<()>,
    writer: JoinHandle<()>,
    http: JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Opens the database, fills it if it is new, and listens. It serves until [`Server::stop`].
    /// # Errors
    /// What keeps it from starting; nothing is left running then.
    pub async fn start(config: &Serve, clock: Clock) -> Result<Self> {
        let limits = &config.limits;
        let mut database = open(&config.database.database_url, Missing::Make).await?;
        database.limit_statements(*limits.time.statement);
        if let Some(url) = &config.read_database_url {
            database.add_replica(url).await?;
        }
        let seeded = if config.empty {
            None
        } else {
            seed(&database, &clock).await?
        };
        let listener = TcpListener::bind(config.listen).await.map_err(|error| {
            Error::bad_input(
                "listen",
                format!("cannot listen on {}: {error}", config.listen),
            )
        })?;
        let address = listener.local_addr().map_err(Error::internal)?;
        let public_url = config
            .public_url
            .clone()
            .unwrap_or_else(|| format!("http://{address}"));
        let public_url = public_url.trim_end_matches('/').to_owned();
        let written = Arc::new(Notify::new());
        let (feed, tailer) = Tailer::start(database.clone(), Arc::clone(&written)).await?;
        database.follow_replica(feed.generation(), feed.heads());
        let (ledger, writer) = Ledger::start(database.writer().clone(), clock, written);
        let schema = graphql::build(
            database.clone(),
            ledger,
            feed.clone(),
            Site::new(&public_url),
            limits,
            !config.doors.no_introspection,
        );
        let (stop, stopped) = watch::channel(false);
        let (run, receiver) = (random()?, stopped.clone());
        let app = http::App::new(
            schema,
            database.clone(),
            &public_url,
            config,
            feed,
            run,
            receiver,
        )?;
        let executions = app.executions();
        let http = tokio::spawn(http::serve::serve(listener, app, stopped));
        Ok(Self {
            address,
            seeded,
            database,
            executions,
            stop,
            tailer,
            writer,
            http,
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

    /// Ends in order: no new requests, sockets closed with 1012, the writer's queue emptied, the database closed.
    pub async fn stop(self) -> Result<()> {
        self.stop.send_replace(true);
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
        self.database.close().await
    }
}

/// Opens a database and brings tables, countries and ledger head up to date.
pub async fn open(url: &str, missing: Missing) -> Result<Database> {
    let database = Database::open(url, missing).await?;
    reference::refresh(database.writer()).await?;
    let origin = data_encoding::HEXLOWER.encode(&random::<16>()?);
    head::ensure(database.writer(), &origin).await?;
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
