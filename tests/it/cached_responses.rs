//! Response cache: a cached response costs no SQL and is never older than an acknowledged write or a delivered event.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{TestApp, limits, uncached_limits};
use crate::fixtures::{correction, evidence, id, stance_input};
use crate::health_and_metrics::value;

/// One query per kind of read: nodes, lists by every parent, counts, histories, searches.
const QUERIES: [&str; 16] = [
    "{ countries { code relationships(first: 2) { totalCount nodes { stance since disputed } } } }",
    r#"{ country(code: "RW") { stance(initiative: "us-third-country-removals") concerns { summary } } }"#,
    r#"{ country(code: "RW") { relationships { nodes { position { stance certain basis { summary } rivals { statement { summary } } } } } } }"#,
    r#"{ country(code: "PE") { relationships(direction: INCOMING) { nodes { changes { nodes { from to kind } } timeline { stance from to } } } } }"#,
    r#"{ country(code: "US") { relationships(first: 5, direction: OUTGOING) { totalCount nodes { stance } } } }"#,
    r#"{ relationships(filter: { initiative: "us-third-country-removals", stance: [AGREED] }) { totalCount nodes { stance requestedState { code } } } }"#,
    r#"{ relationships(filter: { requestedState: { codes: ["RW", "PE"] } }) { nodes { stance statements(first: 50) { totalCount nodes { summary standing } } } } }"#,
    "{ relationships(first: 3, orderBy: { field: CHANGED, direction: DESC }) { nodes { stance } } }",
    "{ relationships(filter: { disputed: true }) { totalCount } }",
    "{ statements(last: 3) { totalCount nodes { summary standing evidence { relation source { title } } contradictedBy { summary } } } }",
    r#"{ statements(filter: { countries: ["RW"] }, last: 2) { totalCount nodes { summary standing } } }"#,
    "{ stanceChanges(last: 2) { totalCount nodes { from to } } }",
    r#"{ initiative(slug: "us-third-country-removals") { tally { total byStance { stance count } } countClaims { summary } relationships(first: 1) { totalCount } } }"#,
    "{ initiatives { title } sources(last: 2) { totalCount nodes { title } } }",
    r#"{ search(text: "rwanda", first: 5) { node { __typename } } }"#,
    "{ ledger { head { seq hash } entries(last: 2) { nodes { seq kind } } } }",
];

/// Asserts equal responses of a server with a response cache and one without, on the same database.
async fn assert_equal_responses(caching: &TestApp, uncached: &TestApp, after: &str) {
    for query in QUERIES {
        // Twice: the second response comes from the cache.
        for _ in 0..2 {
            let cached = caching.query(query).await;
            let fresh = uncached.query(query).await;
            assert_eq!(cached, fresh, "after {after}: {query}");
        }
    }
}

#[tokio::test]
async fn the_same_bytes_by_another_method_are_another_request() {
    let app = TestApp::start().await;
    // Valid as a query string; as a body it is no JSON.
    let bytes = "query=%7B__typename%7D";
    let get = || app.http().get(app.url(&format!("/graphql?{bytes}")));
    let post = || {
        let request = app.http().post(app.url("/graphql")).body(bytes);
        request.header("content-type", "application/json")
    };
    for _ in 0..2 {
        assert_eq!(get().send().await.unwrap().status(), 200);
        assert_eq!(post().send().await.unwrap().status(), 400);
    }
}

#[tokio::test]
async fn responses_of_two_media_types_have_different_tags() {
    let app = TestApp::start().await;
    let get = |accept: &str| {
        let url = app.url("/graphql?query=%7B__typename%7D");
        app.http().get(url).header("accept", accept)
    };
    let tag = async |accept: &str| {
        let response = get(accept).send().await.unwrap();
        response.headers()["etag"].to_str().unwrap().to_owned()
    };
    let (json, newer) = ("application/json", "application/graphql-response+json");
    let (json_tag, newer_tag) = (tag(json).await, tag(newer).await);
    assert_ne!(json_tag, newer_tag);
    // A proxy that compresses adds the coding.
    let compressed = format!("{}-gzip\"", json_tag.trim_end_matches('"'));
    for (accept, tag, status) in [
        (json, json_tag.as_str(), 304),
        (json, &compressed, 304),
        (json, &newer_tag, 200),
        (newer, &json_tag, 200),
    ] {
        let response = get(accept).header("if-none-match", tag).send().await;
        assert_eq!(response.unwrap().status(), status, "{accept} {tag}");
    }
}

