"""What every page of the console knows: whose it is, who sits at it, and where they may go."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from platewarden.accounts import idle
from platewarden.accounts.actors import owning_agency
from platewarden.accounts.models import Agency, User
from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.doors import count_open
from platewarden.alerts.listeners import latest_position
from platewarden.duty.doors import muted_by, shift_of
from platewarden.duty.models import Shift
from platewarden.notices.doors import unread_of
from platewarden.policy.actor import Actor
from platewarden.policy.audiences import Priority
from platewarden.policy.decision import Decision
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ENTRIES, ActorRequest


class Group(StrEnum):
    """What places of the navigation have in common: what somebody comes for; the inbox stands by itself."""

    WORK = "Work"
    LISTS = "Lists and cameras"
    OVERSIGHT = "Oversight"
    ADMINISTRATION = "Administration"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A page one can go to from everywhere.

    Attributes:
        view: Name of its view.
        label: What the navigation calls it.
        right: What it takes to go there.
        key: Letter that leads there after ``g``; empty for none.
        group: Among which others it stands.
    """

    view: str
    label: str
    right: Right
    key: str = ""
    group: Group = Group.NONE


PLACES: Final = (
    Place("alerts:list", "Alerts", Right.SEE_ALERTS, "a", Group.WORK),
    Place("candidates:list", "Candidates", Right.SEE_CANDIDATES, "n", Group.WORK),
    Place("queries:ask", "Search", Right.ASK_QUERIES, "s", Group.WORK),
    Place("cases:list", "Cases", Right.SEE_CASES, "k", Group.WORK),
    Place("releases:list", "Releases", Right.SEE_RELEASES, "o", Group.WORK),
    Place("records:list", "Records requests", Right.SEE_RECORDS_REQUESTS, "q", Group.WORK),
    Place("hotlists:list", "Hotlists", Right.SEE_HOTLISTS, "h", Group.LISTS),
    Place("corrections:register", "False hits", Right.SEE_FALSE_HITS, "f", Group.LISTS),
    Place("cameras:list", "Cameras", Right.SEE_CAMERAS, "c", Group.LISTS),
    Place("ledger:list", "Ledger", Right.READ_LEDGER, "l", Group.OVERSIGHT),
    Place("audits:weeks", "Audits", Right.REVIEW_SEARCHES, "v", Group.OVERSIGHT),
    Place("compliance:clauses", "Policy", Right.SEE_COMPLIANCE, "p", Group.OVERSIGHT),
    Place("retention:ahead", "Retention", Right.SEE_RETENTION, "r", Group.OVERSIGHT),
    Place("halfyears:list", "Audit reports", Right.READ_AUDIT_REPORTS, "y", Group.OVERSIGHT),
    Place("teams:team", "Team", Right.SEE_TEAM, "t", Group.OVERSIGHT),
    Place("accounts:people", "People", Right.SEE_PEOPLE, "e", Group.ADMINISTRATION),
    Place("sharing:agencies", "Agencies", Right.SEE_AGENCIES, "x", Group.ADMINISTRATION),
    Place("sharing:use", "Your agency", Right.SEE_AGENCY_USE, "u", Group.ADMINISTRATION),
    Place("webhooks:show", "Webhooks", Right.MANAGE_WEBHOOKS, "w", Group.ADMINISTRATION),
    Place("notices:inbox", "Inbox", Right.READ_NOTICES, "i"),
)
"""The places of each group one after the other, as the navigation shows them."""

GROUPED_FROM: Final = 10
"""From how many places on the navigation names its groups; fewer are seen at a glance."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A place as the navigation shows it to one person on one page."""

    label: str
    url: str
    key: str
    is_current: bool
    counts_alerts: bool
    counts_notices: bool
    group: Group


