//! Subscribers that disconnect at any point and resume by cursor receive everything once and in order.
//!
//! Writes come from several processes: two servers on one database, and imports in parallel.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::chain::ChainTip;
use crate::deployment::{Deployment, output};
use crate::document::document;
use crate::editor::{Editor, StatementGenerator, WriteFailure};
use crate::filter::{self, Entry, Filter};
use crate::ledger_reader::LedgerReader;
use crate::resuming_subscriber::{SharedState, subscribe};
use crate::server::Server;
use crate::subscriber_pool::SubscriberPool;
use crate::{Plan, TestResult};

const WRITERS: u64 = 16;
/// Per cent of the statements that are rejected, and that are imported.
const REJECTED_PERCENT: u64 = 5;
const IMPORTED_PERCENT: u64 = 10;
/// Average share of the entries that a filter matches, in per cent.
const MATCHING_PERCENT: u64 = 75;

pub async fn run(plan: &Plan<'_>) -> TestResult<String> {
    let events = plan.options.events.unwrap_or(6_000);
    let resumes = plan.options.resumes.unwrap_or(events / 10);
    let subscribers = plan.options.subscribers.unwrap_or(12) as u64;
    let statements = (events * 100 / MATCHING_PERCENT / subscribers).max(WRITERS * 10);
    let deployment = Deployment::new(plan.backend).await;
    let editor = Editor::new(&deployment.token().await?);
    let servers = [
        Server::start(&deployment).await,
        Server::start(&deployment).await,
    ];
    let addresses = [servers[0].address, servers[1].address];
    let (generators, genesis) = open_initiatives(&editor, addresses).await?;
    let (last_sender, last_cursor) = watch::channel(None);
    let shared = Arc::new(SharedState {
        addresses,
        events_per_resume: events / resumes.max(1),
        resumes: AtomicU64::new(0),
        genesis: genesis.cursor,
        last_cursor,
    });
    let subscriber_tasks = (0..subscribers).map(|number| {
        let random = fastrand::Rng::with_seed(plan.options.seed ^ (number << 32));
        tokio::spawn(subscribe(
            Arc::clone(&shared),
            select_filter(number),
            random,
        ))
    });
    let subscriber_tasks: Vec<_> = subscriber_tasks.collect();
    write_all(&deployment, &editor, addresses, &generators, statements).await?;
    let ledger = write_last(&deployment, &editor, addresses[0], &generators[0]).await?;
    last_sender.send_replace(ledger.last().map(|entry| entry.cursor.clone()));
    let delivered = check_all(subscriber_tasks, &ledger).await?;
    for server in servers {
        server.stop().await;
    }
    deployment.verify().await?;
    let resumes = shared.resumes.load(Ordering::Relaxed);
    Ok(format!(
        "{subscribers} subscribers with 6 filters, {} entries by {WRITERS} writers at 2 servers and by imports, \
         {delivered} events delivered, {resumes} resumes, 0 missed, repeated or out of order",
        ledger.len()
    ))
}

/// A generator for each writer, and the start of the ledger.
async fn open_initiatives(
    editor: &Editor,
    servers: [SocketAddr; 2],
) -> TestResult<(Vec<StatementGenerator>, ChainTip)> {
    let genesis = ChainTip::genesis(editor, servers[0]).await;
    let mut generators = Vec::new();
    for writer in 0..WRITERS {
        let slug = format!("writer-{writer}");
        generators.push(editor.open_initiative(servers[0], &slug).await);
    }
    // The other server learns of the initiatives through its feed.
    let head = ChainTip::head(editor, servers[0]).await;
    let (_sender, server_address) = watch::channel(servers[1]);
    let subscriber = SubscriberPool::connect(1, &[server_address], &genesis).await?;
    subscriber.finish(head.seq).await?;
    Ok((generators, genesis))
}

/// Writes the entry that every filter matches, and returns the whole ledger.
async fn write_last(
    deployment: &Deployment,
    editor: &Editor,
    server: SocketAddr,
    generator: &StatementGenerator,
) -> TestResult<Vec<Entry>> {
    let db = deployment.connect_to_database().await;
    let mut reader = LedgerReader::at_genesis(&db).await;
    let mut number = reader.read_new(&db).await?.len();
    // Whatever the stance was, the second of these differs from it and is of a later day.
    for stance in ["NAMED", "NEGOTIATING"] {
        let (found, last) = generator.find_from(number, |state, to| state == "AF" && to == stance);
        number = found;
        editor.record_statement(server, &last).await.unwrap();
    }
    reader.read_new(&db).await?;
    let ledger = filter::list_entries(&db).await;
    db.close().await.unwrap();
    Ok(ledger)
}

/// The total number of delivered events.
/// # Errors
/// A subscriber missed, repeated or reordered an event.
async fn check_all(
    subscriber_tasks: Vec<JoinHandle<TestResult<Vec<String>>>>,
    ledger: &[Entry],
) -> TestResult<usize> {
    let mut delivered = 0;
    for (number, task) in (0..).zip(subscriber_tasks) {
        let cursors = task.await.map_err(|error| error.to_string())?;
        let cursors = cursors.map_err(|violation| format!("subscriber {number}: {violation}"))?;
        select_filter(number).check_received(&cursors, ledger)?;
        delivered += cursors.len();
    }
    Ok(delivered)
}

fn select_filter(number: u64) -> Filter {
    let states = demarche::model::country::ATLAS.countries.iter();
    match number % 6 {
        0 => Filter::Entries,
        1 => Filter::Changes,
        2 => Filter::Kinds(vec!["STATEMENT_RECORDED"]),
        3 => Filter::Countries(
            states
                .map(|country| country.code.clone())
                .step_by(2)
                .collect(),
        ),
        4 => Filter::Initiatives(
            (0..WRITERS)
                .step_by(2)
                .map(|writer| format!("writer-{writer}"))
                .collect(),
        ),
        _ => Filter::To(vec!["NAMED", "NEGOTIATING", "IMPLEMENTING"]),
    }
}

/// Runs all writers concurrently until the statements are recorded.
async fn write_all(
    deployment: &Deployment,
    editor: &Editor,
    servers: [SocketAddr; 2],
    generators: &[StatementGenerator],
    statements: u64,
) -> TestResult {
    let imported = statements * IMPORTED_PERCENT / 100;
    let per_writer = (statements - imported) / WRITERS;
    let writers: Vec<_> = generators
        .iter()
        .zip([0, 1].iter().cycle())
        .map(|(generator, server)| {
            tokio::spawn(run_writer(
                editor.clone(),
                servers[*server],
                generator.clone(),
                per_writer,
            ))
        })
        .collect();
    for (number, file) in ["first", "second", "third"].into_iter().enumerate() {
        let path = deployment.file(file);
        let document = document(&format!("import-{number}"), imported / 3);
        std::fs::write(&path, document.to_string()).unwrap();
        let output = output(deployment.command(&["import", &path.display().to_string()])).await;
        if !output.status.success() {
            return Err(format!(
                "an import with two running servers failed: {output:?}"
            ));
        }
    }
    for writer in writers {
        writer.await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

async fn run_writer(
    editor: Editor,
    server: SocketAddr,
    mut generator: StatementGenerator,
    statements: u64,
) {
    for number in 0..statements {
        if number % 100 < REJECTED_PERCENT {
            let rejected = editor
                .record_statement(server, &generator.invalid_statement())
                .await;
            let code = WriteFailure::Rejected("NOT_FOUND".to_owned());
            assert_eq!(rejected.unwrap_err(), code);
        }
        editor
            .record_statement(server, &generator.next())
            .await
            .unwrap();
    }
}
