//! Mementos (RFC 7089): pages as they were at an instant, by `?at=`, and the time gate, which finds one by `Accept-Datetime`.
//!
//! A page of the past is the page of a pinned answer: that of the newest ledger entry which had been recorded by the instant.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;

use super::{links::Links, request::PageRequest};
use crate::http::response::error::HttpError;
use crate::http::wording::dates::instant_in_words;
use crate::model::time::Timestamp;

const HEADS: &str = "query Heads($at: DateTime!) { ledger { then: head(at: $at) { seq recordedAt } now: head { recordedAt } } }";
const FIRST_ENTRY: &str = "{ ledger { entries(first: 1) { nodes { recordedAt } } } }";
const STATEMENT: &str =
    "query Recorded($number: ID!) { statement(number: $number) { recordedAt } }";

const ACCEPT_DATETIME: HeaderName = HeaderName::from_static("accept-datetime");
const MEMENTO_DATETIME: HeaderName = HeaderName::from_static("memento-datetime");

/// The state of the ledger that a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Memento {
    pub(super) at: Timestamp,
    /// The newest entry of that state; 0 if there was none.
    pub(super) seq: i64,
}

#[derive(Deserialize)]
struct Heads {
    ledger: LedgerHeads,
}

#[derive(Deserialize)]
struct LedgerHeads {
    then: Head,
    now: NewestHead,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    seq: i64,
    recorded_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewestHead {
    recorded_at: Option<String>,
}

impl Memento {
    /// The instant of the address; `None` for a page of now.
    /// # Errors
    /// 400 if it is not an instant, lies in the future or is named twice; those of [`PageRequest::ask`].
    pub(super) async fn of_request(request: &PageRequest) -> Result<Option<Self>, HttpError> {
        let Some(text) = at_parameter(request.query())? else {
            return Ok(None);
        };
        let at = Timestamp::parse(&text).ok_or_else(|| not_an_instant(&text))?;
        let heads = find_heads(request, at).await?;
        if is_future(request, at, &heads) {
            let message = format!(
                "at: `{text}` is in the future; send an instant up to now, or leave `at` out"
            );
            return Err(HttpError::bad_request(message));
        }
        let seq = heads.then.seq;
        Ok(Some(Self { at, seq }))
    }

    /// "28 November 2026, 15:04 UTC".
    pub(super) fn in_words(self) -> String {
        instant_in_words(&self.at.to_string())
    }

    /// The query of the address of this state.
    pub(super) fn query(self) -> String {
        format!("?at={}", self.at)
    }

