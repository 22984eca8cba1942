//! Answers over time: steps of an initiative, and the changes between two moments.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::record_bundled_stance;

const INITIATIVE: &str = "us-third-country-removals";
/// What a position must agree in.
const POSITION: &str = "stance since certain disputed";

/// The positions at a moment by country code, of relationships with a valid statement.
async fn positions_at(app: &TestApp, at: &str) -> BTreeMap<String, Value> {
    let query = format!(
        r#"{{ initiative(slug: "{INITIATIVE}") {{ relationships(first: 100, at: {at}) {{ edges {{ position {{ {POSITION} }}
            node {{ requestedState {{ code }} }} }} }} }} }}"#
    );
    let mut data = app.query(&query).await;
    let edges = data["initiative"]["relationships"]["edges"].take();
    let edges = edges.as_array().unwrap().iter();
    edges
        .map(|edge| (code_of(&edge["node"]), edge["position"].clone()))
        .collect()
}

fn code_of(relationship: &Value) -> String {
    let code = &relationship["requestedState"]["code"];
    code.as_str().unwrap().to_owned()
}

async fn steps(app: &TestApp, arguments: &str) -> Vec<Value> {
    let query = format!(
        r#"{{ initiative(slug: "{INITIATIVE}") {{ steps({arguments}) {{ on uncertain tally {{ total disputed byStance {{ stance count }} }}
            moves {{ relationship {{ requestedState {{ code }} }} from to disputed unusual basis {{ id }} }} }} }} }}"#
    );
    let mut data = app.query(&query).await;
    let steps = data["initiative"]["steps"].as_array_mut().unwrap();
    std::mem::take(steps)
}

/// The app with a correction, a retraction and a dispute after the import, each on a day of its own.
async fn start_with_history() -> TestApp {
    let app = TestApp::start().await;
    app.set_clock("2026-11-25T10:00:00Z");
    let source = app.register_source().await;
    record_bundled_stance(&app, &source, "RW", "SUSPENDED", "2026-11-01").await;
    app.set_clock("2026-11-26T10:00:00Z");
    let query = r#"{ country(code: "GH") { relationships(direction: INCOMING) { nodes { position { basis { id } } } } } }"#;
    let data = app.query(query).await;
    let basis = &data["country"]["relationships"]["nodes"][0]["position"]["basis"]["id"];
    let input = json!({ "idempotencyKey": "r", "statement": basis, "reason": "A test." });
    let mutation = "mutation($input: RetractStatementInput!) { retractStatement(input: $input) { statement { standing } } }";
    let response = app
        .execute_as_editor(mutation, json!({ "input": input }))
        .await;
    assert_eq!(response["errors"], Value::Null, "{response:#}");
    app
}

