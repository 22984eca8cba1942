//! Answer of a live query, and the messages that bring it to a client: whole, as a patch of the answer that the client has, or as
//! the news that it has not changed.
//!
//! Messages are encoded when the first client needs them, and shared by all that do.

use std::sync::{Arc, OnceLock};

use async_graphql::{Name, Response, ServerError, Value, indexmap::IndexMap};
use axum::body::Bytes;
use parking_lot::Mutex;

use crate::{
    graphql::output::response_json::write_value,
    http::{fanout::EventPayload, response::graphql_error::has_code},
    model::json_patch,
};

/// A new answer of a topic.
pub(super) struct Answer {
    /// Counts the answers of the topic that differ from the one before.
    pub(super) version: u64,
    /// The state that it is of.
    pub(super) seq: i64,
    cursor: Box<str>,
    /// With its data as JSON.
    response: Response,
    whole: OnceLock<Arc<EventPayload>>,
    /// The whole answer for clients that others were left out for.
    skipping: OnceLock<Arc<EventPayload>>,
    /// By the version that they are patches of; `None` where the whole answer is shorter.
    patches: Mutex<Vec<(u64, Option<Arc<EventPayload>>)>>,
}

/// Codes of errors that are not those of the query.
const RECOVERABLE: [&str; 4] = [
    "TIMEOUT",
    "UNAVAILABLE",
    "INTERNAL_SERVER_ERROR",
    "RATE_LIMITED",
];

/// What a whole answer tells besides its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Note {
    None,
    /// Answers were left out since the last message of this connection.
    Skipped,
    /// Why the client's cursor could not be honoured.
    Reset(ResetReason),
}

/// Why a cursor cannot be honoured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResetReason {
    OtherLedger,
    Ahead,
    Altered,
    /// The answer at the cursor could not be made again.
    Unavailable,
}

impl ResetReason {
    fn code(self) -> &'static str {
        match self {
            Self::OtherLedger => "OTHER_LEDGER",
            Self::Ahead => "AHEAD",
            Self::Altered => "ALTERED",
            Self::Unavailable => "UNAVAILABLE",
        }
    }
}

impl Answer {
    pub(super) fn new(version: u64, (seq, cursor): (i64, String), response: Response) -> Self {
        Self {
            version,
            seq,
            cursor: cursor.into(),
            response: with_encoded_data(response),
            whole: OnceLock::new(),
            skipping: OnceLock::new(),
            patches: Mutex::default(),
        }
    }

    /// Whether a response has the same content.
    pub(super) fn has_content_of(&self, other: &Self) -> bool {
        self.data() == other.data() && self.response.errors == other.response.errors
    }

    /// Whether it has no errors. Others are not patched from or to, and do not have a cursor: a client keeps its last one.
    pub(super) fn is_complete(&self) -> bool {
        self.response.errors.is_empty()
    }

    /// The errors of a query that was not executed, or that failed as a whole.
    pub(super) fn request_errors(&self) -> Option<&[ServerError]> {
        let errors = &self.response.errors;
        let has_failed = self.data() == "null" && errors.iter().all(|error| error.path.is_empty());
        (!errors.is_empty() && has_failed).then_some(errors)
    }

    /// Whether it has an error of the server that may be gone after a while, although nothing is written.
    pub(super) fn may_recover(&self) -> bool {
        let mut errors = self.response.errors.iter();
        errors.any(|error| RECOVERABLE.iter().any(|code| has_code(error, code)))
    }

    /// Bytes of its data and of its messages; that of the whole answer is counted before it is encoded.
    pub(super) fn bytes(&self) -> usize {
        let skipping = self.skipping.get().map_or(0, |one| one.payload.len());
        let patches = self.patches.lock();
        let patches = patches.iter().filter_map(|(_, patch)| patch.as_ref());
        let patches: usize = patches.map(|patch| patch.payload.len()).sum();
        2 * self.data().len() + skipping + patches + size_of::<Self>()
    }

    /// The object `data` as JSON.
    pub(super) fn data(&self) -> &str {
        match &self.response.data {
            Value::Binary(text) => std::str::from_utf8(text).expect("JSON is written as UTF-8"),
            _ => "null",
        }
    }

