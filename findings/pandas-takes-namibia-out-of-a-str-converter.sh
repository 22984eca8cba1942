#!/usr/bin/env bash
# Software: PyPI pandas 3.1.1 and 3.0.0 (releases of this year), country_converter 1.3.2, Python 3.11.
# Guess: `read_csv(converters={"code": str})`, the known way to keep the code of Namibia, keeps "NA" as in pandas 1 and 2.
# Seen: 3.1.1 looks for missing values after the converter: "NA" is NaN again, by both engines. 3.0.0 still keeps it with the
#   engine "c" and loses it with "python". `keep_default_na=False` keeps it everywhere. country_converter 1.3.2, which asks
#   for pandas>=1.0 and reads its own table in this way, raises TypeError in the constructor under 3.1.1.
# Why it matters: a table of countries loses one state without a word, and one that joins on codes joins it to nothing.
#   Tell readers `keep_default_na=False`, whatever else they set.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >read.py <<'PY'
import io
import sys

import pandas

TEXT = "code,stance\nNA,REFUSED\nRW,ACCEPTED\n"
c, python, kept = [
    pandas.read_csv(io.StringIO(TEXT), converters={"code": str}, **options)["code"].fillna("missing").tolist()
    for options in ({"engine": "c"}, {"engine": "python"}, {"keep_default_na": False})
]
assert kept == ["NA", "RW"], kept
assert python == ["missing", "RW"], python
assert c == [sys.argv[1], "RW"], c
PY
cat >convert.py <<'PY'
import sys

import country_converter

try:
    country_converter.CountryConverter()
    outcome = "starts"
except TypeError:
    outcome = "TypeError"
assert outcome == sys.argv[1], outcome
PY
python3 -m venv venv
install() { venv/bin/pip install -q --disable-pip-version-check "$@"; }
install pandas==3.0.0 country_converter==1.3.2
venv/bin/python read.py NA
venv/bin/python convert.py starts
install pandas==3.1.1
venv/bin/python read.py missing
venv/bin/python convert.py TypeError
echo "pandas 3.1.1: converters={'code': str} makes NaN of NA (3.0.0 does not); country_converter 1.3.2 does not start with it"
