//! Several servers on one PostgreSQL push everything that any of them records, though what wakes them is cut off again
//! and again, and one of them is killed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tokio::sync::watch;
use tokio::time::{Instant, interval, sleep};

use crate::chain::Link;
use crate::crowd::{Crowd, Door};
use crate::editor::Editor;
use crate::figures::Times;
use crate::place::Place;
use crate::server::Server;
use crate::speaker::Speaker;
use crate::{Plan, Proven};

const SERVERS: usize = 3;
const WRITERS: usize = 6;
/// Between two cuts, and between two looks at whether anybody listens who shall not.
const CUT: Duration = Duration::from_secs(2);
const CUT_AT_ONCE: Duration = Duration::from_millis(25);
/// So many of them in a row in which nobody does.
const LOOKS: u32 = 40;
/// Between two statements of a writer at full speed, and when times are taken.
const HASTE: Duration = Duration::from_millis(1);
const TICK: Duration = Duration::from_millis(100);
/// Milliseconds from recording to arrival of 99 in 100 events, woken and not.
const SOON: f64 = 100.0;
const LATER: f64 = 1_500.0;

pub async fn prove(plan: &Plan<'_>) -> Proven<Option<String>> {
    let Some(postgres) = plan.backend.postgres() else {
        return Ok(None);
    };
    let events = i64::try_from(plan.options.events.unwrap_or(600)).unwrap();
    let phase = Duration::from_secs(if plan.options.events.is_some() { 30 } else { 2 });
    let admin = postgres.admin().await;
    let mut group = Group::start(plan).await?;
    let crowd = Crowd::gather(SERVERS, &group.doors, &group.link).await?;
    let cuts = group.hurry(events, &admin).await?;
    let newest = Link::head(&group.editor, group.servers[0].address).await;
    crowd.wait_for(newest.seq).await?;
    crowd.shared.lags.take();
    let last = group.speak(phase).await;
    crowd.wait_for(last).await?;
    let woken = crowd.shared.lags.take();
    let silenced = deafen(&admin, group.place.name()).await;
    let last = group.speak(phase).await;
    crowd.wait_for(last).await?;
    let unwoken = crowd.shared.lags.take();
    connect(&admin, group.place.name(), true).await;
    let shared = Arc::clone(&crowd.shared);
    crowd.end(last).await?;
    group.end().await?;
    let heard = shared.heard.load(Ordering::Relaxed);
    let report = format!(
        "{heard} events heard at {SERVERS} servers, {cuts} of their listening connections cut, one server killed, 0 missed; \
         from recording to arrival {woken}; while {silenced} of them were cut for good {unwoken}"
    );
    is_soon(plan, &woken, &unwoken, &report).map(|()| Some(report.clone()))
}

fn is_soon(plan: &Plan<'_>, woken: &Times, unwoken: &Times, report: &str) -> Proven {
    let is_late = woken.within(990) > SOON || unwoken.within(990) > LATER;
    if plan.options.timed && is_late {
        return Err(report.to_owned());
    }
    Ok(())
}

struct Group {
    place: Place,
    editor: Editor,
    servers: Vec<Server>,
    doors: Vec<Door>,
    _senders: Vec<watch::Sender<std::net::SocketAddr>>,
    stories: Vec<crate::editor::Story>,
    link: Link,
}

impl Group {
    async fn start(plan: &Plan<'_>) -> Proven<Self> {
        let place = Place::new(plan.backend).await;
        let editor = Editor::new(&place.token().await?);
        let (mut servers, mut senders, mut doors) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..SERVERS {
            let server = Server::start(&place).await;
            let (sender, door) = watch::channel(server.address);
            servers.push(server);
            senders.push(sender);
            doors.push(door);
        }
        let mut stories = Vec::new();
        for writer in 0..=WRITERS {
            let slug = format!("writer-{writer}");
            stories.push(editor.begin(servers[0].address, &slug).await);
        }
        let link = Link::head(&editor, servers[0].address).await;
        Ok(Self {
            place,
            editor,
            servers,
            doors,
            _senders: senders,
            stories,
            link,
        })
    }

    /// Writes so many entries through all servers while connections are cut, and a server is killed; how many were cut.
    async fn hurry(&mut self, events: i64, admin: &DatabaseConnection) -> Proven<u64> {
        let stories = self.stories.iter().take(WRITERS).cloned();
        let doors = self.doors.iter().cycle().cloned();
        let start = |(story, door)| Speaker::start(self.editor.clone(), story, door, HASTE);
        let speakers: Vec<Speaker> = stories.zip(doors).map(start).collect();
        let last = |speakers: &[Speaker]| speakers.iter().map(Speaker::last).max().unwrap_or(0);
        let (mut cuts, mut is_killed) = (0, false);
        let mut begun = Instant::now();
        while last(&speakers) < self.link.seq + events {
            sleep(Duration::from_millis(20)).await;
            if begun.elapsed() > CUT || cuts == 0 {
                cuts += cut(admin).await;
                begun = Instant::now();
            }
            if !is_killed && last(&speakers) > self.link.seq + events / 2 {
                is_killed = true;
                let server = self.servers.last_mut().expect("there are three");
                server.kill();
                *server = Server::start_on(&self.place, server.address).await;
            }
        }
        for speaker in speakers {
            speaker.end().await;
        }
        Ok(cuts)
    }

    /// Writes now and then for so long; the last entry.
    async fn speak(&mut self, length: Duration) -> i64 {
        let story = self.stories.last().expect("one is left over").clone();
        let speaker = Speaker::start(self.editor.clone(), story, self.doors[0].clone(), TICK);
        sleep(length).await;
        let last = speaker.end().await;
        let told = self.stories.last_mut().expect("one is left over");
        // The next time it goes on where it was.
        for _ in 0..length.as_millis() / TICK.as_millis() + 10 {
            told.next();
        }
        last
    }

    async fn end(self) -> Proven {
        for server in self.servers {
            server.stop().await;
        }
        self.place.verify().await.map(drop)
    }
}

/// Ends every connection that waits to be woken; how many there were.
async fn cut(admin: &DatabaseConnection) -> u64 {
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE query ILIKE 'listen%' AND pid <> pg_backend_pid()";
    let query = Statement::from_string(admin.get_database_backend(), sql);
    let row = admin.query_one_raw(query).await.unwrap().unwrap();
    let ended: i64 = row.try_get_by_index(0).unwrap();
    u64::try_from(ended).expect("it is a count")
}

/// From now on nobody is woken: whoever listens is cut, and nobody can connect anew. How many were cut.
async fn deafen(admin: &DatabaseConnection, database: &str) -> u64 {
    connect(admin, database, false).await;
    let (mut ticks, mut cuts, mut quiet) = (interval(CUT_AT_ONCE), 0, 0);
    // One that had just connected may begin to listen a moment later.
    while quiet < LOOKS {
        ticks.tick().await;
        let ended = cut(admin).await;
        cuts += ended;
        quiet = if ended == 0 { quiet + 1 } else { 0 };
    }
    cuts
}

/// Whether new connections are let in.
async fn connect(admin: &DatabaseConnection, database: &str, are_let: bool) {
    let sql = format!("ALTER DATABASE {database} ALLOW_CONNECTIONS {are_let}");
    admin.execute_unprepared(&sql).await.unwrap();
}
