//! Load tool: one thread and hand-written framing, so that it takes as little as possible of the machine that it shares
//! with the server. Each measuring command prints one line of JSON and fails if nothing arrived.
//!
//! ```text
//! load prepare ADDRESS VARIABLES                variables of the operations, read from a running server
//! load capture ADDRESS VARIABLES RESPONSES      request bodies and their responses, for the limit
//! load frame   ADDRESS VARIABLES FRAME          one event as a WebSocket frame, for the limit
//! load check   ADDRESS VARIABLES                digest of the responses per operation; equal servers print equal lines
//! load query   ADDRESS VARIABLES OPERATION      closed loop over persistent connections
//! load fanout  ADDRESS VARIABLES same|distinct|country|live
//! load write   ADDRESS VARIABLES WRITERS        statements recorded by so many connections
//! load cpu     ADDRESS VARIABLES                CPU seconds of the PostgreSQL server until now
//! load as-of-prepare ADDRESS VARIATIONS         what as-of questions vary over, read from a running server
//! load as-of   ADDRESS VARIATIONS CELL          one request at a time; a slow cell has few
//! load cost    ADDRESS VARIATIONS               charged cost and CPU of many operations
//! load sql-create|sql-drop|sql-set-up ADDRESS VARIATIONS a database of the PostgreSQL server, and what an import does not add
//! load sql     ADDRESS VARIATIONS CELL          the same questions to PostgreSQL
//! load sql-check ADDRESS VARIATIONS             compares the answers of PostgreSQL with ours
//! ```
//! Options: `--pid` of the server, `--token`, `--label`; of queries `--seconds`, `--connections`, `--writes` per second,
//! `--from` event number; of fan-out `--subscribers`, `--events` one at a time, `--burst` without waiting, `--frame` file,
//! `--socket` path, `--settle-ms` before the first event; of as-of questions `--seconds`, `--may-fail`, `--first-day` and
//! `--last-day` of the data; of SQL `--postgres` URL, `--database` to create or drop and its `--template`.
//! With `--postgres`, the CPU of queries and writes includes that of the PostgreSQL server, all its processes.

mod as_of;
mod closed_loop;
mod cost;
mod delivery;
mod event;
mod fanout;
mod http;
mod operation;
mod options;
mod prepare;
mod process;
mod query;
mod sequence;
mod subscriber;
mod websocket;
mod writer;
mod writes;

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
        "write" => writes::run(&options),
        "cpu" => process::print_cpu(&options),
        "as-of-prepare" => as_of::write_variations(&options),
        "as-of" => as_of::run(&options),
        "cost" => cost::run(&options),
        "sql-create" => as_of::create(&options),
        "sql-drop" => as_of::drop_database(&options),
        "sql-set-up" => as_of::set_up(&options),
        "sql" => as_of::measure(&options),
        "sql-check" => as_of::check(&options),
        other => Err(format!("unknown command: {other}").into()),
    }
}
