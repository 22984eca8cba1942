//! Feeds: items, corrections, filters, paging, validators, and what is refused.

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::{SLUG, correction, evidence, source, stance_input};

const SITE: &str = "https://demarche.example";

async fn json_feed(app: &TestApp, path: &str) -> Value {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let content_type = &response.headers()[header::CONTENT_TYPE];
    assert_eq!(content_type, "application/feed+json");
    response.json().await.unwrap()
}

/// A value of each item.
fn values<'f>(feed: &'f Value, key: &str) -> Vec<&'f str> {
    let items = feed["items"].as_array().unwrap().iter();
    items.map(|item| item[key].as_str().unwrap_or("")).collect()
}

/// Rwanda was named (entry 3), refused (4), and the refusal was corrected to an agreement (5).
async fn start() -> TestApp {
    let (app, source) = TestApp::start_with_initiative().await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    app.set_clock("2026-11-24T12:00:00Z");
    let refused = app
        .record_stance(&source, "RW", "REFUSED", "2025-06-25~")
        .await;
    app.set_clock("2026-11-25T12:00:00Z");
    let correction = correction(&refused["statement"], &source, "AGREED", "2025-06-26");
    app.mutate("correctStatement", &correction).await;
    app
}

#[tokio::test]
async fn a_correction_is_an_item_and_updates_the_item_that_it_takes_back() {
    let app = start().await;
    let feed = json_feed(&app, "/feed.json").await;
    let ids = [5, 4, 3].map(|seq| format!("{SITE}/changes/{seq}"));
    assert_eq!(values(&feed, "id"), ids);
    let titles = [
        "Correction: Rwanda: agreed (before: refused)",
        "[Corrected] Rwanda: refused (before: named)",
        "Rwanda: named",
    ];
    assert_eq!(values(&feed, "title"), titles);
    assert_eq!(values(&feed, "external_url"), [ids[1].as_str(), "", ""]);
    let published = ["2026-11-25T12:00:00.000000Z", "2026-11-24T12:00:00.000000Z"];
    assert_eq!(values(&feed, "date_published")[..2], published);
    assert_eq!(
        values(&feed, "date_modified")[..2],
        [published[0], published[0]]
    );
    let texts = values(&feed, "content_text");
    assert!(
        texts[1].starts_with(&format!("Corrected by {SITE}/statements/5 on ")),
        "{}",
        texts[1]
    );
    assert!(
        texts[1].contains("When: about 25 June 2025"),
        "{}",
        texts[1]
    );
    assert!(
        texts[0].contains("It keeps the disputes of the statement that it corrects."),
        "{}",
        texts[0]
    );
    assert!(
        texts[0].starts_with(&format!("Takes back {SITE}/changes/4")),
        "{}",
        texts[0]
    );
}

#[tokio::test]
async fn a_retraction_is_an_item_of_its_own() {
    let app = start().await;
    let retraction =
        json!({ "statement": statement_id(&app, 5).await, "reason": "A false report." });
    app.mutate("retractStatement", &retraction).await;
    let feed = json_feed(&app, "/feed.json").await;
    let titles = [
        "Retraction: Rwanda: refused (before: agreed)",
        "[Retracted] Correction: Rwanda: agreed (before: refused)",
        "Rwanda: refused (before: named)",
        "Rwanda: named",
    ];
    assert_eq!(values(&feed, "title"), titles);
    let texts = values(&feed, "content_text");
    assert!(texts[1].contains("A false report."), "{}", texts[1]);
}

async fn statement_id(app: &TestApp, number: i64) -> Value {
    let query = format!("{{ statement(number: {number}) {{ id }} }}");
    app.query(&query).await["statement"]["id"].take()
}

