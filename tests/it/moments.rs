//! Queries at a moment: positions, lists, tallies and statements follow the same visibility rule.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::app::{NOW, TestApp, only_error};

const INITIATIVE: &str = "us-third-country-removals";

/// Moments that differ on every time axis. The whole import is recorded at the time of the test's clock.
const MOMENTS: [&str; 7] = [
    "{}",
    r#"{ validOn: "2025-03-01" }"#,
    r#"{ publishedBy: "2025-06-30" }"#,
    r#"{ validOn: "2025-06-30", publishedBy: "2025-06-30" }"#,
    r#"{ validOn: "2025-07-01", publishedBy: "2026-01-31" }"#,
    r#"{ recordedBy: "2026-11-23T12:00:00.000350Z" }"#,
    r#"{ recordedBy: "2030-01-01T00:00:00Z" }"#,
];

/// The only relationship in which the country is the requested state.
async fn relationship(app: &TestApp, code: &str, fields: &str) -> Value {
    let query = format!(
        r#"{{ country(code: "{code}") {{ relationships(direction: INCOMING) {{ nodes {{ {fields} }} }} }} }}"#
    );
    let mut data = app.query(&query).await;
    let nodes = data["country"]["relationships"]["nodes"]
        .as_array_mut()
        .unwrap();
    assert_eq!(nodes.len(), 1, "{code}");
    nodes.remove(0)
}

/// The position on a day, as it was public on that day.
async fn public_on(app: &TestApp, code: &str, day: &str) -> Value {
    let at = format!(r#"{{ validOn: "{day}", publishedBy: "{day}" }}"#);
    let fields = format!("position(at: {at}) {{ stance disputed }}");
    relationship(app, code, &fields).await["position"].take()
}

/// The positions at a moment by country code, of relationships with at least one visible statement.
async fn positions(app: &TestApp, at: &str) -> BTreeMap<String, Value> {
    let query = format!(
        "{{ relationships(first: 100) {{ totalCount nodes {{ requestedState {{ code }}
            statements(at: {at}, first: 0) {{ totalCount }} position(at: {at}) {{ stance disputed }} }} }} }}"
    );
    let data = app.query(&query).await;
    let nodes = data["relationships"]["nodes"].as_array().unwrap();
    assert_eq!(data["relationships"]["totalCount"], nodes.len());
    let visible = nodes
        .iter()
        .filter(|node| node["statements"]["totalCount"] != 0);
    visible
        .map(|node| (code(node), node["position"].clone()))
        .collect()
}

fn code(node: &Value) -> String {
    node["requestedState"]["code"].as_str().unwrap().to_owned()
}

/// The country codes of a filtered list of relationships at a moment.
async fn list_codes(app: &TestApp, at: &str, filter: &str) -> Vec<String> {
    let query = format!(
        "{{ relationships(first: 100, at: {at}, filter: {{ {filter} }}) {{ totalCount nodes {{ requestedState {{ code }} }} }} }}"
    );
    let data = app.query(&query).await;
    let nodes = data["relationships"]["nodes"].as_array().unwrap();
    assert_eq!(data["relationships"]["totalCount"], nodes.len());
    nodes.iter().map(code).collect()
}

#[tokio::test]
async fn the_public_position_of_rwanda_depends_on_the_day() {
    let app = TestApp::start().await;
    for (day, stance) in [
        ("2025-04-01", "UNKNOWN"),
        ("2025-04-23", "AGREED_IN_PRINCIPLE"),
        ("2025-06-27", "NEGOTIATING"),
        ("2025-07-01", "AGREED"),
        ("2025-08-29", "IMPLEMENTING"),
    ] {
        assert_eq!(public_on(&app, "RW", day).await["stance"], stance, "{day}");
    }
}

