#!/usr/bin/env bash
# Software: crates graphql_client 0.16.0, cynic-parser 0.11.2.
# Guess: a derive macro that reads SDL reads a description in front of `schema { … }`, which GraphQL has had since October 2021 and every
#   server with a described schema prints; other descriptions it reads.
# Seen: graphql_client reads descriptions of types, fields and arguments, but not this one: "Unexpected `schema[Name]`, Expected scalar,
#   type, interface, …" names the words that may follow, not that the description is the fault. Without the one line it
#   compiles. The parser of cynic reads all.
# Why it matters: the most used typed client in Rust does not compile against the SDL that servers publish.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
cargo init --quiet --name finding .
cargo add --quiet graphql_client@=0.16.0 cynic-parser@=0.11.2 serde --features serde/derive
cat >query.graphql <<'Q'
query Q { name(of: "x") }
Q
cat >plain.graphql <<'S'
schema { query: Query }
"A type."
type Query {
  "A field."
  name("An argument." of: ID!): String!
}
S
{ echo '"A description."'; cat plain.graphql; } >described.graphql
program() {
  cat >src/main.rs <<R
use graphql_client::GraphQLQuery;
#[derive(GraphQLQuery)]
#[graphql(schema_path = "$1", query_path = "query.graphql")]
struct Q;
fn main() {
    let described = std::fs::read_to_string("described.graphql").unwrap();
    assert!(cynic_parser::parse_type_system_document(&described).is_ok());
    assert!(!Q::build_query(q::Variables {}).query.is_empty());
}
R
}
program plain.graphql
cargo run --quiet 2>plain.log || { cat plain.log; exit 1; }
program described.graphql
if cargo build --quiet 2>described.log; then echo "it reads the description"; exit 1; fi
grep -q 'Unexpected `schema\[Name\]`' described.log
echo "graphql_client reads descriptions of a type, a field and an argument, not of the schema; cynic-parser reads all"
