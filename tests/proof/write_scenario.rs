//! A writer whose statements are refused now and then, and subscribers who hear the others.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::Proven;
use crate::chain::Link;
use crate::crowd::Crowd;
use crate::editor::{Editor, Story, Unacknowledged};
use crate::place::Place;
use crate::server::Server;

/// For a writer to go on once it can.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who writes, and who listens meanwhile.
pub struct Scene {
    server: SocketAddr,
    editor: Editor,
    story: Story,
    crowd: Crowd,
    _door: watch::Sender<SocketAddr>,
    acknowledged: i64,
    refused: u64,
}

impl Scene {
    pub async fn set(place: &Place, server: SocketAddr, slug: &str) -> Proven<Self> {
        let editor = Editor::new(&place.token().await?);
        let story = editor.begin(server, slug).await;
        let link = Link::head(&editor, server).await;
        let (sender, door) = watch::channel(server);
        let crowd = Crowd::gather(3, &[door], &link).await?;
        let acknowledged = link.seq;
        Ok(Self {
            server,
            editor,
            story,
            crowd,
            _door: sender,
            acknowledged,
            refused: 0,
        })
    }

    /// Writes so many statements, or until one is refused, which must be with this code.
    pub async fn write(&mut self, most: u64, code: &str) -> Proven<bool> {
        for _ in 0..most {
            let before = self.story.clone();
            match self.editor.state(self.server, &self.story.next()).await {
                Ok(acknowledged) => self.take(acknowledged.seq)?,
                Err(refused) if refused == Unacknowledged::Refused(code.to_owned()) => {
                    self.story = before;
                    self.refused += 1;
                    return Ok(true);
                }
                Err(other) => {
                    return Err(format!("a write is answered with {other:?}, not {code}"));
                }
            }
        }
        Ok(false)
    }

    /// An entry that was refused left nothing, so the next has the next number.
    fn take(&mut self, seq: i64) -> Proven {
        if seq != self.acknowledged + 1 {
            return Err(format!("entry {seq} follows entry {}", self.acknowledged));
        }
        self.acknowledged = seq;
        Ok(())
    }

    /// What can be read and heard is what was acknowledged.
    pub async fn read(&self) -> Proven {
        let head = Link::head(&self.editor, self.server).await;
        if head.seq != self.acknowledged {
            return Err(format!(
                "the head is {}, acknowledged was {}",
                head.seq, self.acknowledged
            ));
        }
        let countries = self
            .editor
            .query(self.server, "{ countries { name } }")
            .await;
        countries.map_err(|error| format!("a reader is answered with {error:?}"))?;
        self.crowd.wait_for(self.acknowledged).await
    }

    /// Writes the statement that was refused.
    pub async fn recover(&mut self) -> Proven {
        let begun = Instant::now();
        let statement = self.story.next();
        loop {
            match self.editor.state(self.server, &statement).await {
                Ok(acknowledged) => break self.take(acknowledged.seq)?,
                Err(refused) if begun.elapsed() > PATIENCE => {
                    return Err(format!("a write is still answered with {refused:?}"));
                }
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
        self.read().await
    }

    /// How many writes were refused in all.
    pub async fn end(self, server: Server, place: &Place) -> Proven<u64> {
        self.crowd.end(self.acknowledged).await?;
        server.stop().await;
        let entries = place.verify().await?;
        if entries != self.acknowledged {
            return Err(format!(
                "{entries} entries, acknowledged were {}",
                self.acknowledged
            ));
        }
        Ok(self.refused)
    }
}
