"""Checks heads and proofs with proofbundle: JSON on standard input, one line per check on standard output."""

import json
import sys

from proofbundle.checkpoint import verify_checkpoint
from proofbundle.merkle import verify_consistency, verify_inclusion

given = json.load(sys.stdin)
key = given["key"]


def head(note):
    found = verify_checkpoint(note, key)
    assert found["ok"] and found["origin"] == key.split("+")[0], note
    return found["tree_size"], found["root"]


def hashes(texts):
    return [bytes.fromhex(text) for text in texts]


for proof in given["inclusion"]:
    size, root = head(proof["treeHead"]["note"])
    assert size == proof["treeSize"]
    leaf, index, path = proof["leafData"].encode(), proof["leafIndex"], hashes(proof["hashes"])
    assert verify_inclusion(leaf, index, size, path, root), proof
    assert not verify_inclusion(leaf + b" ", index, size, path, root)
    print("inclusion", index, size)
for proof in given["consistency"]:
    (first, first_root), (second, second_root) = head(proof["from"]["note"]), head(proof["to"]["note"])
    path = hashes(proof["hashes"])
    assert verify_consistency(first, second, path, first_root, second_root), proof
    assert first == second or not verify_consistency(first, second, path, second_root, first_root)
    print("consistency", first, second)
