//! Writer that runs in the background, also while the server is down.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::editor::{Acknowledgement, Editor, StatementGenerator};
use crate::subscriber_pool::ServerAddress;

/// Records a statement at each interval.
pub struct BackgroundWriter {
    stop: watch::Sender<bool>,
    last: watch::Receiver<i64>,
    task: JoinHandle<()>,
}

impl BackgroundWriter {
    pub fn start(
        editor: Editor,
        mut generator: StatementGenerator,
        server_address: ServerAddress,
        pause: Duration,
    ) -> Self {
        let (stop, stop_receiver) = watch::channel(false);
        let (last_sender, last) = watch::channel(0);
        let task = tokio::spawn(async move {
            let mut ticks = interval(pause);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            while !*stop_receiver.borrow() {
                ticks.tick().await;
                let acknowledged =
                    write_until_acknowledged(&editor, &mut generator, &server_address).await;
                last_sender.send_replace(acknowledged.seq);
            }
        });
        Self { stop, last, task }
    }

    /// The last acknowledged entry.
    pub fn last_seq(&self) -> i64 {
        *self.last.borrow()
    }

    /// Stops the writer; returns the last acknowledged entry.
    pub async fn stop(self) -> i64 {
        self.stop.send_replace(true);
        self.task.await.unwrap();
        *self.last.borrow()
    }
}

async fn write_until_acknowledged(
    editor: &Editor,
    generator: &mut StatementGenerator,
    server_address: &ServerAddress,
) -> Acknowledgement {
    let statement = generator.next();
    loop {
        let server = *server_address.borrow();
        match editor.record_statement(server, &statement).await {
            Ok(acknowledged) => return acknowledged,
            Err(_) => sleep(Duration::from_millis(20)).await,
        }
    }
}
