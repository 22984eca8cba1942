//! Somebody who goes on writing, whatever becomes of the server meanwhile.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::crowd::Door;
use crate::editor::{Acknowledgement, Editor, Story};

/// Records a statement at each tick.
pub struct Speaker {
    stop: watch::Sender<bool>,
    last: watch::Receiver<i64>,
    task: JoinHandle<()>,
}

impl Speaker {
    pub fn start(editor: Editor, mut story: Story, door: Door, tick: Duration) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (said, last) = watch::channel(0);
        let task = tokio::spawn(async move {
            let mut ticks = interval(tick);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            while !*stopped.borrow() {
                ticks.tick().await;
                let acknowledged = insist(&editor, &mut story, &door).await;
                said.send_replace(acknowledged.seq);
            }
        });
        Self { stop, last, task }
    }

    /// The entry that was acknowledged last.
    pub fn last(&self) -> i64 {
        *self.last.borrow()
    }

    /// The last entry of all.
    pub async fn end(self) -> i64 {
        self.stop.send_replace(true);
        self.task.await.unwrap();
        *self.last.borrow()
    }
}

async fn insist(editor: &Editor, story: &mut Story, door: &Door) -> Acknowledgement {
    let statement = story.next();
    loop {
        let server = *door.borrow();
        match editor.state(server, &statement).await {
            Ok(acknowledged) => return acknowledged,
            Err(_) => sleep(Duration::from_millis(20)).await,
        }
    }
}