#[tokio::test]
async fn later_publications_change_the_position_on_the_same_day() {
    let app = TestApp::start().await;
    let fields =
        r#"position(at: { validOn: "2025-06-27" }) { stance since basis { publishedOn } }"#;
    let position = &relationship(&app, "RW", fields).await["position"];
    assert_eq!(position["stance"], "AGREED");
    assert_eq!(position["since"], "2025-06-03");
    assert!(position["basis"]["publishedOn"].as_str().unwrap() > "2025-06-27");
}

#[tokio::test]
async fn an_unknown_position_has_no_basis() {
    let app = TestApp::start().await;
    let fields = r#"position(at: { publishedBy: "2025-01-01" }) { stance since certain disputed basis { id } rivals { statement { id } } }"#;
    let expected = json!({
        "stance": "UNKNOWN", "since": null, "certain": true, "disputed": false, "basis": null, "rivals": [],
    });
    assert_eq!(relationship(&app, "RW", fields).await["position"], expected);
}

#[tokio::test]
async fn mexico_and_cameroon_are_disputed_by_listed_rival_claims() {
    let app = TestApp::start().await;
    let fields = "disputed position { disputed rivals {
        statement { kind contradicts { id } subject { ... on Relationship { requestedState { code } } } } contradicts { id }
    } }";
    for code in ["MX", "CM"] {
        let actual = relationship(&app, code, fields).await;
        assert_eq!(actual["disputed"], true);
        assert_eq!(actual["position"]["disputed"], true);
        let rivals = actual["position"]["rivals"].as_array().unwrap();
        assert!(!rivals.is_empty());
        for rival in rivals {
            assert_eq!(
                rival["statement"]["subject"]["requestedState"]["code"],
                code
            );
            let denied = rival["statement"]["contradicts"].as_array().unwrap();
            assert!(denied.contains(&rival["contradicts"]), "{rival:#}");
        }
    }
}

#[tokio::test]
async fn a_dispute_ends_when_it_is_superseded() {
    let app = TestApp::start().await;
    assert_eq!(public_on(&app, "HN", "2025-06-28").await["disputed"], true);
    let now = relationship(
        &app,
        "HN",
        "disputed position { disputed rivals { statement { id } } }",
    )
    .await;
    let expected = json!({ "disputed": false, "position": { "disputed": false, "rivals": [] } });
    assert_eq!(now, expected);
}

#[tokio::test]
async fn libya_refuses_and_its_neighbours_have_their_own_stances() {
    let app = TestApp::start().await;
    let libya = relationship(&app, "LY", "stance since").await;
    assert_eq!(libya, json!({ "stance": "REFUSED", "since": "2025-05-07" }));
    let query = format!(
        r#"{{ country(code: "LY") {{ neighbours {{ code stance(initiative: "{INITIATIVE}") }} }} }}"#
    );
    let neighbours = app.query(&query).await["country"]["neighbours"].take();
    let tunisia = json!({ "code": "TN", "stance": "NAMED" });
    assert!(
        neighbours.as_array().unwrap().contains(&tunisia),
        "{neighbours:#}"
    );
}

#[tokio::test]
async fn a_list_at_a_moment_matches_the_positions_at_that_moment() {
    let app = TestApp::start().await;
    for at in MOMENTS {
        let positions = positions(&app, at).await;
        let where_stance = |stances: &[&str]| -> Vec<String> {
            let matching = positions
                .iter()
                .filter(|(_, position)| stances.contains(&position["stance"].as_str().unwrap()));
            matching.map(|(code, _)| code.clone()).collect()
        };
        assert_eq!(
            list_codes(&app, at, "").await,
            positions.keys().cloned().collect::<Vec<_>>(),
            "{at}"
        );
        for stances in [
            &["REFUSED"][..],
            &["AGREED", "IMPLEMENTING"],
            &["UNKNOWN"],
            &["NEGOTIATING", "APPROACHED"],
        ] {
            let filter = format!("stance: [{}]", stances.join(", "));
            assert_eq!(
                list_codes(&app, at, &filter).await,
                where_stance(stances),
                "{at} {filter}"
            );
        }
        let disputed = positions
            .iter()
            .filter(|(_, position)| position["disputed"] == true);
        let disputed: Vec<String> = disputed.map(|(code, _)| code.clone()).collect();
        assert_eq!(
            list_codes(&app, at, "disputed: true").await,
            disputed,
            "{at}"
        );
    }
}

