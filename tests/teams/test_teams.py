"""A supervisor answers for their own people, and sees what they do: no plate, and nobody else's people (ADM-4)."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.compliance.evidence import measure
from platewarden.compliance.figures import Scene
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.teams import peers_of
from platewarden.site.clock import utc_now
from platewarden.teams.actions import name_supervisor
from platewarden.teams.doors import unanswered_for
from platewarden.teams.pages import record_of, team_page
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(cast: Cast) -> Cast:
    """Sue answers for Alice and Ivan."""
    for name in ("alice", "ivan"):
        user = User.objects.get(pk=cast.people[name].pk)
        name_supervisor(user=user, supervisor=cast.sue, actor=cast.actor("ada"), now=utc_now())
    return cast


def searches(cast: Cast, name: str, number: int) -> list[int]:
    """Let somebody have asked for past reads *number* times, today; returns the entries."""
    details = {"plate": "KRT4821", "case": "2026-004417", "purpose": "offender", "reason": "Robbery"}
    draft = ledger.Draft(
        kind=Kind.QUERY_ASKED, actor=cast.actor(name), subject="query:1", outcome="asked", details=details
    )
    with transaction.atomic():
        return [entry.seq for entry in ledger.append_many([draft] * number)]


@pytest.mark.clause("ADM-4")
def test_a_supervisor_sees_what_their_own_people_did(team: Cast, client: Client) -> None:
    """The overview names them and nobody else; searches of others count for others."""
    searches(team, "ivan", 3)
    searches(team, "max", 5)
    members = {member.person.username: member for member in team_page(team.actor("sue"), now=utc_now())}
    assert set(members) == {"alice", "ivan"}
    assert [figure.count for figure in members["ivan"].figures if figure.label == "Searches"] == [3]
    client.force_login(team.sue)
    page = client.get(reverse("teams:team")).content.decode()
    assert team.ivan.full_name in page
    assert "KRT4821" not in page


@pytest.mark.clause("ADM-4")
def test_one_person_is_shown_by_week_and_search_by_search_without_a_plate(team: Cast, client: Client) -> None:
    """Each search leads to its entry, whose opening is an entry itself."""
    entry = searches(team, "ivan", 1)[0]
    client.force_login(team.sue)
    page = client.get(reverse("teams:member", args=[team.ivan.pk])).content.decode()
    assert reverse("ledger:entry", args=[entry]) in page
    assert "2026-004417" in page
    assert "KRT4821" not in page
    client.get(reverse("ledger:entry", args=[entry]))
    assert LedgerLeaf.objects.filter(kind=Kind.ENTRY_OPENED, kept_body__subject=f"entry:{entry}").exists()


@pytest.mark.clause("ADM-4")
@pytest.mark.parametrize("name", ["max", "una", "sol"])
def test_nobody_elses_people_are_there(team: Cast, client: Client, name: str) -> None:
    """Another supervisor's person, and one who does not exist, look alike."""
    client.force_login(team.people[name])
    assert client.get(reverse("teams:member", args=[team.ivan.pk])).status_code == 404
    assert client.get(reverse("teams:member", args=[999_999])).status_code == 404


@pytest.mark.clause("ADM-4")
@pytest.mark.parametrize("name", ["ada", "tom", "ivan", "alice", "dee", "pam", "rex"])
def test_the_administrator_and_others_see_no_team(team: Cast, client: Client, name: str) -> None:
    """Whoever looks after accounts does not look after their people's use by that."""
    client.force_login(team.people[name])
    assert client.get(reverse("teams:team")).status_code == 403
    assert client.get(reverse("teams:member", args=[team.ivan.pk])).status_code == 403


