//! The page at `/` as the server makes it, and the built files that it loads.

use demarche::config::access::AccessConfig;
use reqwest::StatusCode;
use serde_json::json;

use crate::app::TestApp;
use crate::fixtures::{SLUG, document};

async fn text(app: &TestApp, path: &str) -> String {
    app.get(path).await.text().await.unwrap()
}

/// The sentence of a page, without its markup.
fn headline(page: &str) -> String {
    let (_, rest) = page.split_once("class=\"headline\">").unwrap();
    let (html, _) = rest.split_once("</h1>").unwrap();
    let parts = html
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect()
}

#[tokio::test]
async fn the_sentence_has_the_counts_of_the_tally() {
    let app = TestApp::start().await;
    let query =
        "query($at: MomentInput) { initiatives { tally(at: $at) { byStance { stance count } } } }";
    for (path, at) in [
        ("/", json!({})),
        ("/?on=2025-09-01", json!({ "validOn": "2025-09-01" })),
        (
            "/?on=2025-09-01&known=then",
            json!({ "publishedBy": "2025-09-01" }),
        ),
    ] {
        let response = app.execute(query, json!({ "at": at })).await;
        let counts = response["data"]["initiatives"][0]["tally"]["byStance"].clone();
        let count = |stance: &str| {
            let all = counts.as_array().unwrap().iter();
            all.filter(|each| each["stance"] == stance)
                .map(|each| each["count"].as_u64().unwrap())
                .sum::<u64>()
        };
        let all = counts.as_array().unwrap().iter();
        let total: u64 = all.map(|each| each["count"].as_u64().unwrap()).sum();
        let known = total - count("UNKNOWN");
        let page = text(&app, path).await;
        let sentence = headline(&page);
        assert!(
            sentence.contains(&format!(" {known} states")),
            "{path}: {sentence}"
        );
        let had = if path == "/" { "" } else { " had" };
        let refused = format!("{}{had} refused", count("REFUSED"));
        assert!(sentence.contains(&refused), "{path}: {sentence}");
        let rows = page.matches("<tr data-code=").count();
        assert_eq!(rows as u64, known, "{path}");
        let title = format!("<meta property=\"og:title\" content=\"{sentence}\">");
        assert!(page.contains(&title), "{path}");
    }
}

#[tokio::test]
async fn each_row_names_the_statement_that_the_stance_rested_on_at_the_moment() {
    let app = TestApp::start().await;
    let query = "query($at: MomentInput) { initiatives { relationships(first: 100, at: $at) { nodes {
        requestedState { code } position(at: $at) { stance basis { number summary claimant { label } } } } } } }";
    for (path, at) in [
        ("/", json!({})),
        ("/?on=2025-09-01", json!({ "validOn": "2025-09-01" })),
        (
            "/?on=2025-07-01&known=then",
            json!({ "publishedBy": "2025-07-01" }),
        ),
        (
            "/embed?on=2025-07-01&known=then",
            json!({ "publishedBy": "2025-07-01" }),
        ),
    ] {
        let response = app.execute(query, json!({ "at": at })).await;
        let nodes = &response["data"]["initiatives"][0]["relationships"]["nodes"];
        let page = text(&app, path).await;
        for node in nodes.as_array().unwrap() {
            let position = &node["position"];
            if position["stance"] == "UNKNOWN" {
                continue;
            }
            let code = node["requestedState"]["code"].as_str().unwrap();
            let start = format!("<tr data-code=\"{code}\">");
            let (_, row) = page.split_once(&start).unwrap();
            let (row, _) = row.split_once("</tr>").unwrap();
            let number = &position["basis"]["number"];
            let link = format!("<a href=\"/statements/{number}\" title=\"");
            assert!(row.contains(&link), "{path} {code}: {row}");
            assert!(!row.contains("<td></td>") && row.contains("<bdi>"), "{row}");
        }
    }
}

#[tokio::test]
async fn an_address_that_names_no_initiative_is_not_found() {
    let app = TestApp::start().await;
    let response = app.get("/?i=nothing").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let page = response.text().await.unwrap();
    let cursor = app.head().await["cursor"].clone();
    let waiting = format!("<div data-waiting=\"{}\">", cursor.as_str().unwrap());
    assert!(page.contains(&waiting), "{page}");
    assert!(page.contains("There is no such matter."), "{page}");
    assert!(
        page.contains("href=\"/?i=us-third-country-removals\""),
        "{page}"
    );
}

