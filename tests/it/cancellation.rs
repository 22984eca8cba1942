//! Cancellation: work dropped at any await point, as by a disconnect or a timeout, is done completely or not at all,
//! and no connection stays inside a transaction (sqlx 0.9.0 by itself leaves one there).

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use demarche::database::{Database, IfMissing, begin_snapshot};
use demarche::ledger::export::export;
use demarche::ledger::import::document::{self, Document};
use demarche::ledger::import::import;
use demarche::ledger::restore::restore;
use demarche::ledger::verify::verify;
use demarche::ledger::{api_tokens, head};
use demarche::model::role::Role;
use demarche::model::time::{ClockFn, Timestamp};
use demarche::server::{open, random_bytes};
use futures_util::future::join_all;

use crate::app::{NOW, fixed_clock};
use crate::database::TestDatabase;
use crate::fixtures;

/// The point at which a future is dropped.
#[derive(Clone, Copy, Debug)]
enum DropPoint {
    /// As soon as it waits, while its request is in progress.
    Waiting,
    /// When it could continue, with a result that is never read.
    Woken,
}

/// Polls a future `polls` times and drops it; returns its output if it completed by then.
async fn poll_times<T>(
    polls: u32,
    drop_point: DropPoint,
    future: impl Future<Output = T>,
) -> Option<T> {
    let mut future = pin!(future);
    let mut polled = 0;
    poll_fn(|context| {
        if polled == polls {
            return Poll::Ready(None);
        }
        polled += 1;
        match (future.as_mut().poll(context), drop_point) {
            (Poll::Ready(output), _) => Poll::Ready(Some(output)),
            (Poll::Pending, DropPoint::Waiting) if polled == polls => Poll::Ready(None),
            (Poll::Pending, _) => Poll::Pending,
        }
    })
    .await
}

/// Starts work repeatedly, cancels it after one more poll each time until it completes, and checks the connections each
/// time. Returns the number of cancellations.
async fn cancel_at_every_poll<T>(
    database: &Database,
    work: impl AsyncFn() -> T,
    assert_consistent: impl AsyncFn(),
) -> u32 {
    let mut cancellations = 0;
    for drop_point in [DropPoint::Waiting, DropPoint::Woken] {
        let mut polls = 0;
        while poll_times(polls, drop_point, work()).await.is_none() {
            polls += 1;
            cancellations += 1;
            assert_no_open_transaction(database).await;
            assert_consistent().await;
        }
    }
    cancellations
}

/// Asserts that no connection is inside a transaction: a write is visible on every connection at once.
async fn assert_no_open_transaction(database: &Database) {
    let name = data_encoding::HEXLOWER.encode(&random_bytes::<8>().unwrap());
    let secret = random_bytes().unwrap();
    api_tokens::create(
        database.writer(),
        Role::Editor,
        &name,
        secret,
        Timestamp(NOW),
    )
    .await
    .unwrap();
    // More reads than the pool has connections.
    let reads = (0..8).map(|_| api_tokens::list(database.reader()));
    for tokens in join_all(reads).await {
        assert!(tokens.unwrap().iter().any(|token| token.name == name));
    }
}

async fn export_ledger(database: &Database) -> Vec<u8> {
    let mut file = Vec::new();
    export(database.reader(), &mut file).await.unwrap();
    file
}

fn parse_document(slug: &str) -> Document {
    let text = fixtures::document(slug, &["RW", "PE", "EC"]).to_string();
    document::parse(&text).unwrap()
}

async fn open_database() -> (TestDatabase, Database, Arc<ClockFn>) {
    let test_db = TestDatabase::empty().await;
    let database = open(&test_db.url(), IfMissing::Create).await.unwrap();
    (test_db, database, Arc::new(fixed_clock()))
}

#[tokio::test]
async fn a_cancelled_import_is_recorded_completely_or_not_at_all() {
    let (_test_db, database, clock) = open_database().await;
    let document = parse_document("asks");
    let before = export_ledger(&database).await;
    let assert_consistent = async || {
        let now = export_ledger(&database).await;
        let lines = now.split(|byte| *byte == b'\n').count();
        // Header, footer and the end of the last line, plus no entry or all five.
        assert!(now == before || lines == 8, "{lines}");
    };
    let work = async || import(database.writer(), &document, &clock).await.unwrap();
    assert!(cancel_at_every_poll(&database, work, assert_consistent).await > 4);
    assert_eq!(verify(database.reader()).await.unwrap().discrepancies, []);
}

#[tokio::test]
async fn a_cancelled_restore_can_be_continued() {
    let (_first, from, clock) = open_database().await;
    import(from.writer(), &parse_document("asks"), &clock)
        .await
        .unwrap();
    let file = export_ledger(&from).await;
    let (_second, database, _) = open_database().await;
    let work = async || {
        let summary = restore(database.writer(), || Ok(file.as_slice())).await;
        summary.unwrap();
    };
    assert!(cancel_at_every_poll(&database, work, async || ()).await > 4);
    assert_eq!(export_ledger(&database).await, file);
    assert_eq!(verify(database.reader()).await.unwrap().discrepancies, []);
}

#[tokio::test]
async fn a_cancelled_read_leaves_no_connection_in_an_old_snapshot() {
    let (_test_db, database, clock) = open_database().await;
    import(database.writer(), &parse_document("asks"), &clock)
        .await
        .unwrap();
    let snapshot = async || {
        let txn = begin_snapshot(database.reader()).await.unwrap();
        head::load_head(&txn).await.unwrap();
        txn.rollback().await.unwrap();
    };
    assert!(cancel_at_every_poll(&database, snapshot, async || ()).await > 1);
    let export = async || export_ledger(&database).await;
    cancel_at_every_poll(&database, export, async || ()).await;
}
