//! Start of a live query: the first message of a client, new or returning.
//!
//! A returning client names the cursor of its answer. The server does not remember what it sent to whom: it compares the tags with
//! the entries since, finds the answer among those that the topic retains, or executes the query in the state of the cursor.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Request, Response, ServerError};
use tokio::time::timeout;

use super::{
    LiveHub, LiveStream,
    answer::{Answer, Note, ResetReason, unchanged_at},
    execution::{execute, payer_of},
    subscriber::{SubscriberHandle, Subscription},
    template::{LiveTemplate, key_of},
};
use crate::{
    error::Error,
    feed::{Feed, cursors::NOT_A_CURSOR},
    graphql::{extensions::batch_scheduling::error_response, live_directive::LiveOptions},
    http::{
        clients::resource_limiter::ResourcePermit,
        fanout::{EventPayload, FrameSink},
        limits::cost::Debtor,
        response::graphql_error::{resource_error, timeout_error},
    },
    model::{
        cursor::{CursorMismatch, LedgerCursor},
        request_id::RequestId,
        role::Role,
    },
};

/// Bytes that a client of a topic holds besides the text of its query.
const CLIENT_BYTES: usize = 2 << 10;
/// Longest wait for an entry that another server has written.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(1);

/// A live query that is validated and charged.
pub(in crate::http) struct LiveQuery {
    pub(in crate::http) request: Request,
    /// `after` is the cursor of the client's answer.
    pub(in crate::http) options: LiveOptions,
    pub(in crate::http) role: Role,
    pub(in crate::http) cost: u32,
    pub(in crate::http) debtor: Debtor,
    pub(in crate::http) id: RequestId,
    pub(in crate::http) memory: ResourcePermit,
    pub(in crate::http) sink: Option<Box<dyn FrameSink>>,
}

/// The answer that a returning client has.
enum Known {
    Nothing,
    /// That of a state of this ledger.
    At(i64, String),
    /// One that it cannot keep.
    Lost(ResetReason),
}

/// Joins or opens the topic of a query, and finds the first message.
/// # Errors
/// Request errors: nothing was executed, or it failed as a whole.
pub(in crate::http) async fn start(
    hub: &Arc<LiveHub>,
    mut query: LiveQuery,
) -> Result<LiveStream, Vec<ServerError>> {
    let can_wait = check(hub, &query.request).await?;
    let known = find_known(&hub.feed, query.options.after.take()).await?;
    let (subscriber, memory) = subscribe(hub, query)?;
    if let Known::At(seq, cursor) = &known
        && can_wait
        && *seq > 0
        && *seq == hub.feed.head()
        && subscriber.topic().follow_from(*seq, cursor)
    {
        return Ok(LiveStream::new(subscriber, unchanged_at(cursor), memory));
    }
    let answer = wait_for_answer(&subscriber).await?;
    subscriber.set_version(answer.version);
    let first = first_message(&subscriber, &answer, &known).await;
    Ok(LiveStream::new(subscriber, first, memory))
}

/// Joins or opens the topic of a query, and counts what its client holds.
/// # Errors
/// The limit of live queries, or of held bytes.
fn subscribe(
    hub: &Arc<LiveHub>,
    query: LiveQuery,
) -> Result<(SubscriberHandle, ResourcePermit), Vec<ServerError>> {
    let LiveQuery {
        request,
        role,
        mut memory,
        ..
    } = query;
    let key = key_of(&request, role);
    let template = LiveTemplate::of_request(&request, role, query.cost);
    let key = key.zip(template).ok_or_else(Vec::new)?; // an operation was selected already
    let refused = |exceeded| vec![resource_error(exceeded)];
    let topic = hub
        .topic(key, query.debtor.client, &mut memory)
        .map_err(refused)?;
    let other_spelling = topic.template.operation.other_spelling(&request.query);
    let spelling_bytes = other_spelling.as_ref().map_or(0, |text| text.len());
    memory
        .resize(CLIENT_BYTES + spelling_bytes)
        .map_err(refused)?;
    let subscription = Subscription {
        patch: query.options.patch,
        debtor: query.debtor,
        request_id: query.id,
        other_spelling,
        sink: query.sink,
    };
    Ok((topic.subscribe(subscription), memory))
}

/// Whether the first execution may wait: everything else about the request has been checked.
/// # Errors
/// Those of the request.
async fn check(hub: &LiveHub, request: &Request) -> Result<bool, Vec<ServerError>> {
    let failure = |response: Response| response.errors;
    match hub.queries.check(request) {
        Some(checked) => checked.map(|()| true).map_err(failure),
        None => Ok(false),
    }
}

