"""Exports and feeds of a server, read by frictionless and feedparser. Prints a line of JSON for each check."""

import json
import sys
import tempfile
import traceback
import urllib.request

import feedparser
import frictionless

SITE = sys.argv[1]


def fetch(path):
    with urllib.request.urlopen(SITE + path) as response:
        return response.read()


def local(url):
    """A URL of the package at the server under test, whatever its public address."""
    return SITE + "/export/" + url.split("/export/")[1]


def package():
    descriptor = json.loads(fetch("/export/datapackage.json"))
    for resource in descriptor["resources"]:
        resource["path"] = local(resource["path"])
    return descriptor


def package_is_valid():
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(package(), file)
        file.flush()
        with frictionless.system.use_context(trusted=True):
            report = frictionless.validate(file.name, type="package")
    problems = report.flatten(["name", "rowNumber", "fieldName", "type", "note"])
    assert report.valid, problems[:10]
    assert all(task.stats["rows"] for task in report.tasks), report.to_summary()


def a_wrong_value_is_found():
    """The schema says something: an unknown stance and a broken date are errors."""
    descriptor = next(one for one in package()["resources"] if one["name"] == "relationships")
    text = fetch("/export/relationships.csv").decode()
    for right, wrong in [(",AGREED,", ",YES,"), (",false,", ",maybe,")]:
        assert right in text, right
        with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
            file.write(text.replace(right, wrong))
            file.flush()
            resource = {**descriptor, "path": file.name}
            with frictionless.system.use_context(trusted=True):
                report = frictionless.Resource.from_descriptor(resource).validate()
        assert not report.valid, wrong


def rows_have_types():
    descriptor = next(one for one in package()["resources"] if one["name"] == "changes")
    with frictionless.system.use_context(trusted=True):
        rows = frictionless.Resource.from_descriptor(descriptor).read_rows()
    row = rows[0]
    assert isinstance(row["seq"], int) and isinstance(row["disputed"], bool), row
    assert row["occurred_on_latest"].isoformat() >= row["occurred_on_earliest"].isoformat(), row


def atom_is_read():
    for path in ["/feed.atom", "/countries/RW/feed.atom", "/statements/%d/feed.atom" % statement()]:
        feed = feedparser.parse(fetch(path))
        assert not feed.bozo, (path, feed.get("bozo_exception"))
        assert feed.version == "atom10", feed.version
        assert feed.entries, path
        for entry in feed.entries:
            assert entry.published_parsed and entry.updated_parsed, entry
            assert entry.link.startswith("http"), entry.link
            assert entry.id and entry.title and entry.content[0].value, entry
        assert len({entry.id for entry in feed.entries}) == len(feed.entries), path


def statement():
    body = json.dumps({"query": "{ statements(first: 1) { nodes { number } } }"}).encode()
    request = urllib.request.Request(SITE + "/graphql", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)["data"]["statements"]["nodes"][0]["number"]


def pages_of_atom_have_every_change_once():
    ids, path = [], "/feed.atom"
    while path:
        feed = feedparser.parse(fetch(path))
        ids += [entry.id for entry in feed.entries]
        older = [link.href for link in feed.feed.links if link.rel == "next"]
        path = "/feed.atom" + older[0].split("/feed.atom")[1] if older else None
    changes = fetch("/export/changes.csv").decode().count("/statements/")
    assert len(ids) == len(set(ids)) == changes, (len(ids), len(set(ids)), changes)


def json_feed_has_the_same_items():
    feed = json.loads(fetch("/feed.json"))
    atom = feedparser.parse(fetch("/feed.atom"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in feed["items"]] == [entry.id for entry in atom.entries]
    assert all(isinstance(item["id"], str) and item["content_text"] for item in feed["items"])


CHECKS = [
    package_is_valid,
    a_wrong_value_is_found,
    rows_have_types,
    atom_is_read,
    pages_of_atom_have_every_change_once,
    json_feed_has_the_same_items,
]

for check in CHECKS:
    error = None
    try:
        check()
    except Exception:
        error = traceback.format_exc(limit=-2)
    print(json.dumps({"name": check.__name__.replace("_", " "), "error": error}))
