#!/usr/bin/env bash
# Software: PyPI strawberry-graphql 0.341.2 and ariadne 1.1.1 (graphql-core 3.3.2), npm graphql-http 1.23.1 (graphql
#   16.15.0); Python 3.11, Node 20. Each with its defaults, called without a network.
# Guess: asked with `Accept: application/graphql-response+json`, servers of this year answer 400 to what cannot be executed
#   and 200 to a resolver that fails, as the draft of GraphQL over HTTP has it. Two operations without a name are refused.
# Seen: graphql-http answers 200 to a variable of the wrong type and 400 to the rest that cannot run. ariadne answers 400 to
#   a resolver that fails, as if the client were at fault. strawberry answers 200 to all, and of two operations without a
#   name it runs the first. Neither of the two in Python gives the media type that is asked for.
# Why it matters: one of these is what a client is tried with before it meets another server. What they let pass, or blame
#   on the client, is refused or retried there.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check strawberry-graphql==0.341.2 ariadne==1.1.1 graphql-core==3.3.2
npm init -y >npm.log
npm install --silent --no-audit --no-fund graphql-http@1.23.1 graphql@16.15.0
cat >requests.json <<'JSON'
[
  { "query": "{" },
  { "query": "{ nosuch }" },
  { "query": "query ($x: Int!) { add(x: $x) }", "variables": { "x": "a" } },
  { "query": "query A { a: add(x: 1) } query B { b: add(x: 2) }" },
  { "query": "{ boom }" }
]
JSON
cat >python.py <<'PY'
import asyncio
import json

import ariadne
import strawberry
from ariadne.asgi import GraphQL as Ariadne
from strawberry.asgi import GraphQL as Strawberry


def boom():
    raise ValueError("of the resolver")


@strawberry.type
class Query:
    @strawberry.field
    def boom(self) -> int:
        return boom()

    @strawberry.field
    def add(self, x: int) -> int:
        return x


query = ariadne.QueryType()
query.set_field("boom", lambda *_: boom())
query.set_field("add", lambda *_, x: x)
schema = ariadne.make_executable_schema("type Query { boom: Int! add(x: Int!): Int! }", query)


async def post(app, body):
    """Status, media type and answer."""
    heads, parts = [], []

    async def receive():
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    async def send(message):
        (heads if message["type"] == "http.response.start" else parts).append(message)

    headers = [(b"content-type", b"application/json"), (b"accept", b"application/graphql-response+json")]
    await app({"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/",
               "raw_path": b"/", "query_string": b"", "root_path": "", "scheme": "http", "headers": headers,
               "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}, receive, send)
    kind = dict(heads[0]["headers"])[b"content-type"].decode()
    return int(heads[0]["status"]), kind, json.loads(b"".join(part.get("body", b"") for part in parts))


async def main():
    bodies = json.load(open("requests.json"))
    for name, app, statuses in [
        ("strawberry", Strawberry(strawberry.Schema(Query)), [200, 200, 200, 200, 200]),
        ("ariadne", Ariadne(schema), [400, 400, 400, 400, 400]),
    ]:
        answers = [await post(app, body) for body in bodies]
        assert [status for status, _, _ in answers] == statuses, answers
        assert {kind for _, kind, _ in answers} == {"application/json"}, answers
        if name == "strawberry":
            assert answers[3][2]["data"] == {"a": 1} and not answers[3][2].get("errors"), answers[3]
        print(name, *statuses)


asyncio.run(main())
PY
cat >node.cjs <<'JS'
const assert = require("node:assert");
const { buildSchema } = require("graphql");
const { createHandler } = require("graphql-http/lib/use/fetch");
const schema = buildSchema("type Query { boom: Int! add(x: Int!): Int! }");
const rootValue = { boom: () => { throw new Error("of the resolver"); }, add: ({ x }) => x };
const handle = createHandler({ schema, rootValue });
const headers = { "content-type": "application/json", accept: "application/graphql-response+json" };
(async () => {
  const answers = await Promise.all(require("./requests.json").map((body) =>
    handle(new Request("http://localhost/", { method: "POST", headers, body: JSON.stringify(body) }))));
  const statuses = answers.map(({ status }) => status);
  assert.deepEqual(statuses, [400, 400, 200, 400, 200]);
  assert.match(answers[2].headers.get("content-type"), /^application\/graphql-response\+json/);
  assert.match((await answers[2].json()).errors[0].message, /got invalid value "a"/);
  console.log("graphql-http", ...statuses);
})();
JS
node node.cjs >seen
venv/bin/python python.py >>seen 2>log || { cat log >&2; exit 1; }
echo "syntax, unknown field, variable, two operations, failing resolver: $(paste -s -d ';' seen | sed 's/;/; /g')"
