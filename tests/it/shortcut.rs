//! Kept answers are given before any route is looked for. Nobody can tell by an answer which way it came.

use demarche::config::access::Doors;
use reqwest::{Method, RequestBuilder, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{TestApp, limits};

const DESK: &str = "https://desk.example";

/// Ways to ask: method, more headers.
const WAYS: [(Method, &[(&str, &str)]); 10] = [
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

/// Status, headers but for those of the moment, and body.
type Told = (StatusCode, Vec<(String, String)>, String);

async fn told(request: RequestBuilder) -> Told {
    let response = request.send().await.unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap();
    assert!(id.len() > 9 && id.as_bytes()[8] == b'-', "{id}");
    let headers = response.headers().iter();
    let mut headers: Vec<_> = headers
        .filter(|(name, _)| *name != "date" && *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let is_once = headers
        .windows(2)
        .all(|two| two[0].0 != two[1].0 || two[0].0 == "vary");
    assert!(is_once, "{headers:?}");
    (response.status(), headers, response.text().await.unwrap())
}

/// One that nobody has asked yet, so that its first answer is made.
fn asked(app: &TestApp, number: usize) -> RequestBuilder {
    let (method, headers) = &WAYS[number];
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
async fn an_answer_does_not_show_which_way_it_came() {
    for origins in [vec![], vec![DESK.to_owned()]] {
        let app = TestApp::start_as(
            limits(),
            Doors {
                origins,
                ..Doors::default()
            },
        );
        let app = app.await;
        for (number, way) in WAYS.iter().enumerate() {
            let made = told(asked(&app, number)).await;
            for _ in 0..2 {
                let kept = told(asked(&app, number)).await;
                assert_eq!(kept, made, "{way:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_question_in_pieces_is_answered_like_one_in_one() {
    let app = TestApp::start().await;
    let body = r#"{"query":"{ viewer { role } }"}"#;
    let answer = r#"{"data":{"viewer":{"role":"READER"}}}"#;
    let head = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    let (length, middle) = (body.len(), body.len() / 2);
    let (one, two) = body.split_at(middle);
    let (one_length, two_length) = (one.len(), two.len());
    for pieces in [
        vec![format!("{head}content-length: {length}\r\n\r\n{body}")],
        vec![
            format!("{head}content-length: {length}\r\n\r\n{one}"),
            two.to_owned(),
        ],
        vec![
            format!("{head}content-length: {length}\r\nexpect: 100-continue\r\n\r\n"),
            one.to_owned(),
            two.to_owned(),
        ],
        vec![
            format!("{head}transfer-encoding: chunked\r\n\r\n{one_length:x}\r\n{one}\r\n"),
            format!("{two_length:x}\r\n{two}\r\n0\r\n\r\n"),
        ],
    ] {
        let mut stream = TcpStream::connect(app.server.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut said = String::new();
        for (place, piece) in pieces.iter().enumerate() {
            stream.write_all(piece.as_bytes()).await.unwrap();
            // Then the server has looked for the body, and found nothing.
            while place == 0 && piece.contains("expect") && !said.ends_with("\r\n\r\n") {
                said.push(stream.read_u8().await.unwrap().into());
            }
        }
        while !said.ends_with(answer) {
            said.push(stream.read_u8().await.expect(&said).into());
        }
        assert!(said.contains("HTTP/1.1 200 OK"), "{said}");
    }
}
