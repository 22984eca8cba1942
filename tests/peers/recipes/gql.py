import asyncio

from gql import Client, gql
from gql.transport.exceptions import TransportConnectionFailed
from gql.transport.websockets import WebsocketsTransport


async def watch(url, query, after, on_change):
    """Runs until the server rejects the subscription; the loop of gql ends with every connection."""
    while True:
        try:
            async with Client(transport=WebsocketsTransport(url=url)) as session:
                request = gql(query)
                request.variable_values = {"after": after}
                async for data in session.subscribe(request):
                    on_change(data["stanceChanged"])
                    after = data["stanceChanged"]["cursor"]
        except (TransportConnectionFailed, OSError):
            pass  # the server restarts, or the network is away
        await asyncio.sleep(2)
