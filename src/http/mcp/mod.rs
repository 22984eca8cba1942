//! Model Context Protocol over streamable HTTP, read only: the saved operations as tools, a search of the schema, and queries.
//!
//! Every request stands alone, in the revisions with `initialize` (2025-11-25 and before) and without (2026-07-28): no session, no
//! stream, answers as plain JSON. The crate of the protocol (`rmcp`) brings sessions, streams and a service of its own around each
//! tool; here a tool is an operation that goes the way of all others.

mod message;
mod search;
mod tools;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    middleware::{
        authentication::authenticate,
        origin::{OriginAccess, access_of},
        request_context::RequestContext,
    },
    operation::params::read_body,
    queries::pinned_query::PinnedQuery,
    response::error::HttpError,
    state::AppState,
};
use message::{Call, Era, RpcError};

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// What this server is for: instructions to the model.
const INSTRUCTIONS: &str = "Démarche records where states stand on what they were asked, who says so and since when. \
    Every answer has a citation and a permanent link: give them with what you say. Sources may disagree (`disputed`); say so. \
    Countries are ISO 3166-1 alpha-2 codes; `resolve_countries` finds them.";

/// `POST /mcp`.
pub(super) async fn post(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    request: Request,
) -> Result<Response, HttpError> {
    let headers = request.headers().clone();
    if !matches!(access_of(&headers, &app), OriginAccess::Full) {
        return Err(HttpError::origin_not_allowed());
    }
    // No session was ever given out.
    if headers.contains_key(SESSION) {
        return Err(HttpError::not_found());
    }
    let requester = authenticate(&app, &headers, &context).await?;
    let body = read_body(request, &app.limits).await?;
    let call = match Call::parse(&body, &headers) {
        Ok(Some(call)) => call,
        // A notification, or the answer to a question that this server never asks.
        Ok(None) => return Ok(StatusCode::ACCEPTED.into_response()),
        Err(error) => return Ok(error.into_response()),
    };
    let query = PinnedQuery::new(&app, requester, None);
    let result = dispatch(&query, &call).await;
    Ok(match result {
        Ok(result) => {
            reply(&json!({ "jsonrpc": "2.0", "id": call.id, "result": call.finish(result) }))
        }
        Err(error) => error.of(&call).into_response(),
    })
}

async fn dispatch(query: &PinnedQuery, call: &Call) -> Result<Value, RpcError> {
    let capabilities = json!({ "tools": {} });
    match (call.era, call.method.as_str()) {
        (Era::Initialized, "initialize") => Ok(json!({
            "protocolVersion": message::negotiated_version(&call.params),
            "capabilities": capabilities,
            "serverInfo": message::server_info(),
            "instructions": INSTRUCTIONS,
        })),
        (Era::Initialized, "ping") => Ok(json!({})),
        (Era::Stateless, "server/discover") => Ok(json!({
            "supportedVersions": message::VERSIONS,
            "capabilities": capabilities,
            "instructions": INSTRUCTIONS,
            "ttlMs": message::LIST_TTL_MS,
            "cacheScope": "public",
        })),
        (era, "tools/list") => {
            let mut list = json!({ "tools": tools::list(&query.app().access) });
            if era == Era::Stateless {
                list["ttlMs"] = message::LIST_TTL_MS.into();
                list["cacheScope"] = "public".into();
            }
            Ok(list)
        }
        (_, "tools/call") => tools::call(query, &call.params).await,
        _ => Err(RpcError::unknown_method(&call.method, call.era)),
    }
}

fn reply(message: &Value) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (headers, message.to_string()).into_response()
}