#[tokio::test]
async fn every_response_reflects_a_write_immediately() {
    let app = TestApp::start().await;
    let other = app.start_another(uncached_limits()).await;
    // The other server sees a write only after its feed has read it.
    let mut events = other
        .subscribe("subscription { ledgerAppended { seq } }", json!({}))
        .await;
    assert_equal_responses(&app, &other, "the start").await;
    let source_id = app.register_source().await;
    events.next().await;
    assert_equal_responses(&app, &other, "a source").await;
    let recorded = record_bundled_stance(&app, &source_id, "RW", "SUSPENDED", "2026-11-01").await;
    events.next().await;
    assert_equal_responses(&app, &other, "a statement").await;
    let mut rival =
        in_bundled_initiative(stance_input(&source_id, "RW", "IMPLEMENTING", "2026-11-02"));
    rival["contradicts"] = json!([id(&recorded)]);
    app.mutate("recordStatement", &rival).await;
    events.next().await;
    assert_equal_responses(&app, &other, "a contradiction").await;
    app.mutate("addEvidence", &evidence(&recorded, &source_id))
        .await;
    events.next().await;
    assert_equal_responses(&app, &other, "evidence").await;
    let corrected = correction(&recorded["statement"], &source_id, "REFUSED", "2026-11-03");
    let corrected = app.mutate("correctStatement", &corrected).await;
    events.next().await;
    assert_equal_responses(&app, &other, "a correction").await;
    let retraction = json!({ "statement": id(&corrected), "reason": "Never said." });
    app.mutate("retractStatement", &retraction).await;
    events.next().await;
    assert_equal_responses(&app, &other, "a retraction").await;
    let recorded = record_bundled_stance(&app, &source_id, "AD", "NAMED", "2026-11-04").await;
    assert!(recorded["statement"].is_object());
    events.next().await;
    assert_equal_responses(&app, &other, "the first statement about a country").await;
    other.stop().await;
    // A new server has no state of its own: it reads everything from the database.
    let fresh = app.start_another(uncached_limits()).await;
    assert_equal_responses(&app, &fresh, "a start of another server").await;
    fresh.stop().await;
}

/// Fields merged under one response name switch the whole operation to the executor of the library.
#[tokio::test]
async fn direct_serialisation_equals_the_output_of_the_library() {
    let app = TestApp::start().await;
    for query in QUERIES {
        let direct = app.query(query).await;
        let inner = query.strip_suffix('}').unwrap();
        let merging = format!("{inner} x: regions {{ code }} x: regions {{ name }} }}");
        let mut of_library = app.query(&merging).await;
        let extra = of_library.as_object_mut().unwrap().remove("x").unwrap();
        assert!(extra[0]["code"].is_string() && extra[0]["name"].is_string());
        assert_eq!(direct, of_library, "{query}");
        assert_eq!(direct.to_string(), of_library.to_string(), "{query}");
    }
}

/// Records a stance in the bundled initiative.
async fn record_bundled_stance(
    app: &TestApp,
    source_id: &str,
    country: &str,
    stance: &str,
    from: &str,
) -> Value {
    let input = in_bundled_initiative(stance_input(source_id, country, stance, from));
    app.mutate("recordStatement", &input).await
}

fn in_bundled_initiative(mut input: Value) -> Value {
    input["subject"]["relationship"]["initiative"] = "us-third-country-removals".into();
    input
}

#[tokio::test]
async fn only_invalidated_responses_cost_sql() {
    let app = TestApp::start().await;
    let source_id = app.register_source().await;
    let query_of = |code: &str| {
        format!(
            r#"{{ country(code: "{code}") {{ relationships {{ nodes {{ position {{ basis {{ summary }} }} }} }} }} }}"#
        )
    };
    for code in ["RW", "PE"] {
        assert!(app.sql_statements_of(&query_of(code)).await > 0);
        assert_eq!(app.sql_statements_of(&query_of(code)).await, 0);
    }
    record_bundled_stance(&app, &source_id, "RW", "SUSPENDED", "2026-11-01").await;
    assert!(app.sql_statements_of(&query_of("RW")).await > 0);
    assert_eq!(app.sql_statements_of(&query_of("PE")).await, 0);
}

