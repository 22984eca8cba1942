//! A disk of a few megabytes that can be full: a file system in memory, in a mount namespace of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub struct SmallDisk {
    /// Keeps the namespace, and with it the disk, until its standard input ends.
    keeper: Child,
    /// Whether the namespace has users of its own, because we may mount nothing ourselves.
    is_own_user: bool,
    directory: PathBuf,
}

const SIZE: &str = "size=24m";

impl SmallDisk {
    /// Mounted on a directory, for those who are inside.
    /// # Errors
    /// Why there can be none here.
    pub fn mount(directory: &Path) -> Result<Self, String> {
        Self::keep(directory, false).or_else(|_| Self::keep(directory, true))
    }

    fn keep(directory: &Path, is_own_user: bool) -> Result<Self, String> {
        let mut command = Command::new("unshare");
        command.args(if is_own_user {
            ["-r", "-m"].as_slice()
        } else {
            ["-m"].as_slice()
        });
        let script = format!("mount -t tmpfs -o {SIZE} tmpfs \"$1\" && echo mounted && exec cat");
        command
            .args(["--", "sh", "-c", &script, "keeper"])
            .arg(directory);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut keeper = command
            .spawn()
            .map_err(|error| format!("unshare: {error}"))?;
        let mut line = String::new();
        let output = keeper.stdout.take().expect("it was asked for");
        BufReader::new(output).read_line(&mut line).unwrap();
        let directory = directory.to_owned();
        let disk = Self {
            keeper,
            is_own_user,
            directory,
        };
        if line.trim() == "mounted" {
            Ok(disk)
        } else {
            Err("no file system can be mounted, not even in a namespace".to_owned())
        }
    }

    /// What stands before a command that is to run inside.
    pub fn entrance(&self) -> Vec<String> {
        let keeper = self.keeper.id().to_string();
        let mut words = vec!["nsenter", "--target", &keeper, "--mount"];
        if self.is_own_user {
            words.extend(["--user", "--preserve-credentials"]);
        }
        words.push("--");
        words.into_iter().map(str::to_owned).collect()
    }

    /// On it, for a user of this system; its name inside.
    /// # Errors
    /// Why there can be none.
    pub fn make_directory(&self, name: &str, user: &str) -> Result<String, String> {
        let inside = self.directory.join(name).display().to_string();
        let entrance = self.entrance();
        let mut install = Command::new(&entrance[0]);
        install.args(&entrance[1..]).arg("install");
        install.args(["-d", "-m", "700", "-o", user, &inside]);
        match install.output() {
            Ok(output) if output.status.success() => Ok(inside),
            other => Err(format!("a directory of {user}: {other:?}")),
        }
    }

    /// Takes all of the space but so many bytes.
    pub fn fill(&self, left: u64) {
        let mut file = std::fs::File::create(self.ballast()).unwrap();
        let block = [0; 4_096];
        let mut length: u64 = 0;
        while file.write_all(&block).is_ok() {
            length += block.len() as u64;
        }
        file.set_len(length.saturating_sub(left)).unwrap();
    }

    /// Gives it back.
    pub fn free(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    /// As it is seen from outside.
    fn ballast(&self) -> PathBuf {
        let inside = self.directory.join("ballast");
        PathBuf::from(format!(
            "/proc/{}/root{}",
            self.keeper.id(),
            inside.display()
        ))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // However it ended, it is gone.
        let _ = self.keeper.wait();
    }
}
