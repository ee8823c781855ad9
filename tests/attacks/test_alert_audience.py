"""Getting at alerts that are for others, silencing what must sound, and acting in somebody else's name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from platewarden.alerts.models import Alert
from platewarden.cameras.actions import add_area
from platewarden.duty.actions import start_shift
from platewarden.duty.models import Shift
from platewarden.notices.actions import tell
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.audiences import Audience
from platewarden.policy.notices import NoticeKind
from tests.alerts.scenes import entries, list_entry, pass_by
from tests.cast import Cast
from tests.conftest import NOW
from tests.telling import spoken

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]
VERIFIED = {"characters": "match", "state": "match", "status_check": "confirmed"}


@pytest.fixture(autouse=True)
def at_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the console's clock show the moment at which the tests play."""
    for module in ("alerts.views", "duty.views", "notices.views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


@pytest.fixture
def secret(cast: Cast) -> Alert:
    """An alert of the detectives, whose entry is for investigators alone."""
    list_entry(cast, NOW)
    alert = pass_by(cast, NOW)
    Alert.objects.update(audience=Audience(roles=frozenset({Role.INVESTIGATOR})).codes)
    return alert


@pytest.mark.clause("USE-1")
def test_an_alert_for_others_cannot_be_opened_by_its_id(cast: Cast, sign_in: SignIn, secret: Alert) -> None:
    """It looks like one that does not exist, on each of its addresses, and every attempt is on the ledger."""
    console = sign_in(cast.alice)
    page = f"/alerts/{secret.pk}/"
    answers = [console.get(page), console.get(f"/alerts/rows/{secret.pk}/")]
    answers += [console.post(f"{page}acknowledge/"), console.post(f"{page}verify/", VERIFIED)]
    answers += [console.post(f"{page}dispose/", {"finding": "correct_read", "action": "no_action"})]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert len(entries("object.missing")) == len(answers)
    for shown in ("open", "elsewhere", "mine", "all"):
        content = console.get(f"/alerts/?show={shown}").content
        assert str(secret.pk).encode() not in content
        assert "4821" not in spoken(content)
    secret.refresh_from_db()
    assert (secret.acknowledged_at, secret.verified_at, secret.disposed_at) == (None, None, None)
    assert sign_in(cast.ivan).get(page).status_code == 200
    assert sign_in(cast.sue).get(page).status_code == 200


@pytest.mark.clause("USE-1")
def test_the_number_of_open_alerts_does_not_betray_it(cast: Cast, sign_in: SignIn, secret: Alert) -> None:
    """Neither the count in the navigation nor the title of the page."""
    shown = sign_in(cast.alice).get("/hotlists/").content.decode()
    assert "(1)" not in shown
    assert "(1)" in sign_in(cast.ivan).get("/hotlists/").content.decode()


@pytest.mark.clause("QRY-2")
def test_looking_through_other_areas_row_by_row_leaves_traces(cast: Cast, sign_in: SignIn) -> None:
    """A row that a console was not told of is a look, and looks are on the ledger."""
    south = add_area(code="south", name="South", actor=cast.actor("ada"), now=NOW)
    north = add_area(code="north", name="North", actor=cast.actor("ada"), now=NOW)
    for name, area in (("alice", south), ("dee", north)):
        start_shift(areas=[area], ends_at=NOW + timedelta(hours=8), actor=cast.actor(name), now=NOW)
    list_entry(cast, NOW)
    alert = pass_by(cast, NOW)
    Alert.objects.update(areas=["north"])
    assert sign_in(cast.dee).get(f"/alerts/rows/{alert.pk}/").status_code == 200
    assert not entries("alerts.listed")
    assert sign_in(cast.alice).get(f"/alerts/rows/{alert.pk}/").status_code == 200
    (look,) = entries("alerts.listed")
    assert (look["actor"]["name"], look["details"]["alerts"]) == ("alice", [alert.number])


@pytest.mark.clause("HIT-1")
def test_high_priority_cannot_be_muted_by_hand(cast: Cast, sign_in: SignIn) -> None:
    """A request that the page does not offer is refused, recorded, and mutes nothing; so is a mute without end."""
    console = sign_in(cast.alice)
    console.post("/duty/start/", {"hours": "8"})
    for asked in ({"priority": "high", "minutes": "5"}, {"priority": "normal", "minutes": "600"}):
        assert console.post("/duty/mute/", asked).status_code == 403
    for asked in ({"priority": "normal", "minutes": "999999"}, {"priority": "all", "minutes": "5"}, {}):
        assert console.post("/duty/mute/", asked).status_code == 422
    shift = Shift.objects.get()
    assert (shift.muted, shift.muted_until) == ("", None)
    assert [entry["details"]["clause"] for entry in entries("request.refused")] == ["HIT-1", "HIT-1"]
    assert not entries("duty.muted")


@pytest.mark.clause("HIT-3", "ADM-3")
def test_nobody_takes_an_alert_in_anothers_name(cast: Cast, sign_in: SignIn) -> None:
    """Whatever a form says of who it is, the session says who it was."""
    list_entry(cast, NOW)
    alert = pass_by(cast, NOW)
    names = {"user": cast.dee.pk, "acknowledged_by": cast.dee.pk, "actor": "dee", "username": "dee"}
    sign_in(cast.alice).post(f"/alerts/{alert.pk}/acknowledge/", names)
    alert.refresh_from_db()
    assert alert.acknowledged_by == cast.alice
    assert [entry["actor"]["name"] for entry in entries("alert.acknowledged")] == ["alice"]


@pytest.mark.clause("ADM-3")
def test_nobody_signs_anothers_duty_on_or_off(cast: Cast, sign_in: SignIn) -> None:
    """Nor mutes for a colleague."""
    sign_in(cast.dee).post("/duty/start/", {"hours": "8"})
    console = sign_in(cast.alice)
    for address in ("/duty/end/", "/duty/start/", "/duty/mute/", "/duty/unmute/"):
        console.post(address, {"user": cast.dee.pk, "hours": "8", "priority": "normal", "minutes": "5"})
    shift = Shift.objects.get(user=cast.dee)
    assert (shift.ended_at, shift.muted) == (None, "")


@pytest.mark.clause("USE-1")
def test_notices_cannot_be_read_or_handled_by_counting(cast: Cast, sign_in: SignIn) -> None:
    """A supervisor's notice is nowhere for anybody else, and stays unhandled."""
    notice = tell(
        kind=NoticeKind.ALERT_UNDISPOSED,
        subject="alert:1",
        text="It waits.",
        to_role=Role.SUPERVISOR,
        now=NOW,
    )
    assert notice is not None
    for name in ("alice", "ada", "tom"):
        console = sign_in(getattr(cast, name))
        assert console.post(f"/inbox/{notice.pk}/handle/").status_code == 404
        assert "It waits." not in console.get("/inbox/").content.decode()
        assert "It waits." not in console.get("/inbox/?show=handled").content.decode()
    assert Notice.objects.get().handled_at is None
