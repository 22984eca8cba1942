//! The short way to what is kept: past the routes, their layers, the log and every timer.
//!
//! Most requests ask in one piece and without a token for what was answered before. Whatever else a request is, it goes the
//! long way, whole. Invariant: nobody can tell by an answer which way it came.

use std::{
    future::poll_fn,
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, Method, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use hyper::{Request, body::Incoming};

use crate::http::{
    middleware::request_span,
    operation::params,
    response::{
        cached::Question,
        common_headers::{REQUEST_ID, named},
        content_negotiation, etag,
    },
    state::App,
    tcp::client_ip::Client,
    transport::graphql_http::{self, asks_for_cost},
};
use crate::model::role::{Caller, Role};

/// The answer, if it is kept, or the request for the long way.
pub(crate) async fn find(
    app: &App,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response, Request<Body>> {
    let (head, mut body) = request.into_parts();
    if !is_short(app, &head) {
        return Err(Request::from_parts(head, Body::new(body)));
    }
    if head.method == Method::GET {
        let text = head.uri.query().unwrap_or_default();
        let text = Bytes::copy_from_slice(text.as_bytes());
        return give(app, peer, &head, text)
            .ok_or_else(|| Request::from_parts(head, Body::new(body)));
    }
    let length = body.size_hint().exact();
    let most = app.limits.transport.body_bytes as u64;
    let Some(length) = length.filter(|length| *length <= most) else {
        return Err(Request::from_parts(head, Body::new(body)));
    };
    let text = poll_fn(|cx| Poll::Ready(arrived(&mut body, cx))).await;
    if text.len() as u64 == length {
        return give(app, peer, &head, text.clone())
            .ok_or_else(|| Request::from_parts(head, text.into()));
    }
    let rest = Body::new(body).into_data_stream();
    let whole = stream::iter([Ok(text)]).chain(rest);
    Err(Request::from_parts(head, Body::from_stream(whole)))
}

/// Whether all that the long way would look at is looked at here.
fn is_short(app: &App, head: &Parts) -> bool {
    let headers = &head.headers;
    head.uri.path() == "/graphql"
        && !headers.contains_key(header::AUTHORIZATION)
        && !request_span::is_followed(headers)
        // Who may read it is said by the layer around the routes.
        && (app.doors.origins.is_empty() || !headers.contains_key(header::ORIGIN))
        && match head.method {
            Method::POST => params::require_json(headers).is_ok(),
            Method::GET => !headers.contains_key(header::UPGRADE),
            _ => false,
        }
}

/// What there is of the body already. Who sends it later is given a limit of time on the long way.
fn arrived(body: &mut Incoming, cx: &mut Context<'_>) -> Bytes {
    match Pin::new(body).poll_frame(cx) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        // It is found broken again by whoever reads on.
        Poll::Ready(None | Some(Err(_))) | Poll::Pending => Bytes::new(),
    }
}

/// The kept answer, paid for.
fn give(app: &App, peer: IpAddr, head: &Parts, text: Bytes) -> Option<Response> {
    let question = Question {
        text,
        media: content_negotiation::negotiate(&head.headers).ok()?,
        role: Role::Reader,
        is_anonymous: true,
        tells_cost: asks_for_cost(&head.headers),
    };
    let kept = app.answers.find(&question)?;
    let client = Client::find(peer, &head.headers, &app.doors.proxies);
    // Nothing is taken from whoever cannot pay, and the long way says so.
    let paid = app.rates.spend(&Caller::anonymous(), client, kept.cost);
    paid.ok()?;
    let mut response = kept.into_response();
    if head.method == Method::GET && etag::names_body(&head.headers, &response) {
        response = graphql_http::unmodified(response);
    }
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, named(&app.ids.next()));
    if !app.doors.origins.is_empty() {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    app.metrics.respond(response.status().as_u16());
    Some(response)
}
