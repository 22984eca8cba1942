"""Prints what a country was asked and where it stands, then every change of a stance, over interruptions and restarts of the server:
python follow.py http://127.0.0.1:8000 RW cursor.txt

The file has the cursor of the last change that was printed. With it, the program continues where it ended. If it is killed between a
line and its cursor, it prints that line again.
"""

import asyncio
import os
import sys
from pathlib import Path

from gql import Client, gql
from gql.transport.exceptions import TransportConnectionFailed
from gql.transport.websockets import WebsocketsTransport

COUNTRY = """
query Country($code: ID!) {
  country(code: $code) {
    name
    relationships { nodes {
      initiative { title } stance since
      changes(last: 5) { nodes { from to } }
      statements(last: 3) { nodes { number summary claimant { label } } }
    } }
  }
  ledger { head { cursor } }
}
"""
CHANGES = """
subscription Changes($after: String) {
  stanceChanged(after: $after) { cursor from to relationship { requestedState { name } } }
}
"""
PAUSE = 1  # seconds between two connections; the server may be about to restart


async def main(server, code, file):
    url = server.replace("http", "ws", 1) + "/graphql/ws"
    while (head := await connected(url, print_country, code)) is None:
        await asyncio.sleep(PAUSE)
    # The first start follows what is recorded after the state that was printed.
    after = [file.read_text().strip() if file.exists() else head]
    while True:
        await connected(url, follow, after, file)
        await asyncio.sleep(PAUSE)


async def connected(url, act, *arguments):
    """A new client for each connection: the loop of gql ends with its connection. None if it broke."""
    try:
        async with Client(transport=WebsocketsTransport(url=url)) as session:
            return await act(session, *arguments)
    except (TransportConnectionFailed, OSError) as cause:
        print(cause, file=sys.stderr)  # the server restarts, or the network is away


async def print_country(session, code):
    """Returns the cursor of the state that it printed."""
    data = await session.execute(request(COUNTRY, code=code))
    country = data["country"]
    for relationship in country["relationships"]["nodes"]:
        print(f"{country['name']}: {relationship['initiative']['title']} {relationship['stance']} {relationship['since'] or ''}")
        for change in relationship["changes"]["nodes"]:
            print(f"  {change['from']} → {change['to']}")
        for statement in relationship["statements"]["nodes"]:
            print(f"  {statement['number']} {statement['summary']} ({statement['claimant']['label']})")
    sys.stdout.flush()
    return data["ledger"]["head"]["cursor"]


async def follow(session, after, file):
    """Raises TransportQueryError if the server refuses the subscription, for example because the cursor is of another ledger."""
    async for data in session.subscribe(request(CHANGES, after=after[0])):
        change = data["stanceChanged"]
        print(f"{change['relationship']['requestedState']['name']}: {change['from']} → {change['to']}", flush=True)
        # In one step, so that the file is whole whenever the program is ended.
        new_file = file.with_suffix(".new")
        new_file.write_text(change["cursor"])
        os.replace(new_file, file)
        after[0] = change["cursor"]


def request(query, **variables):
    document = gql(query)
    document.variable_values = variables
    return document


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: python follow.py SERVER COUNTRY CURSOR_FILE")
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