#[tokio::test]
async fn current_lists_equal_lists_at_an_unrestricted_moment() {
    let app = TestApp::start().await;
    for filter in [
        "",
        "stance: [REFUSED]",
        "disputed: true",
        "disputed: false",
        "stance: []",
    ] {
        let query = format!(
            "{{ relationships(first: 100, filter: {{ {filter} }}) {{ nodes {{ requestedState {{ code }} stance since disputed position {{ stance since disputed }} }} }} }}"
        );
        let data = app.query(&query).await;
        let nodes = data["relationships"]["nodes"].as_array().unwrap();
        let now: Vec<String> = nodes.iter().map(code).collect();
        assert_eq!(now, list_codes(&app, "{}", filter).await, "{filter}");
        for node in nodes {
            for key in ["stance", "since", "disputed"] {
                assert_eq!(node[key], node["position"][key], "{node:#}");
            }
        }
    }
}

#[tokio::test]
async fn a_list_at_a_moment_is_sorted_by_the_positions_at_that_moment() {
    let app = TestApp::start().await;
    let at = MOMENTS[3];
    let path = [
        "UNKNOWN",
        "NAMED",
        "APPROACHED",
        "NEGOTIATING",
        "AGREED_IN_PRINCIPLE",
        "AGREED",
        "REFUSED",
        "IMPLEMENTING",
        "SUSPENDED",
        "ENDED",
    ];
    let query = format!(
        "{{ relationships(first: 100, at: {at}, orderBy: {{ field: STANCE }}) {{ nodes {{ position(at: {at}) {{ stance }} }} }} }}"
    );
    let data = app.query(&query).await;
    let nodes = data["relationships"]["nodes"].as_array().unwrap();
    // AGREED and REFUSED have the same rank, and so have SUSPENDED and ENDED.
    let rank = |node: &Value| {
        let index = path
            .iter()
            .position(|stance| node["position"]["stance"] == *stance)
            .unwrap();
        index - usize::from(matches!(index, 6 | 9))
    };
    assert!(nodes.iter().map(rank).is_sorted());
    assert!(rank(&nodes[0]) < rank(&nodes[nodes.len() - 1]));
}

/// The expected tally of these positions: total, disputed, by stance.
fn expected_tally(positions: &BTreeMap<String, Value>) -> (usize, usize, BTreeMap<String, u64>) {
    let mut by_stance = BTreeMap::new();
    for position in positions.values() {
        let stance = position["stance"].as_str().unwrap().to_owned();
        *by_stance.entry(stance).or_insert(0) += 1;
    }
    let disputed = positions
        .values()
        .filter(|position| position["disputed"] == true);
    (positions.len(), disputed.count(), by_stance)
}

fn counts(by_stance: &Value) -> BTreeMap<String, u64> {
    let each = by_stance.as_array().unwrap().iter();
    each.map(|each| {
        (
            each["stance"].as_str().unwrap().to_owned(),
            each["count"].as_u64().unwrap(),
        )
    })
    .collect()
}

const TALLY: &str = "total disputed byStance { stance count } byRegion { total region { code } byStance { stance count } }";

#[tokio::test]
async fn a_tally_counts_the_positions_of_its_moment() {
    let app = TestApp::start().await;
    for at in MOMENTS {
        let query = format!(
            r#"{{ initiative(slug: "{INITIATIVE}") {{ tally(at: {at}) {{ {TALLY} }} }} }}"#
        );
        let tally = app.query(&query).await["initiative"]["tally"].take();
        let (total, disputed, by_stance) = expected_tally(&positions(&app, at).await);
        assert_eq!(tally["total"], total, "{at}");
        assert_eq!(tally["disputed"], disputed, "{at}");
        assert_eq!(counts(&tally["byStance"]), by_stance, "{at}");
        let mut regions = BTreeMap::new();
        for region in tally["byRegion"].as_array().unwrap() {
            let of_region = counts(&region["byStance"]);
            assert_eq!(region["total"], of_region.values().sum::<u64>());
            for (stance, count) in of_region {
                *regions.entry(stance).or_insert(0) += count;
            }
        }
        assert_eq!(regions, by_stance, "{at}");
    }
}

