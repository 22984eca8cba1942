#!/usr/bin/env bash
# Software: PyPI python-dateutil 4.0.0, Python 3.11.
# Guess: `parser.parse` refuses an interval of EDTF, as it refuses `2025-03-12~` and `2025-01/2025-06`.
# Seen: of `2025-02-12/2025-02-15` the end becomes 20:25 at UTC-15: hours and minutes from its year, an offset from its day.
#   `2025-03/..` and `../2025-05` become the day of the month that is today. Nothing is raised.
# Why it matters: intervals are what this field's dates look like, and dateutil reads dates for many tools. A column of EDTF
#   goes through it without an error and comes out as other moments.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check python-dateutil==4.0.0
venv/bin/python - <<'PY'
from datetime import datetime, timedelta

from dateutil import parser


def read(text):
    # The default stands for today.
    return parser.parse(text, default=datetime(2025, 1, 31))


interval = read("2025-02-12/2025-02-15")
assert interval.replace(tzinfo=None) == datetime(2025, 2, 12, 20, 25), interval
assert interval.utcoffset() == timedelta(hours=-15), interval
assert read("2025-03/..") == datetime(2025, 3, 31)
assert read("../2025-05") == datetime(2025, 5, 31)
for refused in ("2025-03-12~", "2025-01/2025-06"):
    try:
        raise SystemExit(f"{refused} was read as {read(refused)}")
    except parser.ParserError:
        pass
print(f"python-dateutil 4.0.0: 2025-02-12/2025-02-15 is {interval}; 2025-03/.. is {read('2025-03/..'):%Y-%m-%d} on a 31st")
PY