#[tokio::test]
async fn a_fixed_view_says_of_when_it_is() {
    let app = TestApp::start().await;
    let page = text(&app, "/?at=2026-11-23T12:00:00Z").await;
    let sentence = headline(&page);
    assert!(
        sentence.starts_with("As recorded on 23 November 2026, 12:00 UTC: "),
        "{sentence}"
    );
    let page = text(&app, "/?at=2020-01-01T00:00:00Z").await;
    assert!(
        headline(&page).ends_with("No state has been asked yet."),
        "{page}"
    );
}

#[tokio::test]
async fn the_page_allows_no_inline_style_and_other_pages_cannot_frame_it() {
    let app = TestApp::start_with_access(AccessConfig {
        only_trusted: false,
        ..AccessConfig::default()
    })
    .await;
    let page = app.get("/").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("style-src 'self';"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[tokio::test]
async fn built_files_are_compressed_for_who_accepts_it() {
    let app = TestApp::start().await;
    let page = text(&app, "/").await;
    let (_, rest) = page.split_once("src=\"/atlas/").unwrap();
    let (script, _) = rest.split_once('"').unwrap();
    let path = format!("/atlas/{script}");
    let get = async |coding: &str| {
        let request = app.http().get(app.url(&path));
        request
            .header("accept-encoding", coding)
            .send()
            .await
            .unwrap()
    };
    let mut sizes = Vec::new();
    for (accepted, coding) in [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip", Some("gzip")),
        ("br;q=0, gzip", Some("gzip")),
        ("identity", None),
    ] {
        let response = get(accepted).await;
        let headers = response.headers().clone();
        let encoding = headers.get("content-encoding");
        assert_eq!(
            encoding.and_then(|value| value.to_str().ok()),
            coding,
            "{accepted}"
        );
        assert_eq!(headers["vary"], "accept-encoding");
        assert_eq!(headers["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(
            headers["cache-control"],
            "public, max-age=31536000, immutable"
        );
        let tag = headers["etag"].clone();
        let again = app
            .http()
            .get(app.url(&path))
            .header("accept-encoding", accepted);
        let again = again.header("if-none-match", tag).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{accepted}");
        sizes.push(response.bytes().await.unwrap().len());
    }
    assert!(sizes[0] < sizes[1] && sizes[1] < sizes[3], "{sizes:?}");
    let copy = app.get(&format!("{path}.br")).await;
    assert_eq!(copy.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_sentence_is_english_whatever_the_language_of_the_names() {
    let app = TestApp::start().await;
    let page = text(&app, "/?lang=fr").await;
    let sentence = headline(&page);
    assert!(
        sentence.starts_with("The United States has asked"),
        "{sentence}"
    );
    assert!(page.contains(">Ouganda<"));
}

#[tokio::test]
async fn no_state_is_left_out_however_many_were_asked() {
    const ASKED: usize = 230;
    let app = TestApp::start_empty().await;
    let countries = app.query("{ countries { code } }").await;
    let codes = countries["countries"].as_array().unwrap().iter();
    let codes = codes.map(|country| country["code"].as_str().unwrap());
    let codes: Vec<&str> = codes.filter(|code| *code != "US").take(ASKED).collect();
    let mut document = document(SLUG, &codes);
    for statement in document["statements"].as_array_mut().unwrap() {
        statement["validFrom"] = "2025-03-01".into();
    }
    app.import(&document).await;
    let app = app.restart().await;
    for path in ["/", "/embed", "/?on=2025-04-01"] {
        let page = text(&app, path).await;
        let sentence = headline(&page);
        assert!(
            sentence.contains(&format!(" {ASKED} states")),
            "{path}: {sentence}"
        );
        let rows = page.matches("<tr data-code=").count();
        assert_eq!(rows, ASKED, "{path}");
    }
    let picture = text(&app, "/image.svg").await;
    assert!(picture.contains(&format!(" {ASKED} states")));
}
