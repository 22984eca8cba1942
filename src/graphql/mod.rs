//! GraphQL: the types of the schema, how their rows are loaded, and the rules for every operation.
//!
//! Nothing outside this folder and its glue in `http` knows GraphQL. Rooms are listed lowest first; a room imports only
//! rooms above it.

pub mod output;

pub mod pagination;

pub mod inputs;

pub mod validation;

pub mod loaders;

pub mod connection;

pub mod cost;

pub mod extensions;

pub mod subscription_start;

pub mod types;

pub mod schema;
