//! The only writer: what is recorded, in which order, and what follows from it.
//!
//! A write becomes a [`command::Command`] (valid in itself), goes through the [`writer`] task, is checked against what
//! is recorded, appended and projected in one transaction, and is answered after the commit. No other module inserts,
//! updates, deletes or begins.

pub mod payload;

pub mod command;

pub mod hash;

pub mod head;

mod bulk_insert;

mod batch;

mod preconditions;

mod apply;

mod append;

mod projection;

pub mod history;

pub mod writer;

pub mod reference_data;

pub mod api_tokens;

pub mod export;

pub mod restore;

pub mod backup;

pub mod verify;

pub mod import;
