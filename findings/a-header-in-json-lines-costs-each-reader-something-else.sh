#!/usr/bin/env bash
# Software: PyPI pandas 3.1.1, polars 2.1.0, duckdb 2.0.1, Python 3.11.
# The file: JSON Lines, 40,000 entries with the keys seq and hash, before them a line {"format", "generation"}, after them a
#   line {"count", "head"}.
# Guess: each reader gives 40,002 rows with six columns and null where a line has no such key.
# Seen: pandas gives the six columns, and seq as float64. polars leaves out count and head without a word, so that the last
#   line is a row of nulls; it looked at the first 100 lines. DuckDB looked at the first 20,480 and raises at the last line.
#   With 492 entries DuckDB gives all six.
# Why it matters: an export with header and footer in the stream looks whole in a small test. Then hashes over seq fail in
#   pandas (1.0 for 1), and the footer, which tells whether the file is complete, is what polars drops.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pandas==3.1.1 polars==2.1.0 duckdb==2.0.1
venv/bin/python - <<'PY'
import json

import duckdb
import pandas
import polars

SIX = ["format", "generation", "seq", "hash", "count", "head"]


def write(entries):
    with open("ledger.jsonl", "w") as file:
        print(json.dumps({"format": 1, "generation": "ab"}), file=file)
        for seq in range(1, entries + 1):
            print(json.dumps({"seq": seq, "hash": f"h{seq}"}), file=file)
        print(json.dumps({"count": entries, "head": f"h{entries}"}), file=file)


def ducks():
    return duckdb.sql("SELECT * FROM read_json_auto('ledger.jsonl')")


write(492)
assert ducks().columns == SIX, ducks().columns
frame = polars.read_ndjson("ledger.jsonl")
assert len(frame.columns) == 4 and not {"count", "head"} & set(frame.columns), frame.columns

write(40_000)
table = pandas.read_json("ledger.jsonl", lines=True)
assert table.shape == (40_002, 6), table.shape
assert str(table.seq.dtype) == "float64", table.seq.dtype
frame = polars.read_ndjson("ledger.jsonl")
assert frame.shape == (40_002, 4), frame.shape
assert frame.tail(1).rows() == [(None, None, None, None)], frame.tail(1).rows()
assert polars.read_ndjson("ledger.jsonl", infer_schema_length=None).shape == (40_002, 6)
try:
    ducks().fetchall()
    raise SystemExit("DuckDB read the last line")
except duckdb.InvalidInputException as error:
    assert 'unknown key "count"' in str(error), error
print("pandas 3.1.1: seq float64; polars 2.1.0: last row all null, 4 of 6 columns; duckdb 2.0.1: unknown key \"count\"")
PY
