//! One state: a query is executed again if the ledger changed, while it ran, what it had read. So its whole answer is of one
//! state, and `ledger { head }` in it names that state.
//!
//! Loaders read current rows of the database and of the read model, batch after batch, and neither can be held at one state for
//! as long as an operation takes. A change is rare, and seen afterwards. If changes go on, the last execution is pinned.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Request, Response};
use tokio::time::timeout;

use super::response::cache::requested_pin;
use crate::cache::{Freshness, recorder::TagRecorder, tag::CacheTag};
use crate::database::Database;
use crate::feed::Feed;
use crate::graphql::execution::{DirectQuery, QueryExecutor};
use crate::graphql::loaders::work_budget::WorkBudget;
use crate::graphql::request_data::find_data;
use crate::graphql::schema::Schema;
use crate::graphql::validation::prepared_document::PreparedDocument;
use crate::ledger::head::load_head;
use crate::model::pin::PinRequest;
use crate::model::rate_limit_status::RateLimitStatus;
use crate::model::request_id::RequestId;
use crate::model::role::Caller;

/// Executions that read current rows, which costs less than a pin.
const CURRENT_EXECUTIONS: usize = 3;
/// Longest wait for the feed to reach what was read from the database.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(1);

/// Executes queries, each in one state.
pub(super) struct QueryRunner {
    schema: Schema,
    executor: QueryExecutor,
    feed: Feed,
    database: Database,
}

/// A response, and the state of the ledger that it is of.
pub(super) struct StateResponse {
    pub(super) response: Response,
    pub(super) seq: i64,
}

impl QueryRunner {
    pub(super) fn new(
        (schema, executor): (Schema, QueryExecutor),
        feed: Feed,
        database: Database,
    ) -> Self {
        Self {
            schema,
            executor,
            feed,
            database,
        }
    }

    /// Executes a query, and charges its last execution.
    pub(super) async fn execute(&self, mut request: Request) -> StateResponse {
        let pin = requested_pin(&request).cloned();
        let recorder = find_data::<TagRecorder>(&request).cloned();
        let recorder = recorder.unwrap_or_else(|| {
            let recorder = TagRecorder::default();
            request.data.insert(recorder.clone());
            recorder
        });
        let seq = self.feed.head();
        let query = match self.executor.prepare(&request) {
            None => Query::OfLibrary(request),
            Some(Ok(query)) => Query::Direct(query),
            Some(Err(response)) => return StateResponse { response, seq },
        };
        if let Some(pin) = pin {
            let response = self.execute_once(&query, Some(&pin)).await;
            let seq = pin.seq;
            return StateResponse { response, seq };
        }
        for _ in 0..CURRENT_EXECUTIONS {
            let seq = self.feed.head();
            let response = self.execute_once(&query, None).await;
            if self.is_of_one_state(seq, &recorder).await {
                return StateResponse { response, seq };
            }
            recorder.clear();
            query.work().iter().for_each(|work| work.reset());
        }
        let seq = self.feed.head();
        let pin = PinRequest {
            seq,
            generation: None,
        };
        let mut response = self.execute_once(&query, Some(&pin)).await;
        response.extensions.remove("ledger");
        // A pinned execution records nothing, but this answer is that of now.
        recorder.record([CacheTag::Any]);
        StateResponse { response, seq }
    }

    /// Whether a request may be executed: its caller may select its fields, and its variables have values of their types.
    /// `None` for introspection and documents that are not valid, about which only an execution tells.
    /// # Errors
    /// The response to it.
    pub(super) fn check(&self, request: &Request) -> Option<Result<(), Response>> {
        let prepared = self.executor.prepare(request)?;
        Some(prepared.map(drop))
    }

    async fn execute_once(&self, query: &Query, pin: Option<&PinRequest>) -> Response {
        match query {
            // Boxed, so that the futures around it are small.
            Query::Direct(query) => Box::pin(self.executor.execute(query, pin)).await,
            Query::OfLibrary(request) => {
                let mut request = copy_request(request);
                if let Some(pin) = pin {
                    request.data.insert(pin.clone());
                }
                Box::pin(self.schema.execute(request)).await
            }
        }
    }

    /// Whether no entry after `start`, the feed's head before the execution, changed anything that it read.
    async fn is_of_one_state(&self, start: i64, recorder: &TagRecorder) -> bool {
        let feed = &self.feed;
        let mut newest = feed.newest_applied();
        if recorder.has_read_database() {
            // An error of the database is one of the response already, or not of its content.
            let head = load_head(self.database.reader()).await;
            newest = newest.max(head.map_or(start, |head| head.seq));
        }
        if newest <= start {
            return true;
        }
        // A feed that is stalled must not stall queries.
        let has_caught_up = timeout(CATCH_UP_TIMEOUT, feed.wait_for(newest)).await;
        has_caught_up.is_err() || Feed::is_valid(feed, &recorder.tags(), start)
    }
}

/// A query that may be executed several times.
enum Query {
    Direct(DirectQuery),
    /// Introspection, and what would be too much for the executor.
    OfLibrary(Request),
}

impl Query {
    fn work(&self) -> Option<&WorkBudget> {
        match self {
            Self::Direct(query) => Some(query.work()),
            Self::OfLibrary(request) => find_data(request),
        }
    }
}

/// The same operation of the same client.
fn copy_request(request: &Request) -> Request {
    let mut copy = Request::new(&request.query).variables(request.variables.clone());
    copy.operation_name.clone_from(&request.operation_name);
    copy_data::<Arc<PreparedDocument>>(request, &mut copy);
    copy_data::<Caller>(request, &mut copy);
    copy_data::<RequestId>(request, &mut copy);
    copy_data::<RateLimitStatus>(request, &mut copy);
    copy_data::<WorkBudget>(request, &mut copy);
    copy_data::<TagRecorder>(request, &mut copy);
    copy
}

fn copy_data<T: Any + Clone + Send + Sync>(from: &Request, to: &mut Request) {
    if let Some(data) = find_data::<T>(from) {
        to.data.insert(data.clone());
    }
}
