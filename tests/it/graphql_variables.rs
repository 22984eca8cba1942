//! Variables: a request is judged by its own values, whatever was asked before.

use serde_json::{Value, json};

use crate::app::{TestApp, uncached_limits};

const PAIRS: usize = 2_000;

/// A document with a variable that has a type, maybe a default, and a use; and a value for it, or none.
fn random_pair(random: &mut fastrand::Rng) -> (String, Value) {
    let (kinds, uses, values): (&[&str], &[&str], &[&str]) = match random.u8(..4) {
        0 => (
            &[
                "Boolean",
                "Boolean!",
                "Boolean = true",
                "Boolean! = false",
                "Boolean = null",
            ],
            &[
                "viewer { role name @include(if: $x) }",
                "viewer { role ...F @skip(if: $x) }",
                "viewer { role ... @include(if: $x) { name } }",
                "relationships(filter: { disputed: $x }) { totalCount }",
                "__type(name: \"Country\") { fields(includeDeprecated: $x) { name } }",
            ],
            &["true", "false", "null", "1", "\"true\""],
        ),
        1 => (
            &["ID", "ID!", "ID = \"RW\"", "ID! = \"RW\"", "ID = null"],
            &[
                "country(code: $x) { code }",
                "countries(filter: { codes: [$x] }) { code }",
                "countries(filter: { codes: $x }) { code }",
                "statement(number: $x) { number }",
            ],
            &[
                "\"RW\"",
                "\"PE\"",
                "null",
                "1",
                "2.0",
                "12345678901234567890",
                "true",
            ],
        ),
        2 => (
            &["Int", "Int!", "Int = 2", "Int! = 2", "Int = null"],
            &["countries { code relationships(first: $x) { nodes { stance } } }"],
            &["1", "2.0", "2.5", "null", "\"1\"", "3000000000", "101"],
        ),
        _ => (
            &[
                "Direction",
                "Direction!",
                "Direction = INCOMING",
                "Direction = null",
            ],
            &["country(code: \"RW\") { relationships(direction: $x) { totalCount } }"],
            &["\"INCOMING\"", "\"OUTGOING\"", "\"NOPE\"", "null", "1"],
        ),
    };
    let mut pick = |all: &[&str]| all[random.usize(..all.len())].to_owned();
    let (kind, selection, value) = (pick(kinds), pick(uses), pick(values));
    let fragment = if selection.contains("...F") {
        "fragment F on Viewer { name }"
    } else {
        ""
    };
    let document = format!("query($x: {kind}) {{ {selection} }} {fragment}");
    let value: Value = serde_json::from_str(&value).unwrap();
    let variables = if random.u8(..4) == 0 {
        json!({})
    } else {
        json!({ "x": value })
    };
    (document, variables)
}

#[tokio::test]
async fn a_response_does_not_depend_on_what_was_asked_before() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let mut random = fastrand::Rng::with_seed(7);
    let pairs: Vec<_> = (0..PAIRS).map(|_| random_pair(&mut random)).collect();
    let mut cold = Vec::new();
    for (number, (document, variables)) in pairs.iter().enumerate() {
        // No other request has this text.
        let document = format!("{document} # {number}");
        cold.push(app.execute(&document, variables.clone()).await);
    }
    let failed = cold
        .iter()
        .filter(|response| response.get("errors").is_some());
    let failed = failed.count();
    assert!((PAIRS / 10..PAIRS * 9 / 10).contains(&failed), "{failed}");
    let forward = pairs.iter().zip(&cold);
    for ((document, variables), expected) in forward.clone().chain(forward.rev()) {
        let warm = app.execute(document, variables.clone()).await;
        assert_eq!(warm, *expected, "{document} {variables}");
    }
}

