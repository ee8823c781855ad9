"""The demo's invented past: entries on the ledger that say what they invent, and when it is imagined to have happened.

The ledger's own time is never forged. Each entry carries an imagined time in its body; the last one of a load says how
many searches it invented of each period, so that a report on them can be counted as a real one is.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.auditing.facts import PersonFact, QueryFact, ShiftFact, Window
from platewarden.auditing.finding import signals_of
from platewarden.halfyears.material import Ended, Loads, Material, Person, Refusal, Reviewed, Search
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy.halfyears import Period
from platewarden.policy.hits import ActionTaken, Finding

Said = Mapping[str, Any]


def invented_periods() -> dict[str, int]:
    """Return how many searches were invented of each period, by its name; empty where nothing was."""
    counts: dict[str, int] = {}
    for _, said in _entries("count"):
        for name, count in said["searches"].items():
            counts[name] = counts.get(name, 0) + count
    return counts


def gather_invented(period: Period, *, now: datetime) -> Material:
    """Return the material of a report on the invented activity of *period*."""
    zone = ZoneInfo(owning_agency().time_zone)
    begins_at, ends_at = period.begins_at(zone), period.ends_at(zone)
    found = [
        (entry, said)
        for entry, said in _entries()
        if "at" in said and begins_at <= datetime.fromisoformat(said["at"]) < ends_at
    ]
    of = {what: [one for one in found if one[1]["what"] == what] for what in _KINDS}
    searches = _searches(of["search"])
    known = [said for _, said in _entries("person") if datetime.fromisoformat(said["at"]) < ends_at]
    window = Window(
        begins_at=begins_at,
        focus_from=begins_at,
        ends_at=ends_at,
        queries=[search.fact for search in searches],
        people=list(_facts(known).values()),
        shifts=[shift for said in known for shift in _shifts(said)],
        zone=zone,
    )
    return Material(
        period=period,
        zone=zone,
        on_ledger=invented_periods().get(period.name, 0),
        searches=searches,
        signals=signals_of(window, parameters=parameters_at(now)),
        people={said["by"]: Person(said["by"], said["name"], said["role"]) for said in known},
        refusals=[_refusal(entry, said) for entry, said in of["refusal"]],
        ended=[_ended(entry, said) for entry, said in of["alert"]],
        reviews=[_review(said) for _, said in of["review"]],
        loads=[Loads(said["list"], said["loads"], said["longest"], said["limit"]) for _, said in of["load"]],
        is_invented=True,
    )


_KINDS: Final = ("search", "refusal", "alert", "review", "load")


def _entries(what: str = "") -> Iterator[tuple[int, Said]]:
    bodies = LedgerBody.objects.filter(leaf__kind=Kind.INVENTED).order_by("pk")
    for body in bodies.iterator():
        said = body.content["details"]
        if not what or said["what"] == what:
            yield body.pk, said


def _searches(entries: list[tuple[int, Said]]) -> list[Search]:
    salt = secrets.token_bytes(16)
    found = []
    for entry, said in entries:
        plate = said["plate"]
        fact = QueryFact(
            entry=entry,
            asked_by=said["by"],
            asked_at=datetime.fromisoformat(said["at"]),
            purpose=said["purpose"],
            reason=said["reason"],
            case_number=said["case"],
            kind=said["kind"],
            vehicle=hashlib.sha256(salt + plate.encode()).hexdigest()[:32] if plate else "",
            declared_by=said["declared_by"],
            is_canary=said["planted"],
            images=said["images"],
            copies=said["copies"],
            is_followed=said["followed"],
        )
        found.append(Search(fact, tuple(said["places"]), tuple(said["held_for"]), said["decision"]))
    return found


def _facts(known: Iterable[Said]) -> dict[str, PersonFact]:
    """Return everybody once, since when they were first there."""
    facts: dict[str, PersonFact] = {}
    for said in known:
        facts.setdefault(
            said["by"], PersonFact(said["by"], said["role"], datetime.fromisoformat(said["since"]))
        )
    return facts


def _shifts(said: Said) -> list[ShiftFact]:
    return [
        ShiftFact(said["by"], datetime.fromisoformat(begins), datetime.fromisoformat(ends))
        for begins, ends in said["shifts"]
    ]


def _refusal(entry: int, said: Said) -> Refusal:
    return Refusal(entry, datetime.fromisoformat(said["at"]), said["by"], said["clause"])


def _ended(entry: int, said: Said) -> Ended:
    return Ended(
        entry,
        datetime.fromisoformat(said["at"]),
        said["category"],
        Finding(said["finding"]),
        ActionTaken(said["action"]),
        said["basis"],
    )


def _review(said: Said) -> Reviewed:
    closed = said["closed_at"]
    return Reviewed(
        said["week"],
        datetime.fromisoformat(said["due_at"]),
        datetime.fromisoformat(closed) if closed else None,
        is_opened=True,
        marks=said["marks"],
    )
