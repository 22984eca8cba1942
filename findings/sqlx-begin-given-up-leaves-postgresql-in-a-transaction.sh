#!/usr/bin/env bash
# Software: crate sqlx 0.9.0, Rust 1.95, PostgreSQL 15 (postgres and initdb in PATH).
# Guess: a future that is dropped leaves no trace. A connection whose BEGIN was under way is rolled back, or closed, before
#   the pool lends it again.
# Seen: `pool.begin()` is dropped while it waits for the answer to BEGIN, as a timeout or a client that hangs up does it.
#   The connection goes back into the pool inside a transaction. The next statement on it is acknowledged and no other
#   session sees it. When the connection ends, it is gone. (Fixed after 0.9.0, transact-rs/sqlx#4394.)
# Why it matters: one request that is given up at the wrong moment, and the writes of all others after it are lost. Begin in a
#   task of its own, so that nobody can drop it.
set -euo pipefail
work="$(mktemp -d)"
end() {
  "${as[@]}" "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
as=()
if test "$(id -u)" = 0; then
  # PostgreSQL does not run as root.
  as=(setpriv --reuid=nobody --regid="$(id -gn nobody)" --clear-groups)
  chown nobody "$work"
fi
bin="$(dirname "$(readlink -f "$(command -v postgres)")")"
trap end EXIT
cd "$work"
"$bin/postgres" --version | grep -q ' 15\.'
"${as[@]}" "$bin/initdb" -D data -U finding -A trust >/dev/null
"${as[@]}" "$bin/pg_ctl" -D data -w -l data/log -o "-k '$work' -c listen_addresses='' -c fsync=off" start >/dev/null
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
sqlx = { version = "=0.9.0", default-features = false, features = ["runtime-tokio", "postgres"] }
tokio = { version = "1", features = ["macros", "rt"] }
TOML
cat >src/main.rs <<'RUST'
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Error, Executor, PgConnection};

/// Polls so often and drops the future then; whether it had ended.
async fn give_up(after: u32, future: impl Future) -> bool {
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|context| {
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if polls == after => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let place = PgConnectOptions::new_without_pgpass().socket(std::env::args().nth(1).unwrap()).username("finding").database("postgres");
    let mut other = PgConnection::connect_with(&place).await?;
    other.execute("CREATE TABLE entry (seq integer)").await?;
    let mut lost = Vec::new();
    for polls in 1.. {
        let pool = PgPoolOptions::new().max_connections(1).connect_with(place.clone()).await?;
        let ended = give_up(polls, pool.begin()).await;
        let done = pool.execute("INSERT INTO entry VALUES (1)").await?;
        assert_eq!(done.rows_affected(), 1);
        let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM entry").fetch_one(&mut other).await?;
        pool.close().await;
        let after: i64 = sqlx::query_scalar("SELECT count(*) FROM entry").fetch_one(&mut other).await?;
        assert_eq!(seen, after);
        if after == 0 {
            lost.push(polls);
        }
        other.execute("TRUNCATE entry").await?;
        if ended {
            assert!(after == 1, "a transaction that was begun and dropped is rolled back");
            break;
        }
    }
    assert!(!lost.is_empty(), "nothing was lost");
    println!("sqlx 0.9.0: begin() dropped after {lost:?} polls: INSERT acknowledged, 1 row; others see 0, after the connection's end 0");
    Ok(())
}
RUST
CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$work/target}" cargo run --quiet -- "$work"
