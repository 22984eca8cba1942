//! Webhooks by GraphQL: what an admin's token may do, and nobody else.

use serde_json::{Value, json};

use crate::app::{TestApp, data, only_error, try_demarche};

const WEBHOOK: &str = "number url createdAt cursor deliveryCount failures nextAttemptAt pausedAt pauseReason \
    filter { initiatives countries regions from to involves kinds claimants disputed unusual } \
    deliveries { seq messageId attempt startedAt milliseconds status error }";

/// A server, and the token of an admin.
async fn start() -> (TestApp, String) {
    let app = TestApp::start().await;
    let token = app.create_admin_token().await;
    (app, token)
}

/// A mutation that adds a webhook to this URL with this filter, in GraphQL.
fn add(url: &str, filter: &str) -> String {
    format!(
        "mutation {{ addWebhook(input: {{ url: {}, filter: {filter} }}) {{ secret webhook {{ {WEBHOOK} }} }} }}",
        json!(url)
    )
}

#[tokio::test]
async fn an_admin_manages_webhooks_by_graphql() {
    let (app, token) = start().await;
    let run = async |text: &str| data(app.execute_with_token(&token, text, Value::Null).await);
    let filter = r#"{ initiatives: ["us-third-country-removals"], countries: ["rw", "PE", "RW"], to: [AGREED], unusual: false }"#;
    let added = run(&add("https://news.example/hook", filter)).await;
    let added = &added["addWebhook"];
    let secret = added["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let webhook = &added["webhook"];
    assert_eq!(webhook["url"], "https://news.example/hook");
    assert_eq!(webhook["filter"]["countries"], json!(["PE", "RW"]));
    assert_eq!(webhook["filter"]["to"], json!(["AGREED"]));
    assert_eq!(webhook["filter"]["from"], Value::Null);
    assert_eq!(webhook["filter"]["unusual"], false);
    let number = webhook["number"].as_str().unwrap();
    // The command sees the same.
    let (_, listed) = try_demarche(app.test_db(), &["webhook", "list"]).await;
    assert!(listed.contains("https://news.example/hook"), "{listed}");
    assert!(!listed.contains(&secret));

    let list = format!("{{ webhooks {{ {WEBHOOK} }} }}");
    let all = run(&list).await;
    assert_eq!(all["webhooks"], json!([webhook]));
    let paused = run(&format!(
        "mutation {{ pauseWebhook(number: {number}) {{ {WEBHOOK} }} }}"
    ))
    .await;
    let paused = &paused["pauseWebhook"];
    assert_eq!(paused["pauseReason"], "by the token operator");
    assert!(paused["pausedAt"].is_string());
    let genesis = run("{ ledger { genesis { cursor } } }").await;
    let genesis = &genesis["ledger"]["genesis"]["cursor"];
    let replayed = format!(
        "mutation {{ replayWebhook(number: {number}, after: {genesis}) {{ cursor pausedAt }} }}"
    );
    let replayed = run(&replayed).await;
    assert_eq!(&replayed["replayWebhook"]["cursor"], genesis);
    assert!(replayed["replayWebhook"]["pausedAt"].is_string());
    let resumed =
        format!("mutation {{ resumeWebhook(number: {number}) {{ pausedAt pauseReason }} }}");
    let resumed = run(&resumed);
    assert_eq!(
        resumed.await["resumeWebhook"],
        json!({ "pausedAt": null, "pauseReason": null })
    );
    let rotated = format!("mutation {{ rotateWebhookSecret(number: {number}) {{ secret }} }}");
    let rotated = run(&rotated).await;
    let rotated = rotated["rotateWebhookSecret"]["secret"].as_str().unwrap();
    assert!(rotated.starts_with("whsec_") && rotated != secret);
    let removed = run(&format!(
        "mutation {{ removeWebhook(number: {number}) {{ number }} }}"
    ))
    .await;
    assert_eq!(removed["removeWebhook"]["number"], number);
    assert_eq!(run(&list).await["webhooks"], json!([]));
}

#[tokio::test]
async fn the_mutation_of_the_documentation_adds_a_webhook() {
    let (app, token) = start().await;
    let text = include_str!("../../docs/webhooks.md");
    let (_, text) = text.split_once("```gql\n").unwrap();
    let (mutation, _) = text.split_once("```").unwrap();
    let added = app.execute_with_token(&token, mutation, Value::Null).await;
    assert_eq!(data(added)["addWebhook"]["webhook"]["number"], "1");
}

#[tokio::test]
async fn webhooks_are_only_for_admins() {
    let (app, token) = start().await;
    let add = add("https://news.example/hook", "null");
    let operations = [
        "{ webhooks { url } }",
        add.as_str(),
        "mutation { pauseWebhook(number: 1) { url } }",
        "mutation { resumeWebhook(number: 1) { url } }",
        r#"mutation { replayWebhook(number: 1, after: "x") { url } }"#,
        "mutation { rotateWebhookSecret(number: 1) { secret } }",
        "mutation { removeWebhook(number: 1) { url } }",
    ];
    for operation in operations {
        let (code, _) = only_error(&app.execute(operation, Value::Null).await);
        assert_eq!(code, "UNAUTHENTICATED", "{operation}");
        let (code, _) = only_error(&app.execute_as_editor(operation, Value::Null).await);
        assert_eq!(code, "FORBIDDEN", "{operation}");
    }
    for operation in operations.iter().filter(|text| text.contains("number: 1")) {
        let (code, _) = only_error(&app.execute_with_token(&token, operation, Value::Null).await);
        assert_eq!(code, "NOT_FOUND", "{operation}");
    }
}

#[tokio::test]
async fn an_invalid_webhook_is_refused_and_nothing_is_added() {
    let (app, token) = start().await;
    let run = async |text: &str| app.execute_with_token(&token, text, Value::Null).await;
    let url = "https://news.example/hook";
    for (operation, code, field) in [
        (
            add("ftp://news.example/hook", "null"),
            "BAD_USER_INPUT",
            "input.url",
        ),
        (
            add("https://10.0.0.1/hook", "null"),
            "BAD_USER_INPUT",
            "input.url",
        ),
        (
            add("https://me:word@news.example/", "null"),
            "BAD_USER_INPUT",
            "input.url",
        ),
        (add(url, "{ to: [] }"), "BAD_USER_INPUT", "input.filter.to"),
        (
            add(url, "{ initiatives: [] }"),
            "BAD_USER_INPUT",
            "input.filter.initiatives",
        ),
        (
            add(url, r#"{ recordedBy: "2026-01-01T00:00:00Z" }"#),
            "BAD_USER_INPUT",
            "input.filter.recordedBy",
        ),
        (
            add(url, r#"{ countries: ["XX"] }"#),
            "NOT_FOUND",
            "input.filter.countries",
        ),
        (
            add(url, r#"{ regions: ["999"] }"#),
            "NOT_FOUND",
            "input.filter.regions",
        ),
        (
            add(url, r#"{ initiatives: ["none"] }"#),
            "NOT_FOUND",
            "input.filter.initiatives",
        ),
        (
            format!(
                r#"mutation {{ addWebhook(input: {{ url: "{url}", after: "x" }}) {{ secret }} }}"#
            ),
            "CURSOR_INVALID",
            "input.after",
        ),
    ] {
        let response = run(&operation).await;
        let extensions = &response["errors"][0]["extensions"];
        assert_eq!(extensions["code"], code, "{operation}: {response}");
        let named = extensions["field"].as_str().unwrap();
        assert!(named.starts_with(field), "{operation}: {response}");
    }
    assert_eq!(
        data(run("{ webhooks { url } }").await)["webhooks"],
        json!([])
    );
    let body = json!({ "query": "{ webhooks { url } }" });
    let request = app
        .http()
        .post(app.url("/graphql?seq=3"))
        .bearer_auth(&token);
    let pinned: Value = request
        .json(&body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let (code, field) = only_error(&pinned);
    assert_eq!((code.as_str(), field.as_str()), ("BAD_USER_INPUT", "seq"));
}
