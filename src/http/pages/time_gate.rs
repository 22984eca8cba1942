//! The time gate (RFC 7089): finds the state of a page at the instant of `Accept-Datetime`, and redirects to it.
//!
//! A page of something recorded exists from its own entry on: before that, its first state is the nearest one.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    country,
    errors::{self, Problem},
    initiative,
    links::Links,
    memento,
    request::PageRequest,
    statement,
};
use crate::http::response::error::HttpError;
use crate::model::time::Timestamp;

const FIRST_ENTRY: &str = "{ ledger { entries(first: 1) { nodes { recordedAt } } } }";
const STATEMENT: &str =
    "query Recorded($number: ID!) { recorded: statement(number: $number) { recordedAt } }";
const INITIATIVE: &str =
    "query Opened($slug: ID!) { recorded: initiative(slug: $slug) { recordedAt } }";

const ACCEPT_DATETIME: HeaderName = HeaderName::from_static("accept-datetime");

/// Redirects to the page as it was at the instant of `Accept-Datetime`, or to its newest state.
pub(in crate::http) async fn time_gate(request: PageRequest) -> Response {
    let found = find_state(&request).await;
    errors::page_or_problem(&request, found)
}

/// What a page with states is about, by the name in its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject<'a> {
    Statement(&'a str),
    Country(&'a str),
    Initiative(&'a str),
}

async fn find_state(request: &PageRequest) -> Result<Response, Problem> {
    let path = request.uri.path().strip_prefix("/timegate");
    let found = path.and_then(|path| Some((path, find_subject(path)?)));
    let (path, subject) = found.ok_or_else(HttpError::not_found)?;
    let now = (request.app.clock)();
    let requested = match request.headers.get(ACCEPT_DATETIME) {
        Some(value) => parse_http_date(value).ok_or_else(not_a_date)?,
        None => now,
    };
    let first = find_first_instant(request, subject).await?;
    let first = first.unwrap_or(now.to_string());
    let heads = memento::find_heads(request, requested).await?;
    // Both are written alike, so the order of the texts is that of time.
    let at = heads
        .then
        .recorded_at
        .map_or(first.clone(), |at| at.max(first));
    let mut links = Links::default();
    memento::add_links(&mut links, &request.app.public_url, path);
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

/// `None` for a path of a page without states.
fn find_subject(path: &str) -> Option<Subject<'_>> {
    let (kind, name) = path.strip_prefix('/')?.split_once('/')?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if name.is_empty() || !name.chars().all(is_plain) {
        return None;
    }
    match kind {
        "statements" => Some(Subject::Statement(name)),
        "countries" => Some(Subject::Country(name)),
        "initiatives" => Some(Subject::Initiative(name)),
        _ => None,
    }
}

/// The instant of the first state of a page; `None` if nothing is recorded at all.
/// # Errors
/// 404 if there is no such page.
async fn find_first_instant(
    request: &PageRequest,
    subject: Subject<'_>,
) -> Result<Option<String>, Problem> {
    let (document, variables, missing) = match subject {
        Subject::Country(name) => {
            country::find_code(name).ok_or_else(|| country::not_found(name))?;
            let answer: Value = request.ask(FIRST_ENTRY, json!({}), None).await?;
            return Ok(instant_of(&answer, "/ledger/entries/nodes/0/recordedAt"));
        }
        Subject::Statement(number) => (
            STATEMENT,
            json!({ "number": number }),
            statement::not_found(number, None),
        ),
        Subject::Initiative(slug) => (
            INITIATIVE,
            json!({ "slug": slug }),
            initiative::not_found(slug, None),
        ),
    };
    let answer: Value = request.ask(document, variables, None).await?;
    let first = instant_of(&answer, "/recorded/recordedAt");
    first.ok_or(missing).map(Some)
}

fn instant_of(answer: &Value, pointer: &str) -> Option<String> {
    let at = answer.pointer(pointer)?;
    at.as_str().map(str::to_owned)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_http_reaches_to_the_end_of_its_second() {
        let read = |text| parse_http_date(&HeaderValue::from_static(text));
        let at = Timestamp::parse("2026-11-28T15:04:09.999999Z");
        assert_eq!(read("Sat, 28 Nov 2026 15:04:09 GMT"), at);
        assert_eq!(read("yesterday"), None);
    }

    #[test]
    fn only_pages_with_states_have_a_time_gate() {
        for (path, subject) in [
            ("/statements/7", Subject::Statement("7")),
            ("/countries/RW", Subject::Country("RW")),
            ("/initiatives/us-asks", Subject::Initiative("us-asks")),
        ] {
            assert_eq!(find_subject(path), Some(subject), "{path}");
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
            assert_eq!(find_subject(path), None, "{path}");
        }
    }
}
