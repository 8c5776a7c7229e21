"""The server's front door: pages as WSGI inside ASGI, live updates on ``/ws``.

HTTP through Django's own ASGI handler was measured 2-4 times slower than its WSGI handler inside the same process.
"""

from typing import Any

from a2wsgi import WSGIMiddleware

from workflow.wsgi import application as pages

# Importing the pages sets Django up; only then may modules with models be imported.
# isort: split
from notifications.hub import hub
from notifications.live import application as live

THREADS = 10  # requests answered at the same time by one process

http: Any = WSGIMiddleware(pages, workers=THREADS)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Hand a connection to whoever speaks its protocol."""
    if scope["type"] == "http":
        await http(scope, receive, send)
    elif scope["type"] == "websocket":
        await (live if scope["path"] == "/ws" else refuse)(scope, receive, send)
    elif scope["type"] == "lifespan":
        await lifespan(receive, send)


async def refuse(_scope: Any, receive: Any, send: Any) -> None:
    """Turn away a socket at any other address (the client sees HTTP 403)."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


async def lifespan(receive: Any, send: Any) -> None:
    """Confirm start and stop; at the end the live updates let go of Redis."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            await hub().close()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
