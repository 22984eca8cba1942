//! Sender: delivers the changes of one webhook, in order, for as long as this server has the lease.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant};

use entity::webhook;
use tokio::time::{sleep, timeout};

use super::client::{Answer, Client};
use super::message::Message;
use super::{POLL_INTERVAL, Webhooks, filter};
use crate::error::{Error, Result};
use crate::feed::{Event, FeedReader};
use crate::graphql::loaders::stance_change::ChangeFilter;
use crate::ledger::webhooks::sending::{self, Delivery, Next};
use crate::lifecycle::Phase;
use crate::model::cursor::LedgerCursor;
use crate::model::time::Timestamp;
use crate::model::webhook::retry;
use crate::telemetry::repeated_failure::RepeatedFailure;

/// Time of a lease besides that of two deliveries.
const LEASE_MARGIN: Duration = Duration::from_secs(2);
/// Between two attempts to use the database or to make a message.
const RETRY_DELAY: Duration = Duration::from_secs(1);
/// How long a delivery that has started may take after the server began to stop.
const STOP_TIMEOUT: Duration = Duration::from_millis(700);
/// Changes that do not match before the cursor moves past them in the database.
const MAX_SKIPPED: i64 = 1_000;
/// The longest pause that a receiver can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);
/// Status by which a receiver says that it wants no more.
const GONE: u16 = 410;

struct Sender {
    webhooks: Arc<Webhooks>,
    client: Arc<Client>,
    id: i64,
    /// Until when the lease is certainly ours.
    leased_until: Instant,
    position: Option<Position>,
}

/// Where the sender is in the ledger; valid for one cursor of the webhook.
struct Position {
    cursor: String,
    /// Seq of that cursor.
    seq: i64,
    reader: FeedReader,
    filter: ChangeFilter,
    /// The next change that matches, until it was accepted.
    next: Option<(Arc<Event>, Option<Message>)>,
}

/// Sends until the server stops or the webhook is paused, removed or leased to another server.
pub(super) async fn send(webhooks: Arc<Webhooks>, client: Arc<Client>, id: i64) {
    let stopping = webhooks.lifecycle.clone().stopping();
    let mut sender = Sender {
        webhooks: Arc::clone(&webhooks),
        client,
        id,
        leased_until: Instant::now(),
        position: None,
    };
    let stopped = async {
        stopping.await;
        sleep(STOP_TIMEOUT).await;
    };
    tokio::select! {
        () = sender.run() => {}
        () = stopped => {}
    }
    let (writer, owner) = (webhooks.database.writer(), &webhooks.owner);
    if let Err(error) = sending::release(writer, id, owner).await {
        tracing::warn!(webhook = id, cause = %error.cause_chain(), "a webhook's lease could not be released; it expires");
    }
}

impl Sender {
    async fn run(&mut self) {
        let failure = RepeatedFailure::new("deliveries of a webhook");
        while self.webhooks.lifecycle.phase() != Phase::Stopping {
            match self.step().await {
                Ok(true) => failure.ends(),
                Ok(false) => return,
                Err(error) => {
                    // A feed reader must not continue after an error.
                    self.position = None;
                    if failure.begins() {
                        tracing::error!(webhook = self.id, cause = %error.cause_chain(), "a webhook cannot be sent; retrying");
                    }
                    self.webhooks.pause(RETRY_DELAY).await;
                }
            }
        }
    }

