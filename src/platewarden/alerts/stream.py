"""`/events`: alerts as server-sent events, one LISTEN connection a process.

An event carries identifiers only. Its id is the alert's ledger number: ledger entries commit in the order of
their numbers, so a browser that comes back with ``Last-Event-ID`` is sent exactly what it missed.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections, connection
from django.http import HttpRequest

from platewarden.accounts.actors import actor_for
from platewarden.accounts.models import User
from platewarden.alerts.models import Alert
from platewarden.policy.accounts import Right, may

CHANNEL = "platewarden_alerts"
HEARTBEAT_SECONDS = 15.0
REPLAY_LIMIT = 200

logger = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


@dataclass(eq=False, slots=True)
class Listener:
    """One open console: what it has been sent, and what waits for it."""

    agency_id: int
    last_number: int
    queue: asyncio.Queue[dict[str, Any]] = field(default_factory=lambda: asyncio.Queue(maxsize=500))


class AlertStream:
    """The ASGI application behind `/events`."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen to the database."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening and let every console go."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one console until it goes away or its session ends."""
        cookie = _header(scope, b"cookie")
        agency_id = await _agency_of_session(cookie)
        if agency_id is None:
            await _refuse(send)
            return
        since = _header(scope, b"last-event-id")
        last = int(since) if since.isdigit() else await _latest_number(agency_id)
        listener = Listener(agency_id, last)
        self._listeners.add(listener)
        try:
            await self._serve(listener, cookie, receive, send)
        finally:
            self._listeners.discard(listener)

    async def _serve(self, listener: Listener, cookie: str, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await _write(send, f"retry: 2000\nid: {listener.last_number}\nevent: ready\ndata: {{}}\n\n")
        for missed in await _alerts_after(listener.agency_id, listener.last_number):
            await self._deliver(listener, missed, send)
        gone = asyncio.create_task(_disconnected(receive))
        try:
            while not gone.done():
                await self._next(listener, cookie, gone, send)
        except (_SessionEndedError, OSError):
            await _write(send, "event: ended\ndata: {}\n\n", more=False)
        finally:
            gone.cancel()

    async def _next(self, listener: Listener, cookie: str, gone: "asyncio.Task[None]", send: Send) -> None:
        waiting = asyncio.create_task(listener.queue.get())
        done, _ = await asyncio.wait({waiting, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if waiting in done:
            await self._deliver(listener, waiting.result(), send)
            return
        waiting.cancel()
        if gone not in done:
            if await _agency_of_session(cookie) is None:
                raise _SessionEndedError
            await _write(send, ": still here\n\n")

    async def _deliver(self, listener: Listener, event: dict[str, Any], send: Send) -> None:
        if event["event"] == "alert":
            if event["number"] <= listener.last_number:
                return
            listener.last_number = event["number"]
        data = json.dumps({key: event[key] for key in ("number", "alert", "priority")})
        await _write(send, f"id: {listener.last_number}\nevent: {event['event']}\ndata: {data}\n\n")

    async def _listen(self) -> None:
        while True:
            try:
                await self._relay()
            except psycopg.Error:
                logger.warning("the alert stream lost the database; trying again")
                await asyncio.sleep(1)

    async def _relay(self) -> None:
        parameters = connection.get_connection_params()
        allowed = {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if key in parameters}
        async with await psycopg.AsyncConnection.connect(**allowed, autocommit=True) as listening:
            await listening.execute(f"LISTEN {CHANNEL}")
            await self._catch_up()
            async for notice in listening.notifies():
                self._spread(json.loads(notice.payload))

    async def _catch_up(self) -> None:
        """Queue what was raised while nobody listened to the database."""
        for listener in list(self._listeners):
            for missed in await _alerts_after(listener.agency_id, listener.last_number):
                listener.queue.put_nowait(missed)

    def _spread(self, event: dict[str, Any]) -> None:
        for listener in list(self._listeners):
            if listener.agency_id == event["agency"]:
                try:
                    listener.queue.put_nowait(event)
                except asyncio.QueueFull:  # it will reconnect and be sent what it missed
                    self._listeners.discard(listener)


class _SessionEndedError(Exception):
    """The session behind a stream has ended."""


_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _write(send: Send, text: str, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": more})


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await _write(send, "Sign in with a role that sees alerts.", more=False)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@sync_to_async
def _agency_of_session(cookie_header: str) -> int | None:
    """Return the agency of the signed-in person who may see alerts, or None. A locked console still counts."""
    close_old_connections()
    try:
        cookie = SimpleCookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    request = HttpRequest()
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(cookie.value if cookie else None)
    user = get_user(request)
    if isinstance(user, User) and may(actor_for(user), Right.SEE_ALERTS).allowed:
        return user.agency_id
    return None


@sync_to_async
def _latest_number(agency_id: int) -> int:
    return Alert.objects.filter(agency_id=agency_id).values_list("number", flat=True).first() or 0


@sync_to_async
def _alerts_after(agency_id: int, number: int) -> list[dict[str, Any]]:
    missed = Alert.objects.filter(agency_id=agency_id, number__gt=number).order_by("-number")[:REPLAY_LIMIT]
    return [
        {"event": "alert", "number": alert.number, "alert": str(alert.pk), "priority": alert.priority}
        for alert in reversed(missed)
    ]
