//! Random writes of every kind: after each pause, every client's document is the fresh answer, byte for byte, whatever it missed;
//! and only answers that an entry touches are executed.

use serde_json::json;

use super::client::LiveClient;
use super::{executions, live, metric, wait_for_metric};
use crate::app::{TestApp, limits};
use crate::random_writer::RandomWriter;

/// Lists, nested lists, texts that change, and what rests on every entry.
const SELECTIONS: [&str; 4] = [
    "initiative(slug: \"asks\") { relationships(first: 50) { totalCount nodes { id stance since disputed
       changes(last: 3) { totalCount nodes { to kind } } } } tally { total disputed byStance { stance count } } }",
    "country(code: \"PE\") { stance(initiative: \"asks\") relationships { nodes { id stance
       statements(last: 3) { totalCount nodes { id standing correctedBy { id } } } } } }",
    "statements(last: 10) { totalCount nodes { id standing evidence { recordedAt source { title } } } }",
    "ledger { head { seq } } sources(last: 2) { totalCount nodes { title version } }",
];

struct Reader {
    client: LiveClient,
    query: String,
    selection: &'static str,
    /// Of two servers.
    server: usize,
}

impl Reader {
    /// Reads everything that was sent until the document is the fresh answer.
    async fn settle(&mut self, fresh: &str) {
        while self.client.text() != fresh {
            self.client.receive().await;
        }
    }
}

async fn start_readers(apps: &[TestApp]) -> Vec<Reader> {
    let mut readers = Vec::new();
    for (at, selection) in SELECTIONS.iter().cycle().take(12).enumerate() {
        let patch = at % 3 != 0;
        let head = format!("query($after: String) @live(patch: {patch}, after: $after)");
        let query = format!("{head} {{ {selection} }}");
        let server = at % apps.len();
        let client = LiveClient::start(&apps[server], &query, json!({})).await;
        readers.push(Reader {
            client,
            query,
            selection,
            server,
        });
    }
    readers
}

/// Rounds of writes with a pause after each, in which some readers go and come back, perhaps to the other server. Returns how often
/// readers started.
async fn follow(apps: &[TestApp], rounds: usize, seed: u64) -> u64 {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut writer = RandomWriter::start(&apps[0], seed).await;
    let mut readers = start_readers(apps).await;
    let mut starts = readers.len() as u64;
    for round in 0..rounds {
        if round % 3 == 2 {
            writer.write_entries(20).await;
        } else {
            writer.write(3).await;
        }
        let mut remaining = Vec::new();
        for mut reader in readers {
            if random.u8(..4) == 0 {
                reader.server = random.usize(..apps.len());
                if !reader.client.document().is_null() {
                    let app = &apps[reader.server];
                    reader.client = reader.client.resume(app, &reader.query).await;
                    starts += 1;
                }
            }
            remaining.push(reader);
        }
        readers = remaining;
        if round % 2 == 1 {
            writer.write(2).await;
        }
        for reader in &mut readers {
            let query = format!("{{ {} }}", reader.selection);
            reader.settle(&apps[0].query_text(&query).await).await;
        }
    }
    starts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_document_is_the_fresh_answer_after_each_pause() {
    let app = TestApp::start().await;
    let other = app.start_another(limits()).await;
    let apps = [app, other];
    let first_entry = head(&apps[0]).await;
    let starts = follow(&apps, 12, 20_261_130).await;
    let entries = head(&apps[0]).await - first_entry;
    // An entry executes each query at most once, a start the newest answer and that of its cursor.
    let most = SELECTIONS.len() as u64 * entries + 2 * starts;
    for app in &apps {
        let executions = executions(app).await;
        assert!((13..=most).contains(&executions), "{executions} of {most}");
    }
}

/// The number of the newest entry.
async fn head(app: &TestApp) -> u64 {
    app.head().await["seq"].as_u64().unwrap()
}

/// The fresh answer, and whether no entry has touched what it rests on since the same query was answered last.
async fn fresh(app: &TestApp, selection: &str) -> (String, bool) {
    let hits = "cache_hits_total{cache=\"responses\"}";
    let before = metric(app, hits).await;
    let text = app.query_text(&format!("{{ {selection} }}")).await;
    (text, metric(app, hits).await > before)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_write_executes_exactly_the_answers_that_it_touches() {
    let app = TestApp::start().await;
    let mut writer = RandomWriter::start(&app, 20_261_201).await;
    let mut clients = Vec::new();
    for selection in SELECTIONS {
        let mut client =
            LiveClient::start(&app, &live("(patch: true)", selection), json!({})).await;
        client.receive().await;
        fresh(&app, selection).await;
        clients.push((client, selection));
    }
    let (mut executed, mut unchanged, mut untouched) = (executions(&app).await, 0, 0);
    for _ in 0..60 {
        writer.write(1).await;
        wait_for_metric(&app, "feed_head", head(&app).await).await;
        for (client, selection) in &mut clients {
            let (answer, is_untouched) = fresh(&app, selection).await;
            untouched += u64::from(is_untouched);
            executed += u64::from(!is_untouched);
            unchanged += u64::from(!is_untouched && client.text() == answer);
            while client.text() != answer {
                client.receive().await;
            }
        }
        // Now all executions have ended.
        wait_for_metric(&app, "live_unchanged_total", unchanged).await;
        assert_eq!(executions(&app).await, executed);
    }
    assert!(
        untouched > 60 && executed > 60 && unchanged > 10,
        "{untouched} {executed} {unchanged}"
    );
}
