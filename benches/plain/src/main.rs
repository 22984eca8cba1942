//! async-graphql and SeaORM over our tables, as their documentation teaches, as far as the measured operations go:
//! `plain DATABASE COUNTRIES PORT`. Facts of countries are in memory, as they are in ours. Not here: limits, cost, other
//! fields, anything that writes. `/publish` tells subscribers without a write, which ours has to make.

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
use loaders::Rows;

/// Connections to the database; SeaORM's own default is one.
const CONNECTIONS: u32 = 4;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, countries, port] = arguments.as_slice() else {
        return Err("usage: plain DATABASE COUNTRIES PORT".into());
    };
    let mut options = ConnectOptions::new(format!("sqlite://{database}?mode=rw"));
    options.max_connections(CONNECTIONS).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .pragma("mmap_size", "1073741824")
            .pragma("cache_size", "-65536")
    });
    let db = Database::connect(options).await?;
    let events = Events::new(db.clone());
    let schema = Schema::build(query::Query, EmptyMutation, event::Subscription)
        .data(DataLoader::new(Rows(db.clone()), tokio::spawn).delay(std::time::Duration::ZERO))
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
    // It only saves time: a socket without it works too.
    let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
    axum::serve(listener, app).await?;
    Ok(())
}
