//! Mementos (RFC 7089): pages as they were at an instant, by `?at=`.
//!
//! A page of the past is the page of a pinned answer: that of the newest ledger entry which had been recorded by the instant.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::DateTime;
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;

use super::{links::Links, request::PageRequest};
use crate::http::response::error::HttpError;
use crate::model::edtf::words::instant_in_words;
use crate::model::time::Timestamp;

const HEADS: &str = "query Heads($at: DateTime!) { ledger { then: head(at: $at) { seq recordedAt } now: head { recordedAt } } }";
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
pub(super) struct LedgerHeads {
    pub(super) then: Head,
    now: NewestHead,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head {
    seq: i64,
    pub(super) recorded_at: Option<String>,
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

pub(super) async fn find_heads(
    request: &PageRequest,
    at: Timestamp,
) -> Result<LedgerHeads, HttpError> {
    let variables = json!({ "at": at.to_string() });
    let Heads { ledger } = request.ask(HEADS, variables, None).await?;
    Ok(ledger)
}

/// Recorded instants may be a little ahead of the clock, and their states are there.
fn is_future(request: &PageRequest, at: Timestamp, heads: &LedgerHeads) -> bool {
    let newest = heads.now.recorded_at.as_deref().and_then(Timestamp::parse);
    at > (request.app.clock)() && newest.is_none_or(|newest| at > newest)
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
    fn an_instant_is_written_as_a_date_of_http() {
        let at = Timestamp::parse("2026-11-28T15:04:09.999999Z").unwrap();
        assert_eq!(http_date(at), "Sat, 28 Nov 2026 15:04:09 GMT");
    }
}
