#!/usr/bin/env bash
# Software: PyPI sqlite-utils 4.2.1, Python 3.11.
# Guess: `transform` makes the table anew and puts its triggers back, as it does with its indexes. If it cannot, it says so.
# Seen: the index is there afterwards, the triggers are not. Exit status 0, no output. Even a change that changes nothing
#   (the type that the column has already) takes them away. The documentation says that triggers are not "upgraded", which
#   reads as if they stayed as they were (see issue 849 of simonw/sqlite-utils).
# Why it matters: triggers are how a file of SQLite keeps a table append-only for every program. After one harmless command
#   of a popular tool any UPDATE goes through, and no check of the data shows it. Compare the triggers at each start.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check sqlite-utils==4.2.1
venv/bin/python - <<'PY'
import sqlite3

sqlite3.connect("ledger.db").executescript("""
CREATE TABLE entry (seq INTEGER PRIMARY KEY, actor TEXT NOT NULL);
CREATE INDEX entry_by_actor ON entry (actor);
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
INSERT INTO entry VALUES (1, 'desk');
""")
PY
said="$(venv/bin/sqlite-utils transform ledger.db entry --type actor text 2>&1)"
test -z "$said"
venv/bin/python - <<'PY'
import sqlite3

connection = sqlite3.connect("ledger.db")
names = [f"{kind} {name}" for kind, name in connection.execute("SELECT type, name FROM sqlite_master ORDER BY type, name")]
assert names == ["index entry_by_actor", "table entry"], names
assert connection.execute("UPDATE entry SET actor = 'desk 2'").rowcount == 1
print(f"sqlite-utils 4.2.1: after transform there are {', '.join(names)}; 0 of 2 triggers, exit 0")
PY
