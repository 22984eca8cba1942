//! `demarche webhook`.

use std::path::Path;

use entity::{webhook, webhook_delivery};
use serde_json::{Value, json};

use super::{print_line, print_result, read_error};
use crate::config::Database as DatabaseOptions;
use crate::config::webhooks::{Add, Selected, Webhook};
use crate::database::{Database, IfMissing};
use crate::error::{Error, Result};
use crate::ledger::webhooks;
use crate::model::cursor::LedgerCursor;
use crate::model::time::Timestamp;
use crate::model::webhook::{secret::Secret, target};
use crate::server;

/// The reason of a pause by this command.
const BY_OPERATOR: &str = "by `demarche webhook pause`";

pub(super) async fn run(command: Webhook) -> Result<()> {
    match command {
        Webhook::Add(options) => add(&options).await,
        Webhook::List(options) => {
            let database = open(&options.database).await?;
            for row in webhooks::list(database.reader()).await? {
                print_result(options.output, &object_of(&row), &describe(&row))?;
            }
            database.close().await
        }
        Webhook::Pause(selected) => {
            let database = open(&selected.database).await?;
            let now = server::clock()();
            webhooks::pause(database.writer(), selected.webhook, BY_OPERATOR, now).await?;
            print_line(&format!("Webhook {} paused", selected.webhook))?;
            database.close().await
        }
        Webhook::Resume(selected) => {
            let database = open(&selected.database).await?;
            webhooks::resume(database.writer(), selected.webhook).await?;
            print_line(&format!("Webhook {} resumed", selected.webhook))?;
            database.close().await
        }
        Webhook::Remove(selected) => {
            let database = open(&selected.database).await?;
            webhooks::remove(database.writer(), selected.webhook).await?;
            print_line(&format!("Webhook {} removed", selected.webhook))?;
            database.close().await
        }
        Webhook::Rotate(options) => {
            let secret = read_secret(options.secret_file.as_deref())?;
            let database = open(&options.selected.database).await?;
            let until = options.until(server::clock()())?;
            webhooks::rotate(database.writer(), options.selected.webhook, &secret, until).await?;
            print_line(&secret.reveal())?;
            database.close().await
        }
        Webhook::Replay(options) => {
            let database = open(&options.selected.database).await?;
            let id = options.selected.webhook;
            let cursor = webhooks::replay(database.writer(), id, &options.after).await?;
            print_line(&format!(
                "Webhook {id} continues after entry {}",
                cursor.seq
            ))?;
            database.close().await
        }
        Webhook::Deliveries(options) => {
            let Selected { database, webhook } = &options.selected;
            let database = open(database).await?;
            for row in webhooks::list_deliveries(database.reader(), *webhook).await? {
                let text = describe_delivery(&row);
                print_result(options.output, &object_of_delivery(&row), &text)?;
            }
            database.close().await
        }
    }
}

async fn open(options: &DatabaseOptions) -> Result<Database> {
    server::open(&options.database_url, IfMissing::Fail).await
}

async fn add(options: &Add) -> Result<()> {
    let url = target::parse(&options.url, options.targets.loopback())
        .map_err(|error| Error::bad_input("url", format!("`{}` {error}", options.url)))?;
    let secret = read_secret(options.secret_file.as_deref())?;
    let database = open(&options.database).await?;
    let cursor = match &options.after {
        Some(text) => webhooks::resolve_cursor(database.reader(), text).await?,
        None => webhooks::head_cursor(database.reader()).await?,
    };
    let row = webhooks::create(
        database.writer(),
        url.as_str(),
        &options.filter.filter(),
        &secret,
        &cursor,
        server::clock()(),
    )
    .await?;
    print_line(&format!("Webhook {} after entry {}", row.id, cursor.seq))?;
    print_line(&secret.reveal())?;
    database.close().await
}

/// The secret of a file, or a random one.
fn read_secret(file: Option<&Path>) -> Result<Secret> {
    let Some(file) = file else {
        return Ok(Secret::from_random(server::random_bytes()?));
    };
    let text = std::fs::read_to_string(file).map_err(|error| read_error(file, &error))?;
    // Editors end the last line of a file.
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Secret::parse(text).map_err(|error| Error::bad_input("secret-file", error))
}

fn describe(row: &webhook::Model) -> String {
    let cursor = LedgerCursor::parse(&row.cursor);
    let seq = cursor.map_or(0, |cursor| cursor.seq);
    let state = match (row.paused_at, row.next_attempt_at) {
        (Some(at), _) => {
            let reason = row.pause_reason.as_deref().unwrap_or_default();
            format!("paused {}: {reason}", Timestamp(at))
        }
        (None, Some(at)) => format!("failed {} times, next {}", row.failures, Timestamp(at)),
        (None, None) => "active".to_owned(),
    };
    format!(
        "{}  {}  {}  after entry {seq}  {state}",
        row.id, row.url, row.filter
    )
}

fn object_of(row: &webhook::Model) -> Value {
    let cursor = LedgerCursor::parse(&row.cursor);
    let time = |at: Option<i64>| at.map(|at| Timestamp(at).to_string());
    json!({
        "webhook": row.id, "url": row.url, "filter": row.filter, "cursor": row.cursor,
        "seq": cursor.map_or(0, |cursor| cursor.seq), "pausedAt": time(row.paused_at), "pauseReason": row.pause_reason,
        "failures": row.failures, "nextAttemptAt": time(row.next_attempt_at),
    })
}

fn object_of_delivery(row: &webhook_delivery::Model) -> Value {
    json!({
        "startedAt": Timestamp(row.started_at).to_string(), "seq": row.seq, "attempt": row.attempt,
        "milliseconds": row.duration / 1_000, "messageId": row.message_id, "error": row.error,
    })
}

fn describe_delivery(row: &webhook_delivery::Model) -> String {
    format!(
        "{}  change {}  attempt {}  {} ms  {}  {}",
        Timestamp(row.started_at),
        row.seq,
        row.attempt,
        row.duration / 1_000,
        row.message_id,
        row.error.as_deref().unwrap_or("accepted"),
    )
}
