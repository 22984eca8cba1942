//! Fast path: responds from the response cache without the router, its middleware, the log and timers.
//!
//! It serves most requests: those without a token whose body has arrived whole and whose response is cached. Every
//! other request goes to the router unchanged. Invariant: the response is the same on both paths.

use std::{
    future::poll_fn,
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{Method, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use hyper::{Request, body::Incoming};

use crate::http::{
    clients::client_ip::ClientIp,
    middleware::{cors, request_framing, request_span},
    operation::params,
    response::{
        cached::{RequestMethod, SentRequest},
        common_headers::{REQUEST_ID, request_id_header},
        content_negotiation::{self, Accepted},
        etag,
    },
    state::AppState,
    transport::graphql_http,
};
use crate::model::role::Caller;

/// The cached response, or the unchanged request for the router.
pub(crate) async fn try_respond(
    app: &AppState,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response, Request<Body>> {
    let (head, mut body) = request.into_parts();
    if !is_eligible(app, &head) {
        return Err(Request::from_parts(head, Body::new(body)));
    }
    if head.method == Method::GET {
        let query = head.uri.query().unwrap_or_default();
        let request_bytes = Bytes::copy_from_slice(query.as_bytes());
        return respond_from_cache(app, peer, &head, request_bytes)
            .ok_or_else(|| Request::from_parts(head, Body::new(body)));
    }
    let length = body.size_hint().exact();
    let limit = app.limits.transport.body_bytes as u64;
    let Some(length) = length.filter(|length| *length <= limit) else {
        return Err(Request::from_parts(head, Body::new(body)));
    };
    let buffered = poll_fn(|cx| Poll::Ready(buffered_body(&mut body, cx))).await;
    if buffered.len() as u64 == length {
        return respond_from_cache(app, peer, &head, buffered.clone())
            .ok_or_else(|| Request::from_parts(head, buffered.into()));
    }
    let rest = Body::new(body).into_data_stream();
    let body = stream::iter([Ok(buffered)]).chain(rest);
    Err(Request::from_parts(head, Body::from_stream(body)))
}

/// Whether the fast path makes every check that the router and its middleware would make for this request.
fn is_eligible(app: &AppState, head: &Parts) -> bool {
    let headers = &head.headers;
    head.uri.path() == "/graphql"
        && request_framing::check_framing(head.version, &head.uri, headers).is_ok()
        && !headers.contains_key(header::AUTHORIZATION)
        && !request_span::has_remote_parent(headers)
        // If origins are listed, the CORS headers depend on the origin; the middleware around the router sets them.
        && (!cors::is_listed(&app.access) || !headers.contains_key(header::ORIGIN))
        && match head.method {
            Method::POST => params::require_json(headers).is_ok(),
            Method::GET => !headers.contains_key(header::UPGRADE),
            _ => false,
        }
}

/// The part of the body that has arrived already. The router applies the timeout for the rest.
fn buffered_body(body: &mut Incoming, cx: &mut Context<'_>) -> Bytes {
    match Pin::new(body).poll_frame(cx) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        // The router meets the same error when it reads on.
        Poll::Ready(None | Some(Err(_))) | Poll::Pending => Bytes::new(),
    }
}

/// The cached response, if there is one and its cost could be charged.
fn respond_from_cache(
    app: &AppState,
    peer: IpAddr,
    head: &Parts,
    request_bytes: Bytes,
) -> Option<Response> {
    let Ok(Accepted::Response(media, _)) = content_negotiation::negotiate(&head.headers) else {
        return None;
    };
    let sent = match head.method {
        Method::GET => SentRequest {
            method: RequestMethod::Get,
            bytes: request_bytes,
            url_query: Bytes::new(),
        },
        _ => SentRequest::by_post(request_bytes, &head.uri),
    };
    let caller = Caller::anonymous();
    let key = graphql_http::cache_key(sent, media, &caller, &head.headers);
    let cached = app.responses.find(&key)?;
    let client = ClientIp::from_request(peer, &head.headers, &app.access.proxies);
    // The router meets the same limit, and responds with the error.
    let cached = cached.held_by(client, &app.memory).ok()?;
    // A rate-limited client is not charged here; the router charges it again and responds with the error.
    let charged = app.cost_limiter.charge(&caller, client, cached.cost);
    charged.ok()?;
    let mut response = cached.into_response();
    if head.method == Method::GET && etag::matches_response(&head.headers, &response) {
        response = graphql_http::not_modified(response);
    }
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, request_id_header(&app.ids.next()));
    cors::add_constant_headers(&app.access, headers);
    app.metrics.count_response(response.status().as_u16());
    Some(response)
}
