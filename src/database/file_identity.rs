//! Identity of the open SQLite files: device and inode, which change if a file is removed or replaced under its path.
//!
//! SQLite continues to write to the removed files, so that commits would be acknowledged and lost.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;

use super::url::is_postgres;

/// The database and its write-ahead log; empty for PostgreSQL. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct FileIdentity(Arc<[(PathBuf, (u64, u64))]>);

impl FileIdentity {
    /// The identity of the files of an open database. Its write-ahead log stays the same file while a connection is open.
    pub(super) fn of(url: &str) -> Self {
        let options = url.parse::<SqliteConnectOptions>();
        let Some(options) = options.ok().filter(|_| !is_postgres(url)) else {
            return Self::default();
        };
        let database = options.get_filename().to_owned();
        let mut log = database.clone().into_os_string();
        log.push("-wal");
        let files = [database, log.into()].into_iter();
        Self(
            files
                .filter_map(|path| Some((path.clone(), device_and_inode(&path)?)))
                .collect(),
        )
    }

    /// Whether every path still leads to the file that was opened.
    pub fn is_unchanged(&self) -> bool {
        let mut files = self.0.iter();
        files.all(|(path, identity)| device_and_inode(path) == Some(*identity))
    }
}

fn device_and_inode(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}
