//! Why a SQLite file cannot be opened. SQLite says "unable to open database file" for most reasons, so the path is examined.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;

use super::IfMissing;
use crate::error::Error;

/// The reason and what to do, or the database's own words if the path explains nothing.
pub(super) fn explain(url: &str, missing: IfMissing, error: &Error) -> String {
    let cause = error.cause_chain();
    if let Some(reason) = reason_of_code(error, &cause) {
        return reason;
    }
    let options = url.parse::<SqliteConnectOptions>();
    let reason = options
        .ok()
        .and_then(|options| reason_of_path(options.get_filename(), missing));
    reason.unwrap_or(cause)
}

fn reason_of_code(error: &Error, cause: &str) -> Option<String> {
    let has = |text: &str| cause.contains(text);
    if matches!(error, Error::StorageFull) || has("database or disk is full") {
        Some("the disk is full; free some space, or put the file on another disk".to_owned())
    } else if has("file is not a database") {
        Some("the file is not a SQLite database; check --database-url".to_owned())
    } else if has("disk image is malformed") {
        Some("the file is damaged; restore a backup".to_owned())
    } else {
        None
    }
}

fn reason_of_path(file: &Path, missing: IfMissing) -> Option<String> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let folder_name = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let folder_name = folder_name.display();
    let permission = |kind: &str| {
        Some(format!(
            "no permission to write to the {kind}; this user needs to read and write the file and its folder"
        ))
    };
    match fs::metadata(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Some(format!(
                "the folder {folder_name} does not exist; create it, or correct the path"
            ));
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return permission("folder"),
        Ok(metadata) if !metadata.is_dir() => {
            return Some(format!(
                "{folder_name} is a file, not a folder; correct the path"
            ));
        }
        _ => {}
    }
    if file.is_dir() {
        return Some("it is a folder; name a file in it, such as demarche.db".to_owned());
    }
    match File::options().read(true).write(true).open(file) {
        Err(error) if error.kind() == ErrorKind::NotFound && missing == IfMissing::Fail => {
            Some("there is no such file (it must exist); check --database-url".to_owned())
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => permission("file"),
        Err(error) if error.kind() == ErrorKind::ReadOnlyFilesystem => {
            Some("its file system is read-only; use another folder".to_owned())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            match rustix::fs::access(folder, rustix::fs::Access::WRITE_OK) {
                Err(rustix::io::Errno::ROFS) => {
                    Some("its file system is read-only; use another folder".to_owned())
                }
                Err(_) => permission("folder"),
                Ok(()) => None,
            }
        }
        Err(error) => Some(error.to_string()),
        Ok(_) if rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_err() => {
            permission("folder")
        }
        Ok(_) => None,
    }
}
