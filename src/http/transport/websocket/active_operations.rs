//! Active operations of one WebSocket, polled round-robin by the task that owns the socket.
//!
//! Nothing is queued: an operation is polled for its next event only after the last message was sent.

use std::{
    collections::VecDeque,
    task::{Context, Poll},
};

use futures_util::StreamExt;

use super::messages::{NextEnvelope, ServerMessage};
use crate::{
    http::{
        execution::{OperationStream, event::OperationEvent},
        response::graphql_error::rejection_of,
    },
    telemetry::rejections::RejectionLabels,
};

/// In the order in which they are polled next.
#[derive(Default)]
pub(super) struct ActiveOperations(VecDeque<ActiveOperation>);

struct ActiveOperation {
    id: Box<str>,
    envelope: NextEnvelope,
    events: OperationStream,
}

impl ActiveOperations {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.0.iter().any(|operation| *operation.id == *id)
    }

    /// `envelope` wraps the payloads of its `next` messages.
    pub(super) fn start(&mut self, id: &str, envelope: NextEnvelope, events: OperationStream) {
        self.0.push_back(ActiveOperation {
            id: id.into(),
            envelope,
            events,
        });
    }

    /// An unknown id is not an error: the operation may have ended while the client's `complete` was in transit.
    pub(super) fn stop(&mut self, id: &str) {
        self.0.retain(|operation| *operation.id != *id);
    }

    /// The next message to the client; always pending while nothing runs. After a message its operation moves to the
    /// back, so that a busy operation does not starve the others. `count_rejection` is called for an operation that was refused.
    pub(super) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        count_rejection: impl Fn(RejectionLabels),
    ) -> Poll<String> {
        for _ in 0..self.0.len() {
            let Some(mut operation) = self.0.pop_front() else {
                break;
            };
            let Poll::Ready(event) = operation.events.poll_next_unpin(cx) else {
                self.0.push_back(operation);
                continue;
            };
            let id = &operation.id;
            match event {
                None => return Poll::Ready(ServerMessage::Complete { id }.json()),
                Some(OperationEvent::RequestError(errors)) => {
                    count_rejection(rejection_of(&errors));
                    let payload = &errors;
                    return Poll::Ready(ServerMessage::Error { id, payload }.json());
                }
                Some(OperationEvent::Next(next)) => {
                    let message = operation.envelope.message(&next.payload);
                    self.0.push_back(operation);
                    return Poll::Ready(message);
                }
                // The protocol has no message for a start cursor: poll the operation again at once.
                Some(OperationEvent::Started(_)) => {
                    self.0.push_back(operation);
                    cx.waker().wake_by_ref();
                }
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_graphql::Response;
    use futures_util::{stream, task::noop_waker_ref};

    use super::*;
    use crate::http::fanout::EventPayload;

    fn endless() -> OperationStream {
        let payload = Arc::new(EventPayload::new(Response::default(), None));
        let next = move || OperationEvent::Next(Arc::clone(&payload));
        OperationStream::Library(stream::repeat_with(next).boxed())
    }

    fn next_message(operations: &mut ActiveOperations) -> Option<String> {
        match operations.poll_next(&mut Context::from_waker(noop_waker_ref()), drop) {
            Poll::Ready(message) => Some(message),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_busy_operation_does_not_starve_the_others() {
        let mut operations = ActiveOperations::default();
        operations.start("a", NextEnvelope::for_operation("a"), endless());
        operations.start("b", NextEnvelope::for_operation("b"), endless());
        for id in ["a", "b", "a", "b"] {
            let message = next_message(&mut operations).unwrap();
            assert!(message.contains(&format!(r#""id":"{id}""#)), "{message}");
        }
    }

    #[test]
    fn an_operation_that_ends_or_is_stopped_frees_its_id() {
        let mut operations = ActiveOperations::default();
        operations.start(
            "a",
            NextEnvelope::for_operation("a"),
            OperationStream::Library(stream::empty().boxed()),
        );
        let complete = r#"{"type":"complete","id":"a"}"#.to_owned();
        assert_eq!(next_message(&mut operations), Some(complete));
        operations.start("b", NextEnvelope::for_operation("b"), endless());
        operations.stop("b");
        assert!(!operations.contains("a") && !operations.contains("b"));
        assert_eq!(next_message(&mut operations), None);
    }
}
