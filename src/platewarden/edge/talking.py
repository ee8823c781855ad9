"""How a device talks to its server: every request signed, the time learnt from answers, a revocation proved."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import httpx

from platewarden.edge import signed
from platewarden.edge.clock import Clock
from platewarden.edge.identity import Identity
from platewarden.edge.upload import UnreachableError, UploadError
from platewarden.ledger.checkpoint import Note, NoteError, SignerKey, VerifierKey

ROOT: Final = "/api/v1/device"
_TIMEOUT_S: Final = 30.0


class RevokedError(Exception):
    """The server has revoked this device, and proved that it is the server."""


class StrangerError(UploadError):
    """The server does not know this device, or not this key."""


class Line:
    """The line of one device to its server."""

    def __init__(
        self, identity: Identity, clock: Clock, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        """Speak as *identity* over *transport*, by default the network; *clock* learns the time from answers."""
        self._identity, self._clock = identity, clock
        self._client = httpx.Client(
            base_url=identity.server, timeout=_TIMEOUT_S, trust_env=False, transport=transport
        )

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def ask(self, method: str, path: str, body: Any = None, *, etag: str = "") -> httpx.Response:
        """Return the server's answer to a signed request below `ROOT`.

        Raises:
            UnreachableError: It does not answer, or cannot now.
            RevokedError: It has revoked this device.
            StrangerError: It does not know this device.
        """
        content = b"" if body is None else json.dumps(body).encode()
        answer = self._send(method, ROOT + path, content, etag)
        if (
            answer.status_code == httpx.codes.UNAUTHORIZED
        ):  # perhaps for the time alone, which is known by now
            answer = self._send(method, ROOT + path, content, etag)
        return self._checked(answer)

    @contextmanager
    def asking(self, method: str, path: str, *, etag: str = "") -> Iterator[httpx.Response]:
        """Give the server's answer to a signed request, to be read piece by piece.

        Raises:
            UnreachableError, RevokedError, StrangerError: As `ask`; the first also when the answer breaks off.
        """
        self.ask("GET", "/time")  # the clock is right then, and the request will not be repeated
        headers = self._headers(method, ROOT + path, b"", etag)
        try:
            with self._client.stream(method, ROOT + path, headers=headers) as answer:
                if answer.status_code >= httpx.codes.BAD_REQUEST:
                    answer.read()
                    self._checked(answer)
                yield answer
        except httpx.TransportError as error:
            raise UnreachableError(f"the server cannot be reached ({type(error).__name__})") from error

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise StrangerError("the server does not know this device, or not by this key: enrol it anew")
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise UnreachableError(f"the server answers {answer.status_code}")
        self._check_revocation(answer)
        return answer

    def _send(self, method: str, path: str, content: bytes, etag: str) -> httpx.Response:
        headers = self._headers(method, path, content, etag)
        asked = self._clock.running()
        try:
            answer = self._client.request(method, path, content=content, headers=headers)
        except httpx.TransportError as error:
            raise UnreachableError(f"the server cannot be reached ({type(error).__name__})") from error
        self._note_time(answer, asked)
        return answer

    def _headers(self, method: str, path: str, content: bytes, etag: str) -> dict[str, str]:
        at, device = int(self._clock.now()), self._identity.device
        digest = signed.body_digest(content)
        text = signed.request_text(device=device, method=method, path=path, at=at, body=digest)
        blob = base64.urlsafe_b64encode(base64.b64decode(signed.sign(text, self._identity.key))).decode()
        headers = {"Authorization": f"Device {device}.{at}.{blob}", "Content-Type": "application/json"}
        headers |= {"Content-Digest": signed.digest_header(digest)} if content else {}
        return headers | ({"If-None-Match": etag} if etag else {})

    def _note_time(self, answer: httpx.Response, asked: float) -> None:
        said = answer_facts(answer).get("now")
        if isinstance(said, str):
            self._clock.learn(datetime.fromisoformat(said).timestamp(), asked=asked)

    def _check_revocation(self, answer: httpx.Response) -> None:
        note = answer_facts(answer).get("revocation") if answer.status_code == httpx.codes.FORBIDDEN else None
        if isinstance(note, str) and is_revocation(note, self._identity):
            raise RevokedError


def is_revocation(note: str, identity: Identity) -> bool:
    """Whether *note* is the server's word that *identity* is revoked."""
    try:
        parsed = Note.parse(note)
        parsed.verify([identity.server_key])
    except NoteError:
        return False
    return parsed.text.startswith(f"{signed.REVOCATION}\ndevice {identity.device}\n")


def enrol(server: str, code: str, *, transport: httpx.BaseTransport | None = None) -> Identity:
    """Make a key, have the server at *server* take it for the one-time *code*, and return who the device is now.

    Raises:
        UnreachableError: The server does not answer.
        UploadError: It refuses the code, or does not answer as it should.
    """
    key = SignerKey.generate("enrolling")
    public = key.verifier.public
    body = {
        "code": code,
        "key": public.hex(),
        "proof": signed.sign(signed.enrolment_text(code=code, public=public), key),
    }
    try:
        with httpx.Client(timeout=_TIMEOUT_S, trust_env=False, transport=transport) as client:
            answer = client.post(f"{server}{ROOT}/enrol", json=body)
    except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise UnreachableError(f"{server}: cannot be reached ({type(error).__name__})") from error
    facts = answer_facts(answer)
    if answer.status_code != httpx.codes.CREATED:
        said = facts.get("message", f"it answers {answer.status_code}: is it Platewarden's?")
        raise UploadError(f"the server refused: {said} {facts.get('remedy', '')}".strip())
    named = key.encode().removeprefix("PRIVATE+KEY+").split("+", 2)[2]
    private = VerifierKey(facts["key_name"], public)
    return Identity(
        server=server,
        device=facts["device"],
        cameras=tuple(facts["cameras"]),
        key=SignerKey.parse(f"PRIVATE+KEY+{private.name}+{private.key_hash.hex()}+{named}"),
        server_key=VerifierKey.parse(facts["server_key"]),
    )


def renew_key(identity: Identity, line: Line) -> Identity:
    """Make a new key, have the server take it in place of the one in use, and return the identity that has it.

    Raises:
        UploadError: The server does not take it; the old one stays.
    """
    fresh = SignerKey.generate(identity.key.name)
    public = fresh.verifier.public
    proof = signed.sign(signed.succession_text(device=identity.device, public=public), fresh)
    answer = line.ask("POST", "/key", {"key": public.hex(), "proof": proof})
    if answer.status_code != httpx.codes.OK:
        raise UploadError(f"the server did not take the new key: it answers {answer.status_code}")
    return replace(identity, key=fresh)


def answer_facts(answer: httpx.Response) -> dict[str, Any]:
    """Return the object that *answer* holds; empty if it holds none, as a proxy's own pages do."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
