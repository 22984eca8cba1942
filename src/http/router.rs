//! Routes of the public listener and the middleware around them.
//!
//! Handlers are in `transport/`, `pages/` and `admin/`; `admin/` also has the routes of the admin listener.

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::Bytes,
    extract::DefaultBodyLimit,
    http::header,
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
    routing::{get, post},
};

use super::{
    admin::health,
    api, export, feeds, mcp,
    middleware::{cors, held_bytes, request_context, request_framing, security_headers},
    pages,
    response::error::HttpError,
    state::AppState,
    transport::{event_stream, graphql_http, websocket},
};
use crate::{config::access::AccessConfig, graphql::schema};

/// All routes of the public listener.
pub(super) fn router(app: Arc<AppState>) -> Router {
    let body_limit = DefaultBodyLimit::max(app.limits.transport.body_bytes);
    let api = Router::new()
        .route("/graphql", get(graphql_http::get).post(graphql_http::post))
        .route("/graphql/ws", get(websocket::upgrade))
        .route(
            "/graphql/stream",
            get(event_stream::get).post(event_stream::post),
        )
        .route("/mcp", post(mcp::post))
        // Set before the layer so that CORS wraps this fallback, too: it receives preflights (OPTIONS).
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(&app), cors::add_cors_headers));
    let pages = Router::new()
        .route("/", get(pages::atlas::page))
        .route("/atlas/{*path}", get(pages::atlas::files::file))
        .route("/embed", get(pages::atlas::embed))
        .route("/embed.js", get(pages::atlas::files::embed_script))
        .route("/oembed", get(pages::atlas::oembed::document))
        .route("/image.svg", get(pages::atlas::picture::svg))
        .route(
            "/image.png",
            get(pages::atlas::picture::png)
                .layer(Extension(Arc::<pages::atlas::picture::Pictures>::default())),
        )
        .route("/about", get(pages::home::page))
        .route("/feeds", get(pages::feeds::page))
        .route("/verify", get(pages::verify::page))
        .route("/verify.js", get(pages::verify::script))
        .route("/verify/{name}", get(pages::verify::module))
        .route("/style.css", get(pages::style))
        .route("/statements/{number}", get(pages::statement::page))
        .route("/countries/{code}", get(pages::country::page))
        .route("/initiatives/{slug}", get(pages::initiative::page))
        .route("/changes/{number}", get(pages::change::page))
        .route("/timegate/{*path}", get(pages::time_gate::time_gate))
        .merge(record_lists())
        .route("/sitemap.xml", get(pages::sitemap::root))
        .route("/sitemaps/{file}", get(pages::sitemap::file))
        .route("/robots.txt", get(pages::robots::robots))
        .route("/favicon.svg", get(pages::robots::icon))
        .merge(schema_routes(&app.access))
        .merge(data_routes(&app))
        .fallback(|| async { HttpError::not_found() })
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(
            Arc::clone(&app),
            pages::errors::negotiate_errors,
        ));
    Router::new()
        .route("/health", get(health::health))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .method_not_allowed_fallback(method_not_allowed)
        .merge(api)
        .merge(pages)
        .layer(body_limit)
        .layer(from_fn(request_framing::reject_ambiguous_requests))
        .layer(from_fn(security_headers::add_security_headers))
        .layer(from_fn_with_state(
            Arc::clone(&app),
            held_bytes::count_held_bytes,
        ))
        .layer(from_fn_with_state(
            Arc::clone(&app),
            request_context::attach_request_context,
        ))
        .with_state(app)
}

async fn method_not_allowed() -> HttpError {
    HttpError::method_not_allowed()
}

/// Lists of recorded things, each with an address for each of its formats.
fn record_lists() -> Router<Arc<AppState>> {
    let mut routes = Router::new();
    for ending in ["", ".json", ".jsonld"] {
        routes = routes
            .route(
                &format!("/countries{ending}"),
                get(pages::country::list::page),
            )
            .route(
                &format!("/initiatives{ending}"),
                get(pages::initiative::list::page),
            )
            .route(&format!("/changes{ending}"), get(pages::change::list::page));
    }
    routes
}

/// Routes of data for programs, which pages of other origins may read, too.
fn data_routes(app: &Arc<AppState>) -> Router<Arc<AppState>> {
    let mut routes = Router::new()
        .route("/api/{name}", get(api::get))
        .route("/openapi.json", get(api::openapi_document))
        .route("/checkpoint", get(pages::verify::checkpoint))
        .route("/export/{name}", get(export::file))
        .route("/data/index.json", get(export::snapshots::index))
        .route("/data/{seq}/{name}", get(export::snapshots::file))
        .route("/data/delta/{range}", get(export::snapshots::delta));
    for format in ["atom", "json"] {
        routes = routes.route(&format!("/feed.{format}"), get(feeds::all));
        for page in [
            "/initiatives/{slug}",
            "/countries/{code}",
            "/statements/{number}",
        ] {
            routes = routes.route(&format!("{page}/feed.{format}"), get(feeds::of_one));
        }
    }
    // Of these routes, so that a preflight passes through the layer, too.
    routes
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(app), cors::add_cors_headers))
}

/// Routes that expose the schema, unless the configuration disables them.
fn schema_routes(access: &AccessConfig) -> Router<Arc<AppState>> {
    let mut routes = Router::new();
    if !access.no_introspection {
        // Shared by all responses.
        let sdl = Bytes::from(schema::sdl());
        let content_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        let sdl = move || async move { (content_type, sdl).into_response() };
        routes = routes.route("/schema.graphql", get(sdl));
    }
    if !access.no_playground {
        routes = routes
            .route("/playground", get(pages::playground::redirect))
            .route("/playground/", get(pages::playground::index))
            .route("/playground/{*path}", get(pages::playground::file));
    }
    routes
}