class Console:
    """The console as one request sees it; what it takes from the database is fetched when a template asks."""

    def __init__(self, request: HttpRequest, *, now: datetime) -> None:
        """Look at *request* at the moment *now*."""
        self._request = request
        self.now = now

    @cached_property
    def _actor(self) -> Actor | None:
        actor = getattr(self._request, "actor", None)
        return actor if isinstance(getattr(self._request, "user", None), User) else None

    @cached_property
    def agency(self) -> Agency:
        """The agency that owns this installation; for its own people it is at hand already."""
        user = getattr(self._request, "user", None)
        return user.agency if isinstance(user, User) and user.agency.is_owner else owning_agency()

    @cached_property
    def time_zone(self) -> ZoneInfo:
        """The agency's time zone, in which all times are shown."""
        return ZoneInfo(self.agency.time_zone)

    @property
    def zone_name(self) -> str:
        """The abbreviation in force now, e.g. EST."""
        return self.now.astimezone(self.time_zone).strftime("%Z")

    @cached_property
    def keeps_hits_only(self) -> bool:
        """Whether reads that hit nothing are never stored, so that no search finds them."""
        return parameters_at(self.now).flag("retention.hit_only")

    @property
    def is_demo(self) -> bool:
        """Whether people, plates and cameras are invented."""
        return bool(settings.PLATEWARDEN_MODE == "demo")

    @cached_property
    def person(self) -> User | None:
        """Who is signed in."""
        user = getattr(self._request, "user", None)
        return user if isinstance(user, User) else None

    @property
    def is_partner(self) -> bool:
        """Whether the person is of a partner agency."""
        return self._actor is not None and self._actor.agency_id != self.agency.pk

    @property
    def roles(self) -> str:
        """The person's roles in force, in words."""
        return ", ".join(sorted(self._actor.roles)) if self._actor else ""

    @property
    def session(self) -> str:
        """A digest of the session: tells the browser when another shift begins."""
        return self._actor.session if self._actor else ""

    @cached_property
    def is_locked(self) -> bool:
        """Whether the console waits for its person's password."""
        return self._actor is not None and idle.is_locked(cast("ActorRequest", self._request))

    @cached_property
    def idle_minutes(self) -> int:
        """After how long without anybody at it the console locks; nought on a terminal that is exempt."""
        if self._actor and idle.is_exempt(cast("ActorRequest", self._request), now=self.now):
            return 0
        return int(parameters_at(self.now).minutes("accounts.idle_lock_minutes").total_seconds() // 60)

    @cached_property
    def hears_alerts(self) -> bool:
        """Whether new alerts are told to this person, by sight and by sound."""
        actor = self._actor
        return actor is not None and self._has_second_factor and may(actor, Right.SEE_ALERTS).allowed

    @property
    def _has_second_factor(self) -> bool:
        return bool(self._request.session.get("second_factor"))

    @property
    def training(self) -> Decision | None:
        """Why plate data is closed to this person; None while it is open, or where nobody is signed in."""
        actor = self._actor
        return None if actor is None or actor.training.allowed else actor.training

    @cached_property
    def navigation(self) -> list[Destination]:
        """The places this person may go to."""
        actor = self._actor
        if actor is None or self.is_locked or not self._has_second_factor:
            return []
        allowed = [place for place in PLACES if may(actor, place.right).allowed]
        return [found for place in allowed if (found := self._destination(place))]

    @property
    def names_groups(self) -> bool:
        """Whether there are so many places that the navigation names their groups."""
        return len(self.navigation) >= GROUPED_FROM

    def _destination(self, place: Place) -> Destination | None:
        try:
            url = reverse(place.view)
        except NoReverseMatch:
            return None
        is_current = self._request.path.startswith(
            url
        )  # by address: witnesses are looked at below the ledger
        counts = (place.right is Right.SEE_ALERTS, place.right is Right.READ_NOTICES)
        return Destination(place.label, url, place.key, is_current, *counts, place.group)

    @cached_property
    def shift(self) -> Shift | None:
        """The shift this person is on; None when they are off duty."""
        return shift_of(self._actor, now=self.now) if self._actor else None

    @property
    def muted(self) -> list[str]:
        """Priorities that this person has muted for now."""
        return sorted(muted_by(self.shift, now=self.now))

    @property
    def muted_until(self) -> datetime | None:
        """Until when; None when nothing is muted."""
        return self.shift.muted_until if self.shift and self.muted else None

    @property
    def muted_words(self) -> str:
        """What is muted, in words that a time follows."""
        is_all = Priority.NORMAL in self.muted
        return f"Alerts of {'normal and low' if is_all else 'low'} priority are silent until"

    @cached_property
    def open_alerts(self) -> int:
        """How many alerts that are told to this person still have no disposition."""
        if not self.hears_alerts or self._actor is None:
            return 0
        return count_open(self._actor, now=self.now)

    @cached_property
    def unread_notices(self) -> int:
        """How many notices in this person's inbox they have not read yet."""
        return unread_of(self._actor).count() if self._actor is not None else 0

    @cached_property
    def entries(self) -> list[int]:
        """Numbers of the ledger entries that this person's last deed and this page have made, newest last."""
        if self._actor is None or self.is_locked:
            return []
        before = self._request.session.pop(ENTRIES, [])
        return [*before, *getattr(self._request, "entries", [])][-5:]

    @cached_property
    def live_position(self) -> int:
        """Where the live connection goes on from: the entry with which an alert changed last."""
        return latest_position(self._actor.agency_id) if self.hears_alerts and self._actor else 0


def console(request: HttpRequest) -> dict[str, Console]:
    """Return the context of every page: `console`."""
    return {"console": Console(request, now=utc_now())}
