//! The subcommands. Results go to standard output, errors and the log to standard error; success is exit code 0.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::config::commands::{Export, Migrate, New, Output, Verify};
use crate::config::{self, Command, CommandLine};
use crate::database::{Database, IfMissing, file_size_limit};
use crate::error::{Error, Result};
use crate::ledger::import::document::JSON_SCHEMA;
use crate::ledger::{export, head, verify};
use crate::telemetry::{log, trace::TraceExporter};
use crate::{database, graphql, server};
use progress::ProgressBar;

mod backup;
mod check;
mod csv_files;
mod doctor;
mod document_report;
mod import;
mod key;
mod new_statement;
mod progress;
mod scratch;
mod serve;
mod shell_files;
mod token;
mod webhook;

/// Starts logging, runs the command, and flushes the last traces.
pub async fn run(command_line: CommandLine) -> ExitCode {
    let telemetry = command_line.telemetry();
    if let Err(error) = config::check::check_log_filter(&config::log_filter()) {
        print_error(&error);
        return ExitCode::FAILURE;
    }
    let traces = telemetry.otlp_endpoint.as_ref().map(TraceExporter::start);
    let traces = match traces.transpose() {
        Ok(traces) => traces,
        Err(error) => {
            print_error(&error);
            return ExitCode::FAILURE;
        }
    };
    log::start(telemetry.log_format, traces.as_ref());
    if let Err(error) = file_size_limit::handle() {
        tracing::warn!(%error, "cannot handle SIGXFSZ: a file-size limit will end the process");
    }
    let code = run_command(command_line).await;
    if let Some(traces) = traces {
        traces.shutdown();
    }
    code
}

async fn run_command(command_line: CommandLine) -> ExitCode {
    let result = match command_line
        .command
        .unwrap_or(Command::Serve(Box::new(command_line.serve)))
    {
        Command::Serve(options) => serve::serve(&options).await,
        Command::Import(options) => import::import(&options).await,
        Command::Check(options) => check::check(&options).await,
        Command::New(New::Statement(options)) => new_statement::new_statement(&options).await,
        Command::Export(options) => write_export(&options).await,
        Command::Backup(options) => backup::backup(&options).await,
        Command::Migrate(options) => migrate(&options).await,
        Command::Verify(options) => verify_ledger(&options).await,
        Command::Doctor(options) => doctor::doctor(&options).await,
        Command::Token(command) => token::run(command).await,
        Command::Webhook(command) => webhook::run(command).await,
        Command::Key(command) => key::run(command).await,
        Command::Schema { document: true } => print_line(JSON_SCHEMA),
        Command::Schema { document: false } => print_line(&graphql::schema::sdl()),
        Command::Completions { shell } => shell_files::print_completions(shell),
        Command::Man { command } => shell_files::print_manual(command.as_deref()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&error);
            ExitCode::FAILURE
        }
    }
}

/// Prints one line to standard output.
fn print_line(text: &str) -> Result<()> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    writeln!(std::io::stdout(), "{text}").map_err(Error::internal)
}

/// Prints a result: an object for programs, or text.
fn print_result(output: Output, object: &Value, text: &str) -> Result<()> {
    if output.json {
        print_line(&object.to_string())
    } else {
        print_line(text)
    }
}