/// # Errors
/// `CURSOR_INVALID` for a text that is not a cursor, and errors of the database.
async fn find_known(feed: &Feed, after: Option<String>) -> Result<Known, Vec<ServerError>> {
    let Some(text) = after else {
        return Ok(Known::Nothing);
    };
    let Some(cursor) = LedgerCursor::parse(&text) else {
        return Err(masked(feed.cursor_error("after", NOT_A_CURSOR).await));
    };
    let mismatch = feed.find_mismatch(&cursor).await.map_err(masked)?;
    if mismatch.is_none() && feed.head() < cursor.seq {
        drop(timeout(CATCH_UP_TIMEOUT, feed.wait_for(cursor.seq)).await);
    }
    Ok(match mismatch {
        None if cursor.seq <= feed.head() => Known::At(cursor.seq, text),
        None | Some(CursorMismatch::Ahead) => Known::Lost(ResetReason::Ahead),
        Some(CursorMismatch::OtherLedger) => Known::Lost(ResetReason::OtherLedger),
        Some(CursorMismatch::Altered) => Known::Lost(ResetReason::Altered),
    })
}

/// The errors as a client may see them.
fn masked(error: Error) -> Vec<ServerError> {
    crate::graphql::extensions::error_masking::mask_response(error_response(error), None).errors
}

/// The newest answer, at least as new as the feed's head at the time of the call.
/// # Errors
/// Those of an execution that failed as a whole, or that did not end within the time limit.
async fn wait_for_answer(subscriber: &SubscriberHandle) -> Result<Arc<Answer>, Vec<ServerError>> {
    let topic = subscriber.topic();
    let seq = topic.hub.feed.head();
    if topic.current_answer(seq).is_none() {
        let subscription = &subscriber.subscriber.subscription;
        topic.pay(payer_of(&subscription.debtor, &subscription.request_id));
    }
    let answer = async {
        loop {
            let mut checked = pin!(topic.checked.notified());
            checked.as_mut().enable(); // before the answer is looked for, so that no notification is missed
            if let Some(answer) = topic.current_answer(seq) {
                return answer;
            }
            checked.await;
        }
    };
    // One execution may be running already, and another follows it.
    let answer = timeout(3 * topic.hub.request_timeout, answer).await;
    let answer = answer.map_err(|_| vec![timeout_error()])?;
    match answer.request_errors() {
        Some(errors) => Err(errors.to_vec()),
        None => Ok(answer),
    }
}

async fn first_message(
    subscriber: &SubscriberHandle,
    answer: &Arc<Answer>,
    known: &Known,
) -> Arc<EventPayload> {
    let (seq, cursor) = match known {
        Known::Nothing => return answer.whole(Note::None),
        Known::Lost(reason) => return answer.whole(Note::Reset(*reason)),
        Known::At(seq, cursor) => (*seq, cursor),
    };
    let topic = subscriber.topic();
    if !answer.is_complete() {
        return answer.whole(Note::None);
    }
    if seq == answer.seq || topic.is_unchanged_since(seq, answer) {
        return answer.unchanged_since(cursor);
    }
    if let Some(retained) = topic.find_answer(seq) {
        return change(subscriber, answer, (cursor, retained.data()));
    }
    let subscription = &subscriber.subscriber.subscription;
    let Debtor { caller, client } = &subscription.debtor;
    let limiter = &topic.hub.cost_limiter;
    if limiter
        .charge(caller, *client, topic.template.cost)
        .is_err()
    {
        // Whole, which costs no further execution.
        return answer.whole(Note::None);
    }
    let payer = payer_of(&subscription.debtor, &subscription.request_id);
    let execution = if seq > 0 {
        Box::pin(execute(topic, Some(seq), &payer)).await
    } else {
        None
    };
    let Some(execution) = execution else {
        return answer.whole(Note::Reset(ResetReason::Unavailable));
    };
    let known = Answer::new(0, (seq, cursor.clone()), execution.response);
    change(subscriber, answer, (cursor, known.data()))
}

/// The message with the change since the data of a cursor.
fn change(
    subscriber: &SubscriberHandle,
    answer: &Answer,
    (cursor, data): (&str, &str),
) -> Arc<EventPayload> {
    if data == answer.data() {
        return answer.unchanged_since(cursor);
    }
    let is_patch = subscriber.subscriber.subscription.patch;
    let patch = is_patch.then(|| answer.patch_of(cursor, data, false));
    patch.flatten().unwrap_or_else(|| answer.whole(Note::None))
}
