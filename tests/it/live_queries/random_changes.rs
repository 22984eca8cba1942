//! Random writes of every kind: after each pause, every client's document is the fresh answer, byte for byte, whatever it missed.

use serde_json::json;

use super::client::LiveClient;
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

/// Rounds of writes with a pause after each, in which some readers go and come back, perhaps to the other server.
async fn follow(apps: &[TestApp], rounds: usize, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut writer = RandomWriter::start(&apps[0], seed).await;
    let mut readers = start_readers(apps).await;
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
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_document_is_the_fresh_answer_after_each_pause() {
    let app = TestApp::start().await;
    let other = app.start_another(limits()).await;
    let apps = [app, other];
    follow(&apps, 12, 20_261_130).await;
    for app in &apps {
        assert!(super::executions(app).await > 12);
    }
}
