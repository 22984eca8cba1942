//! Pages for citations: every format of every page, their headers, and what stands at wrong addresses.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::{correction, id, initiative, stance_input};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const SITE: &str = "https://demarche.example";

async fn get(app: &TestApp, path: &str, accept: &str) -> Response {
    let request = app.http().get(app.url(path)).header("accept", accept);
    request.send().await.unwrap()
}

async fn text(app: &TestApp, path: &str) -> String {
    get(app, path, BROWSER).await.text().await.unwrap()
}

async fn json(app: &TestApp, path: &str, accept: &str) -> Value {
    get(app, path, accept).await.json().await.unwrap()
}

#[track_caller]
fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value
        .unwrap_or_else(|| panic!("no {name}: {:?}", response.headers()))
        .to_str()
        .unwrap()
}

/// The data block of a page, as a program reads it.
#[track_caller]
fn data_block(page: &str) -> Value {
    let (_, rest) = page
        .split_once("<script type=\"application/ld+json\">")
        .unwrap();
    let (data, rest) = rest.split_once("</script>").unwrap();
    assert!(!rest.contains("<script"), "one block, and no other script");
    serde_json::from_str(data).unwrap()
}

fn number(payload: &Value) -> i64 {
    payload["statement"]["number"].as_i64().unwrap()
}

fn path(payload: &Value) -> String {
    format!("/statements/{}", number(payload))
}

/// A statement of Rwanda, its correction, and a valid one that contradicts the correction.
async fn start_with_correction() -> (TestApp, String, [Value; 3]) {
    let (app, source) = TestApp::start_with_initiative().await;
    let first = app.record_stance(&source, "RW", "AGREED", "2025-03~").await;
    let mut input = correction(&first["statement"], &source, "REFUSED", "2025-03");
    input["reason"] = "A wrong word.".into();
    let second = app.mutate("correctStatement", &input).await;
    let mut input = stance_input(&source, "RW", "AGREED", "2025-03");
    input["contradicts"] = json!([id(&second)]);
    let third = app.mutate("recordStatement", &input).await;
    (app, source, [first, second, third])
}

