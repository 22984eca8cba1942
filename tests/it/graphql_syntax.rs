//! Syntax of GraphQL documents (September 2025, section 2), and the locations of errors in them.

use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn descriptions_stand_before_operations_fragments_and_variables() {
    let app = TestApp::start().await;
    let query = r#"
        """
        The country of a page
        """
        query Page("its code" $code: ID!) { country(code: $code) { ...F } }
        "What it shows" fragment F on Country { code }"#;
    let response = app.execute(query, json!({ "code": "RW" })).await;
    assert_eq!(response, json!({ "data": { "country": { "code": "RW" } } }));
    let subscription = "\"s\" subscription S { ledgerAppended { seq } }";
    let mut socket = app.subscribe(subscription, json!({})).await;
    app.register_source().await;
    assert!(socket.event().await["ledgerAppended"]["seq"].is_number());
    let response = app.execute("\"d\" { viewer { role } }", json!({})).await;
    let expected =
        "syntax error: an operation with a description needs its keyword; write `query` before `{`";
    assert_eq!(response["errors"][0]["message"], expected);
}

#[tokio::test]
async fn escapes_in_strings_are_code_points() {
    let app = TestApp::start().await;
    let country = json!({ "data": { "country": { "code": "RW" } } });
    for code in ["\\u{52}\\u{57}", "\\u0052W", "\\u{00000052}W"] {
        let query = format!("{{ country(code: \"{code}\") {{ code }} }}");
        assert_eq!(app.execute(&query, json!({})).await, country, "{code}");
    }
    let flag = json!({ "data": { "search": app.query("{ search(text: \"🇷🇼 rwanda\") { node { id } } }").await["search"] } });
    for spelling in ["\\u{1F1F7}\\u{1F1FC}", "\\uD83C\\uDDF7\\uD83C\\uDDFC"] {
        let query = format!("{{ search(text: \"{spelling} rwanda\") {{ node {{ id }} }} }}");
        assert_eq!(app.execute(&query, json!({})).await, flag, "{spelling}");
    }
    for lone in ["\\uD83C", "\\uDDF7\\uD83C", "\\u{D83C}", "\\u{110000}"] {
        let query = format!("{{ country(code: \"{lone}\") {{ code }} }}");
        let response = app.execute(&query, json!({})).await;
        let error = &response["errors"][0];
        assert_eq!(
            error["extensions"]["code"], "GRAPHQL_PARSE_FAILED",
            "{lone}"
        );
        let location = json!([{ "line": 1, "column": 18 }]);
        assert_eq!(error["locations"], location, "{lone}");
    }
}

#[tokio::test]
async fn what_is_no_graphql_is_a_parse_error_on_every_transport() {
    let app = TestApp::start_empty().await;
    for query in [
        "query() { viewer { role } }",
        "queryA { viewer { role } }",
        "{ countries(filter: { codes: [00] }) { code } }",
        "{ relationships(first: 1last: 2) { totalCount } }",
        "{}",
        "{ viewer { } }",
    ] {
        let error = |response: &Value| response["errors"][0].clone();
        let posted = app.execute(query, json!({})).await;
        let error = error(&posted);
        assert_eq!(
            error["extensions"]["code"], "GRAPHQL_PARSE_FAILED",
            "{query}"
        );
        let url = url::Url::parse_with_params(&app.url("/graphql"), [("query", query)]).unwrap();
        let got: Value = app
            .http()
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(got, posted, "{query}");
        let stream = app.http().post(app.url("/graphql/stream"));
        let stream = stream
            .json(&json!({ "query": query }))
            .send()
            .await
            .unwrap();
        assert_eq!(stream.json::<Value>().await.unwrap(), posted, "{query}");
        let mut socket = app.subscribe(query, json!({})).await;
        assert_eq!(socket.next().await["payload"], json!([error]), "{query}");
    }
}

