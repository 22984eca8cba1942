//! Integration tests: the server over the network, as a client sees it. One binary with a module per topic.

#![cfg(test)]
#![expect(
    unreachable_pub,
    reason = "modules of one binary: pub marks what other modules use"
)]

/// Test server: started as `main` does it, with a separate database.
mod app;
/// Database of one test.
mod database;
/// Queries that select every field of the schema.
mod every_field;
/// Minimal inputs of mutations and import documents.
mod fixtures;
/// JSON as it was received, with the order of its members.
mod ordered_json;
/// Random writes of every kind.
mod random_writer;
/// OTLP collector that receives traces.
mod trace_collector;
/// Receiver of webhooks.
mod webhook_receiver;
/// Client of graphql-transport-ws.
mod websocket_client;

/// Semantics of GraphQL documents where the library deviates from the specification.
mod graphql_spec;
mod graphql_syntax;
mod graphql_variables;
/// GraphQL over HTTP, server-sent events, pages.
mod transport;
/// graphql-transport-ws: messages, limits, close codes.
mod websocket;

/// Attacks of hostile clients, one or more tests per row of docs/security.md.
mod attacks;

/// What the page at `/` asks.
mod atlas_queries;
/// The documentation names only things that exist.
mod documentation;
/// Event streams over HTTP: formats, heartbeats, and how a stream ends.
mod event_streams;
/// Examples of the documentation and of the home page are run.
mod examples;
/// Mutations: results, validation errors, retries, concurrent writers, disconnected clients.
mod writes;

/// The page at `/` and the built files that it loads.
mod atlas;
/// Backups during writes, and restored ledgers.
mod backups;
/// Work cancelled at any point.
mod cancellation;
mod checks;
/// CSV files, imported.
mod csv_imports;
/// Databases that other tools have changed.
mod damaged_databases;
/// Editions of the bundled data set.
mod editions;
/// Import documents of each format.
mod import_formats;
/// Batched and single ledger writes.
mod ledger_batches;
/// Loading of histories after the start.
mod loading;
/// Questions at a terminal.
mod new_statement;
/// Descriptions of views for programs that turn links into frames.
mod oembed;
/// The atlas as a picture.
mod pictures;
/// Seeding of new databases.
mod seeding;
/// Behaviour specific to SQLite.
mod sqlite;
/// Scope, denials of funding, persons sent on, dates of cited passages.
mod statement_content;
/// Databases of other versions.
mod upgrades;

/// Direct output of objects and lists, compared with that of the library.
mod direct_output;
/// Append-only ledger: triggers, and detection of alterations.
mod ledger;
/// Payloads of entries, and the documented samples.
mod payloads;
/// Heads of the Merkle tree, and proofs.
mod proofs;
/// Random documents over the whole schema.
mod random_documents;
/// What `verify` finds, whatever the length of its pages.
mod verification;

/// The example that checks citations.
mod cite_check;
/// Subscriptions to changes of disputes, and to the entries of one initiative.
mod disputes;
/// Live queries.
mod live_queries;
/// What became of cited statements.
mod recall;
/// Reviews of relationships and initiatives, and editions of documents.
mod reviews;
/// Subscriptions: filters, cursors, both transports.
mod subscriptions;

/// Dry runs of mutations; all errors of an input at once.
mod dry_runs;
/// Refused dates and numbers: reason and field.
mod input_errors;
/// U+0000 in a request.
mod nul_characters;
/// Text in filters and names: folding, order, invisible text.
mod text;

/// Reviews and editions in CSV files.
mod csv_reviews;
/// Stance changes: basis, revision, and following a stance.
mod stance_changes;

/// Resuming subscriptions across reconnects, restarts and writes of other processes.
mod subscriptions_resume;

/// Response cache: validity, sharing, exclusions.
mod cached_responses;
/// The `demarche` command as an operator runs it.
mod command_line;
/// Entries that a server writes itself, and those that it reads.
mod committed_groups;
/// The schema, its descriptions, errors and examples.
mod contract;
/// Countries, and global identifiers.
mod countries;
/// Files of data.
mod exports;
mod exports_parquet;
/// The export as one SQLite file.
mod exports_sqlite;
/// Fast path of cached responses.
mod fast_path;
/// Feeds for feed readers.
mod feeds;
/// Lists with filters, compared with what a client would filter.
mod filtered_lists;
/// Health checks, readiness, metrics.
mod health_and_metrics;
/// The tables and transcripts of docs/http.md.
mod http_reference;
/// Lists of a hundred thousand values.
mod long_lists;
/// Model Context Protocol.
mod mcp;
/// Positions, lists and counts as of a moment.
mod moments;
/// Answers while others write.
mod one_state;
/// HTML pages.
mod pages;
/// Pages for citations: formats, headers, states of the past, hostile text.
mod pages_citation;
/// Pagination of every connection, forward and backward.
mod pagination;
/// Answers of earlier states of the ledger.
mod pinned_answers;
/// Requests that pin an answer.
mod pinned_requests;
/// Server in a separate process: shutdown, log, traces.
mod process;
/// Saved operations by GET.
mod saved_operations;
/// Saved operations and what describes them.
mod saved_operations_contract;
/// Search for countries, statements and sources.
mod search;
/// States of the ledger that never change, and the entries between them.
mod snapshots;
/// Corrections of sources.
mod source_corrections;
/// Number of SQL statements per query.
mod sql_batching;
/// Answers over time: steps, and changes between two moments.
mod steps;
/// The page that checks a position.
mod verify_page;
/// Webhooks: what is sent, and to whom.
mod webhooks;
mod webhooks_api;
