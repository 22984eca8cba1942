//! Input errors: a refused date or number has a plain sentence with its reason, and names its field.

use serde_json::{Value, json};

use crate::app::{TestApp, only_error, run_demarche};
use crate::fixtures::{SLUG, request, source, stance_input};

/// Field and message of the only error.
fn field_and_message(response: &Value) -> (String, String) {
    let (code, field) = only_error(response);
    assert_eq!(code, "BAD_USER_INPUT", "{response}");
    let message = response["errors"][0]["message"].as_str().unwrap();
    (field, message.to_owned())
}

#[tokio::test]
async fn a_refused_date_is_refused_for_its_true_reason() {
    let app = TestApp::start_empty().await;
    for (date, reason) in [
        ("1899", "`1899` is before 1900"),
        ("202X", "`202X` has unspecified digits"),
        ("2025-21", "`2025-21` is a season"),
        ("2025-03/", "`2025-03/` has an unknown end"),
        ("2025-07/2025-07-01", "use `2025-07-01`"),
    ] {
        let mut input = source();
        input["publishedOn"] = date.into();
        let response = app.try_mutate("registerSource", &input).await;
        let (field, message) = field_and_message(&response);
        assert_eq!(field, "input.publishedOn");
        assert!(message.contains(reason), "{message}");
    }
}

/// Input of `recordStatement` with this body.
fn statement(subject: Value, body: Value) -> Value {
    let mut input = stance_input("x", "RW", "AGREED", "2025-01");
    input["subject"] = subject;
    input["body"] = body;
    input
}

#[tokio::test]
async fn a_refused_number_names_its_field_in_variables_and_in_literals() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let relationship = json!({ "relationship": { "initiative": SLUG, "requestedState": "RW" } });
    let agreement = |persons: Value| {
        json!({ "agreement": { "instrument": "MEMORANDUM", "binding": "YES", "text": "UNKNOWN",
            "cap": { "persons": persons, "per": "YEAR" } } })
    };
    let count = |low: Value| json!({ "count": { "metric": "FUNDS_COMMITTED", "comparator": "EXACT", "low": low, "includesPlanned": false } });
    let transfer = json!({ "transfer": { "personsMin": -1, "personsMax": 2, "note": "x" } });
    let (low, persons) = ("input.body.count.low", "input.body.agreement.cap.persons");
    for (subject, body, field, reason) in [
        (
            &relationship,
            agreement(json!(-1)),
            persons,
            "-1 is negative",
        ),
        (
            &relationship,
            agreement(json!(1.5)),
            persons,
            "is 1.5, which is not a whole number",
        ),
        (
            &relationship,
            agreement(json!("7")),
            persons,
            "is \"7\", which is not a whole number",
        ),
        (
            &relationship,
            transfer,
            "input.body.transfer.personsMin",
            "-1 is negative",
        ),
        (
            &json!({ "initiative": SLUG }),
            count(json!(-1)),
            low,
            "-1 is negative",
        ),
        (
            &json!({ "initiative": SLUG }),
            count(json!(3_000_000_000_u64)),
            low,
            "is 3000000000, which",
        ),
    ] {
        let mut input = statement(subject.clone(), body);
        input["evidence"][0]["source"] = source_id.as_str().into();
        let (text, variables) = request("recordStatement", &input);
        let response = app.execute_as_editor(&text, variables).await;
        let (actual, message) = field_and_message(&response);
        assert_eq!(actual, field, "{response}");
        assert!(message.contains(reason), "{message}");
    }
    let response = app.execute(
        "{ countries { code } statements(first: 3000000000) { totalCount } }",
        json!({}),
    );
    let (field, message) = field_and_message(&response.await);
    assert_eq!(field, "first");
    assert!(message.contains("3000000000"), "{message}");
}

