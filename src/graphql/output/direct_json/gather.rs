//! The answers of all parts of an object or a list.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use async_graphql::{ServerResult, Value};
use futures_util::future::{FutureExt, try_join_all};

/// In order. Each is polled on the stack until one has to wait; that one and those after it then wait together. It is
/// begun anew where it can stay: what it asked to be loaded stays asked for.
/// # Errors
/// The first, and no answer then.
pub(super) async fn gather<'c, F: Future<Output = ServerResult<Value>> + Send + 'c>(
    count: usize,
    answer: impl Fn(usize) -> F + Send,
) -> ServerResult<Vec<Value>> {
    let mut answers = Vec::with_capacity(count);
    let at_once = poll_fn(|task| {
        while answers.len() < count {
            match pin!(answer(answers.len())).poll(task) {
                Poll::Ready(Ok(answer)) => answers.push(answer),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => break,
            }
        }
        Poll::Ready(Ok(()))
    });
    at_once.await?;
    if answers.len() < count {
        let waiting = (answers.len()..count).map(|place| answer(place).boxed());
        answers.extend(try_join_all(waiting).await?);
    }
    Ok(answers)
}
