//! Configuration: the command line and `DEMARCHE_…` variables. Nothing else reads the environment.

pub mod access;

pub mod check;

pub mod commands;

pub mod expiry;

pub mod limits;

pub mod telemetry;

mod webhook_filter;
pub mod webhooks;

use std::net::SocketAddr;

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use access::AccessConfig;
use commands::{Backup, Check, Doctor, Export, Import, Key, Migrate, New, Token, Verify};
use limits::Limits;
use telemetry::TelemetryConfig;
use webhooks::{Webhook, WebhookConfig};

/// Tracking how governments respond to diplomatic requests: a sourced ledger, served over GraphQL.
#[derive(Debug, Parser)]
#[command(
    name = "demarche",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_help_heading = "Commands (demarche COMMAND --help for each)",
    after_help = EXAMPLES
)]
pub struct CommandLine {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: Serve,
}

/// The end of the help.
const EXAMPLES: &str = "\
Examples:
  demarche                                    a local server with the bundled data set on http://127.0.0.1:8000
  demarche doctor --listen 0.0.0.0:8000       checks whether a server could start with these options
  demarche serve --database-url postgres://demarche:PASSWORD@10.0.0.5/demarche --public-url https://demarche.example
  demarche token create --role editor --name news-desk --expires 90d

Every option has an environment variable. Switches are on with 1, yes, true or on, and off with 0, no, false or off.
Documentation: docs/operating.md, docs/configuration.md";

impl CommandLine {
    /// Telemetry options; only `serve` has them, other commands use the defaults.
    pub fn telemetry(&self) -> TelemetryConfig {
        match &self.command {
            None => self.serve.telemetry.clone(),
            Some(Command::Serve(serve)) => serve.telemetry.clone(),
            Some(
                Command::Import(_)
                | Command::Check(_)
                | Command::New(_)
                | Command::Export(_)
                | Command::Backup(_)
                | Command::Migrate(_)
                | Command::Verify(_)
                | Command::Doctor(_)
                | Command::Token(_)
                | Command::Webhook(_)
                | Command::Key(_)
                | Command::Schema { .. }
                | Command::Completions { .. }
                | Command::Man { .. },
            ) => TelemetryConfig::default(),
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve GraphQL, subscriptions and the playground (the default command).
    Serve(Box<Serve>),
    /// Import documents, or restore a ledger that `export` wrote. A running server pushes new entries to subscribers.
    Import(Import),
    /// Check documents: print every error with its line, or what an import would record and which stances it would change.
    Check(Check),
    /// Write a new statement by answering questions.
    #[command(subcommand)]
    New(New),
    /// Write the whole ledger as NDJSON.
    Export(Export),
    /// Copy the whole database, tokens included, into a new file while servers continue (SQLite only).
    Backup(Backup),
    /// Run pending schema migrations (`serve` does so itself if its role is allowed to).
    Migrate(Migrate),
    /// Check the hash chain, rebuild all derived tables and compare them with the database, which is opened read-only.
    Verify(Verify),
    /// Check whether a server could start with these options: address, port, folder, disk, database. It changes nothing.
    Doctor(Box<Doctor>),
    /// Manage the API tokens of editors and admins.
    #[command(subcommand)]
    Token(Token),
    /// Manage the webhooks: URLs that running servers send stance changes to.
    #[command(subcommand)]
    Webhook(Webhook),
    /// Show the key that signs tree heads.
    #[command(subcommand)]
    Key(Key),
    /// Print the GraphQL schema.
    Schema {
        /// Print the JSON Schema of import documents instead, for editors that complete and check.
        #[arg(long, env = "DEMARCHE_DOCUMENT", value_parser = BoolishValueParser::new())]
        document: bool,
    },
    /// Print a script that completes commands and options in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page of the program or of a command, in the format of `man`.
    Man {
        /// The command; the program itself by default.
        command: Option<String>,
    },
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct Serve {
    #[command(flatten)]
    pub database: Database,
    /// Replica of the PostgreSQL database, used for reads when it is at least as current as what the client has already seen.
    #[arg(long, env = "DEMARCHE_READ_DATABASE_URL")]
    pub read_database_url: Option<String>,
    /// Address and port to listen on; port 0 selects a free port.
    #[arg(long, env = "DEMARCHE_LISTEN", default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,
    /// Base URL of permanent links, for example `https://demarche.example`; by default `http://` and the listen address.
    #[arg(long, env = "DEMARCHE_PUBLIC_URL", value_parser = parse_public_url)]
    pub public_url: Option<String>,
    /// Do not load the bundled data set if this start creates the database. The choice is stored in the database; later starts load
    /// nothing (see `demarche import --bundled`).
    #[arg(long, env = "DEMARCHE_NO_SEED", value_parser = BoolishValueParser::new())]
    pub no_seed: bool,
    /// Serve a copy of the database that is deleted when the server stops, to rehearse on (SQLite only). The copy has its tokens and
    /// webhooks; the latter are paused.
    #[arg(long, env = "DEMARCHE_SCRATCH", value_parser = BoolishValueParser::new())]
    pub scratch: bool,
    /// Accept new entries although the clock is more than a minute behind the newest entry, whose recording time they then continue.
    #[arg(long, env = "DEMARCHE_ALLOW_CLOCK_BEHIND", value_parser = BoolishValueParser::new())]
    pub allow_clock_behind: bool,
    #[command(flatten)]
    pub access: AccessConfig,
    #[command(flatten)]
    pub limits: Limits,
    /// How long to continue serving after the stop signal, with /readyz at 503, so that load balancers notice.
    #[arg(
        long,
        env = "DEMARCHE_DRAIN_DELAY",
        default_value = "0s",
        help_heading = "Time limits (for example 10s, 500ms)"
    )]
    pub drain_delay: humantime::Duration,
    #[command(flatten)]
    pub telemetry: TelemetryConfig,
    #[command(flatten)]
    pub webhooks: WebhookConfig,
}

#[derive(Clone, Debug, Args)]
pub struct Database {
    /// Database URL: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(
        long,
        env = "DEMARCHE_DATABASE_URL",
        default_value = "sqlite://demarche.db"
    )]
    pub database_url: String,
}

