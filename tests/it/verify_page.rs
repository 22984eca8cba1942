//! The page that checks a position: its scripts, the moments that it can be asked about, and where it is linked. What the scripts say is
//! checked in `tests/browser` and `tests/peers`.

use reqwest::StatusCode;

use crate::app::TestApp;

const ADDRESS: &str = "/verify?initiative=us-third-country-removals&country=RW";

#[tokio::test]
async fn the_modules_of_the_script_are_served_and_nothing_else_is() {
    let app = TestApp::start().await;
    for module in ["ledger.mjs", "facts.mjs", "position.mjs"] {
        let script = app.get(&format!("/verify/{module}")).await;
        let content_type = &script.headers()["content-type"];
        assert_eq!(content_type, "text/javascript; charset=utf-8", "{module}");
        assert!(script.text().await.unwrap().contains("export "), "{module}");
    }
    for name in ["none.mjs", "mod.rs", "verify.js"] {
        let status = app.get(&format!("/verify/{name}")).await.status();
        assert_eq!(status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn the_page_has_the_position_at_a_moment_and_rejects_what_is_none() {
    let app = TestApp::start().await;
    for (moment, expected) in [
        (
            "validOn=2024-01-01",
            "{&quot;stance&quot;:&quot;UNKNOWN&quot;",
        ),
        (
            "recordedBy=2020-01-01T00:00:00Z",
            "{&quot;stance&quot;:&quot;UNKNOWN&quot;",
        ),
        ("validOn=", "{&quot;stance&quot;:&quot;IMPLEMENTING&quot;"),
    ] {
        let page = app.get(&format!("{ADDRESS}&{moment}")).await;
        let html = page.text().await.unwrap();
        assert!(html.contains(expected), "{moment}: {html}");
    }
    for moment in ["validOn=2025", "publishedBy=soon", "recordedBy=2025-01-01"] {
        let page = app.get(&format!("{ADDRESS}&{moment}")).await;
        assert_eq!(page.status(), StatusCode::BAD_REQUEST, "{moment}");
    }
}

#[tokio::test]
async fn pages_with_a_position_link_its_check_and_those_of_the_past_that_of_then() {
    let (app, source) = TestApp::start_with_initiative().await;
    app.set_clock("2026-11-24T12:00:00Z");
    let recorded = app.record_stance(&source, "RW", "AGREED", "2025").await;
    let number = recorded["statement"]["number"].as_i64().unwrap();
    app.set_clock("2026-11-25T12:00:00Z");
    let link = "\"/verify?initiative=asks&amp;country=RW\"";
    for page in [
        "/countries/RW".to_owned(),
        format!("/statements/{number}"),
        format!("/changes/{number}"),
    ] {
        let html = app.get(&page).await.text().await.unwrap();
        assert!(html.contains(link), "{page}: {html}");
    }
    let link =
        "\"/verify?initiative=asks&amp;country=RW&amp;recordedBy=2026-11-24T13%3A00%3A00.000000Z\"";
    for page in ["/countries/RW".to_owned(), format!("/statements/{number}")] {
        let address = format!("{page}?at=2026-11-24T13:00:00Z");
        let html = app.get(&address).await.text().await.unwrap();
        assert!(html.contains(link), "{page}: {html}");
    }
}
