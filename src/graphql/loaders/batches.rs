//! Batch scheduling: starts the batches of the data loaders when the execution is pending on them, and not earlier.
//!
//! A timer would split batches on a busy machine, and the number of SQL statements would no longer be constant. Here
//! the execution is polled first; its batches run only when it is pending and was not woken meanwhile. They run in the
//! task of the execution, so nothing outlives a dropped request.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_graphql::dataloader::DataLoader;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use parking_lot::Mutex;

use super::{LoaderContext, Loaders};
use crate::wake_flag::WakeFlag;

/// Batches that were requested and not started.
#[derive(Clone, Default)]
pub struct Batches(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl Batches {
    /// Loaders of one execution, whose batches wait here.
    pub fn loaders(&self, context: LoaderContext) -> Loaders {
        let batches = self.clone();
        DataLoader::new(context, move |batch| batches.0.lock().push(batch))
            .delay(Duration::ZERO)
            // One statement binds any number of keys.
            .max_batch_size(usize::MAX)
    }

    /// Runs an execution and, whenever it waits for them, its batches.
    pub async fn drive<T>(self, request: impl Future<Output = T> + Send) -> T {
        let mut request = pin!(request);
        let mut running = FuturesUnordered::new();
        let flag = Arc::new(WakeFlag::default());
        let waker = Waker::from(flag.clone());
        poll_fn(move |cx| {
            flag.register(cx.waker());
            flag.take();
            if let Poll::Ready(response) = request.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Poll::Ready(response);
            }
            // If the request was woken already, it may request more keys: the task is polled again at once.
            if !flag.is_raised() {
                running.extend(self.0.lock().drain(..));
                while let Poll::Ready(Some(())) = running.poll_next_unpin(cx) {}
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Yields once, as a join of many futures does.
    async fn pause() {
        let mut is_first = true;
        poll_fn(|cx| {
            if std::mem::take(&mut is_first) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
    }

    #[tokio::test]
    async fn a_batch_starts_only_when_the_request_is_pending() {
        let batches = Batches::default();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (request_batches, request_log) = (batches.clone(), log.clone());
        let request = async move {
            let (sender, receiver) = tokio::sync::oneshot::channel();
            let batch_log = request_log.clone();
            request_batches.0.lock().push(Box::pin(async move {
                batch_log.lock().push("batch");
                sender.send(()).unwrap();
            }));
            pause().await;
            request_log.lock().push("request");
            receiver.await.unwrap();
        };
        batches.drive(request).await;
        assert_eq!(*log.lock(), ["request", "batch"]);
    }
}
