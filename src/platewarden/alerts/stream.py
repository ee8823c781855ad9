"""`/events`: alerts as server-sent events, one LISTEN connection a process.

An event carries identifiers only. Its id is the number of the ledger entry that records it: entries commit in the
order of their numbers, so a browser that comes back with ``Last-Event-ID`` is sent exactly what it missed: alerts that
were raised, and alerts that changed. Each console is told of what its person may know, and sounds for what concerns
them (`policy.audiences`).
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

import psycopg
from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection

from platewarden.alerts.hearing import heard
from platewarden.alerts.listeners import Ear, NotAllowedError, ear_of_session, latest_position, missed_by
from platewarden.policy.audiences import Priority
from platewarden.site.channel import CHANNEL

HEARTBEAT_SECONDS = 15.0
"""How long a console hears nothing at most; its session is looked at again as often."""

PING_SECONDS: Final = 20.0
RETRY_SECONDS: Final = 1.0
QUEUE_LENGTH: Final = 500

logger = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Event = dict[str, Any]


@dataclass(eq=False, slots=True)
class Listener:
    """One open console: who sits at it, what it has been sent, what waits for it, and whether it must catch up."""

    ear: Ear
    position: int
    is_behind: bool = True
    queue: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(maxsize=QUEUE_LENGTH))

    def put(self, event: Event | None) -> None:
        """Let *event* wait; a console that cannot keep up catches up from the database instead."""
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            self.is_behind = True

    def catch_up(self) -> None:
        """Wake the console and let it look for what it missed."""
        self.is_behind = True
        with contextlib.suppress(asyncio.QueueFull):
            self.queue.put_nowait(None)


class AlertStream:
    """The ASGI application behind `/events`."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._is_ending = False

    async def start(self) -> None:
        """Begin to listen to the database."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening to the database."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def let_go(self) -> None:
        """Send every console away, so that the server can stop; each comes back to the next one."""
        self._is_ending = True
        for listener in list(self._listeners):
            listener.catch_up()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one console until it goes away or its session ends."""
        if scope["method"] != "GET":
            await _answer(send, 405, "Listen with GET.")
            return
        cookie, address = _header(scope, b"cookie"), str((scope.get("client") or [""])[0])
        try:
            ear = await sync_to_async(ear_of_session)(cookie, address)
            latest = await sync_to_async(latest_position)(ear.actor.agency_id)
        except NotAllowedError:
            await _answer(send, 403, "Sign in with a role that sees alerts.")
            return
        except DatabaseError:
            await _answer(send, 503, "The database does not answer; try again.")
            return
        await self._serve(Listener(ear, _starting_point(scope, latest)), cookie, address, receive, send)

    async def _serve(
        self, listener: Listener, cookie: str, address: str, receive: Receive, send: Send
    ) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await _write(send, f"retry: 2000\nid: {listener.position}\nevent: ready\ndata: {{}}\n\n")
        gone = asyncio.create_task(_disconnected(receive))
        self._listeners.add(listener)
        try:
            await self._converse(listener, cookie, address, gone, send)
            await _write(send, "", more=False)
        except NotAllowedError:
            await _write(send, "event: ended\ndata: {}\n\n", more=False)
        except (DatabaseError, asyncio.CancelledError):
            # the database or the server stops: the browser comes back and is sent what it missed
            await _write(send, "", more=False)
        finally:
            self._listeners.discard(listener)
            gone.cancel()

    async def _converse(
        self, listener: Listener, cookie: str, address: str, gone: "asyncio.Task[None]", send: Send
    ) -> None:
        """Pass on what arrives; look at the session again at every beat, however busy the stream is."""
        clock = asyncio.get_running_loop().time
        beat_at = clock() + HEARTBEAT_SECONDS
        while not gone.done() and not self._is_ending:
            if listener.is_behind:
                await self._replay(listener, send)
            event = await _next(listener.queue, gone, seconds=beat_at - clock())
            if event:
                await _deliver(listener, event, send)
            if clock() >= beat_at or (event and event["event"] in {"duty", "access"}):
                listener.ear = await sync_to_async(ear_of_session)(cookie, address)
            if clock() >= beat_at:
                await _write(send, "event: beat\ndata: {}\n\n")
                beat_at = clock() + HEARTBEAT_SECONDS

    async def _replay(self, listener: Listener, send: Send) -> None:
        """Send everything after the last position sent, in its order."""
        listener.is_behind = False
        reached = -1
        while reached < listener.position:
            reached = listener.position
            missed, position = await sync_to_async(missed_by)(listener.ear, reached)
            for event in missed:
                await _deliver(listener, event, send)
            listener.position = max(listener.position, position)

    async def _listen(self) -> None:
        while True:
            try:
                await self._relay()
            except (psycopg.Error, OSError):
                logger.warning("the alert stream lost the database; trying again")
                await asyncio.sleep(RETRY_SECONDS)

    async def _relay(self) -> None:
        """Pass on what the database tells, until the connection fails; silence is probed."""
        async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as listening:
            await listening.execute(f"LISTEN {CHANNEL}")
            for listener in list(self._listeners):  # what was raised while nobody listened to the database
                listener.catch_up()
            while True:
                async for notice in listening.notifies(timeout=PING_SECONDS):
                    self._spread(json.loads(notice.payload))
                await listening.execute("SELECT 1")

    def _spread(self, event: Event) -> None:
        for listener in list(self._listeners):
            if event["agency"] == listener.ear.actor.agency_id and (told := heard(event, listener.ear)):
                listener.put(told)


_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_TOLD: Final = ("number", "alert", "priority", "notice", "kind")
_OF_DJANGO: Final = frozenset({"context", "cursor_factory", "prepare_threshold"})


def _parameters() -> dict[str, Any]:
    parameters = connection.get_connection_params()
    return {key: value for key, value in parameters.items() if key not in _OF_DJANGO}


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _starting_point(scope: Scope, latest: int) -> int:
    """Return the number after which to go on: the header of a browser that comes back, else ``?after=``."""
    after = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("after", [""])[0]
    for said in (_header(scope, b"last-event-id"), after):
        if said.isascii() and said.isdecimal():
            return min(int(said[:20]), latest)
    return latest


async def _next(
    queue: "asyncio.Queue[Event | None]", gone: "asyncio.Task[None]", *, seconds: float
) -> Event | None:
    """Return what arrives within *seconds*; None if nothing does, or the console has gone."""
    waiting = asyncio.create_task(queue.get())
    try:
        done, _ = await asyncio.wait(
            {waiting, gone}, timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED
        )
        return waiting.result() if waiting in done else None
    finally:
        waiting.cancel()


async def _deliver(listener: Listener, event: Event, send: Send) -> None:
    """Write *event*, unless the console has been sent it before; who is on duty is nobody else's business."""
    if (
        event["event"] in {"duty", "access"}
        or event.get("position", listener.position + 1) <= listener.position
    ):
        return
    listener.position = event.get("position", listener.position)
    data = json.dumps({key: event[key] for key in _TOLD if key in event} | _sound(event, listener.ear))
    await _write(send, f"id: {listener.position}\nevent: {event['event']}\ndata: {data}\n\n")


def _sound(event: Event, ear: Ear) -> dict[str, str]:
    """Return how loudly the console tells of *event*; empty where it is muted or says nothing new."""
    if event["event"] != "alert":
        return {}
    return {"sound": "" if Priority(event["priority"]) in ear.muted else event["priority"]}


async def _write(send: Send, text: str, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": more})


async def _answer(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await _write(send, text, more=False)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
