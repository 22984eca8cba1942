//! `demarche doctor`: whether a server could start with these options. It binds the ports for a moment and changes nothing.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use entity::{edition, initiative};
use rustix::fs::{Access, access, statvfs};
use rustix::process::{Resource, getrlimit};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::json;

use super::print_line;
use crate::config::commands::Doctor;
use crate::config::{self, Serve};
use crate::database::{Database, Diagnosis, redact_password};
use crate::error::{Error, Result};
use crate::model::time::Timestamp;

/// Free space below which a server is likely to reject writes soon: some 60,000 entries.
const MIN_FREE_BYTES: u64 = 100 << 20;
/// Open files besides connections.
const OTHER_FILES: u64 = 64;

/// The result of one check: what was found, or the problem and what to do.
struct Check {
    name: &'static str,
    result: Result<String, String>,
}

/// Prints a line for each check.
/// # Errors
/// `Error::BadUserInput` if one found a problem.
pub(super) async fn doctor(options: &Doctor) -> Result<()> {
    let checks = run_checks(&options.serve).await;
    let problems = checks.iter().filter(|check| check.result.is_err()).count();
    for Check { name, result } in &checks {
        let (state, text) = match result {
            Ok(text) => ("ok", text),
            Err(text) => ("problem", text),
        };
        if options.output.json {
            print_line(&json!({ "check": name, "result": state, "message": text }).to_string())?;
        } else {
            print_line(&format!("{state:<8} {name:<9} {text}"))?;
        }
    }
    match problems {
        0 => Ok(()),
        1 => Err(Error::bad_input("doctor", "found a problem; see above")),
        count => Err(Error::bad_input(
            "doctor",
            format!("found {count} problems; see above"),
        )),
    }
}

async fn run_checks(serve: &Serve) -> Vec<Check> {
    let check = |name, result| Check { name, result };
    let mut checks = vec![check("options", check_options(serve))];
    for (option, address) in [
        ("--listen", Some(serve.listen)),
        ("--admin-listen", serve.telemetry.admin_listen),
    ] {
        if let Some(address) = address {
            checks.push(check("address", check_address(option, address)));
            checks.push(check("port", check_port(option, address)));
        }
    }
    if let Some(folder) = database_folder(&serve.database.database_url) {
        checks.push(check("folder", check_folder(&folder)));
        checks.push(check("disk", check_disk(&folder)));
    }
    checks.push(check("files", check_open_files(serve)));
    let urls = [
        Some(&serve.database.database_url),
        serve.read_database_url.as_ref(),
    ];
    for url in urls.into_iter().flatten() {
        checks.push(check("database", check_database(url).await));
    }
    checks
}

fn check_options(serve: &Serve) -> Result<String, String> {
    config::check::check(serve).map_err(|error| format!("--{error}"))?;
    if serve.public_url.is_none() && !serve.listen.ip().is_loopback() {
        return Ok(
            "usable; permanent links will contain the listen address: set --public-url".to_owned(),
        );
    }
    Ok("usable together".to_owned())
}

fn check_address(option: &str, address: SocketAddr) -> Result<String, String> {
    match TcpListener::bind((address.ip(), 0)) {
        Ok(_) => Ok(format!(
            "{option}: {} belongs to this machine",
            address.ip()
        )),
        Err(error) => Err(format!(
            "{option}: {} cannot be used ({error}); use an address of this machine, or 0.0.0.0 for all",
            address.ip()
        )),
    }
}

fn check_port(option: &str, address: SocketAddr) -> Result<String, String> {
    let port = address.port();
    TcpListener::bind(address)
        .map(|_| format!("{option}: {port} is free"))
        .map_err(|error| {
            let advice = match error.kind() {
                io::ErrorKind::AddrInUse => {
                    "another process listens on it: stop that, or choose another port"
                }
                io::ErrorKind::PermissionDenied => {
                    "this user may not use it: choose a port from 1024 on"
                }
                _ => "choose another address and port",
            };
            format!("{option}: {port} cannot be used ({error}); {advice}")
        })
}

