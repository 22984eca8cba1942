#!/usr/bin/env bash
# Software: SQLite 3.54.1, by PyPI apsw 3.54.1.0.
# Guess: ANALYZE without a name looks at all tables of the connection, so that a join of three wanted keys in a temporary
#   table with a large table begins at the temporary one, at the latest after ANALYZE.
# Seen: the join scans the whole index of the large table, before and after ANALYZE: it makes sqlite_stat1 in main and looks
#   at nothing in temp. After ANALYZE temp, or with CROSS JOIN, or with IN (SELECT …), the large table is searched.
# Why it matters: a list of keys in a temporary table is the way around the limit of bound parameters. With GROUP BY on the
#   large table's column it costs a scan of the whole ledger for three keys. Pin the plan in a test.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.54.1.0
venv/bin/python - <<'PY'
import apsw

assert apsw.sqlite_lib_version() == "3.54.1"
db = apsw.Connection(":memory:")
db.execute("""
CREATE TABLE entry (id INTEGER PRIMARY KEY, country TEXT, seq INTEGER);
CREATE INDEX entry_by_country ON entry (country, seq);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
  INSERT INTO entry SELECT i, 'c' || (i % 5000), i FROM n;
CREATE TEMP TABLE wanted (country TEXT PRIMARY KEY);
INSERT INTO wanted VALUES ('c1'), ('c2'), ('c3');
""")
JOIN = "SELECT e.country, max(e.seq) FROM wanted w {} entry e ON e.country = w.country GROUP BY e.country"
IN = "SELECT country, max(seq) FROM entry e WHERE country IN (SELECT country FROM wanted) GROUP BY country"


def first(query):
    plan = [row[3] for row in db.execute("EXPLAIN QUERY PLAN " + query)]
    return next(step for step in plan if step.startswith(("SCAN e ", "SEARCH e ")))[:6].strip()


assert first(JOIN.format("JOIN")) == "SCAN e"
db.execute("ANALYZE")
assert [row[0] for row in db.execute("SELECT DISTINCT tbl FROM main.sqlite_stat1")] == ["entry"]
assert not list(db.execute("SELECT name FROM temp.sqlite_schema WHERE name = 'sqlite_stat1'"))
after = first(JOIN.format("JOIN"))
assert after == "SCAN e", after
assert first(JOIN.format("CROSS JOIN")) == first(IN) == "SEARCH"
db.execute("ANALYZE temp")
assert first(JOIN.format("JOIN")) == "SEARCH"
print("SQLite 3.54.1: ANALYZE leaves temp out and the join scans entry; CROSS JOIN, IN or ANALYZE temp search it")
PY
