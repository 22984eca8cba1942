//! The `demarche` command.

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    demarche::cli::run(demarche::config::CommandLine::parse()).await
}
