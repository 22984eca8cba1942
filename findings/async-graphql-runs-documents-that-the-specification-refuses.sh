#!/usr/bin/env bash
# Software: crate async-graphql 7.2.1 (default features off), Rust 1.95.
# Guess: its validation is that of GraphQL's specification, as in graphql-js, and so is the answer to what passes.
# Seen, each by the document below it:
#   - a string passes for an enum value, a String variable for an ID!; of a field written twice in an input object the last
#     one counts; an unknown directive on a variable or on __typename is passed over (5.6.1, 5.8.5, 5.6.3, 5.7.1);
#   - two fields under one name below one object: the second is left out (5.3.2, such a document is refused);
#   - a default value of a variable does not reach @skip, and a variable that is not given becomes null where an input field
#     has a default: a request that should do without it fails (6.1.2, 6.4.1);
#   - a variable that only a directive on __typename uses is "not used": a valid document is refused;
#   - an object of which nothing is selected is null instead of {} (6.3);
#   - a subscription whose root field stands in a fragment ends at once without an event or an error; one with two root
#     fields runs both (5.2.4.1).
# Why it matters: documents that a client wrote against this server fail at the next one, and the fragments that Relay and
#   others write hear nothing. Compare with graphql-js, document by document.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
async-graphql = { version = "=7.2.1", default-features = false }
futures-util = "0.3"
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use async_graphql::*;
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value as Json, json};

#[derive(Enum, Copy, Clone, Eq, PartialEq)]
enum Stance {
    Asked,
    Refused,
}

#[derive(InputObject)]
struct Filter {
    code: String,
    #[graphql(default_with = "Stance::Asked")]
    stance: Stance,
}

#[derive(SimpleObject)]
struct State {
    code: String,
    name: String,
}

#[derive(SimpleObject)]
struct Region {
    number: i32,
}

#[derive(Union)]
enum Place {
    State(State),
    #[allow(dead_code)]
    Region(Region),
}

fn rwanda() -> State {
    State { code: "RW".into(), name: "Rwanda".into() }
}

struct Query;

#[Object]
impl Query {
    async fn stance(&self, of: Stance) -> Stance {
        of
    }
    async fn by_id(&self, id: ID) -> String {
        id.0
    }
    async fn list(&self, filter: Filter) -> String {
        let stance = if filter.stance == Stance::Asked { "ASKED" } else { "REFUSED" };
        format!("{} {stance}", filter.code)
    }
    async fn state(&self) -> State {
        rwanda()
    }
    async fn place(&self) -> Place {
        Place::State(rwanda())
    }
}

struct Subscription;

#[Subscription]
impl Subscription {
    async fn seconds(&self) -> impl Stream<Item = i32> {
        stream::iter([1])
    }
    async fn minutes(&self) -> impl Stream<Item = i32> {
        stream::iter([60])
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let schema = Schema::new(Query, EmptyMutation, Subscription);
    let mut told = 0;
    let mut ask = async |document: &str, variables: Json, answer: Json| {
        let request = Request::new(document).variables(Variables::from_json(variables));
        let response = serde_json::to_value(schema.execute(request).await).unwrap();
        let seen = match response.get("errors") {
            None => response["data"].clone(),
            Some(errors) => errors[0]["message"].clone(),
        };
        assert_eq!(seen, answer, "{document}");
        told += 1;
    };
    let none = || json!({});
    ask(r#"{ stance(of: "REFUSED") }"#, none(), json!({"stance": "REFUSED"})).await;
    ask("query($id: String!) { byId(id: $id) }", json!({"id": "1"}), json!({"byId": "1"})).await;
    ask(r#"{ list(filter: {code: "RW", code: "TN"}) }"#, none(), json!({"list": "TN ASKED"})).await;
    ask("query($id: ID! @nosuch) { byId(id: $id) }", json!({"id": "1"}), json!({"byId": "1"})).await;
    ask("{ __typename @nosuch }", none(), json!({"__typename": "Query"})).await;
    ask("{ state { x: code } state { x: name } }", none(), json!({"state": {"x": "RW"}})).await;
    ask("query($b: Boolean = true) { stance(of: ASKED) @skip(if: $b) }", none(), json!({"stance": "ASKED"})).await;
    let failure = r#"Expected input type "Stance", found null. (occurred while parsing "Filter")"#;
    ask(r#"query($s: Stance) { list(filter: {code: "RW", stance: $s}) }"#, none(), json!(failure)).await;
    let unused = r#"Variable "$b" is not used"#;
    ask("query($b: Boolean!) { __typename @skip(if: $b) }", json!({"b": false}), json!(unused)).await;
    ask("{ place { ... on Region { number } } }", none(), json!({"place": null})).await;

    for (document, events) in [
        ("subscription { seconds }", 1),
        ("subscription { ... { seconds } }", 0),
        ("subscription { ...S } fragment S on Subscription { seconds }", 0),
        ("subscription { seconds minutes }", 2),
    ] {
        let seen: Vec<Response> = schema.execute_stream(document).collect().await;
        assert!(seen.iter().all(Response::is_ok), "{document}: {seen:?}");
        assert_eq!(seen.len(), events, "{document}");
    }
    println!("async-graphql 7.2.1: {told} documents answered unlike the specification; a subscription in a fragment: 0 events, no error");
}
RUST
CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$work/target}" cargo run --quiet
