//! Every route of the server and the layers around them.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::header,
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
    routing::get,
};

use super::{
    admin::health,
    middleware::{cors, request_context, security_headers},
    pages,
    response::error::Refusal,
    state::App,
    transport::{graphql_http, sse, websocket},
};
use crate::{config::access::Doors, graphql::schema};

/// Every route of the server.
pub(super) fn router(app: Arc<App>) -> Router {
    let body = DefaultBodyLimit::max(app.limits.transport.body_bytes);
    let api = Router::new()
        .route("/graphql", get(graphql_http::get).post(graphql_http::post))
        .route("/graphql/ws", get(websocket::upgrade))
        .route("/graphql/stream", get(sse::get).post(sse::post))
        // Before the layer, which would not be around it otherwise: a preflight is of no method of ours.
        .method_not_allowed_fallback(method_not_allowed)
        .layer(cors::layer(&app.doors));
    Router::new()
        .route("/", get(pages::home::page))
        .route("/style.css", get(pages::style))
        .route("/statements/{id}", get(pages::statement::page))
        .route("/health", get(health::health))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(api)
        .merge(explorable(&app.doors))
        .fallback(|| async { Refusal::not_found() })
        .method_not_allowed_fallback(method_not_allowed)
        .layer(body)
        .layer(from_fn(security_headers::secure))
        .layer(from_fn_with_state(
            Arc::clone(&app),
            request_context::identify,
        ))
        .with_state(app)
}

async fn method_not_allowed() -> Refusal {
    Refusal::method_not_allowed()
}

/// What shows the schema, as far as the operator wants it shown.
fn explorable(doors: &Doors) -> Router<Arc<App>> {
    let mut routes = Router::new();
    if !doors.no_introspection {
        let sdl = schema::sdl();
        let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        let sdl = move || async move { (kind, sdl).into_response() };
        routes = routes.route("/schema.graphql", get(sdl));
    }
    if !doors.no_playground {
        routes = routes
            .route("/playground", get(pages::playground::redirect))
            .route("/playground/", get(pages::playground::index))
            .route("/playground/{*path}", get(pages::playground::file));
    }
    routes
}
