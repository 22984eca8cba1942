//! Live queries: whatever is written, killed or disconnected, each client's document is the answer once nothing is written.
//!
//! Two servers on one database. Writers record and retract at both, imports run in parallel, and one server is killed in each round.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::deployment::{Deployment, output};
use crate::document::document;
use crate::editor::{Editor, StatementGenerator};
use crate::live_client::{Count, LiveClient, Phase, fresh_answer};
use crate::live_writer::write;
use crate::server::Server;
use crate::{Plan, TestResult};

/// What clients ask: lists, nested lists, one object, and what rests on every entry.
const SELECTIONS: [&str; 4] = [
    "initiative(slug: \"writer-0\") { relationships(first: 50) { totalCount nodes { id stance since changes(last: 2) { nodes { to } } } } tally { total byStance { stance count } } }",
    "country(code: \"AF\") { relationships(first: 20) { totalCount nodes { id stance statements(last: 2) { nodes { id standing } } } } }",
    "initiative(slug: \"writer-1\") { id tally { total disputed } }",
    "ledger { head { seq } } statements(last: 5) { totalCount nodes { id standing summary } }",
];
const WRITERS: usize = 4;
/// Maximum time until all documents are the answer, which includes a recovery.
const QUIET_TIMEOUT: Duration = Duration::from_mins(1);

pub async fn run(plan: &Plan<'_>) -> TestResult<String> {
    let rounds = plan.options.rounds.unwrap_or(4);
    let entries = plan.options.entries.unwrap_or(rounds * 60);
    let clients = plan.options.subscribers.unwrap_or(16);
    let mut random = fastrand::Rng::with_seed(plan.options.seed);
    let mut test = LiveTest::start(plan, clients).await?;
    for round in 1..=rounds {
        test.run_round(round, entries / rounds, &mut random)
            .await
            .map_err(|violation| format!("round {round} of {rounds}: {violation}"))?;
    }
    let (count, entries) = test.finish().await?;
    let Count {
        answers,
        patches,
        unchanged,
        skipped,
        resumes,
    } = count;
    Ok(format!(
        "{clients} clients of {} live queries at 2 servers, {entries} entries, {rounds} kills, {resumes} resumes; {answers} whole answers, {patches} patches, \
         {unchanged} unchanged, {skipped} after answers that were left out; each document equals the answer, byte for byte, after each round",
        SELECTIONS.len()
    ))
}

struct LiveTest {
    deployment: Deployment,
    editor: Editor,
    servers: [Server; 2],
    addresses: [watch::Sender<SocketAddr>; 2],
    generators: Vec<StatementGenerator>,
    phase: watch::Sender<Phase>,
    /// A client number for each settled client, once per round.
    settled: mpsc::Receiver<usize>,
    clients: Vec<JoinHandle<TestResult<Count>>>,
}

impl LiveTest {
    async fn start(plan: &Plan<'_>, clients: usize) -> TestResult<Self> {
        let deployment = Deployment::new(plan.backend).await;
        let editor = Editor::new(&deployment.token().await?);
        let servers = [
            Server::start(&deployment).await,
            Server::start(&deployment).await,
        ];
        let mut generators = Vec::new();
        for writer in 0..WRITERS {
            let slug = format!("writer-{writer}");
            generators.push(editor.open_initiative(servers[0].address, &slug).await);
        }
        let addresses = [0, 1].map(|server: usize| watch::Sender::new(servers[server].address));
        let phase = watch::Sender::new(Phase::Writing);
        let (sender, settled) = mpsc::channel(clients);
        let clients = (0..clients).map(|number| {
            let selection = number % SELECTIONS.len();
            let random = fastrand::Rng::with_seed(plan.options.seed ^ ((number as u64) << 32));
            let client = LiveClient::new(
                (selection, SELECTIONS[selection]),
                !(number / SELECTIONS.len()).is_multiple_of(4),
                addresses.iter().map(watch::Sender::subscribe).collect(),
                random,
            );
            tokio::spawn(follow(number, client, phase.subscribe(), sender.clone()))
        });
        let clients = clients.collect();
        Ok(Self {
            deployment,
            editor,
            servers,
            addresses,
            generators,
            phase,
            settled,
            clients,
        })
    }

