//! Disk of a few megabytes that can be filled: a tmpfs in its own mount namespace.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub struct SmallDisk {
    /// Holds the namespace, and with it the file system, until its standard input is closed.
    holder: Child,
    /// Whether the namespace also has its own users, needed without the right to mount.
    has_user_namespace: bool,
    directory: PathBuf,
}

const SIZE: &str = "size=24m";

impl SmallDisk {
    /// Mounts the file system on a directory, visible inside the namespace only.
    /// # Errors
    /// No file system can be mounted.
    pub fn mount(directory: &Path) -> Result<Self, String> {
        Self::mount_in_namespace(directory, false)
            .or_else(|_| Self::mount_in_namespace(directory, true))
    }

    fn mount_in_namespace(directory: &Path, has_user_namespace: bool) -> Result<Self, String> {
        let mut command = Command::new("unshare");
        command.args(if has_user_namespace {
            ["-r", "-m"].as_slice()
        } else {
            ["-m"].as_slice()
        });
        let script = format!("mount -t tmpfs -o {SIZE} tmpfs \"$1\" && echo mounted && exec cat");
        command
            .args(["--", "sh", "-c", &script, "holder"])
            .arg(directory);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut holder = command
            .spawn()
            .map_err(|error| format!("unshare: {error}"))?;
        let mut line = String::new();
        let output = holder.stdout.take().expect("stdout is piped");
        BufReader::new(output).read_line(&mut line).unwrap();
        let directory = directory.to_owned();
        let disk = Self {
            holder,
            has_user_namespace,
            directory,
        };
        if line.trim() == "mounted" {
            Ok(disk)
        } else {
            Err("cannot mount a file system, not even in a user namespace".to_owned())
        }
    }

    /// Prefix that runs a command inside the namespace.
    pub fn command_prefix(&self) -> Vec<String> {
        let holder = self.holder.id().to_string();
        let mut prefix = vec!["nsenter", "--target", &holder, "--mount"];
        if self.has_user_namespace {
            prefix.extend(["--user", "--preserve-credentials"]);
        }
        prefix.push("--");
        prefix.into_iter().map(str::to_owned).collect()
    }

    /// Creates a directory on it for a user of this system; returns its path inside.
    /// # Errors
    /// The directory cannot be created.
    pub fn create_directory(&self, name: &str, user: &str) -> Result<String, String> {
        let inside = self.directory.join(name).display().to_string();
        let prefix = self.command_prefix();
        let mut install = Command::new(&prefix[0]);
        install.args(&prefix[1..]).arg("install");
        install.args(["-d", "-m", "700", "-o", user, &inside]);
        match install.output() {
            Ok(output) if output.status.success() => Ok(inside),
            other => Err(format!("cannot create a directory for {user}: {other:?}")),
        }
    }

    /// Fills the disk up to `free` remaining bytes.
    pub fn fill(&self, free: u64) {
        let mut file = std::fs::File::create(self.filler_path()).unwrap();
        let block = [0; 4_096];
        let mut length: u64 = 0;
        while file.write_all(&block).is_ok() {
            length += block.len() as u64;
        }
        file.set_len(length.saturating_sub(free)).unwrap();
    }

    /// Frees the space again.
    pub fn free(&self) {
        std::fs::remove_file(self.filler_path()).unwrap();
    }

    /// The path as seen from outside the namespace.
    fn filler_path(&self) -> PathBuf {
        let inside = self.directory.join("filler_path");
        PathBuf::from(format!(
            "/proc/{}/root{}",
            self.holder.id(),
            inside.display()
        ))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        // The exit status does not matter.
        let _ = self.holder.wait();
    }
}
