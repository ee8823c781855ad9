"""A year of the invented agency's past, with misuse planted in its last half-year, and the report on that.

Nothing of it is said to be real. Each thing is an entry of its own kind on the ledger, whose body says what it invents
and when that is imagined to have happened; the ledger's time is that of loading. No account, alert or list is made.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from platewarden.accounts.actors import owning_agency, system_actor
from platewarden.adoption.in_force import parameters_at
from platewarden.auditing.invented import History
from platewarden.auditing.scenarios import invented_history
from platewarden.auditing.weeks import Week
from platewarden.halfyears.actions import build_report, check_report, sign_report
from platewarden.halfyears.invented import Said
from platewarden.halfyears.models import AuditReport
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.policy.audits import review_due_at
from platewarden.policy.halfyears import Period
from platewarden.policy.hits import ActionTaken, Finding
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import Parameters

SEED: Final = 1793
WEEKS: Final = 52
_AT_ONCE: Final = 2000
_PLACES: Final = ("Northern district", "Lakeside", "Route 13")
_CLAUSES: Final = ("QRY-1", "QRY-1", "QRY-1", "USE-4", "USE-5")
_GIVEN: Final = (
    *("Adair", "Blair", "Carey", "Devon", "Ellis", "Finley", "Gale", "Harper", "Indigo", "Jules"),
    *("Kit", "Lane", "Marlow", "Noel", "Oakley", "Perry", "Quinn", "Reese", "Shay", "Tatum"),
)
_FAMILY: Final = (
    *("Abbott", "Birch", "Coe", "Drury", "Eames", "Foss", "Grady", "Hobbs", "Ivory", "Jarvis"),
    *("Keene", "Lowry", "Mercer", "Nash", "Orcutt", "Pell", "Rusk", "Stroud", "Teague", "Vance"),
)
_CONCLUSION: Final = (
    "The searches on the first page under 1 are put before the Undersheriff for an inquiry: one vehicle and two others "
    "again and again, with nothing recorded after. The other persons named are asked to explain. Stops that followed "
    "false hits are taken up with the supervisors; the late weekly reviews were for want of a second auditor."
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded: how many entries, and the report on the last half-year."""

    entries: int
    report: AuditReport


def load_year(*, auditor: Actor, now: datetime) -> Loaded:
    """Load the invented year before *now*, and let *auditor* draw up, conclude and sign the report on its half-year."""
    period = _last_period(now)
    entries = _load(period, now=now)
    report = build_report(period=period, actor=auditor, now=now)
    check_report(report=report, conclusion=_CONCLUSION, actor=auditor, now=now)
    return Loaded(entries, sign_report(report=report, actor=auditor, now=now))


def _last_period(now: datetime) -> Period:
    parameters, today = parameters_at(now), now.astimezone(_zone()).date()
    present = Period.containing(today, parameters=parameters)
    return Period.containing(present.begins_on - timedelta(days=1), parameters=parameters)


def _zone() -> ZoneInfo:
    return ZoneInfo(owning_agency().time_zone)


def _load(period: Period, *, now: datetime) -> int:
    """Put everything on the ledger, some thousand entries at once; return how many there were."""
    parameters, zone = parameters_at(now), _zone()
    said = [one for history in _histories(period, now) for one in _told(history, Random(SEED), parameters)]
    periods: Counter[str] = Counter()
    for one in said:
        if one["what"] == "search":
            day = datetime.fromisoformat(str(one["at"])).astimezone(zone).date()
            periods[Period.containing(day, parameters=parameters).name] += 1
    said.append({"what": "count", "searches": dict(periods)})
    actor = system_actor("demo")
    drafts = [ledger.Draft(kind=Kind.INVENTED, actor=actor, details=one) for one in said]
    with transaction.atomic():
        for place in range(0, len(drafts), _AT_ONCE):
            ledger.append_many(drafts[place : place + _AT_ONCE])
    return len(drafts)


def _histories(period: Period, now: datetime) -> Iterator[History]:
    """Yield ordinary work before and after *period*, and in it work with misuse among it; whole weeks."""
    first = Week.of(now - timedelta(weeks=WEEKS)).next.begins_at
    begins = Week.of(period.begins_at(_zone()) + timedelta(days=6)).begins_at
    ends = Week.of(period.ends_at(_zone())).begins_at
    for start, until, with_misuse in ((first, begins, False), (begins, ends, True), (ends, now, False)):
        weeks = (until - start) // timedelta(weeks=1)
        if weeks > 0:
            yield invented_history(seed=SEED, begins_at=start, weeks=weeks, with_misuse=with_misuse)


