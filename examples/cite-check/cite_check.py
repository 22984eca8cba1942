#!/usr/bin/env python3
"""Says what became of cited statements.

    python3 cite_check.py references.bib
    python3 cite_check.py library.json --since 2026-11-01T00:00:00Z

The file is BibTeX or CSL-JSON, for example exported from Zotero. Statements are found by their permanent links
(https://HOST/statements/NUMBER) and looked up at the server of the link. Exit status: 0 if all are valid, 1 if one was
corrected or retracted or is unknown, 2 if something failed. Needs Python 3.9 and nothing else.
"""

import argparse
import json
import re
import sys
import urllib.error
import urllib.request

QUERY = """query Recalled($statements: [ID!]!, $since: DateTime) {
  recalled(statements: $statements, since: $since) {
    statement { number standing }
    current { number }
    revisions { kind reason recordedAt statement { number } by { number claimant { label } } }
  }
}"""
LINK = re.compile(r"(https?://[^\s\"{}<>]+?)/statements/([1-9][0-9]*)(?![0-9])")
BATCH = 500  # the most that `recalled` accepts
TIMEOUT = 30  # seconds


def citations(text):
    """Key, server and number of each citation with a link to a statement, and the number of the others."""
    if text.lstrip().startswith(("[", "{")):
        items = json.loads(text)
        items = items if isinstance(items, list) else [items]
        entries = [(str(item.get("id", "?")), str(item.get("URL", ""))) for item in items]
    else:
        starts = list(re.finditer(r"^[ \t]*@(\w+)\s*[{(]\s*([^,\s]+)\s*,", text, re.MULTILINE))
        ends = [start.start() for start in starts[1:]] + [len(text)]
        parts = [(start, text[start.end():end]) for start, end in zip(starts, ends)]
        entries = [(start[2], re.sub(r"\\([&%$#_~])", r"\1", part)) for start, part in parts
                   if start[1].lower() not in ("comment", "string", "preamble")]
    found, others = [], 0
    for key, entry in entries:
        link = LINK.search(entry)
        if link:
            found.append((key, link[1], link[2]))
        else:
            others += 1
    return found, others


def ask(server, numbers, since):
    """What became of each of these statements."""
    body = {"query": QUERY, "variables": {"statements": numbers, "since": since}}
    request = urllib.request.Request(
        f"{server}/graphql", json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        answer = json.load(error)
    if answer.get("errors"):
        raise RuntimeError(f"{server}: {answer['errors'][0]['message']}")
    return answer["data"]["recalled"]


def revision_line(revision, cited):
    other = revision["statement"]["number"]
    what = revision["kind"].lower().replace("_", " ")
    line = f"  {revision['recordedAt'][:10]}: {what}"
    if other != cited:
        line += f" (statement {other})"
    if revision["by"]:
        line += f" by statement {revision['by']['number']} ({revision['by']['claimant']['label']})"
    return line + (f": {revision['reason']}" if revision["reason"] else "")


def report(key, server, number, recall):
    """Prints a citation that is not as it was; whether it fell, and whether there is news."""
    if recall is None:
        print(f"{key}: UNKNOWN: {server} has no statement {number}")
        return True, True
    standing = recall["statement"]["standing"]
    fell = standing != "STANDING"
    if not fell and not recall["revisions"]:
        return False, False
    print(f"{key}: {standing if fell else 'valid, with news'}: {server}/statements/{number}")
    for revision in recall["revisions"]:
        print(revision_line(revision, recall["statement"]["number"]))
    if fell and recall["current"]:
        print(f"  cite instead: {server}/statements/{recall['current']['number']}")
    return fell, True


def main():
    parser = argparse.ArgumentParser(description="Says what became of cited statements.")
    parser.add_argument("file", help="BibTeX or CSL-JSON")
    parser.add_argument("--since", help="list only revisions after this time (RFC 3339), for example that of the last check")
    parser.add_argument("--server", help="ask this server, instead of the one of each link")
    options = parser.parse_args()
    with open(options.file, encoding="utf-8") as file:
        found, others = citations(file.read())
    fallen = news = 0
    for link_server in dict.fromkeys(server for _, server, _ in found):
        own = [(key, number) for key, server, number in found if server == link_server]
        server = (options.server or link_server).rstrip("/")
        for start in range(0, len(own), BATCH):
            batch = own[start:start + BATCH]
            recalls = ask(server, [number for _, number in batch], options.since)
            for (key, number), recall in zip(batch, recalls):
                fell, is_news = report(key, link_server, number, recall)
                fallen, news = fallen + fell, news + is_news
    print(f"{len(found)} statements cited: {fallen} fell, {news - fallen} with news, {len(found) - news} as they were; "
          f"{others} other citations")
    return 1 if fallen else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        print(f"cite_check: {error}", file=sys.stderr)
        sys.exit(2)