#[tokio::test]
async fn an_explicit_null_is_not_replaced_by_a_default() {
    let app = TestApp::start().await;
    let query =
        "query($b: Boolean = true) { country(code: \"RW\") { code name @include(if: $b) } }";
    for variables in [
        json!({}),
        json!({ "b": null }),
        json!({}),
        json!({ "b": null }),
    ] {
        let response = app.execute(query, variables.clone()).await;
        if variables == json!({}) {
            assert_eq!(response["data"]["country"]["name"], "Rwanda");
        } else {
            let expected = "`$b` must not be null where `Boolean!` is expected";
            assert_eq!(response["errors"][0]["message"], expected, "{response}");
        }
    }
}

#[tokio::test]
async fn an_omitted_variable_leaves_the_default_of_its_argument() {
    let app = TestApp::start().await;
    let query = "query($d: Direction) { country(code: \"RW\") { relationships(direction: $d) { totalCount } } }";
    let response = app.execute(query, json!({})).await;
    let relationships = &response["data"]["country"]["relationships"];
    assert_eq!(relationships["totalCount"], 1, "{response}");
    let query = "query($d: Boolean) { __type(name: \"Country\") { fields(includeDeprecated: $d) { name } } }";
    let response = app.execute(query, json!({})).await;
    assert!(
        response["data"]["__type"]["fields"][0]["name"].is_string(),
        "{response}"
    );
}

#[tokio::test]
async fn numbers_are_coerced_as_the_specification_says() {
    let app = TestApp::start().await;
    let query = "query($n: Int) { relationships(first: $n) { nodes { stance } } }";
    let response = app.execute(query, json!({ "n": 2.0 })).await;
    let nodes = &response["data"]["relationships"]["nodes"];
    assert_eq!(nodes.as_array().unwrap().len(), 2);
    let response = app.execute(query, json!({ "n": 2.5 })).await;
    assert_eq!(
        response["errors"][0]["message"],
        "`$n` is 2.5, which is not a whole number from -2147483648 to 2147483647 (`Int`)"
    );
    for number in ["12345678901234567890", "123456789012345678901234567890"] {
        let query = format!("{{ statement(number: {number}) {{ number }} }}");
        let response = app.execute(&query, json!({})).await;
        assert_eq!(response, json!({ "data": { "statement": null } }));
        let variables = serde_json::from_str(&format!("{{\"n\":{number}}}")).unwrap();
        let query = "query($n: ID!) { statement(number: $n) { number } }";
        let response = app.execute(query, variables).await;
        assert_eq!(response, json!({ "data": { "statement": null } }));
    }
}

#[tokio::test]
async fn fields_are_in_the_order_of_the_selection_below_every_type() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    for (query, order) in [
        (
            "{statements(first:1){nodes{evidence{relation} contradicts{id}}}}",
            vec!["evidence", "contradicts"],
        ),
        (
            "{country(code:\"RW\"){relationships(first:1){nodes{statements(last:1){totalCount nodes{number} pageInfo{hasPreviousPage}}}}}}",
            vec!["totalCount", "\"nodes\":[{\"number", "pageInfo"],
        ),
        (
            "{stanceChanges(first:2){nodes{statement{evidence{relation} number contradicts{id}} to}}}",
            vec!["evidence", "number", "contradicts", "\"to\""],
        ),
    ] {
        for _ in 0..5 {
            let body = json!({ "query": query });
            let response = app.http().post(app.url("/graphql")).json(&body).send();
            let text = response.await.unwrap().text().await.unwrap();
            let places: Vec<_> = order.iter().map(|key| text.find(key)).collect();
            assert!(places.iter().all(Option::is_some), "{text}");
            assert!(places.is_sorted(), "{text}");
        }
    }
}

#[tokio::test]
async fn a_carriage_return_ends_a_line() {
    let app = TestApp::start_empty().await;
    let response = app.execute("{\r  nope\r}", json!({})).await;
    let expected = json!([{ "line": 2, "column": 3 }]);
    assert_eq!(response["errors"][0]["locations"], expected, "{response}");
}