#[tokio::test]
async fn the_tally_of_an_organisation_counts_its_members_of_the_day() {
    let app = TestApp::start().await;
    for (at, day) in [
        ("{}", ""),
        (r#"{ publishedBy: "2025-06-30" }"#, ""),
        (
            r#"{ validOn: "2025-07-01", publishedBy: "2026-01-31" }"#,
            "2025-07-01",
        ),
        (r#"{ validOn: "2019-12-31" }"#, "2019-12-31"),
    ] {
        let membership_day = match day {
            "" => String::new(),
            day => format!(r#"(at: "{day}")"#),
        };
        let query = format!(
            r#"{{ initiative(slug: "{INITIATIVE}") {{ tallyByOrganisation(at: {at}) {{ members
                organisation {{ code memberships{membership_day} {{ country {{ code }} }} }}
                tally {{ total disputed byStance {{ stance count }} }} }} }} }}"#
        );
        let data = app.query(&query).await;
        let tallies = data["initiative"]["tallyByOrganisation"]
            .as_array()
            .unwrap();
        assert_eq!(tallies.len(), 10);
        let all = positions(&app, at).await;
        let mut total = 0;
        for tally in tallies {
            let memberships = tally["organisation"]["memberships"].as_array().unwrap();
            let members: Vec<&str> = memberships
                .iter()
                .map(|one| one["country"]["code"].as_str().unwrap())
                .collect();
            assert_eq!(tally["members"], members.len());
            let mut expected = all.clone();
            expected.retain(|code, _| members.contains(&code.as_str()));
            let (count, disputed, by_stance) = expected_tally(&expected);
            let tally = &tally["tally"];
            assert_eq!(tally["total"], count, "{at}");
            assert_eq!(tally["disputed"], disputed, "{at}");
            assert_eq!(counts(&tally["byStance"]), by_stance, "{at}");
            total += count;
        }
        assert!(total > 0, "{at}");
    }
}

