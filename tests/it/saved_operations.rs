//! Saved operations by GET: parameters, formats, pins, limits, and their description for generators of clients.

use demarche::config::limits::{Limits, RateLimits};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{TestApp, uncached_limits};

/// A request for every saved operation.
const REQUESTS: [&str; 8] = [
    "country?code=RW",
    "country?code=rw&validOn=2025-07-01&publishedBy=2025-07-01",
    "positions?initiative=us-third-country-removals&first=5",
    "changes?first=5",
    "statements?countries=RW&kinds=STANCE",
    "statement?number=1",
    "tally",
    "resolve-countries?texts=Rwanda,Korea&texts=nowhere",
];

async fn json_of(app: &TestApp, path: &str) -> Value {
    let response = app.get(path).await;
    let status = response.status();
    let body = response.text().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

async fn openapi(app: &TestApp) -> Value {
    json_of(app, "/openapi.json").await
}

/// Code and field of the error.
async fn error_of(app: &TestApp, path: &str) -> (u16, String, String) {
    let response = app.get(path).await;
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    let text = |key: &str| {
        let extensions = &body["errors"][0]["extensions"];
        extensions[key].as_str().unwrap_or_default().to_owned()
    };
    (status, text("code"), text("field"))
}

#[tokio::test]
async fn every_saved_operation_answers_as_openapi_describes_it() {
    let app = TestApp::start().await;
    let document = openapi(&app).await;
    let mut described: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    described.retain(|path| !path.contains('.'));
    for request in REQUESTS {
        let path = format!("/api/{}", request.split('?').next().unwrap());
        let schema = &document["paths"][&path]["get"]["responses"]["200"]["content"]["application/json"]
            ["schema"];
        let validator = jsonschema::draft202012::new(schema).unwrap();
        let answer = json_of(&app, &format!("/api/{request}")).await;
        if let Err(error) = validator.validate(&answer) {
            panic!("{request}: {error} at {}", error.instance_path());
        }
        described.retain(|other| **other != path);
        assert!(
            answer["citation"]
                .as_str()
                .unwrap()
                .contains(answer["permalink"].as_str().unwrap())
        );
    }
    assert!(described.is_empty(), "{described:?}");
}

#[tokio::test]
async fn a_permanent_link_gives_the_same_answer_after_more_was_recorded() {
    let (app, source) = TestApp::start_with_initiative().await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    let before = json_of(&app, "/api/positions").await;
    let permalink = before["permalink"].as_str().unwrap();
    let path = &permalink[permalink.find("/api/").unwrap()..];
    app.record_stance(&source, "RW", "REFUSED", "2025-06-25")
        .await;
    assert_eq!(json_of(&app, path).await, before);
    assert_ne!(
        json_of(&app, "/api/positions").await["data"],
        before["data"]
    );
    let response = app.get(path).await;
    assert!(
        response.headers()["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    let tag = response.headers()["etag"].clone();
    let again = app
        .http()
        .get(app.url(path))
        .header("if-none-match", tag)
        .send();
    assert_eq!(again.await.unwrap().status(), StatusCode::NOT_MODIFIED);
    let none = TestApp::start_empty().await;
    assert_eq!(json_of(&none, "/api/positions").await["seq"], 0);
}

#[tokio::test]
async fn lists_are_read_in_two_forms_and_an_empty_parameter_is_left_out() {
    let app = TestApp::start().await;
    let data =
        async |query: &str| json_of(&app, &format!("/api/positions?{query}")).await["data"].take();
    let one = data("countries=RW,LY&stances=").await;
    assert_eq!(one["relationships"]["totalCount"], 2);
    assert_eq!(data("countries=RW&countries=LY&first=").await, one);
    assert_eq!(data("countries=").await, data("").await);
    for (query, field) in [
        ("contries=RW", "contries"),
        ("first=ten", "first"),
        ("first=1&first=2", "first"),
        ("disputed=yes", "disputed"),
        ("validOn=tomorrow", "at.validOn"),
        ("stances=YES", ""),
        ("seq=0", "seq"),
    ] {
        let (status, code, found) = error_of(&app, &format!("/api/positions?{query}")).await;
        assert_eq!((status, code.as_str()), (400, "BAD_USER_INPUT"), "{query}");
        assert!(found == field || field.is_empty(), "{query}: {found}");
    }
    assert_eq!(error_of(&app, "/api/country").await.2, "code");
    for path in [
        "/api/nothing",
        "/api/country.csv?code=RW",
        "/api/positions.xml",
    ] {
        assert_eq!(error_of(&app, path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_list_is_a_table_with_a_link_to_its_next_page() {
    let app = TestApp::start().await;
    let mut path = "/api/positions.csv?first=40".to_owned();
    let mut codes = Vec::new();
    loop {
        let response = app.get(&path).await;
        assert_eq!(
            response.headers()["content-type"],
            "text/csv; charset=utf-8"
        );
        let link = response.headers().get("link").cloned();
        let text = response.text().await.unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = reader.headers().unwrap().clone();
        let column = headers
            .iter()
            .position(|name| name == "requestedState_code")
            .unwrap();
        assert!(headers.iter().all(|name| !name.contains('.')));
        codes.extend(reader.records().map(|row| row.unwrap()[column].to_owned()));
        let Some(link) = link else { break };
        let link = link.to_str().unwrap().to_owned();
        path = link
            .trim_start_matches('<')
            .split('>')
            .next()
            .unwrap()
            .to_owned();
    }
    let data = app.query("{ relationships { totalCount } }").await;
    let mut distinct = codes.clone();
    distinct.dedup();
    assert_eq!(
        (codes.len() as u64, &distinct),
        (
            data["relationships"]["totalCount"].as_u64().unwrap(),
            &codes
        )
    );
}

#[tokio::test]
async fn a_saved_operation_is_charged_as_any_other() {
    let rate = RateLimits {
        per_second: 1,
        burst: 400,
        ..RateLimits::default()
    };
    let app = TestApp::start_with_limits(Limits {
        rate,
        ..uncached_limits()
    })
    .await;
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(
            app.get("/api/resolve-countries?texts=Rwanda,Peru,Chad,Mali")
                .await
                .status(),
        );
    }
    assert_eq!(statuses[0], StatusCode::OK);
    assert_eq!(statuses[39], StatusCode::TOO_MANY_REQUESTS);
    let mcp = app.http().post(app.url("/mcp")).json(&json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "run_query", "arguments": { "query": "{ countries { code name } }" } },
    }));
    let answer: Value = mcp.send().await.unwrap().json().await.unwrap();
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(
        answer["result"]["isError"] == true && text.starts_with("RATE_LIMITED"),
        "{answer}"
    );
}

#[tokio::test]
async fn the_description_keeps_to_forms_that_generators_read() {
    let app = TestApp::start_empty().await;
    let document = openapi(&app).await;
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["info"]["license"]["identifier"].is_string());
    let mut parameters = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        for key in [
            "operationId",
            "summary",
            "security",
            "parameters",
            "responses",
        ] {
            assert!(!operation[key].is_null(), "{path}: {key}");
        }
        assert!(
            operation["responses"]
                .as_object()
                .unwrap()
                .keys()
                .all(|status| status.parse::<u16>().is_ok())
        );
        for parameter in operation["parameters"].as_array().unwrap() {
            if parameter.get("$ref").is_none() {
                parameters += 1;
                assert!(
                    parameter["schema"]["type"].is_string(),
                    "{path}: {parameter}"
                );
                assert!(
                    !parameter["description"].as_str().unwrap().is_empty(),
                    "{path}: {parameter}"
                );
            }
        }
    }
    assert!(parameters > 20);
    check_forms(&document, "");
}

#[track_caller]
fn check_forms(value: &Value, path: &str) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let path = format!("{path}/{key}");
                assert!(
                    !["patternProperties", "prefixItems", "jsonSchemaDialect"]
                        .contains(&key.as_str()),
                    "{path}"
                );
                let is_schema = ["schema", "items", "additionalProperties"].contains(&key.as_str());
                assert!(!(is_schema && value.is_boolean()), "{path}");
                if key == "properties" {
                    for (name, property) in value.as_object().unwrap() {
                        assert!(
                            property.is_object() && property["type"] != "null",
                            "{path}/{name}"
                        );
                    }
                }
                if key == "enum" {
                    assert!(
                        value.as_array().unwrap().iter().all(Value::is_string),
                        "{path}"
                    );
                }
                check_forms(value, &path);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| check_forms(value, path)),
        _ => {}
    }
}