#[tokio::test]
async fn a_statement_says_about_whom_it_is_and_what_contradicts_it() {
    let (app, _, [first, second, third]) = start_with_correction().await;
    let page = text(&app, &path(&second)).await;
    for part in [
        "<a href=\"/countries/RW\">Rwanda</a>; request by <a href=\"/countries/US\">United States</a>",
        "<a href=\"/initiatives/asks\"><bdi>Requests</bdi></a>",
        "<b>valid, contradicted</b>",
        "<strong>Contradicted</strong>",
        "data-stance=\"REFUSED\">Refused</span>",
        "<dd>March 2025</dd>",
        "Contradicted by <a href=\"",
        "They cannot both be true.",
        "<h2>What the position rests on</h2>",
        "Sources disagree.",
        "<a href=\"/?i=asks&amp;c=RW\">Show on the map</a>",
        "/playground/?query=query+StatementPage",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let contradicting = format!("by <a href=\"{}\">", path(&third));
    assert!(page.contains(&contradicting), "{page}");
    let page = text(&app, &path(&first)).await;
    assert!(page.contains("<h1 class=\"void\""), "{page}");
    assert!(page.contains("<b>corrected</b>"), "{page}");
    assert!(page.contains("<dd>about March 2025</dd>"), "{page}");
}

#[tokio::test]
async fn each_format_of_a_statement_has_the_address_of_the_page_and_one_of_its_own() {
    let (app, _, [first, ..]) = start_with_correction().await;
    let path = path(&first);
    for (accept, ending, content_type) in [
        (BROWSER, "", "text/html; charset=utf-8"),
        ("*/*", "", "text/html; charset=utf-8"),
        ("application/json", ".json", "application/json"),
        ("application/ld+json", ".jsonld", "application/ld+json"),
        (
            "application/x-bibtex",
            ".bib",
            "application/x-bibtex; charset=utf-8",
        ),
        (
            "application/vnd.citationstyles.csl+json",
            ".csl.json",
            "application/vnd.citationstyles.csl+json",
        ),
    ] {
        let negotiated = get(&app, &path, accept).await;
        assert_eq!(negotiated.status(), StatusCode::OK, "{accept}");
        assert_eq!(header(&negotiated, "content-type"), content_type);
        assert_eq!(header(&negotiated, "vary"), "accept");
        let tag = header(&negotiated, "etag").to_owned();
        let body = negotiated.text().await.unwrap();
        let own = get(&app, &format!("{path}{ending}"), "*/*").await;
        assert_eq!(header(&own, "content-type"), content_type);
        assert_eq!(own.text().await.unwrap(), body);
        let again = app.http().get(app.url(&path)).header("accept", accept);
        let again = again.header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{accept}");
        let head = app.http().head(app.url(&path)).header("accept", accept);
        let head = head.send().await.unwrap();
        assert_eq!(header(&head, "etag"), tag);
        assert_eq!(head.text().await.unwrap(), "");
    }
    let refused = get(&app, &path, "image/png").await;
    assert_eq!(refused.status(), StatusCode::NOT_ACCEPTABLE);
    let error: Value = refused.json().await.unwrap();
    assert_eq!(error["errors"][0]["extensions"]["code"], "NOT_ACCEPTABLE");
}

#[tokio::test]
async fn the_json_of_a_statement_is_what_its_query_answers() {
    let (app, _, [first, second, _]) = start_with_correction().await;
    let data = json(&app, &path(&first), "application/json").await;
    assert_eq!(data["number"], number(&first));
    assert_eq!(data["standing"], "CORRECTED");
    assert_eq!(data["correctedBy"]["number"], number(&second));
    assert_eq!(data["subject"]["requestedState"]["code"], "RW");
    assert_eq!(data["evidence"][0]["source"]["title"], "A report");
}

#[tokio::test]
async fn the_linked_data_of_a_statement_is_a_claim_with_its_correction() {
    let (app, _, [first, second, _]) = start_with_correction().await;
    let block = data_block(&text(&app, &path(&first)).await);
    let negotiated = json(&app, &path(&first), "application/ld+json").await;
    assert_eq!(block, negotiated);
    let url = format!("{SITE}{}", path(&first));
    assert_eq!(block["@type"], "Claim");
    assert_eq!((&block["@id"], &block["url"]), (&json!(url), &json!(url)));
    assert_eq!(block["identifier"], number(&first).to_string());
    assert_eq!(block["creativeWorkStatus"], "Corrected");
    let correction = &block["correction"];
    assert_eq!(correction["@type"], "CorrectionComment");
    assert_eq!(correction["text"], "A wrong word.");
    assert_eq!(correction["url"], format!("{SITE}{}", path(&second)));
    let source = &block["appearance"][0];
    assert_eq!(source["@type"], "NewsArticle");
    assert_eq!(source["url"], "https://example.org/report");
    let valid = json(&app, &path(&second), "application/ld+json").await;
    assert_eq!(valid["creativeWorkStatus"], "Valid");
    assert!(valid.get("correction").is_none(), "{valid}");
}

#[tokio::test]
async fn links_lead_to_other_versions_formats_and_the_licence() {
    let (app, _, [first, second, _]) = start_with_correction().await;
    let (one, two) = (path(&first), path(&second));
    let response = get(&app, &one, BROWSER).await;
    let links = header(&response, "link").to_owned();
    for expected in [
        format!("<{SITE}{two}>; rel=\"successor-version\""),
        format!("<{SITE}{one}>; rel=\"canonical\""),
        "<https://creativecommons.org/licenses/by/4.0/>; rel=\"license\"".to_owned(),
        format!("<{SITE}{one}.json>; rel=\"alternate\"; type=\"application/json\""),
        format!("<{SITE}{one}.bib>; rel=\"alternate\"; type=\"application/x-bibtex\""),
        format!("<{SITE}{one}>; rel=\"original\""),
        format!("<{SITE}/timegate{one}>; rel=\"timegate\""),
    ] {
        assert!(links.contains(&expected), "{expected}: {links}");
    }
    // As simple parsers read it: at commas, then at semicolons, the relation first.
    for link in links.split(", ") {
        let (target, rest) = link.split_once("; ").unwrap();
        assert!(target.starts_with('<') && target.ends_with('>'), "{link}");
        assert!(rest.starts_with("rel=\""), "{link}");
        let relation = rest.split('"').nth(1).unwrap();
        assert!(!relation.contains(' '), "{link}");
        assert_eq!(relation, relation.to_lowercase());
    }
    let response = get(&app, &two, "application/json").await;
    let predecessor = format!("<{SITE}{one}>; rel=\"predecessor-version\"");
    assert!(header(&response, "link").contains(&predecessor));
    assert!(!header(&response, "link").contains("successor-version"));
}

#[tokio::test]
async fn a_citation_for_reference_managers_has_a_whole_date_and_escaped_text() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut input = stance_input(&source, "RW", "AGREED", "../2025-03~");
    input["summary"] = "50 % of {A} & B_c.".into();
    let recorded = app.mutate("recordStatement", &input).await;
    let reason = json!({ "statement": id(&recorded), "reason": "Never said." });
    app.mutate("retractStatement", &reason).await;
    let path = path(&recorded);
    let entry = text(&app, &format!("{path}.bib")).await;
    let number = number(&recorded);
    assert_eq!(
        entry,
        format!(
            "@misc{{demarche{number},
  author = {{{{Foreign ministry}}}},
  title = {{{{[Retracted] 50 \\% of \\textbraceleft{{}}A\\textbraceright{{}} \\& B\\_c.}}}},
  year = {{2025}},
  date = {{2025-06-25}},
  howpublished = {{Démarche, statement {number}}},
  url = {{{SITE}{path}}},
  note = {{Valid from about March 2025 or earlier. Source: A newspaper. Recorded on 23 November 2026. Retracted on 23 November 2026.}},
}}
"
        )
    );
    let query = format!(
        "{{ statement(number: {number}) {{ bib: citation(format: BIBTEX) csl: citation(format: CSL_JSON) }} }}"
    );
    let cited = app.query(&query).await["statement"].take();
    assert_eq!(cited["bib"], entry);
    assert_eq!(cited["csl"], text(&app, &format!("{path}.csl.json")).await);
    let csl = json(&app, &format!("{path}.csl.json"), "*/*").await;
    assert_eq!(csl[0]["issued"]["date-parts"], json!([[2025, 6, 25]]));
    assert_eq!(csl[0]["URL"], format!("{SITE}{path}"));
    assert_eq!(csl[0]["title"], "[Retracted] 50 % of {A} & B_c.");
}

