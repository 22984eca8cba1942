//! What runs on one socket: a few streams, polled in turn by the task that owns them.

use std::{
    collections::VecDeque,
    future::poll_fn,
    task::{Context, Poll},
};

use async_graphql::ServerError;
use axum::body::Bytes;
use futures_util::{StreamExt, stream::BoxStream};

use crate::http::execution::Said;

/// Nothing is queued: a stream is asked for its next answer only after the last one was sent.
#[derive(Default)]
pub(super) struct Operations(VecDeque<Running>);

struct Running {
    id: String,
    said: BoxStream<'static, Said>,
}

pub(super) enum Event {
    Next {
        id: String,
        /// A response, as JSON.
        payload: Bytes,
    },
    /// Nothing was executed; the operation is over.
    Refused {
        id: String,
        errors: Vec<ServerError>,
    },
    Complete {
        id: String,
    },
}

impl Operations {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.0.iter().any(|running| running.id == id)
    }

    pub(super) fn start(&mut self, id: String, said: BoxStream<'static, Said>) {
        self.0.push_back(Running { id, said });
    }

    /// An unknown id is no fault: the operation may have ended while the client's word was on its way.
    pub(super) fn stop(&mut self, id: &str) {
        self.0.retain(|running| running.id != id);
    }

    /// Waits for ever while nothing runs. Nothing is lost if the future is dropped.
    pub(super) async fn next(&mut self) -> Event {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Who has answered goes to the end of the line, so that a busy stream does not silence the others.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        for _ in 0..self.0.len() {
            let Some(mut running) = self.0.pop_front() else {
                break;
            };
            let said = match running.said.poll_next_unpin(cx) {
                Poll::Pending => {
                    self.0.push_back(running);
                    continue;
                }
                Poll::Ready(said) => said,
            };
            match said {
                None => return Poll::Ready(Event::Complete { id: running.id }),
                Some(Said::Refused(errors)) => {
                    let id = running.id;
                    return Poll::Ready(Event::Refused { id, errors });
                }
                Some(Said::Next { payload, .. }) => {
                    let id = running.id.clone();
                    self.0.push_back(running);
                    return Poll::Ready(Event::Next { id, payload });
                }
                // Not for sockets: it is asked again at once.
                Some(Said::Began(_)) => {
                    self.0.push_back(running);
                    cx.waker().wake_by_ref();
                }
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, stream};

    use super::*;

    fn endless() -> BoxStream<'static, Said> {
        let next = || Said::Next {
            payload: Bytes::new(),
            cursor: None,
        };
        stream::repeat_with(next).boxed()
    }

    fn next(operations: &mut Operations) -> Option<(String, bool)> {
        match operations.next().now_or_never()? {
            Event::Next { id, .. } => Some((id, true)),
            Event::Refused { id, .. } | Event::Complete { id } => Some((id, false)),
        }
    }

    #[test]
    fn a_busy_stream_does_not_silence_the_others() {
        let mut operations = Operations::default();
        operations.start("a".into(), endless());
        operations.start("b".into(), endless());
        let heard: Vec<_> = (0..4).filter_map(|_| next(&mut operations)).collect();
        assert_eq!(
            heard.iter().map(|(id, _)| id.as_str()).collect::<String>(),
            "abab"
        );
    }

    #[test]
    fn an_operation_that_ends_or_is_stopped_frees_its_id() {
        let mut operations = Operations::default();
        operations.start("a".into(), stream::empty().boxed());
        assert_eq!(next(&mut operations), Some(("a".into(), false)));
        operations.start("b".into(), endless());
        operations.stop("b");
        assert!(!operations.contains("a") && !operations.contains("b"));
        assert_eq!(next(&mut operations), None);
    }
}
