//! A directory, a database and the commands that work on it, each a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sea_orm::DatabaseConnection;

use crate::Proven;
use crate::backend::{Backend, connect, make_directory};

/// A directory that goes when it is dropped, and the address of a database of its own.
pub struct Place {
    directory: tempfile::TempDir,
    url: String,
    /// What stands before each command.
    entrance: Vec<String>,
}

impl Place {
    pub async fn new(backend: &Backend) -> Self {
        let directory = make_directory();
        let url = backend.make_database(directory.path()).await;
        let entrance = Vec::new();
        Self {
            directory,
            url,
            entrance,
        }
    }

    /// From now on, commands run where these words lead.
    pub fn enter(&mut self, entrance: Vec<String>) {
        self.entrance = entrance;
    }

    /// Of its database, in PostgreSQL.
    pub fn name(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The program as an operator runs it on this database, whatever this process was told by variables.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_demarche");
        let mut words = self.entrance.iter().map(String::as_str).chain([program]);
        let mut command = Command::new(words.next().unwrap_or(program));
        command.args(words).args(arguments);
        self.dress(&mut command);
        command
    }

    /// Where and on what the program works if `command` starts it.
    pub fn dress(&self, command: &mut Command) {
        command.current_dir(self.path()).env_clear();
        command.env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        command.env("DEMARCHE_DATABASE_URL", &self.url);
        command.env("DEMARCHE_LOG", "warn");
    }

    pub async fn run(&self, arguments: &[&str]) -> Output {
        output(self.command(arguments)).await
    }

    /// What it prints; it must succeed.
    /// # Errors
    /// What it complains of.
    pub async fn say(&self, arguments: &[&str]) -> Proven<String> {
        let output = self.run(arguments).await;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            return Ok(text(&output.stdout));
        }
        let (said, complained) = (text(&output.stdout), text(&output.stderr));
        Err(format!("demarche {arguments:?} failed: {said}{complained}"))
    }

    /// How many entries a ledger has that `demarche verify` finds whole.
    /// # Errors
    /// What it finds at fault.
    pub async fn verify(&self) -> Proven<i64> {
        let said = self.say(&["verify"]).await?;
        let entries = said.split(' ').next().and_then(|word| word.parse().ok());
        entries.ok_or_else(|| format!("verify says {said}"))
    }

    /// The token of an editor named `desk`.
    pub async fn token(&self) -> Proven<String> {
        let create = ["token", "create", "--role", "editor", "--name", "desk"];
        Ok(self.say(&create).await?.trim().to_owned())
    }

    /// The database, as somebody opens it who does not use the program.
    pub async fn outsider(&self) -> DatabaseConnection {
        connect(&self.url).await
    }
}

/// What came of a command, without keeping the tasks around it from their work.
pub async fn output(mut command: Command) -> Output {
    let run = tokio::task::spawn_blocking(move || command.output().unwrap());
    run.await.unwrap()
}
