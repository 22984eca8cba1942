//! Execution of one case: runs each command against the service and the model, and compares.

mod chain;
mod lifecycle;
mod mistakes;
mod over_time;
mod reads;
mod resolve;
mod subscriptions;
mod writes;

use std::cell::Cell;

use crate::TestResult;
use crate::backend::Backend;
use crate::command::{Command, MomentChoice};
use crate::date::{day_of, days_before};
use crate::expected::Model;
use crate::rules::{Action, Moment};
use crate::service::Service;
use crate::statistics::Statistics;
use crate::subscriber::Subscriber;
use writes::Write;

pub struct Run<'b> {
    backend: &'b Backend,
    /// Absent only during a restart.
    service: Option<Service>,
    model: Model,
    /// Receives every entry as soon as it is recorded.
    watcher: Subscriber,
    subscribers: Vec<SubscriberSlot>,
    /// Recorded writes, to be repeated.
    writes: Vec<Write>,
    /// Number of idempotency keys used.
    keys: usize,
    /// Number of restores.
    restores: usize,
    events: usize,
}

struct SubscriberSlot {
    subscriber: Subscriber,
    /// The number of restores when its cursor was issued.
    restores: usize,
}

/// Runs a whole case.
/// # Errors
/// The service and the model differ.
pub async fn run_case(
    backend: &Backend,
    commands: &[Command],
    progress: &Cell<usize>,
    statistics: &mut Statistics,
) -> TestResult {
    let mut run = Run::start(backend).await?;
    for (number, command) in commands.iter().enumerate() {
        progress.set(number + 1);
        *statistics.commands.entry(command.name()).or_default() += 1;
        if let Err(reason) = run.run_command(command).await {
            run.clean_up().await;
            return Err(format!("command {number}, {command:?}: {reason}"));
        }
    }
    let entries = &run.model.ledger.entries;
    statistics.entries += entries.len();
    statistics.changes += entries
        .iter()
        .filter(|entry| entry.change.is_some())
        .count();
    statistics.cases += 1;
    let result = Box::pin(run.finish()).await;
    let received = result.map_err(|reason| format!("at the end: {reason}"))?;
    statistics.events += received;
    Ok(())
}

impl Run<'_> {
    async fn run_command(&mut self, command: &Command) -> TestResult {
        match command {
            Command::MoveClock { minutes } => {
                self.service().move_clock(i64::from(*minutes) * 60_000_000);
                Ok(())
            }
            Command::Open { slug } => self.open(*slug).await,
            Command::Register {
                published,
                original,
            } => self.register(*published, *original).await,
            Command::CorrectSource {
                of,
                stale,
                published,
                original,
            } => {
                let source = (*of, *stale);
                self.correct_source(source, *published, *original).await
            }
            Command::Record { subject, claim, at } => self.record(*subject, claim, *at).await,
            Command::Correct { of, claim, at } => self.correct(*of, claim, *at).await,
            Command::Retract { of, at } => self.retract(*of, *at).await,
            Command::AddEvidence { to, evidence, at } => {
                self.add_evidence(*to, evidence, *at).await
            }
            Command::Review {
                of,
                state,
                days_ago,
            } => self.review(*of, *state, *days_ago).await,
            Command::Import(issue) => self.import(*issue).await,
            Command::Repeat { write, repetition } => self.repeat(*write, *repetition).await,
            Command::Mistake { kind, pick } => self.mistake(*kind, *pick).await,
            Command::CheckPosition { relationship, at } => {
                self.check_position_of(*relationship, *at).await
            }
            Command::ListChanges { filter, after } => self.list_changes(filter, *after).await,
            Command::ListRelationships { at } => self.list_relationships(*at).await,
            Command::Read { statement } => self.read_statement(*statement).await,
            Command::Subscribe { filter, after } => self.subscribe(filter, *after).await,
            Command::Receive {
                subscriber,
                at_most,
            } => self.receive(*subscriber, *at_most).await,
            Command::Disconnect { subscriber } => {
                self.disconnect(*subscriber);
                Ok(())
            }
            Command::Resume { subscriber } => self.resume(*subscriber).await,
            Command::Restart => self.restart().await,
            Command::Restore => self.restore().await,
        }
    }

    fn service(&self) -> &Service {
        self.service
            .as_ref()
            .expect("the service runs between commands")
    }

    fn moment(&self, choice: MomentChoice) -> Moment {
        let today = day_of(self.service().now());
        let day = |days_ago: Option<u8>| days_ago.map(|days_ago| days_before(today, days_ago));
        let entry = choice.recorded.and_then(|(pick, offset)| {
            let entry = pick.select(&self.model.ledger.entries)?;
            Some(entry.recorded_at + i64::from(offset))
        });
        Moment {
            valid_on: day(choice.valid),
            published_by: day(choice.published),
            recorded_by: entry,
        }
    }

    /// The relationship of an entry, also of added evidence.
    fn relationship_of(&self, action: &Action) -> Option<(i64, &'static str)> {
        let ledger = &self.model.ledger;
        if let Action::Evidence { of, .. } = action {
            let claim = ledger.claim(*of)?;
            return ledger.affected_relationship(&Action::Statement(claim.clone()));
        }
        ledger.affected_relationship(action)
    }
}
