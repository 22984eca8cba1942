//! Loads all histories and changes into the read model after the start, page by page, while the tailer already adds new ones.

use std::time::Duration;

use entity::statement;
use sea_orm::DatabaseConnection;

use super::{change_pages, fact_pages::load_page};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::model::position::Fact;
use crate::read_model::{HistoryKey, ReadModel};
use crate::telemetry::repeated_failure::RepeatedFailure;

/// Between two attempts after an error.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Loads every statement's fact, then what every change is filtered by, and retries until it succeeds.
pub(super) async fn load_histories(database: Database, read_model: ReadModel) {
    let failure = RepeatedFailure::new("loading the histories and the changes");
    let (mut last_fact, mut last_change) = (0, 0);
    while let Err(error) = load_after(database.tail_connection(), &read_model, &mut last_fact).await
    {
        pause(&failure, &error).await;
    }
    read_model.complete_histories();
    let db = || database.tail_connection();
    while let Err(error) = change_pages::load_after(db(), &read_model, &mut last_change).await {
        pause(&failure, &error).await;
    }
    failure.ends();
    read_model.complete_changes();
}

/// Logs the first of several failures, and waits before the next attempt.
async fn pause(failure: &RepeatedFailure, error: &Error) {
    if failure.begins() {
        tracing::error!(cause = %error.cause_chain(), "the histories or the changes could not be loaded; retrying");
    }
    tokio::time::sleep(RETRY_DELAY).await;
}

/// Loads every statement's fact again.
pub(super) async fn reload_histories(
    db: &DatabaseConnection,
    read_model: &ReadModel,
) -> Result<()> {
    load_after(db, read_model, &mut 0).await
}

/// Loads the facts of all statements after `loaded`, which is the last of them at any time, so that a retry goes on there.
async fn load_after(
    db: &DatabaseConnection,
    read_model: &ReadModel,
    loaded: &mut i64,
) -> Result<()> {
    while let Some((last, facts)) = load_page(db, *loaded).await? {
        read_model.merge_facts(facts)?;
        *loaded = last;
    }
    Ok(())
}

/// Facts with the subjects of their statements.
pub(super) fn with_keys(rows: &[statement::Model], facts: Vec<Fact>) -> Vec<(HistoryKey, Fact)> {
    let keys = rows.iter().map(HistoryKey::of);
    let facts = keys.zip(facts);
    facts.filter_map(|(key, fact)| Some((key?, fact))).collect()
}
