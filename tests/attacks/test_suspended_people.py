"""Somebody whose roles are suspended acts through what they left behind, or comes back sooner than was decided."""

import json
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from platewarden.accounts.actors import roles_of
from platewarden.accounts.models import RoleGrant, User
from platewarden.accounts.suspending import suspend
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from platewarden.sharing import suspending
from platewarden.sharing.models import Suspension
from platewarden.site.channel import CHANNEL
from platewarden.site.clock import utc_now
from tests.cast import Cast
from tests.sharing import scenes

DAY = timedelta(days=1)


def suspended_until(cast: Cast, name: str) -> datetime | None:
    """Until when somebody's roles are suspended, as the database has it."""
    return User.objects.get(pk=cast.people[name].pk).suspended_until


@pytest.mark.django_db
@pytest.mark.clause("AUD-1")
def test_a_shorter_suspension_does_not_end_a_longer_one(cast: Cast) -> None:
    """Two findings about one person: whichever is carried out last, the longer counts, and the ledger says so."""
    now, una = utc_now(), cast.actor("una")
    for days in (30, 3):
        suspend(user=cast.ivan, until=now + days * DAY, actor=una)
    assert suspended_until(cast, "ivan") == now + 30 * DAY
    said = [
        body.content["details"]["until"]
        for body in LedgerBody.objects.filter(leaf__kind=Kind.ROLES_SUSPENDED)
    ]
    assert set(said) == {(now + 30 * DAY).isoformat()}
    suspend(user=cast.ivan, until=now + 60 * DAY, actor=una)
    assert suspended_until(cast, "ivan") == now + 60 * DAY


@pytest.mark.clause("AUD-1")
def test_an_open_stream_of_alerts_hears_of_the_suspension(
    fresh_database: str, cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    """It is told to look at who sits there at once, and not at its next beat."""
    owner_connection.autocommit = True
    owner_connection.execute(f"LISTEN {CHANNEL}")
    suspend(user=cast.ivan, until=utc_now() + DAY, actor=cast.actor("una"))
    told = [json.loads(notice.payload) for notice in owner_connection.notifies(timeout=60, stop_after=1)]
    assert told == [{"event": "access", "agency": cast.agency.pk, "user": str(cast.ivan.pk)}]


@pytest.mark.django_db
@pytest.mark.clause("SHR-4")
class TestLetting:
    """Letting sharing go on after a report of misuse, where one of the two must be the Undersheriff or the Sheriff."""

    @pytest.fixture
    def proposed(self, cast: Cast) -> Suspension:
        """A suspension that followed a report, which the Sheriff has proposed to lift."""
        now = utc_now()
        agency = scenes.enter(cast, now=now)
        placed = suspending.suspend_for(
            agency, because="Decided.", follows_report=True, actor=cast.actor("una"), now=now
        )
        suspending.ask_to_lift(suspension=placed, because="Cleared up.", actor=cast.actor("sol"), now=now)
        return placed

    @pytest.mark.parametrize("change", ["suspended", "closed", "ended"])
    def test_the_word_of_a_sheriff_who_is_none_any_more_does_not_count(
        self, cast: Cast, proposed: Suspension, change: str
    ) -> None:
        """A designee whose time is over, who is suspended or gone: an administrator would decide alone."""
        now = utc_now()
        if change == "suspended":
            suspend(user=cast.sol, until=now + DAY, actor=cast.actor("una"))
        elif change == "closed":
            User.objects.filter(pk=cast.sol.pk).update(is_active=False)
        else:
            RoleGrant.objects.filter(user=cast.sol).update(ends_at=now - timedelta(seconds=1))
        with pytest.raises(PolicyRefusal, match="one of the two"):
            suspending.lift(suspension=proposed, actor=cast.actor("ada"), now=now)
        suspending.lift(suspension=proposed, actor=cast.actor("una"), now=now)

    def test_while_the_sheriff_is_one_the_administrator_confirms(
        self, cast: Cast, proposed: Suspension
    ) -> None:
        """One of the two is the Sheriff: that is what the clause asks for."""
        suspending.lift(suspension=proposed, actor=cast.actor("ada"), now=utc_now())
        proposed.refresh_from_db()
        assert proposed.lifted_by == cast.ada


@pytest.mark.django_db
@pytest.mark.clause("AUD-1")
def test_suspended_people_have_no_role_for_others_to_go_by(cast: Cast) -> None:
    """Nobody is named administrator, or to answer for others, by a role that is suspended."""
    suspend(user=cast.sue, until=utc_now() + DAY, actor=cast.actor("una"))
    sue = User.objects.get(pk=cast.sue.pk)
    assert roles_of(sue, now=utc_now()) == frozenset()
    assert roles_of(sue, now=utc_now() + 2 * DAY) == {Role.SUPERVISOR}
