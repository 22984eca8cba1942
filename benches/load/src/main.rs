//! The load tool: one thread, framing by hand, so that it takes as little as possible of the machine that it shares with
//! the server. Every run prints one line of JSON.
//!
//! ```text
//! load prepare ADDRESS VARIABLES                what the operations are asked about, read from a running server
//! load capture ADDRESS VARIABLES ANSWERS        bodies and their answers, for the limit
//! load frame   ADDRESS VARIABLES FRAME          one event as a socket is sent it, for the limit
//! load check   ADDRESS VARIABLES                a digest of the answers per operation: equal for all that answer alike
//! load query   ADDRESS VARIABLES OPERATION      closed loop over kept connections
//! load fanout  ADDRESS VARIABLES same|distinct|country
//! ```
//! Options: `--pid`, `--token`, `--seconds`, `--connections`, `--writes` a second, `--from` event, `--subscribers`,
//! `--events` one at a time, `--burst` without waiting, `--frame` file, `--label`, `--socket` path.

mod fanout;
mod http;
mod operation;
mod options;
mod prepare;
mod process;
mod query;
mod socket;
mod subscriber;
mod tally;
mod trigger;
mod writer;

use std::error::Error;

use options::Options;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let options = Options::parse(std::env::args().skip(1))?;
    match options.command.as_str() {
        "prepare" => prepare::prepare(&options),
        "capture" => prepare::capture(&options),
        "frame" => prepare::frame(&options),
        "check" => prepare::check(&options),
        "query" => query::run(&options),
        "fanout" => fanout::run(&options),
        other => Err(format!("no such command: {other}").into()),
    }
}
