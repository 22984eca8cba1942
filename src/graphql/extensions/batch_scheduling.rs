//! When a batch starts: as soon as its request can go no further without it, and never earlier.
//!
//! A timer would split a batch on a busy machine, and with it the promise of a constant number of statements. Here the
//! request is polled first; only when it waits, and nothing has woken it meanwhile, do its batches run, in its own task.
//! So nothing outlives a request that is dropped.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_graphql::dataloader::DataLoader;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Data, Response, async_trait::async_trait};
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::cache::recorder::Reads;
use crate::graphql::loaders::{Loaders, Reader};
use crate::wake_flag::WakeFlag;

/// Gives every execution its own loaders, and runs their batches.
pub struct Batching(pub Reader);

impl ExtensionFactory for Batching {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Execution(self.0.clone()))
    }
}

struct Execution(Reader);

#[async_trait]
impl Extension for Execution {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let batches = Batches::default();
        let mut data = Data::default();
        let reads = ctx.data_opt::<Reads>().cloned();
        data.insert(batches.loaders(self.0.noting(reads)));
        batches
            .drive(next.run_with_data(ctx, operation_name, data))
            .await
    }
}

/// Keys in one statement: below the 32,766 parameters that SQLite binds.
const KEYS: usize = 30_000;

/// Batches that were asked for and not begun.
#[derive(Clone, Default)]
struct Batches(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl Batches {
    fn loaders(&self, reader: Reader) -> Loaders {
        let batches = self.clone();
        DataLoader::new(reader, move |batch| batches.lock().push(batch))
            .delay(Duration::ZERO)
            .max_batch_size(KEYS)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<BoxFuture<'static, ()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn drive<T>(self, request: impl Future<Output = T> + Send) -> T {
        let mut request = pin!(request);
        let mut running = FuturesUnordered::new();
        let flag = Arc::new(WakeFlag::default());
        let waker = Waker::from(flag.clone());
        poll_fn(move |cx| {
            flag.register(cx.waker());
            flag.take();
            if let Poll::Ready(answer) = request.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Poll::Ready(answer);
            }
            // Woken already: the request has more to ask, and the task is polled again at once.
            if !flag.is_raised() {
                running.extend(self.lock().drain(..));
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

    /// Gives way once, as a join of many futures does.
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
    async fn a_batch_waits_until_the_request_can_go_no_further() {
        let batches = Batches::default();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (asked, noted) = (batches.clone(), log.clone());
        let request = async move {
            let (done, answer) = tokio::sync::oneshot::channel();
            let inner = noted.clone();
            asked.lock().push(Box::pin(async move {
                inner.lock().unwrap().push("batch");
                done.send(()).unwrap();
            }));
            pause().await;
            noted.lock().unwrap().push("request");
            answer.await.unwrap();
        };
        batches.drive(request).await;
        assert_eq!(*log.lock().unwrap(), ["request", "batch"]);
    }
}
