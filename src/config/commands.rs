//! Arguments of the commands other than `serve`.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};

use super::{Database, Serve, expiry::Expiry};
use crate::model::role::Role;

/// How a command prints its results.
#[derive(Clone, Copy, Debug, Args)]
pub struct Output {
    /// Print results as JSON, for programs: one object per line.
    #[arg(long, env = "DEMARCHE_JSON", value_parser = BoolishValueParser::new())]
    pub json: bool,
}

/// A command that lists what is in a database.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    pub database: Database,
    /// JSON documents (format: data/README.md) or exported ledgers, imported in this order; then `statements.csv` and `sources.csv`
    /// of an export, together, with `relationships.csv` if there are new reviews.
    #[arg(required_unless_present = "bundled")]
    pub files: Vec<PathBuf>,
    /// Import the bundled data set of this version, before the files. Entries that are already there are skipped.
    #[arg(long, env = "DEMARCHE_BUNDLED", value_parser = BoolishValueParser::new())]
    pub bundled: bool,
    /// Accept new entries although the clock is more than a minute behind the newest entry, whose recording time they then continue.
    #[arg(long, env = "DEMARCHE_ALLOW_CLOCK_BEHIND", value_parser = BoolishValueParser::new())]
    pub allow_clock_behind: bool,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Subcommand)]
pub enum New {
    /// Ask for a statement at a terminal, show what it would change, and record it or add it to a document.
    Statement(NewStatement),
}

#[derive(Debug, Args)]
pub struct NewStatement {
    #[command(flatten)]
    pub database: Database,
    /// Import document to add the statement to, instead of recording it; created if it does not exist.
    #[arg(long, short, env = "DEMARCHE_OUTPUT")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub database: Database,
    /// JSON documents (format: data/README.md), each checked by itself, or `statements.csv` and `sources.csv` of an export, together,
    /// with `relationships.csv` if there are new reviews.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    pub database: Database,
    /// Accept a ledger without entries; by default it is an error, because it may not be the one that was meant.
    #[arg(long, env = "DEMARCHE_ALLOW_EMPTY", value_parser = BoolishValueParser::new())]
    pub allow_empty: bool,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    pub database: Database,
    /// PostgreSQL role that servers log in as: grants it the right to read and to add entries, but not to change or delete them.
    #[arg(long, env = "DEMARCHE_GRANT_ROLE")]
    pub grant_role: Option<String>,
    /// Invalidate all cursors issued so far; run this on a restored backup before servers start on it.
    #[arg(long, env = "DEMARCHE_NEW_GENERATION", value_parser = BoolishValueParser::new())]
    pub new_generation: bool,
}

#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    pub serve: Serve,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    pub database: Database,
    /// Destination file; must not exist.
    pub file: PathBuf,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    pub database: Database,
    /// Destination file; standard output by default.
    #[arg(long, short, env = "DEMARCHE_OUTPUT")]
    pub output: Option<PathBuf>,
    /// Write the entries only, without header and footer: each line has the same eight keys. For data tools; it cannot be imported.
    #[arg(long, env = "DEMARCHE_ENTRIES", value_parser = BoolishValueParser::new())]
    pub entries: bool,
    #[command(flatten)]
    pub output_format: Output,
}

#[derive(Debug, Subcommand)]
pub enum Key {
    /// Print the verifier key, with which verifiers of transparency logs check tree heads (docs/proofs.md).
    Show(List),
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
        /// Name of the token, recorded as the author of its ledger entries: lower-case letters and digits joined by hyphens.
        #[arg(long, env = "DEMARCHE_TOKEN_NAME")]
        name: String,
        /// When the token expires: a date (from its start, UTC) or a duration, for example `2027-01-31` or `90d`; never by default.
        #[arg(long, env = "DEMARCHE_TOKEN_EXPIRES")]
        expires: Option<Expiry>,
    },
    /// Replace a token by a new one of the same name and role, and print it. The earlier one is refused from then on.
    Rotate {
        #[command(flatten)]
        database: Database,
        /// Name of the token.
        name: String,
        /// When the new token expires: a date or a duration; by default when the earlier one would have.
        #[arg(long, env = "DEMARCHE_TOKEN_EXPIRES")]
        expires: Option<Expiry>,
    },
    /// List the names, roles and states of tokens; the tokens themselves are not stored.
    List(List),
    /// Revoke a token.
    Revoke {
        #[command(flatten)]
        database: Database,
        /// Name of the token.
        #[arg(long, env = "DEMARCHE_TOKEN_NAME")]
        name: String,
    },
}

fn parse_role(text: &str) -> Result<Role, String> {
    match text.parse() {
        Ok(role @ (Role::Editor | Role::Admin)) => Ok(role),
        Ok(Role::Reader) => Err("readers need no token; use editor or admin".to_owned()),
        Err(_) => Err(format!("`{text}` is not a valid role; use editor or admin")),
    }
}