#[tokio::test]
async fn a_count_may_be_larger_than_an_int() {
    let (app, _) = TestApp::start_with_initiative().await;
    let subject = json!({ "initiative": SLUG });
    let count = |bounds: Value| {
        let mut count = json!({ "metric": "FUNDS_COMMITTED", "comparator": "BETWEEN", "includesPlanned": false });
        count
            .as_object_mut()
            .unwrap()
            .extend(bounds.as_object().unwrap().clone());
        json!({ "count": count })
    };
    let source_id = app.register_source().await;
    let record = async |bounds: Value| {
        let mut input = statement(subject.clone(), count(bounds.clone()));
        input["evidence"][0]["source"] = source_id.as_str().into();
        input["idempotencyKey"] = json!(bounds.to_string());
        let query = "mutation($input: RecordStatementInput!) { recordStatement(input: $input) {
            statement { id ... on CountStatement { low lowDecimal high highDecimal } } } }";
        app.execute_as_editor(query, json!({ "input": input }))
            .await
    };
    let recorded =
        record(json!({ "lowDecimal": "3000000000", "highDecimal": "9007199254740991" })).await;
    let mut large = recorded["data"]["recordStatement"]["statement"].clone();
    let id = large["id"].take();
    let expected = json!({ "id": null, "low": null, "lowDecimal": "3000000000", "high": null, "highDecimal": "9007199254740991" });
    assert_eq!(large, expected, "{recorded}");
    let small = record(json!({ "low": 5, "highDecimal": "6" })).await;
    let small = &small["data"]["recordStatement"]["statement"];
    let fields = ["low", "lowDecimal", "high", "highDecimal"].map(|field| small[field].clone());
    assert_eq!(json!(fields), json!([5, "5", 6, "6"]));
    for (bounds, field, reason) in [
        (
            json!({ "high": 2 }),
            "low",
            "set `low` or, above 2147483647, `lowDecimal`",
        ),
        (
            json!({ "low": 1, "lowDecimal": "1", "high": 2 }),
            "lowDecimal",
            "set only one",
        ),
        (
            json!({ "low": 1, "highDecimal": "1.5" }),
            "highDecimal",
            "`1.5` is not a whole number",
        ),
        (
            json!({ "lowDecimal": "-1", "high": 2 }),
            "lowDecimal",
            "`-1` is not a whole number",
        ),
        (
            json!({ "lowDecimal": "", "high": 2 }),
            "lowDecimal",
            "is not a whole number",
        ),
        (
            json!({ "low": 1, "highDecimal": "9007199254740992" }),
            "highDecimal",
            "the limit is 9007199254740991",
        ),
        (
            json!({ "low": 1, "highDecimal": "99999999999999999999" }),
            "highDecimal",
            "the limit is 9007199254740991",
        ),
        (
            json!({ "lowDecimal": "3000000001", "highDecimal": "3000000000" }),
            "high",
            "is less than low",
        ),
        (
            json!({ "lowDecimal": "3000000001" }),
            "high",
            "is required for BETWEEN",
        ),
    ] {
        let response = record(bounds.clone()).await;
        let (actual, message) = field_and_message(&response);
        assert!(
            actual.ends_with(&format!("body.count.{field}")),
            "{bounds}: {response}"
        );
        assert!(message.contains(reason), "{bounds}: {message}");
    }
    // It stands in the ledger as a number, and is the same after a restart.
    let app = app.restart().await;
    let query = format!("{{ node(id: {id}) {{ ... on CountStatement {{ lowDecimal high }} }} }}");
    let expected = json!({ "node": { "lowDecimal": "3000000000", "high": null } });
    assert_eq!(app.query(&query).await, expected);
    run_demarche(app.test_db(), &["verify"]).await;
}

#[tokio::test]
async fn a_long_list_of_wrong_ids_hides_no_error_of_another_field() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let mut input = stance_input(&source_id, "RW", "AGREED", "2025-01");
    input["contradicts"] = (0..200).map(|number| format!("x{number}")).collect();
    input["evidence"] = (0..200)
        .map(|number| json!({ "source": format!("x{number}"), "relation": "SUPPORTS" }))
        .collect();
    input["summary"] = "".into();
    input["note"] = "x".repeat(100_000).into();
    let response = app.try_mutate("recordStatement", &input).await;
    let errors = &response["errors"][0]["extensions"]["errors"];
    let errors = errors.as_array().unwrap();
    let fields: Vec<&str> = errors
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    for field in [
        "input.contradicts[0]",
        "input.contradicts",
        "input.evidence[0].source",
        "input.evidence",
        "input.summary",
        "input.note",
    ] {
        assert!(fields.contains(&field), "{field}: {fields:?}");
    }
    assert!(fields.len() < 40, "{fields:?}");
}