#[tokio::test]
async fn an_atom_feed_has_the_items_of_the_json_feed() {
    let app = start().await;
    let response = app.get("/feed.atom").await;
    assert_eq!(
        response.headers()[header::CONTENT_TYPE],
        "application/atom+xml; charset=utf-8"
    );
    assert_eq!(response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    let atom = response.text().await.unwrap();
    let feed = json_feed(&app, "/feed.json").await;
    for key in ["id", "title"] {
        for value in values(&feed, key) {
            assert!(
                atom.contains(&format!("<{key}>{value}</{key}>")),
                "{value}: {atom}"
            );
        }
    }
    assert_eq!(
        atom.matches("<updated>2026-11-25T12:00:00.000000Z</updated>")
            .count(),
        3
    );
    assert!(!atom.contains("<updated>2025") && !atom.contains("<published>2025"));
    assert!(atom.contains(&format!(
        "<link rel=\"related\" href=\"{SITE}/changes/4\"/>"
    )));
}

#[tokio::test]
async fn feeds_are_of_everything_an_initiative_a_country_or_a_filter() {
    let app = start().await;
    let source = app.register_source().await;
    app.record_stance(&source, "XK", "NAMED", "2025-07-01")
        .await;
    let (all, kosovo) = (vec![7, 5, 4, 3], vec![7]);
    for (path, expected) in [
        ("/feed.json", &all),
        ("/initiatives/asks/feed.json", &all),
        ("/countries/XK/feed.json", &kosovo),
        ("/countries/xk/feed.json", &kosovo),
        ("/countries/UG/feed.json", &vec![]),
        ("/feed.json?country=XK", &kosovo),
        ("/initiatives/asks/feed.json?country=XK", &kosovo),
        ("/feed.json?stance=REFUSED", &vec![5, 4]),
        (
            "/countries/RW/feed.json?initiative=asks&stance=AGREED",
            &vec![5],
        ),
        ("/feed.json?kind=CORRECTION", &vec![5]),
        (
            "/initiatives/asks/feed.json?kind=EVENT,RETRACTION",
            &vec![7, 4, 3],
        ),
        ("/feed.json?claimant=PRESS", &vec![]),
        (
            "/countries/RW/feed.json?claimant=PRESS,REQUESTED_STATE",
            &vec![5, 4, 3],
        ),
        ("/feed.json?disputed=true", &vec![]),
        ("/feed.json?unusual=false", &all),
        ("/feed.json?seq=4", &vec![4, 3]),
    ] {
        let feed = json_feed(&app, path).await;
        let ids: Vec<String> = expected
            .iter()
            .map(|seq| format!("{SITE}/changes/{seq}"))
            .collect();
        assert_eq!(values(&feed, "id"), ids, "{path}");
    }
    let feed = json_feed(&app, "/countries/xk/feed.json").await;
    assert_eq!(feed["title"], "Kosovo: changes of stances");
    assert_eq!(feed["feed_url"], format!("{SITE}/countries/XK/feed.json"));
    assert_eq!(feed["home_page_url"], format!("{SITE}/countries/XK"));
    let feed = json_feed(&app, &format!("/initiatives/{SLUG}/feed.json")).await;
    assert_eq!(feed["title"], "Requests: changes of stances");
}

#[tokio::test]
async fn the_feed_of_a_statement_tells_what_became_of_it() {
    let app = start().await;
    let second = app.mutate("registerSource", &source()).await;
    let source = second["source"]["id"].as_str().unwrap();
    let statement = json!({ "statement": { "id": statement_id(&app, 4).await } });
    app.mutate("addEvidence", &evidence(&statement, source))
        .await;
    let feed = json_feed(&app, "/statements/4/feed.json").await;
    let titles = values(&feed, "title");
    assert_eq!(titles.len(), 3, "{feed}");
    assert_eq!(titles[0], "Evidence added");
    assert!(titles[1].starts_with("Corrected: "), "{feed}");
    assert_eq!(titles[2], "Recorded: The ministry states its position.");
    let urls = [
        format!("{SITE}/statements/4"),
        format!("{SITE}/statements/5"),
        format!("{SITE}/statements/4"),
    ];
    assert_eq!(values(&feed, "url"), urls);
    assert_eq!(
        app.get("/statements/4/feed.atom").await.status(),
        StatusCode::OK
    );
    let feed = json_feed(&app, "/statements/3/feed.json").await;
    assert_eq!(
        values(&feed, "id"),
        [format!("{SITE}/statements/3#recorded")]
    );
}

#[tokio::test]
async fn a_reader_is_sent_a_feed_only_if_it_changed() {
    let app = start().await;
    let path = "/countries/RW/feed.atom";
    let tag = app.get(path).await.headers()[header::ETAG].clone();
    let request = app
        .http()
        .get(app.url(path))
        .header(header::IF_NONE_MATCH, tag);
    let again = || async { request.try_clone().unwrap().send().await.unwrap().status() };
    assert_eq!(again().await, StatusCode::NOT_MODIFIED);
    let source = app.register_source().await;
    app.record_stance(&source, "XK", "NAMED", "2025-07-01")
        .await;
    assert_eq!(again().await, StatusCode::NOT_MODIFIED);
    app.record_stance(&source, "RW", "IMPLEMENTING", "2025-07-01")
        .await;
    assert_eq!(again().await, StatusCode::OK);
}

#[tokio::test]
async fn the_pages_of_a_feed_have_every_change_once() {
    let app = TestApp::start().await;
    let total = app.query("{ stanceChanges { totalCount } }").await;
    let total = total["stanceChanges"]["totalCount"].as_u64().unwrap();
    assert!(total > 50, "{total}");
    let mut next = Some(format!("{SITE}/feed.json?stance="));
    next = next.map(|url| url.replace("?stance=", ""));
    let mut ids = Vec::new();
    while let Some(url) = next {
        let feed = json_feed(&app, url.strip_prefix(SITE).unwrap()).await;
        assert_eq!(feed["feed_url"], url);
        ids.extend(values(&feed, "id").into_iter().map(str::to_owned));
        next = feed["next_url"].as_str().map(str::to_owned);
    }
    assert_eq!(ids.len() as u64, total);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len() as u64, total);
    let atom = app.get("/feed.atom").await.text().await.unwrap();
    assert!(atom.contains("<link rel=\"next\" href=\"https://demarche.example/feed.atom?before="));
    assert!(atom.contains("<link rel=\"first\" href=\"https://demarche.example/feed.atom\"/>"));
}

