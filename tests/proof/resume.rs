//! Subscribers that hang up at any point and resume by cursor hear everything once and in order, whoever writes.
//!
//! Writers are in several processes: those of two servers on one database, and imports beside them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::chain::Link;
use crate::crowd::Crowd;
use crate::document::document;
use crate::editor::{Editor, Story, Unacknowledged};
use crate::filter::{self, Entry, Filter};
use crate::place::{Place, output};
use crate::reader::{Shared, subscribe};
use crate::server::Server;
use crate::truth::Walk;
use crate::{Plan, Proven};

const WRITERS: u64 = 16;
/// Of the statements, so many are refused, and so many come from imports, in each hundred.
const REFUSED: u64 = 5;
const IMPORTED: u64 = 10;
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
    let (stories, genesis) = begin(&editor, addresses).await?;
    let (tell, last) = watch::channel(None);
    let shared = Arc::new(Shared {
        addresses,
        pause: events / resumes.max(1),
        resumes: AtomicU64::new(0),
        genesis: genesis.cursor,
        last,
    });
    let readers = (0..subscribers).map(|number| {
        let random = fastrand::Rng::with_seed(plan.options.seed ^ (number << 32));
        tokio::spawn(subscribe(Arc::clone(&shared), filter(number), random))
    });
    let readers: Vec<_> = readers.collect();
    write(&place, &editor, addresses, &stories, statements).await?;
    let ledger = end(&place, &editor, addresses[0], &stories[0]).await?;
    tell.send_replace(ledger.last().map(|entry| entry.cursor.clone()));
    let delivered = compare(readers, &ledger).await?;
    for server in servers {
        server.stop().await;
    }
    place.verify().await?;
    let resumes = shared.resumes.load(Ordering::Relaxed);
    Ok(format!(
        "{subscribers} subscribers with 6 filters, {} entries by {WRITERS} writers at 2 servers and by imports, \
         {delivered} events delivered, {resumes} resumes, 0 missed, repeated or out of order",
        ledger.len()
    ))
}

/// A story for each writer, and where the ledger begins.
async fn begin(editor: &Editor, servers: [SocketAddr; 2]) -> Proven<(Vec<Story>, Link)> {
    let genesis = Link::genesis(editor, servers[0]).await;
    let mut stories = Vec::new();
    for writer in 0..WRITERS {
        let slug = format!("writer-{writer}");
        stories.push(editor.begin(servers[0], &slug).await);
    }
    // The other server learns of the initiatives as subscribers do.
    let head = Link::head(editor, servers[0]).await;
    let (_sender, door) = watch::channel(servers[1]);
    let listener = Crowd::gather(1, &[door], &genesis).await?;
    listener.end(head.seq).await?;
    Ok((stories, genesis))
}

/// Writes what everybody hears last, and gives the whole ledger.
async fn end(
    place: &Place,
    editor: &Editor,
    server: SocketAddr,
    story: &Story,
) -> Proven<Vec<Entry>> {
    let db = place.outsider().await;
    let mut walk = Walk::begin(&db).await;
    let mut number = walk.go_on(&db).await?.len();
    // Whatever the stance was before, the last is another, and of a later day.
    for stance in ["NAMED", "NEGOTIATING"] {
        let (at, last) = story.find(number, |of, to| of == "AF" && to == stance);
        number = at;
        editor.state(server, &last).await.unwrap();
    }
    walk.go_on(&db).await?;
    let ledger = filter::list(&db).await;
    db.close().await.unwrap();
    Ok(ledger)
}

/// How many events were heard in all.
/// # Errors
/// What one has not heard.
async fn compare(readers: Vec<JoinHandle<Proven<Vec<String>>>>, ledger: &[Entry]) -> Proven<usize> {
    let mut delivered = 0;
    for (number, reader) in (0..).zip(readers) {
        let heard = reader.await.map_err(|error| error.to_string())?;
        let heard = heard.map_err(|violation| format!("subscriber {number}: {violation}"))?;
        filter(number).compare(&heard, ledger)?;
        delivered += heard.len();
    }
    Ok(delivered)
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
