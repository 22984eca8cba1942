#!/usr/bin/env bash
# Software: PostgreSQL 15 (postgres and initdb in PATH), logical replication between two databases of one server.
# Guess: a statement trigger that is ENABLE ALWAYS guards a table against what replication applies as it does against
#   anybody: for UPDATE, DELETE and TRUNCATE. Or, as the manual says that the apply process fires row triggers only, for none.
# Seen: an UPDATE at the publisher passes the guard and arrives. A TRUNCATE fires it, and the apply stops there, again and
#   again. A second ALWAYS statement trigger, that counts what is inserted, does not fire in the stream but does in the
#   first copy of the table, and fails: the copy runs with an empty search_path, and its function names no schema.
# Why it matters: an append-only table and a total that is kept by a trigger are both right on the publisher and neither on
#   the subscriber. Guard by a row trigger as well, and name schemas in functions (SET search_path).
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
"${as[@]}" "$bin/pg_ctl" -D data -w -l data/log -o "-k '$work' -c listen_addresses='' -c fsync=off -c wal_level=logical \
  -c wal_retrieve_retry_interval=500ms" start >/dev/null
sql() { "$bin/psql" -h "$work" -U finding -XqAt -v ON_ERROR_STOP=1 -d "$@"; }
# wait_for DATABASE QUERY: until it answers t, for twenty seconds.
wait_for() {
  for _ in $(seq 100); do
    if test "$(sql "$1" -c "$2")" = t; then return; fi
    sleep 0.2
  done
  echo "never: $2" >&2
  exit 1
}
# says TEXT: the server's log, within twenty seconds.
says() {
  for _ in $(seq 100); do
    if grep -q -e "$1" data/log; then return; fi
    sleep 0.2
  done
  echo "the log does not say: $1" >&2
  exit 1
}

sql postgres -c "CREATE DATABASE publisher" -c "CREATE DATABASE subscriber"
for database in publisher subscriber; do
  sql "$database" <<'SQL'
CREATE TABLE entry (seq integer PRIMARY KEY, actor text);
CREATE TABLE total (entries integer);
INSERT INTO total VALUES (0);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'append-only: %', TG_OP; END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE FUNCTION count_new() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN UPDATE total SET entries = entries + (SELECT count(*) FROM fresh); RETURN NULL; END $$;
CREATE TRIGGER counter AFTER INSERT ON entry REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION count_new();
ALTER TABLE entry ENABLE ALWAYS TRIGGER guard;
ALTER TABLE entry ENABLE ALWAYS TRIGGER counter;
SQL
done
sql publisher -c "INSERT INTO entry VALUES (1, 'desk'), (2, 'desk')" -c "CREATE PUBLICATION entries FOR TABLE entry" \
  -c "SELECT pg_create_logical_replication_slot('entries', 'pgoutput')" >/dev/null
sql subscriber -c "CREATE SUBSCRIPTION entries CONNECTION 'host=$work user=finding dbname=publisher' PUBLICATION entries
  WITH (create_slot = false)"

# The first copy.
says 'relation "total" does not exist'
test "$(sql subscriber -c "SELECT count(*) FROM entry")" = 0
sql subscriber -c "ALTER FUNCTION count_new() SET search_path = public"
wait_for subscriber "SELECT count(*) = 2 FROM entry"
wait_for subscriber "SELECT srsubstate = 'r' FROM pg_subscription_rel"
copied="$(sql subscriber -c "SELECT entries FROM total")"
test "$copied" = 2

# The stream.
sql publisher -c "INSERT INTO entry VALUES (3, 'desk')" -c "ALTER TABLE entry DISABLE TRIGGER guard" \
  -c "UPDATE entry SET actor = 'somebody' WHERE seq = 1"
wait_for subscriber "SELECT count(*) = 3 AND bool_or(actor = 'somebody') FROM entry"
streamed="$(sql subscriber -c "SELECT entries FROM total")"
test "$streamed" = 2
if grep -q 'append-only: UPDATE' data/log; then
  echo "the guard fired for an UPDATE" >&2
  exit 1
fi
sql publisher -c "TRUNCATE entry"
says 'append-only: TRUNCATE'
test "$(sql subscriber -c "SELECT count(*) FROM entry")" = 3
echo "PostgreSQL 15, ALWAYS statement triggers under replication: UPDATE arrives, TRUNCATE stops the apply; of 3 rows $streamed counted"
