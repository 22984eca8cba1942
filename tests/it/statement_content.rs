//! What statements say beyond a stance and its date: scope, denials of funding, persons sent on, and dates of cited passages.

use serde_json::{Value, json};

use crate::app::{TestApp, data, only_error};
use crate::fixtures::{SLUG, document, id, source, stance_input};

/// A statement with another body.
fn with_body(source: &str, country: &str, body: Value) -> Value {
    let mut input = stance_input(source, country, "NAMED", "2025-06-03");
    input["body"] = body;
    input
}

fn limited(source: &str, country: &str, stance: &str, from: &str, scope: &str) -> Value {
    let mut input = stance_input(source, country, stance, from);
    input["body"]["stance"]["scope"] = scope.into();
    input
}

async fn text(app: &TestApp, path: &str) -> String {
    let response = app.get(path).await;
    assert!(response.status().is_success(), "{path}");
    response.text().await.unwrap()
}

/// The values of a column of a CSV file.
async fn column(app: &TestApp, path: &str, name: &str) -> Vec<String> {
    let text = text(app, path).await;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let index = reader.headers().unwrap().iter().position(|one| one == name);
    let index = index.unwrap_or_else(|| panic!("{path} has no column {name}"));
    let rows = reader.records().map(|row| row.unwrap()[index].to_owned());
    rows.collect()
}

#[tokio::test]
async fn a_denial_of_funding_disputes_what_is_said_to_be_paid() {
    let (app, source) = TestApp::start_with_initiative().await;
    let paid = json!({ "funding": { "purpose": "Reception" } });
    let paid = app
        .mutate("recordStatement", &with_body(&source, "RW", paid))
        .await;
    let denial = json!({ "denial": { "of": "FUNDING", "detail": "Nothing was paid." } });
    let mut denial = with_body(&source, "RW", denial);
    denial["contradicts"] = json!([id(&paid)]);
    app.mutate("recordStatement", &denial).await;
    let query = "{ relationships { nodes { disputed } }
        statement(number: 4) { kind ... on DenialStatement { of contradicts { kind } } } }";
    let expected = json!({
        "relationships": { "nodes": [{ "disputed": true }] },
        "statement": { "kind": "DENIAL", "of": "FUNDING", "contradicts": [{ "kind": "FUNDING" }] },
    });
    assert_eq!(app.query(query).await, expected);
    let denials = column(&app, "/export/statements.csv", "denial_of").await;
    assert_eq!(denials, ["", "FUNDING"]);
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn persons_who_were_sent_on_are_a_kind_of_statement() {
    let (app, source) = TestApp::start_with_initiative().await;
    let returned = json!({ "return": {
        "personsMin": 1, "personsMax": 2, "destination": "co", "note": "By a <charter> flight"
    } });
    let input = with_body(&source, "GQ", returned.clone());
    app.mutate("recordStatement", &input).await;
    let query = "{ statements(filter: { kinds: [RETURN] }) { totalCount nodes { __typename
        ... on ReturnStatement { personsMin personsMax details destination { code } } } } }";
    let expected = json!({ "totalCount": 1, "nodes": [{
        "__typename": "ReturnStatement", "personsMin": 1, "personsMax": 2,
        "details": "By a <charter> flight", "destination": { "code": "CO" },
    }] });
    assert_eq!(app.query(query).await["statements"], expected);
    let page = text(&app, "/statements/3").await;
    assert!(page.contains("<dt>Sent to</dt><dd><a href=\"/countries/CO\">Colombia</a></dd>"));
    assert!(page.contains("<bdi>By a &lt;charter&gt; flight</bdi>"));
    for (name, value) in [
        ("kind", "RETURN"),
        ("persons_min", "1"),
        ("persons_max", "2"),
        ("destination", "CO"),
    ] {
        let values = column(&app, "/export/statements.csv", name).await;
        assert_eq!(values, [value], "{name}");
    }
    for (field, wrong, code) in [
        ("destination", json!("QQ"), "NOT_FOUND"),
        ("personsMin", json!(3), "BAD_USER_INPUT"),
        ("personsMax", json!(-1), "BAD_USER_INPUT"),
        ("note", json!(" "), "BAD_USER_INPUT"),
    ] {
        let mut body = returned.clone();
        body["return"][field] = wrong;
        let input = with_body(&source, "GQ", body);
        let response = app.try_mutate("recordStatement", &input).await;
        assert_eq!(only_error(&response).0, code, "{field}");
        let found = &response["errors"][0]["extensions"]["field"];
        assert_eq!(found, &json!(format!("input.body.return.{field}")));
    }
    let mut of_country = with_body(&source, "GQ", returned);
    of_country["subject"] = json!({ "country": "GQ" });
    let response = app.try_mutate("recordStatement", &of_country).await;
    assert_eq!(
        response["errors"][0]["extensions"]["field"],
        "input.subject"
    );
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn a_stance_for_one_flight_is_the_position_and_shows_its_scope() {
    let (app, source) = TestApp::start_with_initiative().await;
    let agreed = limited(&source, "SS", "AGREED", "2025-04-08", "One <flight>");
    app.mutate("recordStatement", &agreed).await;
    let scope = "position { stance scope basis { scope } }";
    let query = format!(
        r#"{{ relationships {{ nodes {{ {scope}
            before: position(at: {{ validOn: "2025-04-07" }}) {{ stance scope }} }} }} }}"#
    );
    let position = json!({
        "stance": "AGREED", "scope": "One <flight>", "basis": { "scope": "One <flight>" }
    });
    let before = json!({ "stance": "UNKNOWN", "scope": null });
    let nodes = json!([{ "position": position, "before": before }]);
    assert_eq!(app.query(&query).await["relationships"]["nodes"], nodes);
    for page in ["/statements/3", "/countries/SS"] {
        let page = text(&app, page).await;
        assert!(page.contains("(limited to: <bdi>One &lt;flight&gt;</bdi>)"));
    }
    for file in ["/export/relationships.csv", "/export/statements.csv"] {
        assert_eq!(column(&app, file, "scope").await, ["One <flight>"]);
    }
    // A later stance without limits is the position then; the answer of before stays.
    app.record_stance(&source, "SS", "IMPLEMENTING", "2025-07-05")
        .await;
    let query = format!("{{ relationships {{ nodes {{ {scope} }} }} }}");
    let now = json!({ "stance": "IMPLEMENTING", "scope": null, "basis": { "scope": null } });
    let nodes = &app.query(&query).await["relationships"]["nodes"];
    assert_eq!(nodes, &json!([{ "position": now }]));
    let files = column(&app, "/export/relationships.csv?seq=3", "scope").await;
    assert_eq!(files, ["One <flight>"]);
    let long = limited(&source, "SS", "AGREED", "2025-04-08", &"é".repeat(601));
    let response = app.try_mutate("recordStatement", &long).await;
    let field = &response["errors"][0]["extensions"]["field"];
    assert_eq!(field, "input.body.stance.scope");
}

