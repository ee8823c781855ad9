"""The one list of who states duties: each chapter says what is due about it, here everything stands together."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from platewarden.accounts import overseeing
from platewarden.accounts.actors import owning_agency_id
from platewarden.accounts.models import RoleGrant
from platewarden.adoption import duties as adoption
from platewarden.adoption.in_force import parameters_at
from platewarden.audits import duties as audits
from platewarden.backups import duties as backups
from platewarden.calibration import duties as calibration
from platewarden.cameras import duties as cameras
from platewarden.cases import duties as cases
from platewarden.corrections import duties as corrections
from platewarden.halfyears import duties as halfyears
from platewarden.hotlists import duties as hotlists
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty, DutyState, state_of
from platewarden.records import duties as records
from platewarden.releases import duties as releases
from platewarden.retention import duties as retention
from platewarden.sharing import duties as sharing
from platewarden.training import duties as training
from platewarden.transparency import duties as transparency


@dataclass(frozen=True, slots=True)
class Source:
    """One chapter that states duties.

    Attributes:
        duties_at: Returns what is due about it at a moment.
        done_by: Kinds of ledger entries that show that one of them was done.
    """

    duties_at: Callable[[datetime], list[Duty]]
    done_by: tuple[Kind, ...]


SOURCES: Final = (
    Source(overseeing.duties_at, (Kind.ADMINISTRATOR_NAMED, Kind.USERS_REVIEWED)),
    Source(training.duties_at, (Kind.POLICY_REVIEWED, Kind.TRAINING_PASSED, Kind.BULLETIN_ACKNOWLEDGED)),
    Source(adoption.duties_at, (Kind.PARAMETER_ADOPTED,)),
    Source(cameras.duties_at, (Kind.CAMERA_APPROVED, Kind.STATEMENT_SIGNED, Kind.STATEMENT_DECLINED)),
    Source(hotlists.duties_at, (Kind.HOTLIST_LOADED,)),
    Source(calibration.duties_at, (Kind.CALIBRATION_RUN,)),
    Source(cases.duties_at, (Kind.HOLD_LIFTED, Kind.HOLD_EXPIRED)),
    Source(
        corrections.duties_at,
        (
            Kind.SUPPRESSION_CONFIRMED,
            Kind.SUPPRESSION_LIFTED,
            Kind.CORRECTION_ANSWERED,
            Kind.COMPLAINT_ANSWERED,
        ),
    ),
    Source(
        releases.duties_at,
        (Kind.RELEASE_PREPARED, Kind.RELEASE_APPROVED, Kind.RELEASE_DENIED, Kind.RELEASE_ACKNOWLEDGED),
    ),
    Source(records.duties_at, (Kind.RECORDS_ANSWERED,)),
    Source(sharing.duties_at, (Kind.AGREEMENT_OPENED,)),
    Source(
        audits.duties_at,
        (Kind.AUDIT_CLOSED, Kind.AUDIT_MARKED, Kind.AUDIT_EXPLAINED, Kind.AUDIT_REMEDY_DONE),
    ),
    Source(retention.duties_at, (Kind.PURGE_AUTHORISED,)),
    Source(backups.duties_at, (Kind.BACKUP_MADE, Kind.BACKUP_CHECKED)),
    Source(halfyears.duties_at, (Kind.AUDIT_REPORT_SIGNED, Kind.AUDIT_REPORT_RECEIVED)),
    Source(transparency.duties_at, (Kind.FIGURES_REVIEWED, Kind.FIGURES_PUBLISHED, Kind.PORTAL_CHECKED)),
)
"""Whoever states duties stands here; a test looks for a `duties_at` that does not."""

DONE_BY: Final = tuple(kind for source in SOURCES for kind in source.done_by)


@dataclass(frozen=True, slots=True)
class Line:
    """One duty with how it stands and who can do it.

    Attributes:
        duty: The duty.
        state: How it stands now.
        people: Names of those who owe it, in order; empty where nobody holds the role.
    """

    duty: Duty
    state: DutyState
    people: tuple[str, ...]

    @property
    def is_nobodys(self) -> bool:
        """Whether nobody can do it: that is worse than late."""
        return not self.people

    @property
    def why_nobody(self) -> str:
        """Why nobody can, in words that end a sentence."""
        if self.duty.person_id:
            return "whoever owed it has no role any more"
        return f"nobody holds the role {self.duty.owner}"


def duties_at(now: datetime) -> list[Duty]:
    """Return everything that is due, overdue first, then what is unknown, then by the day."""
    return in_order((duty for source in SOURCES for duty in source.duties_at(now)), now)


def in_order(duties: Iterable[Duty], now: datetime) -> list[Duty]:
    """Return *duties*, overdue first and the longest of them on top, then unknown ones, then by the day."""

    def place(duty: Duty) -> tuple[int, datetime, str]:
        rank = 1 if duty.due_at is None else 0 if duty.due_at <= now else 2
        return rank, duty.due_at or now, duty.what

    return sorted(duties, key=place)


def lines_of(duties: Iterable[Duty], now: datetime) -> list[Line]:
    """Return *duties* in their order, each with how it stands and who owes it."""
    parameters, holders = parameters_at(now), holders_at(now)
    by_id = {person_id: name for several in holders.values() for person_id, name in several.items()}
    return [
        Line(duty, state_of(duty, parameters=parameters, now=now), _people_of(duty, holders, by_id))
        for duty in duties
    ]


def _people_of(duty: Duty, holders: dict[Role, dict[str, str]], by_id: dict[str, str]) -> tuple[str, ...]:
    if duty.person_id:
        return (by_id[duty.person_id],) if duty.person_id in by_id else ()
    return tuple(sorted(holders[duty.owner].values()))


def holders_at(now: datetime) -> dict[Role, dict[str, str]]:
    """Return who holds each role at *now*, of those with an open account: account ids and names."""
    found: dict[Role, dict[str, str]] = defaultdict(dict)
    grants = RoleGrant.objects.filter(
        withdrawn_at=None, user__is_active=True, user__agency_id=owning_agency_id()
    )
    for role, ends_at, user_id, name in grants.values_list("role", "ends_at", "user_id", "user__full_name"):
        if ends_at is None or ends_at > now:
            found[Role(role)][str(user_id)] = name
    return found
