//! Lists with filters: they are what a client would filter, in both directions, before and after a restart; and they are
//! charged for what they scan.

use std::sync::Arc;

use demarche::database::{Database, IfMissing, Purpose};
use demarche::feed::Tailer;
use demarche::graphql::loaders::LoaderContext;
use demarche::graphql::loaders::filtered_changes::FilteredChanges;
use demarche::graphql::loaders::stance_change::ChangeFilter;
use demarche::graphql::loaders::work_budget::WorkBudget;
use demarche::graphql::pagination::Page;
use demarche::model::stance::{ChangeKind, Stance};
use demarche::read_model::ChangeFacets;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::database::TestDatabase;
use crate::random_writer::RandomWriter;

const CHANGE: &str = "from to kind disputed unusual claimant: statement { claimant { kind } } \
    requested: relationship { requestedState { code } initiative { slug } }";
const STATEMENT: &str = "number kind standing claimant { kind } \
    subject { __typename ... on Country { code } ... on Initiative { slug } \
    ... on Relationship { requestedState { code } requestingState { code } initiative { slug } } }";

/// All items of a list, page by page.
async fn list(
    app: &TestApp,
    field: &str,
    filter: &str,
    selection: &str,
    backward: bool,
) -> Vec<Value> {
    let kind = match field {
        "statements" => "StatementFilter",
        _ => "StanceChangeFilter",
    };
    let (size, cursor) = if backward {
        ("last", "before")
    } else {
        ("first", "after")
    };
    let query = format!(
        "query($filter: {kind}, $cursor: String) {{ {field}(filter: $filter, {size}: 37, {cursor}: $cursor) {{ \
         totalCount edges {{ cursor node {{ {selection} }} }} \
         pageInfo {{ hasNextPage hasPreviousPage }} }} }}"
    );
    let filter: Value = serde_json::from_str(filter).unwrap();
    let (mut pages, mut at): (Vec<Vec<Value>>, Value) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "filter": filter, "cursor": at });
        let page = app.execute(&query, variables).await;
        let page = &page["data"][field];
        let edges = page["edges"]
            .as_array()
            .unwrap_or_else(|| panic!("{filter}: {page}"));
        pages.push(edges.iter().map(|edge| edge["node"].clone()).collect());
        let (end, has_more) = if backward {
            (edges.first(), &page["pageInfo"]["hasPreviousPage"])
        } else {
            (edges.last(), &page["pageInfo"]["hasNextPage"])
        };
        if has_more == false {
            if backward {
                pages.reverse();
            }
            let all = pages.concat();
            assert_eq!(page["totalCount"], all.len(), "{field} {filter}");
            return all;
        }
        at = end.unwrap()["cursor"].clone();
    }
}

/// Whether a filter has no condition on this, or a value is among those that it names.
fn allows(condition: &Value, values: &[&Value]) -> bool {
    match condition {
        Value::Null => true,
        Value::Array(all) => values.iter().any(|value| all.contains(value)),
        one => values.contains(&one),
    }
}

fn change_matches(filter: &Value, change: &Value) -> bool {
    let relationship = &change["requested"];
    allows(&filter["from"], &[&change["from"]])
        && allows(&filter["to"], &[&change["to"]])
        && allows(&filter["involves"], &[&change["from"], &change["to"]])
        && allows(&filter["kinds"], &[&change["kind"]])
        && allows(&filter["disputed"], &[&change["disputed"]])
        && allows(&filter["unusual"], &[&change["unusual"]])
        && allows(
            &filter["claimants"],
            &[&change["claimant"]["claimant"]["kind"]],
        )
        && allows(
            &filter["countries"],
            &[&relationship["requestedState"]["code"]],
        )
        && allows(
            &filter["initiatives"],
            &[&relationship["initiative"]["slug"]],
        )
}

fn statement_matches(filter: &Value, statement: &Value) -> bool {
    let subject = &statement["subject"];
    let codes = [
        &subject["code"],
        &subject["requestedState"]["code"],
        &subject["requestingState"]["code"],
    ];
    let slugs = [&subject["slug"], &subject["initiative"]["slug"]];
    allows(&filter["kinds"], &[&statement["kind"]])
        && allows(&filter["standing"], &[&statement["standing"]])
        && allows(&filter["claimants"], &[&statement["claimant"]["kind"]])
        && allows(&filter["countries"], &codes)
        && allows(&filter["initiative"], &slugs)
}

const CHANGE_FILTERS: [&str; 14] = [
    r#"{ "from": ["UNKNOWN"] }"#,
    r#"{ "to": ["AGREED", "REFUSED"] }"#,
    r#"{ "to": [] }"#,
    r#"{ "involves": ["REFUSED"] }"#,
    r#"{ "involves": ["AGREED", "IMPLEMENTING"], "kinds": ["EVENT"] }"#,
    r#"{ "kinds": ["CORRECTION"] }"#,
    r#"{ "kinds": ["RETRACTION", "CORRECTION"], "disputed": false }"#,
    r#"{ "claimants": ["PRESS"] }"#,
    r#"{ "claimants": ["REQUESTED_STATE", "NGO"], "unusual": true }"#,
    r#"{ "disputed": true }"#,
    r#"{ "unusual": true }"#,
    r#"{ "countries": ["RW", "PE"] }"#,
    r#"{ "initiatives": ["asks"] }"#,
    r#"{ "countries": ["RW"], "initiatives": ["us-third-country-removals"], "to": ["AGREED"] }"#,
];