#[tokio::test]
async fn after_each_step_positions_and_tally_are_those_of_its_day() {
    let app = start_with_history().await;
    for (clock, axis) in [
        ("VALID", "validOn"),
        ("PUBLISHED", "publishedBy"),
        ("RECORDED", "recordedBy"),
    ] {
        let steps = steps(&app, &format!("clock: {clock}")).await;
        assert!(steps.len() > 1, "{clock}");
        let mut stances: BTreeMap<String, (String, bool)> = BTreeMap::new();
        let count = steps.len();
        for (index, step) in steps.into_iter().enumerate() {
            let on = step["on"].as_str().unwrap();
            for movement in step["moves"].as_array().unwrap() {
                let (to, disputed) = (&movement["to"], &movement["disputed"]);
                let state = (to.as_str().unwrap().to_owned(), disputed.as_bool().unwrap());
                stances.insert(code_of(&movement["relationship"]), state);
            }
            // Every position is compared on some days, the last among them; the tally on each.
            let instant = if axis == "recordedBy" {
                "T23:59:59.999999Z"
            } else {
                ""
            };
            let at = format!(r#"{{ {axis}: "{on}{instant}" }}"#);
            if index % 9 == 0 || index + 1 == count {
                let positions = positions_at(&app, &at).await;
                for (code, position) in &positions {
                    let state = stances
                        .get(code)
                        .cloned()
                        .unwrap_or(("UNKNOWN".to_owned(), false));
                    let (stance, disputed) = (&position["stance"], &position["disputed"]);
                    assert_eq!(
                        (json!(state.0), json!(state.1)),
                        (stance.clone(), disputed.clone()),
                        "{clock} {on} {code}"
                    );
                }
                let is_uncertain = |position: &&Value| {
                    position["stance"] == "UNKNOWN" && position["certain"] == false
                };
                assert_eq!(
                    step["uncertain"],
                    positions.values().filter(is_uncertain).count(),
                    "{clock} {on}"
                );
            }
            let tally = format!(
                r#"{{ initiative(slug: "{INITIATIVE}") {{ tally(at: {at}) {{ total disputed byStance {{ stance count }} }} }} }}"#
            );
            assert_eq!(
                step["tally"],
                app.query(&tally).await["initiative"]["tally"],
                "{clock} {on}"
            );
        }
    }
}

#[tokio::test]
async fn the_period_of_two_days_has_the_position_of_that_moment() {
    let app = start_with_history().await;
    let periods = |arguments: &str| {
        let query = format!(
            r#"{{ initiative(slug: "{INITIATIVE}") {{ periods({arguments}) {{ relationship {{ requestedState {{ code }} }}
                stance disputed validFrom validTo publishedFrom publishedTo }} }} }}"#
        );
        let app = &app;
        async move {
            let mut data = app.query(&query).await;
            data["initiative"]["periods"]
                .take()
                .as_array()
                .unwrap()
                .clone()
        }
    };
    let both = periods("clock: BOTH").await;
    let (valid, published) = (
        periods("clock: VALID").await,
        periods("clock: PUBLISHED").await,
    );
    let days = [
        "2025-01-31",
        "2025-06-24",
        "2025-08-05",
        "2026-02-13",
        "2026-11-20",
        "2026-11-26",
    ];
    for published_by in days {
        for valid_on in days {
            let at = format!(r#"{{ validOn: "{valid_on}", publishedBy: "{published_by}" }}"#);
            let positions = positions_at(&app, &at).await;
            assert_eq!(
                at_days(&both, valid_on, published_by),
                state_of(&positions),
                "{at}"
            );
        }
        let at = positions_at(&app, &format!(r#"{{ publishedBy: "{published_by}" }}"#)).await;
        assert_eq!(
            at_days(&published, "2026-11-26", published_by),
            state_of(&at)
        );
        let at = positions_at(&app, &format!(r#"{{ validOn: "{published_by}" }}"#)).await;
        assert_eq!(at_days(&valid, published_by, "2026-11-26"), state_of(&at));
    }
    let before = periods(r#"clock: BOTH, at: { recordedBy: "2026-11-25T00:00:00Z" }"#).await;
    assert_ne!(before, both);
}

/// The stance and the dispute of each country on two days, each of which at most one period contains.
fn at_days(periods: &[Value], valid_on: &str, published_by: &str) -> BTreeMap<String, Value> {
    let contains = |period: &Value, clock: &str, day: &str| {
        let [from, to] = ["From", "To"].map(|end| period[format!("{clock}{end}")].as_str());
        from.is_none_or(|from| from <= day) && to.is_none_or(|to| day < to)
    };
    let mut found = BTreeMap::new();
    for period in periods {
        if contains(period, "valid", valid_on) && contains(period, "published", published_by) {
            let code = code_of(&period["relationship"]);
            let state = json!([period["stance"], period["disputed"]]);
            assert_eq!(found.insert(code, state), None, "{period}");
        }
    }
    found
}

fn state_of(positions: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let positions = positions.iter();
    positions
        .map(|(code, position)| {
            (
                code.clone(),
                json!([position["stance"], position["disputed"]]),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_clock_that_runs_cannot_be_restricted() {
    let app = TestApp::start().await;
    for (clock, at) in [
        ("VALID", "validOn"),
        ("PUBLISHED", "publishedBy"),
        ("BOTH", "validOn"),
        ("BOTH", "publishedBy"),
    ] {
        let query = format!(
            r#"{{ initiative(slug: "{INITIATIVE}") {{ periods(clock: {clock}, at: {{ {at}: "2026-01-01" }}) {{ stance }} }} }}"#
        );
        let response = app.execute(&query, json!({})).await;
        let error = crate::app::only_error(&response);
        assert_eq!(
            error,
            ("BAD_USER_INPUT".to_owned(), "at".to_owned()),
            "{clock}"
        );
    }
}

#[tokio::test]
async fn steps_of_one_clock_take_the_others_from_a_moment() {
    let app = TestApp::start().await;
    let public = steps(&app, r#"clock: VALID, at: { publishedBy: "2025-06-30" }"#).await;
    let all = steps(&app, "clock: VALID").await;
    assert!(!public.is_empty() && public.len() < all.len());
    let query = r#"{ initiative(slug: "us-third-country-removals") { steps(clock: PUBLISHED, at: { publishedBy: "2025-06-30" }) { on } } }"#;
    let response = app.execute(query, json!({})).await;
    let error = &response["errors"][0]["extensions"];
    assert_eq!(
        (&error["code"], &error["field"]),
        (&json!("BAD_USER_INPUT"), &json!("at")),
        "{response:#}"
    );
}

/// The changes between two moments, as arguments.
async fn changes(app: &TestApp, from: &str, to: &str) -> Value {
    let query = format!(
        r#"{{ initiative(slug: "{INITIATIVE}") {{ changes(between: {{ from: {from}, to: {to} }}) {{ relationship {{ requestedState {{ code }} }}
            from {{ {POSITION} }} to {{ {POSITION} }} cause entries {{ seq kind }} }} }} }}"#
    );
    app.execute(&query, json!({})).await
}

#[tokio::test]
async fn changes_lead_from_the_positions_of_one_moment_to_those_of_another() {
    let app = start_with_history().await;
    let ranges = [
        (
            r#"{ validOn: "2025-03-01" }"#,
            r#"{ validOn: "2025-09-01" }"#,
        ),
        (
            r#"{ publishedBy: "2025-06-30" }"#,
            r#"{ publishedBy: "2026-01-31" }"#,
        ),
        (
            r#"{ validOn: "2025-06-30", publishedBy: "2025-06-30" }"#,
            "{}",
        ),
        (r#"{ recordedBy: "2026-11-23T12:00:00.000350Z" }"#, "{}"),
        (r#"{ recordedBy: "2026-11-24T12:00:00Z" }"#, "{}"),
        ("{}", "{}"),
    ];
    let unknown = json!({ "stance": "UNKNOWN", "since": null, "certain": true, "disputed": false });
    for (from, to) in ranges {
        let response = changes(&app, from, to).await;
        let all = response["data"]["initiative"]["changes"]
            .as_array()
            .unwrap();
        let mut positions = positions_at(&app, from).await;
        for change in all {
            let code = code_of(&change["relationship"]);
            let before = positions.insert(code.clone(), change["to"].clone());
            assert_eq!(
                before.as_ref().unwrap_or(&unknown),
                &change["from"],
                "{code} {from} {to}"
            );
            let has_entries = !change["entries"].as_array().unwrap().is_empty();
            assert_eq!(has_entries, change["cause"] != "CLOCK", "{change:#}");
        }
        assert_eq!(positions, positions_at(&app, to).await, "{from} {to}");
    }
}

#[tokio::test]
async fn a_change_between_two_moments_names_its_cause_and_its_entries() {
    let app = start_with_history().await;
    let response = changes(&app, r#"{ recordedBy: "2026-11-24T12:00:00Z" }"#, "{}").await;
    let all = response["data"]["initiative"]["changes"]
        .as_array()
        .unwrap();
    let causes = all.iter().map(|change| {
        let kinds = change["entries"].as_array().unwrap().iter();
        let kinds: Vec<&Value> = kinds.map(|entry| &entry["kind"]).collect();
        json!([code_of(&change["relationship"]), change["cause"], kinds])
    });
    let expected = json!([
        ["GH", "RETRACTION", ["STATEMENT_RETRACTED"]],
        ["RW", "EVENT", ["STATEMENT_RECORDED"]],
    ]);
    assert_eq!(json!(causes.collect::<Vec<_>>()), expected);
}

#[tokio::test]
async fn a_range_of_moments_that_runs_backwards_is_rejected() {
    let app = TestApp::start().await;
    let ranges = [
        (
            "{}",
            r#"{ publishedBy: "2025-06-30" }"#,
            "between.to.publishedBy",
        ),
        (
            r#"{ validOn: "2025-06-30" }"#,
            r#"{ validOn: "2025-06-29" }"#,
            "between.to.validOn",
        ),
        (r#"{ validOn: "x" }"#, "{}", "between.from.validOn"),
        (
            "{}",
            r#"{ recordedBy: "yesterday" }"#,
            "between.to.recordedBy",
        ),
    ];
    for (from, to, field) in ranges {
        let response = changes(&app, from, to).await;
        let error = &response["errors"][0]["extensions"];
        assert_eq!(
            (&error["code"], &error["field"]),
            (&json!("BAD_USER_INPUT"), &json!(field)),
            "{response:#}"
        );
    }
}
