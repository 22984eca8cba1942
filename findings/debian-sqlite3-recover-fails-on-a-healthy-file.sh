#!/usr/bin/env bash
# Software: Debian 12's sqlite3 and libsqlite3-0 3.40.1-2+deb12u2.
# Guess: `.recover` of the shell writes SQL that makes any readable file anew, a healthy one first of all.
# Seen: for a healthy file it writes seven lines without a table or a row, "sql error: SQL logic error (1)" and exit status
#   1. It reads by the virtual table sqlite_dbpage, and Debian's library is built without it. In a pipe the status is lost and
#   the new file is empty and in good order.
# Why it matters: this is what an operator runs when a file is in doubt. An empty ledger is a valid ledger, so a check of the
#   result passes. Compare its length with what was there, and use `.dump` or a backup.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod 755 .
apt-get download -qq sqlite3=3.40.1-2+deb12u2 libsqlite3-0=3.40.1-2+deb12u2 2>apt.log || { cat apt.log >&2; exit 1; }
for package in *.deb; do dpkg-deb -x "$package" root; done
sql() { LD_LIBRARY_PATH="$(echo root/usr/lib/*-linux-gnu)" root/usr/bin/sqlite3 "$@"; }
test "$(sql :memory: 'SELECT sqlite_version()')" = 3.40.1
sql healthy.db "CREATE TABLE entry (seq INTEGER PRIMARY KEY); INSERT INTO entry VALUES (1), (2)"
test "$(sql healthy.db 'PRAGMA integrity_check')" = ok
status=0
sql healthy.db .recover >recovered.sql 2>error || status=$?
test "$status" = 1
grep -qx 'sql error: SQL logic error (1)' error
if grep -q -i -e create -e insert recovered.sql; then
  echo "it recovered something" >&2
  exit 1
fi
sql empty.db <recovered.sql
test "$(sql empty.db 'PRAGMA integrity_check')" = ok
test "$(sql empty.db 'SELECT count(*) FROM sqlite_schema')" = 0
sql healthy.db .dump | sql dumped.db
test "$(sql dumped.db 'SELECT count(*) FROM entry')" = 2
echo "Debian's sqlite3 3.40.1: .recover of a healthy file: $(cat error), exit $status, 0 tables; .dump: 2 rows"
