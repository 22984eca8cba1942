//! Whatever was acknowledged is there after the server, or the database under it, was killed at any moment.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::editor::{Acknowledgement, Editor, Statement, Story, Unacknowledged};
use crate::place::Place;
use crate::server::Server;
use crate::truth::{Walk, find_all};
use crate::{Plan, Proven};

const WRITERS: usize = 8;
/// For a round's acknowledgements; PostgreSQL recovers within it.
const PATIENCE: Duration = Duration::from_mins(2);
/// Of this many kills, one is of PostgreSQL itself.
const PERIOD: u64 = 5;

#[derive(Default)]
struct Count {
    kills: u64,
    crashes: u64,
    acknowledged: u64,
    repeated: u64,
}

pub async fn prove(plan: &Plan<'_>) -> Proven<String> {
    let rounds = plan.options.rounds.unwrap_or(10);
    let wanted = plan.options.acknowledgements.unwrap_or(rounds * 20);
    let mut random = fastrand::Rng::with_seed(plan.options.seed);
    let mut siege = Siege::begin(plan).await?;
    for round in 1..=rounds {
        let share = wanted * round / rounds;
        siege
            .round(share, round, &mut random)
            .await
            .map_err(|violation| format!("round {round} of {rounds}: {violation}"))?;
    }
    let Count {
        kills,
        crashes,
        acknowledged,
        repeated,
    } = siege.count;
    let entries = siege.end().await?;
    Ok(format!(
        "{kills} kills of the server and {crashes} of the database, {acknowledged} acknowledgements, 0 lost; \
         {repeated} repeated with the same result; {entries} entries, chain whole"
    ))
}

struct Siege<'p> {
    plan: &'p Plan<'p>,
    place: Place,
    server: Server,
    editor: Editor,
    door: watch::Sender<Option<SocketAddr>>,
    desk: Arc<Mutex<Vec<(Statement, Acknowledgement)>>>,
    writers: Vec<JoinHandle<()>>,
    walk: Walk,
    count: Count,
}

impl<'p> Siege<'p> {
    async fn begin(plan: &'p Plan<'p>) -> Proven<Self> {
        let place = Place::new(plan.backend).await;
        let editor = Editor::new(&place.token().await?);
        let server = Server::start(&place).await;
        let (door, _) = watch::channel(Some(server.address));
        let desk = Arc::default();
        let mut writers = Vec::new();
        for writer in 0..WRITERS {
            let story = editor
                .begin(server.address, &format!("writer-{writer}"))
                .await;
            let writing = write(editor.clone(), story, door.subscribe(), Arc::clone(&desk));
            writers.push(tokio::spawn(writing));
        }
        let db = place.outsider().await;
        let walk = Walk::begin(&db).await;
        db.close().await.unwrap();
        let count = Count::default();
        Ok(Self {
            plan,
            place,
            server,
            editor,
            door,
            desk,
            writers,
            walk,
            count,
        })
    }

    /// Lets them write until there are so many acknowledgements in all, kills, starts again, and counts.
    async fn round(&mut self, share: u64, round: u64, random: &mut fastrand::Rng) -> Proven {
        sleep(Duration::from_millis(random.u64(50..500))).await;
        timeout(PATIENCE, self.wait_for(share))
            .await
            .map_err(|_| format!("{share} acknowledgements never came"))?;
        let postgres = self
            .plan
            .backend
            .postgres()
            .filter(|postgres| postgres.is_ours());
        if let Some(postgres) = postgres.filter(|_| round.is_multiple_of(PERIOD)) {
            postgres.crash().await;
            self.count.crashes += 1;
        } else {
            self.server.kill();
            self.door.send_replace(None);
            self.count.kills += 1;
        }
        let written = std::mem::take(&mut *self.desk.lock().unwrap());
        self.count.acknowledged += written.len() as u64;
        if self.door.borrow().is_none() {
            self.server = Server::start(&self.place).await;
            self.door.send_replace(Some(self.server.address));
        }
        self.audit(&written).await?;
        for (statement, first) in written.iter().rev().step_by(10).take(5) {
            let again = timeout(PATIENCE, self.repeat(statement)).await;
            let again = again.map_err(|_| "a repeated write hangs".to_owned())?;
            if again != *first {
                return Err(format!("{first:?} is {again:?} when repeated"));
            }
            self.count.repeated += 1;
        }
        Ok(())
    }

    async fn wait_for(&self, acknowledged: u64) {
        while self.count.acknowledged + (self.desk.lock().unwrap().len() as u64) < acknowledged {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn repeat(&self, statement: &Statement) -> Acknowledgement {
        loop {
            match self.editor.state(self.server.address, statement).await {
                Ok(again) => return again,
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Not before the server runs again: it recovers what was left, and nobody does it for it.
    async fn audit(&mut self, written: &[(Statement, Acknowledgement)]) -> Proven {
        let db = self.place.outsider().await;
        let read = self.walk.go_on(&db).await?;
        let acknowledged: Vec<_> = written.iter().map(|(_, first)| first.clone()).collect();
        find_all(&db, &acknowledged, &read).await?;
        db.close().await.map_err(|error| error.to_string())
    }

    /// How many entries there are in the end.
    async fn end(self) -> Proven<i64> {
        for writer in &self.writers {
            writer.abort();
        }
        self.server.stop().await;
        self.place.verify().await
    }
}

/// Writes on, each statement until it is acknowledged.
async fn write(
    editor: Editor,
    mut story: Story,
    mut door: watch::Receiver<Option<SocketAddr>>,
    desk: Arc<Mutex<Vec<(Statement, Acknowledgement)>>>,
) {
    let mut statement = story.next();
    loop {
        let Ok(server) = door.wait_for(Option::is_some).await.map(|server| *server) else {
            return;
        };
        let server = server.expect("it was waited for");
        match editor.state(server, &statement).await {
            Ok(acknowledged) => {
                let written = std::mem::replace(&mut statement, story.next());
                desk.lock().unwrap().push((written, acknowledged));
            }
            Err(Unacknowledged::Silent) => sleep(Duration::from_millis(5)).await,
            // A database that recovers.
            Err(Unacknowledged::Refused(_)) => sleep(Duration::from_millis(50)).await,
        }
    }
}
