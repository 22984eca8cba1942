#!/usr/bin/env bash
# Software: PyPI pycountry 26.2.16 (release of this year), Python 3.11.
# Guess: a fuzzy search for the very name of a state gives that state first, and LookupError for one that is not in ISO 3166-1.
# Seen: Niger is Nigeria, Curaçao the Netherlands, "Republic of Korea" North Korea, Kosovo Serbia. An exact name of a
#   state has 50 points and one of a province 49; parts of names, of provinces as well, add more, and the sum wins. `lookup` is
#   right or raises.
# Why it matters: names of states come from sources in prose. A tool that maps them by this search turns one party of a
#   dispute into the other, without an error. Match by code; give aliases of your own.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pycountry==26.2.16
venv/bin/python - <<'PY'
import pycountry

FUZZY = {"Kosovo": "RS", "Niger": "NG", "Curaçao": "NL", "Republic of Korea": "KP", "Zaire": "AO", "America": "AS"}
EXACT = {"Niger": "NE", "Curaçao": "CW"}
for name, code in FUZZY.items():
    found = pycountry.countries.search_fuzzy(name)[0].alpha_2
    assert found == code, (name, found)
    try:
        assert pycountry.countries.lookup(name).alpha_2 == EXACT.get(name), name
    except LookupError:
        assert name not in EXACT, name
assert pycountry.countries.get(alpha_2="XK") is None
print("pycountry 26.2.16:", ", ".join(f"{name} {code}" for name, code in FUZZY.items()))
PY