@pytest.mark.clause("ADM-4")
def test_a_person_is_put_beside_others_in_the_same_roles(team: Cast) -> None:
    """The range is that of the others alone, and is left out where they are too few."""
    for number in range(4):
        peer = User.objects.create(
            agency=team.agency, username=f"inv{number}", full_name=f"Peer {number}", created_at=utc_now()
        )
        peer.grants.create(role="investigator", granted_at=utc_now(), granted_by="tests")
        team.people[peer.username] = peer
        searches(team, peer.username, number)
    searches(team, "ivan", 7)
    members = {member.person.username: member for member in team_page(team.actor("sue"), now=utc_now())}
    found = members["ivan"].figures[0]
    assert (found.count, found.is_above) == (7, True)
    assert found.peers is not None
    assert (found.peers.low, found.peers.middle, found.peers.high, found.peers.people) == (0, 1.5, 3, 4)
    assert members["alice"].figures[0].peers is None


@pytest.mark.clause("ADM-4")
def test_fewer_than_three_peers_are_no_range() -> None:
    """Two colleagues compare with nobody, and a range of them would tell of each."""
    assert peers_of([4, 9]) is None
    assert peers_of([4, 9, 2]) is not None


@pytest.mark.clause("ADM-4")
def test_weeks_begin_on_monday_where_the_agency_is(team: Cast) -> None:
    """The present week is the first of twelve."""
    searches(team, "ivan", 2)
    record = record_of(team.ivan, now=utc_now())
    assert len(record.weeks) == 12
    assert record.weeks[0].monday.weekday() == 0
    assert record.weeks[0].figures[0].count == 2
    assert record_of(team.ivan, now=utc_now() + timedelta(weeks=1)).weeks[1].figures[0].count == 2


@pytest.mark.clause("ADM-4")
def test_people_without_a_supervisor_are_a_shown_gap(team: Cast, client: Client) -> None:
    """On the supervisor's page by name, on the policy's page by number; the Sheriff has nobody above."""
    missing = unanswered_for(team.agency.pk)
    assert team.dee in missing
    assert team.ivan not in missing
    assert team.sol not in missing
    client.force_login(team.sue)
    assert team.dee.full_name in client.get(reverse("teams:team")).content.decode()
    measured = measure(Scene(team.agency.pk, parameters_at(utc_now()), utc_now()))["ADM-4"]
    found = next(taken for taken in measured if taken.label == "People for whom no supervisor answers")
    assert (found.value, found.tone) == (str(missing.count()), "warning")


@pytest.mark.clause("ADM-4")
def test_the_administrator_names_who_answers(team: Cast, client: Client) -> None:
    """It is an entry that says who answered before."""
    client.force_login(team.ada)
    said = {"person": team.dee.pk, "supervisor": team.max.pk}
    assert client.post(reverse("teams:supervisors"), said).status_code == 302
    assert User.objects.get(pk=team.dee.pk).supervisor_id == team.max.pk
    leaf = LedgerLeaf.objects.filter(kind=Kind.ACCOUNT_CHANGED).order_by("seq").last()
    assert leaf is not None
    assert leaf.body is not None
    assert leaf.body.content["details"] == {"supervisor": team.max.pk, "before": None}


@pytest.mark.clause("ADM-4")
def test_nobody_answers_for_themselves_and_only_whose_role_it_is(team: Cast, client: Client) -> None:
    """A supervisor is named for others, and an officer for nobody."""
    for user, supervisor in ((team.sue, team.sue), (team.dee, team.alice)):
        with pytest.raises(PolicyRefusal):
            name_supervisor(user=user, supervisor=supervisor, actor=team.actor("ada"), now=utc_now())
    client.force_login(team.ada)
    said = {"person": team.sue.pk, "supervisor": team.sue.pk}
    assert client.post(reverse("teams:supervisors"), said).status_code == 403
    assert User.objects.get(pk=team.sue.pk).supervisor_id is None


@pytest.mark.clause("ADM-4")
def test_only_the_administrator_names_anybody(team: Cast) -> None:
    """A supervisor does not take people on by themselves."""
    with pytest.raises(PolicyRefusal):
        name_supervisor(user=team.dee, supervisor=team.sue, actor=team.actor("sue"), now=utc_now())
