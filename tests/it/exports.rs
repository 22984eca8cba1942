//! Exports: every file, its parameters, its headers, and that it is one state of the ledger.

use reqwest::{StatusCode, header};
use serde_json::Value;

use crate::app::{TestApp, limits, run_demarche};
use crate::database::TestDatabase;
use crate::fixtures::{SLUG, correction, stance_input};
use demarche::config::limits::{DocumentLimits, Limits, RateLimits};

const FILES: [&str; 7] = [
    "relationships",
    "statements",
    "changes",
    "dyad-days",
    "agreements",
    "sources",
    "matrix",
];

/// The rows of a CSV file; the first one is the header.
#[track_caller]
fn parse(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

async fn text(app: &TestApp, path: &str) -> String {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.text().await.unwrap()
}

async fn rows(app: &TestApp, path: &str) -> Vec<Vec<String>> {
    parse(&text(app, path).await)
}

/// The values of a column, without its name.
#[track_caller]
fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let index = rows[0].iter().position(|header| header == name);
    let index = index.unwrap_or_else(|| panic!("no {name} in {:?}", rows[0]));
    rows[1..].iter().map(|row| row[index].clone()).collect()
}

/// Rwanda was named, refused, and the refusal was corrected to an agreement; Kosovo was named.
async fn start() -> TestApp {
    let (app, source) = TestApp::start_with_initiative().await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    let refused = app
        .record_stance(&source, "RW", "REFUSED", "2025-06-25~")
        .await;
    let correction = correction(&refused["statement"], &source, "AGREED", "2025-06");
    app.mutate("correctStatement", &correction).await;
    app.record_stance(&source, "XK", "NAMED", "2025-05/2025-06")
        .await;
    app
}

#[tokio::test]
async fn relationships_have_codes_names_and_bounds_of_dates() {
    let app = start().await;
    let rows = rows(&app, "/export/relationships.csv").await;
    assert_eq!(column(&rows, "requested_state"), ["RW", "XK"]);
    assert_eq!(column(&rows, "requested_state_alpha3"), ["RWA", ""]);
    assert_eq!(column(&rows, "requested_state_name"), ["Rwanda", "Kosovo"]);
    assert_eq!(column(&rows, "stance"), ["AGREED", "NAMED"]);
    assert_eq!(column(&rows, "since"), ["2025-06", "2025-05/2025-06"]);
    assert_eq!(
        column(&rows, "since_earliest"),
        ["2025-06-01", "2025-05-01"]
    );
    assert_eq!(column(&rows, "since_latest"), ["2025-06-30", "2025-06-30"]);
    assert_eq!(column(&rows, "since_precision"), ["month", "interval"]);
    assert_eq!(column(&rows, "disputed"), ["false", "false"]);
    assert_eq!(column(&rows, "basis"), ["5", "6"]);
    let links = [
        "https://demarche.example/statements/5",
        "https://demarche.example/statements/6",
    ];
    assert_eq!(column(&rows, "basis_url"), links);
}

#[tokio::test]
async fn statements_and_changes_show_corrections() {
    let app = start().await;
    let statements = rows(&app, "/export/statements.csv").await;
    assert_eq!(column(&statements, "seq"), ["3", "4", "5", "6"]);
    let standing = ["STANDING", "CORRECTED", "STANDING", "STANDING"];
    assert_eq!(column(&statements, "standing"), standing);
    assert_eq!(column(&statements, "corrects"), ["", "", "4", ""]);
    assert_eq!(column(&statements, "corrected_by"), ["", "5", "", ""]);
    let url = "https://example.org/report";
    assert_eq!(column(&statements, "source_urls"), [url; 4]);
    let changes = rows(&app, "/export/changes.csv").await;
    assert_eq!(column(&changes, "seq"), ["3", "4", "5", "6"]);
    assert_eq!(
        column(&changes, "kind"),
        ["EVENT", "EVENT", "CORRECTION", "EVENT"]
    );
    assert_eq!(
        column(&changes, "from_stance"),
        ["UNKNOWN", "NAMED", "REFUSED", "UNKNOWN"]
    );
    assert_eq!(column(&changes, "revises"), ["", "", "4", ""]);
}

