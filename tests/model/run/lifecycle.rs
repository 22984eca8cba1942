//! How a case begins and ends, and how the service does in between.

use serde_json::{Value, json};

use super::{Listener, Run};
use crate::Proven;
use crate::backend::Backend;
use crate::rules::Ledger;
use crate::service::Service;
use crate::subscriber::Subscriber;
use crate::told::{Book, Place, compare};
use crate::wanted::Wanted;

const GENESIS: &str = "{ ledger { generation genesis { seq hash cursor } } }";

impl<'b> Run<'b> {
    /// On a new database, with an initiative and a source.
    pub(super) async fn begin(backend: &'b Backend) -> Proven<Self> {
        let service = Service::start(backend).await?;
        let genesis = genesis(&service).await?;
        let book = Book {
            ledger: Ledger::default(),
            places: vec![genesis],
        };
        let watcher = Subscriber::new(Wanted::Entries { kinds: None }, 0, &book);
        let mut run = Self {
            backend,
            service: Some(service),
            book,
            watcher,
            subscribers: Vec::new(),
            writes: Vec::new(),
            keys: 0,
            restored: 0,
            events: 0,
        };
        match run.prepare().await {
            Ok(()) => Ok(run),
            Err(why) => {
                run.abandon().await;
                Err(why)
            }
        }
    }

    async fn prepare(&mut self) -> Proven {
        self.watch().await?;
        self.open(0).await?;
        self.register(None, None).await
    }

    async fn watch(&mut self) -> Proven {
        let server = self.service().client.server;
        self.watcher.connect(server, &self.book.ledger).await
    }

    pub(super) async fn restart(&mut self) -> Proven {
        let service = self.service.take().expect("it is started between commands");
        let heard_out = hear_out(&mut self.watcher, &mut self.subscribers, &self.book);
        self.service = Some(service.restart(heard_out).await?);
        self.watch().await?;
        self.list_relationships(None).await
    }

    /// Every cursor of before is refused; everything else is as it was.
    pub(super) async fn restore(&mut self) -> Proven {
        let service = self.service.take().expect("it is started between commands");
        let entries = self.book.ledger.head();
        let heard_out = hear_out(&mut self.watcher, &mut self.subscribers, &self.book);
        let service = service.restore(self.backend, entries, heard_out).await?;
        let genesis = genesis(&service).await?;
        self.service = Some(service);
        self.restored += 1;
        let old = std::mem::replace(&mut self.book.places, vec![genesis]);
        compare(
            "the genesis",
            &json!(self.book.places[0].hash),
            &json!(old[0].hash),
        )?;
        self.refuse(&old[old.len() / 2]).await?;
        self.events += self.watcher.heard;
        self.watcher = Subscriber::new(Wanted::Entries { kinds: None }, 0, &self.book);
        self.watch().await?;
        self.catch_up().await?;
        let hashes = |places: &[Place]| -> Vec<String> {
            places.iter().map(|place| place.hash.clone()).collect()
        };
        compare(
            "hashes",
            &json!(hashes(&self.book.places)),
            &json!(hashes(&old)),
        )?;
        self.list_relationships(None).await
    }

    /// An old cursor is none of the new ledger.
    async fn refuse(&self, old: &Place) -> Proven {
        let query = "query($after: String) { stanceChanges(after: $after) { totalCount } }";
        let variables = json!({ "after": old.cursor });
        let client = &self.service().client;
        let told = client.answer(query, &variables, None).await?;
        let told = told.unwrap_or_else(|(code, field)| json!([code, field]));
        let model: Value = json!(["CURSOR_INVALID", "after"]);
        compare("an old cursor, after a restore", &told, &model)
    }

    /// Everybody hears everything, the last lists are compared, and the ledger is verified. Gives the events heard.
    pub(super) async fn end(mut self) -> Proven<usize> {
        let mut subscribers = std::mem::take(&mut self.subscribers);
        let ended = self.last_questions(&mut subscribers).await;
        if let Err(why) = ended {
            self.abandon().await;
            return Err(why);
        }
        let heard = subscribers.iter().map(|one| one.subscriber.heard);
        let heard = self.events + self.watcher.heard + heard.sum::<usize>();
        let service = self.service.take().expect("it is started between commands");
        let heard_out = hear_out(&mut self.watcher, &mut subscribers, &self.book);
        let entries = self.book.ledger.head();
        service.end(self.backend, entries, heard_out).await?;
        Ok(heard)
    }

    async fn last_questions(&self, subscribers: &mut [Listener]) -> Proven {
        for listener in subscribers {
            self.hear_all(listener).await?;
        }
        for after in (0..=self.book.known()).step_by(100) {
            self.list_entries(after).await?;
        }
        for relationship in self.book.ledger.relationships() {
            self.look(relationship, None).await?;
        }
        self.list_relationships(None).await
    }

    /// Leaves nothing behind of a case that failed.
    pub(super) async fn abandon(mut self) {
        for listener in &mut self.subscribers {
            listener.subscriber.disconnect();
        }
        self.watcher.disconnect();
        if let Some(service) = self.service.take() {
            // What failed is said already.
            drop(service.end(self.backend, 0, async { Ok(()) }).await);
        }
    }
}

/// Nobody hears more than there is until the server has hung up.
async fn hear_out(watcher: &mut Subscriber, listeners: &mut [Listener], book: &Book) -> Proven {
    watcher.hear_out(book).await?;
    for listener in listeners {
        listener.subscriber.hear_out(book).await?;
    }
    Ok(())
}

async fn genesis(service: &Service) -> Proven<Place> {
    let told = service.client.ask(GENESIS, &json!({})).await?;
    let genesis = &told["ledger"]["genesis"];
    compare("the seq of the genesis", &genesis["seq"], &json!(0))?;
    let text = |field: &str| genesis[field].as_str().unwrap_or_default().to_owned();
    let (cursor, hash) = (text("cursor"), text("hash"));
    Ok(Place { cursor, hash })
}