    /// Writes with a kill in between, and waits until each document is the answer.
    async fn run_round(
        &mut self,
        round: u64,
        entries: u64,
        random: &mut fastrand::Rng,
    ) -> TestResult {
        self.phase.send_replace(Phase::Writing);
        let per_writer = usize::try_from(entries).unwrap() / WRITERS;
        let addresses = self.addresses.each_ref().map(watch::Sender::subscribe);
        let writers = self.generators.drain(..).map(|generator| {
            let (editor, addresses) = (self.editor.clone(), addresses.clone());
            tokio::spawn(write(editor, generator, per_writer, addresses))
        });
        let writers: Vec<_> = writers.collect();
        let import = self.import(round);
        sleep(Duration::from_millis(random.u64(20..400))).await;
        let killed = random.usize(..2);
        self.servers[killed].kill();
        self.servers[killed] = Server::start(&self.deployment).await;
        self.addresses[killed].send_replace(self.servers[killed].address);
        for writer in writers {
            self.generators
                .push(writer.await.expect("writers do not panic"));
        }
        let imported = import.await.expect("the import does not panic");
        if !imported.status.success() {
            return Err(format!("the import failed: {imported:?}"));
        }
        let answers = self.quiet_answers().await;
        self.phase.send_replace(Phase::Quiet(answers.into()));
        self.wait_for_clients().await
    }

    fn import(&self, round: u64) -> JoinHandle<std::process::Output> {
        let file = self.deployment.file("document.json");
        let content = document(&format!("import-{round}"), 20).to_string();
        std::fs::write(&file, content).unwrap();
        let arguments = ["import", &file.display().to_string()];
        tokio::spawn(output(self.deployment.command(&arguments)))
    }

    /// The answers once both servers have read the whole ledger.
    async fn quiet_answers(&self) -> Vec<String> {
        let head = "{ ledger { head { seq } } }";
        let [first, second] = [0, 1].map(|server: usize| self.servers[server].address);
        while self.query(first, head).await != self.query(second, head).await {
            sleep(Duration::from_millis(20)).await;
        }
        let mut answers = Vec::new();
        for selection in SELECTIONS {
            answers.push(self.query(first, &format!("{{ {selection} }}")).await);
        }
        answers
    }

    /// The data of a query, byte for byte, which may have to wait for a recovery.
    async fn query(&self, server: SocketAddr, query: &str) -> String {
        loop {
            match fresh_answer(&self.editor, server, query).await {
                Some(data) => return data,
                None => sleep(Duration::from_millis(20)).await,
            }
        }
    }

    async fn wait_for_clients(&mut self) -> TestResult {
        let mut missing: std::collections::BTreeSet<usize> = (0..self.clients.len()).collect();
        let settle = async {
            while !missing.is_empty() {
                match self.settled.recv().await {
                    Some(number) => drop(missing.remove(&number)),
                    None => break,
                }
            }
        };
        let result = timeout(QUIET_TIMEOUT, settle).await;
        if result.is_ok() && missing.is_empty() {
            return Ok(());
        }
        self.phase.send_replace(Phase::End);
        let ended: Vec<_> = self.clients.iter().enumerate().collect();
        let ended = ended.iter().filter(|(_, task)| task.is_finished());
        let ended: Vec<usize> = ended.map(|(number, _)| *number).collect();
        for number in ended {
            let task = self.clients.swap_remove(number);
            task.await.map_err(|error| error.to_string())??;
        }
        Err(format!("the documents of {missing:?} are not the answer"))
    }

    async fn finish(self) -> TestResult<(Count, i64)> {
        self.phase.send_replace(Phase::End);
        let mut all = Count::default();
        for client in self.clients {
            let count = client.await.map_err(|error| error.to_string())??;
            all.answers += count.answers;
            all.patches += count.patches;
            all.unchanged += count.unchanged;
            all.skipped += count.skipped;
            all.resumes += count.resumes;
        }
        for server in self.servers {
            server.stop().await;
        }
        let entries = self.deployment.verify().await?;
        Ok((all, entries))
    }
}

/// Follows a live query until the end, and reports once per quiet phase that the document is the answer.
async fn follow(
    number: usize,
    mut client: LiveClient,
    mut phases: watch::Receiver<Phase>,
    settled: mpsc::Sender<usize>,
) -> TestResult<Count> {
    loop {
        let phase = phases.borrow_and_update().clone();
        if matches!(phase, Phase::End) {
            return Ok(client.count);
        }
        if client.is_settled(&phase) {
            let reported = settled.send(number).await;
            if reported.is_err() || phases.changed().await.is_err() {
                return Err(client.describe());
            }
            continue;
        }
        let may_disconnect = matches!(phase, Phase::Writing);
        tokio::select! {
            received = client.receive(may_disconnect) => received?,
            _ = phases.changed() => phases.mark_changed(),
        }
    }
}
