//! HTTP requests: too large, of a wrong media type, ambiguous, malformed, with forged hosts and paths.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::numbered;
use super::raw_connection::RawConnection;
use crate::app::TestApp;
use crate::transport::{MUTATION, QUERY, SUBSCRIPTION, assert_code, send};

const JSON: &str = "host: a\r\ncontent-type: application/json\r\n";

#[tokio::test]
async fn a_body_beyond_its_limit_is_rejected_however_it_is_sent() {
    let app = TestApp::start().await;
    let chunk = format!("100000\r\n{}\r\n", "x".repeat(0x10_0000));
    let query = json!({ "query": QUERY, "variables": { "x": "x".repeat(1 << 20) } });
    for path in ["/graphql", "/graphql/stream"] {
        let announced = format!("POST {path} HTTP/1.1\r\n{JSON}content-length: 3000000000\r\n\r\n");
        let chunked = format!(
            "POST {path} HTTP/1.1\r\n{JSON}transfer-encoding: chunked\r\n\r\n{chunk}{chunk}"
        );
        for request in [announced, chunked] {
            let mut connection = RawConnection::open(&app).await;
            connection.send(&request).await;
            let response = connection.read_response().await;
            assert_eq!(response.status, 413, "{response:?}");
            assert!(response.body.contains("PAYLOAD_TOO_LARGE"), "{response:?}");
            connection.read_to_end().await;
        }
        let request = app.http().post(app.url(path)).json(&query);
        assert_eq!(send(request).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let large = json!({ "query": QUERY, "variables": { "x": "x".repeat(64 << 10) } });
    let request = app.http().post(app.url("/graphql/stream")).json(&large);
    let (status, rejection) = send(request).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        rejection.to_string().contains("--max-message-bytes"),
        "{rejection}"
    );
}

#[tokio::test]
async fn only_uncompressed_json_is_accepted() {
    let app = TestApp::start().await;
    let body = json!({ "query": MUTATION }).to_string();
    let form = "multipart/form-data; boundary=b";
    let upload = format!(
        "--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{body}\r\n--b--"
    );
    for path in ["/graphql", "/graphql/stream"] {
        for (kind, coding, body) in [
            (Some("text/plain"), None, &body),
            (Some("text/plain;application/json"), None, &body),
            (Some("application/x-www-form-urlencoded"), None, &body),
            (Some("application/graphql"), None, &body),
            (Some("application/json; charset=utf-16"), None, &body),
            (Some("application/json-patch+json"), None, &body),
            (Some(form), None, &upload),
            (None, None, &body),
            (Some("application/json"), Some("gzip"), &body),
            (Some("application/json"), Some("deflate, br"), &body),
        ] {
            let mut request = app.http().post(app.url(path)).body(body.clone());
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            if let Some(coding) = coding {
                request = request.header("content-encoding", coding);
            }
            let (status, rejection) = send(request).await;
            assert_eq!(
                status,
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "{kind:?} {coding:?}"
            );
            assert_code(&rejection, "UNSUPPORTED_MEDIA_TYPE");
        }
    }
}

#[tokio::test]
async fn get_requests_neither_write_nor_subscribe() {
    let app = TestApp::start().await;
    let named = "query A { __typename } mutation B { __typename }";
    for (path, query, operation, status) in [
        ("/graphql", MUTATION, "", 405),
        ("/graphql/stream", MUTATION, "", 405),
        ("/graphql", named, "B", 405),
        ("/graphql/stream", named, "B", 405),
        ("/graphql", named, "A", 200),
    ] {
        let request = get(&app, path, query, operation).header(
            "accept",
            "application/graphql-response+json, text/event-stream",
        );
        assert_eq!(
            request.send().await.unwrap().status(),
            status,
            "{path} {query}"
        );
    }
    // What a browser sends for a link and for an image.
    for accept in [
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "image/avif,image/webp,image/*,*/*;q=0.8",
    ] {
        let request = get(&app, "/graphql", SUBSCRIPTION, "").header("accept", accept);
        assert_eq!(request.send().await.unwrap().status(), 406, "{accept}");
    }
}

fn get(app: &TestApp, path: &str, query: &str, operation: &str) -> reqwest::RequestBuilder {
    let parameters = [("query", query), ("operationName", operation)];
    let url = url::Url::parse_with_params(&app.url(path), parameters).unwrap();
    app.http().get(url).bearer_auth(&app.token)
}

#[tokio::test]
async fn ambiguous_requests_are_rejected_or_close_the_connection() {
    let app = TestApp::start().await;
    let smuggled = "GET /health HTTP/1.1\r\nhost: a\r\n\r\n";
    let chunked = format!("POST /graphql HTTP/1.1\r\n{JSON}transfer-encoding: chunked\r\n");
    let plain = format!("POST /graphql HTTP/1.1\r\n{JSON}");
    let many: String = numbered(200, |n| format!("x-{n}: 1\r\n"));
    for (head, status) in [
        // The length is ignored (RFC 9112, 6.3), and nothing after the body is read.
        (format!("{chunked}content-length: 4\r\n\r\n0\r\n\r\n"), 400),
        (
            format!("{plain}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            400,
        ),
        (
            format!("{plain}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}"),
            400,
        ),
        (format!("{plain}content-length: 2, 3\r\n\r\n{{}}"), 400),
        (format!("{plain}content-length: +2\r\n\r\n{{}}"), 400),
        (format!("{plain}content-length: 0x2\r\n\r\n{{}}"), 400),
        (
            format!("{plain}content-length: 2\r\ncontent-length : 2\r\n\r\n{{}}"),
            400,
        ),
        (
            format!("{plain}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n"),
            400,
        ),
        (
            format!("{plain}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
            400,
        ),
        (
            format!("{chunked}transfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            400,
        ),
        (
            format!("{plain}transfer-encoding: identity\r\n\r\n0\r\n\r\n"),
            400,
        ),
        (
            format!("{plain}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
            400,
        ),
        (
            format!("{}\r\n0\r\n\r\n", chunked.replace("1.1", "1.0")),
            400,
        ),
        (format!("{chunked}\r\n-1\r\n\r\n"), 400),
        (format!("{chunked}\r\nfffffffffffffffff\r\n\r\n"), 400),
        (
            "GET /health HTTP/1.1\r\nhost: a\r\n folded: b\r\n\r\n".to_owned(),
            400,
        ),
        ("GET /health HTTP/1.1\r\nhost\0: a\r\n\r\n".to_owned(), 400),
        ("GET /health HTTP/9.9\r\n\r\n".to_owned(), 400),
        (format!("GET /health HTTP/1.1\r\n{many}\r\n"), 431),
        (
            format!("GET /health HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(100_000)),
            431,
        ),
        (
            format!("GET /?{} HTTP/1.1\r\n\r\n", "x".repeat(70_000)),
            431,
        ),
    ] {
        let mut connection = RawConnection::open(&app).await;
        connection.send(format!("{head}{smuggled}")).await;
        let responses = String::from_utf8(connection.read_to_end().await).unwrap();
        let start = &head[..head.len().min(200)];
        assert!(
            responses.starts_with(&format!("HTTP/1.1 {status} ")),
            "{start}: {responses}"
        );
        assert_eq!(
            responses.matches("HTTP/1.1").count(),
            1,
            "{start}: {responses}"
        );
    }
    let mut connection = RawConnection::open(&app).await;
    connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert!(
        connection.read_to_end().await.is_empty(),
        "HTTP/2 is not supported"
    );
}

#[tokio::test]
async fn a_request_without_exactly_one_host_is_rejected_and_closes_the_connection() {
    let app = TestApp::start().await;
    let body = json!({ "query": QUERY }).to_string();
    let rest = format!(
        "content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let smuggled = "GET /health HTTP/1.1\r\nhost: a\r\n\r\n";
    let url = format!("http://{}", app.server.address);
    for start in [
        "POST /graphql HTTP/1.1\r\n".to_owned(),
        "POST /graphql HTTP/1.1\r\nhost: a\r\nhost: a\r\n".to_owned(),
        "POST /graphql HTTP/1.1\r\nhost: a\r\nHOST: b\r\n".to_owned(),
        "POST /graphql HTTP/1.0\r\nhost: a\r\nhost: b\r\n".to_owned(),
        format!("POST {url}/graphql HTTP/1.1\r\nhost: a\r\n"),
        format!("POST {url}/graphql HTTP/1.1\r\n"),
        "GET /health HTTP/1.1\r\n".to_owned(),
    ] {
        // Also once the response is cached.
        assert_eq!(app.query(QUERY).await["__typename"], "Query");
        let mut connection = RawConnection::open(&app).await;
        connection.send(format!("{start}{rest}{smuggled}")).await;
        let responses = String::from_utf8(connection.read_to_end().await).unwrap();
        assert!(
            responses.contains(" 400 Bad Request"),
            "{start}: {responses}"
        );
        assert!(responses.contains("BAD_REQUEST"), "{start}: {responses}");
        assert_eq!(
            responses.matches("HTTP/1").count(),
            1,
            "{start}: {responses}"
        );
    }
    let host = app.server.address;
    for start in [
        format!("POST {url}/graphql HTTP/1.1\r\nhost: {host}\r\n"),
        "POST /graphql HTTP/1.0\r\n".to_owned(),
        "POST /graphql HTTP/1.1\r\nhost:\r\n".to_owned(),
    ] {
        let mut connection = RawConnection::open(&app).await;
        connection.send(format!("{start}{rest}")).await;
        assert_eq!(connection.read_response().await.status, 200, "{start}");
    }
}

#[tokio::test]
async fn a_long_operation_name_is_repeated_to_a_kilobyte_at_most() {
    let app = TestApp::start().await;
    let name = "x".repeat(100_000);
    let body = json!({ "query": QUERY, "operationName": name });
    let mut socket = app.connect_websocket().await;
    let subscribe = json!({ "query": QUERY, "operationName": &name[..50_000] });
    socket
        .send(&json!({ "type": "subscribe", "id": "1", "payload": subscribe }))
        .await;
    let rejected = socket.next().await["payload"].take();
    let mut rejections = vec![json!({ "errors": rejected })];
    rejections.push(
        send(app.http().post(app.url("/graphql")).json(&body))
            .await
            .1,
    );
    let stream = app.http().post(app.url("/graphql/stream"));
    rejections.push(send(stream.json(&subscribe)).await.1);
    let url = app.url(&format!(
        "/graphql?query=%7Ba%7D&operationName={}",
        &name[..50_000]
    ));
    rejections.push(send(app.http().get(url)).await.1);
    for rejection in rejections {
        assert_code(&rejection, "OPERATION_RESOLUTION_FAILURE");
        assert!(rejection.to_string().len() < 1_000, "{rejection}");
    }
}

#[tokio::test]
async fn malformed_json_is_rejected_without_an_echo() {
    let app = TestApp::start().await;
    let deep = format!(
        "{{\"query\":\"{{a}}\",\"variables\":{{\"x\":{}{}}}}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    for body in [
        "",
        "{",
        "null",
        "\u{feff}{}",
        "{\"query\":1}",
        "{\"query\":\"{a}\",\"variables\":[]}",
        &deep,
    ] {
        let request = app.http().post(app.url("/graphql")).body(body.to_owned());
        let (status, rejection) = send(request.header("content-type", "application/json")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_code(&rejection, "BAD_REQUEST");
        assert!(rejection.to_string().len() < 300, "{rejection}");
    }
}

#[tokio::test]
async fn every_response_has_a_request_id_of_the_server_and_no_cookie() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/health"),
        (Method::GET, "/nothing"),
        (Method::GET, "/graphql"),
        (Method::DELETE, "/graphql"),
        (Method::OPTIONS, "/graphql"),
        (Method::TRACE, "/graphql"),
        (Method::GET, "/graphql/ws"),
        (Method::POST, "/graphql/stream"),
        (Method::GET, "/playground/"),
        (Method::GET, "/statements/1"),
    ] {
        let request = app
            .http()
            .request(method, app.url(path))
            .header("x-request-id", "mine");
        let headers = request.send().await.unwrap().headers().clone();
        ids.push(headers["x-request-id"].to_str().unwrap().to_owned());
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert!(
            !headers.contains_key("set-cookie") && !headers.contains_key("server"),
            "{path}"
        );
    }
    assert!(!ids.contains(&"mine".to_owned()));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 11);
}

#[tokio::test]
async fn paths_and_redirects_stay_on_the_server() {
    let app = TestApp::start().await;
    for path in [
        "/playground/../Cargo.toml",
        "/playground/..%2f..%2fCargo.toml",
        "/playground/%2e%2e/%2e%2e/etc/passwd",
        "/playground//etc/passwd",
        "/statements/..%2f1",
        "/statements/1%00",
        "/statements/9223372036854775808",
        "/statements/%3Cscript%3E",
        "/%22%3E%3Cscript%3E",
    ] {
        for accept in ["*/*", "text/html"] {
            let mut connection = RawConnection::open(&app).await;
            connection
                .send(format!(
                    "GET {path} HTTP/1.1\r\nhost: a\r\naccept: {accept}\r\n\r\n"
                ))
                .await;
            let response = connection.read_response().await;
            assert_eq!(response.status, 404, "{path}");
            assert!(!response.body.contains("<script"), "{path}");
        }
    }
    let redirect = "/playground?//evil.example/%0d%0aset-cookie:a";
    let mut connection = RawConnection::open(&app).await;
    connection
        .send(format!(
            "GET {redirect} HTTP/1.1\r\nhost: evil.example\r\n\r\n"
        ))
        .await;
    let response = connection.read_response().await;
    assert!(
        response
            .head
            .contains("location: /playground/?//evil.example/%0d%0aset-cookie:a\r\n"),
        "{}",
        response.head
    );
}

#[tokio::test]
async fn a_forged_host_is_ignored() {
    let app = TestApp::start().await;
    for host in ["evil.example", "a\"><script>", "a;script-src *"] {
        for path in ["/", "/statements/314"] {
            let mut connection = RawConnection::open(&app).await;
            connection
                .send(format!(
                    "GET {path} HTTP/1.1\r\nhost: {host}\r\nx-forwarded-host: evil.example\r\n\r\n"
                ))
                .await;
            let response = connection.read_response().await;
            assert_eq!(response.status, 200);
            assert!(
                !response.body.contains("evil") && !response.body.contains("<script>"),
                "{}",
                response.body
            );
            assert!(!response.head.contains("script-src *"), "{}", response.head);
        }
    }
    let links: Value = app.query("{ statement(number: 1) { citation } }").await;
    assert!(!links.to_string().contains("evil"));
}
