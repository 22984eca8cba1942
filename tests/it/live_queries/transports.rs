//! Live queries over each transport: the same messages, and the same way back.

use serde_json::{Value, json};

use super::{LIST, RWANDA, live};
use crate::app::TestApp;
use crate::event_streams::{Body, FORMATS, SERVER_SENT_EVENTS, get, post};

#[tokio::test]
async fn every_format_of_a_stream_sends_the_same_messages() {
    let (app, source) = super::start_about(&["RW", "PE", "EC", "GH"]).await;
    let query = live("(patch: true)", LIST);
    let mut streams = Vec::new();
    for format in FORMATS {
        for request in [get, post] {
            let response = request(&app, format, &query, &json!({})).send().await;
            streams.push((format, Body::of(response.unwrap())));
        }
    }
    let mut socket = app.subscribe(&query, json!({})).await;
    for step in 0..2 {
        let expected = socket.next().await["payload"].take();
        assert_eq!(expected.get("data").is_some(), step == 0, "{expected}");
        for (format, body) in &mut streams {
            assert_eq!(body.next(format).await, expected, "{format}");
        }
        if step == 0 {
            app.record_stance(&source, "PE", "AGREED", "2025-05").await;
        }
    }
}

#[tokio::test]
async fn server_sent_events_carry_the_cursor_and_last_event_id_resumes() {
    let (app, source) = TestApp::start_with_initiative().await;
    let query = live("(after: \"overridden\")", RWANDA);
    let url = url::Url::parse_with_params(&app.url("/graphql/stream"), [("query", &query)]);
    let url = url.unwrap();
    let head = app.head().await["cursor"].as_str().unwrap().to_owned();
    let resume = |cursor: &str| app.http().get(url.clone()).header("last-event-id", cursor);
    let mut body = Body::of(resume(&head).send().await.unwrap());
    let event = body.until("\n\n").await;
    assert!(
        event.starts_with(&format!("event: next\nid: {head}\n")),
        "{event}"
    );
    assert!(event.contains("\"unchanged\":true"), "{event}");
    app.record_stance(&source, "RW", "NAMED", "2025-03").await;
    let event = body.until("\n\n").await;
    let cursor = app.head().await["cursor"].as_str().unwrap().to_owned();
    assert!(
        event.starts_with(&format!("event: next\nid: {cursor}\n")),
        "{event}"
    );
    for format in FORMATS {
        let request = post(&app, format, &query, &json!({}));
        let request = request.header("last-event-id", &cursor);
        let mut body = Body::of(request.send().await.unwrap());
        let answer = body.next(format).await;
        assert_eq!(answer["extensions"]["live"]["unchanged"], true, "{format}");
    }
    // Without the header, the argument counts.
    let response = app.http().get(url.clone()).send().await.unwrap();
    assert_eq!(response.status(), 400);
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["errors"][0]["extensions"]["code"], "CURSOR_INVALID");
}

#[tokio::test]
async fn a_client_that_also_accepts_json_receives_a_stream() {
    let (app, source) = TestApp::start_with_initiative().await;
    let accept = format!("{SERVER_SENT_EVENTS}, application/json");
    let request = post(&app, &accept, &live("", RWANDA), &json!({}));
    let mut body = Body::of(request.send().await.unwrap());
    let first = body.next(SERVER_SENT_EVENTS).await;
    assert_eq!(first["data"]["country"]["code"], "RW");
    app.record_stance(&source, "RW", "NAMED", "2025-03").await;
    let next = body.next(SERVER_SENT_EVENTS).await;
    assert_eq!(next["data"]["country"]["stance"], "NAMED");
}
