//! PostgreSQL server for the databases of this run: the one that is named, or one that is started, uses fsync as in
//! production and stops with this process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};

use crate::TestResult;
use crate::backend::connect;

pub struct Postgres {
    /// URL of an existing database.
    url: String,
    /// `tests/postgres/serve`, which stops when its standard input is closed.
    child: Option<Child>,
    databases: AtomicU32,
    /// Tablespace of new databases, if not the default.
    tablespace: Option<&'static str>,
}

/// Name of the tablespace.
const TABLESPACE: &str = "small";

impl Postgres {
    /// # Errors
    /// No server is available.
    pub fn connect_or_start(url: Option<&str>) -> TestResult<Self> {
        match url {
            Some(url) => Ok(Self::new(url.to_owned(), None)),
            None => Self::start(&[]),
        }
    }

    /// Starts a server by a command with this prefix.
    /// # Errors
    /// The server cannot be started.
    pub fn start(prefix: &[String]) -> TestResult<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres/serve").to_owned();
        let mut command_line = prefix.iter().chain([&script]);
        let mut command = Command::new(command_line.next().unwrap_or(&script));
        command.args(command_line).env("SERVE_DURABLE", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = command.spawn();
        let mut child = child.map_err(|error| format!("{script}: {error}"))?;
        let output = child.stdout.take().expect("stdout is piped");
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url).unwrap();
        if url.is_empty() {
            let status = child.wait().unwrap();
            return Err(format!("tests/postgres/serve exited with {status}"));
        }
        Ok(Self::new(url.trim().to_owned(), Some(child)))
    }

    fn new(url: String, child: Option<Child>) -> Self {
        Self {
            url,
            child,
            databases: AtomicU32::new(0),
            tablespace: None,
        }
    }

    /// The system user that runs the server, if this process started it.
    pub fn user(&self) -> &str {
        let name = self
            .url
            .split("://")
            .nth(1)
            .and_then(|url| url.split('@').next());
        name.unwrap_or_default()
    }

    /// From now on, creates databases in a directory of the server's user.
    /// # Errors
    /// The tablespace cannot be created.
    pub async fn use_tablespace(&mut self, directory: &str) -> TestResult {
        let admin = self.admin().await;
        let create = format!("CREATE TABLESPACE {TABLESPACE} LOCATION '{directory}'");
        let result = admin.execute_unprepared(&create).await;
        result.map_err(|error| error.to_string())?;
        self.tablespace = Some(TABLESPACE);
        admin.close().await.map_err(|error| error.to_string())
    }

    /// URL of a new database.
    pub async fn create_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("proof_{}_{number}", std::process::id());
        let admin = self.admin().await;
        let tablespace = self.tablespace.unwrap_or("pg_default");
        let create = format!("CREATE DATABASE {name} TABLESPACE {tablespace}");
        admin.execute_unprepared(&create).await.unwrap();
        admin.close().await.unwrap();
        let (server, _) = self
            .url
            .rsplit_once('/')
            .expect("the URL contains a database name");
        format!("{server}/{name}")
    }

    /// Whether this process started the server, and may therefore kill or trace it.
    pub fn is_managed(&self) -> bool {
        self.child.is_some()
    }

    pub async fn admin(&self) -> DatabaseConnection {
        connect(&self.url).await
    }

    /// Kills the process of one connection. PostgreSQL then closes all other connections and recovers from its log.
    /// Returns when the others are closed: a new connection waits for the recovery.
    pub async fn crash(&self) {
        let (admin, other) = (self.admin().await, self.admin().await);
        let process = backend_pid(&admin).await.unwrap().to_string();
        let alive = backend_pid(&other).await;
        let kill = Command::new("kill").args(["-KILL", &process]).status();
        assert!(kill.unwrap().success());
        while backend_pid(&other).await == alive {
            tokio::task::yield_now().await;
        }
        for broken in [admin, other] {
            // Closing a broken connection fails; the error tells nothing new.
            drop(broken.close().await);
        }
    }

    /// All processes of the server; the first is the parent of the others.
    pub async fn processes(&self) -> Vec<u32> {
        let admin = self.admin().await;
        let own = backend_pid(&admin).await.unwrap();
        let status = std::fs::read_to_string(format!("/proc/{own}/status")).unwrap();
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        let parent = parent.expect("the status contains the parent").trim();
        let children = format!("/proc/{parent}/task/{parent}/children");
        let children = std::fs::read_to_string(children).unwrap();
        admin.close().await.unwrap();
        let all = [parent].into_iter().chain(children.split_whitespace());
        let all = all.map(|process| process.parse().expect("a process id is a number"));
        all.filter(|process| *process != own).collect()
    }
}

/// The process of a connection, which the pool may replace.
async fn backend_pid(connection: &DatabaseConnection) -> Result<u32, DbErr> {
    let sql = "SELECT pg_backend_pid()";
    let query = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(query).await?;
    let process: i32 = row
        .expect("the query returns one row")
        .try_get_by_index(0)?;
    Ok(process.unsigned_abs())
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.stdin.take());
            // The exit status does not matter.
            let _ = child.wait();
        }
    }
}