/// A report of June that retells one of January; returns the ID of the former.
async fn register_copy(app: &TestApp) -> String {
    let mut original = source();
    original["publishedOn"] = "2025-01-31".into();
    let original = app.mutate("registerSource", &original).await;
    let mut copy = source();
    copy["derivedFrom"] = original["source"]["id"].clone();
    let copy = app.mutate("registerSource", &copy).await;
    copy["source"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_passage_that_the_original_lacks_became_public_on_its_own_day() {
    let (app, _) = TestApp::start_with_initiative().await;
    let copy = register_copy(&app).await;
    let retold = app.record_stance(&copy, "RW", "NAMED", "2025-01").await;
    assert_eq!(retold["statement"]["publishedOn"], "2025-01-31");
    let mut own = stance_input(&copy, "RW", "AGREED", "2025-01");
    own["evidence"][0]["publishedOn"] = "2025-06".into();
    let own = app.mutate("recordStatement", &own).await;
    assert_eq!(own["statement"]["publishedOn"], "2025-06-30");
    let query = |by: &str| {
        format!(
            r#"{{ relationships {{ nodes {{ position(at: {{ publishedBy: "{by}" }}) {{ stance }} }} }} }}"#
        )
    };
    for (by, stance) in [("2025-06-29", "NAMED"), ("2025-06-30", "AGREED")] {
        let nodes = app.query(&query(by)).await["relationships"]["nodes"].take();
        assert_eq!(nodes[0]["position"]["stance"], stance, "{by}");
    }
    let query =
        "{ statement(number: 6) { citation evidence { publishedOn source { publishedOn } } } }";
    let statement = app.query(query).await["statement"].take();
    let evidence = json!([{ "publishedOn": "2025-06", "source": { "publishedOn": "2025-06-25" } }]);
    assert_eq!(statement["evidence"], evidence);
    let citation = statement["citation"].as_str().unwrap();
    assert!(citation.contains("2025-06") && !citation.contains("2025-06-25"));
    for (wrong, message) in [("2027-01-01", "in the future"), ("2025-13", "2025-13")] {
        let mut addition = json!({ "statement": id(&own), "evidence": [
            { "source": copy, "relation": "SUPPORTS", "publishedOn": wrong }
        ] });
        let response = app.try_mutate("addEvidence", &addition).await;
        let error = &response["errors"][0];
        let field = "input.evidence[0].publishedOn";
        assert_eq!(error["extensions"]["field"], field);
        assert!(error["message"].as_str().unwrap().contains(message));
        addition["evidence"][0]["publishedOn"] = "2025-06-02".into();
        let added = app.mutate("addEvidence", &addition).await;
        assert_eq!(added["statement"]["publishedOn"], "2025-06-02");
    }
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn an_import_document_has_all_of_this_in_format_2() {
    let mut document = document(SLUG, &["RW"]);
    document["format"] = json!(2);
    let mut passage = document["statements"][0].clone();
    let mut returned = passage.clone();
    passage["key"] = "rw-agreed".into();
    passage["body"] = json!({ "stance": { "stance": "AGREED", "scope": "One person" } });
    passage["evidence"][0]["publishedOn"] = "2025-05".into();
    returned["key"] = "rw-returned".into();
    returned["body"] = json!({ "return": {
        "personsMin": 1, "personsMax": 1, "destination": null, "note": "Sent on."
    } });
    returned["evidence"][0]["publishedOn"] = "2025-05".into();
    let list = document["statements"].as_array_mut().unwrap();
    list.extend([passage, returned]);
    let app = TestApp::start_empty().await;
    app.import(&document).await;
    let head = app.head().await;
    app.import(&document).await;
    let app = app.restart().await;
    assert_eq!(app.head().await, head);
    let query = "{ relationships { nodes { position { stance scope } } }
        statements { nodes { kind publishedOn ... on ReturnStatement { destination { code } } } } }";
    let answer = data(app.execute(query, json!({})).await);
    let position = json!({ "stance": "AGREED", "scope": "One person" });
    assert_eq!(answer["relationships"]["nodes"][0]["position"], position);
    let nodes = json!([
        { "kind": "STANCE", "publishedOn": "2025-04-25" },
        { "kind": "STANCE", "publishedOn": "2025-05-31" },
        { "kind": "RETURN", "publishedOn": "2025-05-31", "destination": null },
    ]);
    assert_eq!(answer["statements"]["nodes"], nodes);
    assert_eq!(app.discrepancies().await, []);
}
