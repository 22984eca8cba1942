//! Configuration: the command line and `DEMARCHE_…` variables. Nothing else reads the environment.

pub mod access;

pub mod limits;

pub mod telemetry;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::model::role::Role;
use access::AccessConfig;
use limits::Limits;
use telemetry::TelemetryConfig;

/// Tracking how governments respond to diplomatic requests: a sourced ledger, served over GraphQL.
#[derive(Debug, Parser)]
#[command(name = "demarche", version, args_conflicts_with_subcommands = true)]
pub struct CommandLine {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: Serve,
}

impl CommandLine {
    /// Telemetry options; only `serve` has them, other commands use the defaults.
    pub fn telemetry(&self) -> TelemetryConfig {
        match &self.command {
            None => self.serve.telemetry.clone(),
            Some(Command::Serve(serve)) => serve.telemetry.clone(),
            Some(
                Command::Import(_)
                | Command::Export(_)
                | Command::Backup(_)
                | Command::Migrate(_)
                | Command::Verify(_)
                | Command::Token(_)
                | Command::Schema,
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
    /// Write the whole ledger as NDJSON.
    Export(Export),
    /// Copy the whole database, tokens included, into a new file while servers continue (SQLite only).
    Backup(Backup),
    /// Run pending schema migrations (`serve` does so itself if its role is allowed to).
    Migrate(Migrate),
    /// Check the hash chain, rebuild all derived tables and compare them with the database, which is opened read-only.
    Verify(Verify),
    /// Manage the API tokens of editors and admins.
    #[command(subcommand)]
    Token(Token),
    /// Print the GraphQL schema.
    Schema,
}

#[derive(Clone, Debug, Args)]
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
    #[arg(long, env = "DEMARCHE_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Do not load the bundled data set if this start creates the database. The choice is stored in the database; later starts load
    /// nothing (see `demarche import --bundled`).
    #[arg(long, env = "DEMARCHE_NO_SEED")]
    pub no_seed: bool,
    /// Accept new entries although the clock is more than a minute behind the newest entry, whose recording time they then continue.
    #[arg(long, env = "DEMARCHE_ALLOW_CLOCK_BEHIND")]
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

#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    pub database: Database,
    /// JSON documents (format: data/README.md) or exported ledgers, imported in this order.
    #[arg(required_unless_present = "bundled")]
    pub files: Vec<PathBuf>,
    /// Import the bundled data set of this version, before the files. Entries that are already there are skipped.
    #[arg(long, env = "DEMARCHE_BUNDLED")]
    pub bundled: bool,
    /// Accept new entries although the clock is more than a minute behind the newest entry, whose recording time they then continue.
    #[arg(long, env = "DEMARCHE_ALLOW_CLOCK_BEHIND")]
    pub allow_clock_behind: bool,
}

#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    pub database: Database,
    /// Accept a ledger without entries; by default it is an error, because it may not be the one that was meant.
    #[arg(long, env = "DEMARCHE_ALLOW_EMPTY")]
    pub allow_empty: bool,
}

#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    pub database: Database,
    /// PostgreSQL role that servers log in as: grants it the right to read and to add entries, but not to change or delete them.
    #[arg(long, env = "DEMARCHE_GRANT_ROLE")]
    pub grant_role: Option<String>,
    /// Invalidate all cursors issued so far; run this on a restored backup before servers start on it.
    #[arg(long, env = "DEMARCHE_NEW_GENERATION")]
    pub new_generation: bool,
}

#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    pub database: Database,
    /// Destination file; must not exist.
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    pub database: Database,
    /// Destination file; standard output by default.
    #[arg(long, short, env = "DEMARCHE_OUTPUT")]
    pub output: Option<PathBuf>,
    /// Write the entries only, without header and footer: each line has the same eight keys. For data tools; it cannot be imported.
    #[arg(long, env = "DEMARCHE_ENTRIES")]
    pub entries: bool,
}

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Create a token and print it; it is shown only once.
    Create {
        #[command(flatten)]
        database: Database,
        /// Role of the token: editor or admin.
        #[arg(long, env = "DEMARCHE_TOKEN_ROLE", value_parser = parse_role)]
        role: Role,
        /// Name of the token; recorded as the author of its ledger entries.
        #[arg(long, env = "DEMARCHE_TOKEN_NAME")]
        name: String,
    },
    /// List the names, roles and states of tokens; the tokens themselves are not stored.
    List(Database),
    /// Revoke a token.
    Revoke {
        #[command(flatten)]
        database: Database,
        /// Name of the token.
        #[arg(long, env = "DEMARCHE_TOKEN_NAME")]
        name: String,
    },
}

/// The log filter, in the syntax of `RUST_LOG`.
pub fn log_filter() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is the only one that reads the environment"
    )]
    std::env::var("DEMARCHE_LOG")
        .unwrap_or_else(|_| "info,sea_orm_migration=warn,sqlx::postgres::notice=warn".to_owned())
}

fn parse_role(text: &str) -> Result<Role, String> {
    match text.parse() {
        Ok(role @ (Role::Editor | Role::Admin)) => Ok(role),
        Ok(Role::Reader) => Err("readers need no token; use editor or admin".to_owned()),
        Err(_) => Err(format!("`{text}` is not a valid role; use editor or admin")),
    }
}
