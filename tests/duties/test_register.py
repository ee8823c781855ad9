"""Everything that people must do by a date stands in one register, and what stays undone goes up."""

import importlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import platewarden
from platewarden.accounts.actors import actor_for, system_actor
from platewarden.accounts.models import RoleGrant, User
from platewarden.accounts.overseeing import name_administrator
from platewarden.cameras.duties import duties_at as camera_duties
from platewarden.cameras.statements import (
    approve_statement,
    decline_statement,
    look_at_still,
    sign_statement,
)
from platewarden.duties import telling
from platewarden.duties.register import SOURCES, duties_at, lines_of
from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.doors import DOORS
from platewarden.policy.duties import Duty, DutyState, owes
from platewarden.policy.parameters import defaults
from tests.cameras.stage import picture
from tests.cast import Cast
from tests.conftest import NOW
from tests.corrections.test_complaints import complained

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The time that the register's pages see."""
    shown = [NOW]
    monkeypatch.setattr("platewarden.duties.views.utc_now", lambda: shown[0])
    return shown


def of(what: str, now: Any = NOW) -> Duty:
    """The one duty that begins so."""
    (found,) = [duty for duty in duties_at(now) if duty.what.startswith(what)]
    return found


def sign_anew(cast: Cast, at: Any = NOW) -> None:
    """Ada signs what the camera sees, and Max looks at it and approves."""
    statement = sign_statement(
        camera=cast.camera, text="The road only.", still=picture(), actor=cast.actor("ada"), now=at
    )
    look_at_still(statement=statement, actor=cast.actor("max"), now=at)
    approve_statement(statement=statement, actor=cast.actor("max"), now=at)


def notices(kind: str, what: str) -> set[str]:
    """Whom notices of a kind about a duty are for: roles and account ids."""
    found = Notice.objects.filter(kind=kind, text__startswith=what, handled_at=None)
    return {role or str(user) for role, user in found.values_list("to_role", "to_user")}


@pytest.mark.clause("AUD-1")
def test_every_module_that_states_duties_stands_in_the_one_list() -> None:
    """A chapter cannot forget to register: its `duties_at` is found by looking for it in the code."""
    root = Path(platewarden.__file__).parent
    found = {
        ".".join(("platewarden", *path.relative_to(root).with_suffix("").parts))
        for path in root.rglob("*.py")
        if "\ndef duties_at(" in path.read_text(encoding="utf-8")
    } - {"platewarden.duties.register"}
    assert {source.duties_at.__module__ for source in SOURCES} == found
    for name in found:
        assert importlib.import_module(name).duties_at in {source.duties_at for source in SOURCES}


@pytest.mark.clause("AUD-1")
def test_overdue_comes_first_and_what_nobody_can_know_is_said_to_be_unknown(cast: Cast) -> None:
    """The longest overdue on top; a restore that was tried elsewhere is neither done nor undone."""
    lines = lines_of(duties_at(NOW), NOW)
    states = [line.state for line in lines]
    ranks = [{DutyState.OVERDUE: 0, DutyState.UNKNOWN: 1}.get(state, 2) for state in states]
    assert ranks == sorted(ranks)
    by_what = {line.duty.what: line.state for line in lines}
    assert by_what["Try a restore"] is DutyState.UNKNOWN
    assert by_what["Name the administrator"] is DutyState.OVERDUE
    assert by_what["Make a backup"] is DutyState.SOON
    assert by_what["Review the users"] is DutyState.AHEAD


def test_every_duty_leads_to_a_page_that_its_owner_may_open(cast: Cast, sign_in: Any) -> None:
    """Whoever owes it gets through the door where it is done, and to the one thing that it is about."""
    from platewarden.policy.doors import roles_for

    complained(cast, NOW)
    with_page = [duty for duty in duties_at(NOW) if duty.page]
    assert {"cameras:detail", "corrections:complaint"} <= {duty.page[0] for duty in with_page if duty.page}
    for duty in with_page:
        assert duty.page
        owners = [user for user in cast.people.values() if owes(actor_for(user), duty)]
        assert owners, duty.what
        page = sign_in(owners[0]).get(reverse("duties:mine")).content.decode()
        own = reverse(duty.page[0], args=[duty.page[1]])
        assert f'data-open href="{own}"' in page
        assert sign_in(owners[0]).get(own).status_code == 200
    for duty in duties_at(NOW):
        assert reverse(duty.where)
        assert duty.person_id or duty.owner in roles_for(DOORS[duty.where]), duty.what


def test_a_duty_is_done_by_doing_it_and_its_day_moves(cast: Cast) -> None:
    """The statement signed anew, the administrator named: the register follows, and the history has the entry."""
    signed = of("Sign the field-of-view statement of camera route-13")
    later = NOW + 300 * DAY
    sign_anew(cast, later)
    assert of("Sign the field-of-view").due_at == later + 365 * DAY
    assert of("Sign the field-of-view").key == signed.key
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "camera.approved"


