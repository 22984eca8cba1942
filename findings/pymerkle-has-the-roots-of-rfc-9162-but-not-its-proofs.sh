#!/usr/bin/env bash
# Software: PyPI pymerkle 6.1.0, Python 3.11.
# Guess: a library whose roots are those of RFC 9162 for every size has its proofs as well: index from 0, the path from the
#   leaf upwards, a consistency proof from 4 to 7 of one hash.
# Seen: the roots are equal. Indices begin at 1, and index 0 is an error. Each inclusion path has the leaf itself in front. The
#   consistency proof from 4 to 7 has four hashes.
# Why it matters: a ledger that gives out proofs of RFC 9162 is checked from Python by this package first of all. Roots agree
#   in a quick test, and then no proof does. Say in the docs where the index begins, and ship the fifteen lines.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pymerkle==6.1.0
venv/bin/python - <<'PY'
from hashlib import sha256

from pymerkle import InmemoryTree
from pymerkle.core import InvalidChallenge


def leaf(entry):
    return sha256(b"\0" + entry).digest()


def split(entries):
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return entries[:half], entries[half:]


# RFC 9162, 2.1.1 to 2.1.4.
def root(entries):
    if len(entries) < 2:
        return leaf(entries[0]) if entries else sha256().digest()
    left, right = split(entries)
    return sha256(b"\1" + root(left) + root(right)).digest()


def path(index, entries):
    if len(entries) == 1:
        return []
    left, right = split(entries)
    if index < len(left):
        return path(index, left) + [root(right)]
    return path(index - len(left), right) + [root(left)]


def consistency(size, entries, whole=True):
    if size == len(entries):
        return [] if whole else [root(entries)]
    left, right = split(entries)
    if size <= len(left):
        return consistency(size, left, whole) + [root(right)]
    return consistency(size - len(left), right, False) + [root(left)]


entries = [f"e{number}".encode() for number in range(7)]
tree = InmemoryTree(algorithm="sha256")
for size, entry in enumerate(entries, 1):
    tree.append_entry(entry)
    assert tree.get_state() == root(entries[:size]), size
for index, entry in enumerate(entries):
    proof = tree.prove_inclusion(index + 1, 7)
    assert proof.path == [leaf(entry)] + path(index, entries), index
try:
    tree.prove_inclusion(0, 7)
    raise SystemExit("index 0 has a proof")
except InvalidChallenge:
    pass
theirs, ours = tree.prove_consistency(4, 7).path, consistency(4, entries)
assert (len(theirs), len(ours)) == (4, 1), (theirs, ours)
print(f"pymerkle 6.1.0: 7 roots equal; the first entry is index 1; 4 to 7 takes {len(theirs)} hashes for {len(ours)}")
PY
