#!/usr/bin/env bash
# Software: crate axum 0.8.9 (`response::sse`), Rust 1.95; npm eventsource 4.1.1 and undici 7.30.2, Node 20.
# Guess: `Event::default().event("complete").data("")` writes `data:` with nothing behind it. A client hears an event
#   `complete` with an empty text, as the HTML standard has it: only an event without any line of data is none.
# Seen: axum writes no line of data, so no client hears the event. Its documentation says that browsers ignore events with an
#   empty data field; they ignore what axum writes for one. The same event written by hand, with `data:`, is heard by both.
# Why it matters: graphql-sse ends an operation by `event: complete` with empty data. By axum's Event it never ends for an
#   EventSource, which takes the end of the stream for a cut and comes back for ever.
set -euo pipefail
work="$(mktemp -d)"
server=
end() {
  if test -n "$server"; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap end EXIT
cd "$work"
npm init -y >npm.log
npm install --silent --no-audit --no-fund eventsource@4.1.1 undici@7.30.2
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
axum = { version = "=0.8.9", default-features = false, features = ["http1", "tokio"] }
futures-util = "0.3"
tokio = { version = "1", features = ["macros", "net", "rt"] }
TOML
cat >src/main.rs <<'RUST'
use std::convert::Infallible;

use axum::Router;
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use futures_util::stream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let by_axum = get(async || {
        let events = ["complete", "after"].map(|name| {
            let data = if name == "after" { "after" } else { "" };
            Ok::<_, Infallible>(Event::default().event(name).data(data))
        });
        Sse::new(stream::iter(events))
    });
    let by_hand = get(async || {
        let text = "event: complete\ndata:\n\nevent: after\ndata: after\n\n";
        ([("content-type", "text/event-stream")], text)
    });
    let routes = Router::new().route("/axum", by_axum).route("/hand", by_hand);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    axum::serve(listener, routes).await
}
RUST
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$work/target}"
cargo build --quiet
"$CARGO_TARGET_DIR/debug/finding" >port &
server=$!
until test -s port; do sleep 0.1; done
cat >finding.mjs <<'JS'
import assert from "node:assert";
import { EventSource as npm } from "eventsource";
import { EventSource as undici } from "undici";

const at = `http://127.0.0.1:${process.argv[2]}`;
const hear = (Source, path) =>
  new Promise((done) => {
    const heard = [];
    const source = new Source(at + path);
    source.addEventListener("complete", ({ data }) => heard.push(`complete ${JSON.stringify(data)}`));
    source.addEventListener("after", () => {
      source.close();
      done(heard.join());
    });
  });
const written = await (await fetch(`${at}/axum`)).text();
assert.equal(written, "event: complete\n\nevent: after\ndata: after\n\n");
for (const Source of [npm, undici]) {
  assert.equal(await hear(Source, "/axum"), "");
  assert.equal(await hear(Source, "/hand"), 'complete ""');
}
console.log(`axum 0.8.9: data("") is written ${JSON.stringify(written.slice(0, 17))}; two EventSources hear nothing, and complete "" by hand`);
process.exit(0);
JS
node --no-warnings finding.mjs "$(cat port)"
