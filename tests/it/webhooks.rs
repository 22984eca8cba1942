//! Webhooks: order, filters, signatures, retries, pauses, restarts, hostile receivers.

use std::time::Duration;

use demarche::config::Serve;
use serde_json::{Value, json};

use crate::app::{TestApp, run_demarche, try_demarche};
use crate::fixtures::{SLUG, correction, initiative, stance_input};
use crate::webhook_receiver::{ACCEPTED, Receiver, Reply};

const SITE: &str = "https://demarche.example";
const UNAVAILABLE: Reply = Reply::Head("503 Service Unavailable");

pub struct Hook {
    pub id: String,
    pub secret: String,
}

impl TestApp {
    /// Adds a webhook after all that is recorded, as an operator does.
    pub async fn add_webhook(&self, receiver: &Receiver, options: &[&str]) -> Hook {
        let url = receiver.url();
        let arguments = ["webhook", "add", &url, "--webhook-allow-loopback"];
        let arguments = [&arguments, options].concat();
        let text = self.print(&arguments).await;
        let mut lines = text.lines();
        let id = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        let secret = lines.next().unwrap().to_owned();
        Hook { id, secret }
    }

    /// Runs `demarche webhook` on one of them.
    pub async fn webhook(&self, command: &str, hook: &Hook, options: &[&str]) -> String {
        let arguments = [&["webhook", command, &hook.id], options].concat();
        self.print(&arguments).await
    }

    /// What a command prints, without the log.
    async fn print(&self, arguments: &[&str]) -> String {
        let (code, text) = try_demarche(self.test_db(), arguments).await;
        assert_eq!(code, 0, "{text}");
        let lines = text.lines().filter(|line| !line.contains("Z  WARN "));
        lines.collect::<Vec<_>>().join("\n")
    }

    async fn list_webhooks(&self) -> String {
        self.print(&["webhook", "list"]).await
    }

    /// Returns when the list of webhooks contains a text.
    pub async fn webhooks_until(&self, text: &str) -> String {
        let wait = async {
            loop {
                let list = self.list_webhooks().await;
                if list.contains(text) {
                    return list;
                }
            }
        };
        let list = tokio::time::timeout(Duration::from_secs(20), wait).await;
        list.unwrap_or_else(|_| panic!("no webhook shows {text}"))
    }

    async fn checks(&self) -> (u16, Value) {
        let response = self.get("/readyz").await;
        let status = response.status().as_u16();
        let mut report: Value = response.json().await.unwrap();
        (status, report["checks"].take())
    }
}

fn change(state: &str, stance: &str) -> (String, String) {
    (state.to_owned(), stance.to_owned())
}

/// A server whose webhooks are paused after a number of failures.
async fn start_with_attempts(attempts: u32) -> (TestApp, TestApp, String) {
    let (idle, source) = TestApp::start_with_initiative().await;
    let set = |serve: Serve| {
        let mut serve = Serve {
            limits: crate::app::limits(),
            ..serve
        };
        serve.webhooks.attempts = attempts.try_into().unwrap();
        serve
    };
    let app = idle.start_another_with(set).await;
    (idle, app, source)
}

#[tokio::test]
async fn the_official_library_verifies_signatures_also_by_the_earlier_secret_after_a_rotation() {
    // It compares the time of a message with the clock of the system.
    let app = TestApp::start_with_clock(demarche::server::clock()).await;
    let mut receiver = Receiver::start(&[]).await;
    let hook = app.add_webhook(&receiver, &[]).await;
    app.mutate("openInitiative", &initiative(SLUG)).await;
    let source = app.register_source().await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    let mut delivery = receiver.next().await;
    delivery.verify(&hook.secret).unwrap();
    let other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert!(delivery.verify(other).is_err());
    delivery.body.push(' ');
    assert!(delivery.verify(&hook.secret).is_err());
    let rotated = app.webhook("rotate", &hook, &[]).await;
    let new = rotated.lines().find(|line| line.starts_with("whsec_"));
    app.record_stance(&source, "RW", "AGREED", "2025-06-03")
        .await;
    let delivery = receiver.next().await;
    for secret in [hook.secret.as_str(), new.unwrap()] {
        delivery.verify(secret).unwrap();
    }
}

