#!/usr/bin/env bash
# Software: PostgreSQL 15 (postgres and initdb in PATH), SQLite 3.40.1 and 3.54.1 (PyPI apsw 3.40.1.0, 3.54.1.0), DuckDB
#   2.0.1; Python 3.11.
# Guess: a text of EDTF is a date to all of them where it is a whole day, and an error or NULL otherwise. Versions of SQLite
#   agree.
# Seen: PostgreSQL casts `2025-03-12~`, `?` and `%` to the day and drops the mark; `2025-03-12~/2025-04` is a day as well, and
#   as a timestamp it is 00:25 of the next. SQLite takes `2025` for a Julian day, in the year -4707 (its manual has the
#   rule), and 30 February for itself (3.40.1) or for 2 March (3.54.1). DuckDB raises at each.
# Why it matters: dates of this field are years, months and marked days. One cast in one query makes certain what is not,
#   and the same file answers otherwise in another program. Keep the text, and the two days it may mean, in columns.
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
"${as[@]}" "$bin/pg_ctl" -D data -w -l data/log -o "-k '$work' -c listen_addresses='' -c timezone=UTC" start >/dev/null
postgres() { "$bin/psql" -h "$work" -U finding -d postgres -XqAt -v ON_ERROR_STOP=1 -c "$1"; }

for marked in '2025-03-12~' '2025-03-12?' '2025-03-12%' '2025-03-12~/2025-04'; do
  test "$(postgres "SELECT '$marked'::date")" = 2025-03-12
done
moment="$(postgres "SELECT '2025-03-12~/2025-04'::timestamptz")"
test "$moment" = '2025-03-13 00:25:00+00'
for refused in 2025 2025-03 2025-03~ 2025-02-30; do
  if postgres "SELECT '$refused'::date" 2>error; then
    echo "PostgreSQL takes $refused" >&2
    exit 1
  fi
done

python3 -m venv old
old/bin/pip install -q --disable-pip-version-check apsw==3.40.1.0
python3 -m venv new
new/bin/pip install -q --disable-pip-version-check apsw==3.54.1.0 duckdb==2.0.1
cat >sqlite.py <<'PY'
import apsw

ask = apsw.Connection(":memory:").execute
print(*(next(ask("SELECT date(?)", (text,)))[0] for text in ("2025", "2025-03", "2025-03-12~", "2025-02-30")))
PY
old="$(old/bin/python sqlite.py)"
new="$(new/bin/python sqlite.py)"
test "$old" = "-4707-06-10 None None 2025-02-30"
test "$new" = "-4707-06-10 None None 2025-03-02"
new/bin/python - <<'PY'
import duckdb

for text in ("2025", "2025-03", "2025-03-12~", "2025-02-30"):
    try:
        raise SystemExit(duckdb.sql(f"SELECT '{text}'::DATE").fetchall())
    except duckdb.ConversionException:
        pass
PY
echo "2025-03-12~: 2025-03-12 in PostgreSQL 15, NULL in SQLite, an error in DuckDB; 2025-02-30: ${old##* } and ${new##* } in SQLite"