/// The folder of a SQLite file.
fn database_folder(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or_default();
    if path == ":memory:" {
        return None;
    }
    let folder = Path::new(path)
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    Some(folder.unwrap_or(Path::new(".")).to_owned())
}

fn check_folder(folder: &Path) -> Result<String, String> {
    let name = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = name.display();
    if !folder.exists() {
        return Err(format!(
            "{name} does not exist; create it, or correct --database-url"
        ));
    }
    if !folder.is_dir() {
        return Err(format!(
            "{name} is a file, not a folder; correct --database-url"
        ));
    }
    match access(folder, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => Ok(format!("{name} can be written")),
        Err(error) => Err(format!(
            "{name} cannot be written ({error}); SQLite creates files next to the database: give this user the right to"
        )),
    }
}

fn check_disk(folder: &Path) -> Result<String, String> {
    let space = statvfs(folder)
        .map_err(|error| format!("free space is unknown ({error}); check the folder"))?;
    let (free, megabytes) = (space.f_bavail * space.f_frsize, |bytes: u64| bytes >> 20);
    if space.f_files > 0 && space.f_favail == 0 {
        return Err(
            "no file can be created: the file system has no free inodes; remove files".to_owned(),
        );
    }
    if free < MIN_FREE_BYTES {
        return Err(format!(
            "{} MB are free; free at least {} MB, or writes will be rejected",
            megabytes(free),
            megabytes(MIN_FREE_BYTES)
        ));
    }
    Ok(format!("{} MB are free", megabytes(free)))
}

fn check_open_files(serve: &Serve) -> Result<String, String> {
    let connections = u64::try_from(serve.limits.transport.connections).unwrap_or(u64::MAX);
    let needed = connections.saturating_add(OTHER_FILES);
    match getrlimit(Resource::Nofile).current {
        Some(limit) if limit < needed => Err(format!(
            "{limit} files may be open, --max-connections is {connections}; raise the limit (ulimit -n, LimitNOFILE) to {needed}, or \
             lower --max-connections"
        )),
        Some(limit) => Ok(format!("{limit} files may be open")),
        None => Ok("any number of files may be open".to_owned()),
    }
}

/// The newest edition of each initiative's document that named one, as the end of a sentence.
async fn list_editions(url: &str) -> Result<String> {
    let db = Database::inspect(url).await?;
    let editions = edition::Entity::find().order_by_asc(edition::Column::Id);
    let editions = editions.all(&db).await?.into_iter();
    // The last of each initiative.
    let newest: BTreeMap<i64, _> = editions.map(|row| (row.initiative_id, row)).collect();
    let initiatives = initiative::Entity::find().all(&db).await?.into_iter();
    let slugs: BTreeMap<i64, String> = initiatives.map(|row| (row.id, row.slug)).collect();
    db.close().await?;
    let editions = newest.into_iter().filter_map(|(initiative, edition)| {
        let (slug, name) = (slugs.get(&initiative)?, edition.name);
        let imported_on = Timestamp(edition.recorded_at).day();
        Some(format!(
            "; {slug} has edition {name}, imported {imported_on}"
        ))
    });
    Ok(editions.collect())
}

async fn check_database(url: &str) -> Result<String, String> {
    let name = redact_password(url);
    match Database::diagnose(url).await {
        Ok(Diagnosis::Current) => {
            let editions = list_editions(url).await;
            let editions = editions.map_err(|error| error.cause_chain())?;
            Ok(format!(
                "{name} has the tables and triggers of this version{editions}"
            ))
        }
        Ok(Diagnosis::Behind) => Ok(format!(
            "{name} is empty or of an earlier version: the start migrates it"
        )),
        Ok(Diagnosis::Missing) => Ok(format!("{name} does not exist: the start creates it")),
        Err(error) => Err(error.cause_chain()),
    }
}
