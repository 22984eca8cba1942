//! Load tool: one thread and hand-written framing, so that it takes as little as possible of the machine that it shares
//! with the server. Each measuring command prints one line of JSON and fails if nothing arrived.
//!
//! ```text
//! load prepare ADDRESS VARIABLES                variables of the operations, read from a running server
//! load capture ADDRESS VARIABLES RESPONSES      request bodies and their responses, for the limit
//! load frame   ADDRESS VARIABLES FRAME          one event as a WebSocket frame, for the limit
//! load check   ADDRESS VARIABLES                digest of the responses per operation; equal servers print equal lines
//! load query   ADDRESS VARIABLES OPERATION      closed loop over persistent connections
//! load fanout  ADDRESS VARIABLES same|distinct|country
//! ```
//! Options: `--pid` of the server, `--token`, `--label`; of queries `--seconds`, `--connections`, `--writes` per second,
//! `--from` event number; of fan-out `--subscribers`, `--events` one at a time, `--burst` without waiting, `--frame` file,
//! `--socket` path, `--settle-ms` before the first event.

mod closed_loop;
mod delivery;
mod event;
mod fanout;
mod http;
mod operation;
mod options;
mod prepare;
mod process;
mod query;
mod subscriber;
mod websocket;
mod writer;

use std::error::Error;

use options::Options;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let options = Options::parse(std::env::args().skip(1))?;
    match options.command.as_str() {
        "prepare" => prepare::write_variables(&options),
        "capture" => prepare::capture_responses(&options),
        "frame" => prepare::capture_frame(&options),
        "check" => prepare::print_digests(&options),
        "query" => query::run(&options),
        "fanout" => fanout::run(&options),
        other => Err(format!("unknown command: {other}").into()),
    }
}
