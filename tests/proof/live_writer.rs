//! Writer that records and retracts statements at two servers, while either may be killed.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use crate::editor::{Acknowledgement, Editor, StatementGenerator};

/// One of so many statements is retracted.
const RETRACTION_PERIOD: usize = 7;

/// Records statements at both servers in turn, repeats each until it is acknowledged, and retracts some.
pub async fn write(
    editor: Editor,
    mut generator: StatementGenerator,
    count: usize,
    addresses: [watch::Receiver<SocketAddr>; 2],
) -> StatementGenerator {
    for number in 0..count {
        let statement = generator.next();
        let mut attempt = number;
        let acknowledged = loop {
            let server = *addresses[attempt % 2].borrow();
            match editor.record_statement(server, &statement).await {
                Ok(acknowledged) => break acknowledged,
                Err(_) => sleep(Duration::from_millis(10)).await,
            }
            attempt += 1;
        };
        if number.is_multiple_of(RETRACTION_PERIOD) {
            retract(&editor, &acknowledged, &addresses).await;
        }
    }
    generator
}

/// Repeats a retraction at both servers in turn until it is acknowledged.
async fn retract(
    editor: &Editor,
    statement: &Acknowledgement,
    addresses: &[watch::Receiver<SocketAddr>; 2],
) {
    for address in addresses.iter().cycle() {
        let server = *address.borrow();
        if editor.retract_statement(server, statement).await.is_ok() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
}