    /// Sends at most one change. False if the webhook is no longer ours to send.
    async fn step(&mut self) -> Result<bool> {
        let Some(webhook) = self.refresh().await? else {
            return Ok(false);
        };
        if !self.enter(&webhook).await? {
            return Ok(false);
        }
        let until = Instant::now() + POLL_INTERVAL;
        let wait = webhook.next_attempt_at.map(|at| self.until(at));
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            self.webhooks.pause(wait.min(POLL_INTERVAL)).await;
            return Ok(true);
        }
        if self.position.as_ref().is_some_and(|one| one.next.is_some()) {
            self.deliver(&webhook).await?;
        } else if !self.find_next(until).await? {
            self.skip(&webhook).await?;
        }
        // After a wait the row is read again before anything is sent: it may have been paused.
        Ok(true)
    }

    /// The row, if it may be sent by this server, with a lease that suffices for a delivery.
    async fn refresh(&mut self) -> Result<Option<webhook::Model>> {
        let timeout = *self.webhooks.config.timeout;
        let (database, owner) = (&self.webhooks.database, &self.webhooks.owner);
        let now = Instant::now();
        if self.leased_until.saturating_duration_since(now) < timeout + POLL_INTERVAL {
            let duration = timeout * 2 + LEASE_MARGIN;
            let leased = sending::lease(database.writer(), self.id, owner, duration).await?;
            self.leased_until = now + duration;
            return Ok(leased);
        }
        let row = sending::find_leased(database.tail_connection(), self.id, owner);
        row.await
    }

    /// Goes to the cursor of the webhook, if it is not there. False if the webhook was paused, because the ledger has no such cursor.
    async fn enter(&mut self, webhook: &webhook::Model) -> Result<bool> {
        let is_there = self.position.as_ref();
        if is_there.is_some_and(|position| position.cursor == webhook.cursor) {
            return Ok(true);
        }
        let seq = match self.webhooks.feed.resolve("cursor", &webhook.cursor).await {
            Ok(seq) => seq,
            Err(Error::CursorInvalid { .. }) => {
                let (writer, now) = (self.webhooks.database.writer(), self.now());
                sending::pause(writer, webhook, FOREIGN_CURSOR, now).await?;
                tracing::warn!(webhook = self.id, "webhook paused: {FOREIGN_CURSOR}");
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let db = self.webhooks.database.tail_connection();
        self.position = Some(Position {
            cursor: webhook.cursor.clone(),
            seq,
            reader: FeedReader::new(seq),
            filter: filter::resolve(db, &webhook.filter).await?,
            next: None,
        });
        Ok(true)
    }

    /// Looks for the next change to send; whether there is one within the time.
    async fn find_next(&mut self, until: Instant) -> Result<bool> {
        let feed = &self.webhooks.feed;
        let Some(position) = &mut self.position else {
            return Ok(false);
        };
        let mut head = feed.watch_head();
        while position.next.is_none() {
            let end = *head.borrow_and_update();
            let event = poll_fn(|cx| position.reader.poll_next(feed, end, cx)).await;
            if let Some(event) = event.transpose()? {
                if position.filter.matches(&event) {
                    position.next = Some((event, None));
                } else if Instant::now() >= until {
                    return Ok(false);
                }
                continue;
            }
            let rest = until.saturating_duration_since(Instant::now());
            let has_changed = tokio::select! {
                () = self.webhooks.lifecycle.clone().stopping() => false,
                changed = timeout(rest, head.changed()) => matches!(changed, Ok(Ok(()))),
            };
            if !has_changed {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Moves the cursor in the database past many changes that do not match.
    async fn skip(&mut self, webhook: &webhook::Model) -> Result<()> {
        let Some(position) = &mut self.position else {
            return Ok(());
        };
        let seq = position.reader.seq();
        if seq - position.seq < MAX_SKIPPED {
            return Ok(());
        }
        let cursor = self.webhooks.feed.cursor(seq).await?.to_string();
        sending::skip(self.webhooks.database.writer(), webhook, &cursor).await?;
        position.seq = seq;
        position.cursor = cursor;
        Ok(())
    }

    async fn deliver(&mut self, webhook: &webhook::Model) -> Result<()> {
        let Some(position) = &mut self.position else {
            return Ok(());
        };
        let Some((event, message)) = &mut position.next else {
            return Ok(());
        };
        let message = match message {
            Some(message) => message,
            none => none.insert(Message::of(&self.webhooks, event).await?),
        };
        if self.leased_until < Instant::now() + *self.webhooks.config.timeout {
            // Another server may take over before an answer arrives.
            return Ok(());
        }
        let (started, started_at) = (Instant::now(), (self.webhooks.clock)());
        let headers = message.sign(webhook, started_at)?;
        let result = self
            .client
            .post(&webhook.url, &headers, message.body.clone())
            .await;
        let generation = self.webhooks.feed.generation();
        let cursor = LedgerCursor::new(generation, event.entry.seq, &event.entry.hash);
        let error = failure_of(&result);
        let delivery = Delivery {
            seq: event.entry.seq,
            message_id: message.id.clone(),
            started_at,
            duration: started.elapsed(),
            status: result.as_ref().ok().map(|answer| answer.status),
            error: error.clone(),
        };
        self.webhooks
            .metrics
            .count_webhook_delivery(error.is_none());
        let next = match error {
            None => Next::Advance(cursor.to_string()),
            Some(error) => self.after_failure(webhook, &delivery, &result, &error),
        };
        let writer = self.webhooks.database.writer();
        sending::record(writer, webhook, &delivery, &next).await?;
        if let (Next::Advance(cursor), Some(position)) = (next, &mut self.position) {
            position.next = None;
            position.seq = delivery.seq;
            position.cursor = cursor;
        }
        Ok(())
    }

    fn after_failure(
        &self,
        webhook: &webhook::Model,
        delivery: &Delivery,
        result: &Result<Answer, String>,
        error: &str,
    ) -> Next {
        let config = &self.webhooks.config;
        let failures = u32::try_from(webhook.failures).unwrap_or(0) + 1;
        let status = result.as_ref().ok().map(|answer| answer.status);
        if status == Some(GONE) || failures >= config.attempts.get() {
            let seq = delivery.seq;
            let reason = format!("{failures} failed deliveries of change {seq}; the last: {error}");
            tracing::warn!(webhook = self.id, "webhook paused: {reason}");
            return Next::Pause(reason);
        }
        let delay = retry::delay(*config.retry_delay, failures, (self.webhooks.random)());
        let requested = result.as_ref().ok().and_then(|answer| answer.retry_after);
        let delay = delay.max(requested.unwrap_or_default().min(MAX_RETRY_AFTER));
        let micros = i64::try_from(delay.as_micros()).unwrap_or(i64::MAX);
        Next::Retry(Timestamp(self.now().0.saturating_add(micros)))
    }

    fn now(&self) -> Timestamp {
        (self.webhooks.clock)()
    }

    /// The time until an instant; zero if it is past.
    fn until(&self, at: i64) -> Duration {
        let micros = u64::try_from(at - self.now().0).unwrap_or(0);
        Duration::from_micros(micros)
    }
}

const FOREIGN_CURSOR: &str = "its cursor is not of this ledger, which was restored or replaced since: choose a cursor with \
    `demarche webhook replay`, then resume it";

/// Why a receiver has not accepted a change; `None` if it has.
fn failure_of(result: &Result<Answer, String>) -> Option<String> {
    match result {
        Ok(Answer { status, .. }) => match status {
            200..=299 => None,
            300..=399 => Some(format!("HTTP {status}; redirects are not followed")),
            &GONE => Some(format!("HTTP {status}: the receiver wants no more")),
            _ => Some(format!("HTTP {status}")),
        },
        Err(error) => Some(error.clone()),
    }
}
