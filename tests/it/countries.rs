//! Countries: facts, filters, order, stances and concerns; global identifiers of all node types.

use serde_json::{Value, json};

use crate::app::{TestApp, only_error};
use crate::fixtures::stance_input;

const INITIATIVE: &str = "us-third-country-removals";

/// The codes of countries or regions.
fn codes(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|each| each["code"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_country_is_found_by_its_code_in_any_case_and_an_unknown_one_is_null() {
    let app = TestApp::start_empty().await;
    let data = app
        .query(r#"{ a: country(code: "rw") { code } b: country(code: "Rw") { code } c: country(code: "ZZ") { code } d: country(code: "") { code } }"#)
        .await;
    let rwanda = json!({ "code": "RW" });
    assert_eq!(
        data,
        json!({ "a": rwanda, "b": rwanda, "c": null, "d": null })
    );
}

#[tokio::test]
async fn names_follow_the_language_and_fall_back_to_english() {
    let app = TestApp::start_empty().await;
    let data = app
        .query(r#"{ country(code: "DE") { name fr: name(lang: "fr") region: name(lang: "fr-CA") none: name(lang: "xx") odd: name(lang: "") nativeName } }"#)
        .await;
    let expected = json!({
        "name": "Germany", "fr": "Allemagne", "region": "Allemagne",
        "none": "Germany", "odd": "Germany", "nativeName": "Deutschland",
    });
    assert_eq!(data["country"], expected);
}

#[tokio::test]
async fn country_facts_belong_to_their_country() {
    let app = TestApp::start_empty().await;
    let data = app
        .query(r#"{ country(code: "LY") { officialName continents callingCodes topLevelDomain timeZones alpha3 numeric codeStatus capital emoji unMember region { name } subregion { name parent { code } } languages { code name } currencies { code } } }"#)
        .await;
    let expected = json!({
        "officialName": "State of Libya", "continents": ["AFRICA"], "callingCodes": ["+218"], "topLevelDomain": ".ly",
        "timeZones": ["Africa/Tripoli"],
        "alpha3": "LBY", "numeric": "434", "codeStatus": "OFFICIAL", "capital": "Tripoli", "emoji": "🇱🇾",
        "unMember": true, "region": { "name": "Africa" },
        "subregion": { "name": "Northern Africa", "parent": { "code": "002" } },
        "languages": [{ "code": "ar", "name": "Arabic" }], "currencies": [{ "code": "LYD" }],
    });
    assert_eq!(data["country"], expected);
}

#[tokio::test]
async fn kosovo_has_a_code_but_none_of_iso_3166() {
    let app = TestApp::start_empty().await;
    let data = app
        .query(r#"{ country(code: "xk") { officialName callingCodes topLevelDomain name alpha3 numeric codeStatus unMember } }"#)
        .await;
    let expected = json!({
        "officialName": null, "callingCodes": ["+383"], "topLevelDomain": null,
        "name": "Kosovo", "alpha3": null, "numeric": null, "codeStatus": "USER_ASSIGNED", "unMember": false,
    });
    assert_eq!(data["country"], expected);
}

#[tokio::test]
async fn neighbours_are_neighbours_of_each_other_and_never_of_themselves() {
    let app = TestApp::start_empty().await;
    let data = app
        .query("{ countries { code neighbours { code } } }")
        .await;
    let countries = data["countries"].as_array().unwrap();
    let borders: std::collections::HashSet<(&str, &str)> = countries
        .iter()
        .flat_map(|country| {
            let code = country["code"].as_str().unwrap();
            codes(&country["neighbours"])
                .into_iter()
                .map(move |other| (code, other))
        })
        .collect();
    assert!(borders.contains(&("LY", "TN")));
    for (one, other) in &borders {
        assert!(borders.contains(&(*other, *one)), "{one} {other}");
        assert_ne!(one, other);
    }
}

#[tokio::test]
async fn every_country_is_listed_once_by_code_and_193_are_members_of_the_un() {
    let app = TestApp::start_empty().await;
    let data = app
        .query("{ countries { code } yes: countries(filter: { unMember: true }) { code } no: countries(filter: { unMember: false }) { code } }")
        .await;
    let all = codes(&data["countries"]);
    assert_eq!(all.len(), 250);
    assert!(all.is_sorted_by(|a, b| a < b));
    assert_eq!(codes(&data["yes"]).len(), 193);
    assert_eq!(codes(&data["no"]).len(), 250 - 193);
}

#[tokio::test]
async fn countries_are_filtered_by_region_subregion_and_code_together() {
    let app = TestApp::start_empty().await;
    let data = app
        .query(
            r#"{
            region: countries(filter: { regions: ["002"] }) { code region { code } }
            subregion: countries(filter: { regions: ["014"] }) { code subregion { code } }
            both: countries(filter: { regions: ["014"], codes: ["rw", "LY", "ug"] }) { code }
            none: countries(filter: { codes: [] }) { code }
        }"#,
        )
        .await;
    let is_in = |list: &str, part: &str, code: &str| {
        let list = data[list].as_array().unwrap();
        !list.is_empty() && list.iter().all(|country| country[part]["code"] == code)
    };
    assert!(is_in("region", "region", "002"));
    assert!(is_in("subregion", "subregion", "014"));
    assert_eq!(codes(&data["both"]), ["RW", "UG"]);
    assert_eq!(data["none"], json!([]));
}

#[tokio::test]
async fn countries_are_filtered_by_any_name_in_any_language_or_alias() {
    let app = TestApp::start_empty().await;
    for (condition, code) in [
        (r#"equals: "Elfenbeinküste""#, "CI"),
        (r#"equals: "swaziland""#, "SZ"),
        (r#"in: ["Руанда"]"#, "RW"),
        (r#"equals: "卢旺达""#, "RW"),
        (r#"startsWith: "türki", contains: "YE""#, "TR"),
        (r#"contains: "cabo verde""#, "CV"),
    ] {
        let query = format!("{{ countries(filter: {{ name: {{ {condition} }} }}) {{ code }} }}");
        let data = app.query(&query).await;
        assert_eq!(codes(&data["countries"]), [code], "{condition}");
    }
}

#[tokio::test]
async fn an_unknown_code_or_region_is_rejected_with_its_field() {
    let app = TestApp::start_empty().await;
    for (filter, field) in [
        (r#"codes: ["RW", "ZZ"]"#, "filter.codes"),
        (r#"regions: ["999"]"#, "filter.regions"),
    ] {
        let query = format!("{{ countries(filter: {{ {filter} }}) {{ code }} }}");
        let response = app.execute(&query, json!({})).await;
        assert_eq!(
            only_error(&response),
            ("NOT_FOUND".to_owned(), field.to_owned())
        );
    }
}

#[tokio::test]
async fn countries_come_in_the_requested_order() {
    let app = TestApp::start_empty().await;
    let data = app
        .query(
            "{
            name: countries(orderBy: { field: NAME }) { name }
            code: countries(orderBy: { field: CODE, direction: DESC }) { code }
            population: countries(orderBy: { field: POPULATION, direction: DESC }) { population }
        }",
        )
        .await;
    let list = |key: &str| data[key].as_array().unwrap();
    let text = |key: &'static str| {
        list(key)
            .iter()
            .map(move |each| each[key].as_str().unwrap())
    };
    assert_eq!(text("name").nth(1), Some("Åland Islands"));
    assert!(text("code").is_sorted_by(|a, b| a > b));
    let population = |each: &Value| each["population"].as_u64().unwrap_or(0);
    assert!(
        list("population")
            .iter()
            .map(population)
            .is_sorted_by(|a, b| a >= b)
    );
    assert!(population(&list("population")[0]) > 1_000_000_000);
}

#[tokio::test]
async fn regions_hold_the_countries_that_name_them() {
    let app = TestApp::start_empty().await;
    let data = app
        .query("{ regions { code parent { code } countries { code region { code } subregion { code } } } }")
        .await;
    let regions = data["regions"].as_array().unwrap();
    let mut listed = 0;
    for region in regions {
        let part = if region["parent"].is_null() {
            "region"
        } else {
            "subregion"
        };
        for country in region["countries"].as_array().unwrap() {
            assert_eq!(country[part]["code"], region["code"]);
            listed += usize::from(part == "region");
        }
    }
    assert_eq!(listed, 250);
}

#[tokio::test]
async fn the_stance_of_a_country_is_that_of_its_relationship() {
    let app = TestApp::start().await;
    let data = app
        .query(&format!(
            r#"{{ relationships(first: 100) {{ nodes {{ stance requestedState {{ stance(initiative: "{INITIATIVE}") }} then: position(at: {{ publishedBy: "2025-06-30" }}) {{ stance }} before: requestedState {{ stance(initiative: "{INITIATIVE}", at: {{ publishedBy: "2025-06-30" }}) }} }} }} }}"#
        ))
        .await;
    for node in data["relationships"]["nodes"].as_array().unwrap() {
        assert_eq!(node["requestedState"]["stance"], node["stance"]);
        // A relationship without a visible statement has no stance at that moment, not an unknown one.
        if !node["before"]["stance"].is_null() {
            assert_eq!(node["before"]["stance"], node["then"]["stance"]);
        }
    }
}

#[tokio::test]
async fn a_country_without_a_request_has_no_stance() {
    let app = TestApp::start().await;
    let data = app
        .query(&format!(
            r#"{{ asked: country(code: "LY") {{ stance(initiative: "{INITIATIVE}") other: stance(initiative: "none") before: stance(initiative: "{INITIATIVE}", at: {{ publishedBy: "2024-01-01" }}) }} not: country(code: "CH") {{ stance(initiative: "{INITIATIVE}") }} }}"#
        ))
        .await;
    let requested = json!({ "stance": "REFUSED", "other": null, "before": null });
    assert_eq!(
        data,
        json!({ "asked": requested, "not": { "stance": null } })
    );
}

#[tokio::test]
async fn concerns_are_those_that_stood_at_the_moment() {
    let app = TestApp::start().await;
    let data = app
        .query(
            r#"{ country(code: "SS") {
            concerns { kind standing subject { ... on Country { code } } }
            then: concerns(at: { publishedBy: "2025-05-01" }) { category claimant { kind } }
            before: concerns(at: { publishedBy: "2025-04-06" }) { category }
        } }"#,
        )
        .await;
    let concern = json!({ "kind": "CONCERN", "standing": "STANDING", "subject": { "code": "SS" } });
    assert_eq!(data["country"]["concerns"], json!([concern, concern]));
    let then = json!([{ "category": "ARMED_CONFLICT", "claimant": { "kind": "IGO" } }]);
    assert_eq!(data["country"]["then"], then);
    assert_eq!(data["country"]["before"], json!([]));
}

/// One node ID for every type that implements Node.
async fn one_of_each(app: &TestApp) -> std::collections::BTreeMap<String, String> {
    let data = app
        .query(r#"{
            a: country(code: "XK") { __typename id } b: initiatives { __typename id }
            c: relationships(first: 1) { nodes { __typename id } } d: sources(last: 1) { nodes { __typename id } }
            e: stanceChanges(first: 1) { nodes { __typename id } }
            f: statements(first: 100) { nodes { __typename id } } g: statements(last: 100) { nodes { __typename id } }
        }"#)
        .await;
    let mut ids = std::collections::BTreeMap::new();
    let all = data.as_object().unwrap().values();
    for part in all {
        let nodes = part.get("nodes").unwrap_or(part);
        let each = nodes
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![nodes.clone()]);
        for node in each {
            let text = |key: &str| node[key].as_str().unwrap().to_owned();
            ids.insert(text("__typename"), text("id"));
        }
    }
    ids
}

#[tokio::test]
async fn every_type_of_node_is_found_by_its_id() {
    let app = TestApp::start().await;
    let types = app
        .query(r#"{ __type(name: "Node") { possibleTypes { name } } }"#)
        .await;
    // The bundled data set has none of this kind.
    let source = app.register_source().await;
    let mut returned = stance_input(&source, "GQ", "AGREED", "2025-06-03");
    returned["subject"]["relationship"]["initiative"] = "us-third-country-removals".into();
    returned["body"] = json!({ "return": { "personsMin": 1, "personsMax": 2, "note": "By air." } });
    app.mutate("recordStatement", &returned).await;
    let ids = one_of_each(&app).await;
    for each in types["__type"]["possibleTypes"].as_array().unwrap() {
        let name = each["name"].as_str().unwrap();
        let id = ids
            .get(name)
            .unwrap_or_else(|| panic!("no {name} in the data"));
        let data = app
            .query(&format!(r#"{{ node(id: "{id}") {{ __typename id }} }}"#))
            .await;
        assert_eq!(data["node"], json!({ "__typename": name, "id": id }));
    }
}

#[tokio::test]
async fn nodes_keep_the_requested_order_with_null_for_unknown_ids() {
    let app = TestApp::start().await;
    let ids: Vec<String> = one_of_each(&app).await.into_values().collect();
    let mut requested: Vec<String> = ids.iter().rev().cloned().collect();
    requested.insert(1, "nonsense".to_owned());
    requested.push(ids[0].clone());
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let response = app.execute(query, json!({ "ids": requested })).await;
    let returned: Vec<Option<&str>> = response["data"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].as_str())
        .collect();
    let expected = requested
        .iter()
        .map(|id| (id != "nonsense").then_some(id.as_str()));
    assert_eq!(returned, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn identifiers_that_name_nothing_are_null() {
    let app = TestApp::start_empty().await;
    // Country:rw, Statement:01, Statement:999999, Nothing:1, and invalid base64.
    for id in [
        "Q291bnRyeTpydw",
        "U3RhdGVtZW50OjAx",
        "U3RhdGVtZW50Ojk5OTk5OQ",
        "Tm90aGluZzox",
        "🦀",
        "",
    ] {
        let data = app
            .query(&format!(r#"{{ node(id: "{id}") {{ id }} }}"#))
            .await;
        assert_eq!(data["node"], Value::Null, "{id}");
    }
}

#[tokio::test]
async fn at_most_a_hundred_nodes_are_returned_at_once() {
    let app = TestApp::start_empty().await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let response = app.execute(query, json!({ "ids": vec!["x"; 100] })).await;
    assert_eq!(response["data"]["nodes"].as_array().unwrap().len(), 100);
    let response = app.execute(query, json!({ "ids": vec!["x"; 101] })).await;
    assert_eq!(
        only_error(&response),
        ("BAD_USER_INPUT".to_owned(), "ids".to_owned())
    );
}

#[tokio::test]
async fn a_country_is_found_by_each_of_its_keys_and_by_texts_of_others() {
    let app = TestApp::start_empty().await;
    let by = |key: &str| format!("{{ countryBy(key: {{ {key} }}) {{ code }} }}");
    for (key, code) in [
        (r#"alpha2: "rw""#, json!("RW")),
        (r#"alpha3: "rwa""#, json!("RW")),
        (r#"numeric: "646""#, json!("RW")),
        (r#"name: "ruanda""#, json!("RW")),
        (r#"alpha2: "RWA""#, Value::Null),
        (r#"alpha3: "646""#, Value::Null),
        (r#"numeric: "RWA""#, Value::Null),
        (r#"alpha3: "XKX""#, Value::Null),
        (r#"name: "Atlantis""#, Value::Null),
    ] {
        assert_eq!(
            app.query(&by(key)).await["countryBy"]["code"],
            code,
            "{key}"
        );
    }
    let two = app
        .execute(&by(r#"alpha2: "RW", alpha3: "RWA""#), json!({}))
        .await;
    assert_eq!(only_error(&two).0, "BAD_USER_INPUT");
    let query = "query($t: [String!]!) { resolveCountries(texts: $t) { country { code } kind matched score candidates { country { code } score } } }";
    let texts = json!([
        "RWA",
        "Korea, Republic of",
        "xkx",
        "nowhere",
        "Swaziland",
        "Phillipines",
        "Korea"
    ]);
    let data = app.execute(query, json!({ "t": texts })).await["data"].take();
    let item = |code: &str, kind: &str, matched: &str, score: f64| {
        let country = json!({ "code": code });
        let candidates = json!([{ "country": country, "score": score }]);
        json!({ "country": country, "kind": kind, "matched": matched, "score": score, "candidates": candidates })
    };
    let half = |code: &str| json!({ "country": { "code": code }, "score": 0.5 });
    let expected = json!([
        item("RW", "CODE", "RWA", 1.0),
        item("KR", "ALIAS", "Korea (Republic of)", 0.95),
        item("XK", "UNOFFICIAL_CODE", "XKX", 0.7),
        null,
        item("SZ", "ALIAS", "Swaziland", 0.95),
        item("PH", "MISSPELLING", "Philippines", 0.6),
        { "country": null, "kind": "PART", "matched": "North Korea", "score": 0.5, "candidates": [half("KP"), half("KR")] },
    ]);
    assert_eq!(data["resolveCountries"], expected);
    let many = vec!["RW"; 501];
    let response = app.execute(query, json!({ "t": many })).await;
    assert_eq!(
        only_error(&response),
        ("BAD_USER_INPUT".to_owned(), "texts".to_owned())
    );
}

#[tokio::test]
async fn memberships_and_their_filter_are_those_of_the_day() {
    let app = TestApp::start().await;
    let data = app
        .query(
            r#"{
            organisations { code memberships { country { code } } }
            eu: countries(filter: { memberOf: { organisations: ["eu"], at: "2019-12-31" } }) { code }
            any: countries(filter: { memberOf: { organisations: ["NATO", "EU"] } }) { code }
            none: countries(filter: { memberOf: { organisations: [] } }) { code }
            active: countries(filter: { memberOf: { organisations: ["AU"], suspended: false } }) { code }
            africa: relationships(first: 100, filter: { requestedState: { memberOf: { organisations: ["AU"] } } }) { nodes { requestedState { code memberships { organisation { code } } } } }
            then: relationships(first: 100, at: { publishedBy: "2025-06-30" }, filter: { requestedState: { memberOf: { organisations: ["OAS"], at: "2025-06-30" } } }) { nodes { requestedState { region { code } } } }
        }"#,
        )
        .await;
    let organisations = data["organisations"].as_array().unwrap();
    assert_eq!(organisations.len(), 10);
    assert_eq!(codes(&data["eu"]).len(), 28);
    assert_eq!(codes(&data["any"]).len(), 27 + 32 - 23);
    assert_eq!(data["none"], json!([]));
    assert_eq!(codes(&data["active"]).len(), 55 - 6);
    let nodes = |list: &str| data[list]["nodes"].as_array().unwrap().clone();
    assert!(!nodes("africa").is_empty() && !nodes("then").is_empty());
    for node in nodes("africa") {
        let memberships = &node["requestedState"]["memberships"];
        let of_africa = json!({ "organisation": { "code": "AU" } });
        assert!(memberships.as_array().unwrap().contains(&of_africa));
    }
    for node in nodes("then") {
        assert_eq!(node["requestedState"]["region"]["code"], "019");
    }
    for (filter, code, field) in [
        (
            r#"organisations: ["XY"]"#,
            "NOT_FOUND",
            "filter.memberOf.organisations",
        ),
        (
            r#"organisations: ["AU"], at: "2025""#,
            "BAD_USER_INPUT",
            "filter.memberOf.at",
        ),
    ] {
        let query = format!("{{ countries(filter: {{ memberOf: {{ {filter} }} }}) {{ code }} }}");
        let response = app.execute(&query, json!({})).await;
        assert_eq!(only_error(&response), (code.to_owned(), field.to_owned()));
    }
}
