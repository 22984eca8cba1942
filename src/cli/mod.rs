//! What each subcommand does. Answers go to standard output, faults to standard error, success is exit code 0.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use crate::config::{Command, CommandLine, Export, Migrate};
use crate::database::Missing;
use crate::error::{Error, Result};
use crate::ledger::{export, head, verify};
use crate::telemetry::{log, trace::Traces};
use crate::{database, graphql, server};

mod backup;
mod import;
mod serve;
mod token;

/// Logs, does what the line says, and sends the last traces.
pub async fn run(line: CommandLine) -> ExitCode {
    let operating = line.operating();
    let traces = operating.otlp_endpoint.as_ref().map(Traces::start);
    let traces = match traces.transpose() {
        Ok(traces) => traces,
        Err(error) => {
            complain(&error);
            return ExitCode::FAILURE;
        }
    };
    log::start(operating.log_format, traces.as_ref());
    let code = obey(line).await;
    if let Some(traces) = traces {
        traces.end();
    }
    code
}

async fn obey(line: CommandLine) -> ExitCode {
    let done = match line.command.unwrap_or(Command::Serve(Box::new(line.serve))) {
        Command::Serve(options) => serve::serve(&options).await,
        Command::Import(options) => import::import(&options).await,
        Command::Export(options) => write_export(&options).await,
        Command::Backup(options) => backup::backup(&options).await,
        Command::Migrate(options) => migrate(&options).await,
        Command::Verify(options) => check(&options.database_url).await,
        Command::Token(command) => token::run(command).await,
        Command::Schema => say(&graphql::schema::sdl()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if reader_left(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// A line of the answer.
fn say(text: &str) -> Result<()> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    writeln!(std::io::stdout(), "{text}").map_err(Error::internal)
}

/// A reader that has seen enough (`demarche export | head`) is no error.
fn reader_left(error: &Error) -> bool {
    let Error::Internal(cause) = error else {
        return false;
    };
    let cause = cause.downcast_ref::<std::io::Error>();
    cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

/// The operator is the one who needs the cause.
fn complain(error: &Error) {
    let text = error.causes();
    // Nothing is left to tell it to if standard error is closed.
    drop(writeln!(std::io::stderr(), "demarche: {text}"));
}

async fn write_export(options: &Export) -> Result<()> {
    let database = server::open(&options.database.database_url, Missing::Refuse).await?;
    let count = match &options.output {
        Some(path) => {
            let file = std::fs::File::create(path).map_err(|error| {
                Error::bad_input(
                    "output",
                    format!("cannot write {}: {error}", path.display()),
                )
            })?;
            let mut out = std::io::BufWriter::new(file);
            let count = export::export(database.reader(), &mut out).await?;
            let file = out
                .into_inner()
                .map_err(|error| Error::internal(error.into_error()))?;
            file.sync_all().map_err(Error::internal)?;
            count
        }
        None => export::export(database.reader(), &mut std::io::stdout().lock()).await?,
    };
    tracing::info!(count, "exported");
    database.close().await
}

async fn migrate(options: &Migrate) -> Result<()> {
    let database = server::open(&options.database.database_url, Missing::Make).await?;
    if let Some(role) = &options.grant_role {
        database::grant(database.writer(), role).await?;
    }
    if options.new_generation {
        head::renew(database.writer(), &server::draw_generation()?).await?;
    }
    database.close().await?;
    say("the tables are those of this version")
}

async fn check(url: &str) -> Result<()> {
    let database = server::open(url, Missing::Refuse).await?;
    let report = verify::verify(database.reader()).await?;
    database.close().await?;
    if let Some(first) = report.faults.first() {
        for fault in &report.faults {
            say(&format!("entry {}: {}", fault.seq, fault.what))?;
        }
        let message = format!(
            "{} faults, the first at entry {}",
            report.faults.len(),
            first.seq
        );
        return Err(Error::bad_input("ledger", message));
    }
    say(&format!(
        "{} entries, chain and projections whole, head {}",
        report.entries, report.head
    ))
}

/// An argument that names a file that cannot be read.
fn unreadable(file: &Path, error: &std::io::Error) -> Error {
    Error::bad_input("file", format!("cannot read {}: {error}", file.display()))
}
