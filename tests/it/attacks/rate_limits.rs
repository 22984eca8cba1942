//! Rate limits: one bucket per token or address, and forged client addresses.

use demarche::config::access::AccessConfig;
use demarche::config::limits::{Limits, RateLimits};
use demarche::ledger::api_tokens;
use demarche::model::role::Role;
use demarche::model::time::Timestamp;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::status_of;
use crate::app::{NOW, TestApp, uncached_limits};
use crate::websocket_client::{PROTOCOL, WebSocketClient};

/// Costs 311 of the 400 that a bucket holds in these tests.
const COSTLY: &str = "{ countries { code } }";

/// Starts a server whose buckets fill too slowly to matter while a test runs.
async fn start(proxies: &[&str]) -> TestApp {
    let rate = RateLimits {
        per_second: 1,
        burst: 400,
        ..RateLimits::default()
    };
    let access = AccessConfig {
        proxies: proxies.iter().map(|proxy| proxy.parse().unwrap()).collect(),
        ..AccessConfig::default()
    };
    // A repeat from the response cache would cost less.
    let limits = Limits {
        rate,
        ..uncached_limits()
    };
    TestApp::start_with_limits_and_access(limits, access).await
}

fn post_query(app: &TestApp, path: &str, query: &str) -> RequestBuilder {
    app.http()
        .post(app.url(path))
        .json(&json!({ "query": query }))
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

fn retry_after(response: &Response) -> u64 {
    response.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn a_rate_limited_client_gets_a_retry_time_on_every_transport() {
    let app = start(&[]).await;
    let mut socket = app.connect_websocket().await;
    assert_eq!(status(post_query(&app, "/graphql", COSTLY)).await, 200);
    for path in ["/graphql", "/graphql/stream"] {
        let response = post_query(&app, path, COSTLY).send().await.unwrap();
        assert_eq!(response.status(), 429);
        assert!((1..=251).contains(&retry_after(&response)));
        let seconds = retry_after(&response);
        let body: Value = response.json().await.unwrap();
        let expected = json!({
            "code": "RATE_LIMITED", "limit": "rate-limit", "retryAfter": seconds
        });
        assert_eq!(body["errors"][0]["extensions"], expected);
    }
    socket.subscribe("1", COSTLY, json!({})).await;
    let rejection = &socket.next().await["payload"][0]["extensions"];
    assert_eq!(rejection["code"], "RATE_LIMITED");
    assert_eq!(rejection["limit"], "rate-limit");
    assert!((1..=251).contains(&rejection["retryAfter"].as_u64().unwrap()));
    let url = url::Url::parse_with_params(&app.url("/graphql"), [("query", COSTLY)]).unwrap();
    assert_eq!(status(app.http().get(url)).await, 429);
    assert_eq!(
        status(post_query(&app, "/graphql", "{ __typename }")).await,
        200,
        "the remaining budget is enough for this"
    );
}

#[tokio::test]
async fn a_forged_forwarded_address_has_no_bucket() {
    let app = start(&["10.0.0.0/8"]).await;
    for (n, expected) in [(1, 200), (2, 429), (3, 429)] {
        let request =
            post_query(&app, "/graphql", COSTLY).header("x-forwarded-for", format!("192.0.2.{n}"));
        let request = request
            .header("forwarded", "for=192.0.2.9")
            .header("x-real-ip", "192.0.2.8");
        assert_eq!(status(request).await, expected);
    }
}

#[tokio::test]
async fn only_the_address_added_by_a_trusted_proxy_counts() {
    let app = start(&["127.0.0.1/32", "10.0.0.0/8"]).await;
    for (forwarded, expected) in [
        ("192.0.2.1", 200),
        ("192.0.2.1", 429),
        ("192.0.2.2", 200),
        ("198.51.100.7, 192.0.2.2", 429),
        ("192.0.2.2, 10.1.1.1", 429),
        ("2001:db8::1", 200),
        ("2001:db8::ffff:1", 429),
    ] {
        let request = post_query(&app, "/graphql", COSTLY).header("x-forwarded-for", forwarded);
        assert_eq!(status(request).await, expected, "{forwarded}");
        let headers = [PROTOCOL, ("x-forwarded-for", forwarded)];
        assert_eq!(
            status_of(WebSocketClient::connect_with(&app.ws_url(), &headers).await),
            101
        );
    }
}

#[tokio::test]
async fn a_token_has_one_bucket_for_all_addresses() {
    let app = start(&["127.0.0.1/32"]).await;
    let db = app.connect_to_database().await;
    let second = api_tokens::create(&db, Role::Editor, "second", [7; 32], Timestamp(NOW)).await;
    for (token, from, expected) in [
        (app.token.clone(), "192.0.2.1", 200),
        (app.token.clone(), "192.0.2.2", 429),
        (second.unwrap(), "192.0.2.2", 200),
    ] {
        let request = post_query(&app, "/graphql", COSTLY).bearer_auth(token);
        assert_eq!(
            status(request.header("x-forwarded-for", from)).await,
            expected
        );
    }
    let anonymous = post_query(&app, "/graphql", COSTLY).header("x-forwarded-for", "192.0.2.2");
    assert_eq!(
        status(anonymous).await,
        200,
        "a request without a token is charged by address"
    );
}

#[tokio::test]
async fn rejected_requests_are_charged() {
    for (path, invalid) in [
        ("/graphql", "{"),
        ("/graphql/stream", "{"),
        ("/graphql", "query A { a } query B { b }"),
        ("/graphql", &"{a ".repeat(40)),
    ] {
        let app = start(&[]).await;
        let mut requests = 0;
        while status(post_query(&app, path, invalid)).await != 429 {
            requests += 1;
            assert!(requests < 10, "{path} {invalid}");
        }
        // More on a machine so slow that the bucket fills meanwhile.
        assert!(requests >= 6, "{path} {invalid}");
    }
}

#[tokio::test]
async fn a_statement_page_is_charged_like_its_query() {
    let app = start(&[]).await;
    for expected in [200, 429] {
        assert_eq!(
            status(app.http().get(app.url("/statements/314"))).await,
            expected
        );
    }
}

#[tokio::test]
async fn every_page_about_something_recorded_is_charged() {
    for path in [
        "/countries/RW",
        "/countries",
        "/initiatives/us-third-country-removals",
        "/changes",
        "/changes.json",
        "/statements/314?at=2026-11-23T12:00:00Z",
        "/sitemap.xml",
        "/sitemaps/1.xml",
    ] {
        let app = start(&[]).await;
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(status(app.http().get(app.url(path))).await);
        }
        assert_eq!(statuses[2], 429, "{path}: {statuses:?}");
    }
}

#[tokio::test]
async fn a_client_can_query_its_remaining_budget() {
    let app = start(&[]).await;
    let query = "{ viewer { rateLimit { cost limit remaining resetAt } } }";
    let rate = app.query(query).await["viewer"]["rateLimit"].take();
    assert_eq!(
        (&rate["cost"], &rate["limit"], &rate["remaining"]),
        (&json!(66), &json!(400), &json!(334))
    );
    assert_eq!(rate["resetAt"], "2026-11-23T12:01:06.000000Z");
}

#[tokio::test]
async fn a_repeat_from_the_response_cache_is_charged_a_fraction() {
    let rate = RateLimits {
        per_second: 1,
        burst: 620,
        ..RateLimits::default()
    };
    let limits = Limits {
        rate,
        ..Limits::default()
    };
    let app = TestApp::start_with_limits(limits).await;
    // Nine loads of a page, of which each would cost 311.
    for _ in 0..9 {
        assert_eq!(status(post_query(&app, "/graphql", COSTLY)).await, 200);
    }
    let other = "{ countries { name } }";
    assert_eq!(status(post_query(&app, "/graphql", other)).await, 429);
    // The first one costs three times as much as each repeat.
    for _ in 0..4 {
        assert_eq!(
            status(post_query(&app, "/graphql", "{ __typename }")).await,
            200
        );
    }
}

/// All relationships, folded for one moment.
const FOLDS: &str = r#"{ relationships(at: { publishedBy: "2025-06-30" }, orderBy: { field: SINCE }, first: 1) { edges { cursor } } }"#;

#[tokio::test]
async fn positions_at_a_moment_count_against_the_cost_limit() {
    let mut limits = uncached_limits();
    limits.document.cost = 100;
    let app = TestApp::start_with_limits(limits).await;
    let response = app.execute(FOLDS, json!({})).await;
    let error = &response["errors"][0];
    assert_eq!(
        error["extensions"]["code"], "QUERY_TOO_COMPLEX",
        "{response:#}"
    );
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("--max-cost"), "{message}");
    // One relationship is within the limit.
    let one = r#"{ country(code: "RW") { stance(initiative: "us-third-country-removals", at: { publishedBy: "2025-06-30" }) } }"#;
    assert_eq!(app.query(one).await["country"]["stance"], "AGREED");
}

