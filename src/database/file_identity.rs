//! Identity of the open SQLite files: device and inode, which change if a file is removed or replaced under its path.
//!
//! SQLite continues to write to the removed files, so that commits would be acknowledged and lost.

use std::fs;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;

use super::url::is_postgres;

/// What a trial writes, in pages of 4 KiB: more than a transaction of one entry does.
const TRIAL_PAGES: u64 = 16;

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

    /// Whether a file next to the database can be written; it is removed again.
    pub(crate) fn has_room(&self) -> bool {
        let Some((database, _)) = self.0.first() else {
            return true;
        };
        let mut trial = database.clone().into_os_string();
        trial.push(format!("-trial-{}", std::process::id()));
        let result = fs::File::create(&trial).and_then(|file| {
            for page in 0..TRIAL_PAGES {
                file.write_all_at(&[0; 4_096], page * 4_096)?;
            }
            file.sync_all()
        });
        drop(fs::remove_file(&trial));
        let is_full = |error: io::Error| {
            matches!(
                error.kind(),
                io::ErrorKind::StorageFull
                    | io::ErrorKind::QuotaExceeded
                    | io::ErrorKind::FileTooLarge
            )
        };
        !result.is_err_and(is_full)
    }
}

fn device_and_inode(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}
