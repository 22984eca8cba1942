//! Batch scheduling: starts the batches of the data loaders when the execution is pending on them, and not earlier.
//!
//! A timer would split batches on a busy machine, and the number of SQL statements would no longer be constant. Here
//! the execution is polled first; its batches run only when it is pending and was not woken meanwhile. They run in the
//! task of the execution, so nothing outlives a dropped request.
//!
//! The loaders of a pinned query read an earlier state of the ledger, which is found here.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_graphql::dataloader::DataLoader;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Data, Pos, Response, ServerError, Value, async_trait::async_trait, value};
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use parking_lot::Mutex;

use crate::cache::recorder::TagRecorder;
use crate::graphql::loaders::work_budget::WorkBudget;
use crate::graphql::loaders::{LoaderContext, Loaders};
use crate::model::cursor::LedgerCursor;
use crate::model::pin::{Pin, PinRequest};
use crate::wake_flag::WakeFlag;

/// Creates separate loaders for each execution, and drives their batches.
pub struct BatchScheduling(pub LoaderContext);

impl ExtensionFactory for BatchScheduling {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Execution(self.0.clone()))
    }
}

struct Execution(LoaderContext);

#[async_trait]
impl Extension for Execution {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let pin = match ctx.data_opt::<PinRequest>() {
            Some(request) => match self.0.find_pin(request).await {
                Ok(pin) => Some(pin),
                Err(error) => return error_response(error),
            },
            None => None,
        };
        let batches = Batches::default();
        let mut data = Data::default();
        let recorder = ctx.data_opt::<TagRecorder>().cloned();
        let work = ctx.data_opt::<WorkBudget>().cloned().unwrap_or_default();
        let context = self.0.for_execution(recorder, work, pin.clone());
        data.insert(batches.loaders(context));
        let response = batches
            .drive(next.run_with_data(ctx, operation_name, data))
            .await;
        match pin {
            Some(pin) => response.extension("ledger", self.ledger_extension(&pin)),
            None => response,
        }
    }
}

impl Execution {
    /// `extensions.ledger`: the state of the ledger that a pinned query was answered from.
    fn ledger_extension(&self, pin: &Pin) -> Value {
        let cursor = LedgerCursor::new(self.0.generation(), pin.seq, &pin.hash);
        value!({ "seq": pin.seq, "cursor": cursor.to_string() })
    }
}

/// The response to a query that was not executed.
fn error_response(error: crate::error::Error) -> Response {
    let error = async_graphql::Error::from(error).into_server_error(Pos::default());
    let error = ServerError {
        locations: Vec::new(),
        ..error
    };
    Response::from_errors(vec![error])
}

/// Batches that were requested and not started.
#[derive(Clone, Default)]
struct Batches(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl Batches {
    fn loaders(&self, context: LoaderContext) -> Loaders {
        let batches = self.clone();
        DataLoader::new(context, move |batch| batches.0.lock().push(batch))
            .delay(Duration::ZERO)
            // One statement binds any number of keys.
            .max_batch_size(usize::MAX)
    }

    async fn drive<T>(self, request: impl Future<Output = T> + Send) -> T {
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
