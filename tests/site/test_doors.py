"""The table of roles and actions is what the program does: every address is tried as every role."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from platewarden.accounts.models import Agency, RoleGrant, User
from platewarden.policy.actor import Role
from platewarden.policy.doors import DOORS, Open, rights_page, roles_for
from platewarden.policy.location import policy_folder
from platewarden.site.clock import utc_now
from tests.cast import Cast, give_authenticators, train
from tests.conftest import NOW
from tests.sharing import scenes

pytestmark = pytest.mark.clause("USE-1")

_VALUES = {
    "UUIDConverter": uuid.UUID(int=0),
    "IntConverter": 999_999,
    "MonthConverter": date.min,
    "SlugConverter": "nothing-of-the-kind",
    "StringConverter": "nothing",
    "PathConverter": "NotificationInfo/TollgateInfo",
}


def views(resolver: Any = None, space: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every address of the program: its name, and values for its arguments that name nothing."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from views(entry, inner)
        else:
            arguments = {
                name: _VALUES[type(converter).__name__]
                for name, converter in entry.pattern.converters.items()
            }
            yield f"{space}{entry.name}", arguments


def test_every_view_has_a_rule_and_every_rule_a_view() -> None:
    """A new view without a rule fails here."""
    assert {name for name, _ in views()} == set(DOORS)


def test_the_page_on_rights_is_as_generated() -> None:
    """docs/reference/rights.md says what the rules say."""
    page = policy_folder().parent / "docs" / "reference" / "rights.md"
    assert page.read_text(encoding="utf-8") == rights_page()


def with_agreement(cast: Cast) -> Agency:
    """A partner agency with an agreement in force: only there is somebody a guest."""
    agency, now = scenes.enter(cast), utc_now()
    scenes.agree(cast, agency, now=now, begins_at=now, ends_at=now + timedelta(days=9))
    return agency


@pytest.fixture
def somebody(cast: Cast, client: Client, request: pytest.FixtureRequest) -> Client:
    """Somebody trained, of one role alone, signed in."""
    role = request.param
    agency = with_agreement(cast) if role is Role.GUEST else cast.agency
    user = User.objects.create(agency=agency, username=f"one-{role}", full_name="One", created_at=NOW)
    RoleGrant.objects.create(user=user, role=role, granted_at=NOW, granted_by="tests")
    train(user, now=NOW)
    give_authenticators(user)
    client.force_login(user)
    return client


def answers(client: Client, name: str, arguments: dict[str, Any]) -> dict[str, int]:
    """How the program answers both kinds of request; a live session stays."""
    url = reverse(name, kwargs=arguments)
    return {"get": client.get(url).status_code, "post": client.post(url).status_code}


@pytest.mark.django_db
@pytest.mark.parametrize(("somebody", "role"), [(role, role) for role in Role], indirect=["somebody"])
def test_a_role_gets_through_exactly_the_doors_that_the_table_opens(somebody: Client, role: Role) -> None:
    """Others are refused or find nothing; where a page needs no object, those whom the table names are not refused."""
    wrong = []
    for name, arguments in views():
        door = DOORS[name]
        if isinstance(door, Open):
            continue
        got = answers(somebody, name, arguments)
        if role not in roles_for(door) and not set(got.values()) <= {403, 404, 405}:
            wrong.append(f"{name}: {role} got {got}, and the table does not open it")
        if role in roles_for(door) and not arguments and 403 in got.values():
            wrong.append(f"{name}: {role} got {got}, and the table opens it")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_without_a_session_only_the_way_in_is_open(cast: Cast, client: Client) -> None:
    """Every other address leads to the sign-in page, whatever the request."""
    for name, arguments in views():
        if DOORS[name] in {Open.PUBLIC, Open.TOLD, Open.DEVICE, Open.HOLDER}:
            continue
        url = reverse(name, kwargs=arguments)
        for answer in (client.get(url), client.post(url)):
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith(reverse("account_login")), name
