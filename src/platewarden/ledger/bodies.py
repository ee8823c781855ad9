"""The body of an entry as canonical JSON: who did what to what, from where, how it came out (CJIS AU-3)."""

import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor, ActorKind

JSON = str | int | float | bool | None | Sequence["JSON"] | Mapping[str, "JSON"]

MOST_BYTES = 65_536
_REFUSED: Final = frozenset({"refused", "denied", "rejected"})
_FAILED: Final = frozenset({"failed", "abandoned", "overdue"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry to be appended.

    Attributes:
        kind: What it records.
        actor: Who did it.
        subject: What it was done to, as ``type:id``; never a plate.
        outcome: How it came out: ``done``, ``refused``, ``failed`` or a word of the kind's own.
        details: Further facts; read ids, never the plates found.
    """

    kind: Kind
    actor: Actor
    subject: str = ""
    outcome: str = "done"
    details: Mapping[str, JSON] = field(default_factory=dict)

    def body(self) -> str:
        """Return the body as canonical JSON.

        Raises:
            ValueError: It is too long, or holds a number that JSON cannot.
            TypeError: The details hold something JSON cannot.
        """
        text = canonical_json(
            {
                "actor": actor_facts(self.actor),
                "subject": self.subject,
                "outcome": self.outcome,
                "result": result_of(self.outcome),
                "details": self.details,
            }
        )
        if len(text.encode()) > MOST_BYTES:
            raise ValueError(
                f"details: a {self.kind} entry may have {MOST_BYTES} bytes; keep a digest or a count"
            )
        return text


def result_of(outcome: str) -> str:
    """Return what *outcome* comes to, in one of three words: ``done``, ``refused`` or ``failed`` (CJIS AU-3)."""
    if outcome in _REFUSED:
        return "refused"
    return "failed" if outcome in _FAILED else "done"


def place_of(actor: Actor) -> str:
    """Return from where *actor* asked: the address of the request, or the account and terminal of this machine."""
    if actor.address or actor.kind is not ActorKind.SYSTEM:
        return actor.address
    return _this_terminal()


@cache
def _this_terminal() -> str:
    try:
        terminal = os.ttyname(sys.stdin.fileno())
    except (OSError, ValueError, AttributeError):
        terminal = "no terminal"
    return f"this machine, account {os.geteuid()}, {terminal}"


def canonical_json(value: JSON) -> str:
    """Return *value* in the one form the ledger writes: keys sorted, no spaces, UTF-8 unescaped.

    Characters that PostgreSQL or UTF-8 cannot hold (NUL, lone surrogates) become U+FFFD, so that what someone
    types into a form can never keep an entry from being written.

    Raises:
        ValueError: A number is not finite.
        TypeError: Something in it has no JSON form, or a key is not a string.
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _writable(value)
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(member) for key, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(member) for member in value]
    raise TypeError(f"details: a {type(value).__name__} has no JSON form; say it as text or a number")


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(f"details: {number} is not a number that JSON can hold")
    return number


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"details: the key {key!r} is not a string")
    return _writable(key)


def _writable(text: str) -> str:
    return text.replace("\0", "�").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def actor_facts(actor: Actor) -> dict[str, JSON]:
    """Return what an entry says about *actor*."""
    return {
        "kind": actor.kind.value,
        "id": actor.id,
        "name": actor.name,
        "agency": actor.agency_id,
        "roles": sorted(actor.roles),
        "address": place_of(actor),
        "session": actor.session,
    }
