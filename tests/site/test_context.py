"""Where each person may go in the console."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from platewarden.accounts.models import User
from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.policy.decision import allow
from platewarden.site.context import PLACES, Console, Group
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> None:
    """Let every place have an address, whichever apps are installed."""
    settings.ROOT_URLCONF = "tests.site.addresses"


def console_for(*roles: Role, locked: bool = False, signed_in: bool = True) -> Console:
    """Return the console of somebody with *roles*."""
    actor = Actor(
        kind=ActorKind.PERSON,
        id="7",
        name="someone",
        agency_id=1,
        roles=frozenset(roles),
        training=allow("TRN-1"),
    )
    request: Any = SimpleNamespace(
        actor=actor,
        user=User(username="someone", full_name="Some One") if signed_in else None,
        session={"locked": locked, "second_factor": True},
        path="/hotlists/enter/",
    )
    return Console(request, now=NOW)


def labels(console: Console) -> list[str]:
    """Return what the navigation of *console* shows."""
    return [place.label for place in console.navigation]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.OFFICER, ["Alerts", "Search", "Cases", "Hotlists", "Cameras", "Policy", "Inbox"]),
        (Role.DISPATCHER, ["Alerts", "Hotlists", "Cameras", "Policy", "Inbox"]),
        (
            Role.AUDITOR,
            [
                *("Hotlists", "False hits", "Cameras", "Ledger", "Audits", "Policy", "Retention"),
                *("Audit reports", "People", "Agencies", "Inbox"),
            ],
        ),
        (
            Role.GUEST,
            ["Search", "Your agency", "Inbox"],
        ),
    ],
)
def test_navigation_shows_what_the_roles_allow(role: Role, expected: list[str]) -> None:
    """The navigation leads only where a person's roles let them go."""
    assert labels(console_for(role)) == expected


def test_navigation_marks_the_present_place() -> None:
    """The place one is at is marked."""
    assert [place.label for place in console_for(Role.OFFICER).navigation if place.is_current] == ["Hotlists"]


def test_locked_console_leads_nowhere() -> None:
    """A locked console offers no way to any page, and still hears alerts."""
    console = console_for(Role.OFFICER, locked=True)
    assert console.is_locked
    assert labels(console) == []
    assert console.hears_alerts


def test_stranger_sees_no_navigation_and_hears_no_alerts() -> None:
    """Somebody who has not signed in is shown no place and told no alert."""
    console = console_for(Role.OFFICER, signed_in=False)
    assert labels(console) == []
    assert not console.hears_alerts
    assert console.open_alerts == 0


def test_auditor_hears_no_alerts() -> None:
    """Whoever may not see alerts is not told of them either, by count, sight or sound."""
    console = console_for(Role.AUDITOR)
    assert not console.hears_alerts
    assert (console.open_alerts, console.live_position) == (0, 0)


def test_letters_of_the_places_differ() -> None:
    """Each place has a letter of its own, and none has that of the duty in the bar."""
    keys = ["d", *(place.key for place in PLACES)]
    assert len(set(keys)) == len(keys)


def test_places_of_a_group_stand_together() -> None:
    """Each group is there once, and the inbox stands by itself at the end."""
    groups = [group for group, _ in itertools.groupby(place.group for place in PLACES)]
    assert groups == list(Group)


def test_groups_are_named_where_there_are_many_places() -> None:
    """An officer's seven are seen at a glance; an auditor's eleven are not."""
    assert not console_for(Role.OFFICER).names_groups
    assert console_for(Role.AUDITOR).names_groups
