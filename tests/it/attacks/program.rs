//! The program in a process of its own, for what a test cannot see or limit in its own.

use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::database::Home;

pub struct Program {
    pub address: SocketAddr,
    process: Child,
    /// Kept, so that it can say more.
    _said: Lines<BufReader<ChildStdout>>,
}

/// A command of the program on a database, with a line of the shell before it.
pub fn command(home: &Home, before: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    let line = format!("{before} exec \"$0\" \"$@\"");
    command.args(["-c", &line, env!("CARGO_BIN_EXE_demarche")]);
    command.args(arguments).current_dir(home.path());
    command.env("DEMARCHE_DATABASE_URL", home.url());
    command.env("DEMARCHE_LOG", "trace");
    command
}

impl Program {
    /// Serves a database, and logs all that it can into the file `log` beside it.
    pub fn start(home: &Home, before: &str) -> Self {
        let log = std::fs::File::create(home.path().join("log")).unwrap();
        let mut serve = command(home, before, &["serve", "--listen", "127.0.0.1:0"]);
        let mut process = serve.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = said
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.contains("GraphQL "));
        let line = line.expect("it listens");
        let address = line
            .split("://")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        Self {
            address: address.unwrap().parse().unwrap(),
            process,
            _said: said,
        }
    }

    /// Ends it in order, and gives what it logged.
    pub fn log(mut self, home: &Home) -> String {
        let kill = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        assert!(kill.unwrap().success());
        assert!(self.process.wait().unwrap().success());
        std::fs::read_to_string(home.path().join("log")).unwrap()
    }
}

/// A test that fails leaves no process behind.
impl Drop for Program {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
