"""Everything a report is drawn up from, read at one moment: from the ledger, which alone says what was searched.

How many searches there are is counted by the ledger's leaves, which nobody can erase; which ones, by what was read of
their bodies. The two are compared before anything is drawn up.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.models import Alert
from platewarden.auditing.facts import QueryFact
from platewarden.auditing.finding import signals_of
from platewarden.audits.facts import ASKED, people_at, searches_of, window_of
from platewarden.cameras.models import Camera
from platewarden.halfyears.material import Ended, Loads, Material, Person, Refusal, Search
from platewarden.halfyears.reviewing import looked_at, open_at, reviews_of
from platewarden.hotlists.matching import max_age_of
from platewarden.hotlists.models import Hotlist
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.halfyears import Period
from platewarden.policy.hits import ActionTaken, Finding
from platewarden.policy.hotlists import Category

DRAWN: Final = "An area drawn on the map"

_COUNTED: Final = (
    ("Accounts made", (Kind.ACCOUNT_CREATED,)),
    ("Accounts closed", (Kind.ACCOUNT_DISABLED,)),
    ("Roles granted", (Kind.ROLE_GRANTED,)),
    ("Ways in shut after failures", (Kind.SIGN_IN_SHUT,)),
    ("Courses passed", (Kind.TRAINING_PASSED,)),
    ("Courses not passed", (Kind.TRAINING_NOT_PASSED,)),
    ("Bulletins acknowledged", (Kind.BULLETIN_ACKNOWLEDGED,)),
    ("Images of reads opened", (Kind.IMAGE_OPENED,)),
    ("Answers taken as a file or printed", (Kind.QUERY_EXPORTED, Kind.QUERY_PRINTED)),
    ("Copies of cases handed over", (Kind.EXPORT_RELEASED,)),
)
_OUTSIDE: Final = ("release.", "sharing.", "agreement.", "misuse.", "records.")
"""Kinds about what leaves the agency; each counts under its own description."""


def searches_on_ledger(begins_at: datetime, ends_at: datetime) -> int:
    """Return how many searches the ledger has of the time from *begins_at* until *ends_at*, by its leaves."""
    return LedgerLeaf.objects.filter(kind__in=ASKED, at__gte=begins_at, at__lt=ends_at).count()


def gather(period: Period, *, now: datetime) -> Material:
    """Return the material of the report on *period*.

    > AUD-2: All queries are audited twice a year
    """
    agency = owning_agency()
    zone = ZoneInfo(agency.time_zone)
    begins_at, ends_at = period.begins_at(zone), period.ends_at(zone)
    window = window_of(begins_at=begins_at, focus_from=begins_at, ends_at=ends_at, known_until=now)
    people = _people(window.queries, ends_at)
    return Material(
        period=period,
        zone=zone,
        on_ledger=searches_on_ledger(begins_at, ends_at),
        searches=_searches(window.queries, agency.pk),
        signals=signals_of(window, parameters=parameters_at(now)),
        people=people,
        refusals=list(_refusals(begins_at, ends_at)),
        ended=_ended(agency.pk, begins_at, ends_at),
        reviews=reviews_of(agency.pk, begins_at, ends_at, now=now),
        looked_at=looked_at(agency.pk, begins_at, ends_at),
        loads=_loads(agency.pk, begins_at, ends_at, now=now),
        counts=_counts(begins_at, ends_at),
        open=open_at(agency.pk, ends_at),
    )


def _people(queries: Sequence[QueryFact], ends_at: datetime) -> Mapping[str, Person]:
    roles = {fact.id: fact.role for fact in people_at(ends_at)}
    ids = {*roles, *(query.asked_by for query in queries)}
    names = dict(User.objects.filter(pk__in=[int(one) for one in ids]).values_list("pk", "full_name"))
    return {
        one: Person(one, names.get(int(one), f"account {one}"), roles.get(one, "former"))
        for one in sorted(ids, key=int)
    }


def _searches(facts: Sequence[QueryFact], agency_id: int) -> list[Search]:
    said = {found.entry: found.details for found in searches_of([fact.entry for fact in facts])}
    places = _places(agency_id)
    decisions = _decisions(min(said, default=0))
    return [
        Search(
            fact,
            _asked_of(said[fact.entry], places),
            tuple(str(reason) for reason in said[fact.entry].get("held_for", ())),
            decisions.get(fact.entry, ""),
        )
        for fact in facts
    ]


def _places(agency_id: int) -> Mapping[int, str]:
    cameras = Camera.objects.filter(agency_id=agency_id).select_related("area")
    return {camera.pk: camera.area.name if camera.area else camera.name for camera in cameras}


def _asked_of(details: Mapping[str, Any], places: Mapping[int, str]) -> tuple[str, ...]:
    if details.get("area"):
        return (DRAWN,)
    named = {places.get(camera, f"camera {camera}") for camera in details.get("cameras", ())}
    return tuple(sorted(named))


def _decisions(first: int) -> Mapping[int, str]:
    """Return what was decided of held searches, by the entry with which they were asked; from entry *first* on."""
    words = {Kind.QUERY_RELEASED: "released", Kind.QUERY_DENIED: "denied"}
    bodies = LedgerBody.objects.filter(leaf__kind__in=list(words), pk__gt=first).select_related("leaf")
    return {body.content["details"]["query_entry"]: words[Kind(body.leaf.kind)] for body in bodies}


def _refusals(begins_at: datetime, ends_at: datetime) -> Iterator[Refusal]:
    bodies = LedgerBody.objects.filter(
        leaf__kind=Kind.REQUEST_REFUSED, leaf__at__gte=begins_at, leaf__at__lt=ends_at
    )
    for body in bodies.select_related("leaf").order_by("pk"):
        said = body.content
        if said["details"].get("action") == "query.ask":
            yield Refusal(body.pk, body.leaf.at, str(said["actor"]["id"]), str(said["details"]["clause"]))


def _ended(agency_id: int, begins_at: datetime, ends_at: datetime) -> list[Ended]:
    alerts = Alert.objects.filter(
        agency_id=agency_id, disposed_at__gte=begins_at, disposed_at__lt=ends_at
    ).exclude(category=Category.CALIBRATION)
    return [
        Ended(
            alert.number,
            alert.raised_at,
            alert.category,
            Finding(alert.finding),
            ActionTaken(alert.action_taken),
            alert.basis,
        )
        for alert in alerts.order_by("number")
    ]


def _loads(agency_id: int, begins_at: datetime, ends_at: datetime, *, now: datetime) -> list[Loads]:
    """Return how current each list was kept; the longest wait counts from its first load in the period on."""
    until, parameters = min(ends_at, now), parameters_at(now)
    loaded: dict[str, list[datetime]] = defaultdict(list)
    bodies = LedgerBody.objects.filter(
        leaf__kind=Kind.HOTLIST_LOADED, leaf__at__gte=begins_at, leaf__at__lt=ends_at
    )
    for body in bodies.select_related("leaf").order_by("pk"):
        loaded[str(body.subject)].append(body.leaf.at)
    found = []
    for hotlist in Hotlist.objects.filter(agency_id=agency_id, is_manual=False).order_by("name"):
        if times := loaded.get(f"hotlist:{hotlist.pk}"):
            waits = [later - earlier for earlier, later in zip(times, [*times[1:], until], strict=True)]
            limit = max_age_of(hotlist, parameters=parameters)
            hours = [wait.total_seconds() / 3600 for wait in (max(waits), limit)]
            found.append(Loads(hotlist.name, len(times), *hours))
    return found


def _counts(begins_at: datetime, ends_at: datetime) -> Mapping[str, int]:
    kinds = LedgerLeaf.objects.filter(at__gte=begins_at, at__lt=ends_at).values_list("kind", flat=True)
    by_kind = Counter(kinds)
    counts = {label: sum(by_kind[kind] for kind in several) for label, several in _COUNTED}
    outside = [kind for kind in Kind if kind.value.startswith(_OUTSIDE) and by_kind[kind]]
    return counts | {kind.description.rstrip("."): by_kind[kind] for kind in outside}
