//! The `demarche` command.

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(demarche::config::log_filter())
        .with_writer(std::io::stderr)
        .init();
    demarche::cli::run(demarche::config::CommandLine::parse()).await
}
