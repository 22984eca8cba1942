//! Who asks for more than its share, and how somebody might pass for another.

use demarche::config::access::Doors;
use demarche::config::limits::{Limits, RateLimits};
use demarche::ledger::api_tokens;
use demarche::model::role::Role;
use demarche::model::time::Instant;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::status_of;
use crate::app::{NOW, TestApp};
use crate::socket::{PROTOCOL, Socket};

/// Costs 251, of the 300 that a caller may spend in these tests.
const DEAR: &str = "{ countries { code } }";

/// Buckets so slow that none fills while a test runs.
async fn start(proxies: &[&str]) -> TestApp {
    let rate = RateLimits {
        per_second: 1,
        burst: 300,
        ..RateLimits::default()
    };
    let doors = Doors {
        proxies: proxies.iter().map(|proxy| proxy.parse().unwrap()).collect(),
        ..Doors::default()
    };
    let limits = Limits {
        rate,
        ..Limits::default()
    };
    TestApp::start_as(limits, doors).await
}

fn ask(app: &TestApp, path: &str, query: &str) -> RequestBuilder {
    app.http()
        .post(app.url(path))
        .json(&json!({ "query": query }))
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

fn seconds(response: &Response) -> u64 {
    response.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn who_has_spent_its_share_is_told_when_to_come_back_on_every_transport() {
    let app = start(&[]).await;
    let mut socket = app.socket().await;
    assert_eq!(status(ask(&app, "/graphql", DEAR)).await, 200);
    for path in ["/graphql", "/graphql/stream"] {
        let response = ask(&app, path, DEAR).send().await.unwrap();
        assert_eq!(response.status(), 429);
        assert!((1..=251).contains(&seconds(&response)));
        let seconds = seconds(&response);
        let body: Value = response.json().await.unwrap();
        let expected = json!({ "code": "RATE_LIMITED", "retryAfter": seconds });
        assert_eq!(body["errors"][0]["extensions"], expected);
    }
    socket.subscribe("1", DEAR, json!({})).await;
    let refused = &socket.next().await["payload"][0]["extensions"];
    assert_eq!(refused["code"], "RATE_LIMITED");
    assert!((1..=251).contains(&refused["retryAfter"].as_u64().unwrap()));
    let url = url::Url::parse_with_params(&app.url("/graphql"), [("query", DEAR)]).unwrap();
    assert_eq!(status(app.http().get(url)).await, 429);
    assert_eq!(
        status(ask(&app, "/graphql", "{ __typename }")).await,
        200,
        "what is left is enough for this"
    );
}

#[tokio::test]
async fn a_made_up_forwarded_address_has_no_share_of_its_own() {
    let app = start(&["10.0.0.0/8"]).await;
    for (n, expected) in [(1, 200), (2, 429), (3, 429)] {
        let request = ask(&app, "/graphql", DEAR).header("x-forwarded-for", format!("192.0.2.{n}"));
        let request = request
            .header("forwarded", "for=192.0.2.9")
            .header("x-real-ip", "192.0.2.8");
        assert_eq!(status(request).await, expected);
    }
}

#[tokio::test]
async fn a_trusted_proxy_is_believed_in_what_it_added_itself() {
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
        let request = ask(&app, "/graphql", DEAR).header("x-forwarded-for", forwarded);
        assert_eq!(status(request).await, expected, "{forwarded}");
        let headers = [PROTOCOL, ("x-forwarded-for", forwarded)];
        assert_eq!(
            status_of(Socket::connect_with(&app.ws_url(), &headers).await),
            101
        );
    }
}

#[tokio::test]
async fn a_token_has_a_share_wherever_it_is_used() {
    let app = start(&["127.0.0.1/32"]).await;
    let outsider = app.outsider().await;
    let second = api_tokens::create(&outsider, Role::Editor, "second", [7; 32], Instant(NOW)).await;
    for (token, from, expected) in [
        (app.token.clone(), "192.0.2.1", 200),
        (app.token.clone(), "192.0.2.2", 429),
        (second.unwrap(), "192.0.2.2", 200),
    ] {
        let request = ask(&app, "/graphql", DEAR).bearer_auth(token);
        assert_eq!(
            status(request.header("x-forwarded-for", from)).await,
            expected
        );
    }
    let anonymous = ask(&app, "/graphql", DEAR).header("x-forwarded-for", "192.0.2.2");
    assert_eq!(
        status(anonymous).await,
        200,
        "who has no token spends by address"
    );
}

#[tokio::test]
async fn what_is_refused_costs_its_sender_too() {
    for (path, wrong) in [
        ("/graphql", "{"),
        ("/graphql/stream", "{"),
        ("/graphql", "query A { a } query B { b }"),
        ("/graphql", &"{a ".repeat(40)),
    ] {
        let app = start(&[]).await;
        let mut spent = 0;
        while status(ask(&app, path, wrong)).await != 429 {
            spent += 1;
            assert!(spent < 50, "{path} {wrong}");
        }
        // A few more where the machine is so slow that the bucket fills meanwhile.
        assert!(spent >= 30, "{path} {wrong}");
    }
}

#[tokio::test]
async fn a_statements_page_costs_what_its_query_costs() {
    let app = start(&[]).await;
    for expected in [200, 200, 200, 200, 200, 200, 429] {
        assert_eq!(
            status(app.http().get(app.url("/statements/239"))).await,
            expected
        );
    }
}

#[tokio::test]
async fn a_caller_sees_what_it_has_left() {
    let app = start(&[]).await;
    let query = "{ viewer { rateLimit { cost limit remaining resetAt } } }";
    let rate = app.query(query).await["viewer"]["rateLimit"].take();
    assert_eq!(
        (&rate["cost"], &rate["limit"], &rate["remaining"]),
        (&json!(6), &json!(300), &json!(294))
    );
    assert_eq!(rate["resetAt"], "2026-11-23T12:00:06.000000Z");
}
