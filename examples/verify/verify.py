#!/usr/bin/env python3
"""verify.py KEY FILE: checks a whole ledger without its server. Python 3.9, no packages.

FILE is a ledger that was downloaded (/export/ledger.ndjson) or exported. The signed head is read from standard input, as /checkpoint
answers it; KEY is its verifier key, which `demarche key show` prints. It checks the signature, every
hash and the root of the tree, and prints for each relationship how many entries are about it, and the root over them.
"""

import base64
import hashlib
import json
import sys

def require(condition, message):
    if not condition:
        sys.exit(f"not verified: {message}")


# Ed25519 (RFC 8032): the curve -x² + y² = 1 + d·x²·y² over the integers modulo P.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(one, other):
    """The sum of two points in extended coordinates: x = X/Z, y = Y/Z, x·y = T/Z."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(number, point):
    product = (0, 1, 1, 0)
    while number:
        if number & 1:
            product = add(product, point)
        point = add(point, point)
        number >>= 1
    return product


def decode_point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    require(y < P and x * x % P == square, "the key or the signature is not a point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decode_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signed(key, text, signature):
    number = int.from_bytes(signature[32:], "little")
    digest = hashlib.sha512(signature[:32] + key + text).digest()
    left = multiply(number, BASE)
    hashed = multiply(int.from_bytes(digest, "little") % ORDER, decode_point(key))
    right = add(decode_point(signature[:32]), hashed)
    same = lambda at: left[at] * right[2] % P == right[at] * left[2] % P
    return number < ORDER and same(0) and same(1)


def verified_text(note, verifier_key):
    """The name of the key and the text of a signed note, if the key has signed it."""
    name, key_id, encoded = verifier_key.split("+", 2)
    typed = base64.b64decode(encoded, validate=True)
    require(len(typed) == 33 and typed[0] == 1, "the key is not an Ed25519 key")
    require(hashlib.sha256(name.encode() + b"\n" + typed).hexdigest()[:8] == key_id, "the ID of the key is not its own")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    start = f"\u2014 {name} "
    lines = [line[len(start) :] for line in signatures.splitlines() if line.startswith(start)]
    ours = [data for data in map(base64.b64decode, lines) if data[:4].hex() == key_id]
    require(len(ours) == 1 and len(ours[0]) == 68, f"not signed once by {name}")
    require(is_signed(typed[1:], text.encode(), ours[0][4:]), "the signature is not valid")
    return name, text


def tree_root(hashes):
    """The root of RFC 9162 over the hashes of leaves."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256().digest()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree_root(hashes[:half]) + tree_root(hashes[half:])).digest()


def main(verifier_key, path):
    name, text = verified_text(sys.stdin.read(), verifier_key)
    origin, size, encoded = text.splitlines()[:3]
    require(origin == name, "the note is of another ledger")
    signed_root = base64.b64decode(encoded, validate=True)

    with open(path, encoding="utf-8") as file:
        header, *entries, _footer = map(json.loads, file)
    require(name == f"demarche/{header['origin']}", "the file is of another ledger")
    require(len(entries) >= int(size), f"the file has {len(entries)} entries, and the head {size}")
    head = hashlib.sha256(f"demarche ledger 1\n{header['origin']}".encode()).hexdigest()
    hashes, relationships, subjects = [], {}, {}
    for entry in entries[: int(size)]:
        content = {key: value for key, value in entry.items() if key not in ("hash", "prevHash")}
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        leaf = hashlib.sha256(b"\0" + head.encode() + canonical.encode()).digest()
        head = leaf.hex()
        require(entry["seq"] == len(hashes) + 1 and entry["hash"] == head, f"entry {len(hashes) + 1} was altered")
        hashes.append(leaf)
        subject = subject_of(entry, subjects)
        if subject:
            relationships.setdefault(subject, []).append(leaf)
    require(tree_root(hashes) == signed_root, "the entries are not those of the signed head")
    print(f"{size} entries are those of the signed head, root {signed_root.hex()}")
    for (initiative, state), listed in sorted(relationships.items()):
        print(f"relationship {initiative} {state}: {len(listed)} entries, root {tree_root(listed).hex()}")


def subject_of(entry, subjects):
    """The relationship that an entry is about: initiative and requested state."""
    payload = json.loads(entry["payload"])
    if entry["kind"] in ("STATEMENT_RECORDED", "STATEMENT_CORRECTED"):
        statement = payload if entry["kind"] == "STATEMENT_RECORDED" else payload["statement"]
        relationship = statement["subject"].get("relationship")
        if relationship:
            subjects[entry["seq"]] = (relationship["initiative"], relationship["requestedState"])
        return subjects.get(entry["seq"])
    if entry["kind"] in ("STATEMENT_RETRACTED", "EVIDENCE_ADDED"):
        return subjects.get(payload["statement"])
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