#[tokio::test]
async fn writes_of_another_process_are_visible_after_their_event() {
    let app = TestApp::start().await;
    let other = app.start_another(limits()).await;
    let source_id = other.register_source().await;
    let query = QUERIES[2];
    let before = app.query(query).await;
    let mut socket = app
        .subscribe("subscription { stanceChanged { to } }", json!({}))
        .await;
    record_bundled_stance(&other, &source_id, "RW", "SUSPENDED", "2026-11-01").await;
    let event = socket.next().await;
    assert_eq!(event["payload"]["data"]["stanceChanged"]["to"], "SUSPENDED");
    assert_ne!(app.query(query).await, before);
    other.stop().await;
}

#[tokio::test]
async fn concurrent_identical_queries_share_one_execution() {
    let app = TestApp::start().await;
    let query = QUERIES[0];
    let before = app.server.sql_statements();
    let queries = (0..20).map(|_| app.query(query));
    let responses = futures_util::future::join_all(queries).await;
    assert!(responses.iter().all(|response| *response == responses[0]));
    let statements = app.server.sql_statements() - before;
    let alone = app.start_another(uncached_limits()).await;
    assert_eq!(statements, alone.sql_statements_of(query).await);
    alone.stop().await;
}

#[tokio::test]
async fn a_matching_etag_returns_304() {
    let app = TestApp::start().await;
    let url = app.url("/graphql?query=%7Binitiatives%7Btitle%7D%7D");
    let first = app.http().get(&url).send().await.unwrap();
    assert_eq!(first.headers()["cache-control"], "no-cache");
    let tag = first.headers()["etag"].clone();
    let second = app.http().get(&url).header("if-none-match", &tag);
    let second = second.send().await.unwrap();
    assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(second.headers()["etag"], tag);
    let other = app.http().get(&url).header("if-none-match", "\"x\"");
    assert_eq!(other.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn responses_that_depend_on_the_requester_are_not_cached() {
    let app = TestApp::start().await;
    let other = app.start_another(limits()).await;
    let query = "{ viewer { name } }";
    for (token, name) in [(&app.token, "test-0"), (&other.token, "test-1")] {
        let response = app.execute_with_token(token, query, json!({})).await;
        assert_eq!(response["data"]["viewer"]["name"], name);
    }
    assert_eq!(app.query(query).await["viewer"]["name"], Value::Null);
    other.stop().await;
}

#[tokio::test]
async fn a_response_with_an_error_is_not_cached() {
    let app = TestApp::start().await;
    let query = r#"{ initiative(slug: "new") { title } relationships(filter: { initiative: "new" }) { totalCount } }"#;
    let failed = app.execute(query, json!({})).await;
    assert_eq!(failed["errors"][0]["extensions"]["code"], "NOT_FOUND");
    app.mutate("openInitiative", &crate::fixtures::initiative("new"))
        .await;
    assert_eq!(app.query(query).await["relationships"]["totalCount"], 0);
}

/// Misses of the document cache and of the response cache, and SQL statements.
async fn costs(app: &TestApp) -> [u64; 3] {
    let metrics = app.metrics().await;
    let misses = |cache| {
        let name = format!("demarche_cache_misses_total{{cache=\"{cache}\"}}");
        value(&metrics, &name)
    };
    let statements = app.server.sql_statements();
    [misses("documents"), misses("responses"), statements]
}

const PAGE: &str = "query Page($code: ID!) {
  country(code: $code) {
    ...Facts
    region {
      name
    }
  }
}

fragment Facts on Country {
  code
  name(lang: \"fr\")
}
";

#[tokio::test]
async fn one_query_in_six_spellings_costs_one_parse_and_one_execution() {
    let app = TestApp::start().await;
    let spellings = [
        PAGE.to_owned(),
        PAGE.replace("}\n\nfragment", "}\nfragment"), // urql
        PAGE.split_whitespace().collect::<Vec<_>>().join(" "), // the executor of graphql-tools
        PAGE.replace("\n  ", "\r\n\t").replace("region", "region,"),
        format!(
            "# a page\n\"of a country\" {}",
            PAGE.replace("($code", "(\"its code\" $code")
        ),
        PAGE.replace("fragment", "\"\"\"\nThe facts.\n\"\"\" fragment"),
    ];
    let send = async |query: &str, name: Option<&str>| {
        let variables = json!({ "code": "RW", "unused": query.len() });
        let body = json!({ "query": query, "variables": variables, "operationName": name });
        let response = app
            .http()
            .post(app.url("/graphql"))
            .json(&body)
            .send()
            .await;
        let response = response.unwrap();
        let tag = response.headers()["etag"].to_str().unwrap().to_owned();
        (tag, response.json::<Value>().await.unwrap())
    };
    let first = send(&spellings[0], None).await;
    assert_eq!(first.1["data"]["country"]["code"], "RW");
    let before = costs(&app).await;
    for query in &spellings {
        for name in [None, Some("Page"), None] {
            assert_eq!(send(query, name).await, first, "{query}");
        }
    }
    assert_eq!(costs(&app).await, before);
    // Apollo asks for more, so that is another document.
    let apollo = PAGE.replace("name\n", "name\n __typename");
    assert_ne!(send(&apollo, None).await, first);
    let [documents, responses, _] = costs(&app).await;
    assert_eq!([documents, responses], [before[0] + 1, before[1] + 1]);
}

#[tokio::test]
async fn other_variables_and_other_operations_get_their_own_response() {
    let app = TestApp::start().await;
    let query = "query A($c: ID!) { country(code: $c) { code } } query B($c: ID!) { country(code: $c) { name } }";
    let send = async |name: &str, code: &str, query: &str| {
        let variables = json!({ "c": code });
        let body = json!({ "query": query, "variables": variables, "operationName": name });
        let response = app
            .http()
            .post(app.url("/graphql"))
            .json(&body)
            .send()
            .await;
        response.unwrap().json::<Value>().await.unwrap()["data"]["country"].take()
    };
    for query in [query, &query.replace(' ', "\n")] {
        assert_eq!(send("A", "RW", query).await, json!({ "code": "RW" }));
        assert_eq!(send("A", "PE", query).await, json!({ "code": "PE" }));
        assert_eq!(send("B", "RW", query).await, json!({ "name": "Rwanda" }));
    }
}

#[tokio::test]
async fn no_text_that_is_not_valid_is_answered_as_a_valid_one_with_the_same_words() {
    let app = TestApp::start().await;
    let valid = "query A($c: ID = \"RW\") { country(code: $c) { code } }";
    assert!(app.query(valid).await["country"].is_object());
    for other in [
        "\"d\" \"e\" query A($c: ID = \"RW\") { country(code: $c) { code } }",
        "query \"d\" A($c: ID = \"RW\") { country(code: $c) { code } }",
        "query A(\"d\" \"e\" $c: ID = \"RW\") { country(code: $c) { code } }",
        "query A($c: ID = \"RW\") { country(\"d\" code: $c) { code } }",
        "query A($c: ID = \"RW\") { country(code: $c) { code } } \"d\"",
        "query A($c: ID = \"RW\" \"d\") { country(code: $c) { code } }",
    ] {
        let response = app.execute(other, json!({})).await;
        let code = &response["errors"][0]["extensions"]["code"];
        assert_eq!(code, "GRAPHQL_PARSE_FAILED", "{other}");
    }
}

#[tokio::test]
async fn one_answer_has_one_etag_on_every_server() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let other = app.start_another(uncached_limits()).await;
    let deep = r#"{ country(code: "RW") { relationships(first: 1) { nodes { statements(last: 1) { totalCount nodes { number } pageInfo { hasPreviousPage } } } } } }"#;
    for query in [
        "{ statements(first: 1) { nodes { evidence { relation } contradicts { id } } } }",
        "{ stanceChanges(first: 2) { nodes { statement { evidence { relation } number contradicts { id } } to } } }",
        "{ a: stanceChanges(last: 1) { nodes { to } } regions { name } initiatives { tally { total } slug } ledger { head { seq } } }",
        deep,
    ] {
        let mut answers = Vec::new();
        for server in [&app, &other] {
            let url = server.url("/graphql");
            let url = url::Url::parse_with_params(&url, [("query", query)]).unwrap();
            for _ in 0..12 {
                let response = app.http().get(url.clone()).send().await.unwrap();
                let tag = response.headers()["etag"].to_str().unwrap().to_owned();
                answers.push((tag, response.text().await.unwrap()));
            }
        }
        let first = &answers[0];
        assert!(first.1.starts_with("{\"data\":"), "{}", first.1);
        assert!(answers.iter().all(|answer| answer == first), "{answers:#?}");
    }
    let text = app.execute(deep, json!({})).await;
    assert!(text["data"].is_object(), "{text:#}");
    other.stop().await;
}
