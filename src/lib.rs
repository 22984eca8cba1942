//! Démarche: where states stand on what they were asked, who says so, and what was known when.

pub mod error;

pub mod model;

pub mod database;

pub mod ledger;

pub mod board;

pub mod telemetry;

pub mod feed;

pub mod graphql;

pub mod http;

pub mod config;

pub mod cli;

pub mod server;