#[tokio::test]
async fn every_change_is_sent_in_order_with_a_signature() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut receiver = Receiver::start(&[]).await;
    let hook = app.add_webhook(&receiver, &[]).await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    app.record_stance(&source, "PE", "AGREED", "2025-06-02")
        .await;
    let refused = app
        .record_stance(&source, "RW", "REFUSED", "2025-06-25~")
        .await;
    let correction = correction(&refused["statement"], &source, "AGREED", "2025-06-26");
    app.mutate("correctStatement", &correction).await;
    let mut ids = Vec::new();
    for expected in [
        change("RW", "NAMED"),
        change("PE", "AGREED"),
        change("RW", "REFUSED"),
    ] {
        let delivery = receiver.next().await;
        assert_eq!(delivery.change(), expected);
        delivery.assert_signed_by(&[&hook.secret]);
        ids.push(delivery.id().to_owned());
    }
    let corrected = receiver.next().await;
    ids.push(corrected.id().to_owned());
    ids.dedup();
    assert_eq!(ids.len(), 4);
    assert!(corrected.head.starts_with("POST /hook HTTP/1.1"));
    assert_eq!(corrected.header("content-type"), "application/json");
    let json = corrected.json();
    assert_eq!(json["type"], "stance.changed");
    assert_eq!(json["timestamp"], json["data"]["recordedAt"]);
    let head = app.head().await;
    assert_eq!(json["data"]["cursor"], head["cursor"]);
    let data = &json["data"];
    assert_eq!(data["kind"], "CORRECTION");
    assert_eq!(data["url"], format!("{SITE}/changes/6"));
    assert_eq!(data["revises"]["url"], format!("{SITE}/changes/5"));
    let number = refused["statement"]["number"].as_i64().unwrap();
    let corrects = &data["statement"]["corrects"];
    assert_eq!(corrects["url"], format!("{SITE}/statements/{number}"));
    assert_eq!(
        data["relationship"]["initiative"]["url"],
        format!("{SITE}/initiatives/{SLUG}")
    );
    assert!(receiver.is_quiet());
}

#[tokio::test]
async fn a_filter_selects_changes_and_the_cursor_where_they_start() {
    let (app, source) = TestApp::start_with_initiative().await;
    let genesis = app.genesis().await;
    for (state, stance) in [("RW", "NAMED"), ("PE", "NAMED"), ("RW", "AGREED")] {
        app.record_stance(&source, state, stance, "2025-06-02")
            .await;
    }
    let mut by_state = Receiver::start(&[]).await;
    let options = ["--country", "rw", "--initiative", SLUG, "--after", &genesis];
    app.add_webhook(&by_state, &options).await;
    let mut by_stance = Receiver::start(&[]).await;
    let options = ["--involves", "AGREED,REFUSED", "--after", &genesis];
    app.add_webhook(&by_stance, &options).await;
    let mut by_region = Receiver::start(&[]).await;
    let options = ["--region", "019", "--kind", "EVENT", "--after", &genesis];
    app.add_webhook(&by_region, &options).await;
    let mut by_claimant = Receiver::start(&[]).await;
    let options = ["--claimant", "COURT", "--after", &genesis];
    app.add_webhook(&by_claimant, &options).await;
    let mut by_marks = Receiver::start(&[]).await;
    let options = [
        "--disputed",
        "false",
        "--unusual",
        "true",
        "--after",
        &genesis,
    ];
    app.add_webhook(&by_marks, &options).await;
    let expected = [change("RW", "NAMED"), change("RW", "AGREED")];
    assert_eq!(by_state.changes(2).await, expected);
    assert_eq!(by_stance.changes(1).await, [change("RW", "AGREED")]);
    assert_eq!(by_region.changes(1).await, [change("PE", "NAMED")]);
    app.record_stance(&source, "PE", "REFUSED", "2025-06-03")
        .await;
    assert_eq!(by_stance.changes(1).await, [change("PE", "REFUSED")]);
    assert_eq!(by_region.changes(1).await, [change("PE", "REFUSED")]);
    app.record_stance(&source, "PE", "IMPLEMENTING", "2025-06-04")
        .await;
    assert_eq!(by_marks.changes(1).await, [change("PE", "IMPLEMENTING")]);
    assert!(by_state.is_quiet() && by_claimant.is_quiet());
}

