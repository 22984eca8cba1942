//! A server in a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::place::Place;

pub struct Server {
    pub address: SocketAddr,
    child: Child,
}

/// No start takes so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a server of ours is told beyond its defaults: one that asks as much as we do is not kept from it.
pub const OPTIONS: [&str; 6] = [
    "serve",
    "--empty",
    "--rate-limit=0",
    "--max-messages-per-second=1000000",
    "--max-connections=100000",
    "--max-connections-per-address=100000",
];

impl Server {
    /// On a free port.
    pub async fn start(place: &Place) -> Self {
        Self::start_on(place, ([127, 0, 0, 1], 0).into()).await
    }

    pub async fn start_on(place: &Place, address: SocketAddr) -> Self {
        let mut command = place.command(&OPTIONS);
        command.arg(format!("--listen={address}"));
        Self::start_by(place, command).await
    }

    /// By a command that says what the server says. Its complaints go to a file `server.log`.
    pub async fn start_by(place: &Place, mut command: Command) -> Self {
        let log = place.file("server.log");
        let complaints = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&log);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(complaints.unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = child.stdout.take().expect("it was asked for");
        let (sender, receiver) = oneshot::channel();
        std::thread::spawn(move || listen(output, sender));
        let told = tokio::time::timeout(PATIENCE, receiver).await;
        let Ok(Ok(address)) = told else {
            let _ = child.kill();
            let status = child.wait();
            let log = std::fs::read_to_string(log).unwrap_or_default();
            panic!("no server by {command:?}: {status:?}\n{log}");
        };
        Self { address, child }
    }

    /// As a power cut would do it, but for the disk.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to end and waits until it has.
    pub async fn stop(mut self) {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").arg(id).status();
        assert!(kill.unwrap().success());
        let ended = tokio::task::spawn_blocking(move || self.child.wait().unwrap());
        let ended = ended.await.unwrap();
        assert!(ended.success(), "the server ended with {ended}");
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Kilobytes of memory.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    /// Files and sockets that it has open.
    pub fn descriptors(&self) -> usize {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        files.map_or(0, Iterator::count)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tells where the server listens, and takes what else it says.
fn listen(output: impl Read, sender: oneshot::Sender<SocketAddr>) {
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let address = lines.find_map(|line| {
        let url = line.trim().strip_prefix("Schema ")?.trim();
        let address = url
            .strip_prefix("http://")?
            .strip_suffix("/schema.graphql")?;
        address.parse().ok()
    });
    if let Some(address) = address {
        // Whoever asked may have given up.
        let _ = sender.send(address);
    }
    for _ in lines {}
}

/// Whether all threads of a process are; one that has ended needs not.
pub fn is_traced(process: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else {
        return true;
    };
    threads.map_while(Result::ok).all(|thread| {
        let status = std::fs::read_to_string(thread.path().join("status"));
        !status.unwrap_or_default().contains("TracerPid:\t0\n")
    })
}

/// Lets this process and its children have as many files and sockets open as they may.
pub fn raise_descriptors() {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let most = line
        .and_then(|line| line.split_whitespace().nth(1))
        .unwrap_or_default();
    let process = std::process::id().to_string();
    let raise = Command::new("prlimit")
        .args(["--pid", &process, &format!("--nofile={most}:{most}")])
        .status();
    // Where it cannot be raised, it may be enough as it is.
    drop(raise);
}
