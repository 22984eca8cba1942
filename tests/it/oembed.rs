//! oEmbed: descriptions of views for programs that turn links into frames.

use reqwest::StatusCode;
use serde_json::Value;

use crate::app::TestApp;

const SITE: &str = "https://demarche.example";

async fn describe(app: &TestApp, query: &str) -> (StatusCode, Value) {
    let response = app.get(&format!("/oembed?{query}")).await;
    let status = response.status();
    assert_eq!(response.headers()["content-type"], "application/json");
    (status, response.json().await.unwrap())
}

#[tokio::test]
async fn a_view_is_described_with_numbers_within_the_bounds() {
    let app = TestApp::start().await;
    let url = "url=https%3A%2F%2Fdemarche.example%2F%3Fon%3D2025-07-01%26c%3DRW%7ESZ";
    for (bounds, width, height) in [
        ("", 800, 620),
        ("&maxwidth=480", 480, 620),
        ("&maxwidth=480&maxheight=320&format=json", 480, 320),
        ("&maxwidth=5000", 800, 620),
        ("&maxwidth=wide", 800, 620),
    ] {
        let (status, answer) = describe(&app, &format!("{url}{bounds}")).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(
            (&answer["version"], &answer["type"]),
            (&"1.0".into(), &"rich".into())
        );
        assert_eq!(
            (&answer["width"], &answer["height"]),
            (&width.into(), &height.into())
        );
        let html = answer["html"].as_str().unwrap();
        let frame = html.split('"').nth(1).unwrap();
        assert!(frame.starts_with(&format!("{SITE}/embed?v=")), "{frame}");
        assert_eq!(frame.matches(['&', '=']).count(), 1, "{frame}");
        let path = frame.strip_prefix(SITE).unwrap();
        let page = app.get(path).await.text().await.unwrap();
        assert!(page.contains("By 1 July 2025"), "{frame}");
        if let Some(thumbnail) = answer["thumbnail_url"].as_str() {
            assert!(answer["thumbnail_width"].as_u64() <= Some(1200));
            let picture = app.get(thumbnail.strip_prefix(SITE).unwrap()).await;
            assert_eq!(picture.headers()["content-type"], "image/png");
        }
    }
}

#[tokio::test]
async fn one_view_has_one_description_however_its_address_is_written() {
    let app = TestApp::start().await;
    let (_, expected) = describe(
        &app,
        "url=https://demarche.example/?c=RW~SZ%26on=2025-07-01",
    )
    .await;
    for url in [
        "https%3A%2F%2Fdemarche.example%2F%3Fc%3DRW%7ESZ%26on%3D2025-07-01",
        "https%3A%2F%2Fdemarche.example%2F%3Fon%3D2025-07-01%26c%3DRW~SZ",
        "https%3A%2F%2Fdemarche.example%2F%3Fon%3D2025-07-01%26c%3DRW%257ESZ%26utm_source%3Dx",
        "https%3A%2F%2Fdemarche.example%2Fembed%3Fc%3DRW%7ESZ%26on%3D2025-07-01",
    ] {
        let (status, answer) = describe(&app, &format!("url={url}")).await;
        assert_eq!(
            (status, answer),
            (StatusCode::OK, expected.clone()),
            "{url}"
        );
    }
}

#[tokio::test]
async fn what_is_no_view_is_an_error_with_a_code() {
    let app = TestApp::start().await;
    for (query, status, code) in [
        ("", StatusCode::NOT_FOUND, "NOT_FOUND"),
        ("url=x", StatusCode::NOT_FOUND, "NOT_FOUND"),
        (
            "url=https://other.example/",
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
        ),
        (
            "url=https://demarche.example/graphql",
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
        ),
        (
            "url=https://demarche.example/&format=xml",
            StatusCode::NOT_IMPLEMENTED,
            "NOT_IMPLEMENTED",
        ),
    ] {
        let (found, answer) = describe(&app, query).await;
        assert_eq!(found, status, "{query}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{query}");
    }
}

#[tokio::test]
async fn a_page_names_its_description() {
    let app = TestApp::start().await;
    let page = app
        .get("/?on=2025-07-01&c=RW~SZ")
        .await
        .text()
        .await
        .unwrap();
    let (_, link) = page
        .split_once("type=\"application/json+oembed\" href=\"")
        .unwrap();
    let (address, _) = link.split_once('"').unwrap();
    let address = address.replace("&amp;", "&");
    let answer = app.get(address.strip_prefix(SITE).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK, "{address}");
}
