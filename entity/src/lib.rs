//! What a row is. Knows SeaORM and nothing of ours.
//!
//! The ledger is the truth; `country` and `api_token` apart, every other table is a projection of it and can be
//! rebuilt from it. A row made by a ledger entry has the seq of that entry as its id.
//!
//! Instants are UTC microseconds since 1970 (`i64`); days are text, `YYYY-MM-DD`; closed sets are upper-case text.

pub mod ledger_head;

pub mod ledger_entry;

pub mod country;

pub mod initiative;

pub mod source;

pub mod relationship;

pub mod statement;

pub mod evidence;

pub mod contradiction;

pub mod stance_change;

pub mod api_token;