/// Whether the reader of our output has closed it (`demarche export | head`), which is not an error.
fn is_broken_pipe(error: &Error) -> bool {
    let Error::Internal(cause) = error else {
        return false;
    };
    let cause = cause.downcast_ref::<std::io::Error>();
    cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Prints an error with its causes: the operator needs them.
fn print_error(error: &Error) {
    let text = error.cause_chain();
    let text = if config::wants_json() {
        log::json_line(server::clock()(), "ERROR", &text, serde_json::Map::new())
    } else {
        format!("demarche: {text}")
    };
    // If standard error is closed, nothing is left to report to.
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// Reports a command line that is no valid one, in the form of the log; or prints the help or the version.
pub fn report_usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && config::wants_json() {
        let text = error.render().to_string();
        let line = log::json_line(
            server::clock()(),
            "ERROR",
            text.trim_end(),
            serde_json::Map::new(),
        );
        drop(writeln!(std::io::stderr(), "{line}"));
    } else {
        drop(error.print());
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

async fn write_export(options: &Export) -> Result<()> {
    if options.output_format.json && options.output.is_none() {
        let message = "needs --output: without it the ledger itself goes to standard output";
        return Err(Error::bad_input("json", message));
    }
    let database = server::open(&options.database.database_url, IfMissing::Fail).await?;
    let progress = ProgressBar::of_entries("export");
    let count = if let Some(path) = &options.output {
        let file = std::fs::File::create(path).map_err(|error| {
            let message = format!("cannot write {}: {error}", path.display());
            Error::bad_input("output", message)
        })?;
        let mut out = std::io::BufWriter::new(file);
        let count = export_to(&database, options.entries, &mut out, &progress).await?;
        let file = out.into_inner();
        let file = file.map_err(|error| Error::internal(error.into_error()))?;
        file.sync_all().map_err(Error::internal)?;
        count
    } else {
        let mut out = std::io::stdout().lock();
        export_to(&database, options.entries, &mut out, &progress).await?
    };
    drop(progress);
    tracing::info!(count, "export finished");
    if let (true, Some(path)) = (options.output_format.json, &options.output) {
        let file = path.display().to_string();
        let object = json!({ "type": "summary", "file": file, "entries": count });
        print_line(&object.to_string())?;
    }
    database.close().await
}

async fn export_to(
    database: &Database,
    only_entries: bool,
    out: &mut impl Write,
    progress: &ProgressBar,
) -> Result<i64> {
    if only_entries {
        export::export_entries(database.reader(), out, progress).await
    } else {
        export::export_with(database.reader(), out, progress).await
    }
}

async fn migrate(options: &Migrate) -> Result<()> {
    let url = &options.database.database_url;
    let progress = ProgressBar::of_entries("migrate");
    let database = server::open_and_migrate(url, &progress).await?;
    drop(progress);
    if let Some(role) = &options.grant_role {
        database::grant(database.writer(), role).await?;
    }
    let before = head::load_head(database.writer()).await?;
    database.close().await?;
    if options.new_generation {
        let head = head::rotate_unused_generation(url, &server::new_generation()?).await?;
        print_line(&format!(
            "new generation {} in place of {}: cursors issued so far are rejected from now on",
            head.generation, before.generation
        ))?;
    }
    print_line("schema is up to date")
}

async fn verify_ledger(options: &Verify) -> Result<()> {
    let connection = Database::inspect(&options.database.database_url).await?;
    let structure = database::inspect_structure(&connection).await?;
    for difference in structure.differences() {
        let object = json!({ "type": "difference", "message": difference });
        print_result(options.output, &object, &difference)?;
    }
    if !structure.is_readable() {
        return structure.check();
    }
    let progress = ProgressBar::of_entries("verify");
    let report = verify::verify_with(&connection, export::PAGE_SIZE, &progress).await?;
    drop(progress);
    connection.close().await?;
    if let Some(first) = report.discrepancies.first() {
        for discrepancy in &report.discrepancies {
            let text = discrepancy.to_string();
            let object = json!({ "type": "discrepancy", "message": text });
            print_result(options.output, &object, &text)?;
        }
        let message = format!(
            "discrepancies found: {}; the first is {first}",
            report.discrepancies.len(),
        );
        return Err(Error::bad_input("ledger", message));
    }
    structure.check()?;
    if report.entries == 0 && !options.allow_empty {
        let message =
            "the ledger has no entries; check --database-url, or use --allow-empty if it is new";
        return Err(Error::bad_input("ledger", message));
    }
    let (entries, head) = (report.entries, &report.head);
    let object = json!({ "type": "summary", "entries": entries, "head": head });
    let text = format!("OK: {entries} entries verified, head {head}");
    print_result(options.output, &object, &text)
}

/// The error for a file argument that cannot be read.
fn read_error(file: &Path, error: &std::io::Error) -> Error {
    Error::bad_input("file", format!("cannot read {}: {error}", file.display()))
}