#[tokio::test]
async fn a_wrong_address_of_a_statement_is_not_found_as_a_page_or_as_json() {
    let (app, _, [first, ..]) = start_with_correction().await;
    let number = number(&first);
    for name in [
        "0",
        "-1",
        "x",
        "999999",
        "%37",
        "9223372036854775808",
        "%FF",
        "<script>",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([
        format!("0{number}"),
        format!("+{number}"),
        format!("{number}.xml"),
        format!("{number}.json.json"),
    ]) {
        let path = format!("/statements/{name}");
        let page = get(&app, &path, BROWSER).await;
        assert_eq!(page.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(
            header(&page, "content-type").starts_with("text/html"),
            "{path}"
        );
        assert!(!page.text().await.unwrap().contains("<script"), "{path}");
        let error = json(&app, &path, "application/json").await;
        assert_eq!(
            error["errors"][0]["extensions"]["code"], "NOT_FOUND",
            "{path}"
        );
    }
    let error = json(&app, "/statements/999999.json", "*/*").await;
    assert_eq!(error["errors"][0]["extensions"]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn a_page_of_the_past_shows_what_was_recorded_by_then() {
    let (app, source) = TestApp::start_with_initiative().await;
    app.set_clock("2026-11-24T12:00:00Z");
    let recorded = app.record_stance(&source, "RW", "AGREED", "2025").await;
    app.set_clock("2026-11-25T12:00:00Z");
    let reason = json!({ "statement": id(&recorded), "reason": "Never said." });
    app.mutate("retractStatement", &reason).await;
    let path = path(&recorded);
    let now = text(&app, &path).await;
    assert!(now.contains("<strong>Retracted</strong>"), "{now}");
    let past = get(&app, &format!("{path}?at=2026-11-24T13:00:00Z"), BROWSER).await;
    assert_eq!(
        header(&past, "memento-datetime"),
        "Tue, 24 Nov 2026 13:00:00 GMT"
    );
    let links = header(&past, "link").to_owned();
    assert!(
        links.contains(&format!("<{SITE}{path}>; rel=\"original\"")),
        "{links}"
    );
    assert!(
        links.contains(&format!("<{SITE}/timegate{path}>; rel=\"timegate\"")),
        "{links}"
    );
    let past = past.text().await.unwrap();
    assert!(!past.contains("Retracted"), "{past}");
    assert!(
        past.contains("As recorded on 24 November 2026, 13:00 UTC."),
        "{past}"
    );
    let data = json(
        &app,
        &format!("{path}.json?at=2026-11-24T15:00:00%2B02:00"),
        "*/*",
    )
    .await;
    assert_eq!(data["standing"], "STANDING");
    // Before it was recorded.
    for at in ["2026-11-24T11:59:59Z", "2020-01-01T00:00:00Z"] {
        let response = get(&app, &format!("{path}?at={at}"), BROWSER).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{at}");
        assert!(
            response
                .text()
                .await
                .unwrap()
                .contains("was not recorded by"),
            "{at}"
        );
    }
}

#[tokio::test]
async fn an_instant_that_is_none_or_in_the_future_is_rejected() {
    let (app, _, [first, ..]) = start_with_correction().await;
    for query in [
        "at=2026-11-24T00:00:00Z",
        "at=9999-01-01T00:00:00Z",
        "at=yesterday",
        "at=",
        "at=2026-11-23",
        "at=2026-02-30T00:00:00Z",
        "at=2026-11-23T00:00:00Z&at=2026-11-23T00:00:00Z",
        "at=%3Cscript%3E",
    ] {
        let path = format!("{}?{query}", path(&first));
        let page = get(&app, &path, BROWSER).await;
        assert_eq!(page.status(), StatusCode::BAD_REQUEST, "{path}");
        let page = page.text().await.unwrap();
        assert!(
            page.starts_with("<!doctype html>") && page.contains("<p>at: "),
            "{page}"
        );
        assert!(!page.contains("<script"), "{page}");
        let error = json(&app, &path, "application/json").await;
        assert_eq!(
            error["errors"][0]["extensions"]["code"], "BAD_REQUEST",
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_time_gate_leads_to_the_state_at_a_date() {
    let (app, source) = TestApp::start_with_initiative().await;
    app.set_clock("2026-11-24T12:00:00Z");
    let recorded = app.record_stance(&source, "RW", "AGREED", "2025").await;
    app.set_clock("2026-11-25T12:00:00Z");
    let reason = json!({ "statement": id(&recorded), "reason": "Never said." });
    app.mutate("retractStatement", &reason).await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    let path = path(&recorded);
    let gate = |accept: Option<&'static str>| {
        let request = client.get(app.url(&format!("/timegate{path}")));
        let request = match accept {
            Some(date) => request.header("accept-datetime", date),
            None => request,
        };
        async move { request.send().await.unwrap() }
    };
    for (date, at) in [
        (
            Some("Tue, 24 Nov 2026 18:00:00 GMT"),
            "2026-11-24T12:00:00.000000Z",
        ),
        (
            Some("Tue, 24 Nov 2026 12:00:00 GMT"),
            "2026-11-24T12:00:00.000000Z",
        ),
        // Before the first state, the first one; after the newest, that one.
        (
            Some("Thu, 01 Jan 2015 00:00:00 GMT"),
            "2026-11-24T12:00:00.000000Z",
        ),
        (
            Some("Fri, 01 Jan 2100 00:00:00 GMT"),
            "2026-11-25T12:00:00.000000Z",
        ),
        (None, "2026-11-25T12:00:00.000000Z"),
    ] {
        let response = gate(date).await;
        assert_eq!(response.status(), StatusCode::FOUND, "{date:?}");
        assert_eq!(
            header(&response, "location"),
            format!("{path}?at={at}"),
            "{date:?}"
        );
        assert_eq!(header(&response, "vary"), "accept-datetime");
        let original = format!("<{SITE}{path}>; rel=\"original\"");
        assert!(header(&response, "link").contains(&original));
        assert_eq!(
            app.get(header(&response, "location")).await.status(),
            StatusCode::OK
        );
    }
    assert_eq!(
        gate(Some("yesterday")).await.status(),
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn the_time_gate_leads_to_the_first_state_of_what_was_recorded_later() {
    let app = TestApp::start_empty().await;
    app.set_clock("2026-11-20T12:00:00Z");
    app.register_source().await;
    app.set_clock("2026-11-24T12:00:00Z");
    app.mutate("openInitiative", &initiative("asks")).await;
    for (path, first) in [
        ("/initiatives/asks", "2026-11-24T12:00:00.000000Z"),
        ("/countries/RW", "2026-11-20T12:00:00.000000Z"),
    ] {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let client = client.build().unwrap();
        for date in [
            "Thu, 01 Jan 2015 00:00:00 GMT",
            "Fri, 20 Nov 2026 18:00:00 GMT",
        ] {
            let gate = client.get(app.url(&format!("/timegate{path}")));
            let found = gate.header("accept-datetime", date).send().await.unwrap();
            assert_eq!(header(&found, "location"), format!("{path}?at={first}"));
            let state = app.get(header(&found, "location")).await;
            assert_eq!(state.status(), StatusCode::OK, "{path} {date}");
        }
    }
}

#[tokio::test]
async fn the_time_gate_says_that_there_is_no_such_page() {
    let app = TestApp::start().await;
    for (path, reason) in [
        ("/timegate/about", ""),
        ("/timegate//evil.example", ""),
        (
            "/timegate/statements/999999",
            "There is no statement number",
        ),
        ("/timegate/statements/x", "There is no statement number"),
        ("/timegate/countries/QQ", "There is no country"),
        ("/timegate/initiatives/nowhere", "There is no initiative"),
        ("/timegate/initiatives/NO", "There is no initiative"),
    ] {
        let page = get(&app, path, BROWSER).await;
        assert_eq!(page.status(), StatusCode::NOT_FOUND, "{path}");
        let page = page.text().await.unwrap();
        assert!(page.contains(reason), "{path}: {page}");
        let error = json(&app, path, "application/json").await;
        assert_eq!(error["errors"][0]["extensions"]["code"], "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_country_says_where_it_stands_and_what_is_recorded_about_it() {
    let (app, _, [first, second, third]) = start_with_correction().await;
    let page = text(&app, "/countries/RW").await;
    for part in [
        "<h1>Rwanda</h1>",
        "RW, RWA (ISO 3166-1)",
        "<h2>Request by <a href=\"/countries/US\">United States</a>: <a href=\"/initiatives/asks\">",
        "<strong>Sources disagree.</strong>",
        "They cannot both be true.",
        "Statements, newest first",
        "Changes, newest first",
        "<a href=\"/?c=RW\">Show on the map</a>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    for statement in [&first, &second, &third] {
        assert!(
            page.contains(&format!("<a href=\"{}\">", path(statement))),
            "{page}"
        );
    }
    assert_eq!(data_block(&page)["about"]["identifier"], "RW");
    let asking = text(&app, "/countries/US").await;
    assert!(asking.contains("<h2>Requests to others</h2>"), "{asking}");
    assert!(
        asking.contains("<a href=\"/countries/RW\">Rwanda</a>: "),
        "{asking}"
    );
    let silent = text(&app, "/countries/AQ").await;
    assert!(
        silent.contains("No request to or by this country is recorded."),
        "{silent}"
    );
    let kosovo = text(&app, "/countries/XK").await;
    assert!(
        kosovo.contains("XK (in general use, not in ISO 3166-1)"),
        "{kosovo}"
    );
}

#[tokio::test]
async fn other_spellings_of_a_code_lead_to_the_address_of_the_country() {
    let app = TestApp::start_empty().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    for (name, location) in [
        ("rw", "/countries/RW"),
        ("RWA", "/countries/RW"),
        (
            "rwa.json?at=2026-11-23T00:00:00Z",
            "/countries/RW.json?at=2026-11-23T00:00:00Z",
        ),
        ("Rw.jsonld", "/countries/RW.jsonld"),
        ("xk", "/countries/XK"),
    ] {
        let response = client
            .get(app.url(&format!("/countries/{name}")))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::MOVED_PERMANENTLY, "{name}");
        assert_eq!(header(&response, "location"), location);
    }
    for name in [
        "ZZ", "R", "RWAN", "XKX", "%52W", "RW.bib", "RW.html", "RW/", "646",
    ] {
        let response = get(&app, &format!("/countries/{name}"), BROWSER).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
        assert!(
            header(&response, "content-type").starts_with("text/html"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn an_initiative_lists_its_states_counts_and_newest_changes() {
    let (app, ..) = start_with_correction().await;
    let page = text(&app, "/initiatives/asks").await;
    for part in [
        "<h1 dir=\"auto\">Requests</h1>",
        "<dt>Asking state</dt><dd><a href=\"/countries/US\">United States</a></dd>",
        "<a href=\"/countries/RW\">Rwanda</a>: ",
        "Newest changes",
        "<a href=\"/?i=asks\">Show on the map</a>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let data = json(&app, "/initiatives/asks", "application/ld+json").await;
    assert_eq!(data["@type"], "Dataset");
    assert_eq!(data, data_block(&page));
    let data = json(&app, "/initiatives/asks.json", "*/*").await;
    assert_eq!(data["initiative"]["slug"], "asks");
    assert_eq!(data["initiative"]["relationships"]["totalCount"], 1);
    for name in ["nothing", "ASKS", "a_b", "asks.bib", "%61sks"] {
        let response = get(&app, &format!("/initiatives/{name}"), BROWSER).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn a_change_that_was_taken_back_says_by_which() {
    let (app, source, [first, second, _]) = start_with_correction().await;
    let (one, two) = (number(&first), number(&second));
    let page = text(&app, &format!("/changes/{one}")).await;
    for part in [
        "<h1>Rwanda: Nothing known → Agreed</h1>".to_owned(),
        "<strong>Taken back</strong>".to_owned(),
        format!("<a href=\"/changes/{two}\">change {two}</a> (correction)"),
        format!("<a href=\"{}\">", path(&first)),
    ] {
        assert!(page.contains(&part), "{part}: {page}");
    }
    let response = get(&app, &format!("/changes/{one}"), "application/json").await;
    let successor = format!("<{SITE}/changes/{two}>; rel=\"successor-version\"");
    assert!(header(&response, "link").contains(&successor));
    let data: Value = response.json().await.unwrap();
    assert_eq!(
        (&data["from"], &data["to"]),
        (&json!("UNKNOWN"), &json!("AGREED"))
    );
    let later = text(&app, &format!("/changes/{two}")).await;
    assert!(later.contains("a statement was corrected"), "{later}");
    assert!(
        later.contains("<dt>Takes back</dt><dd><span class=\"stance\""),
        "{later}"
    );
    assert!(!later.contains("class=\"notice\""), "{later}");
    // However many changes of the same state came after.
    for stance in ["NAMED", "REFUSED"].into_iter().cycle().take(55) {
        app.record_stance(&source, "RW", stance, "2026-01").await;
    }
    let page = text(&app, &format!("/changes/{one}")).await;
    assert!(page.contains("<strong>Taken back</strong>"), "{page}");
    // An entry without a change, and none.
    for name in ["1", "999999", "0", "x", "+4", "004", "9223372036854775808"] {
        let response = get(&app, &format!("/changes/{name}"), BROWSER).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn changes_are_listed_newest_first_to_the_first_one() {
    let app = TestApp::start().await;
    let mut path = "/changes".to_owned();
    let mut seen: Vec<i64> = Vec::new();
    for _ in 0..20 {
        let page = text(&app, &path).await;
        let links = page.split("<a href=\"/changes/").skip(1);
        let numbers = links.filter_map(|link| link.split('"').next()?.parse().ok());
        let numbers: Vec<i64> = numbers.collect();
        assert!(numbers.len() <= 50, "{}", numbers.len());
        seen.extend(numbers);
        let Some((before, _)) = page.split_once("\" rel=\"next\">") else {
            break;
        };
        path = before
            .rsplit("href=\"")
            .next()
            .unwrap()
            .replace("&amp;", "&");
    }
    assert!(seen.is_sorted_by(|one, other| one > other), "{seen:?}");
    let count = app
        .query("{ stanceChanges(first: 0) { totalCount } }")
        .await;
    assert_eq!(count["stanceChanges"]["totalCount"], seen.len());
    let response = get(&app, "/changes?before=nonsense", BROWSER).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let response = get(&app, &path, BROWSER).await;
    let query = path.split_once('?').unwrap().1;
    let canonical = format!("<{SITE}/changes?{query}>; rel=\"canonical\"");
    assert!(header(&response, "link").contains(&canonical));
}

#[tokio::test]
async fn the_lists_of_countries_and_initiatives_link_each_of_them() {
    let app = TestApp::start().await;
    let page = text(&app, "/countries").await;
    assert_eq!(page.matches("<li><a href=\"/countries/").count(), 250);
    assert!(page.contains("Rwanda</a> (asked or named)"), "{page}");
    let page = text(&app, "/initiatives").await;
    assert!(
        page.contains("<a href=\"/initiatives/us-third-country-removals\">"),
        "{page}"
    );
    for path in ["/countries", "/initiatives", "/changes"] {
        for (accept, content_type) in [
            (BROWSER, "text/html; charset=utf-8"),
            ("application/json", "application/json"),
            ("application/ld+json", "application/ld+json"),
        ] {
            let response = get(&app, path, accept).await;
            assert_eq!(header(&response, "content-type"), content_type, "{path}");
        }
        let own = get(&app, &format!("{path}.json"), "*/*").await;
        assert_eq!(own.status(), StatusCode::OK, "{path}");
        let refused = get(&app, path, "image/png").await;
        assert_eq!(refused.status(), StatusCode::NOT_ACCEPTABLE, "{path}");
    }
}

#[tokio::test]
async fn pages_of_countries_and_initiatives_have_states_of_the_past() {
    let (app, source) = TestApp::start_with_initiative().await;
    app.set_clock("2026-11-24T12:00:00Z");
    app.record_stance(&source, "RW", "AGREED", "2025").await;
    app.set_clock("2026-11-25T12:00:00Z");
    app.record_stance(&source, "RW", "REFUSED", "2026").await;
    for (path, now, then) in [
        (
            "/countries/RW",
            "\"stance\":\"REFUSED\"",
            "\"stance\":\"AGREED\"",
        ),
        (
            "/initiatives/asks",
            "\"stance\":\"REFUSED\"",
            "\"stance\":\"AGREED\"",
        ),
    ] {
        let current = text(&app, &format!("{path}.json")).await;
        assert!(current.contains(now), "{current}");
        let past = get(
            &app,
            &format!("{path}.json?at=2026-11-24T18:00:00Z"),
            BROWSER,
        )
        .await;
        assert_eq!(
            header(&past, "memento-datetime"),
            "Tue, 24 Nov 2026 18:00:00 GMT"
        );
        let past = past.text().await.unwrap();
        assert!(
            past.contains(then) && !past.contains("REFUSED\",\"since"),
            "{past}"
        );
        let before = get(&app, &format!("{path}?at=2020-01-01T00:00:00Z"), BROWSER).await;
        assert_eq!(before.status(), StatusCode::NOT_FOUND, "{path}");
        let gate = app.http().get(app.url(&format!("/timegate{path}")));
        let gate = gate.header("accept-datetime", "Tue, 24 Nov 2026 18:00:00 GMT");
        let found = gate.send().await.unwrap();
        assert_eq!(
            header(&found, "memento-datetime"),
            "Tue, 24 Nov 2026 12:00:00 GMT"
        );
    }
}

#[tokio::test]
async fn hostile_text_stays_text_in_every_format() {
    let app = TestApp::start_empty().await;
    let evil = "</script><script>alert(1)</script><b onload=x>\" ' } \\ \u{2028}";
    let initiative = json!({
        "slug": "asks", "title": evil, "summary": evil, "requestingState": "US", "startedOn": null,
    });
    app.mutate("openInitiative", &initiative).await;
    let mut input = crate::fixtures::source();
    input["title"] = evil.into();
    input["publisher"] = evil.into();
    let registered = app.mutate("registerSource", &input).await;
    let source = registered["source"]["id"].as_str().unwrap();
    let mut input = stance_input(source, "RW", "AGREED", "2025");
    input["summary"] = evil.into();
    input["claimant"]["label"] = evil.into();
    input["evidence"][0]["quote"] = evil.into();
    let recorded = app.mutate("recordStatement", &input).await;
    let statement = path(&recorded);
    let change = format!("/changes/{}", number(&recorded));
    for path in [
        &statement,
        &change,
        "/countries/RW",
        "/countries/US",
        "/initiatives/asks",
        "/initiatives",
        "/changes",
        "/countries",
    ] {
        let page = text(&app, path).await;
        data_block(&page);
        assert_eq!(page.matches("<script").count(), 1, "{path}: {page}");
        assert!(!page.contains("<b onload"), "{path}: {page}");
        let json = get(&app, path, "application/json").await;
        assert!(json.json::<Value>().await.is_ok(), "{path}");
    }
    let entry = text(&app, &format!("{statement}.bib")).await;
    assert_eq!(
        entry.matches('{').count(),
        entry.matches('}').count(),
        "{entry}"
    );
}

/// The addresses of a site map, without the site, and when each changed.
async fn addresses(app: &TestApp, path: &str) -> Vec<(String, Option<String>)> {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        header(&response, "content-type"),
        "application/xml; charset=utf-8"
    );
    let text = response.text().await.unwrap();
    assert!(
        text.starts_with("<?xml ") && text.ends_with("</urlset>\n"),
        "{text}"
    );
    let between = |text: &str, start: &str, end: &str| {
        let (_, rest) = text.split_once(start)?;
        Some(rest.split_once(end)?.0.to_owned())
    };
    let elements = text.split("<url>").skip(1);
    elements
        .map(|element| {
            let address = between(element, "<loc>", "</loc>").unwrap();
            let path = address.strip_prefix(SITE).unwrap().to_owned();
            (path, between(element, "<lastmod>", "</lastmod>"))
        })
        .collect()
}

#[tokio::test]
async fn the_site_map_has_everything_that_has_a_page_and_when_it_changed() {
    let (app, source) = TestApp::start_with_initiative().await;
    let recorded = app.record_stance(&source, "RW", "AGREED", "2025").await;
    app.record_stance(&source, "GH", "NAMED", "2025").await;
    app.set_clock("2026-11-25T12:00:00Z");
    let reason = json!({ "statement": id(&recorded), "reason": "Never said." });
    let retracted = app.mutate("retractStatement", &reason).await;
    let statement = path(&recorded);
    // A page also changes with statements about the country or the initiative itself.
    app.set_clock("2026-11-26T12:00:00Z");
    for (subject, body) in [
        (
            json!({ "country": "ET" }),
            json!({ "concern": { "category": "HUMAN_RIGHTS" } }),
        ),
        (
            json!({ "initiative": "asks" }),
            json!({ "count": { "metric": "COUNTRIES_APPROACHED", "comparator": "EXACT", "low": 9, "includesPlanned": false } }),
        ),
    ] {
        let mut input = stance_input(&source, "RW", "AGREED", "2025");
        (input["subject"], input["body"]) = (subject, body);
        app.mutate("recordStatement", &input).await;
    }
    let listed = addresses(&app, "/sitemap.xml").await;
    assert_eq!(listed, addresses(&app, "/sitemaps/1.xml").await);
    let paths: Vec<&str> = listed.iter().map(|(path, _)| path.as_str()).collect();
    let change = format!("/changes/{}", number(&recorded));
    let revision = format!("/changes/{}", retracted["ledgerHead"]["seq"]);
    for expected in [
        "/",
        "/countries",
        "/initiatives",
        "/changes",
        "/countries/RW",
        "/countries/US",
        "/countries/GH",
        "/countries/ET",
        "/initiatives/asks",
        &statement,
        &change,
        &revision,
    ] {
        assert!(paths.contains(&expected), "{expected}: {paths:?}");
        assert_eq!(
            app.get(expected).await.status(),
            StatusCode::OK,
            "{expected}"
        );
    }
    let changed_at = |path: &str| {
        let found = listed.iter().find(|(listed, _)| listed == path);
        found.unwrap().1.clone().unwrap()
    };
    assert_eq!(changed_at(&statement), "2026-11-25T12:00:00.000000Z");
    assert_eq!(changed_at("/countries/RW"), "2026-11-25T12:00:00.000000Z");
    assert!(changed_at("/countries/GH").starts_with("2026-11-23T12:00:00.00000"));
    assert!(changed_at("/countries/ET").starts_with("2026-11-26T12:00:00"));
    assert!(changed_at("/initiatives/asks").starts_with("2026-11-26T12:00:00"));
    for path in [
        "/sitemaps/0.xml",
        "/sitemaps/2.xml",
        "/sitemaps/01.xml",
        "/sitemaps/x.xml",
        "/sitemaps/1",
    ] {
        assert_eq!(
            app.get(path).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_site_map_lists_every_statement_and_change_of_the_bundled_data() {
    let app = TestApp::start().await;
    let listed = addresses(&app, "/sitemap.xml").await;
    let count = |kind: &str| {
        listed
            .iter()
            .filter(|(path, _)| path.starts_with(kind))
            .count()
    };
    let totals = app
        .query("{ statements(first: 0) { totalCount } stanceChanges(first: 0) { totalCount } }")
        .await;
    assert_eq!(totals["statements"]["totalCount"], count("/statements/"));
    assert_eq!(totals["stanceChanges"]["totalCount"], count("/changes/"));
    let unique: std::collections::BTreeSet<_> = listed.iter().collect();
    assert_eq!(unique.len(), listed.len());
    let empty = TestApp::start_empty().await;
    assert!(!addresses(&empty, "/sitemap.xml").await.is_empty());
}

/// A statement that cannot be read keeps the load of histories from its end, as in `loading`.
#[tokio::test]
async fn the_site_map_is_whole_while_histories_are_loaded() {
    use sea_orm::ConnectionTrait;
    let (app, source) = TestApp::start_with_initiative().await;
    app.record_stance(&source, "RW", "AGREED", "2025").await;
    app.record_stance(&source, "GH", "AGREED", "2025").await;
    let before = addresses(&app, "/sitemap.xml").await;
    let (app, ()) = app
        .restart_after(async |test_db| {
            let db = test_db.connect().await;
            let damage = "UPDATE statement SET latest = 'someday'";
            db.execute_unprepared(damage).await.unwrap();
            db.close().await.unwrap();
        })
        .await;
    assert_eq!(addresses(&app, "/sitemap.xml").await, before);
}

#[tokio::test]
async fn robots_are_kept_from_the_past_and_sent_to_the_site_map() {
    let app = TestApp::start_empty().await;
    let response = app.get("/robots.txt").await;
    assert_eq!(
        header(&response, "content-type"),
        "text/plain; charset=utf-8"
    );
    let text = response.text().await.unwrap();
    for line in [
        "User-agent: *",
        "Disallow: /*?at=",
        "Disallow: /*&at=",
        "Sitemap: https://demarche.example/sitemap.xml",
    ] {
        assert!(text.lines().any(|each| each == line), "{line}: {text}");
    }
    let icon = app.get("/favicon.svg").await;
    assert_eq!(header(&icon, "content-type"), "image/svg+xml");
    assert!(text.ends_with('\n') && icon.text().await.unwrap().starts_with("<svg"));
    let page = self::text(&app, "/about").await;
    assert!(
        page.contains("<link rel=\"icon\" href=\"/favicon.svg\">"),
        "{page}"
    );
}
