//! Batched loading: a query costs one SQL statement per level and kind, regardless of the number of parents.

use serde_json::{Value, json};

use crate::app::{TestApp, data, uncached_limits};

/// Number of SQL statements of a query: the minimum of a few runs, because the feed also reads in the background. Without the one
/// after any others that checks whether the ledger has changed meanwhile.
async fn cost(app: &TestApp, query: &str) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..3 {
        least = least.min(app.sql_statements_of(query).await);
    }
    assert_ne!(least, 1, "the check is not alone");
    least.saturating_sub(1)
}

/// Number of SQL statements for few and many parents; their number replaces `$N`.
async fn costs(app: &TestApp, query: &str) -> (u64, u64) {
    let query_of = |parents: &str| query.replace("$N", parents);
    (
        cost(app, &query_of("2")).await,
        cost(app, &query_of("40")).await,
    )
}

#[track_caller]
fn assert_constant((few, many): (u64, u64), limit: u64) {
    assert_eq!(few, many, "the number of parents changes the cost");
    assert!(
        (1..=limit).contains(&many),
        "{many} statements, the limit is {limit}"
    );
}

#[tokio::test]
async fn stances_of_neighbours_cost_no_sql() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let query = r#"{ relationships(first: $N) { nodes { requestedState { neighbours { name stance(initiative: "us-third-country-removals") } } } } }"#;
    assert_eq!(costs(&app, query).await, (0, 0));
    let all = r#"{ countries { stance(initiative: "us-third-country-removals") } }"#;
    assert_eq!(cost(&app, all).await, 0);
}

#[tokio::test]
async fn evidence_and_its_sources_share_a_sql_statement_and_originals_cost_one_more() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let query = "{ statements(first: $N) { nodes { citation evidence { quote source { title derivedFrom { title } } } } } }";
    assert_constant(costs(&app, query).await, 3);
}

#[tokio::test]
async fn positions_at_a_moment_cost_no_sql_but_for_the_statements_that_they_name() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let query = r#"{ relationships(first: $N) { nodes { position(at: { publishedBy: "2025-06-30" }) { stance basis { summary } rivals { statement { summary } contradicts { summary } } } } } }"#;
    assert_constant(costs(&app, query).await, 1);
    let query = r#"{ relationships(first: $N) { nodes { a: position(at: { publishedBy: "2025-06-30" }) { stance } b: position { stance } timeline(at: { validOn: "2025-09-30" }) { stance } } } }"#;
    assert_eq!(costs(&app, query).await, (0, 0));
}

#[tokio::test]
async fn a_list_at_a_moment_costs_sql_only_for_the_rows_that_it_shows() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let query = r#"{ relationships(first: $N, at: { publishedBy: "2025-06-30" }, filter: { stance: [REFUSED, AGREED] }) { totalCount nodes { id } } }"#;
    assert_eq!(costs(&app, query).await, (0, 0));
    let query = r#"{ relationships(first: $N) { nodes { requestedState { relationships(direction: INCOMING, at: { publishedBy: "2025-06-30" }) { totalCount } } } } }"#;
    assert_eq!(costs(&app, query).await, (0, 0));
    let query = r#"{ statements(first: $N, at: { publishedBy: "2025-06-30" }) { totalCount nodes { summary } } }"#;
    assert_constant(costs(&app, query).await, 1);
}

#[tokio::test]
async fn nested_pages_and_their_counts_cost_one_sql_statement_each() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let query = "{ relationships(first: $N) { totalCount nodes { requestedState { relationships(first: 3) { totalCount nodes {
        statements(first: 2) { totalCount nodes { id } } changes(last: 2) { totalCount nodes { to } } } } } } } }";
    assert_constant(costs(&app, query).await, 8);
}

#[tokio::test]
async fn a_total_count_costs_nothing_unless_it_is_selected() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let with = cost(&app, "{ statements { totalCount nodes { id } } }").await;
    let without = cost(&app, "{ statements { nodes { id } } }").await;
    assert_eq!((with, without), (2, 1));
}

#[tokio::test]
async fn statements_and_relationships_of_changes_are_loaded_together() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    // One each for changes, statements, relationships, evidence with sources, subjects, initiatives.
    let query = "{ stanceChanges(first: $N) { nodes { cursor relationship { requestedState { code } initiative { slug } }
        statement { summary evidence { source { title } } subject { ... on Relationship { id } } } } } }";
    assert_constant(costs(&app, query).await, 6);
}

#[tokio::test]
async fn bases_of_changes_and_what_they_revise_are_loaded_together() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    // One for the changes, one for the statements.
    let query = "{ stanceChanges(first: $N) { nodes { basis { summary } } } }";
    assert_constant(costs(&app, query).await, 2);
    // One more for all changes of the relationships, one for those that are taken back.
    let query = "{ stanceChanges(last: $N, filter: { kinds: [CORRECTION, RETRACTION] }) { nodes { revises { to } } } }";
    assert!(cost(&app, &query.replace("$N", "100")).await <= 3);
}

#[tokio::test]
async fn contradictions_cost_one_sql_statement_per_direction() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let query = "{ statements(first: $N, filter: { kinds: [DENIAL, AGREEMENT] }) { nodes { contradicts { id } contradictedBy { id } } } }";
    assert_constant(costs(&app, query).await, 3);
    let query = "{ statements(first: $N, filter: { standing: [CORRECTED] }) { nodes { correctedBy { corrects { id } } } } }";
    assert_constant(costs(&app, query).await, 3);
}

#[tokio::test]
async fn effects_of_ledger_entries_are_loaded_together() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let query = "{ ledger { entries(last: $N) { totalCount nodes { cursor statement { summary } stanceChange { to } } } } }";
    assert_constant(costs(&app, query).await, 5);
}

#[tokio::test]
async fn search_hits_are_loaded_together() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let query = r#"{ search(text: "rwanda", first: $N) { node { id ... on Statement { evidence { source { id } } } } fragments { text } } }"#;
    let (few, many) = costs(&app, query).await;
    // Matches are counted before they are ranked. Two hits are of at most two kinds; forty are of every kind.
    assert!(few <= many && many <= 5, "{few} {many}");
}

#[tokio::test]
async fn a_chart_costs_no_sql() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let chart = r#"{ initiatives { history(from: "2025-01-20", to: "2025-12-31", every: DAY) { tally { total } } } }"#;
    assert_eq!(cost(&app, chart).await, 0);
}

#[tokio::test]
async fn nodes_of_mixed_types_cost_one_sql_statement_per_type() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let lists = "{ initiatives { id } relationships(first: 20) { nodes { id } } statements(first: 20) { nodes { id } }
        sources(first: 20) { nodes { id } } stanceChanges(first: 20) { nodes { id } } countries { id } }";
    let response = app.query(lists).await;
    let ids = |each: usize| {
        let lists = response.as_object().unwrap().values();
        let nodes = lists.map(|list| list.get("nodes").unwrap_or(list).as_array().unwrap());
        let ids = nodes.flat_map(|nodes| nodes.iter().take(each).map(|node| node["id"].clone()));
        ids.collect::<Vec<Value>>()
    };
    let query = |each| format!("{{ nodes(ids: {}) {{ __typename id }} }}", json!(ids(each)));
    let many = data(app.execute(&query(19), json!({})).await);
    assert!(
        many["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .all(Value::is_object)
    );
    assert_constant(
        (cost(&app, &query(1)).await, cost(&app, &query(19)).await),
        5,
    );
}
