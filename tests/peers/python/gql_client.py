"""Checks of gql with one of its WebSocket transports: gql_client.py TRANSPORT URL TOKEN.

Prints a line of JSON per check: its name and its error, null if it passed.
"""

import asyncio
import json
import secrets
import sys
from contextlib import aclosing

from gql import Client, gql
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.websockets import WebsocketsTransport

TRANSPORTS = {
    "WebsocketsTransport": WebsocketsTransport,
    "AIOHTTPWebsocketsTransport": AIOHTTPWebsocketsTransport,
}
TIMEOUT = 10  # seconds for a check
EVENTS = 'subscription($after: String!) { ledgerAppended(after: $after, kinds: [SOURCE_REGISTERED]) { seq cursor } }'
REGISTER = """mutation($input: RegisterSourceInput!) {
  registerSource(input: $input) { ledgerHead { seq } } }"""


def request(text, **variables):
    query = gql(text)
    query.variable_values = variables
    return query


class Checks:
    def __init__(self, transport, url, token):
        self.transport, self.url, self.token = transport, url, token

    def connect(self, payload=None):
        transport = self.transport(url=self.url, init_payload=payload or {})
        return transport, Client(transport=transport, fetch_schema_from_transport=False)

    def as_editor(self):
        return self.connect({"Authorization": f"Bearer {self.token}"})[1]

    async def head(self, session):
        data = await session.execute(request("{ ledger { head { cursor } } }"))
        return data["ledger"]["head"]["cursor"]

    async def register(self, session):
        source = {"idempotencyKey": secrets.token_hex(6), "kind": "NEWS", "publisher": "P", "title": "T"}
        data = await session.execute(request(REGISTER, input=source))
        return data["registerSource"]["ledgerHead"]["seq"]

    async def selects_the_protocol(self):
        transport, client = self.connect()
        async with client:
            assert transport.subprotocol == "graphql-transport-ws", transport.subprotocol

    async def a_query(self):
        async with self.connect()[1] as session:
            data = await session.execute(request("query($c: ID!) { country(code: $c) { code } }", c="RW"))
            assert data == {"country": {"code": "RW"}}, data

    async def a_token_in_the_init_payload(self):
        for payload in [{"token": self.token}, {"headers": {"Authorization": f"Bearer {self.token}"}}]:
            async with self.connect(payload)[1] as session:
                data = await session.execute(request("{ viewer { role } }"))
                assert data == {"viewer": {"role": "EDITOR"}}, data

    async def a_subscription_receives_a_mutation_and_resumes(self):
        async with self.as_editor() as session:
            after = await self.head(session)
            first = await self.register(session)
            events = session.subscribe(request(EVENTS, after=after))
            async with aclosing(events):
                event = (await anext(events))["ledgerAppended"]
                assert event["seq"] == first, event
            missed = await self.register(session)
        async with self.connect()[1] as session:
            events = session.subscribe(request(EVENTS, after=event["cursor"]))
            async with aclosing(events):
                event = (await anext(events))["ledgerAppended"]
                assert event["seq"] == missed, event


async def main(name, url, token):
    checks = Checks(TRANSPORTS[name], url, token)
    for check in [
        checks.selects_the_protocol,
        checks.a_query,
        checks.a_token_in_the_init_payload,
        checks.a_subscription_receives_a_mutation_and_resumes,
    ]:
        error = None
        try:
            await asyncio.wait_for(check(), TIMEOUT)
        except Exception as failure:  # each failure is reported, whatever it is
            error = f"{type(failure).__name__}: {failure}"
        print(json.dumps({"name": check.__name__.replace("_", " "), "error": error}), flush=True)


asyncio.run(main(*sys.argv[1:]))
