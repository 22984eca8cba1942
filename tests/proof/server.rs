//! Server in a separate process.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::deployment::Deployment;

pub struct Server {
    pub address: SocketAddr,
    child: Child,
}

/// Maximum time for a start.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// Arguments of the server: limits are raised so that a test client is never throttled.
pub const SERVE_ARGUMENTS: [&str; 6] = [
    "serve",
    "--no-seed",
    "--rate-limit=0",
    "--max-messages-per-second=1000000",
    "--max-connections=100000",
    "--max-connections-per-address=100000",
];

impl Server {
    /// On a free port.
    pub async fn start(deployment: &Deployment) -> Self {
        Self::start_on(deployment, ([127, 0, 0, 1], 0).into()).await
    }

    pub async fn start_on(deployment: &Deployment, address: SocketAddr) -> Self {
        let mut command = deployment.command(&SERVE_ARGUMENTS);
        command.arg(format!("--listen={address}"));
        Self::start_command(deployment, command).await
    }

    /// Starts a command that prints the server's output. Its standard error goes to the file `server.log`.
    pub async fn start_command(deployment: &Deployment, mut command: Command) -> Self {
        let log = deployment.file("server.log");
        let stderr = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&log);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr.unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = child.stdout.take().expect("stdout is piped");
        let (sender, receiver) = oneshot::channel();
        std::thread::spawn(move || report_address(output, sender));
        let result = tokio::time::timeout(START_TIMEOUT, receiver).await;
        let Ok(Ok(address)) = result else {
            let _ = child.kill();
            let status = child.wait();
            let log = std::fs::read_to_string(log).unwrap_or_default();
            panic!("{command:?} did not start a server: {status:?}\n{log}");
        };
        Self { address, child }
    }

    /// Kills the process, like a power cut, except that the kernel still writes its cache to the disk.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM and waits for the exit.
    pub async fn stop(mut self) {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").arg(id).status();
        assert!(kill.unwrap().success());
        let exit = tokio::task::spawn_blocking(move || self.child.wait().unwrap());
        let status = exit.await.unwrap();
        assert!(status.success(), "the server exited with {status}");
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory in kilobytes.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    /// Number of open files and sockets.
    pub fn descriptors(&self) -> usize {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        files.map_or(0, Iterator::count)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have exited before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reports the address on which the server listens, then drains the rest of its output.
fn report_address(output: impl Read, sender: oneshot::Sender<SocketAddr>) {
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let address = lines.find_map(|line| {
        let url = line.trim().strip_prefix("Schema ")?.trim();
        let address = url
            .strip_prefix("http://")?
            .strip_suffix("/schema.graphql")?;
        address.parse().ok()
    });
    if let Some(address) = address {
        // The receiver may have timed out.
        let _ = sender.send(address);
    }
    for _ in lines {}
}

/// Whether all threads of a process are traced; true if the process has exited.
pub fn is_traced(process: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else {
        return true;
    };
    threads.map_while(Result::ok).all(|thread| {
        let status = std::fs::read_to_string(thread.path().join("status"));
        !status.unwrap_or_default().contains("TracerPid:\t0\n")
    })
}

/// Raises the limit of open files of this process and its children to the hard limit.
pub fn raise_descriptors() {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let hard_limit = line
        .and_then(|line| line.split_whitespace().nth(1))
        .unwrap_or_default();
    let process = std::process::id().to_string();
    let raise = Command::new("prlimit")
        .args([
            "--pid",
            &process,
            &format!("--nofile={hard_limit}:{hard_limit}"),
        ])
        .status();
    // Without prlimit, the current limit may be sufficient.
    drop(raise);
}
