//! Domain model: stances, dates, statements, and the rules by which statements determine a position.
//!
//! Nothing here reads a clock, a database or the network, and nothing depends on GraphQL.

pub mod canonical;
pub mod citation;
pub mod country;
pub mod csv_cell;
pub mod cursor;
pub mod edtf;
pub mod folding;
pub mod id;
pub mod json_patch;
pub mod merkle_tree;
pub mod moment;
pub mod pin;
pub mod position;
pub mod rate_limit_status;
pub mod request_id;
pub mod review;
pub mod role;
pub mod signed_note;
pub mod small_set;
pub mod source;
mod string_enum;

pub mod stance;
pub mod statement;
pub mod suspension;
pub mod tally;
pub mod text;

pub mod time;
pub mod tokenizer;
pub mod webhook;
mod word;
pub mod wording;