    /// The message with the whole answer.
    pub(super) fn whole(&self, note: Note) -> Arc<EventPayload> {
        match note {
            Note::None => Arc::clone(self.whole_payload()),
            Note::Skipped => Arc::clone(self.skipping.get_or_init(|| self.encode(note))),
            Note::Reset(_) => self.encode(note),
        }
    }

    /// The message with the whole answer and no note.
    pub(super) fn whole_payload(&self) -> &Arc<EventPayload> {
        self.whole.get_or_init(|| self.encode(Note::None))
    }

    fn encode(&self, note: Note) -> Arc<EventPayload> {
        let mut live = IndexMap::new();
        let cursor = self.is_complete().then(|| self.cursor.to_string());
        if let Some(cursor) = &cursor {
            live.insert(Name::new("cursor"), Value::from(cursor.as_str()));
        }
        match note {
            Note::None => {}
            Note::Skipped => drop(live.insert(Name::new("skipped"), Value::from(true))),
            Note::Reset(reason) => {
                live.insert(Name::new("reset"), Value::from(reason.code()));
            }
        }
        let mut response = Response::new(self.response.data.clone());
        response.errors.clone_from(&self.response.errors);
        response.extensions.clone_from(&self.response.extensions);
        response
            .extensions
            .insert("live".to_owned(), Value::Object(live));
        Arc::new(EventPayload::new(response, cursor))
    }

    /// The message to a client that has an older version, as a patch of it if that is given.
    pub(super) fn message_after(&self, version: u64, older: Option<&Self>) -> Arc<EventPayload> {
        let patch = older.and_then(|older| self.patch_from(older));
        patch.unwrap_or_else(|| {
            let has_skipped = version + 1 < self.version;
            self.whole(if has_skipped {
                Note::Skipped
            } else {
                Note::None
            })
        })
    }

    /// The message with the change since another answer of the topic; `None` where the whole answer is to be sent. The result is
    /// stored for other clients.
    pub(super) fn patch_from(&self, from: &Self) -> Option<Arc<EventPayload>> {
        let mut patches = self.patches.lock();
        if let Some((_, patch)) = patches.iter().find(|(version, _)| *version == from.version) {
            return patch.clone();
        }
        let has_skipped = from.version + 1 < self.version;
        let can_patch = self.is_complete() && from.is_complete();
        let patch = can_patch
            .then(|| self.patch_of(&from.cursor, from.data(), has_skipped))
            .flatten();
        patches.push((from.version, patch.clone()));
        patch
    }

    /// The message with the change of `data`, the answer at a cursor; `None` where the whole answer is to be sent.
    pub(super) fn patch_of(
        &self,
        from: &str,
        data: &str,
        has_skipped: bool,
    ) -> Option<Arc<EventPayload>> {
        let patch = json_patch::between(data, self.data())?;
        let skipped = if has_skipped {
            r#","skipped":true"#
        } else {
            ""
        };
        Some(self.news(from, &format!(r#""patch":{patch}{skipped}"#)))
    }

    /// The message that the answer at a cursor is this one.
    pub(super) fn unchanged_since(&self, from: &str) -> Arc<EventPayload> {
        self.news(from, r#""unchanged":true"#)
    }

    fn news(&self, from: &str, members: &str) -> Arc<EventPayload> {
        unchanged_or_patch(&self.cursor, from, members)
    }
}

/// The message that nothing has changed since a cursor, which is that of the newest state.
pub(super) fn unchanged_at(cursor: &str) -> Arc<EventPayload> {
    unchanged_or_patch(cursor, cursor, r#""unchanged":true"#)
}

/// A message without `data`. Cursors are of base64url, which needs no escaping.
fn unchanged_or_patch(cursor: &str, from: &str, members: &str) -> Arc<EventPayload> {
    let json =
        format!(r#"{{"extensions":{{"live":{{"cursor":"{cursor}","from":"{from}",{members}}}}}}}"#);
    Arc::new(EventPayload::of_json(json, cursor))
}

/// The same response, whose data is one text.
fn with_encoded_data(mut response: Response) -> Response {
    let mut text = Vec::new();
    write_value(&response.data, &mut text);
    response.data = Value::Binary(Bytes::from(text));
    response
}
