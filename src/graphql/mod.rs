//! GraphQL: the schema types, the loaders that read their rows, and the rules that hold for every operation.
//!
//! Only this folder and its glue in `http` depend on `async_graphql`. Modules are listed lowest first; a module imports
//! only modules above it.

pub mod request_data;

pub mod description;

pub mod output;

pub mod pagination;

pub mod inputs;

pub mod syntax;

pub mod validation;

pub mod loaders;

pub mod connection;

pub mod cost;

pub mod extensions;

pub mod live_directive;

pub mod subscription_start;

pub mod public_url;

pub mod types;

pub mod schema;

pub mod execution;
