//! Backup: a copy of the whole database, tokens included, from which a server can start.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use entity::ledger_head;

use super::head;
use super::progress::Progress;
use crate::database::{copy_sqlite, open_copy, sqlite_size};
use crate::error::{Error, Result};

/// How often the size of the copy is reported.
const REPORT_INTERVAL: Duration = Duration::from_millis(100);

/// Copies a SQLite database into a new file while servers continue to use it, and returns the head of the copy. The file
/// gets its final name when all of it is on disk. The copy gets its own `generation`: it lacks the entries recorded later, so
/// it must reject the cursors of clients that have seen them.
/// # Errors
/// `Error::BadUserInput` for PostgreSQL, for a database that cannot be opened, and for a file that exists already or
/// cannot be written. On an error no file is left behind.
pub async fn backup(url: &str, file: &Path, generation: &str) -> Result<ledger_head::Model> {
    backup_with(url, file, generation, &()).await
}

/// As [`backup`]; reports bytes.
pub async fn backup_with(
    url: &str,
    file: &Path,
    generation: &str,
    progress: &impl Progress,
) -> Result<ledger_head::Model> {
    let file = std::path::absolute(file).map_err(Error::internal)?;
    let partial = partial_path(&file)?;
    for path in [&file, &partial] {
        if path.exists() {
            let message = format!("{} exists already; choose another file", path.display());
            return Err(Error::bad_input("file", message));
        }
    }
    // The error of this call is clearer than SQLite's.
    let created = File::create_new(&partial).and_then(|new_file| new_file.sync_all());
    created.map_err(|error| write_error(&partial, &error))?;
    let head = write_copy(url, &partial, generation, progress).await;
    let result = head.and_then(|head| {
        std::fs::rename(&partial, &file).map_err(|error| write_error(&file, &error))?;
        sync_path(file.parent().unwrap_or(&file)).map_err(Error::internal)?;
        Ok(head)
    });
    if result.is_err() {
        // The first error is the one to report.
        drop(std::fs::remove_file(&partial));
    }
    result
}

async fn write_copy(
    url: &str,
    partial: &Path,
    generation: &str,
    progress: &impl Progress,
) -> Result<ledger_head::Model> {
    copy_with_progress(url, partial, progress).await?;
    let copy = open_copy(partial).await?;
    let head = head::rotate_generation(&copy, generation).await;
    copy.close().await?;
    sync_path(partial).map_err(Error::internal)?;
    head
}

/// Copies the database, and reports the size of the copy as it grows.
async fn copy_with_progress(url: &str, partial: &Path, progress: &impl Progress) -> Result<()> {
    progress.add_expected(as_count(sqlite_size(url).await?));
    let mut copy = std::pin::pin!(copy_sqlite(url, partial));
    let mut done = 0;
    let mut report = || {
        let size = std::fs::metadata(partial).map_or(0, |file| as_count(file.len()));
        progress.add_done(size.saturating_sub(done));
        done = size.max(done);
    };
    loop {
        tokio::select! {
            result = &mut copy => {
                report();
                return result;
            }
            () = tokio::time::sleep(REPORT_INTERVAL) => report(),
        }
    }
}

fn as_count(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// The name of the copy until it is complete, in the same directory.
fn partial_path(file: &Path) -> Result<PathBuf> {
    let mut name = OsString::from(file.file_name().ok_or_else(|| {
        Error::bad_input("file", format!("{} is not a file name", file.display()))
    })?);
    name.push(".partial");
    Ok(file.with_file_name(name))
}

/// Syncs a file, or the names in a directory.
fn sync_path(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn write_error(file: &Path, error: &io::Error) -> Error {
    Error::bad_input("file", format!("cannot write {}: {error}", file.display()))
}
