//! A subscription that reads the feed: what its subscriber is told of it, event by event.
//!
//! There are many of them, and hardly anything happens to most: while it waits, one is a few words of memory, and what it
//! takes to catch up is made when it is needed.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_util::{FutureExt, Stream, future::BoxFuture};

use super::{
    event::Said,
    failure::{broken, panicked},
};
use crate::http::{
    fanout::{Door, OwnBell, Told, Topic},
    state::App,
};
use crate::{
    error::Result,
    feed::{Event, Reader},
    graphql::subscription_start::Begun,
    model::request_id::RequestId,
};

pub(crate) struct Heard {
    app: Arc<App>,
    bell: OwnBell,
    /// Where it begins, until it has said so.
    began: Option<String>,
    reader: Reader,
    /// How far it may read.
    until: i64,
    /// An event that nobody was told of yet, or not lately.
    telling: Option<BoxFuture<'static, Arc<Told>>>,
    has_ended: bool,
}

impl Heard {
    /// By its door, a subscriber can be told of an event without being woken.
    pub(crate) fn new(
        app: Arc<App>,
        topic: &Arc<Topic>,
        begun: Begun,
        id: RequestId,
        door: Option<Box<dyn Door>>,
    ) -> Self {
        let bell = topic.listen(begun.wanted, id, door);
        Self {
            // After the bell hangs: it rings for whatever is recorded after this.
            until: app.feed.head(),
            app,
            bell,
            began: Some(begun.cursor),
            reader: Reader::new(begun.seq),
            telling: None,
            has_ended: false,
        }
    }

    /// The next event that is wanted.
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arc<Event>>> {
        loop {
            let read = self.reader.poll_next(&self.app.feed, self.until, cx);
            match ready!(read) {
                Some(Ok(event)) if !self.bell.wants(&event) => {}
                Some(event) => return Poll::Ready(event),
                None => {
                    let first = ready!(self.bell.poll_rung(self.reader.seq(), cx));
                    // What came before the first ring since it last looked was not wanted.
                    self.reader.skip(first - 1);
                    self.until = self.until.max(self.bell.topic().said());
                }
            }
        }
    }
}

impl Stream for Heard {
    type Item = Said;

    /// It ends after an error only.
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Said>> {
        if let Some(cursor) = self.began.take() {
            return Poll::Ready(Some(Said::Began(cursor)));
        }
        while !self.has_ended {
            if let Some(telling) = &mut self.telling {
                let told = ready!(telling.poll_unpin(cx));
                self.telling = None;
                return Poll::Ready(Some(Said::Next(told)));
            }
            match ready!(self.poll_event(cx)) {
                Ok(event) => match self.bell.topic().find(&event) {
                    Some(told) => return Poll::Ready(Some(Said::Next(told))),
                    None => self.telling = Some(tell(&self.bell, event).boxed()),
                },
                Err(error) => {
                    let id = self.bell.id();
                    tracing::error!(request = %id, cause = %error.causes(), "a subscription cannot go on");
                    let told = Told::new(&broken(&error, id.clone()), None);
                    self.has_ended = true;
                    return Poll::Ready(Some(Said::Next(Arc::new(told))));
                }
            }
        }
        Poll::Ready(None)
    }
}

fn tell(bell: &OwnBell, event: Arc<Event>) -> impl Future<Output = Arc<Told>> + Send + use<> {
    let (topic, id) = (Arc::clone(bell.topic()), bell.id().clone());
    async move {
        let said = AssertUnwindSafe(topic.say(&event, &id)).catch_unwind();
        said.await.unwrap_or_else(|panic| {
            let answer = panicked(panic.as_ref(), &id);
            Arc::new(Told::new(&answer, Some(topic.cursor(&event))))
        })
    }
}