const STATEMENT_FILTERS: [&str; 14] = [
    r#"{ "kinds": ["STANCE"] }"#,
    r#"{ "kinds": ["LEGAL", "CONCERN"] }"#,
    r#"{ "kinds": [] }"#,
    r#"{ "claimants": ["COURT"] }"#,
    r#"{ "claimants": ["PRESS", "NGO"], "kinds": ["TRANSFER"] }"#,
    r#"{ "standing": ["STANDING"] }"#,
    r#"{ "standing": ["CORRECTED"] }"#,
    r#"{ "standing": ["RETRACTED"] }"#,
    r#"{ "standing": ["RETRACTED", "CORRECTED"], "kinds": ["STANCE"] }"#,
    r#"{ "countries": ["RW"] }"#,
    r#"{ "countries": ["US"], "kinds": ["AGREEMENT"] }"#,
    r#"{ "initiative": "asks", "standing": ["STANDING"] }"#,
    r#"{ "initiative": "us-third-country-removals" }"#,
    r#"{ "initiative": "us-third-country-removals", "countries": ["SS", "XK"], "standing": ["STANDING", "CORRECTED"] }"#,
];

/// Field, selection, filters, and the rule of a client.
type Case = (
    &'static str,
    &'static str,
    &'static [&'static str],
    fn(&Value, &Value) -> bool,
);

async fn check(app: &TestApp) {
    let cases: [Case; 2] = [
        ("stanceChanges", CHANGE, &CHANGE_FILTERS, change_matches),
        (
            "statements",
            STATEMENT,
            &STATEMENT_FILTERS,
            statement_matches,
        ),
    ];
    for (field, selection, filters, matches) in cases {
        let all = list(app, field, "null", selection, false).await;
        assert!(all.len() > 120, "{field}: {}", all.len());
        for filter in filters {
            let parsed: Value = serde_json::from_str(filter).unwrap();
            let mut expected = all.clone();
            expected.retain(|item| matches(&parsed, item));
            for backward in [false, true] {
                let found = list(app, field, filter, selection, backward).await;
                assert_eq!(found, expected, "{field} {filter}");
            }
        }
    }
}

#[tokio::test]
async fn filtered_lists_are_what_a_client_would_filter() {
    let app = TestApp::start().await;
    let mut writer = RandomWriter::start(&app, 7).await;
    writer.write_entries(150).await;
    check(&app).await;
    check(&app.restart().await).await;
}

#[tokio::test]
async fn the_standing_of_a_statement_is_read_from_its_history_only_if_it_was_corrected() {
    let app = TestApp::start().await;
    let work = async |standing: &str| {
        let query = format!(
            "{{ statements(filter: {{ standing: [{standing}] }}, first: 1) {{ totalCount nodes {{ number }} }} }}"
        );
        let request = app.http().post(app.url("/graphql"));
        let request = request.header("demarche-cost", "1");
        let response = request.json(&json!({ "query": query })).send().await;
        let response: Value = response.unwrap().json().await.unwrap();
        response["extensions"]["cost"]["work"].as_u64().unwrap()
    };
    // Two scans of 363 statements: none was retracted, which the scan shows.
    let retracted = work("RETRACTED").await;
    assert!(retracted < 20, "{retracted}");
    // A few dozen were corrected; each history is read once for a scan, and a row once.
    let standing = work("STANDING").await;
    assert!((retracted..400).contains(&standing), "{standing}");
}

fn change(seq: i64) -> ChangeFacets {
    ChangeFacets {
        seq,
        initiative: 1,
        requested_state: "RW".to_owned(),
        from: Some(Stance::Unknown),
        to: Some(Stance::Agreed),
        kind: Some(ChangeKind::Event),
        claimant: None,
        disputed: false,
        unusual: false,
    }
}

#[tokio::test]
async fn a_filter_that_matches_little_is_charged_for_what_it_scans() {
    let test_db = TestDatabase::with_bundled_data().await;
    let database = Database::open(&test_db.url(), IfMissing::Fail, Purpose::Command)
        .await
        .unwrap();
    let (feed, tailer) = Tailer::start(database.clone(), Arc::default())
        .await
        .unwrap();
    let many: Vec<ChangeFacets> = (-200_000..0).map(change).collect();
    feed.read_model().wait_for_changes().await;
    feed.read_model().merge_changes(&many);
    let context = LoaderContext::new(database, &feed, 0);
    let page = Page {
        size: 20,
        backward: false,
        after: None,
        before: None,
    };
    let charged = async |to: Stance, units: u32| {
        let work = WorkBudget::new(units);
        let context = context.for_execution(None, work.clone(), None);
        let filter = ChangeFilter {
            to: Some(vec![to]),
            ..ChangeFilter::default()
        };
        let found = FilteredChanges(filter).page(&context, &page).await;
        found.map(|page| (page.rows.len(), work.cost()))
    };
    // At most a chunk that fills the page, and all of 200,000 where nothing does.
    let (found, cost) = charged(Stance::Agreed, 50_000).await.unwrap();
    assert!(found == 20 && cost < 10, "{found} {cost}");
    let (_, cost) = charged(Stance::Ended, 50_000).await.unwrap();
    assert!((1_500..2_000).contains(&cost), "{cost}");
    let refused = charged(Stance::Ended, 1_000).await.unwrap_err();
    assert_eq!(refused.code(), "QUERY_TOO_COMPLEX");
    tailer.abort();
}
