//! The database tests of `tests/it` on PostgreSQL, and tests of behaviour specific to PostgreSQL.

#![cfg(test)]
#![expect(
    unreachable_pub,
    reason = "modules of one binary: pub marks what other modules use"
)]
#![allow(dead_code, reason = "helpers that only tests of SQLite use")]

#[path = "../it/app.rs"]
mod app;
/// Database of one test.
mod database;
#[path = "../it/every_field.rs"]
mod every_field;
#[path = "../it/fixtures.rs"]
mod fixtures;
#[path = "../it/ordered_json.rs"]
mod ordered_json;
#[path = "../it/random_writer.rs"]
mod random_writer;
#[path = "../it/trace_collector.rs"]
mod trace_collector;
#[path = "../it/webhook_receiver.rs"]
mod webhook_receiver;
#[path = "../it/websocket_client.rs"]
mod websocket_client;

#[path = "../it/attacks/mod.rs"]
mod attacks;
#[path = "../it/backups.rs"]
mod backups;
#[path = "../it/cached_responses.rs"]
mod cached_responses;
#[path = "../it/cancellation.rs"]
mod cancellation;
#[path = "../it/committed_groups.rs"]
mod committed_groups;
#[path = "../it/contract.rs"]
mod contract;
#[path = "../it/countries.rs"]
mod countries;
#[path = "../it/damaged_databases.rs"]
mod damaged_databases;
#[path = "../it/direct_output.rs"]
mod direct_output;
#[path = "../it/disputes.rs"]
mod disputes;
#[path = "../it/dry_runs.rs"]
mod dry_runs;
#[path = "../it/editions.rs"]
mod editions;
#[path = "../it/event_streams.rs"]
mod event_streams;
#[path = "../it/examples.rs"]
mod examples;
#[path = "../it/exports.rs"]
mod exports;
#[path = "../it/exports_parquet.rs"]
mod exports_parquet;
#[path = "../it/exports_sqlite.rs"]
mod exports_sqlite;
#[path = "../it/fast_path.rs"]
mod fast_path;
#[path = "../it/feeds.rs"]
mod feeds;
#[path = "../it/filtered_lists.rs"]
mod filtered_lists;
#[path = "../it/graphql_spec.rs"]
mod graphql_spec;
#[path = "../it/health_and_metrics.rs"]
mod health_and_metrics;
#[path = "../it/import_formats.rs"]
mod import_formats;
#[path = "../it/ledger.rs"]
mod ledger;
#[path = "../it/ledger_batches.rs"]
mod ledger_batches;
#[path = "../it/live_queries/mod.rs"]
mod live_queries;
#[path = "../it/loading.rs"]
mod loading;
#[path = "../it/long_lists.rs"]
mod long_lists;
#[path = "../it/mcp.rs"]
mod mcp;
#[path = "../it/moments.rs"]
mod moments;
#[path = "../it/nul_characters.rs"]
mod nul_characters;
#[path = "../it/one_state.rs"]
mod one_state;
#[path = "../it/pages.rs"]
mod pages;
#[path = "../it/pages_citation.rs"]
mod pages_citation;
#[path = "../it/pagination.rs"]
mod pagination;
#[path = "../it/pinned_answers.rs"]
mod pinned_answers;
#[path = "../it/pinned_requests.rs"]
mod pinned_requests;
#[path = "../it/process.rs"]
mod process;
#[path = "../it/proofs.rs"]
mod proofs;
#[path = "../it/random_documents.rs"]
mod random_documents;
#[path = "../it/recall.rs"]
mod recall;
#[path = "../it/reviews.rs"]
mod reviews;
#[path = "../it/saved_operations.rs"]
mod saved_operations;
#[path = "../it/saved_operations_contract.rs"]
mod saved_operations_contract;
#[path = "../it/search.rs"]
mod search;
#[path = "../it/seeding.rs"]
mod seeding;
#[path = "../it/snapshots.rs"]
mod snapshots;
#[path = "../it/source_corrections.rs"]
mod source_corrections;
#[path = "../it/sql_batching.rs"]
mod sql_batching;
#[path = "../it/stance_changes.rs"]
mod stance_changes;
#[path = "../it/statement_content.rs"]
mod statement_content;
#[path = "../it/steps.rs"]
mod steps;
#[path = "../it/subscriptions.rs"]
mod subscriptions;
#[path = "../it/subscriptions_resume.rs"]
mod subscriptions_resume;
#[path = "../it/text.rs"]
mod text;
#[path = "../it/transport.rs"]
mod transport;
#[path = "../it/upgrades.rs"]
mod upgrades;
#[path = "../it/verification.rs"]
mod verification;
#[path = "../it/verify_page.rs"]
mod verify_page;
#[path = "../it/webhooks.rs"]
mod webhooks;
#[path = "../it/webhooks_api.rs"]
mod webhooks_api;
#[path = "../it/websocket.rs"]
mod websocket;
#[path = "../it/writes.rs"]
mod writes;

/// Dumps, replication roles, settings and connection limits of PostgreSQL.
mod administration;
/// Equal behaviour of SQLite and PostgreSQL.
mod both;
/// Rights of roles, concurrent starts, an unavailable database.
mod operators;
/// Several servers and replicas of one database.
mod servers;
