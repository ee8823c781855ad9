"""Serving the page: on the loopback address, to one browser, for one host name."""

import hmac
import json
import re
import secrets
import threading
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from platewarden.edge.unit.hits import Answer
from platewarden.edge.unit.page import rendering
from platewarden.edge.unit.page.rendering import Standing, page
from platewarden.edge.unit.unit import MobileUnit
from platewarden.site.secrets import private_folder

PORT: Final = 8422
CODE_FILE: Final = "page.code"
"""In the box's folder: what opens the page once, for a browser on the box; `platewarden edge page` says it."""

_HOSTS: Final = frozenset({"127.0.0.1", "localhost"})
_COOKIE: Final = "unit"
_HIT: Final = re.compile(r"/hits/([0-9]{1,12})/(plate|vehicle|answer)")
_MOST_BODY: Final = 1024
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class UnitServer(ThreadingHTTPServer):
    """The page of one unit."""

    daemon_threads = True

    def __init__(self, unit: MobileUnit, *, server: str, port: int = PORT) -> None:
        """Serve *unit*, whose server is *server*, on *port* of the loopback address; 0 takes any that is free.

        Raises:
            OSError: The port is taken.
        """
        super().__init__(("127.0.0.1", port), _Handler)
        self.unit, self.server_name_ = unit, server
        self.session = ""

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def start(self) -> threading.Thread:
        """Begin to serve, with a fresh code in the box's folder."""
        self.new_code()
        thread = threading.Thread(target=self.serve_forever, daemon=True, name="page")
        thread.start()
        return thread

    def new_code(self) -> str:
        """Write a fresh code, in place of any before, and return it."""
        code = secrets.token_hex(8)
        path = private_folder(self.unit.folder) / CODE_FILE
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(code)
        return code

    def redeem(self, code: str) -> str:
        """Return the session that *code* opens, ending any before; empty if it opens none. A code opens once."""
        try:
            known = (self.unit.folder / CODE_FILE).read_text()
        except OSError:
            return ""
        if not code or not hmac.compare_digest(code.strip().encode(), known.encode()):
            return ""
        self.new_code()
        self.session = secrets.token_hex(32)
        return self.session

    def standing(self) -> Standing:
        """Return how the unit stands."""
        unit, now = self.unit, self.unit.now()
        return Standing(
            unit.age(), unit.is_connected, unit.places.at(now) is not None, now, self.server_name_
        )


class _Handler(BaseHTTPRequestHandler):
    """One request; whatever is not listed here is not there."""

    server: UnitServer
    server_version = "Platewarden"
    sys_version = ""
    timeout = 10

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Say nothing: what is looked at in a car is no line of a log."""

    def do_GET(self) -> None:
        """Answer a request for something to look at."""
        if not self._is_for_us():
            return self._answer(HTTPStatus.FORBIDDEN, "Another host's name.")
        path, asked = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path.strip("/") in rendering.STATIC:
            name = path.strip("/")
            return self._answer(HTTPStatus.OK, rendering.static(name), kind=rendering.STATIC[name])
        if not self._is_known():
            return self._answer(HTTPStatus.FORBIDDEN, _GATE, kind="text/html; charset=utf-8")
        if path == "/":
            return self._show(asked.get("hit", [""])[0])
        if path == "/state":
            hits = self.server.unit.hits.latest(1)
            state = json.dumps({"latest": hits[0].number if hits else 0})
            return self._answer(HTTPStatus.OK, state, kind="application/json")
        return self._picture(path)

    def do_POST(self) -> None:
        """Answer a press of a button."""
        if not self._is_for_us() or self.headers.get("Sec-Fetch-Site", "same-origin") not in {
            "same-origin",
            "none",
        }:
            return self._answer(HTTPStatus.FORBIDDEN, "Another host's page.")
        said = self._body()
        if urlsplit(self.path).path == "/open":
            session = self.server.redeem(said.get("code", ""))
            if not session:
                return self._answer(HTTPStatus.FORBIDDEN, _GATE, kind="text/html; charset=utf-8")
            cookie = f"{_COOKIE}={session}; HttpOnly; SameSite=Strict; Path=/"
            return self._go_to("/", {"Set-Cookie": cookie})
        match = _HIT.fullmatch(urlsplit(self.path).path)
        if (
            not self._is_known()
            or match is None
            or match[2] != "answer"
            or said.get("answer") not in set(Answer)
        ):
            return self._answer(HTTPStatus.NOT_FOUND, "There is no such button.")
        unit = self.server.unit
        unit.hits.answer(int(match[1]), Answer(said["answer"]), now=unit.now())
        return self._go_to(f"/?hit={int(match[1])}", {})

    def _show(self, number: str) -> None:
        unit = self.server.unit
        hits = unit.hits.latest(20)
        waiting = [hit.number for hit in hits if hit.answer is None]
        chosen = int(number) if number.isascii() and number.isdigit() and len(number) < 12 else 0  # noqa: PLR2004
        wanted = chosen or (waiting[0] if waiting else 0)
        text = page(self.server.standing(), hits, unit.hits.shown(wanted) if wanted else None)
        self._answer(HTTPStatus.OK, text, kind="text/html; charset=utf-8")

    def _picture(self, path: str) -> None:
        match = _HIT.fullmatch(path)
        found = self.server.unit.hits.shown(int(match[1])) if match and match[2] != "answer" else None
        if match is None or found is None:
            return self._answer(HTTPStatus.NOT_FOUND, "There is no such page.")
        image = found[1].plate_image if match[2] == "plate" else found[1].vehicle_image
        return self._answer(HTTPStatus.OK, image, kind=_kind_of(image))

    def _body(self) -> dict[str, str]:
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isascii() and length.isdigit() else 0
        if size > _MOST_BODY:
            return {}
        text = self.rfile.read(size).decode("utf-8", "replace")
        return {name: values[0] for name, values in parse_qs(text).items()}

    def _is_for_us(self) -> bool:
        """Whether the browser asked for this host by its own name, not for one that somebody points here."""
        return self.headers.get("Host", "").rpartition(":")[0] in _HOSTS

    def _is_known(self) -> bool:
        try:
            cookies = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            return False
        held = cookies[_COOKIE].value if _COOKIE in cookies else ""
        return bool(self.server.session) and hmac.compare_digest(held.encode(), self.server.session.encode())

    def _go_to(self, place: str, headers: dict[str, str]) -> None:
        self._answer(HTTPStatus.SEE_OTHER, "", headers={"Location": place, **headers})

    def _answer(
        self,
        status: HTTPStatus,
        content: str | bytes,
        *,
        kind: str = "text/plain; charset=utf-8",
        headers: dict[str, str] | None = None,
    ) -> None:
        body = content.encode() if isinstance(content, str) else content
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _kind_of(image: bytes) -> str:
    if image.startswith(b"\x89PNG"):
        return "image/png"
    return "image/webp" if image[8:12] == b"WEBP" else "image/jpeg"


def code_of(folder: Path) -> str:
    """Return the code that opens the page of the box whose folder this is.

    Raises:
        OSError: No page is served from it, or it is another user's.
    """
    return (folder / CODE_FILE).read_text()


_GATE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Open the page on board · Platewarden</title><link rel="stylesheet" href="/unit.css"></head>
<body><main><h1>On board</h1><p>This page opens with the code that <code>platewarden edge page</code> says on this box.
A code opens one browser, and closes any before it.</p>
<form class="gate" method="post" action="/open"><label>Code <input name="code" autocomplete="off" autofocus></label>
<button>Open</button></form></main></body></html>
"""
