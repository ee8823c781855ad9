"""Bodies of forms are waited for here, where waiting costs nothing, and not in one of the few threads."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from platewarden.site.limits import FORM_BYTES, most_bytes

FORM_SECONDS: Final = 20.0
"""How long a form may take to arrive; more than a slow line needs for its few hundred bytes."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


async def with_whole_form(path: str, receive: Receive) -> Receive:
    """Return what to receive from once the form sent to *path* has arrived.

    Where files or reads are taken nothing is waited for: those addresses look at who sends before they look at
    the body. A body that grows beyond what a form holds is passed on as far as it came, to be turned away.

    Raises:
        TimeoutError: It did not arrive in time.
    """
    if most_bytes(path) > FORM_BYTES:
        return receive
    message = await _arrived(receive)

    async def replay() -> Message:
        nonlocal message
        given, message = message, None
        return await receive() if given is None else given

    return replay


async def _arrived(receive: Receive) -> Message | None:
    body, is_more = bytearray(), True
    async with asyncio.timeout(FORM_SECONDS):
        while is_more and len(body) <= FORM_BYTES:
            part = await receive()
            if part["type"] != "http.request":
                return part
            body += part.get("body", b"")
            is_more = part.get("more_body", False)
    return {"type": "http.request", "body": bytes(body), "more_body": is_more}
