"""From the ledger to what the audit's reckoning looks at: searches, looks at their answers, and what followed.

The ledger alone says what was searched: the table of queries forgets within days. Plates are turned into opaque keys
here and go no further.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.accounts.models import RoleGrant
from platewarden.auditing.facts import PersonFact, QueryFact, ShiftFact, Window
from platewarden.audits.digests import PlateDigester
from platewarden.audits.models import DeclaredPlate, PlantedPlate
from platewarden.duty.models import Shift
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.actor import Role
from platewarden.policy.queries import QueryKind
from platewarden.policy.rights import RIGHTS, Right

ASKED: Final = (Kind.QUERY_ASKED, Kind.QUERY_HELD)
"""Entries with which a search begins."""

_LOOKS: Final = {Kind.IMAGE_OPENED: "images", Kind.QUERY_EXPORTED: "copies", Kind.QUERY_PRINTED: "copies"}
_FOLLOWS: Final = (
    *(Kind.HIT_PRESERVED, Kind.READ_TAKEN, Kind.HOLD_REQUESTED),
    *(Kind.REPORT_KEPT, Kind.EXPORT_ASKED, Kind.EXPORT_SETTLED),
)
"""Entries that name a case number and say that something was done for the case."""

_ROLES: Final = (Role.INVESTIGATOR, Role.SUPERVISOR, Role.OFFICER, Role.GUEST)
"""Whom somebody with several roles is compared with: the first of these that they hold."""

_WHOLE_PLATES: Final = frozenset({QueryKind.EXACT.value, QueryKind.NEAR.value})


@dataclass(frozen=True, slots=True)
class Searched:
    """What one entry says of a search; for pages, which show it after recording the look.

    Attributes:
        entry: Its number.
        at: The ledger's time.
        person: Account id of whoever asked; 0 where the entry's body has been erased.
        details: Purpose, reason, case, plate and so on; empty where erased.
    """

    entry: int
    at: datetime
    person: int
    details: Mapping[str, Any]


def searches_of(entries: Collection[int]) -> list[Searched]:
    """Return what the entries numbered *entries* say, oldest first; entries that are no searches are left out."""
    leaves = LedgerLeaf.objects.select_related("kept_body").filter(seq__in=entries, kind__in=ASKED)
    return [_searched(leaf) for leaf in leaves.order_by("seq")]


def _searched(leaf: LedgerLeaf) -> Searched:
    if leaf.body is None:
        return Searched(leaf.seq, leaf.at, 0, {})
    said = leaf.body.content
    return Searched(leaf.seq, leaf.at, int(said["actor"]["id"] or 0), said["details"])


def window_of(
    *, begins_at: datetime, focus_from: datetime, ends_at: datetime, known_until: datetime | None = None
) -> Window:
    """Return what is known of the searches from *begins_at* until *ends_at*, and of what followed them.

    Args:
        begins_at: Beginning of the look-back, aware.
        focus_from: From when on searches are under review.
        ends_at: The first moment that is no longer looked at.
        known_until: Until when what followed, and looks at the answers, are taken account of; *ends_at* if not given.
    """
    agency = owning_agency()
    looks = looks_at(begins_at, known_until or ends_at)
    followed = followed_cases(begins_at, known_until or ends_at)
    plates = _Plates(agency.pk, begins_at, ends_at)
    leaves = LedgerLeaf.objects.select_related("kept_body").filter(
        kind__in=ASKED, at__gte=begins_at, at__lt=ends_at
    )
    return Window(
        begins_at=begins_at,
        focus_from=focus_from,
        ends_at=ends_at,
        queries=[
            _fact(found, plates, looks, followed)
            for leaf in leaves.order_by("seq")
            if (found := _searched(leaf)).person
        ],
        people=people_at(ends_at),
        shifts=_shifts(begins_at, ends_at),
        zone=ZoneInfo(agency.time_zone),
    )


def _fact(
    found: Searched,
    plates: "_Plates",
    looks: Mapping[str, Counter[int]],
    followed: Mapping[str, int],
) -> QueryFact:
    said = found.details
    case = str(said.get("case", ""))
    plate = str(said.get("plate", "")) if said.get("kind") in _WHOLE_PLATES else ""
    known = plates.known(plate, found.at)
    return QueryFact(
        entry=found.entry,
        asked_by=str(found.person),
        asked_at=found.at,
        purpose=str(said.get("purpose", "")),
        reason=str(said.get("reason", "")),
        case_number=case,
        requested_by=str(said.get("requested_by", "")),
        kind=str(said.get("kind", "")),
        vehicle=known.key,
        declared_by=known.declared_by,
        is_canary=known.is_planted,
        images=looks["images"][found.entry],
        copies=looks["copies"][found.entry],
        is_followed=is_followed(case, found.entry, followed),
    )


def is_followed(case: str, entry: int, followed: Mapping[str, int]) -> bool:
    """Whether something was recorded under the number *case* after *entry*, by what `followed_cases` returned."""
    return followed.get(_case_key(case), -1) > entry


def _case_key(case: str) -> str:
    return "".join(case.split()).upper()


@dataclass(frozen=True, slots=True)
class _Known:
    key: str = ""
    declared_by: str = ""
    is_planted: bool = False


class _Plates:
    """What is known of plates, by digest: who has declared them, and which are planted."""

    def __init__(self, agency_id: int, begins_at: datetime, ends_at: datetime) -> None:
        self._digester = PlateDigester(agency_id)
        self._begins_at = begins_at
        declared = DeclaredPlate.objects.filter(agency_id=agency_id, declared_at__lt=ends_at)
        self._declared: dict[bytes, list[DeclaredPlate]] = defaultdict(list)
        for one in declared:
            self._declared[bytes(one.digest)].append(one)
        self._planted: dict[bytes, list[PlantedPlate]] = defaultdict(list)
        for each in PlantedPlate.objects.filter(agency_id=agency_id, planted_at__lt=ends_at):
            self._planted[bytes(each.digest)].append(each)

    def known(self, plate: str, at: datetime) -> _Known:
        """Return what was known of *plate* when it was searched."""
        digest = self._digester.digest_or_none(plate)
        if digest is None:
            return _Known()
        owner = next(
            (
                str(one.owner_id)
                for one in self._declared[digest]
                if one.declared_at <= at and (one.withdrawn_at is None or one.withdrawn_at > at)
            ),
            "",
        )
        is_planted = any(
            one.planted_at <= at and (one.lifted_at is None or one.lifted_at > at)
            for one in self._planted[digest]
        )
        return _Known(digest.hex()[:32], owner, is_planted)


def looks_at(begins_at: datetime, until: datetime) -> Mapping[str, Counter[int]]:
    """Return how many images were opened, and how many copies made, of the answer of each search, by its entry."""
    counts: dict[str, Counter[int]] = {name: Counter() for name in set(_LOOKS.values())}
    for kind, body in _bodies(list(_LOOKS), begins_at, until):
        counts[_LOOKS[kind]][int(body["details"].get("query_entry", -1))] += 1
    return counts


def followed_cases(begins_at: datetime, until: datetime) -> Mapping[str, int]:
    """Return the latest entry by which something followed, by case number."""
    latest: dict[str, int] = {}
    found = LedgerBody.objects.filter(leaf__kind__in=_FOLLOWS, leaf__at__gte=begins_at, leaf__at__lt=until)
    for body in found.select_related("leaf").order_by("pk"):
        said = body.content
        is_filed = body.leaf.kind != Kind.EXPORT_SETTLED or said["outcome"] == "in case"
        if is_filed and (case := _case_key(str(said["details"].get("case", "")))):
            latest[case] = body.pk
    return latest


def _bodies(
    kinds: Collection[Kind], begins_at: datetime, until: datetime
) -> Iterator[tuple[Kind, dict[str, Any]]]:
    found = LedgerBody.objects.filter(leaf__kind__in=kinds, leaf__at__gte=begins_at, leaf__at__lt=until)
    for body in found.select_related("leaf"):
        yield Kind(body.leaf.kind), body.content


def people_at(moment: datetime) -> list[PersonFact]:
    """Return everybody who could search at *moment*, or some time before it, with whom they are compared."""
    grants = RoleGrant.objects.filter(role__in=RIGHTS[Right.ASK_QUERIES], granted_at__lt=moment)
    roles: dict[int, set[str]] = defaultdict(set)
    since: dict[int, datetime] = {}
    for grant in grants.order_by("granted_at"):
        since.setdefault(grant.user_id, grant.granted_at)
        if grant.withdrawn_at is None or grant.withdrawn_at > moment:
            roles[grant.user_id].add(grant.role)
    return [
        PersonFact(str(user), next((role for role in _ROLES if role in roles[user]), "former"), began)
        for user, began in since.items()
    ]


def _shifts(begins_at: datetime, ends_at: datetime) -> list[ShiftFact]:
    touching = Shift.objects.filter(started_at__lt=ends_at, ends_at__gt=begins_at)
    return [
        ShiftFact(str(one.user_id), one.started_at, min(one.ended_at or one.ends_at, one.ends_at))
        for one in touching
    ]