#[tokio::test]
async fn an_operation_is_charged_for_what_it_folded() {
    let app = start(&[]).await;
    // The operation itself costs 64, so that six of them would fit into the bucket.
    let mut answered = 0;
    while status(post_query(&app, "/graphql", FOLDS)).await == 200 {
        answered += 1;
        assert!(answered < 6, "the work is free");
    }
    assert!(answered > 1, "{answered}");
}

/// One hit, so that what is returned costs the same.
fn search(text: &str) -> String {
    format!(r#"{{ search(text: "{text}", first: 1) {{ node {{ id }} }} }}"#)
}

async fn work_of_search(app: &TestApp, path: &str, text: &str) -> u64 {
    let request = post_query(app, path, &search(text)).header("demarche-cost", "1");
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    let cost = &body["extensions"]["cost"]["work"];
    cost.as_u64().unwrap_or_else(|| panic!("{text}: {body:#}"))
}

#[tokio::test]
async fn a_search_is_charged_for_every_match() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let head = app.head().await["seq"].clone();
    for path in ["/graphql".to_owned(), format!("/graphql?seq={head}")] {
        let rare = work_of_search(&app, &path, "dumping ground").await;
        let common = work_of_search(&app, &path, "that").await;
        // More than 150 texts have this word; each costs two units.
        assert!(common > rare + 300, "{path}: {common}, {rare}");
        // It has no matches, but the rows of its words are counted.
        let both = work_of_search(&app, &path, "that dumping ground").await;
        assert!((160..common).contains(&both), "{path}: {both}");
    }
}

#[tokio::test]
async fn a_search_with_more_matches_than_the_limit_allows_is_refused_before_they_are_ranked() {
    let mut limits = uncached_limits();
    limits.document.cost = 570; // just enough for the other search
    let app = TestApp::start_with_limits(limits).await;
    let head = app.head().await["seq"].clone();
    for path in ["/graphql".to_owned(), format!("/graphql?seq={head}")] {
        let request = post_query(&app, &path, &search("that"));
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        let error = &body["errors"][0];
        assert_eq!(
            error["extensions"]["code"], "QUERY_TOO_COMPLEX",
            "{path}: {body:#}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("rarer words") && message.contains("--max-cost"),
            "{message}"
        );
        work_of_search(&app, &path, "dumping ground").await;
    }
}
