#!/usr/bin/env bash
# Software: PyPI edtf 5.0.2 and undate 0.8.0, Python 3.11.
# Guess: `2025-03-12~` (about 12 March 2025) reaches from the 11th to the 13th in edtf, whose README pads by the
#   scale of the date: a month for `1912-04~`, a year for a year. undate refuses the mark, or keeps it.
# Seen: edtf adds the paddings of year, month and day together, so the fuzzy bounds are 2024-02-11 and 2026-04-13. The whole
#   year `2025~` is padded less than its own day. undate reads `~`, `?` and `%` and writes the date without them.
# Why it matters: a service that publishes EDTF gets the same date back wider than a year, or as certain. Its own bounds must
#   be in the answer, and whoever reads by these libraries must keep the text.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check edtf==5.0.2 undate==0.8.0
venv/bin/python - <<'PY'
import time

from edtf import parse_edtf
from undate import Undate


def day(moment):
    return time.strftime("%Y-%m-%d", moment)


def fuzzy(text):
    date = parse_edtf(text)
    return day(date.lower_fuzzy()), day(date.upper_fuzzy())


plain = parse_edtf("2025-03-12~")
assert day(plain.lower_strict()) == day(plain.upper_strict()) == "2025-03-12"
assert fuzzy("2025-03-12~") == ("2024-02-11", "2026-04-13"), fuzzy("2025-03-12~")
assert fuzzy("2025-03-12%") == ("2023-01-10", "2027-05-14"), fuzzy("2025-03-12%")
assert fuzzy("2025~") == ("2024-01-01", "2026-12-31"), fuzzy("2025~")

for mark in "~?%":
    written = Undate.parse("2025-03-12" + mark, "EDTF").format("EDTF")
    assert written == "2025-03-12", written
print("edtf 5.0.2: 2025-03-12~ is 2024-02-11 to 2026-04-13; undate 0.8.0: 2025-03-12, mark gone")
PY
