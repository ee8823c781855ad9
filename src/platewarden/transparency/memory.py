"""The portal's answers in the server's own memory: made by Django once a second at most, then handed out as they are.

Whoever reads the portal gets the same bytes, cookie or none; so they need neither a thread nor the database. What is
published is public within a second: an answer older than that is made anew, by one request, while others still get it.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

from platewarden.transparency.texts import language_asked

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ROOT: Final = "/transparency/"
PAGES: Final = frozenset(
    ROOT + name for name in ("", "en/", "es/", "data.json", "data.csv", "checkpoint.txt")
)
FRESH_SECONDS: Final = 1.0
MOST: Final = 64
"""Answers kept: hosts and schemes are part of what they go by, and anybody can name hosts."""

_OF_THE_READER: Final = frozenset({b"if-none-match", b"if-modified-since", b"range", b"cookie"})
_Key = tuple[str, str, str, bytes, bytes]


@dataclass
class Kept:
    """One answer: its head as the server interface takes it, its body, and when it was made."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    tag: bytes
    made_at: float


@dataclass
class PortalMemory:
    """Serves the portal from memory in front of *application*, which makes the answers."""

    application: Application
    kept: dict[_Key, Kept] = field(default_factory=dict)
    making: set[_Key] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of the portal; whatever is not plainly the same for all goes to the application."""
        if scope["method"] != "GET" or scope["path"] not in PAGES or scope.get("query_string"):
            await self.application(scope, receive, send)
            return
        key = _key(scope)
        known = self.kept.get(key)
        is_stale = known is None or time.monotonic() - known.made_at > FRESH_SECONDS
        if is_stale and (known is None or key not in self.making):
            known = await self._made(key, scope, receive, send)
        if known is not None:
            await _answer(known, scope, send)

    async def _made(self, key: _Key, scope: Scope, receive: Receive, send: Send) -> Kept | None:
        """Have the application answer, and keep that if it is meant for all; other answers are passed on."""
        self.making.add(key)
        try:
            messages: list[Message] = []

            async def take(message: Message) -> None:
                messages.append(message)

            headers = [pair for pair in scope["headers"] if pair[0] not in _OF_THE_READER]
            await self.application({**scope, "headers": headers}, receive, take)
        finally:
            self.making.discard(key)
        made = _kept_of(messages)
        if made is None:
            self.kept.pop(key, None)
            for message in messages:
                await send(message)
            return None
        if len(self.kept) >= MOST:
            self.kept.clear()
        self.kept[key] = made
        return made


def _key(scope: Scope) -> _Key:
    """Return what the answer depends on: the address, the language asked for where it decides, host and scheme."""
    said = dict(scope["headers"])
    asked = said.get(b"accept-language", b"").decode("latin-1")
    language = language_asked(asked) if scope["path"] == ROOT else ""
    host, forwarded = said.get(b"host", b""), said.get(b"x-forwarded-proto", b"")
    return scope["path"], language, str(scope.get("scheme", "")), host, forwarded


def _kept_of(messages: list[Message]) -> Kept | None:
    """Return the answer in *messages*, if it is whole, public and sets nothing in anybody's browser."""
    if not messages or messages[0].get("status") != 200:  # noqa: PLR2004 - OK
        return None
    headers = [(bytes(name).lower(), bytes(value)) for name, value in messages[0]["headers"]]
    said = dict(headers)
    if (
        b"set-cookie" in said
        or b"etag" not in said
        or not said.get(b"cache-control", b"").startswith(b"public")
    ):
        return None
    body = b"".join(message.get("body", b"") for message in messages[1:])
    headers = [pair for pair in headers if pair[0] not in {b"content-length", b"transfer-encoding"}]
    return Kept(headers, body, said[b"etag"], time.monotonic())


async def _answer(known: Kept, scope: Scope, send: Send) -> None:
    """Send *known*, or say that the reader has it."""
    tags = dict(scope["headers"]).get(b"if-none-match", b"")
    if known.tag in (tag.strip().removeprefix(b"W/") for tag in tags.split(b",")):
        headers = [pair for pair in known.headers if pair[0] != b"content-type"]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    length = (b"content-length", str(len(known.body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [*known.headers, length]})
    await send({"type": "http.response.body", "body": known.body})
