//! SeaORM entities: one module per table, without dependencies on other crates of the workspace.
//!
//! The ledger is the source of truth. Every other table except `country`, `api_token`, `signing_key` and
//! those of webhooks is a projection of it and can be
//! rebuilt from it. A row created by a ledger entry has the seq of that entry as its id.
//!
//! Instants are UTC microseconds since 1970 (`i64`); days are text, `YYYY-MM-DD`; enumerations are upper-case text.

pub mod ledger_head;

pub mod ledger_entry;

pub mod country;

pub mod initiative;

pub mod source;

pub mod source_publication;

pub mod relationship;

pub mod statement;

pub mod evidence;

pub mod contradiction;

pub mod stance_change;

pub mod review;

pub mod edition;

pub mod tree_node;

pub mod signing_key;

pub mod api_token;

pub mod webhook;

pub mod webhook_delivery;
