//! Model Context Protocol over streamable HTTP, read only: the saved operations as tools, a search of the schema, and queries.
//!
//! Every request stands alone, in the revisions with `initialize` (2025-11-25 and before) and without (2026-07-28): no session, no
//! stream, answers as plain JSON. The crate of the protocol (`rmcp`) brings sessions, streams and a service of its own around each
//! tool; here a tool is an operation that goes the way of all others.

mod message;
mod revision;
mod rpc_error;
mod search;
mod tools;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    middleware::{
        authentication::authenticate, origin::is_trusted_origin, request_context::RequestContext,
    },
    operation::params::read_body,
    queries::pinned_query::PinnedQuery,
    response::{common_headers::NO_STORE, error::HttpError},
    state::AppState,
};
use message::{Call, Members, json_text};
use revision::Era;
use rpc_error::RpcError;

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
    if !is_trusted_origin(&headers, &app) {
        return Err(HttpError::origin_not_allowed());
    }
    let requester = authenticate(&app, &headers, &context).await?;
    let body = read_body(request, &app.limits).await?;
    let call = match Call::parse(&body, &headers) {
        Ok(call) => call,
        Err(error) => return Ok(error.into_response()),
    };
    // No session was ever given out. The revision without a handshake has none, and ignores the header.
    let is_stateless = call.as_ref().is_some_and(|call| call.era == Era::Stateless);
    if headers.contains_key(SESSION) && !is_stateless {
        return Err(HttpError::not_found());
    }
    // A notification, or the answer to a question that this server never asks.
    let Some(call) = call else {
        return Ok(StatusCode::ACCEPTED.into_response());
    };
    let query = PinnedQuery::new(&app, requester, None);
    Ok(match dispatch(&query, &call).await {
        Ok(result) => reply(&Reply {
            jsonrpc: "2.0",
            id: &call.id,
            result: call.finish(result),
        }),
        Err(error) => error.answering(&call.id).into_response(),
    })
}

#[derive(Serialize)]
struct Reply<'c> {
    jsonrpc: &'static str,
    id: &'c Value,
    result: Members,
}

async fn dispatch(query: &PinnedQuery, call: &Call) -> Result<Members, RpcError> {
    let capabilities = json_text(&json!({ "tools": {} }));
    let public = |mut result: Members| {
        result.insert("ttlMs", json_text(&message::LIST_TTL_MS));
        result.insert("cacheScope", json_text(&"public"));
        result
    };
    match (call.era, call.method.as_str()) {
        (Era::Initialized, "initialize") => Ok(Members::from([
            (
                "protocolVersion",
                json_text(&revision::negotiated_version(&call.params)),
            ),
            ("capabilities", capabilities),
            ("serverInfo", json_text(&message::server_info())),
            ("instructions", json_text(&INSTRUCTIONS)),
        ])),
        (Era::Initialized, "ping") => Ok(Members::new()),
        (Era::Stateless, "server/discover") => Ok(public(Members::from([
            ("supportedVersions", json_text(&revision::VERSIONS)),
            ("capabilities", capabilities),
            ("instructions", json_text(&INSTRUCTIONS)),
        ]))),
        (era, "tools/list") => {
            let list = tools::list(&query.app().access);
            let list = Members::from([("tools", json_text(&list))]);
            Ok(match era {
                Era::Initialized => list,
                Era::Stateless => public(list),
            })
        }
        (_, "tools/call") => tools::call(query, &call.params).await,
        (era, method) => Err(RpcError::unknown_method(
            method,
            era.unknown_method_status(),
        )),
    }
}

fn reply(message: &impl Serialize) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, NO_STORE),
    ];
    let text = json_text(message).get().to_owned();
    (headers, text).into_response()
}
