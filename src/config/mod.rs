//! The command line and `DEMARCHE_…` variables. The only reader of the environment.

pub mod access;

pub mod limits;

pub mod telemetry;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::model::role::Role;
use access::Doors;
use limits::Limits;
use telemetry::Operating;

/// Where states stand on what they were asked: a sourced ledger, served over GraphQL.
#[derive(Debug, Parser)]
#[command(name = "demarche", version, args_conflicts_with_subcommands = true)]
pub struct CommandLine {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: Serve,
}

impl CommandLine {
    /// How the process is watched; only a server is told.
    pub fn operating(&self) -> Operating {
        match &self.command {
            None => self.serve.operating.clone(),
            Some(Command::Serve(serve)) => serve.operating.clone(),
            Some(
                Command::Import(_)
                | Command::Export(_)
                | Command::Backup(_)
                | Command::Migrate(_)
                | Command::Verify(_)
                | Command::Token(_)
                | Command::Schema,
            ) => Operating::default(),
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve GraphQL, subscriptions and the playground (what happens without a subcommand, too).
    Serve(Box<Serve>),
    /// Record an import document, or restore a ledger that `export` wrote. A running server pushes what is new.
    Import(Import),
    /// Write the whole ledger as NDJSON.
    Export(Export),
    /// Copy the whole database, tokens included, into a new file, while servers go on (SQLite).
    Backup(Backup),
    /// Bring the tables up to date, as `serve` does by itself where its role may.
    Migrate(Migrate),
    /// Walk the hash chain, rebuild everything that is computed from it, and compare.
    Verify(Database),
    /// Manage the tokens of those who may write.
    #[command(subcommand)]
    Token(Token),
    /// Print the GraphQL schema.
    Schema,
}

#[derive(Clone, Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub database: Database,
    /// A replica of the PostgreSQL database: queries are read from it whenever it has come as far as their client has seen.
    #[arg(long, env = "DEMARCHE_READ_DATABASE_URL")]
    pub read_database_url: Option<String>,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "DEMARCHE_LISTEN", default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,
    /// What permanent links begin with; by default `http://` and the address listened on.
    #[arg(long, env = "DEMARCHE_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Leave a new database empty instead of loading the first initiative.
    #[arg(long, env = "DEMARCHE_EMPTY")]
    pub empty: bool,
    #[command(flatten)]
    pub doors: Doors,
    #[command(flatten)]
    pub limits: Limits,
    #[command(flatten)]
    pub operating: Operating,
}

#[derive(Clone, Debug, Args)]
pub struct Database {
    /// The database: `sqlite://PATH`, which is made if it is missing, or `postgres://USER:PASSWORD@HOST/NAME`.
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
    /// JSON documents in the format of data/README.md, or an exported ledger; one after the other.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    pub database: Database,
    /// A role of PostgreSQL that servers log in as: it may read and add from then on, and alter no entry.
    #[arg(long, env = "DEMARCHE_GRANT_ROLE")]
    pub grant_role: Option<String>,
    /// Refuse all cursors given out so far: for a backup that takes the place of a database, before servers start on it.
    #[arg(long, env = "DEMARCHE_NEW_GENERATION")]
    pub new_generation: bool,
}

#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    pub database: Database,
    /// Where to write; it must not be there yet.
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    pub database: Database,
    /// Where to write; standard output by default.
    #[arg(long, short, env = "DEMARCHE_OUTPUT")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token and print it, this once.
    Create {
        #[command(flatten)]
        database: Database,
        /// What its bearer may do: editor or admin.
        #[arg(long, env = "DEMARCHE_TOKEN_ROLE", value_parser = parse_role)]
        role: Role,
        /// What ledger entries will name as their actor.
        #[arg(long, env = "DEMARCHE_TOKEN_NAME")]
        name: String,
    },
    /// List tokens by name; the tokens themselves are not kept.
    List(Database),
    /// Refuse a token from now on.
    Revoke {
        #[command(flatten)]
        database: Database,
        /// The token's name.
        #[arg(long, env = "DEMARCHE_TOKEN_NAME")]
        name: String,
    },
}

/// What tracing prints, in the syntax of `RUST_LOG`.
pub fn log_filter() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place that reads the environment"
    )]
    std::env::var("DEMARCHE_LOG")
        .unwrap_or_else(|_| "info,sea_orm_migration=warn,sqlx::postgres::notice=warn".to_owned())
}

fn parse_role(text: &str) -> Result<Role, String> {
    match text.parse() {
        Ok(role @ (Role::Editor | Role::Admin)) => Ok(role),
        Ok(Role::Reader) => Err("readers need no token".to_owned()),
        Err(_) => Err(format!("`{text}` is not editor or admin")),
    }
}
