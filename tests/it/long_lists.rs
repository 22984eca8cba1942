//! Lists of any length: conditions bind them as one parameter, and the API refuses those that are longer than a limit.

use std::sync::Arc;

use async_graphql::dataloader::Loader;
use demarche::database::{Database, IfMissing, Purpose, value_set::ValueSet};
use demarche::feed::Tailer;
use demarche::graphql::loaders::LoaderContext;
use demarche::graphql::loaders::evidence::EvidenceOf;
use demarche::graphql::loaders::list::{AllOf, CountOf};
use demarche::graphql::loaders::page::PageOf;
use demarche::graphql::loaders::row::{EntrySeq, StatementId};
use demarche::graphql::loaders::stance_change::{ChangeFilter, Changes, ChangesOf};
use demarche::graphql::pagination::Page;
use demarche::ledger::history;
use demarche::model::cursor::SortKey;
use entity::{evidence, relationship, stance_change, statement};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::app::{TestApp, uncached_limits};
use crate::database::TestDatabase;
use crate::fixtures::rust_files;

const LENGTH: usize = 100_000;
const LAST_ID: i64 = 100_000;

/// No statement may have more parameters than a database accepts: conditions on many values are those of `ValueSet`.
#[test]
fn no_condition_binds_a_parameter_for_each_value_of_a_list() {
    let mut found = Vec::new();
    for path in rust_files("src") {
        let code = std::fs::read_to_string(&path).unwrap();
        for method in [".is_in(", ".is_not_in(", ".in_tuples(", ".eq_any("] {
            if code.contains(method) {
                found.push(format!("{}: {method}", path.display()));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn a_condition_takes_a_hundred_thousand_values() {
    let test_db = TestDatabase::with_bundled_data().await;
    let db = test_db.connect().await;
    let all = statement::Entity::find().count(&db).await.unwrap();
    let count = async |condition| {
        let select = statement::Entity::find().filter(condition);
        select.count(&db).await.unwrap()
    };
    let ids = ValueSet::of_numbers(1..=LAST_ID);
    assert_eq!(
        count(ids.contains(statement::Column::Id.into_expr())).await,
        all
    );
    let labels = (0..LAST_ID).map(|at| format!("\"\\é{at}"));
    let rows = statement::Entity::find().all(&db).await.unwrap();
    let labels = labels.chain(rows.into_iter().map(|row| row.claimant_label));
    let labels = ValueSet::of_texts(labels);
    assert_eq!(
        count(labels.contains(statement::Column::ClaimantLabel.into_expr())).await,
        all
    );
    for nothing in [
        ValueSet::of_numbers([]).contains(statement::Column::Id.into_expr()),
        ValueSet::of_numbers([0]).contains(statement::Column::Id.into_expr()),
        ValueSet::of_texts::<&str>([]).contains(statement::Column::Kind.into_expr()),
        ValueSet::of_texts(["", "x"]).contains(statement::Column::Kind.into_expr()),
    ] {
        assert_eq!(count(nothing).await, 0);
    }
}

#[tokio::test]
async fn loaders_take_a_hundred_thousand_keys() {
    let test_db = TestDatabase::with_bundled_data().await;
    let database = Database::open(&test_db.url(), IfMissing::Fail, Purpose::Command)
        .await
        .unwrap();
    let db = database.reader();
    let (feed, tailer) = Tailer::start(database.clone(), Arc::default())
        .await
        .unwrap();
    let context = LoaderContext::new(database.clone(), &feed, 0);
    let keys = 1..=LAST_ID;
    let entries = context
        .load(&keys.clone().map(EntrySeq).collect::<Vec<_>>())
        .await
        .unwrap();
    assert_eq!(i64::try_from(entries.len()).unwrap(), feed.head());
    let statements = context
        .load(&keys.clone().map(StatementId).collect::<Vec<_>>())
        .await
        .unwrap();
    assert_eq!(
        statements.len() as u64,
        statement::Entity::find().count(db).await.unwrap()
    );
    let evidence = context
        .load(&keys.clone().map(EvidenceOf).collect::<Vec<_>>())
        .await
        .unwrap();
    let rows = evidence.values().map(Vec::len).sum::<usize>();
    assert_eq!(
        rows as u64,
        evidence::Entity::find().count(db).await.unwrap()
    );
    let changes = context
        .load(&keys.clone().map(ChangesOf).collect::<Vec<_>>())
        .await
        .unwrap();
    let rows = changes.values().map(|changes| changes.len()).sum::<usize>();
    let all_changes = stance_change::Entity::find().count(db).await.unwrap();
    assert_eq!(rows as u64, all_changes);
    let ids: Vec<i64> = keys.clone().collect();
    let histories = history::load(db, &ids).await.unwrap();
    assert_eq!(
        histories.len() as u64,
        relationship::Entity::find().count(db).await.unwrap()
    );
    let list = Changes {
        nested: true,
        filter: ChangeFilter::default(),
    };
    let parents = || {
        keys.clone()
            .map(|id| (Some(SortKey::Number(id)), list.clone()))
    };
    let counts = parents()
        .map(|(parent, list)| CountOf { parent, list })
        .collect::<Vec<_>>();
    let counts = context.load(&counts).await.unwrap();
    assert_eq!(counts.values().sum::<i64>().unsigned_abs(), all_changes);
    let all = parents()
        .map(|(parent, list)| AllOf { parent, list })
        .collect::<Vec<_>>();
    let all = context.load(&all).await.unwrap();
    assert_eq!(
        all.values().map(Vec::len).sum::<usize>() as u64,
        all_changes
    );
    let page = Page {
        size: 1_000,
        backward: false,
        after: None,
        before: None,
    };
    let pages = parents().map(|(parent, list)| PageOf {
        parent,
        list,
        page: page.clone(),
    });
    let pages = context.load(&pages.collect::<Vec<_>>()).await.unwrap();
    assert_eq!(pages.len(), LENGTH);
    tailer.abort();
}

/// A query with a list that the API takes, and the list.
fn requests() -> Vec<(&'static str, &'static str, &'static str)> {
    vec![
        (
            "[ID!]",
            "RW",
            "{ statements(filter: { countries: $list }) { totalCount } }",
        ),
        (
            "[StatementKind!]",
            "STANCE",
            "{ statements(filter: { kinds: $list }) { totalCount } }",
        ),
        (
            "[ClaimantKind!]",
            "PRESS",
            "{ statements(filter: { claimants: $list }) { totalCount } }",
        ),
        (
            "[ID!]",
            "RW",
            "{ stanceChanges(filter: { countries: $list }) { totalCount } }",
        ),
        (
            "[ID!]",
            "us-third-country-removals",
            "{ stanceChanges(filter: { initiatives: $list }) { totalCount } }",
        ),
        (
            "[Stance!]",
            "AGREED",
            "{ stanceChanges(filter: { involves: $list }) { totalCount } }",
        ),
        (
            "[SourceKind!]",
            "NEWS",
            "{ sources(filter: { kinds: $list }) { totalCount } }",
        ),
        (
            "[ID!]",
            "RW",
            "{ relationships(filter: { requestedState: { codes: $list } }) { totalCount } }",
        ),
        (
            "[Stance!]",
            "AGREED",
            "{ relationships(filter: { stance: $list }) { totalCount } }",
        ),
    ]
}

fn operation(kind: &str, selection: &str) -> String {
    format!("query($list: {kind}) {selection}")
}

#[tokio::test]
async fn a_list_of_tens_of_thousands_of_values_is_refused_by_the_limit_of_tokens() {
    let app = TestApp::start().await;
    for (kind, value, selection) in requests() {
        let list = vec![value; 50_000.min(900_000 / (value.len() + 3))];
        let response = app
            .execute(&operation(kind, selection), json!({ "list": list }))
            .await;
        assert_eq!(
            response["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX",
            "{selection}: {response}"
        );
    }
}

#[tokio::test]
async fn a_list_of_a_hundred_thousand_values_is_answered_where_the_limits_allow_it() {
    let mut limits = uncached_limits();
    limits.document.tokens = 1_000_000;
    limits.transport.body_bytes = 16 << 20;
    limits.transport.held_bytes = 1 << 30;
    limits.transport.held_bytes_per_address = 1 << 30;
    let app = TestApp::start_with_limits(limits).await;
    for (kind, value, selection) in requests() {
        let text = operation(kind, selection);
        let one = app.execute(&text, json!({ "list": [value] })).await;
        let many = vec![value; LENGTH];
        let many = app.execute(&text, json!({ "list": many })).await;
        assert_eq!(one["data"], many["data"], "{selection}: {many}");
        assert_ne!(one["data"], Value::Null, "{selection}: {one}");
    }
    let ids = vec!["x"; LENGTH];
    let nodes = app
        .execute(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": ids }),
        )
        .await;
    let code = &nodes["errors"][0]["extensions"]["code"];
    assert!(
        code == "BAD_USER_INPUT" || code == "QUERY_TOO_COMPLEX",
        "{nodes}"
    );
}