#[tokio::test]
async fn periods_and_the_matrix_have_the_positions_of_the_api() {
    let app = start().await;
    let days = rows(&app, "/export/dyad-days.csv").await;
    assert_eq!(
        column(&days, "requested_state"),
        ["RW", "RW", "RW", "XK", "XK"]
    );
    let stances = ["UNKNOWN", "NAMED", "AGREED", "UNKNOWN", "NAMED"];
    assert_eq!(column(&days, "stance"), stances);
    let from = ["", "2025-06-02", "2025-06-30", "", "2025-06-30"];
    assert_eq!(column(&days, "valid_from"), from);
    let to = ["2025-06-02", "2025-06-30", "", "2025-06-30", ""];
    assert_eq!(column(&days, "valid_to"), to);
    let matrix = text(&app, "/export/matrix.csv").await;
    let expected = format!(
        "requested_state,requested_state_alpha3,requested_state_name,{SLUG}\r\nRW,RWA,Rwanda,AGREED\r\nXK,,Kosovo,NAMED\r\n"
    );
    assert_eq!(matrix, expected);
}

/// Each column has a value in some row of the bundled data or of a statement of its kind.
#[tokio::test]
async fn every_column_finds_its_value() {
    let app = TestApp::start().await;
    // What the bundled data set has no example of.
    let unused = [
        "retracted_at",
        "retraction_reason",
        "high",
        "note",
        "correction_reason",
        "revises",
        "in_force_on",
        "reviewed_on",
        "review_note",
        "initiative_edition",
        "scope",
        "destination",
        "evidence_published_on",
    ];
    for name in FILES {
        let rows = rows(&app, &format!("/export/{name}.csv")).await;
        assert!(rows.len() > 1, "{name}");
        for header in &rows[0] {
            let is_filled = column(&rows, header).iter().any(|cell| !cell.is_empty());
            let is_unused = unused.iter().any(|name| header.starts_with(name));
            assert!(is_filled || is_unused, "{name}: {header} is always empty");
        }
    }
}

#[tokio::test]
async fn filters_and_moments_are_those_of_the_api() {
    let app = start().await;
    for (path, name, expected) in [
        (
            "relationships.csv?country=xk",
            "requested_state",
            vec!["XK"],
        ),
        (
            "relationships.csv?country=XK,RW&stance=AGREED,REFUSED",
            "requested_state",
            vec!["RW"],
        ),
        (
            "relationships.csv?validOn=2025-06-10",
            "stance",
            vec!["NAMED", "UNKNOWN"],
        ),
        ("relationships.csv?publishedBy=2025-06-01", "stance", vec![]),
        ("relationships.csv?seq=4", "stance", vec!["REFUSED"]),
        (
            "relationships.csv?recordedBy=2000-01-01T00:00:00Z",
            "stance",
            vec![],
        ),
        (
            "relationships.csv?initiative=asks",
            "requested_state",
            vec!["RW", "XK"],
        ),
        ("statements.csv?stance=REFUSED", "seq", vec!["4"]),
        ("statements.csv?country=XK", "seq", vec!["6"]),
        (
            "statements.csv?validOn=2025-06-10",
            "seq",
            vec!["3", "5", "6"],
        ),
        (
            "statements.csv?seq=4",
            "standing",
            vec!["STANDING", "STANDING"],
        ),
        ("changes.csv?stance=REFUSED", "seq", vec!["4", "5"]),
        ("changes.csv?country=XK", "seq", vec!["6"]),
        (
            "changes.csv?kind=CORRECTION&claimant=REQUESTED_STATE",
            "seq",
            vec!["5"],
        ),
        ("changes.csv?disputed=true", "seq", vec![]),
        ("changes.csv?unusual=true", "seq", vec![]),
        ("changes.csv?initiative=asks&seq=3", "seq", vec!["3"]),
        (
            "dyad-days.csv?stance=AGREED",
            "valid_from",
            vec!["2025-06-30"],
        ),
        (
            "dyad-days.csv?seq=4&stance=REFUSED",
            "valid_from",
            vec!["2025-06-25"],
        ),
        ("matrix.csv?stance=AGREED", "asks", vec!["AGREED"]),
        ("agreements.csv", "seq", vec![]),
    ] {
        let rows = rows(&app, &format!("/export/{path}")).await;
        assert_eq!(column(&rows, name), expected, "{path}");
    }
}