#[tokio::test]
async fn a_failed_delivery_is_repeated_with_the_same_id_and_body() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut other = Receiver::start(&[]).await;
    let location = format!("302 Found\nlocation: {}", other.url());
    let replies = [
        UNAVAILABLE,
        Reply::Close,
        Reply::Head(location.leak()),
        Reply::Head("429 Too Many Requests\nretry-after: 0"),
        Reply::Head("100 Continue"),
        Reply::EndlessHead,
        ACCEPTED,
    ];
    let mut receiver = Receiver::start(&replies).await;
    let hook = app.add_webhook(&receiver, &[]).await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    app.record_stance(&source, "PE", "NAMED", "2025-06-02")
        .await;
    let first = receiver.next().await;
    for _ in 1..replies.len() {
        let repeated = receiver.next().await;
        assert_eq!((repeated.id(), &repeated.body), (first.id(), &first.body));
        repeated.assert_signed_by(&[&hook.secret]);
    }
    assert_eq!(receiver.next().await.change(), change("PE", "NAMED"));
    assert!(other.is_quiet(), "a redirect is not followed");
    app.webhooks_until("after entry 4  active").await;
    let deliveries = app.webhook("deliveries", &hook, &[]).await;
    assert_eq!(deliveries.lines().count(), replies.len() + 1);
    let mut lines = deliveries.lines();
    assert!(lines.next().unwrap().ends_with("HTTP 503"), "{deliveries}");
    for part in [
        "attempt 7",
        "redirects are not followed",
        "no valid HTTP answer",
        "HTTP 429",
    ] {
        assert!(deliveries.contains(part), "{part}: {deliveries}");
    }
    let metrics = app.metrics().await;
    let value = |name: &str| crate::health_and_metrics::value(&metrics, name);
    assert_eq!(
        value("demarche_webhook_deliveries_total{result=\"failed\"}"),
        6
    );
    assert_eq!(
        value("demarche_webhook_deliveries_total{result=\"accepted\"}"),
        2
    );
}

#[tokio::test]
async fn a_webhook_that_fails_too_often_is_paused_and_continues_when_it_is_resumed() {
    let (idle, app, source) = start_with_attempts(3).await;
    idle.stop().await;
    let mut receiver = Receiver::start(&[UNAVAILABLE, UNAVAILABLE, UNAVAILABLE]).await;
    let hook = app.add_webhook(&receiver, &[]).await;
    assert_eq!(app.checks().await.1["webhooks"], "ok");
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    let list = app.webhooks_until("paused ").await;
    let reason = "3 failed deliveries of change 3; the last: HTTP 503";
    assert!(list.contains(reason), "{list}");
    assert_eq!(receiver.changes(3).await.len(), 3);
    app.record_stance(&source, "PE", "NAMED", "2025-06-02")
        .await;
    let state = "demarche_webhooks{state=\"paused\"} 1";
    while !app.metrics().await.contains(state) {}
    let (status, checks) = app.checks().await;
    assert_eq!((status, &checks["webhooks"]), (200, &json!("paused")));
    assert!(receiver.is_quiet());
    app.webhook("resume", &hook, &[]).await;
    let expected = [change("RW", "NAMED"), change("PE", "NAMED")];
    assert_eq!(receiver.changes(2).await, expected);
    app.webhooks_until("after entry 4  active").await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_paused_at_once() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut receiver = Receiver::start(&[Reply::Head("410 Gone")]).await;
    app.add_webhook(&receiver, &[]).await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    let list = app.webhooks_until("paused ").await;
    assert!(list.contains("the receiver wants no more"), "{list}");
    receiver.next().await;
    assert!(receiver.is_quiet());
}