/// The log filter, in the syntax of `RUST_LOG`.
pub fn log_filter() -> String {
    let default = || "info,sea_orm_migration=warn,sqlx::postgres::notice=warn".to_owned();
    variable("DEMARCHE_LOG")
        .filter(|filter| !filter.is_empty())
        .unwrap_or_else(default)
}

/// Whether lines are to be JSON, before the command line is known to be valid.
pub fn wants_json() -> bool {
    let arguments: Vec<String> = std::env::args_os()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let by_option = arguments
        .windows(2)
        .rev()
        .find(|pair| pair[0] == "--log-format")
        .map(|pair| pair[1].clone());
    let joined = arguments
        .iter()
        .rev()
        .find_map(|argument| argument.strip_prefix("--log-format=").map(str::to_owned));
    let format = by_option
        .or(joined)
        .or_else(|| variable("DEMARCHE_LOG_FORMAT"));
    format.is_some_and(|format| format == "json")
}

fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is the only one that reads the environment"
    )]
    std::env::var(name).ok()
}

fn parse_public_url(text: &str) -> Result<String, String> {
    let advice =
        "use scheme and host, and a port or path if needed, for example https://demarche.example";
    let url = url::Url::parse(text).map_err(|error| format!("{error}; {advice}"))?;
    let is_base = matches!(url.scheme(), "http" | "https")
        && url.query().is_none()
        && url.fragment().is_none();
    if is_base && url.has_host() && url.username().is_empty() && text.contains("://") {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    Err(format!(
        "`{text}` is not the base of http or https URLs; {advice}"
    ))
}
