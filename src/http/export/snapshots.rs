//! `/data/`: states of the ledger that never change, and the entries between them, for copies that are kept up to date.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{file::Resource, respond};
use crate::graphql::loaders::work_budget::{FACTS_PER_UNIT, SQL_ROW, SQL_STATEMENT};
use crate::http::{
    middleware::{authentication::authenticate, request_context::RequestContext},
    queries::{
        error::QueryError,
        parameters::{BEFORE, Parameters},
        pinned_query::{PinnedQuery, RateLimit},
    },
    response::{common_headers::NO_CACHE, error::HttpError, etag},
    state::AppState,
};
use crate::ledger::day_ends::{DayEnd, list_day_ends};
use crate::model::pin::PinRequest;

/// Snapshots in one answer.
const PAGE_SIZE: usize = 31;

/// `/data/index.json`.
pub(in crate::http) async fn index(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let response = respond_index(&app, &context, &uri, &headers).await;
    response.unwrap_or_else(IntoResponse::into_response)
}

/// `/data/{seq}/{name}`: a file of `/export/`, pinned.
pub(in crate::http) async fn file(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    Path((seq, name)): Path<(String, String)>,
    head: Parts,
) -> Response {
    let found = parse_seq(&seq).zip(Resource::find(&name));
    respond_pinned((&app, &context), &head, found).await
}

/// `/data/delta/{from}-{to}.ndjson`: the entries after one snapshot up to another.
pub(in crate::http) async fn delta(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    Path(name): Path<String>,
    head: Parts,
) -> Response {
    respond_pinned((&app, &context), &head, parse_delta(&name)).await
}

async fn respond_pinned(
    server: (&Arc<AppState>, &RequestContext),
    head: &Parts,
    found: Option<(i64, Resource)>,
) -> Response {
    let response = async {
        let (seq, resource) = found.ok_or_else(HttpError::not_found)?;
        let mut parameters = Parameters::parse(&head.uri, resource.parameters())?;
        if parameters.pin.is_some() {
            let message = "is in the path of this address";
            return Err(QueryError::parameter("seq", message));
        }
        parameters.pin = Some(PinRequest {
            seq,
            generation: None,
        });
        respond(server, head, resource, parameters).await
    };
    response.await.unwrap_or_else(IntoResponse::into_response)
}

/// Digits without a leading zero, so that a state has one address.
fn parse_seq(text: &str) -> Option<i64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    is_plain.then(|| text.parse().ok())?
}

fn parse_delta(name: &str) -> Option<(i64, Resource)> {
    let (from, to) = name.strip_suffix(".ndjson")?.split_once('-')?;
    let from = if from == "0" { 0 } else { parse_seq(from)? };
    let to = parse_seq(to)?;
    (from < to).then_some((to, Resource::Delta { from }))
}

async fn respond_index(
    app: &Arc<AppState>,
    context: &RequestContext,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, QueryError> {
    let parameters = Parameters::parse(uri, &[BEFORE])?;
    if parameters.pin.is_some() {
        let message = "does not apply to the list of snapshots; it accepts `before`";
        return Err(QueryError::parameter("seq", message));
    }
    let head = app.feed.head();
    let until = match parameters.text(BEFORE) {
        None => head,
        Some(text) => {
            let seq = parse_seq(text).filter(|seq| *seq <= head);
            let message = "is not the seq of an entry of this ledger";
            seq.ok_or_else(|| QueryError::parameter(BEFORE, message))? - 1
        }
    };
    let requester = authenticate(app, headers, context).await?;
    let query = PinnedQuery::new(app, requester, None);
    query.charge(index_cost(), RateLimit::Reject).await?;
    let db = app.database.reader_at(head);
    let ends = list_day_ends(db, until, PAGE_SIZE + 1).await;
    let ends = ends.map_err(|error| HttpError::from(&error))?;
    let body = json!(describe(&ends, &app.public_url)).to_string();
    let content_type = HeaderValue::from_static("application/json");
    let caching = [
        (header::CACHE_CONTROL, NO_CACHE),
        (header::CONTENT_TYPE, content_type),
    ];
    let tag = etag::from_parts(&[body.as_bytes()]);
    Ok(etag::respond(headers, tag, caching, body))
}

/// The snapshots of a page; `ends` may have one more, from which the delta of the last one starts.
fn describe(ends: &[DayEnd], public_url: &str) -> Vec<Value> {
    let earlier = ends.iter().skip(1).map(|end| end.seq);
    let earlier = earlier.chain([0]);
    let snapshots = ends.iter().zip(earlier).take(PAGE_SIZE);
    let snapshots = snapshots.map(|(end, from)| {
        let seq = end.seq;
        json!({
            "seq": seq,
            "hash": end.hash,
            "recordedAt": end.recorded_at.to_string(),
            "url": format!("{public_url}/data/{seq}/"),
            "delta": { "from": from, "url": format!("{public_url}/data/delta/{from}-{seq}.ndjson") },
        })
    });
    snapshots.collect()
}

fn index_cost() -> u32 {
    let work = (PAGE_SIZE as u64 + 1) * (SQL_STATEMENT + SQL_ROW) / FACTS_PER_UNIT;
    u32::try_from(work).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_and_a_delta_have_one_address() {
        assert_eq!(parse_seq("676"), Some(676));
        for wrong in ["", "0", "007", "-1", "+1", "1.0", "99999999999999999999"] {
            assert_eq!(parse_seq(wrong), None, "{wrong}");
        }
        assert!(matches!(
            parse_delta("0-9.ndjson"),
            Some((9, Resource::Delta { from: 0 }))
        ));
        for wrong in [
            "9-9.ndjson",
            "9-3.ndjson",
            "00-9.ndjson",
            "1-9",
            "1.ndjson",
            "a-b.ndjson",
            "1-2-3.ndjson",
        ] {
            assert!(parse_delta(wrong).is_none(), "{wrong}");
        }
    }
}
