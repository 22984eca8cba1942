//! Work that is given up at any point, as a client that hangs up or a limit of time may make it: the database is as before
//! or as after it, and no connection stays inside a transaction (sqlx 0.9.0 leaves one there if left alone).

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use demarche::database::{Database, Missing, begin_snapshot};
use demarche::ledger::export::export;
use demarche::ledger::import::document::{self, Document};
use demarche::ledger::import::import;
use demarche::ledger::restore::restore;
use demarche::ledger::verify::verify;
use demarche::ledger::writer::Clock;
use demarche::ledger::{api_tokens, head};
use demarche::model::role::Role;
use demarche::model::time::Instant;
use demarche::server::{open, random};
use futures_util::future::join_all;

use crate::app::{NOW, still};
use crate::database::Home;
use crate::editor;

/// When it is dropped.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// As soon as it waits: what it asked for is under way.
    Waiting,
    /// When it would go on: what it asked for is there and nobody takes it.
    Woken,
}

/// What comes of a future that is polled so often and then dropped, if it ends by then.
async fn poll_times<T>(polls: u32, moment: Moment, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut polled = 0;
    poll_fn(|context| {
        if polled == polls {
            return Poll::Ready(None);
        }
        polled += 1;
        match (future.as_mut().poll(context), moment) {
            (Poll::Ready(done), _) => Poll::Ready(Some(done)),
            (Poll::Pending, Moment::Waiting) if polled == polls => Poll::Ready(None),
            (Poll::Pending, _) => Poll::Pending,
        }
    })
    .await
}

/// Begins work, gives it up after one poll more each time until it ends, and looks at the connections each time; how often
/// it was given up.
async fn give_up<T>(
    database: &Database,
    work: impl AsyncFn() -> T,
    is_well: impl AsyncFn(),
) -> u32 {
    let mut given_up = 0;
    for moment in [Moment::Waiting, Moment::Woken] {
        let mut polls = 0;
        while poll_times(polls, moment, work()).await.is_none() {
            polls += 1;
            given_up += 1;
            assert_free(database).await;
            is_well().await;
        }
    }
    given_up
}

/// What the writer writes is there for everybody at once, and readers see all of it: nobody is inside a transaction.
async fn assert_free(database: &Database) {
    let name = data_encoding::HEXLOWER.encode(&random::<8>().unwrap());
    let secret = random().unwrap();
    api_tokens::create(database.writer(), Role::Editor, &name, secret, Instant(NOW))
        .await
        .unwrap();
    // More than there are connections.
    let looks = (0..8).map(|_| api_tokens::list(database.reader()));
    for seen in join_all(looks).await {
        assert!(seen.unwrap().iter().any(|token| token.name == name));
    }
}

async fn exported(database: &Database) -> Vec<u8> {
    let mut file = Vec::new();
    export(database.reader(), &mut file).await.unwrap();
    file
}

fn parsed(slug: &str) -> Document {
    let text = editor::document(slug, &["RW", "PE", "EC"]).to_string();
    document::parse(&text).unwrap()
}

async fn new() -> (Home, Database, Arc<Clock>) {
    let home = Home::empty().await;
    let database = open(&home.url(), Missing::Make).await.unwrap();
    (home, database, Arc::new(still()))
}

#[tokio::test]
async fn an_import_that_is_dropped_is_recorded_whole_or_not_at_all() {
    let (_home, database, clock) = new().await;
    let document = parsed("asks");
    let before = exported(&database).await;
    let is_well = async || {
        let now = exported(&database).await;
        let lines = now.split(|byte| *byte == b'\n').count();
        // A header, a footer and the end of the last line, around nothing or all five entries.
        assert!(now == before || lines == 8, "{lines}");
    };
    let work = async || import(database.writer(), &document, &clock).await.unwrap();
    assert!(give_up(&database, work, is_well).await > 4);
    assert_eq!(verify(database.reader()).await.unwrap().faults, []);
}

#[tokio::test]
async fn a_restore_that_is_dropped_is_gone_on_with() {
    let (_first, from, clock) = new().await;
    import(from.writer(), &parsed("asks"), &clock)
        .await
        .unwrap();
    let file = exported(&from).await;
    let (_second, database, _) = new().await;
    let work = async || {
        let restored = restore(database.writer(), || Ok(file.as_slice())).await;
        restored.unwrap();
    };
    assert!(give_up(&database, work, async || ()).await > 4);
    assert_eq!(exported(&database).await, file);
    assert_eq!(verify(database.reader()).await.unwrap().faults, []);
}

#[tokio::test]
async fn reading_that_is_dropped_leaves_no_connection_at_an_old_moment() {
    let (_home, database, clock) = new().await;
    import(database.writer(), &parsed("asks"), &clock)
        .await
        .unwrap();
    let snapshot = async || {
        let txn = begin_snapshot(database.reader()).await.unwrap();
        head::load(&txn).await.unwrap();
        txn.rollback().await.unwrap();
    };
    assert!(give_up(&database, snapshot, async || ()).await > 4);
    let export = async || exported(&database).await;
    give_up(&database, export, async || ()).await;
}
