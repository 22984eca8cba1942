//! A database with a working directory, and the commands that run on it as separate processes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sea_orm::DatabaseConnection;

use crate::TestResult;
use crate::backend::{Backend, connect, create_directory};

/// Working directory, deleted on drop, and the URL of its own database.
pub struct Deployment {
    directory: tempfile::TempDir,
    url: String,
    /// Prepended to each command.
    command_prefix: Vec<String>,
}

impl Deployment {
    pub async fn new(backend: &Backend) -> Self {
        let directory = create_directory();
        let url = backend.create_database(directory.path()).await;
        let command_prefix = Vec::new();
        Self {
            directory,
            url,
            command_prefix,
        }
    }

    /// From now on, runs commands behind this prefix.
    pub fn set_prefix(&mut self, prefix: Vec<String>) {
        self.command_prefix = prefix;
    }

    /// The name of its PostgreSQL database.
    pub fn database_name(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The program on this database, as an operator runs it; environment variables of this process are not inherited.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_demarche");
        let mut command_line = self
            .command_prefix
            .iter()
            .map(String::as_str)
            .chain([program]);
        let mut command = Command::new(command_line.next().unwrap_or(program));
        command.args(command_line).args(arguments);
        self.set_environment(&mut command);
        command
    }

    /// Sets directory and environment of a command that starts the program.
    pub fn set_environment(&self, command: &mut Command) {
        command.current_dir(self.path()).env_clear();
        command.env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        command.env("DEMARCHE_DATABASE_URL", &self.url);
        command.env("DEMARCHE_LOG", "warn");
    }

    pub async fn run(&self, arguments: &[&str]) -> Output {
        output(self.command(arguments)).await
    }

    /// Standard output of a command that must succeed.
    /// # Errors
    /// The output of a command that failed.
    pub async fn run_checked(&self, arguments: &[&str]) -> TestResult<String> {
        let output = self.run(arguments).await;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            return Ok(text(&output.stdout));
        }
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Err(format!("demarche {arguments:?} failed: {stdout}{stderr}"))
    }

    /// The number of entries that `demarche verify` reports.
    /// # Errors
    /// The verification failed.
    pub async fn verify(&self) -> TestResult<i64> {
        let output = self.run_checked(&["verify"]).await?;
        let entries = output
            .split(' ')
            .nth(1)
            .and_then(|field| field.parse().ok());
        entries.ok_or_else(|| format!("unexpected output of verify: {output}"))
    }

    /// The token of an editor named `desk`.
    pub async fn token(&self) -> TestResult<String> {
        let create = ["token", "create", "--role", "editor", "--name", "desk"];
        Ok(self.run_checked(&create).await?.trim().to_owned())
    }

    /// A direct connection to the database, without the program.
    pub async fn connect_to_database(&self) -> DatabaseConnection {
        connect(&self.url).await
    }
}

/// The output of a command, awaited on a blocking thread so that other tasks continue.
pub async fn output(mut command: Command) -> Output {
    let run = tokio::task::spawn_blocking(move || command.output().unwrap());
    run.await.unwrap()
}
