//! What runs on one socket: a few operations, polled in turn by the task that owns them.

use std::{
    collections::VecDeque,
    task::{Context, Poll},
};

use futures_util::StreamExt;

use super::messages::{NextHead, ServerMessage};
use crate::http::execution::{Answers, event::Said};

/// Nothing is queued: one is asked for its next answer only after the last one was sent.
#[derive(Default)]
pub(super) struct Operations(VecDeque<Running>);

struct Running {
    id: Box<str>,
    next: NextHead,
    answers: Answers,
}

impl Operations {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.0.iter().any(|running| *running.id == *id)
    }

    /// `next` is how its answers begin.
    pub(super) fn start(&mut self, id: &str, next: NextHead, answers: Answers) {
        self.0.push_back(Running {
            id: id.into(),
            next,
            answers,
        });
    }

    /// An unknown id is no fault: the operation may have ended while the client's word was on its way.
    pub(super) fn stop(&mut self, id: &str) {
        self.0.retain(|running| *running.id != *id);
    }

    /// The next message to the client; pending for ever while nothing runs. Who has answered goes to the end of the line,
    /// so that a busy operation does not silence the others.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<String> {
        for _ in 0..self.0.len() {
            let Some(mut running) = self.0.pop_front() else {
                break;
            };
            let Poll::Ready(said) = running.answers.poll_next_unpin(cx) else {
                self.0.push_back(running);
                continue;
            };
            let id = &running.id;
            match said {
                None => return Poll::Ready(ServerMessage::Complete { id }.text()),
                Some(Said::Refused(errors)) => {
                    let payload = &errors;
                    return Poll::Ready(ServerMessage::Error { id, payload }.text());
                }
                Some(Said::Next(told)) => {
                    let text = running.next.text(&told.payload);
                    self.0.push_back(running);
                    return Poll::Ready(text);
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
    use std::sync::Arc;

    use async_graphql::Response;
    use futures_util::{stream, task::noop_waker_ref};

    use super::*;
    use crate::http::fanout::Told;

    fn endless() -> Answers {
        let told = Arc::new(Told::new(&Response::default(), None));
        let next = move || Said::Next(Arc::clone(&told));
        Answers::Own(stream::repeat_with(next).boxed())
    }

    fn next(operations: &mut Operations) -> Option<String> {
        match operations.poll_next(&mut Context::from_waker(noop_waker_ref())) {
            Poll::Ready(text) => Some(text),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_busy_operation_does_not_silence_the_others() {
        let mut operations = Operations::default();
        operations.start("a", NextHead::to("a"), endless());
        operations.start("b", NextHead::to("b"), endless());
        for id in ["a", "b", "a", "b"] {
            let text = next(&mut operations).unwrap();
            assert!(text.contains(&format!(r#""id":"{id}""#)), "{text}");
        }
    }

    #[test]
    fn an_operation_that_ends_or_is_stopped_frees_its_id() {
        let mut operations = Operations::default();
        operations.start(
            "a",
            NextHead::to("a"),
            Answers::Own(stream::empty().boxed()),
        );
        let complete = r#"{"type":"complete","id":"a"}"#.to_owned();
        assert_eq!(next(&mut operations), Some(complete));
        operations.start("b", NextHead::to("b"), endless());
        operations.stop("b");
        assert!(!operations.contains("a") && !operations.contains("b"));
        assert_eq!(next(&mut operations), None);
    }
}