#[tokio::test]
async fn a_webhook_is_paused_replayed_and_removed() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut receiver = Receiver::start(&[]).await;
    let hook = app.add_webhook(&receiver, &[]).await;
    let first = app
        .record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    let id = receiver.next().await.id().to_owned();
    app.webhook("pause", &hook, &[]).await;
    app.record_stance(&source, "PE", "NAMED", "2025-06-02")
        .await;
    app.webhooks_until("after entry 3  paused ").await;
    app.webhook("resume", &hook, &[]).await;
    assert_eq!(receiver.changes(1).await, [change("PE", "NAMED")]);
    app.webhooks_until("after entry 4  active").await;
    app.webhook("replay", &hook, &["--after", &app.genesis().await])
        .await;
    assert_eq!(receiver.next().await.id(), id, "the same change");
    assert_eq!(receiver.changes(1).await, [change("PE", "NAMED")]);
    let after = first["ledgerHead"]["cursor"].as_str().unwrap();
    app.webhooks_until("after entry 4  active").await;
    app.webhook("replay", &hook, &["--after", after]).await;
    assert_eq!(receiver.changes(1).await, [change("PE", "NAMED")]);
    app.webhook("remove", &hook, &[]).await;
    app.record_stance(&source, "EC", "NAMED", "2025-06-02")
        .await;
    assert_eq!(app.list_webhooks().await, "");
    let unknown = ["webhook", "resume", &hook.id];
    let (code, text) = try_demarche(app.test_db(), &unknown).await;
    assert_ne!(code, 0);
    assert!(text.contains("not found"), "{text}");
    assert!(receiver.is_quiet());
}

#[tokio::test]
async fn a_restart_loses_and_repeats_nothing() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut receiver = Receiver::start(&[]).await;
    app.add_webhook(&receiver, &[]).await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    assert_eq!(receiver.changes(1).await, [change("RW", "NAMED")]);
    app.webhooks_until("after entry 3  active").await;
    let app = app.restart().await;
    app.record_stance(&source, "PE", "NAMED", "2025-06-02")
        .await;
    assert_eq!(receiver.changes(1).await, [change("PE", "NAMED")]);
    assert!(receiver.is_quiet());
}

#[tokio::test]
async fn a_rotated_secret_signs_beside_the_earlier_one_for_a_while() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut receiver = Receiver::start(&[]).await;
    let hook = app.add_webhook(&receiver, &[]).await;
    let new = app.webhook("rotate", &hook, &[]).await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    let delivery = receiver.next().await;
    delivery.assert_signed_by(&[new.trim(), &hook.secret]);
    app.webhooks_until("after entry 3").await;
    let newest = app.webhook("rotate", &hook, &["--overlap", "0s"]).await;
    app.record_stance(&source, "PE", "NAMED", "2025-06-02")
        .await;
    let delivery = receiver.next().await;
    // The sender may have read the row before the rotation.
    if delivery.header("webhook-signature").contains(' ') {
        delivery.assert_signed_by(&[new.trim(), &hook.secret]);
    } else {
        delivery.assert_signed_by(&[newest.trim()]);
    }
}

