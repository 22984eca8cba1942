//! Subscribers that hang up at any point and resume by cursor hear everything once and in order, whoever writes.
//!
//! Writers are in several processes: those of two servers on one database, and imports beside them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::document::document;
use crate::editor::{Editor, Story, Unacknowledged};
use crate::filter::{self, Entry, Filter};
use crate::place::{Place, output};
use crate::server::Server;
use crate::socket::{Caller, Gone, Said, Socket};
use crate::truth::Walk;
use crate::{Plan, Proven};

const WRITERS: u64 = 16;
/// Of the statements, so many are refused, and so many come from imports, in each hundred.
const REFUSED: u64 = 5;
const IMPORTED: u64 = 10;
/// Within it a subscriber hears something as long as there is something to hear.
const PATIENCE: Duration = Duration::from_mins(2);
/// Of what there is to hear, subscribers hear so many hundredths on average, by their filters.
const SHARE: u64 = 75;

pub async fn prove(plan: &Plan<'_>) -> Proven<String> {
    let events = plan.options.events.unwrap_or(6_000);
    let resumes = plan.options.resumes.unwrap_or(events / 10);
    let subscribers = plan.options.subscribers.unwrap_or(12) as u64;
    let statements = (events * 100 / SHARE / subscribers).max(WRITERS * 10);
    let place = Place::new(plan.backend).await;
    let editor = Editor::new(&place.token().await?);
    let servers = [Server::start(&place).await, Server::start(&place).await];
    let addresses = [servers[0].address, servers[1].address];
    let mut stories = Vec::new();
    for writer in 0..WRITERS {
        stories.push(
            editor
                .begin(addresses[0], &format!("writer-{writer}"))
                .await,
        );
    }
    let genesis = editor
        .query(addresses[0], "{ ledger { genesis { cursor } } }")
        .await;
    let genesis = genesis.unwrap()["ledger"]["genesis"]["cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    let (tell, last) = watch::channel(None);
    let shared = Arc::new(Shared {
        addresses,
        pause: events / resumes.max(1),
        resumes: AtomicU64::new(0),
        genesis,
        last,
    });
    let readers: Vec<_> = (0..subscribers)
        .map(|number| {
            let random = fastrand::Rng::with_seed(plan.options.seed ^ (number << 32));
            tokio::spawn(subscribe(Arc::clone(&shared), filter(number), random))
        })
        .collect();
    write(&place, &editor, addresses, &stories, statements).await?;
    // What everybody hears last: whatever the stance was before, it is another then.
    for stance in ["NAMED", "NEGOTIATING"] {
        let last = stories[0].find(statements, |of, to| of == "AF" && to == stance);
        editor.state(addresses[0], &last).await.unwrap();
    }
    let db = place.outsider().await;
    Walk::begin(&db).await.go_on(&db).await?;
    let ledger = filter::list(&db).await;
    db.close().await.unwrap();
    tell.send_replace(ledger.last().map(|entry| entry.cursor.clone()));
    let mut delivered = 0;
    for (number, reader) in (0..).zip(readers) {
        let heard = reader.await.map_err(|error| error.to_string())?;
        let heard = heard.map_err(|violation| format!("subscriber {number}: {violation}"))?;
        compare(&filter(number), &heard, &ledger)?;
        delivered += heard.len();
    }
    for server in servers {
        server.stop().await;
    }
    let entries = place.verify().await?;
    let resumes = shared.resumes.load(Ordering::Relaxed);
    Ok(format!(
        "{subscribers} subscribers with 6 filters, {entries} entries by {WRITERS} writers at 2 servers and by imports, \
         {delivered} events delivered, {resumes} resumes, 0 missed, repeated or out of order"
    ))
}

struct Shared {
    addresses: [SocketAddr; 2],
    /// Events between two resumes of one subscriber, on average.
    pause: u64,
    resumes: AtomicU64,
    genesis: String,
    /// The last cursor that everybody hears, once all is written.
    last: watch::Receiver<Option<String>>,
}

fn filter(number: u64) -> Filter {
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

/// All writers at once, until there are so many statements.
async fn write(
    place: &Place,
    editor: &Editor,
    servers: [SocketAddr; 2],
    stories: &[Story],
    statements: u64,
) -> Proven {
    let imported = statements * IMPORTED / 100;
    let each = (statements - imported) / WRITERS;
    let writers: Vec<_> = stories
        .iter()
        .zip([0, 1].iter().cycle())
        .map(|(story, at)| tokio::spawn(tell(editor.clone(), servers[*at], story.clone(), each)))
        .collect();
    for (number, file) in ["first", "second", "third"].into_iter().enumerate() {
        let path = place.file(file);
        let document = document(&format!("import-{number}"), imported / 3);
        std::fs::write(&path, document.to_string()).unwrap();
        let done = output(place.command(&["import", &path.display().to_string()])).await;
        if !done.status.success() {
            return Err(format!("an import beside two servers: {done:?}"));
        }
    }
    for writer in writers {
        writer.await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

async fn tell(editor: Editor, server: SocketAddr, mut story: Story, statements: u64) {
    for number in 0..statements {
        if number % 100 < REFUSED {
            let refused = editor.state(server, &story.wrong()).await;
            let code = Unacknowledged::Refused("NOT_FOUND".to_owned());
            assert_eq!(refused.unwrap_err(), code);
        }
        editor.state(server, &story.next()).await.unwrap();
    }
}

/// The cursors that were heard, up to the last.
async fn subscribe(
    shared: Arc<Shared>,
    filter: Filter,
    mut random: fastrand::Rng,
) -> Proven<Vec<String>> {
    let mut heard = Vec::new();
    let mut last = shared.last.clone();
    while !shared.is_last(&heard) {
        shared.resumes.fetch_add(1, Ordering::Relaxed);
        let server = shared.addresses[random.usize(..2)];
        let is_open = last.borrow().is_none();
        let reading = read(&shared, server, &filter, &mut heard, &mut random);
        tokio::select! {
            read = timeout(PATIENCE, reading) => match read {
                Ok(read) => read?,
                Err(_) if is_open => {}
                Err(_) => return Err(format!("{filter:?} hears nothing more after {}", heard.len())),
            },
            // Who has heard it already waits for nothing.
            _ = last.wait_for(Option::is_some), if is_open => {}
        }
    }
    Ok(heard)
}

impl Shared {
    fn is_last(&self, heard: &[String]) -> bool {
        let last = self.last.borrow();
        last.is_some() && heard.last() == last.as_ref()
    }
}

/// Reads some events on one socket, in one subscription or in several.
async fn read(
    shared: &Shared,
    server: SocketAddr,
    filter: &Filter,
    heard: &mut Vec<String>,
    random: &mut fastrand::Rng,
) -> Proven {
    let Ok(mut socket) = Socket::open(server, Caller::default()).await else {
        return Ok(());
    };
    for id in ["1", "2", "3"] {
        let after = heard.last().unwrap_or(&shared.genesis);
        let variables = filter.variables(after);
        let Ok(()) = socket.subscribe(id, filter.query(), &variables).await else {
            return Ok(());
        };
        for _ in 0..random.u64(0..=shared.pause * 2) {
            match next(&mut socket, id).await {
                Ok(cursor) => heard.push(cursor?),
                Err(Gone) => return Ok(()),
            }
            if shared.is_last(heard) {
                return Ok(());
            }
        }
        // Half of them hang up without a word, and what was under way to them is lost.
        if random.bool() || socket.complete(id).await.is_err() {
            return Ok(());
        }
        shared.resumes.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// The cursor of the next event of a subscription; what is still under way to another is not heard.
async fn next(socket: &mut Socket, id: &str) -> Result<Proven<String>, Gone> {
    loop {
        match socket.next().await? {
            Said::Event(to, mut data) if to == id => match data["heard"]["cursor"].take() {
                serde_json::Value::String(cursor) => return Ok(Ok(cursor)),
                other => return Ok(Err(format!("{other} is no cursor"))),
            },
            Said::Event(..) => {}
            Said::Error(message) => return Ok(Err(message.to_string())),
        }
    }
}

fn compare(filter: &Filter, heard: &[String], ledger: &[Entry]) -> Proven {
    let expected = filter.select(ledger);
    if heard == expected {
        return Ok(());
    }
    let both = heard.iter().zip(&expected);
    let at = both
        .take_while(|(heard, expected)| heard == *expected)
        .count();
    let (heard, of) = (heard.len(), expected.len());
    Err(format!(
        "{filter:?} heard {heard} events of {of}, and number {at} is another"
    ))
}
