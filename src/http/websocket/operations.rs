//! What runs on one socket: a few streams, polled in turn by the task that owns them.

use std::{
    collections::VecDeque,
    future::poll_fn,
    task::{Context, Poll},
};

use async_graphql::{Response, parser::types::OperationType};
use futures_util::{StreamExt, stream::BoxStream};

use crate::http::operation;

/// Nothing is queued: a stream is asked for its next answer only after the last one was sent.
#[derive(Default)]
pub(super) struct Operations(VecDeque<Running>);

struct Running {
    id: String,
    kind: OperationType,
    answered: bool,
    answers: BoxStream<'static, Response>,
}

pub(super) enum Event {
    Next {
        id: String,
        answer: Response,
    },
    /// Nothing was executed; the operation is over.
    Refused {
        id: String,
        answer: Response,
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

    pub(super) fn start(
        &mut self,
        id: String,
        kind: OperationType,
        answers: BoxStream<'static, Response>,
    ) {
        self.0.push_back(Running {
            id,
            kind,
            answered: false,
            answers,
        });
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
            match running.answers.poll_next_unpin(cx) {
                Poll::Pending => self.0.push_back(running),
                Poll::Ready(None) => return Poll::Ready(Event::Complete { id: running.id }),
                Poll::Ready(Some(answer)) => return Poll::Ready(self.answered(running, answer)),
            }
        }
        Poll::Pending
    }

    fn answered(&mut self, mut running: Running, answer: Response) -> Event {
        let id = running.id.clone();
        if !running.answered && operation::is_refused(running.kind, &answer) {
            return Event::Refused { id, answer };
        }
        running.answered = true;
        self.0.push_back(running);
        Event::Next { id, answer }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, stream};

    use super::*;

    fn endless() -> BoxStream<'static, Response> {
        stream::repeat_with(Response::default).boxed()
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
        operations.start("a".into(), OperationType::Subscription, endless());
        operations.start("b".into(), OperationType::Subscription, endless());
        let heard: Vec<_> = (0..4).filter_map(|_| next(&mut operations)).collect();
        assert_eq!(
            heard.iter().map(|(id, _)| id.as_str()).collect::<String>(),
            "abab"
        );
    }

    #[test]
    fn an_operation_that_ends_or_is_stopped_frees_its_id() {
        let mut operations = Operations::default();
        operations.start("a".into(), OperationType::Query, stream::empty().boxed());
        assert_eq!(next(&mut operations), Some(("a".into(), false)));
        operations.start("b".into(), OperationType::Query, endless());
        operations.stop("b");
        assert!(!operations.contains("a") && !operations.contains("b"));
        assert_eq!(next(&mut operations), None);
    }
}
