//! GraphQL types, one file per noun. Country, Relationship and Statement refer to each other, so the modules of this
//! folder import each other in a circle; no module outside it is part of that circle.

pub mod country;
pub mod dispute_change;
pub mod dry_run;
pub mod evidence;
pub mod initiative;
pub mod language;
pub mod ledger;
pub mod mutation;
pub mod node;
pub mod organisation;
pub mod position;
pub mod position_proof;
pub mod proof;
pub mod region;
pub mod relationship;
pub mod review;
pub mod search;
pub mod source;
pub mod stance;
pub mod stance_change;
pub mod statement;
pub mod subscription;
pub mod tally;
pub mod viewer;
pub mod webhook;
