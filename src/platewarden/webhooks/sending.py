"""One attempt to hand a message over: to addresses that may be reached alone, without following anybody elsewhere."""

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from threading import Timer
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from platewarden.policy.webhooks import Network, may_reach

STEP_SECONDS: Final = 8.0
"""How long one step may take: to connect, to be answered."""

TOTAL_SECONDS: Final = 20.0
"""How long an attempt may take in all, however slowly somebody answers."""


class DeliveryError(Exception):
    """A message was not taken; the text says why, and quotes nothing that the other side said."""


class _Pinned(http.client.HTTPSConnection):
    """A connection to an address that has been looked at, under the name whose certificate it must show."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=STEP_SECONDS, context=context)
        self._address, self._tls = address, context

    def connect(self) -> None:
        """Connect to the address, never to what the name resolves to by now."""
        plain = socket.create_connection((self._address, self.port), timeout=STEP_SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the text as far as somebody asked for it."""

    status: int
    text: str


def hand_over(
    url: str,
    body: str,
    headers: Mapping[str, str],
    *,
    networks: Sequence[Network],
    authority: str = "",
) -> None:
    """Post *body* to *url* and return once it was taken (any 2xx).

    Raises:
        DeliveryError: It was not taken: unreachable, refused, redirected, too slow, or not to be reached at all.
    """
    status = exchange(url, body, headers, networks=networks, authority=authority).status
    if not 200 <= status < 300:  # noqa: PLR2004 - what HTTP calls successful
        what = "a redirect, which is not followed" if 300 <= status < 400 else "no success"  # noqa: PLR2004
        raise DeliveryError(f"It answered {status}: {what}.")


def exchange(
    url: str,
    body: str,
    headers: Mapping[str, str],
    *,
    networks: Sequence[Network],
    authority: str = "",
    most_bytes: int = 0,
) -> Answer:
    """Post *body* to *url* and return what it answers, a refusal or redirect included.

    Args:
        url: An https address.
        body: What is posted.
        headers: What goes with it.
        networks: Networks that may be reached beside public addresses.
        authority: PEM file of certificates to trust beside the system's; empty for none.
        most_bytes: How much of the answer is read.

    Raises:
        DeliveryError: There is no answer: unreachable, too slow, or not to be reached at all.
    """
    parts = urlsplit(url)
    address = _resolved(parts, networks)
    trusted = _trust(authority)
    with closing(_Pinned(parts.hostname or "", parts.port or 443, address, trusted)) as connection:
        try:
            with _within(TOTAL_SECONDS, connection):
                connection.request("POST", _target(parts), body.encode(), dict(headers))
                response = connection.getresponse()
                return Answer(response.status, response.read(most_bytes).decode(errors="replace"))
        except ssl.SSLError as error:
            raise DeliveryError("Its certificate is not to be trusted, or it speaks no TLS.") from error
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryError(
                f"It cannot be reached or does not answer ({type(error).__name__})."
            ) from error


def _trust(authority: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if authority:
        try:
            context.load_verify_locations(cafile=authority)
        except (OSError, ssl.SSLError) as error:
            raise DeliveryError("The file that webhook_authority names cannot be read.") from error
    return context


def _resolved(parts: SplitResult, networks: Sequence[Network]) -> str:
    """Return an address to connect to; a name of which one address may not be reached is not trusted at all."""
    try:
        found: list[Any] = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise DeliveryError("Its name cannot be resolved.") from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not all(may_reach(ip_address(address), networks=networks) for address in addresses):
        raise DeliveryError(
            "Its name resolves to a network that is not public and that the operator has not opened."
        )
    return addresses[0]


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@contextmanager
def _within(seconds: float, connection: http.client.HTTPConnection) -> Iterator[None]:
    """Break the connection after *seconds*: each step has a limit of its own, and their number has none."""

    def break_off() -> None:
        if connection.sock:
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, break_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
