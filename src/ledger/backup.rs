//! A copy of the whole database, tokens included, to begin again from.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use entity::ledger_head;

use super::head;
use crate::database::{copy, open_copy};
use crate::error::{Error, Result};

/// Copies a database of SQLite into a new file while servers go on with it, and gives the head of the copy. The file
/// gets its name when all of it is on disk. `generation` is that of the copy: what was recorded after it was made is not
/// in it, so it must refuse the cursors of those who have heard of that.
/// # Errors
/// `Error::BadUserInput` for PostgreSQL, for a database that cannot be opened, and for a file that is there already or
/// cannot be written. No file is left behind then.
pub async fn backup(url: &str, file: &Path, generation: &str) -> Result<ledger_head::Model> {
    let file = std::path::absolute(file).map_err(Error::internal)?;
    let partial = partial(&file)?;
    for taken in [&file, &partial] {
        if taken.exists() {
            let what = format!("{} is there already", taken.display());
            return Err(Error::bad_input("file", what));
        }
    }
    // It says what is wrong with the place better than SQLite does.
    let made = File::create_new(&partial).and_then(|made| made.sync_all());
    made.map_err(|error| unwritable(&partial, &error))?;
    let made = write(url, &partial, generation).await;
    let named = made.and_then(|head| {
        std::fs::rename(&partial, &file).map_err(|error| unwritable(&file, &error))?;
        sync(file.parent().unwrap_or(&file)).map_err(Error::internal)?;
        Ok(head)
    });
    if named.is_err() {
        // What is wrong has been found already.
        drop(std::fs::remove_file(&partial));
    }
    named
}

async fn write(url: &str, partial: &Path, generation: &str) -> Result<ledger_head::Model> {
    copy(url, partial).await?;
    let copied = open_copy(partial).await?;
    let renewed = head::renew(&copied, generation).await;
    copied.close().await?;
    sync(partial).map_err(Error::internal)?;
    renewed
}

/// What the copy is called until it is whole: a name in the same directory.
fn partial(file: &Path) -> Result<PathBuf> {
    let mut name =
        OsString::from(file.file_name().ok_or_else(|| {
            Error::bad_input("file", format!("{} names no file", file.display()))
        })?);
    name.push(".partial");
    Ok(file.with_file_name(name))
}

/// Of a directory: the names in it.
fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn unwritable(file: &Path, error: &io::Error) -> Error {
    Error::bad_input("file", format!("cannot write {}: {error}", file.display()))
}
