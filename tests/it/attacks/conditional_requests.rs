//! Conditional requests: what is not valid is an error, whatever tags the client names, and no error may be stored.

use reqwest::{Response, header};

use crate::app::TestApp;

/// Addresses that are not valid, each for another reason.
const INVALID: [&str; 32] = [
    "/api/tally?seq=5&generation=abc",
    "/api/tally?seq=99999",
    "/api/tally?nothing=1",
    "/api/positions?initiative=nothing",
    "/api/positions?countries=QQ",
    "/api/positions?first=1000",
    "/api/positions.csv?after=x",
    "/api/statements?initiative=nothing&seq=5",
    "/api/nothing",
    "/export/statements.csv?initiative=nothing",
    "/export/statements.csv?seq=5&generation=abc",
    "/export/relationships.parquet?seq=5&generation=abc",
    "/export/matrix.csv?initiative=nothing",
    "/export/matrix.csv?seq=5&generation=abc",
    "/export/ledger.ndjson?seq=5&generation=abc",
    "/export/demarche.sqlite?seq=5&generation=abc",
    "/export/demarche.sqlite?seq=99999",
    "/export/datapackage.json?seq=5&generation=abc",
    "/data/99999/relationships.csv",
    "/data/delta/0-99999.ndjson",
    "/data/index.json?before=99999",
    "/feed.atom?seq=5&generation=abc",
    "/initiatives/nothing/feed.json",
    "/statements/99999/feed.atom",
    "/image.svg?seq=99999",
    "/oembed?url=x",
    "/statements/0.json",
    "/countries/QQ.json",
    "/timegate/statements/0",
    "/sitemaps/99.xml",
    "/atlas/nothing",
    "/nothing",
];

async fn get(app: &TestApp, path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
    let mut request = app.http().get(app.url(path));
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    request.send().await.unwrap()
}

fn cache_control(response: &Response) -> Option<&str> {
    let value = response.headers().get(header::CACHE_CONTROL)?;
    Some(value.to_str().unwrap())
}

#[tokio::test]
async fn what_is_not_valid_is_an_error_whatever_tags_the_client_names() {
    let app = TestApp::start().await;
    for path in INVALID {
        let plain = get(&app, path, &[]).await.status();
        assert!(plain.is_client_error(), "{path}: {plain}");
        let any = get(&app, path, &[(header::IF_NONE_MATCH, "*")]).await;
        assert_eq!(any.status(), plain, "{path}");
    }
    // Errors with status 200, as older clients of GraphQL read them.
    for query in [
        "query=%7Bnothing%7D",
        "query=%7Bledger%7Bhead%7Bseq%7D%7D%7D&seq=5&generation=abc",
        "query=%7Bledger%7Bhead%7Bseq%7D%7D%7D&seq=99999",
        "query=%7BstanceChanges(after:%22x%22)%7BtotalCount%7D%7D",
    ] {
        let path = format!("/graphql?{query}");
        let response = get(&app, &path, &[(header::IF_NONE_MATCH, "*")]).await;
        assert_eq!(response.status(), 200, "{path}");
        assert!(!response.headers().contains_key(header::ETAG), "{path}");
        assert!(response.text().await.unwrap().contains("errors"), "{path}");
    }
}

#[tokio::test]
async fn a_known_tag_is_answered_by_304_only_in_the_ledger_that_the_address_names() {
    let app = TestApp::start().await;
    let ledger = app.query("{ ledger { generation } }").await;
    let own = ledger["ledger"]["generation"].as_str().unwrap().to_owned();
    for path in [
        "/api/tally?seq=5",
        "/api/positions.csv?seq=5",
        "/export/relationships.csv?seq=5",
        "/export/relationships.parquet?seq=5",
        "/export/ledger.ndjson?seq=5",
        "/export/demarche.sqlite?seq=5",
    ] {
        let tag = get(&app, path, &[]).await.headers()[header::ETAG].clone();
        for tags in [tag.to_str().unwrap(), "*"] {
            for (generation, status) in [("", 304), (own.as_str(), 304), ("abc", 400)] {
                let path = match generation {
                    "" => path.to_owned(),
                    _ => format!("{path}&generation={generation}"),
                };
                let response = get(&app, &path, &[(header::IF_NONE_MATCH, tags)]).await;
                assert_eq!(response.status(), status, "{path} {tags}");
            }
        }
    }
}

#[tokio::test]
async fn no_error_may_be_stored_by_a_cache() {
    let app = TestApp::start().await;
    let others = ["/mcp", "/graphql", "/graphql/stream", "/data/1/nothing"];
    for path in INVALID.iter().chain(&others) {
        for accept in ["*/*", "text/html", "application/json"] {
            let response = get(&app, path, &[(header::ACCEPT, accept)]).await;
            assert!(response.status().is_client_error(), "{path}");
            let stored = cache_control(&response);
            assert_eq!(stored, Some("no-store"), "{path} {accept}");
        }
    }
}