@pytest.mark.clause("CAP-1")
def test_what_a_camera_sees_is_to_be_approved_from_the_moment_it_is_signed(cast: Cast) -> None:
    """By a supervisor, on the camera's page; to sign it anew is nobody's duty then. What was declined waits no more."""
    statement = sign_statement(
        camera=cast.camera, text="The road only.", still=picture(), actor=cast.actor("ada"), now=NOW
    )
    duty = of("Approve or decline what camera route-13 sees")
    assert (duty.owner, duty.due_at, duty.page) == (
        Role.SUPERVISOR,
        NOW,
        ("cameras:detail", cast.camera.pk),
    )
    assert not [one for one in duties_at(NOW) if one.what.startswith("Sign the field-of-view")]
    decline_statement(statement=statement, why="A yard.", actor=cast.actor("sue"), now=NOW)
    assert {duty.what.split()[0] for duty in camera_duties(NOW)} == {"Sign"}


@pytest.mark.clause("ADM-1")
def test_a_duty_that_nobody_can_do_is_itself_shown_and_told(cast: Cast, client: Client) -> None:
    """No auditor is left: what the auditor owes stands on top, and the administrator and the Undersheriff are told."""
    RoleGrant.objects.filter(role=Role.AUDITOR).update(withdrawn_at=NOW, withdrawn_by="tests")
    client.force_login(cast.una)
    text = client.get(reverse("duties:all")).content.decode()
    assert "Nobody can do it" in text
    assert text.index("Nobody can do it") < text.index("Name the administrator")
    due = of("Check the public portal").due_at
    assert due
    telling.keep(actor=system_actor("tests"), now=due - DAY)
    assert notices("duty.nobodys", "Check the public portal") == {"administrator", "undersheriff"}


@pytest.mark.clause("ADM-4")
@pytest.mark.parametrize(("days", "told"), [(6, set()), (7, {"undersheriff"})])
def test_what_stays_undone_goes_up_after_a_week_once(cast: Cast, days: int, told: set[str]) -> None:
    """The owner is told at its day; the supervisors of those who owe it and the Undersheriff a week later."""
    User.objects.filter(pk=cast.ada.pk).update(supervisor=cast.sue)
    due = of("Make a backup").due_at
    assert due
    actor = system_actor("tests")
    telling.keep(actor=actor, now=due - timedelta(seconds=1))
    assert notices("duty.due", "Make a backup") == set()
    for _ in range(2):
        telling.keep(actor=actor, now=due)
        telling.keep(actor=actor, now=due + days * DAY)
    assert notices("duty.due", "Make a backup") == {"administrator"}
    above = {*told, str(cast.sue.pk)} if told else set()
    assert notices("duty.undone", "Make a backup") == above
    assert Notice.objects.filter(text__startswith="Make a backup").count() == 1 + len(above)


@pytest.mark.clause("ADM-4")
def test_what_one_person_owes_goes_to_their_own_supervisor(cast: Cast) -> None:
    """Not to the Undersheriff, unless they have none."""
    User.objects.filter(pk=cast.alice.pk).update(supervisor=cast.sue)
    telling.keep(actor=system_actor("tests"), now=NOW + 373 * DAY)
    undone = Notice.objects.filter(kind="duty.undone", text__startswith="Take the courses anew")
    assert set(undone.values_list("to_user", flat=True)) == {cast.sue.pk, None}
    assert undone.filter(to_user=cast.sue).count() == 1


def test_a_notice_goes_when_the_thing_is_done(cast: Cast) -> None:
    """Nobody ticks it off: the administrator is named, and the next look takes the notice back."""
    actor = system_actor("tests")
    telling.keep(actor=actor, now=NOW)
    assert notices("duty.due", "Name the administrator") == {"approver"}
    name_administrator(user=cast.ada, ends_at=NOW + 700 * DAY, actor=cast.actor("pam"), now=NOW)
    telling.keep(actor=actor, now=NOW)
    assert notices("duty.due", "Name the administrator") == set()


def test_people_see_their_own_and_oversight_sees_all(cast: Cast, client: Client) -> None:
    """An officer's page holds her training and nobody else's duty; everybody's is refused to her."""
    client.force_login(cast.alice)
    text = client.get(reverse("duties:mine")).content.decode()
    assert "Take the courses anew" in text
    assert "Make a backup" not in text
    assert client.get(reverse("duties:all")).status_code == 403
    for name in ("tom", "ada", "sue", "una", "sol"):
        client.force_login(cast.people[name])
        text = client.get(reverse("duties:all")).content.decode()
        assert "Make a backup" in text
        assert "Ada Example" in text


def test_what_was_done_is_told_by_the_ledger(cast: Cast, client: Client) -> None:
    """With number, moment and person; whoever does not oversee sees what they did themselves."""
    sign_anew(cast)
    client.force_login(cast.tom)
    text = client.get(reverse("duties:done")).content.decode()
    assert "camera was approved to submit" in text
    assert "max" in text
    client.force_login(cast.alice)
    assert "camera was approved to submit" not in client.get(reverse("duties:done")).content.decode()


def test_a_duty_says_no_person_and_no_case(cast: Cast) -> None:
    """What it is called is shown outside; names and case numbers stand in the evidence, inside."""
    names = [name for user in cast.people.values() for name in (user.full_name, user.username)]
    for duty in duties_at(NOW):
        assert not [name for name in names if name in duty.what.split()], duty.what


def test_the_parameters_of_the_register_have_bounds() -> None:
    """Duties go up within a month whatever the agency adopts."""
    with pytest.raises(ValueError, match="at most 30"):
        defaults(NOW).adopting({"accounts.duty_escalate_days": 31})
