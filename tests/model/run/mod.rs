//! One case: the service and the model side by side, command by command.

mod chain;
mod claims;
mod lives;
mod mistakes;
mod reads;
mod subscriptions;
mod writes;

use std::cell::Cell;

use crate::Proven;
use crate::backend::Backend;
use crate::command::{Command, When};
use crate::date::{day_of, days_before};
use crate::figures::Figures;
use crate::rules::{Moment, What};
use crate::service::Service;
use crate::subscriber::Subscriber;
use crate::told::Book;
use writes::Write;

pub struct Run<'b> {
    backend: &'b Backend,
    /// Absent only while it is started anew.
    service: Option<Service>,
    book: Book,
    /// Hears every entry as soon as it is recorded.
    watcher: Subscriber,
    subscribers: Vec<Listener>,
    /// Those that were recorded.
    writes: Vec<Write>,
    /// Idempotency keys so far.
    keys: usize,
    /// Databases that were left behind.
    restored: usize,
    events: usize,
}

struct Listener {
    subscriber: Subscriber,
    /// Of how many databases its cursor is.
    restored: usize,
}

/// A whole case.
/// # Errors
/// Where the service and the model differ.
pub async fn follow(
    backend: &Backend,
    commands: &[Command],
    reached: &Cell<usize>,
    figures: &mut Figures,
) -> Proven {
    let mut run = Run::begin(backend).await?;
    for (number, command) in commands.iter().enumerate() {
        reached.set(number + 1);
        *figures.commands.entry(command.name()).or_default() += 1;
        if let Err(why) = run.obey(command).await {
            run.abandon().await;
            return Err(format!("command {number}, {command:?}: {why}"));
        }
    }
    let entries = &run.book.ledger.entries;
    figures.entries += entries.len();
    figures.changes += entries
        .iter()
        .filter(|entry| entry.change.is_some())
        .count();
    figures.cases += 1;
    let ended = Box::pin(run.end()).await;
    let heard = ended.map_err(|why| format!("at the end: {why}"))?;
    figures.events += heard;
    Ok(())
}

impl Run<'_> {
    async fn obey(&mut self, command: &Command) -> Proven {
        match command {
            Command::Wait { minutes } => {
                self.service().wait(i64::from(*minutes) * 60_000_000);
                Ok(())
            }
            Command::Open { slug } => self.open(*slug).await,
            Command::Register {
                published,
                original,
            } => self.register(*published, *original).await,
            Command::Record { about, claim, at } => self.record(*about, claim, *at).await,
            Command::Correct { of, claim, at } => self.correct(*of, claim, *at).await,
            Command::Retract { of, at } => self.retract(*of, *at).await,
            Command::AddEvidence { to, evidence, at } => {
                self.add_evidence(*to, evidence, *at).await
            }
            Command::Import(issue) => self.import(*issue).await,
            Command::Repeat { write, how } => self.repeat(*write, *how).await,
            Command::Mistake { kind, pick } => self.mistake(*kind, *pick).await,
            Command::Look { relationship, at } => self.look_at(*relationship, *at).await,
            Command::ListChanges { wants, after } => self.list_changes(wants, *after).await,
            Command::ListRelationships { at } => self.list_relationships(*at).await,
            Command::Read { statement } => self.read(*statement).await,
            Command::Subscribe { wants, after } => self.subscribe(wants, *after).await,
            Command::Hear {
                subscriber,
                at_most,
            } => self.hear(*subscriber, *at_most).await,
            Command::Drop { subscriber } => {
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
            .expect("it is started between commands")
    }

    fn moment(&self, when: When) -> Moment {
        let today = day_of(self.service().now());
        let day = |ago: Option<u8>| ago.map(|ago| days_before(today, ago));
        let entry = when.recorded.and_then(|(pick, offset)| {
            let entry = pick.of(&self.book.ledger.entries)?;
            Some(entry.recorded_at + i64::from(offset))
        });
        Moment {
            valid_on: day(when.valid),
            published_by: day(when.published),
            recorded_by: entry,
        }
    }

    /// The relationship that an entry is about, evidence included.
    fn relationship_of(&self, what: &What) -> Option<(i64, &'static str)> {
        let ledger = &self.book.ledger;
        if let What::Evidence { of, .. } = what {
            let claim = ledger.claim(*of)?;
            return ledger.touched(&What::Statement(claim.clone()));
        }
        ledger.touched(what)
    }
}