def _told(history: History, rng: Random, parameters: Parameters) -> Iterator[Mapping[str, JSON]]:
    yield from _people(history)
    yield from _searches(history, rng)
    yield from _others(history, rng, parameters)


def _people(history: History) -> Iterator[Mapping[str, JSON]]:
    for place, person in enumerate(history.people):
        name = f"{_GIVEN[place % len(_GIVEN)]} {_FAMILY[(place * 7 + place // len(_GIVEN)) % len(_FAMILY)]}"
        since = history.begins_at + timedelta(weeks=person.joins_week or -WEEKS)
        own = [shift for shift in history.shifts if shift.person == person.id]
        yield {
            "what": "person",
            "at": history.begins_at.isoformat(),
            "by": _id(person.id),
            "name": f"{name} (invented)",
            "role": person.role,
            "since": since.isoformat(),
            "shifts": [[shift.started_at.isoformat(), shift.ended_at.isoformat()] for shift in own],
        }


def _searches(history: History, rng: Random) -> Iterator[Mapping[str, JSON]]:
    for query in history.queries:
        is_narrow = query.kind != "exact" or rng.random() < 0.35
        yield {
            "what": "search",
            "at": query.at.isoformat(),
            "by": _id(query.person),
            "plate": query.plate,
            "case": query.case_number,
            "reason": query.reason,
            "purpose": query.purpose,
            "kind": query.kind,
            "images": query.images,
            "copies": query.copies,
            "followed": query.is_followed,
            "declared_by": _id(history.declared[query.plate]) if query.plate in history.declared else "",
            "planted": query.plate in history.planted,
            "places": [rng.choice(_PLACES)] if is_narrow else [],
            "held_for": ["ground"] if query.scenario == "grounds" else [],
            "decision": "released" if query.scenario == "grounds" else "",
        }


def _others(history: History, rng: Random, parameters: Parameters) -> Iterator[Mapping[str, JSON]]:
    """Yield refused searches, alerts that ended, weekly reviews, and how current the lists were."""
    for nth in range(history.weeks):
        monday = history.begins_at + timedelta(weeks=nth)
        for _ in range(rng.randint(1, 4)):
            person = rng.choice(history.people)
            at = monday + timedelta(hours=rng.randrange(168))
            yield {
                "what": "refusal",
                "at": at.isoformat(),
                "by": _id(person.id),
                "clause": rng.choice(_CLAUSES),
            }
        for _ in range(rng.randint(8, 14)):
            yield _alert(monday + timedelta(hours=rng.randrange(168)), rng)
        yield _review(Week.of(monday), nth, rng, parameters)
    limit = parameters.hours("hotlist.max_age_hours").total_seconds() / 3600
    for name, longest in (("State extract (invented)", 61.5), ("County list (invented)", 20.0)):
        yield {
            "what": "load",
            "at": (history.begins_at + timedelta(weeks=1)).isoformat(),
            "list": name,
            "loads": 14 * history.weeks,
            "longest": longest,
            "limit": limit,
        }


def _alert(at: datetime, rng: Random) -> Mapping[str, JSON]:
    is_false = rng.random() < 0.07
    finding = (
        rng.choice((Finding.WRONG_CHARACTERS, Finding.STALE_ENTRY)) if is_false else Finding.CORRECT_READ
    )
    stopped = rng.random() < (0.12 if is_false else 0.3)
    action = ActionTaken.STOP if stopped else rng.choice((ActionTaken.LOCATED, ActionTaken.UNABLE))
    return {
        "what": "alert",
        "at": at.isoformat(),
        "category": rng.choice(
            (Category.STOLEN_VEHICLE, Category.STOLEN_PLATE, Category.WANTED_PERSON)
        ).value,
        "finding": finding.value,
        "action": action.value if stopped or not is_false else ActionTaken.NO_ACTION.value,
        "basis": "hit" if stopped else "",
    }


def _review(week: Week, nth: int, rng: Random, parameters: Parameters) -> Said:
    """Two weeks in eleven are closed late; the auditor was alone."""
    due = review_due_at(week.ends_at, parameters=parameters)
    closed = due + timedelta(days=5) if nth % 11 in {6, 7} else due - timedelta(days=2)
    questions = int(rng.random() < 0.2)
    return {
        "what": "review",
        "at": week.begins_at.isoformat(),
        "week": week.name,
        "due_at": due.isoformat(),
        "closed_at": closed.isoformat(),
        "marks": {"compliant": rng.randint(13, 17), **({"question": 1} if questions else {})},
    }


def _id(person: str) -> str:
    return f"invented-{person}"
