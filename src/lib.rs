//! Démarche tracks how governments respond to diplomatic requests: their positions, who reported them, and since when.

pub mod error;

pub mod input_errors;

pub mod model;

pub mod wake_flag;

pub mod lifecycle;

pub mod database;

pub mod cache;

pub mod ledger;

pub mod read_model;

pub mod telemetry;

pub mod feed;

pub mod graphql;

pub mod http;

pub mod webhooks;

pub mod config;

pub mod cli;

pub mod server;