#[tokio::test]
async fn what_is_not_there_or_not_a_parameter_is_an_error_with_a_code() {
    let app = start().await;
    for (path, status, code) in [
        ("/feed.json?validOn=2025-01-01", 400, "BAD_USER_INPUT"),
        ("/countries/RW/feed.json?country=XK", 400, "BAD_USER_INPUT"),
        (
            "/statements/4/feed.json?stance=AGREED",
            400,
            "BAD_USER_INPUT",
        ),
        ("/feed.atom?country=QQ", 400, "BAD_USER_INPUT"),
        ("/feed.atom?before=x", 400, "CURSOR_INVALID"),
        ("/feed.atom?seq=99", 400, "CURSOR_INVALID"),
        ("/countries/QQ/feed.atom", 404, "NOT_FOUND"),
        ("/initiatives/no/feed.atom", 404, "NOT_FOUND"),
        ("/statements/1/feed.atom", 404, "NOT_FOUND"),
        ("/statements/04/feed.atom", 404, "NOT_FOUND"),
        ("/statements/99/feed.atom", 404, "NOT_FOUND"),
        ("/feed.rss", 404, "NOT_FOUND"),
    ] {
        let response = app.get(path).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let errors: Value = response.json().await.unwrap();
        assert_eq!(errors["errors"][0]["extensions"]["code"], code, "{path}");
    }
}

#[tokio::test]
async fn a_feed_of_nothing_is_valid() {
    let app = TestApp::start_empty().await;
    let feed = json_feed(&app, "/feed.json").await;
    assert_eq!(feed["items"], json!([]));
    let atom = app
        .get("/countries/RW/feed.atom")
        .await
        .text()
        .await
        .unwrap();
    assert!(
        atom.contains("<updated>1970-01-01T00:00:00Z</updated>"),
        "{atom}"
    );
    assert_eq!(
        app.get("/initiatives/no/feed.atom").await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn markup_in_recorded_text_is_text_in_feeds() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut input = stance_input(&source, "RW", "AGREED", "2025-06-02");
    let hostile = "]]></content></entry><script>alert(1)</script>&lt;";
    input["summary"] = hostile.into();
    input["claimant"]["label"] = hostile.into();
    app.mutate("recordStatement", &input).await;
    for path in ["/feed.atom", "/statements/3/feed.atom"] {
        let atom = app.get(path).await.text().await.unwrap();
        assert!(
            !atom.contains("<script>") && !atom.contains("]]>"),
            "{atom}"
        );
        assert!(atom.contains("&amp;lt;"), "{atom}");
        assert_eq!(atom.matches("</entry>").count(), 1, "{atom}");
    }
    let feed = json_feed(&app, "/feed.json").await;
    assert!(values(&feed, "content_text")[0].contains(hostile));
}

#[tokio::test]
async fn pages_link_their_feeds_and_a_page_lists_them() {
    let app = start().await;
    for (page, feeds) in [
        ("/about", vec!["/feed.atom", "/feed.json"]),
        (
            "/statements/4",
            vec![
                "/feed.atom",
                "/statements/4/feed.atom",
                "/statements/4/feed.json",
            ],
        ),
        (
            "/countries/RW",
            vec!["/feed.atom", "/countries/RW/feed.atom"],
        ),
        ("/initiatives/asks", vec!["/initiatives/asks/feed.atom"]),
    ] {
        let request = app
            .http()
            .get(app.url(page))
            .header(header::ACCEPT, "text/html");
        let html = request.send().await.unwrap().text().await.unwrap();
        for feed in feeds {
            assert!(
                html.contains(&format!("href=\"{feed}\" title=")),
                "{page}: {feed}"
            );
        }
    }
    let list = app.get("/feeds").await.text().await.unwrap();
    for feed in ["/feed.atom", "/feed.json", "/initiatives/asks/feed.atom"] {
        assert!(list.contains(&format!("<a href=\"{feed}\">")), "{feed}");
        assert_eq!(app.get(feed).await.status(), StatusCode::OK);
    }
}
