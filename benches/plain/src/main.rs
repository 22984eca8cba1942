//! Plain server, a peer: async-graphql and SeaORM as their documentation teaches: `plain DATABASE COUNTRIES PORT`.
//!
//! Serves the measured operations from the tables of this service; facts of countries are in memory, as in this service.
//! `/publish` sends an event to subscribers without a write, which this service has to make. Not here: limits, cost,
//! other fields, anything that writes.

mod countries;
mod event;
mod loaders;
mod query;
mod stance;
mod types;

use std::error::Error;

use async_graphql::{EmptyMutation, Schema, dataloader::DataLoader};
use async_graphql_axum::{GraphQL, GraphQLSubscription};
use axum::Router;
use axum::routing::post;
use axum::serve::ListenerExt;
use sea_orm::{ConnectOptions, Database};
use tokio::net::TcpListener;

use countries::Countries;
use event::Events;
use loaders::RowLoader;

/// Database connections; SeaORM's default is one.
const MAX_CONNECTIONS: u32 = 4;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, countries, port] = arguments.as_slice() else {
        return Err("usage: plain DATABASE COUNTRIES PORT".into());
    };
    let mut options = ConnectOptions::new(format!("sqlite://{database}?mode=rw"));
    options.max_connections(MAX_CONNECTIONS).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .pragma("mmap_size", "1073741824")
            .pragma("cache_size", "-65536")
    });
    let db = Database::connect(options).await?;
    let events = Events::new(db.clone());
    let schema = Schema::build(query::Query, EmptyMutation, event::Subscription)
        .data(DataLoader::new(RowLoader(db.clone()), tokio::spawn).delay(std::time::Duration::ZERO))
        .data(db)
        .data(Countries::read(countries)?)
        .data(events.clone())
        .finish();
    let app = Router::new()
        .route_service("/graphql", GraphQL::new(schema.clone()))
        .route_service("/graphql/ws", GraphQLSubscription::new(schema))
        .route("/publish", post(event::publish))
        .with_state(events);
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    // An error is ignored: a socket without the option works, only slower.
    let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
    axum::serve(listener, app).await?;
    Ok(())
}
