"""A stage for the console's scripts: a few pages on a loopback port, and alerts at the test's command."""

import json
import mimetypes
import queue
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.staticfiles import finders
from django.template import engines

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
ROW = (
    '<tr data-alert="{0}" data-number="{0}"><td><a data-open href="/alerts/{0}/">{0}</a></td>'
    "<td>{% status alert %}</td></tr>"
)
LIST = """{% extends "site/base.html" %}{% block title %}Alerts{% endblock %}{% block main %}<h1>Alerts</h1>
<label>Filter <input data-search></label>
<table class="data"><caption class="visually-hidden">Alerts</caption><thead><tr><th scope="col">Number</th>
<th scope="col">Standing</th></tr></thead><tbody data-alerts-list data-list>ROWS</tbody></table>
<p data-alerts-older hidden>The oldest lines are no longer on it.</p>
<form method="post" action="/away/"><button class="button" data-confirm="Really?">Withdraw</button></form>
{% endblock %}"""
OTHER = """{% extends "site/base.html" %}{% block title %}Cameras{% endblock %}
{% block main %}<h1>Cameras</h1>{% endblock %}"""
UNVERIFIED = SimpleNamespace(verified_at=None, disposed_at=None)


def row(number: int) -> str:
    """Return the template of one line of the list."""
    return ROW.replace("{0}", str(number))


PAGES = {"/alerts/": LIST.replace("ROWS", row(12) + row(11)), "/cameras/": OTHER, "/duty/": OTHER}


def console(here: str) -> SimpleNamespace:
    """Return what the base template asks of the console, for a dispatcher at *here*."""
    places = (("Alerts", "/alerts/", "a"), ("Cameras", "/cameras/", "c"))
    return SimpleNamespace(
        agency=SimpleNamespace(name="Tamarack County Sheriff's Office"),
        person=SimpleNamespace(full_name="Dee Dispatcher"),
        navigation=[
            SimpleNamespace(label=label, url=url, key=key, is_current=url == here, counts_alerts=key == "a")
            for label, url, key in places
        ],
        is_demo=True,
        roles="dispatcher",
        session="s1",
        idle_minutes=30,
        is_locked=False,
        hears_alerts=True,
        shift=SimpleNamespace(areas=[]),
        muted_until=None,
        open_alerts=2,
        live_position=12,
        now=NOW,
        zone_name="EST",
        time_zone=ZoneInfo("America/New_York"),
    )


class Stage(ThreadingHTTPServer):
    """Serves the pages, the static files and `/events`; notes after which position each console asked to go on."""

    daemon_threads = True

    def __init__(self) -> None:
        self.listeners: list[queue.Queue[str]] = []
        self.asked_after: list[int] = []
        self.is_cut = False
        self.open_alerts = 2
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        """Where the stage is to be found."""
        return f"http://127.0.0.1:{self.server_port}"

    def tell(self, kind: str, number: int, priority: str = "normal", sound: str | None = None) -> None:
        """Send an event to every console; it sounds as its priority says, unless *sound* says otherwise."""
        facts = {"number": number, "alert": str(number), "priority": priority}
        data = json.dumps(facts | {"sound": priority if sound is None else sound})
        self._send(f"id: {number}\nevent: {kind}\ndata: {data}\n\n")

    def cut(self) -> None:
        """Break every live connection, and refuse new ones."""
        self.is_cut = True
        self._send("")

    def mend(self) -> None:
        """Take connections again."""
        self.is_cut = False

    def _send(self, text: str) -> None:
        for listener in list(self.listeners):
            listener.put(text)


class _Handler(BaseHTTPRequestHandler):
    server: Stage

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is given
        """Keep quiet."""

    def do_GET(self) -> None:
        """Answer with a page, a file or the stream."""
        path = self.path.partition("?")[0]
        if path == "/events":
            self.server.asked_after.append(
                int(self.headers.get("Last-Event-ID") or self.path.partition("=")[2])
            )
            self._stream()
        elif path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            self._answer(Path(str(found)).read_bytes(), mimetypes.guess_type(path)[0] or "text/plain")
        elif path == "/alerts/count/":
            self._answer(str(self.server.open_alerts).encode(), "text/plain")
        elif path.startswith("/alerts/rows/"):
            self._answer(_render(row(int(path.split("/")[3])), path), "text/html")
        elif path in PAGES:
            self._answer(_render(PAGES[path], path), "text/html; charset=utf-8")
        else:
            self._answer(b"", "text/html", status=204)

    def _answer(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Security-Policy", POLICY)):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        if self.server.is_cut:
            self._answer(b"", "text/plain", status=503)
            return
        events: queue.Queue[str] = queue.Queue()
        self.server.listeners.append(events)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        text = "retry: 200\nevent: ready\ndata: {}\n\n"
        while text:
            self.wfile.write(text.encode())
            text = events.get()
        self.server.listeners.remove(events)


def _render(source: str, path: str) -> bytes:
    template = engines["django"].from_string(source)
    return template.render({"console": console(path), "alert": UNVERIFIED}).encode()
