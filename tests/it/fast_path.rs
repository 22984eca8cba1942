//! Fast path: cached responses are sent before routing, and do not differ from those of the router.

use demarche::config::access::AccessConfig;
use reqwest::{Method, RequestBuilder, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{TestApp, limits};

const DESK: &str = "https://desk.example";

/// Request variants: method, additional headers.
const VARIANTS: [(Method, &[(&str, &str)]); 10] = [
    (Method::POST, &[]),
    (Method::POST, &[("accept", "application/json")]),
    (
        Method::POST,
        &[("accept", "application/graphql-response+json")],
    ),
    (Method::POST, &[("demarche-cost", "1")]),
    (Method::POST, &[("origin", DESK)]),
    (Method::POST, &[("origin", "https://other.example")]),
    (Method::GET, &[]),
    (Method::GET, &[("if-none-match", "*")]),
    (Method::GET, &[("origin", DESK)]),
    (Method::HEAD, &[]),
];

/// Status, headers except `date` and `x-request-id`, and body.
type ComparableResponse = (StatusCode, Vec<(String, String)>, String);

async fn send(request: RequestBuilder) -> ComparableResponse {
    let response = request.send().await.unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap();
    assert!(id.len() > 9 && id.as_bytes()[8] == b'-', "{id}");
    let headers = response.headers().iter();
    let mut headers: Vec<_> = headers
        .filter(|(name, _)| *name != "date" && *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let are_unique = headers
        .windows(2)
        .all(|two| two[0].0 != two[1].0 || two[0].0 == "vary");
    assert!(are_unique, "{headers:?}");
    (response.status(), headers, response.text().await.unwrap())
}

/// A request whose query is unique to `number`, so that its first response is executed.
fn request(app: &TestApp, number: usize) -> RequestBuilder {
    let (method, headers) = &VARIANTS[number];
    let url = app.url("/graphql");
    let request = if *method == Method::POST {
        let query = format!("{{ viewer {{ role }} }} # {number}");
        let body = serde_json::json!({ "query": query });
        app.http().post(url).json(&body)
    } else {
        let url = format!("{url}?query=%7Bviewer%7Brole%7D%7D%23{number}");
        app.http().request(method.clone(), url)
    };
    let add = |request: RequestBuilder, (name, value): &(&str, &str)| request.header(*name, *value);
    headers.iter().fold(request, add)
}

#[tokio::test]
async fn the_fast_path_and_the_router_give_identical_responses() {
    for origins in [vec![], vec!["*".to_owned()], vec![DESK.to_owned()]] {
        let app = TestApp::start_with_limits_and_access(
            limits(),
            AccessConfig {
                origins,
                ..AccessConfig::default()
            },
        );
        let app = app.await;
        for (number, variant) in VARIANTS.iter().enumerate() {
            let executed = send(request(&app, number)).await;
            for _ in 0..2 {
                let cached = send(request(&app, number)).await;
                assert_eq!(cached, executed, "{variant:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_fragmented_request_gets_the_same_response() {
    let app = TestApp::start().await;
    let body = r#"{"query":"{ viewer { role } }"}"#;
    let response = r#"{"data":{"viewer":{"role":"READER"}}}"#;
    let head = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    let (length, middle) = (body.len(), body.len() / 2);
    let (first, second) = body.split_at(middle);
    let (first_length, second_length) = (first.len(), second.len());
    for pieces in [
        vec![format!("{head}content-length: {length}\r\n\r\n{body}")],
        vec![
            format!("{head}content-length: {length}\r\n\r\n{first}"),
            second.to_owned(),
        ],
        vec![
            format!("{head}content-length: {length}\r\nexpect: 100-continue\r\n\r\n"),
            first.to_owned(),
            second.to_owned(),
        ],
        vec![
            format!("{head}transfer-encoding: chunked\r\n\r\n{first_length:x}\r\n{first}\r\n"),
            format!("{second_length:x}\r\n{second}\r\n0\r\n\r\n"),
        ],
    ] {
        let mut stream = TcpStream::connect(app.server.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut received = String::new();
        for (index, piece) in pieces.iter().enumerate() {
            stream.write_all(piece.as_bytes()).await.unwrap();
            // The response to `expect` shows that the server has tried to read the body.
            while index == 0 && piece.contains("expect") && !received.ends_with("\r\n\r\n") {
                received.push(stream.read_u8().await.unwrap().into());
            }
        }
        while !received.ends_with(response) {
            received.push(stream.read_u8().await.expect(&received).into());
        }
        assert!(received.contains("HTTP/1.1 200 OK"), "{received}");
    }
}
