//! A PostgreSQL for the databases of this run: the one that is named, or one of our own that ends with this process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::place::connect;

pub struct Postgres {
    /// Of a database that is there.
    url: String,
    /// `tests/postgres/serve`, which ends when its standard input does.
    child: Option<Child>,
    databases: AtomicU32,
}

impl Postgres {
    /// # Errors
    /// Why there is none, or none that the program works on.
    pub fn find(url: Option<&str>) -> Result<Self, String> {
        if let Some(why) = refusal() {
            return Err(format!("the program refuses its address: {why}"));
        }
        let (url, child) = match url {
            Some(url) => (url.to_owned(), None),
            None => start().map(|(url, child)| (url, Some(child)))?,
        };
        Ok(Self {
            url,
            child,
            databases: AtomicU32::new(0),
        })
    }

    /// The address of a new database.
    pub async fn make_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("proof_{}_{number}", std::process::id());
        let admin = self.admin().await;
        let create = format!("CREATE DATABASE {name}");
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

    /// Kills the process behind one connection, at which PostgreSQL ends all others and recovers from its log.
    pub async fn crash(&self) {
        let admin = self.admin().await;
        let sql = "SELECT pg_backend_pid()";
        let query = sea_orm::Statement::from_string(admin.get_database_backend(), sql);
        let row = admin.query_one_raw(query).await.unwrap().unwrap();
        let process: i32 = row.try_get_by_index(0).unwrap();
        let kill = Command::new("kill")
            .args(["-KILL", &process.to_string()])
            .status();
        assert!(kill.unwrap().success());
        // It is broken, and that is all there is to say.
        drop(admin.close().await);
    }
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

/// What the program says of an address of PostgreSQL if it takes addresses of SQLite only.
fn refusal() -> Option<String> {
    let mut verify = Command::new(env!("CARGO_BIN_EXE_demarche"));
    // Of a port that is none: who would take the address complains of that at once, and calls nobody.
    verify.args(["verify", "--database-url=postgres://127.0.0.1:port/none"]);
    let said = verify.env_clear().output().unwrap();
    let complaint = String::from_utf8_lossy(&said.stderr).trim().to_owned();
    complaint
        .contains("does not begin with sqlite:")
        .then_some(complaint)
}

fn start() -> Result<(String, Child), String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres/serve");
    let mut child = Command::new(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{script}: {error}"))?;
    let output = child.stdout.take().expect("it was asked for");
    let mut url = String::new();
    BufReader::new(output).read_line(&mut url).unwrap();
    if url.is_empty() {
        let status = child.wait().unwrap();
        return Err(format!("tests/postgres/serve ended with {status}"));
    }
    Ok((url.trim().to_owned(), child))
}