#[tokio::test]
async fn a_wrong_parameter_is_an_error_with_its_name() {
    let app = start().await;
    for (path, status, code, field) in [
        (
            "relationships.csv?stances=AGREED",
            400,
            "BAD_USER_INPUT",
            "stances",
        ),
        (
            "relationships.csv?country=RW&country=XK",
            400,
            "BAD_USER_INPUT",
            "country",
        ),
        (
            "relationships.csv?country=QQ",
            400,
            "BAD_USER_INPUT",
            "country",
        ),
        (
            "relationships.csv?stance=AGREE",
            400,
            "BAD_USER_INPUT",
            "stance",
        ),
        (
            "relationships.csv?validOn=2025-02-30",
            400,
            "BAD_USER_INPUT",
            "validOn",
        ),
        ("relationships.csv?seq=1e3", 400, "BAD_USER_INPUT", "seq"),
        ("relationships.csv?seq=99", 400, "CURSOR_INVALID", "seq"),
        ("ledger.ndjson?seq=99", 400, "CURSOR_INVALID", "seq"),
        ("datapackage.json?seq=99", 400, "CURSOR_INVALID", "seq"),
        (
            "relationships.csv?initiative=no",
            404,
            "NOT_FOUND",
            "filter.initiative",
        ),
        (
            "changes.csv?validOn=2025-06-10",
            400,
            "BAD_USER_INPUT",
            "validOn",
        ),
        ("ledger.ndjson?country=RW", 400, "BAD_USER_INPUT", "country"),
        ("nothing.csv", 404, "NOT_FOUND", ""),
        ("relationships", 404, "NOT_FOUND", ""),
    ] {
        let response = app.get(&format!("/export/{path}")).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let errors: Value = response.json().await.unwrap();
        let extensions = &errors["errors"][0]["extensions"];
        assert_eq!(extensions["code"], code, "{path}: {errors}");
        assert_eq!(
            extensions["field"].as_str().unwrap_or_default(),
            field,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_pinned_file_never_changes() {
    let app = start().await;
    let files = FILES.map(|name| format!("/export/{name}.csv?seq=5"));
    let files = files.into_iter().chain([
        "/export/ledger.ndjson?seq=5".to_owned(),
        "/export/datapackage.json?seq=5".to_owned(),
    ]);
    let files: Vec<String> = files.collect();
    let mut before = Vec::new();
    for path in &files {
        before.push(text(&app, path).await);
    }
    let source = app.register_source().await;
    app.record_stance(&source, "RW", "IMPLEMENTING", "2025-09-01")
        .await;
    app.record_stance(&source, "UG", "NAMED", "2025-09-01")
        .await;
    for (path, before) in files.iter().zip(before) {
        assert_eq!(text(&app, path).await, before, "{path}");
    }
}

#[tokio::test]
async fn the_headers_name_the_state_and_how_long_it_may_be_stored() {
    let app = start().await;
    let response = app
        .get("/export/relationships.csv?stance=AGREED,NAMED")
        .await;
    let headers = response.headers().clone();
    assert_eq!(
        headers[header::CONTENT_TYPE],
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(headers["demarche-seq"], "6");
    let pinned = "/export/relationships.csv?stance=AGREED%2CNAMED&seq=6";
    assert_eq!(headers[header::CONTENT_LOCATION], pinned);
    let file = "attachment; filename=\"demarche-relationships-6.csv\"";
    assert_eq!(headers[header::CONTENT_DISPOSITION], file);
    assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    let body = response.text().await.unwrap();
    let response = app.get(pinned).await;
    assert_eq!(
        response.headers()[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(response.headers()[header::ETAG], headers[header::ETAG]);
    assert_eq!(response.text().await.unwrap(), body);
    let again = app
        .http()
        .get(app.url("/export/relationships.csv?stance=AGREED,NAMED"));
    let again = again.header(header::IF_NONE_MATCH, &headers[header::ETAG]);
    let response = again.try_clone().unwrap().send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    let source = app.register_source().await;
    app.record_stance(&source, "UG", "NAMED", "2025-09-01")
        .await;
    assert_eq!(again.send().await.unwrap().status(), StatusCode::OK);
    let head = app
        .http()
        .head(app.url("/export/relationships.csv"))
        .send()
        .await
        .unwrap();
    assert_eq!(head.status(), StatusCode::OK);
}

#[tokio::test]
async fn words_that_a_spreadsheet_would_run_or_that_need_quotes_survive() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut input = stance_input(&source, "RW", "AGREED", "2025-06-02");
    input["summary"] = "=HYPERLINK(\"https://example.org\",\"click\")".into();
    input["note"] = "one, \"two\"\nthree".into();
    input["claimant"]["label"] = "-1+1".into();
    app.mutate("recordStatement", &input).await;
    let rows = rows(&app, "/export/statements.csv").await;
    let summary = "'=HYPERLINK(\"https://example.org\",\"click\")";
    assert_eq!(column(&rows, "summary"), [summary]);
    assert_eq!(column(&rows, "note"), ["one, \"two\"\nthree"]);
    assert_eq!(column(&rows, "claimant"), ["'-1+1"]);
}

#[tokio::test]
async fn the_ledger_is_that_of_the_command_and_can_be_restored() {
    let app = start().await;
    let ledger = text(&app, "/export/ledger.ndjson").await;
    let file = app.directory().join("exported.ndjson");
    std::fs::write(&file, &ledger).unwrap();
    let copy = TestDatabase::empty().await;
    run_demarche(&copy, &["import", file.to_str().unwrap()]).await;
    run_demarche(&copy, &["verify"]).await;
    run_demarche(app.test_db(), &["export", "--output", "by-command.ndjson"]).await;
    let by_command = std::fs::read_to_string(app.directory().join("by-command.ndjson"));
    assert_eq!(by_command.unwrap(), ledger);
    let part = text(&app, "/export/ledger.ndjson?seq=4").await;
    let lines: Vec<&str> = part.lines().collect();
    assert_eq!(lines.len(), 6);
    assert_eq!(lines[..5], ledger.lines().collect::<Vec<_>>()[..5]);
    let footer: Value = serde_json::from_str(lines[5]).unwrap();
    let entry: Value = serde_json::from_str(lines[4]).unwrap();
    assert_eq!(
        (&footer["head"], &footer["count"]),
        (&entry["hash"], &4.into())
    );
}

#[tokio::test]
async fn an_empty_ledger_has_files_with_headers_only() {
    let app = TestApp::start_empty().await;
    for name in FILES {
        let rows = rows(&app, &format!("/export/{name}.csv")).await;
        assert_eq!(rows.len(), 1, "{name}");
    }
    assert_eq!(text(&app, "/export/ledger.ndjson").await.lines().count(), 2);
    assert!(
        text(&app, "/export/datapackage.json")
            .await
            .contains("relationships")
    );
}

/// More rows than a page has; pages are smaller where a whole one would cost too much.
#[tokio::test]
async fn a_file_of_many_pages_has_every_row_once() {
    let app = TestApp::start().await;
    let whole = rows(&app, "/export/statements.csv").await;
    let total = &app.query("{ statements { totalCount } }").await["statements"]["totalCount"];
    assert_eq!((whole.len() - 1) as u64, total.as_u64().unwrap());
    let mut seqs = column(&whole, "seq");
    seqs.sort();
    seqs.dedup();
    assert_eq!(seqs.len(), whole.len() - 1);
    let small = Limits {
        document: DocumentLimits {
            cost: 1_500,
            ..DocumentLimits::default()
        },
        ..limits()
    };
    let other = app.start_another(small).await;
    assert_eq!(rows(&other, "/export/statements.csv").await, whole);
    other.stop().await;
}

#[tokio::test]
async fn a_file_is_charged_by_the_page_and_waits_for_the_rate_limit() {
    let app = TestApp::start().await;
    let whole = text(&app, "/export/statements.csv").await;
    let slow = Limits {
        rate: RateLimits {
            per_second: 30_000,
            burst: 20_000,
            ..RateLimits::default()
        },
        ..limits()
    };
    let other = app.start_another(slow).await;
    assert_eq!(text(&other, "/export/statements.csv").await, whole);
    // The bucket is about empty now: the next file is refused at its start.
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let response = other.get("/export/statements.csv").await;
        statuses.push(response.status());
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            assert!(response.headers().contains_key(header::RETRY_AFTER));
        }
    }
    assert!(
        statuses.contains(&StatusCode::TOO_MANY_REQUESTS),
        "{statuses:?}"
    );
    other.stop().await;
}

#[tokio::test]
async fn the_data_package_describes_every_column() {
    let app = TestApp::start().await;
    let package: Value =
        serde_json::from_str(&text(&app, "/export/datapackage.json").await).unwrap();
    let resources = package["resources"].as_array().unwrap();
    assert_eq!(resources.len(), FILES.len());
    for (resource, name) in resources.iter().zip(FILES) {
        assert_eq!(resource["name"], name);
        let path = resource["path"].as_str().unwrap();
        let path = path.strip_prefix("https://demarche.example").unwrap();
        let rows = rows(&app, path).await;
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let names: Vec<&str> = fields
            .iter()
            .map(|field| field["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, rows[0], "{name}");
        for key in resource["schema"]["primaryKey"].as_array().unwrap() {
            assert!(names.contains(&key.as_str().unwrap()), "{key}");
        }
    }
}

#[tokio::test]
async fn only_trusted_documents_do_not_stop_exports() {
    let access = demarche::config::access::AccessConfig {
        only_trusted: true,
        ..Default::default()
    };
    let app = TestApp::start_with_access(access).await;
    assert!(rows(&app, "/export/changes.csv").await.len() > 1);
}
