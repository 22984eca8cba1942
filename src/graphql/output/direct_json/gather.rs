//! Concurrent resolution of all fields of an object or all items of a list.

use std::future::{Future, poll_fn};
use std::task::Poll;

use async_graphql::{ServerResult, Value};
use futures_util::future::try_join_all;
use tokio_util::sync::ReusableBoxFuture;

/// The values in order. One part is polled after the other, in one allocation, until one is pending; that one and those after
/// it are then awaited together.
/// # Errors
/// The first error; then there are no values.
pub(super) async fn resolve_all<'c, F: Future<Output = ServerResult<Value>> + Send + 'c>(
    count: usize,
    resolve: impl Fn(usize) -> F + Send,
) -> ServerResult<Vec<Value>> {
    let mut values = Vec::with_capacity(count);
    let mut current: Option<ReusableBoxFuture<'c, ServerResult<Value>>> = None;
    let ready_parts = poll_fn(|cx| {
        while values.len() < count {
            let part = resolve(values.len());
            let part = match &mut current {
                None => current.insert(ReusableBoxFuture::new(part)),
                Some(current) => {
                    current.set(part);
                    current
                }
            };
            match part.poll(cx) {
                Poll::Ready(Ok(value)) => values.push(value),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => break,
            }
        }
        Poll::Ready(Ok(()))
    });
    ready_parts.await?;
    if values.len() < count {
        let rest = values.len() + 1..count;
        let rest = rest.map(|index| ReusableBoxFuture::new(resolve(index)));
        values.extend(try_join_all(current.into_iter().chain(rest)).await?);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn each_part_starts_once_and_the_values_are_in_order() {
        let starts = AtomicUsize::new(0);
        let values = resolve_all(5, |index| {
            starts.fetch_add(1, Ordering::Relaxed);
            async move {
                if index > 1 {
                    tokio::task::yield_now().await;
                }
                Ok(Value::from(index))
            }
        });
        let expected: Vec<Value> = (0..5_usize).map(Value::from).collect();
        assert_eq!(values.await.unwrap(), expected);
        assert_eq!(starts.into_inner(), 5);
    }
}
