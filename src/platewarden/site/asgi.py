"""One port: the console and the API as WSGI in threads, the stream of alerts as native ASGI beside them."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platewarden.site.settings")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

_console = WSGIMiddleware(get_wsgi_application(), workers=12)

from platewarden.alerts.stream import AlertStream  # noqa: E402 - needs Django to be set up
from platewarden.site.bodies import with_whole_form  # noqa: E402 - likewise
from platewarden.transparency.memory import ROOT, PortalMemory  # noqa: E402 - likewise

alert_stream = AlertStream()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request or lifespan event."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/events":
        await alert_stream(scope, receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(ROOT) and scope["method"] == "GET":
        await portal(scope, receive, send)
    elif scope["type"] == "http":
        await _serve(scope, receive, send)


async def _serve(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        receive = await with_whole_form(scope["path"], receive)
    except TimeoutError:
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 408, "headers": headers})
        await send({"type": "http.response.body", "body": b"The form did not arrive in time: send it again."})
        return
    await _console(scope, receive, send)


portal = PortalMemory(_serve)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await alert_stream.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            await alert_stream.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
