#!/usr/bin/env bash
# Software: Debian 12's newsboat 2.21-1.5; PyPI reader 3.26 beside it.
# Guess: an entry that stands in two subscribed feeds, with the same id as RFC 4287 asks for, is an article of both.
# Seen: newsboat keeps one row for an id, whatever the feed, and the feed that is reloaded last takes it. With a feed of all and
#   one of a part, the article is in one of the two, depending on the order of the addresses; nothing says so. reader keeps
#   an article for each feed.
# Why it matters: a service that has a feed of everything and one for each country gives an entry the same id in all of them. A
#   subscriber of both counts fewer changes in "everything" than there are. Another id in each feed would show it twice to
#   readers that compare ids across feeds.
set -euo pipefail
work="$(mktemp -d)"
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
chmod 755 .
apt-get download -qq newsboat=2.21-1.5 libstfl0 libjson-c5 2>apt.log || { cat apt.log >&2; exit 1; }
for package in *.deb; do dpkg-deb -x "$package" root; done
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check reader==3.26 sgmllib3k==1.0.0
newsboat() { LD_LIBRARY_PATH="$(echo root/usr/lib/*-linux-gnu)" HOME="$work" root/usr/bin/newsboat -u urls -c "$1" -C /dev/null -x "$2"; }

feed() { # name, then ids
  name=$1; shift
  echo "<feed xmlns='http://www.w3.org/2005/Atom'><id>https://site.example/$name</id><title>$name</title><updated>2026-11-09T12:00:00Z</updated><author><name>A</name></author>"
  for id; do
    echo "<entry><id>https://site.example/changes/$id</id><title>Change $id</title><updated>2026-11-0${id}T12:00:00Z</updated><link href='https://site.example/changes/$id'/></entry>"
  done
  echo "</feed>"
}
mkdir site
feed all 1 2 3 >site/all.atom
feed part 2 4 >site/part.atom
cat >serve.py <<'PY'
import functools, http.server
files = functools.partial(http.server.SimpleHTTPRequestHandler, directory="site")
server = http.server.HTTPServer(("127.0.0.1", 0), files)
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 serve.py >port 2>serve.log &
server=$!
for _ in $(seq 50); do [ -s port ] || sleep 0.1; done
site="http://127.0.0.1:$(cat port)"

cat >owner.py <<'PY'
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT feedurl, guid FROM rss_item").fetchall()
assert len(rows) == 4, rows
print(*(url.rsplit("/", 1)[1] for url, guid in rows if guid.endswith("/changes/2")))
PY
printf '%s\n' "$site/all.atom" "$site/part.atom" >urls
newsboat first.db reload
test "$(python3 owner.py first.db)" = part.atom
printf '%s\n' "$site/part.atom" "$site/all.atom" >urls
newsboat second.db reload
test "$(python3 owner.py second.db)" = all.atom

cat >both.py <<'PY'
import sys, reader
store = reader.make_reader("reader.db")
for name in ("all", "part"):
    store.add_feed(f"{sys.argv[1]}/{name}.atom")
store.update_feeds()
print(sum(entry.id.endswith("/changes/2") for entry in store.get_entries()))
PY
test "$(venv/bin/python both.py "$site")" = 2
echo "newsboat 2.21: entry 2 of two feeds is an article of the one reloaded last (part, then all); reader 3.26: of both"
