//! Framing of an event stream: how each format writes an event, a heartbeat and the end.
//!
//! | | server-sent events | multipart | JSON Lines |
//! | --- | --- | --- | --- |
//! | event | `event: next` with its cursor as `id` | a part with `payload` | the response on a line |
//! | heartbeat | a comment | a part `{}` | a line `{}` |
//! | operation finished | `event: complete` | the closing boundary | the end of the body |
//! | ended by the server | the end of the body | a part with `errors`, the closing boundary | a line with `errors` |

use std::fmt::Write;

use async_graphql::ServerError;

use crate::http::{
    execution::event::OperationEvent,
    response::{cached::RequestMethod, content_negotiation::StreamFormat, graphql_error},
};

#[derive(Clone, Copy)]
pub(super) struct Framing {
    format: StreamFormat,
    start_event: StartEvent,
}

/// The form of the start cursor in server-sent events. An `id` without data sets the client's last event ID and dispatches
/// no event (HTML, 9.2.6).
#[derive(Clone, Copy)]
enum StartEvent {
    /// For graphql-sse, which sends POST and rejects every event but `next` and `complete`.
    IdOnly,
    /// For `EventSource` libraries, which send GET: several forget the id of an event without data, so that a client would
    /// reconnect at the head.
    Named,
}

impl Framing {
    pub(super) fn new(format: StreamFormat, method: RequestMethod) -> Self {
        let start_event = match method {
            RequestMethod::Get => StartEvent::Named,
            RequestMethod::Post => StartEvent::IdOnly,
        };
        Self {
            format,
            start_event,
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self.format {
            StreamFormat::ServerSentEvents => "text/event-stream",
            StreamFormat::Multipart => "multipart/mixed;boundary=\"graphql\";subscriptionSpec=1.0",
            StreamFormat::JsonLines => "application/jsonl; charset=utf-8",
        }
    }

    /// The first bytes. A part begins after the boundary that ends the part before it, so that clients read each part when
    /// it arrives. Some clients lose the first part without the line break.
    pub(super) fn opening(self) -> &'static str {
        match self.format {
            StreamFormat::Multipart => "\r\n--graphql",
            StreamFormat::ServerSentEvents | StreamFormat::JsonLines => "",
        }
    }

    pub(super) fn event(self, event: &OperationEvent) -> String {
        match event {
            OperationEvent::Started(cursor) => self.start(cursor),
            OperationEvent::Next(next) => {
                let payload = &next.payload;
                match self.format {
                    StreamFormat::ServerSentEvents => {
                        let cursor = next.cursor.as_ref();
                        let id =
                            cursor.map_or_else(String::new, |cursor| format!("id: {cursor}\n"));
                        format!("event: next\n{id}data: {payload}\n\n")
                    }
                    StreamFormat::Multipart => part(&format!("{{\"payload\":{payload}}}")),
                    StreamFormat::JsonLines => line(payload),
                }
            }
            // Occurs only as the first event, which was answered with an HTTP status.
            OperationEvent::RequestError(_) => String::new(),
        }
    }

    /// The other formats have no place for the start cursor: clients send `after`.
    fn start(self, cursor: &str) -> String {
        match (self.format, self.start_event) {
            (StreamFormat::ServerSentEvents, StartEvent::IdOnly) => format!("id: {cursor}\n\n"),
            (StreamFormat::ServerSentEvents, StartEvent::Named) => {
                format!("event: place\nid: {cursor}\ndata: \n\n")
            }
            (StreamFormat::Multipart | StreamFormat::JsonLines, _) => String::new(),
        }
    }

    /// A JSON value in JSON Lines: many readers fail at an empty line.
    pub(super) fn heartbeat(self) -> &'static str {
        match self.format {
            StreamFormat::ServerSentEvents => ":\n\n",
            StreamFormat::Multipart => "\r\nContent-Type: application/json\r\n\r\n{}\r\n--graphql",
            StreamFormat::JsonLines => "{}\n",
        }
    }

    /// Sent after the last event of an operation that has finished.
    pub(super) fn complete(self) -> &'static str {
        match self.format {
            // Browsers ignore an event without a `data` line, even an empty one.
            StreamFormat::ServerSentEvents => "event: complete\ndata: \n\n",
            StreamFormat::Multipart => MULTIPART_END,
            StreamFormat::JsonLines => "",
        }
    }

    /// Sent when the server ends the stream before the operation has finished.
    pub(super) fn closed_by_server(self, error: &ServerError) -> String {
        let errors = graphql_error::errors_json(std::slice::from_ref(error));
        match self.format {
            // `EventSource` reconnects by itself.
            StreamFormat::ServerSentEvents => String::new(),
            StreamFormat::Multipart => {
                let part = part(&format!("{{\"payload\":null,\"errors\":{errors}}}"));
                format!("{part}{MULTIPART_END}")
            }
            StreamFormat::JsonLines => line(&format!("{{\"errors\":{errors}}}")),
        }
    }
}

/// Follows the boundary after the last part.
const MULTIPART_END: &str = "--\r\n";

fn part(json: &str) -> String {
    format!("\r\nContent-Type: application/json\r\n\r\n{json}\r\n--graphql")
}

/// A line in ASCII: some readers also split lines at U+0085, U+2028 and U+2029, and some break characters that arrive in
/// two pieces.
fn line(json: &str) -> String {
    let mut line = String::with_capacity(json.len() + 1);
    for character in json.chars() {
        if character.is_ascii() {
            line.push(character);
        } else {
            // Characters other than ASCII occur in strings only.
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(line, "\\u{unit:04x}");
            }
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_json_is_ascii_and_means_the_same() {
        let json = "{\"a\":\"é\u{2028}\u{85}𝄞\\n\"}";
        let line = line(json);
        assert_eq!(line, "{\"a\":\"\\u00e9\\u2028\\u0085\\ud834\\udd1e\\n\"}\n");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&line), value(json));
    }

    #[test]
    fn a_stream_that_the_server_ends_differs_from_one_that_has_finished() {
        let error = graphql_error::graphql_error("STOPPING", "x");
        for format in [
            StreamFormat::ServerSentEvents,
            StreamFormat::Multipart,
            StreamFormat::JsonLines,
        ] {
            let framing = Framing::new(format, RequestMethod::Get);
            assert_ne!(framing.closed_by_server(&error), framing.complete());
        }
    }
}
