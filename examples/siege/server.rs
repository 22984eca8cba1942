//! The server process, and its resource usage according to the kernel.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub struct Server {
    pub address: SocketAddr,
    /// Token of an editor.
    pub token: String,
    pid: u32,
    /// The process and its database directory, if this program started it.
    owned: Option<(Child, tempfile::TempDir)>,
}

/// Unit of CPU times in `/proc`, the same on every Linux.
const TICK: Duration = Duration::from_millis(10);

impl Server {
    pub fn running(address: SocketAddr, token: String, pid: u32) -> Self {
        Self {
            address,
            token,
            pid,
            owned: None,
        }
    }

    /// Starts a server with the bundled data and default limits.
    pub fn start(binary: Option<PathBuf>, is_pinned: bool) -> Self {
        let binary = binary.unwrap_or_else(default_binary);
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/siege.db", directory.path().display());
        // taskset executes the program in the same process, so the process id stays the same.
        let mut command = if is_pinned {
            let mut taskset = Command::new("taskset");
            taskset.args(["-c", "0"]).arg(&binary);
            taskset
        } else {
            Command::new(&binary)
        };
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--database-url", &url])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("build it first: cargo build --release");
        let address = address(&mut child);
        let token = token(&binary, &url);
        Self {
            address,
            token,
            pid: child.id(),
            owned: Some((child, directory)),
        }
    }

    /// Resident memory in kibibytes.
    pub fn memory(&self) -> u64 {
        let status = self.read_proc_file("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    }

    pub fn descriptors(&self) -> usize {
        let folder = Path::new("/proc").join(self.pid.to_string()).join("fd");
        folder.read_dir().map_or(0, Iterator::count)
    }

    /// CPU time used so far.
    pub fn cpu(&self) -> Duration {
        let stat = self.read_proc_file("stat");
        // The process name may contain anything; the fields start after it (proc(5)): utime is the 14th, stime the
        // next.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: u32 = ticks.filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
        TICK * ticks
    }

    fn read_proc_file(&self, file: &str) -> String {
        let path = Path::new("/proc").join(self.pid.to_string()).join(file);
        std::fs::read_to_string(path).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.owned {
            // It may have exited already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// `target/release/demarche`, derived from `target/release/examples/siege`.
fn default_binary() -> PathBuf {
    let executable = std::env::current_exe().unwrap();
    let folder = executable
        .parent()
        .and_then(Path::parent)
        .expect("the executable is in the folder `examples`");
    folder.join("demarche")
}

fn address(child: &mut Child) -> SocketAddr {
    let output = child.stdout.take().expect("stdout is piped");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let address = lines.find_map(|line| {
        let url = line.trim().strip_prefix("GraphQL ")?.trim();
        url.strip_prefix("http://")?
            .strip_suffix("/graphql")?
            .parse()
            .ok()
    });
    address.expect("the server prints its address")
}

fn token(binary: &Path, url: &str) -> String {
    let output = Command::new(binary)
        .args(["token", "create", "--role", "editor", "--name", "siege"])
        .args(["--database-url", url])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