#[tokio::test]
async fn tallies_by_organisation_are_of_the_requested_ones_in_order() {
    let app = TestApp::start().await;
    let ask = |codes: &str| {
        format!(
            r#"{{ initiative(slug: "{INITIATIVE}") {{ tallyByOrganisation(organisations: {codes}) {{ organisation {{ code }} }} }} }}"#
        )
    };
    let data = app.query(&ask(r#"["oas", "AU", "au"]"#)).await;
    let of = |code: &str| json!({ "organisation": { "code": code } });
    assert_eq!(
        data["initiative"]["tallyByOrganisation"],
        json!([of("AU"), of("OAS")])
    );
    let data = app.query(&ask("[]")).await;
    assert_eq!(data["initiative"]["tallyByOrganisation"], json!([]));
    let response = app.execute(&ask(r#"["XY"]"#), json!({})).await;
    let expected = ("NOT_FOUND".to_owned(), "organisations".to_owned());
    assert_eq!(only_error(&response), expected);
}

#[tokio::test]
async fn the_current_tally_equals_the_tally_at_an_unrestricted_moment() {
    let app = TestApp::start().await;
    let query = format!(
        r#"{{ initiative(slug: "{INITIATIVE}") {{ now: tally {{ {TALLY} }} all: tally(at: {{}}) {{ {TALLY} }} }} }}"#
    );
    let data = app.query(&query).await;
    assert_eq!(data["initiative"]["now"], data["initiative"]["all"]);
    assert_eq!(data["initiative"]["now"]["total"], 58);
}

#[tokio::test]
async fn points_of_a_history_are_the_tallies_of_their_days() {
    let app = TestApp::start().await;
    for (clock, key) in [("VALID", "validOn"), ("PUBLISHED", "publishedBy")] {
        let points = format!(
            r#"{{ initiative(slug: "{INITIATIVE}") {{ history(from: "2025-01-31", to: "2025-05-01", every: MONTH, clock: {clock}) {{ on tally {{ {TALLY} }} }} }} }}"#
        );
        let points = app.query(&points).await["initiative"]["history"].take();
        let days: Vec<&str> = points
            .as_array()
            .unwrap()
            .iter()
            .map(|point| point["on"].as_str().unwrap())
            .collect();
        assert_eq!(
            days,
            ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"]
        );
        for point in points.as_array().unwrap() {
            let day = &point["on"];
            let tally = format!(
                r#"{{ initiative(slug: "{INITIATIVE}") {{ tally(at: {{ {key}: {day} }}) {{ {TALLY} }} }} }}"#
            );
            assert_eq!(
                app.query(&tally).await["initiative"]["tally"],
                point["tally"],
                "{clock} {day}"
            );
        }
    }
}

#[tokio::test]
async fn a_history_by_recording_time_starts_with_the_import() {
    let app = TestApp::start().await;
    let query = format!(
        r#"{{ initiative(slug: "{INITIATIVE}") {{ history(from: "2026-11-22", to: "2026-11-24", every: DAY, clock: RECORDED) {{ tally {{ total }} }} }} }}"#
    );
    let data = app.query(&query).await;
    let point = |total: i32| json!({ "tally": { "total": total } });
    assert_eq!(
        data["initiative"]["history"],
        json!([point(0), point(58), point(58)])
    );
}

#[tokio::test]
async fn a_timeline_has_no_gaps_and_ends_with_the_position() {
    let app = TestApp::start().await;
    for at in [MOMENTS[0], MOMENTS[2], MOMENTS[4]] {
        let query = format!(
            "{{ relationships(first: 100) {{ nodes {{ timeline(at: {at}) {{ stance from to basis {{ id stance }} }} position(at: {at}) {{ stance since }} }} }} }}"
        );
        let data = app.query(&query).await;
        for node in data["relationships"]["nodes"].as_array().unwrap() {
            let periods = node["timeline"].as_array().unwrap();
            for (period, next) in periods.iter().zip(periods.iter().skip(1)) {
                assert_eq!(period["to"], next["from"], "{node:#}");
                assert_ne!(period["stance"], next["stance"], "{node:#}");
            }
            let Some(last) = periods.last() else {
                assert_eq!(node["position"]["stance"], "UNKNOWN");
                continue;
            };
            assert_eq!(last["to"], Value::Null);
            assert_eq!(last["stance"], last["basis"]["stance"]);
            assert_eq!(last["stance"], node["position"]["stance"], "{at} {node:#}");
            assert_eq!(last["from"], node["position"]["since"], "{at} {node:#}");
        }
    }
}

#[tokio::test]
async fn only_statements_public_by_the_day_are_listed() {
    let app = TestApp::start().await;
    let query = |at: &str, page: &str| {
        format!("{{ statements({at} {page}) {{ totalCount nodes {{ id publishedOn }} }} }}")
    };
    let mut public = 0;
    for page in ["first: 100", "last: 100"] {
        for node in app.query(&query("", page)).await["statements"]["nodes"]
            .as_array()
            .unwrap()
        {
            public += usize::from(node["publishedOn"].as_str().unwrap() <= "2025-06-30");
        }
    }
    let at = r#"at: { publishedBy: "2025-06-30" }"#;
    let listed = &app.query(&query(at, "first: 100")).await["statements"];
    for node in listed["nodes"].as_array().unwrap() {
        assert!(
            node["publishedOn"].as_str().unwrap() <= "2025-06-30",
            "{node}"
        );
    }
    assert!(public > 0);
    // The first and last hundred do not cover every statement, so there may be more but never fewer.
    assert!(listed["totalCount"].as_u64().unwrap() >= u64::try_from(public).unwrap());
}

#[tokio::test]
async fn valid_on_hides_no_statement_and_statements_of_a_relationship_follow_the_same_rule() {
    let app = TestApp::start().await;
    let data = app
        .query(r#"{ all: statements(first: 0, at: {}) { totalCount } then: statements(first: 0, at: { validOn: "2020-01-01" }) { totalCount } }"#)
        .await;
    assert_eq!(data["all"], data["then"]);
    let fields =
        r#"statements(at: { publishedBy: "2025-04-23" }, first: 100) { nodes { publishedOn } }"#;
    let rwanda = relationship(&app, "RW", fields).await;
    let nodes = rwanda["statements"]["nodes"].as_array().unwrap();
    assert!(!nodes.is_empty());
    assert!(
        nodes
            .iter()
            .all(|node| node["publishedOn"].as_str().unwrap() <= "2025-04-23")
    );
}

#[tokio::test]
async fn a_retracted_statement_is_hidden_now_and_visible_at_an_earlier_moment() {
    let app = TestApp::start().await;
    let before = relationship(
        &app,
        "GH",
        "stance statements(first: 1) { totalCount nodes { id } }",
    )
    .await;
    app.set_clock("2026-11-24T00:00:00Z");
    let id = &before["statements"]["nodes"][0]["id"];
    let input = json!({ "input": { "idempotencyKey": "1", "statement": id, "reason": "A test." } });
    let mutation = "mutation($input: RetractStatementInput!) { retractStatement(input: $input) { statement { standing } } }";
    let response = app.execute_as_editor(mutation, input).await;
    assert_eq!(
        response["data"]["retractStatement"]["statement"]["standing"], "RETRACTED",
        "{response:#}"
    );
    let fields = r#"ever: statements { totalCount } now: statements(at: {}) { nodes { id } }
        then: statements(at: { recordedBy: "2026-11-23T23:59:59Z" }, first: 100) { totalCount nodes { id } }"#;
    let after = relationship(&app, "GH", fields).await;
    let contains = |key: &str| {
        after[key]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|node| node["id"] == *id)
    };
    assert!(!contains("now"));
    assert!(contains("then"));
    assert_eq!(
        after["ever"],
        json!({ "totalCount": before["statements"]["totalCount"] })
    );
    assert_eq!(
        after["then"]["totalCount"],
        before["statements"]["totalCount"]
    );
}

#[tokio::test]
async fn before_the_import_nothing_was_recorded() {
    let app = TestApp::start().await;
    let at = r#"at: { recordedBy: "2026-11-23T11:59:59.999999Z" }"#;
    let data = app
        .query(&format!(
            r#"{{ relationships({at}) {{ totalCount }} statements({at}) {{ totalCount }}
                initiative(slug: "{INITIATIVE}") {{ tally({at}) {{ total }} countClaims({at}) {{ id }} }}
                country(code: "RW") {{ stance(initiative: "{INITIATIVE}", {at}) relationships({at}) {{ totalCount }} concerns({at}) {{ id }} }} }}"#
        ))
        .await;
    assert_eq!(
        NOW, 1_795_435_200_000_000,
        "the moment is one microsecond before the test's clock"
    );
    let none = json!({ "totalCount": 0 });
    let expected = json!({
        "relationships": none, "statements": none, "initiative": { "tally": { "total": 0 }, "countClaims": [] },
        "country": { "stance": null, "relationships": none, "concerns": [] },
    });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn an_invalid_moment_is_rejected_with_its_field() {
    let app = TestApp::start().await;
    for (key, value) in [
        ("validOn", "yesterday"),
        ("validOn", "2025-02-30"),
        ("validOn", "2025-06"),
        ("publishedBy", "2025-13-01"),
        ("publishedBy", ""),
        ("recordedBy", "2025-06-30"),
        ("recordedBy", "2025-06-30T25:00:00Z"),
    ] {
        for query in [
            "query($at: MomentInput) { relationships(at: $at) { totalCount } }",
            "query($at: MomentInput) { statements(at: $at) { totalCount } }",
            "query($at: MomentInput) { relationships(first: 1) { nodes { position(at: $at) { stance } } } }",
            "query($at: MomentInput) { initiatives { tally(at: $at) { total } } }",
            r#"query($at: MomentInput) { country(code: "RW") { concerns(at: $at) { id } } }"#,
        ] {
            let response = app.execute(query, json!({ "at": { key: value } })).await;
            let expected = ("BAD_USER_INPUT".to_owned(), format!("at.{key}"));
            assert_eq!(only_error(&response), expected, "{query} {value}");
        }
    }
}

#[tokio::test]
async fn an_edge_has_the_position_at_the_moment_of_its_list() {
    let app = TestApp::start().await;
    for at in MOMENTS.into_iter().chain(["null"]) {
        let at_node = if at == "null" { "{}" } else { at };
        let position = "stance since certain disputed basis { id } rivals { statement { id } }";
        for order in ["REQUESTED_STATE", "STANCE", "SINCE", "CHANGED"] {
            let query = format!(
                "{{ relationships(first: 100, at: {at}, orderBy: {{ field: {order} }}) {{ edges {{ position {{ {position} }}
                    node {{ position(at: {at_node}) {{ {position} }} }} }} }} }}"
            );
            let data = app.query(&query).await;
            let edges = data["relationships"]["edges"].as_array().unwrap();
            for edge in edges {
                assert_eq!(edge["position"], edge["node"]["position"], "{at} {order}");
            }
        }
    }
}

