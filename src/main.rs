//! The `demarche` command.

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    match demarche::config::CommandLine::try_parse() {
        Ok(command_line) => demarche::cli::run(command_line).await,
        Err(error) => demarche::cli::report_usage(&error),
    }
}
