#!/usr/bin/env bash
# Software: crate sqlx 0.9.0 with the SQLite that it brings, Rust 1.95. One text of four INSERT statements, four values bound.
# Guess: with `?1` to `?4`, as with `$1` to `$4`, each statement gets the value of its number, wherever it stands in the text.
# Seen: `$1` to `$4` and plain `?` are as guessed. With `?1` to `?4` the first three statements get their values and the fourth gets
#   NULL, and execute returns Ok. To SQLite a statement with `?4` alone has four parameters, three of them unnamed (one with `$4` has
#   one). sqlx counts the unnamed ones as values used up, carries the sum on to the next statement, and stops binding without an
#   error once it passes the number of values.
# Why it matters: several statements in one text are one visit to the thread of the database instead of one each. A column that
#   may be NULL loses its value in silence.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
sqlx = { version = "=0.9.0", default-features = false, features = ["runtime-tokio", "sqlite"] }
tokio = { version = "1", features = ["macros", "rt"] }
TOML
cat >src/main.rs <<'RUST'
use sqlx::{AssertSqlSafe, Connection, Error, Executor, SqliteConnection};

/// The values of four tables, each written by a statement of one text.
async fn written(signs: [&str; 4]) -> Result<Vec<Option<i64>>, Error> {
    let mut db = SqliteConnection::connect("sqlite::memory:").await?;
    for table in ["a", "b", "c", "d"] {
        db.execute(AssertSqlSafe(format!("CREATE TABLE {table} (value)"))).await?;
    }
    let [a, b, c, d] = signs;
    let text = format!("INSERT INTO a VALUES ({a}); INSERT INTO b VALUES ({b}); INSERT INTO c VALUES ({c}); INSERT INTO d VALUES ({d})");
    let write = sqlx::query(AssertSqlSafe(text)).bind(10_i64).bind(20_i64).bind(30_i64).bind(40_i64);
    write.execute(&mut db).await?;
    let all = "SELECT value FROM a UNION ALL SELECT value FROM b UNION ALL SELECT value FROM c UNION ALL SELECT value FROM d";
    sqlx::query_scalar(all).fetch_all(&mut db).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    println!("?          {:?}", written(["?"; 4]).await?);
    println!("?1 ?2 ?3 ?4 {:?}", written(["?1", "?2", "?3", "?4"]).await?);
    println!("$1 $2 $3 $4 {:?}", written(["$1", "$2", "$3", "$4"]).await?);
    Ok(())
}
RUST
cargo run --quiet >seen
cat seen
diff - seen <<'EXPECTED'
?          [Some(10), Some(20), Some(30), Some(40)]
?1 ?2 ?3 ?4 [Some(10), Some(20), Some(30), None]
$1 $2 $3 $4 [Some(10), Some(20), Some(30), Some(40)]
EXPECTED
