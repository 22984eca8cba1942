//! Server in a separate process, for tests that read its whole log or limit its resources.

use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::database::TestDatabase;

pub struct ServerProcess {
    pub address: SocketAddr,
    process: Child,
    /// Keeps the pipe open, so that the process can still write to it.
    _stdout: Lines<BufReader<ChildStdout>>,
}

/// A `demarche` command on a database, preceded by shell code.
pub fn demarche_command(test_db: &TestDatabase, before: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    let line = format!("{before} exec \"$0\" \"$@\"");
    command.args(["-c", &line, env!("CARGO_BIN_EXE_demarche")]);
    command.args(arguments).current_dir(test_db.path());
    command.env("DEMARCHE_DATABASE_URL", test_db.url());
    command.env("DEMARCHE_LOG", "trace");
    command
}

impl ServerProcess {
    /// Serves a database and logs at level `trace` to the file `log` in its directory.
    pub fn start(test_db: &TestDatabase, before: &str) -> Self {
        let log = std::fs::File::create(test_db.path().join("log")).unwrap();
        let mut serve = demarche_command(test_db, before, &["serve", "--listen", "127.0.0.1:0"]);
        let mut process = serve.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = stdout
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.contains("GraphQL "));
        let line = line.expect("the server listens");
        let address = line
            .split("://")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        Self {
            address: address.unwrap().parse().unwrap(),
            process,
            _stdout: stdout,
        }
    }

    /// Stops the server gracefully and returns its log.
    pub fn stop_and_read_log(mut self, test_db: &TestDatabase) -> String {
        let kill = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        assert!(kill.unwrap().success());
        assert!(self.process.wait().unwrap().success());
        std::fs::read_to_string(test_db.path().join("log")).unwrap()
    }
}

/// A failed test leaves no process behind.
impl Drop for ServerProcess {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