    /// The headers of a page of this state, besides `Link`.
    pub(super) fn add_headers(self, headers: &mut HeaderMap) {
        headers.insert(MEMENTO_DATETIME, http_date(self.at));
    }
}

/// Adds where the states of a page are found.
pub(super) fn add_links(links: &mut Links, public_url: &str, path: &str) {
    links.add("original", &format!("{public_url}{path}"));
    links.add("timegate", &format!("{public_url}/timegate{path}"));
}

/// Redirects to the page as it was at the instant of `Accept-Datetime`, or to its newest state.
pub(in crate::http) async fn time_gate(request: PageRequest) -> Response {
    match find_state(&request).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn find_state(request: &PageRequest) -> Result<Response, HttpError> {
    let path = request.uri.path().strip_prefix("/timegate");
    let path = path.filter(|path| has_states(path));
    let path = path.ok_or_else(HttpError::not_found)?;
    let now = (request.app.clock)();
    let requested = match request.headers.get(ACCEPT_DATETIME) {
        Some(value) => parse_http_date(value).ok_or_else(not_a_date)?,
        None => now,
    };
    let heads = find_heads(request, requested).await?;
    let mut at = match heads.then.recorded_at {
        Some(at) => at,
        None => first_instant(request).await?.unwrap_or(now.to_string()),
    };
    if let Some(number) = path.strip_prefix("/statements/") {
        let recorded = recorded_at(request, number).await?;
        // Both are written alike, so the order of the texts is that of time.
        at = at.max(recorded.ok_or_else(HttpError::not_found)?);
    }
    let mut links = Links::default();
    add_links(&mut links, &request.app.public_url, path);
    let location = HeaderValue::from_str(&format!("{path}?at={at}"));
    let headers = [
        (
            header::LOCATION,
            location.map_err(|_| HttpError::not_found())?,
        ),
        (header::VARY, HeaderValue::from_static("accept-datetime")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    let link = links.into_header().map(|link| [(header::LINK, link)]);
    Ok((
        StatusCode::FOUND,
        headers,
        link.map_or_else(HeaderMap::new, HeaderMap::from_iter),
    )
        .into_response())
}

/// Whether a path is that of a page with states.
fn has_states(path: &str) -> bool {
    let name = ["/statements/", "/countries/", "/initiatives/"]
        .into_iter()
        .find_map(|kind| path.strip_prefix(kind));
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    name.is_some_and(|name| !name.is_empty() && name.chars().all(is_plain))
}

async fn find_heads(request: &PageRequest, at: Timestamp) -> Result<LedgerHeads, HttpError> {
    let variables = json!({ "at": at.to_string() });
    let Heads { ledger } = request.ask(HEADS, variables, None).await?;
    Ok(ledger)
}

/// Recorded instants may be a little ahead of the clock, and their states are there.
fn is_future(request: &PageRequest, at: Timestamp, heads: &LedgerHeads) -> bool {
    let newest = heads.now.recorded_at.as_deref().and_then(Timestamp::parse);
    at > (request.app.clock)() && newest.is_none_or(|newest| at > newest)
}

async fn first_instant(request: &PageRequest) -> Result<Option<String>, HttpError> {
    let answer: serde_json::Value = request.ask(FIRST_ENTRY, json!({}), None).await?;
    let at = answer.pointer("/ledger/entries/nodes/0/recordedAt");
    Ok(at.and_then(|at| at.as_str()).map(str::to_owned))
}

async fn recorded_at(request: &PageRequest, number: &str) -> Result<Option<String>, HttpError> {
    let variables = json!({ "number": number });
    let answer: serde_json::Value = request.ask(STATEMENT, variables, None).await?;
    let at = answer.pointer("/statement/recordedAt");
    Ok(at.and_then(|at| at.as_str()).map(str::to_owned))
}

/// # Errors
/// 400 if it is there twice.
fn at_parameter(query: &str) -> Result<Option<String>, HttpError> {
    let keys = form_urlencoded::parse(query.as_bytes());
    let mut found = keys.filter(|(key, _)| key == "at");
    // A `+` in an address is a space, and an offset from UTC may start with it.
    let at = found.next().map(|(_, at)| at.replace(' ', "+"));
    if found.next().is_some() {
        return Err(HttpError::bad_request("at: is there twice; send it once"));
    }
    Ok(at)
}

fn not_an_instant(text: &str) -> HttpError {
    let message = format!("at: `{text}` is not an instant; send one like `2026-11-28T15:04:00Z`");
    HttpError::bad_request(message)
}

fn not_a_date() -> HttpError {
    HttpError::bad_request(
        "`Accept-Datetime` is not an HTTP date; send one like `Sat, 28 Nov 2026 15:04:00 GMT`",
    )
}

fn parse_http_date(value: &HeaderValue) -> Option<Timestamp> {
    let text = value.to_str().ok()?;
    let date = DateTime::parse_from_rfc2822(text.trim()).ok()?;
    // To the end of the second: dates have no fractions, and recorded instants do.
    Some(Timestamp(
        date.with_timezone(&Utc).timestamp_micros() + 999_999,
    ))
}

/// RFC 9110, 5.6.7.
fn http_date(at: Timestamp) -> HeaderValue {
    let date = DateTime::from_timestamp_micros(at.0).unwrap_or_default();
    let text = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    HeaderValue::from_str(&text).expect("a date is ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_http_survives_its_text() {
        let at = Timestamp::parse("2026-11-28T15:04:09.999999Z").unwrap();
        assert_eq!(http_date(at), "Sat, 28 Nov 2026 15:04:09 GMT");
        assert_eq!(parse_http_date(&http_date(at)), Some(at));
        assert_eq!(
            parse_http_date(&HeaderValue::from_static("yesterday")),
            None
        );
    }

    #[test]
    fn only_pages_with_states_have_a_time_gate() {
        for path in [
            "/statements/7",
            "/countries/RW",
            "/initiatives/us-third-country-removals",
        ] {
            assert!(has_states(path), "{path}");
        }
        for path in [
            "/",
            "/statements/",
            "/changes/7",
            "/statements/7/8",
            "/countries/R%57",
            "//evil.example",
            "/statements/7.json",
        ] {
            assert!(!has_states(path), "{path}");
        }
    }
}
