#!/usr/bin/env bash
# Software: PyPI countrynames 1.17.0, country_converter 1.3.2 (with pandas 2.3.3, see the finding on pandas), Python 3.11.
# Guess: the names of a state in CLDR, in the six languages of the UN and in those of its neighbours, give that state or nothing.
# Seen: countrynames, which compares whole names, takes Egypt in Arabic for Montserrat, Sint Maarten in Arabic for Saint
#   Martin, Guyana in Ukrainian for Ghana; with `fuzzy=True` Yemen in Arabic with vowels is Japan. country_converter searches
#   by English patterns in any text: Equatorial Guinea in Spanish, its first official language, is Guinea; South Sudan in
#   Swahili is Sudan; the Dominican Republic in French is Dominica.
# Why it matters: who maps names from ministries' own pages by these gets another state, without an error or a score.
#   Match by codes; of names take only those that a table of your own holds.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check countrynames==1.17.0 country_converter==1.3.2 pandas==2.3.3
venv/bin/python - <<'PY'
import countrynames
import country_converter

EXACT = {"مصر": "MS", "سانت مارتن": "MF", "Гаяна": "GH"}
FUZZY = {"اليَمَن": "JP"}
PATTERNS = {"Guinea Ecuatorial": "GN", "Sudan Kusini": "SD", "République dominicaine": "DM"}
for name, code in EXACT.items():
    found = countrynames.to_code(name)
    assert found == code, (name, found)
for name, code in FUZZY.items():
    assert countrynames.to_code(name) is None, name
    found = countrynames.to_code(name, fuzzy=True)
    assert found == code, (name, found)
converter = country_converter.CountryConverter()
for name, code in PATTERNS.items():
    found = converter.convert(name, to="ISO2", not_found=None)
    assert found == code, (name, found)
wrong = EXACT | FUZZY | PATTERNS
print("; ".join(f"{name} is {code}" for name, code in wrong.items()))
PY
