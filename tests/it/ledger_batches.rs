//! Batched ledger writes: a batch produces the same rows in every table as its entries written one by one.

use std::sync::Arc;

use demarche::database::{Database, IfMissing, Purpose};
use demarche::ledger::command::Command;
use demarche::ledger::payload::{Addition, Correction, Evidence, Payload, Retraction, Statement};
use demarche::ledger::verify::verify_with;
use demarche::ledger::writer::LedgerHandle;
use demarche::ledger::{
    head::{self, Seed},
    import::{self, document},
    reference_data,
};
use demarche::model::statement::EvidenceRelation;
use demarche::model::time::{ClockFn, Timestamp};
use entity::{ledger_entry, source, statement};
use futures_util::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::database::TestDatabase;

const BUNDLED: &str = include_str!("../../data/us-third-country-removals.json");
/// 2026-11-01.
const NOW: i64 = 1_793_491_200_000_000;

#[tokio::test]
async fn batched_and_single_writes_produce_the_same_rows() {
    let (one, other) = (TestDatabase::empty().await, TestDatabase::empty().await);
    let batched = open(&one).await;
    let document = document::parse(BUNDLED).unwrap();
    import::import(batched.writer(), &document, &at(NOW))
        .await
        .unwrap();
    revise(&batched).await;
    let single = open(&other).await;
    for entry in entries(&batched).await {
        record_alone(&single, entry).await;
    }
    let (one, other) = (one.rows().await, other.rows().await);
    assert!(one.len() > 9 && one.len() == other.len(), "{one:?}");
    for ((table, one), (_, other)) in one.iter().zip(&other) {
        assert_eq!(one, other, "{table}");
    }
    for page_size in [1, 64, 1_000] {
        let report = verify_with(batched.reader(), page_size, &()).await;
        assert_eq!(report.unwrap().discrepancies, []);
    }
}

async fn open(test_db: &TestDatabase) -> Database {
    let database = Database::open(&test_db.url(), IfMissing::Create, Purpose::Command)
        .await
        .unwrap();
    reference_data::refresh(database.writer()).await.unwrap();
    let origin = "0".repeat(32);
    head::initialise(database.writer(), &origin, Seed::None)
        .await
        .unwrap();
    database
}

fn at(now: i64) -> ClockFn {
    Arc::new(move || Timestamp(now))
}

fn command(actor: &str, key: &str, payload: Payload) -> Command {
    Command::new(actor, key, payload, Timestamp(NOW).day()).unwrap()
}

/// Adds evidence to a third of the statements, corrects a third and retracts the corrections, and retracts a third; all in one group.
async fn revise(database: &Database) {
    let mut next = head::load_head(database.reader()).await.unwrap().seq + 1;
    let source = source::Entity::find().filter(source::Column::PublicOn.is_not_null());
    let source = source.one(database.reader()).await.unwrap().unwrap();
    let standing = statement::Entity::find()
        .filter(statement::Column::CorrectedBy.is_null())
        .order_by_asc(statement::Column::Id);
    let mut payloads = Vec::new();
    for (at, row) in (0..60).zip(standing.all(database.reader()).await.unwrap()) {
        let revision = match at % 3 {
            0 => vec![add_evidence(row.id, source.id)],
            1 => vec![correct(database, row.id).await, retract(next)],
            _ => vec![retract(row.id)],
        };
        next += i64::try_from(revision.len()).unwrap();
        payloads.extend(revision);
    }
    let (ledger, _task) = LedgerHandle::start(database.writer().clone(), at(NOW), Arc::default());
    let writes = payloads.into_iter().enumerate().map(|(at, payload)| {
        ledger.record(command("an editor", &format!("revision-{at}"), payload))
    });
    for entry in join_all(writes).await {
        entry.unwrap();
    }
}

fn add_evidence(statement: i64, source: i64) -> Payload {
    let relation = EvidenceRelation::Supports;
    let evidence = vec![Evidence {
        source,
        relation,
        quote: None,
        locator: None,
        published_on: None,
    }];
    Payload::EvidenceAdded(Addition {
        statement,
        evidence,
    })
}

async fn correct(database: &Database, corrects: i64) -> Payload {
    Payload::StatementCorrected(Correction {
        corrects,
        keeps_disputes: corrects % 2 == 0,
        reason: Some("misread".to_owned()),
        statement: find_recorded(database, corrects).await,
    })
}

fn retract(statement: i64) -> Payload {
    Payload::StatementRetracted(Retraction {
        statement,
        reason: "fabricated".to_owned(),
    })
}

async fn find_recorded(database: &Database, id: i64) -> Statement {
    let entry = ledger_entry::Entity::find_by_id(id).one(database.reader());
    match parse(&entry.await.unwrap().unwrap()) {
        Payload::StatementRecorded(statement) => statement,
        Payload::StatementCorrected(correction) => correction.statement,
        other => panic!("not a statement: {other:?}"),
    }
}

fn parse(entry: &ledger_entry::Model) -> Payload {
    Payload::parse(entry.kind.parse().unwrap(), &entry.payload).unwrap()
}

async fn entries(database: &Database) -> Vec<ledger_entry::Model> {
    let entries = ledger_entry::Entity::find().order_by_asc(ledger_entry::Column::Seq);
    entries.all(database.reader()).await.unwrap()
}

/// Records an entry with a new writer, whose cache is empty.
async fn record_alone(database: &Database, entry: ledger_entry::Model) {
    let command = command(&entry.actor, &entry.idempotency_key, parse(&entry));
    let writer = database.writer().clone();
    let (ledger, _task) = LedgerHandle::start(writer, at(entry.recorded_at), Arc::default());
    assert_eq!(ledger.record(command).await.unwrap().entry, entry);
}
