//! Concurrent resolution of all fields of an object or all items of a list.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use async_graphql::{ServerResult, Value};
use futures_util::future::{FutureExt, try_join_all};

/// The values in order. Each part is polled on the stack until one is pending; that one and those after it are then
/// boxed and awaited together. The pending part is started again, which repeats no load: its keys are in the batch
/// already.
/// # Errors
/// The first error; then there are no values.
pub(super) async fn resolve_all<'c, F: Future<Output = ServerResult<Value>> + Send + 'c>(
    count: usize,
    resolve: impl Fn(usize) -> F + Send,
) -> ServerResult<Vec<Value>> {
    let mut values = Vec::with_capacity(count);
    let ready_parts = poll_fn(|cx| {
        while values.len() < count {
            match pin!(resolve(values.len())).poll(cx) {
                Poll::Ready(Ok(value)) => values.push(value),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => break,
            }
        }
        Poll::Ready(Ok(()))
    });
    ready_parts.await?;
    if values.len() < count {
        let pending = (values.len()..count).map(|index| resolve(index).boxed());
        values.extend(try_join_all(pending).await?);
    }
    Ok(values)
}
