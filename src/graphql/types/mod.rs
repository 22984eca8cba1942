//! The type graph, a file a noun: Country, Relationship and Statement refer to each other, so this room is one circle and nothing outside is part of it.

pub mod country;
pub mod evidence;
pub mod initiative;
pub mod language;
pub mod ledger;
pub mod mutation;
pub mod node;
pub mod position;
pub mod region;
pub mod relationship;
pub mod search;
pub mod source;
pub mod stance;
pub mod stance_change;
pub mod statement;
pub mod subscription;
pub mod tally;
pub mod viewer;
