"""What the page on the policy says of sharing and of reports of misuse, measured and never typed in."""

from datetime import timedelta
from typing import Any

import pytest

from platewarden.adoption.in_force import parameters_at
from platewarden.compliance.evidence import measure
from platewarden.compliance.figures import Evidence, Scene
from platewarden.policy.misuse import Concern
from platewarden.sharing import misuse, suspending
from tests.cast import Cast
from tests.conftest import NOW
from tests.sharing.scenes import Partner

pytestmark = pytest.mark.django_db


def said(cast: Cast, clause: str, now: Any = NOW) -> dict[str, Evidence]:
    """The figures of one clause by their labels."""
    scene = Scene(agency_id=cast.agency.pk, parameters=parameters_at(now), now=now)
    return {one.label: one for one in measure(scene)[clause]}


@pytest.mark.clause("SHR-1", "SHR-4")
def test_agreements_guests_and_suspensions_are_counted(cast: Cast, partner: Partner) -> None:
    """What is in force, who has access by it, and what is suspended since when."""
    before = said(cast, "SHR-1")
    assert (before["Agreements in force"].value, before["Guests who have access"].value) == ("1", "1")
    assert before["Agreements that fewer than two people opened"].tone == "good"
    suspending.suspend(agency=partner.agency, because="Misuse.", actor=cast.actor("una"), now=NOW)
    after = said(cast, "SHR-1")
    assert (after["Agreements in force"].value, after["Guests who have access"].value) == ("1", "0")
    shown = after["Sharing with Village of Hector Police"]
    assert (shown.value, shown.tone) == ("suspended", "warning")
    assert said(cast, "SHR-1", partner.version.ends_at)["Agreements in force"].value == "0"


@pytest.mark.clause("SHR-4")
def test_reports_that_wait_too_long_ask_for_somebody(cast: Cast, partner: Partner) -> None:
    """Not before their time is over."""
    misuse.report_misuse(
        agency=partner.agency,
        concern=Concern.PEOPLE,
        whom="",
        account="They ask too much.",
        actor=cast.actor("alice"),
        now=NOW,
    )
    late = "Reports of misuse not dealt with in time"
    assert said(cast, "SHR-4")[late].tone == "good"
    assert said(cast, "SHR-4", NOW + timedelta(days=3))[late].tone == "warning"