#[tokio::test]
async fn slow_and_endless_answers_are_cut() {
    let (idle, source) = TestApp::start_with_initiative().await;
    let set = |serve: Serve| {
        let mut serve = Serve {
            limits: crate::app::limits(),
            ..serve
        };
        serve.webhooks.timeout = Duration::from_millis(300).into();
        serve
    };
    let app = idle.start_another_with(set).await;
    idle.stop().await;
    let mut receiver = Receiver::start(&[Reply::Silence, Reply::EndlessBody]).await;
    let hook = app.add_webhook(&receiver, &[]).await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    app.record_stance(&source, "PE", "NAMED", "2025-06-02")
        .await;
    let expected = [
        change("RW", "NAMED"),
        change("RW", "NAMED"),
        change("PE", "NAMED"),
    ];
    assert_eq!(receiver.changes(3).await, expected);
    let deliveries = app.webhook("deliveries", &hook, &[]).await;
    assert!(
        deliveries.contains("no answer within 300ms"),
        "{deliveries}"
    );
}

#[tokio::test]
async fn a_webhook_of_another_generation_is_paused_with_a_reason() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut receiver = Receiver::start(&[]).await;
    let hook = app.add_webhook(&receiver, &[]).await;
    let (app, ()) = app
        .restart_after(async |test_db| test_db.rotate_generation().await)
        .await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    let list = app.webhooks_until("paused ").await;
    assert!(list.contains("not of this ledger"), "{list}");
    assert!(receiver.is_quiet());
    app.webhook("replay", &hook, &["--after", &app.genesis().await])
        .await;
    app.webhook("resume", &hook, &[]).await;
    assert_eq!(receiver.changes(1).await, [change("RW", "NAMED")]);
}

#[tokio::test]
async fn secrets_are_shown_once() {
    let (app, _) = TestApp::start_with_initiative().await;
    let receiver = Receiver::start(&[]).await;
    let hook = app.add_webhook(&receiver, &[]).await;
    let file = app.directory().join("secret");
    let own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    std::fs::write(&file, format!("{own}\n")).unwrap();
    let path = file.to_str().unwrap();
    let given = app.add_webhook(&receiver, &["--secret-file", path]).await;
    assert_eq!(given.secret, own);
    let list = app.list_webhooks().await;
    for secret in [hook.secret.as_str(), own] {
        assert!(!list.contains(secret.trim_start_matches("whsec_")));
    }
}

#[tokio::test]
async fn what_is_no_valid_webhook_is_refused() {
    let (app, source) = TestApp::start_with_initiative().await;
    let input = stance_input(&source, "RW", "NAMED", "2025-06-02");
    app.mutate("recordStatement", &input).await;
    let file = app.directory().join("secret");
    std::fs::write(&file, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS").unwrap();
    let file = file.to_str().unwrap();
    let valid = "https://news.example/";
    for (arguments, expected) in [
        (vec!["http://news.example/"], "https://"),
        (vec!["http://127.0.0.1/"], "not reachable"),
        (vec!["https://user:word@news.example/"], "user name"),
        (vec![valid, "--country", "QQ"], "not a country code"),
        (vec![valid, "--region", "999"], "not a region"),
        (vec![valid, "--to", "agreed"], "not a stance"),
        (vec![valid, "--kind", "NEWS"], "not a kind"),
        (vec![valid, "--claimant", "PUBLIC"], "not a category"),
        (vec![valid, "--disputed", "maybe"], "disputed"),
        (vec![valid, "--initiative", "none"], "not found"),
        (vec![valid, "--after", "x"], "not a valid ledger cursor"),
        (vec![valid, "--secret-file", file], "base64"),
        (vec![valid, "--secret-file", "missing"], "cannot read"),
    ] {
        let arguments = [vec!["webhook", "add"], arguments].concat();
        let (code, text) = try_demarche(app.test_db(), &arguments).await;
        assert!(
            code != 0 && text.contains(expected),
            "{arguments:?}: {text}"
        );
    }
    assert_eq!(app.list_webhooks().await, "");
    run_demarche(app.test_db(), &["webhook", "add", valid]).await;
}
