//! A PostgreSQL for the databases of this run: the one that is named, or one of our own that ends with this process and
//! syncs as in production.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};

use crate::Proven;
use crate::backend::connect;

pub struct Postgres {
    /// Of a database that is there.
    url: String,
    /// `tests/postgres/serve`, which ends when its standard input does.
    child: Option<Child>,
    databases: AtomicU32,
    /// Where databases are kept, if not with everything else.
    tablespace: Option<&'static str>,
}

/// Its name.
const SMALL: &str = "small";

impl Postgres {
    /// # Errors
    /// Why there is none.
    pub fn find(url: Option<&str>) -> Proven<Self> {
        match url {
            Some(url) => Ok(Self::new(url.to_owned(), None)),
            None => Self::start(&[]),
        }
    }

    /// One of our own, of which the command stands behind these words.
    /// # Errors
    /// Why there is none.
    pub fn start(entrance: &[String]) -> Proven<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres/serve").to_owned();
        let mut words = entrance.iter().chain([&script]);
        let mut command = Command::new(words.next().unwrap_or(&script));
        command.args(words).env("SERVE_DURABLE", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = command.spawn();
        let mut child = child.map_err(|error| format!("{script}: {error}"))?;
        let output = child.stdout.take().expect("it was asked for");
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url).unwrap();
        if url.is_empty() {
            let status = child.wait().unwrap();
            return Err(format!("tests/postgres/serve ended with {status}"));
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

    /// The user of the system that it runs as, if it is ours.
    pub fn user(&self) -> &str {
        let name = self
            .url
            .split("://")
            .nth(1)
            .and_then(|url| url.split('@').next());
        name.unwrap_or_default()
    }

    /// From now on databases are kept in a directory of its user.
    /// # Errors
    /// Why they cannot be.
    pub async fn keep_in(&mut self, directory: &str) -> Proven {
        let admin = self.admin().await;
        let create = format!("CREATE TABLESPACE {SMALL} LOCATION '{directory}'");
        let created = admin.execute_unprepared(&create).await;
        created.map_err(|error| error.to_string())?;
        self.tablespace = Some(SMALL);
        admin.close().await.map_err(|error| error.to_string())
    }

    /// The address of a new database.
    pub async fn make_database(&self) -> String {
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
            .expect("an address names a database");
        format!("{server}/{name}")
    }

    /// Whether its processes are ours to kill.
    pub fn is_ours(&self) -> bool {
        self.child.is_some()
    }

    pub async fn admin(&self) -> DatabaseConnection {
        connect(&self.url).await
    }

    /// Kills the process behind one connection, at which PostgreSQL ends all others and recovers from its log. Returns when
    /// the others have ended: whoever connects from then on waits for the recovery.
    pub async fn crash(&self) {
        let (admin, other) = (self.admin().await, self.admin().await);
        let process = process_of(&admin).await.unwrap().to_string();
        let alive = process_of(&other).await;
        let kill = Command::new("kill").args(["-KILL", &process]).status();
        assert!(kill.unwrap().success());
        while process_of(&other).await == alive {
            tokio::task::yield_now().await;
        }
        for broken in [admin, other] {
            // That is all there is to say.
            drop(broken.close().await);
        }
    }

    /// All its processes, the first of which starts the others.
    pub async fn processes(&self) -> Vec<u32> {
        let admin = self.admin().await;
        let own = process_of(&admin).await.unwrap();
        let status = std::fs::read_to_string(format!("/proc/{own}/status")).unwrap();
        let first = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        let first = first.expect("every process has a parent").trim();
        let children = format!("/proc/{first}/task/{first}/children");
        let children = std::fs::read_to_string(children).unwrap();
        admin.close().await.unwrap();
        let all = [first].into_iter().chain(children.split_whitespace());
        let all = all.map(|process| process.parse().expect("it is a number"));
        all.filter(|process| *process != own).collect()
    }
}

/// Behind a connection, which the pool may make anew.
async fn process_of(connection: &DatabaseConnection) -> Result<u32, DbErr> {
    let sql = "SELECT pg_backend_pid()";
    let query = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(query).await?;
    let process: i32 = row.expect("a select of one row").try_get_by_index(0)?;
    Ok(process.unsigned_abs())
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.stdin.take());
            // However it ended, it is gone.
            let _ = child.wait();
        }
    }
}
