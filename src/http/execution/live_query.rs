//! Live query: the first message comes from its start, the others from its topic.

use std::sync::Arc;

use futures_util::{FutureExt, StreamExt, stream};

use super::{OperationStream, event::OperationEvent};
use crate::graphql::{live_directive::LiveOptions, subscription_start::ResumeCursor};
use crate::http::{
    fanout::FrameSink,
    live::{self, LiveQuery},
    operation::PreparedOperation,
    state::AppState,
};

/// The messages of a live query. `Last-Event-ID` overrides `after`, which a client that reconnects sends again unchanged.
pub(super) fn start(
    app: Arc<AppState>,
    operation: PreparedOperation,
    options: LiveOptions,
    resume: ResumeCursor,
    sink: Option<Box<dyn FrameSink>>,
) -> OperationStream {
    let after = resume.0.or(options.after);
    let query = LiveQuery {
        request: operation.request,
        options: LiveOptions { after, ..options },
        role: operation.role,
        cost: operation.cost.total,
        debtor: operation.debtor,
        id: operation.id,
        memory: operation.memory,
        sink,
    };
    OperationStream::Starting(follow(app, query).boxed())
}

async fn follow(app: Arc<AppState>, query: LiveQuery) -> OperationStream {
    match live::start(&app.live, query).await {
        Ok(answers) => OperationStream::Live(answers),
        Err(errors) => {
            let error = OperationEvent::RequestError(errors);
            OperationStream::Library(stream::iter([error]).boxed())
        }
    }
}