/// Pages of two, forward and backward, joined.
async fn ids_in_pages(app: &TestApp, list: &str, arguments: &str, backward: bool) -> Vec<Value> {
    let (mut ids, mut cursor) = (Vec::new(), Value::Null);
    let (size, from) = if backward {
        ("last", "before")
    } else {
        ("first", "after")
    };
    loop {
        let query = format!(
            "query($cursor: String) {{ {list}({arguments}, {size}: 7, {from}: $cursor) {{
                nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        let response = app.execute(&query, json!({ "cursor": cursor })).await;
        let page = &response["data"][list];
        let of_page = page["nodes"].as_array().unwrap();
        let info = &page["pageInfo"];
        let (more, next) = if backward {
            ids.splice(0..0, of_page.iter().cloned());
            ("hasPreviousPage", "startCursor")
        } else {
            ids.extend(of_page.iter().cloned());
            ("hasNextPage", "endCursor")
        };
        if info[more] != true {
            return ids;
        }
        cursor = info[next].clone();
    }
}

#[tokio::test]
async fn pages_at_a_moment_join_to_the_whole_list_in_both_directions() {
    let app = TestApp::start().await;
    let filters = [
        "",
        ", filter: { kinds: [STANCE, AGREEMENT] }",
        r#", filter: { countries: ["RW", "MX"] }"#,
        r#", filter: { initiative: "us-third-country-removals", standing: [CORRECTED] }"#,
    ];
    for at in MOMENTS {
        for filter in filters {
            let arguments = format!("at: {at}{filter}");
            let forward = ids_in_pages(&app, "statements", &arguments, false).await;
            let backward = ids_in_pages(&app, "statements", &arguments, true).await;
            assert_eq!(forward, backward, "{arguments}");
            let count = format!("{{ statements({arguments}, first: 0) {{ totalCount }} }}");
            let count = app.query(&count).await;
            assert_eq!(
                count["statements"]["totalCount"],
                forward.len(),
                "{arguments}"
            );
        }
        for order in ["REQUESTED_STATE", "STANCE", "SINCE", "CHANGED"] {
            let arguments = format!("at: {at}, orderBy: {{ field: {order}, direction: DESC }}");
            let forward = ids_in_pages(&app, "relationships", &arguments, false).await;
            let backward = ids_in_pages(&app, "relationships", &arguments, true).await;
            assert_eq!(forward, backward, "{arguments}");
        }
    }
}
