//! Views as pictures, and the addresses of pictures in pages.

use demarche::config::limits::Limits;
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::json;

use crate::app::TestApp;
use crate::fixtures::record_bundled_stance;

/// The public URL of the test server.
const SITE: &str = "https://demarche.example";

async fn get(app: &TestApp, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let response = app.get(path).await;
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, response.bytes().await.unwrap().to_vec())
}

async fn svg(app: &TestApp, path: &str) -> String {
    let (status, _, body) = get(app, path).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    String::from_utf8(body).unwrap()
}

/// Contents of the `text` elements.
fn texts(svg: &str) -> Vec<&str> {
    let elements = svg.split("<text ").skip(1);
    elements
        .map(|element| element.split(['<', '>']).nth(1).unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn a_picture_has_the_counts_of_the_tally() {
    let app = TestApp::start().await;
    let query =
        "query($at: MomentInput) { initiatives { tally(at: $at) { byStance { stance count } } } }";
    for (path, at) in [
        ("/image.svg", json!({})),
        (
            "/image.svg?on=2025-09-01",
            json!({ "validOn": "2025-09-01" }),
        ),
        (
            "/image.svg?on=2025-09-01&known=then",
            json!({ "publishedBy": "2025-09-01" }),
        ),
    ] {
        let response = app.execute(query, json!({ "at": at })).await;
        let counts = &response["data"]["initiatives"][0]["tally"]["byStance"];
        let count = |stance: &str| {
            let mut all = counts.as_array().unwrap().iter();
            let found = all.find(|each| each["stance"] == stance);
            found.map_or(0, |each| each["count"].as_u64().unwrap())
        };
        let svg = svg(&app, path).await;
        let texts = texts(&svg);
        for (stance, name) in [
            ("NAMED", "Named"),
            ("REFUSED", "Refused"),
            ("AGREED", "Agreed"),
            ("ENDED", "Ended"),
        ] {
            let row = texts.iter().position(|text| *text == name).unwrap();
            assert_eq!(texts[row - 1], count(stance).to_string(), "{path} {stance}");
        }
        assert!(
            svg.contains(&format!("{} refused", count("REFUSED"))) || svg.contains(" had refused"),
            "{path}"
        );
        for wrong in [
            "var(",
            "light-dark(",
            "system-ui",
            "vector-effect",
            "dominant-baseline",
            "href",
        ] {
            assert!(!svg.contains(wrong), "{path} {wrong}");
        }
    }
}

#[tokio::test]
async fn a_png_has_its_size_and_stays_small() {
    let app = TestApp::start().await;
    for (query, width, height) in [
        ("", 1200_u32, 630_u32),
        ("?w=400&h=300&theme=dark", 400, 300),
    ] {
        let (status, headers, png) = get(&app, &format!("/image.png{query}")).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers["content-type"], "image/png");
        assert_eq!(headers["access-control-allow-origin"], "*");
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        assert_eq!((number(16), number(20)), (width, height));
        assert!(png.len() < 200_000, "{} bytes", png.len());
    }
}

#[tokio::test]
async fn a_picture_of_an_entry_never_changes() {
    let app = TestApp::start().await;
    let head = app.execute("{ ledger { head { seq } } }", json!({})).await;
    let seq = head["data"]["ledger"]["head"]["seq"].as_i64().unwrap();
    let paths = [
        format!("/image.svg?seq={seq}"),
        format!("/image.png?w=300&h=300&seq={seq}"),
    ];
    let mut before = Vec::new();
    for path in &paths {
        let (_, headers, body) = get(&app, path).await;
        assert_eq!(
            headers["cache-control"],
            "public, max-age=31536000, immutable"
        );
        before.push((headers["etag"].clone(), body));
    }
    let (_, now, _) = get(&app, "/image.svg").await;
    assert_eq!(now["cache-control"], "no-cache");
    let source = app.register_source().await;
    record_bundled_stance(&app, &source, "PE", "REFUSED", "2026-11-01").await;
    for (path, before) in paths.iter().zip(before) {
        let (_, headers, body) = get(&app, path).await;
        assert_eq!((headers["etag"].clone(), body), before, "{path}");
    }
    let (_, later, _) = get(&app, "/image.svg").await;
    assert_ne!(later["etag"], now["etag"]);
    let unchanged = app
        .http()
        .get(app.url("/image.svg"))
        .header("if-none-match", later["etag"].clone());
    assert_eq!(
        unchanged.send().await.unwrap().status(),
        StatusCode::NOT_MODIFIED
    );
}

#[tokio::test]
async fn what_cannot_be_drawn_is_an_error_with_a_code() {
    let app = TestApp::start().await;
    for (query, status, code) in [
        ("w=299", StatusCode::BAD_REQUEST, "BAD_REQUEST"),
        ("h=100000", StatusCode::BAD_REQUEST, "BAD_REQUEST"),
        ("theme=blue", StatusCode::BAD_REQUEST, "BAD_REQUEST"),
        ("seq=0", StatusCode::BAD_REQUEST, "BAD_REQUEST"),
        ("seq=999999", StatusCode::BAD_REQUEST, "BAD_REQUEST"),
        ("i=nothing", StatusCode::NOT_FOUND, "NOT_FOUND"),
    ] {
        for format in ["svg", "png"] {
            let (found, _, body) = get(&app, &format!("/image.{format}?{query}")).await;
            assert_eq!(found, status, "{query}");
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["errors"][0]["extensions"]["code"], code, "{query}");
        }
    }
}

#[tokio::test]
async fn a_page_names_its_picture_for_previews() {
    let app = TestApp::start().await;
    let page = app.get("/?on=2025-09-01").await.text().await.unwrap();
    let content = |property: &str| {
        let tag = format!("<meta property=\"{property}\" content=\"");
        assert_eq!(page.matches(&tag).count(), 1, "{property}");
        page.split_once(&tag)
            .unwrap()
            .1
            .split_once('"')
            .unwrap()
            .0
            .to_owned()
    };
    let image = content("og:image").replace("&amp;", "&");
    assert_eq!(content("og:image:type"), "image/png");
    let path = image.strip_prefix(SITE).unwrap();
    assert!(path.starts_with("/image.png?on=2025-09-01&seq="), "{path}");
    assert_eq!(content("og:url"), format!("{SITE}/?on=2025-09-01"));
    let order = [
        "og:url",
        "og:image\"",
        "og:image:type",
        "og:image:width",
        "og:image:height",
        "og:image:alt",
    ];
    let places = order.map(|property| page.find(&format!("property=\"{property}")).unwrap());
    assert!(places.is_sorted(), "{places:?}");
    let (status, headers, _) = get(&app, path).await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::OK, &"image/png".parse().unwrap())
    );
}

#[tokio::test]
async fn a_picture_is_paid_when_it_is_drawn_and_nearly_free_again() {
    let mut limits = Limits::default();
    (limits.rate.per_second, limits.rate.burst) = (1, 60_000);
    let app = TestApp::start_with_limits(limits).await;
    let status = async |query| get(&app, &format!("/image.png?{query}")).await.0;
    assert_eq!(status("w=300&h=300").await, StatusCode::OK);
    assert_eq!(status("w=301&h=300").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(status("w=300&h=300").await, StatusCode::OK);
}