/// One query in several spellings, and the location of its field `relationships`.
fn spellings() -> [(&'static str, Value); 4] {
    let at = |line: u32, column: u32| json!([{ "line": line, "column": column }]);
    [
        (
            "query A($n: Int!) { viewer { role } relationships(first: $n) { totalCount } }",
            at(1, 37),
        ),
        (
            "query A($n:Int!){viewer{role}relationships(first:$n){totalCount}}",
            at(1, 30),
        ),
        (
            "# é\n\"\"\"\nd\n\"\"\"\nquery A(\n  $n: Int!) {\r  viewer { role },\r\n  relationships(first: $n) { totalCount }\n}",
            at(8, 3),
        ),
        (
            "\u{feff}query A(\"d\" $n: Int!) {\n viewer { role }  relationships ( first : $n ) { totalCount } }",
            at(2, 19),
        ),
    ]
}

#[tokio::test]
async fn a_field_error_is_located_in_the_text_of_its_request() {
    let app = TestApp::start().await;
    for _ in 0..2 {
        for (query, locations) in spellings() {
            let response = app.execute(query, json!({ "n": -1 })).await;
            assert_eq!(response["errors"][0]["locations"], locations, "{query}");
        }
    }
}

#[tokio::test]
async fn an_error_of_a_variable_is_located_in_the_text_of_its_request() {
    let app = TestApp::start().await;
    let mut seen = Vec::new();
    for (query, _) in spellings() {
        let response = app.execute(query, json!({ "n": "x" })).await;
        let location = &response["errors"][0]["locations"][0];
        let index = |key: &str| usize::try_from(location[key].as_u64().unwrap()).unwrap() - 1;
        let line = query
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .lines()
            .nth(index("line"))
            .unwrap()
            .to_owned();
        let rest: String = line.chars().skip(index("column")).collect();
        seen.push(rest.trim_start_matches('$').starts_with('n'));
    }
    assert_eq!(seen, [true; 4]);
}

#[tokio::test]
async fn an_error_in_an_event_is_located_in_the_text_of_each_subscriber() {
    let (app, source) = TestApp::start_with_initiative().await;
    let texts = [
        "subscription { stanceChanged { to relationship { changes(first: -1) { totalCount } } } }",
        "subscription{stanceChanged{to relationship{changes(first:-1){totalCount}}}}",
        "\"d\"\nsubscription {\n stanceChanged { to\n relationship { changes(first: -1) { totalCount } } } }",
    ];
    let mut sockets = Vec::new();
    for text in texts {
        sockets.push(app.subscribe(text, json!({})).await);
    }
    app.record_stance(&source, "RW", "NAMED", "2025-03").await;
    let expected = [(1, 50), (1, 44), (4, 17)];
    for (socket, (line, column)) in sockets.iter_mut().zip(expected) {
        let message = socket.next().await;
        let error = &message["payload"]["errors"][0];
        let location = json!([{ "line": line, "column": column }]);
        assert_eq!(error["locations"], location, "{message}");
    }
}

#[tokio::test]
async fn an_invalid_document_names_every_duplicate_definition() {
    let app = TestApp::start_empty().await;
    for (query, message) in [
        (
            "query A { viewer { role } } query A { viewer { name } }",
            "several operations are named `A`",
        ),
        (
            "{ viewer { role } } query A { viewer { name } }",
            "an operation without a name must be the only one; name each operation",
        ),
        (
            "{ viewer { ...F } } fragment F on Viewer { role } fragment F on Viewer { name }",
            "several fragments are named `F`",
        ),
    ] {
        let response = app.execute(query, json!({})).await;
        let errors = response["errors"].as_array().unwrap();
        let error = errors.iter().find(|error| error["message"] == message);
        let error = error.unwrap_or_else(|| panic!("{query}: {response:#}"));
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
    }
    let response = app
        .execute("fragment F on Viewer { role }", json!({}))
        .await;
    assert_eq!(
        response["errors"][0]["message"],
        "the document has fragments, but no operation"
    );
}
