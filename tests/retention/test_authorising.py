"""Destruction has a standing authorisation: given by the administrator, renewed yearly, named by every record."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from platewarden.accounts.actors import system_actor
from platewarden.compliance.figures import Scene
from platewarden.compliance.retained import authorisation as measured
from platewarden.ledger.models import LedgerBody
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.parameters import defaults
from platewarden.reads.models import Read
from platewarden.retention.actions import purge_due
from platewarden.retention.authorising import authorisation_in_force, authorise_destruction
from platewarden.retention.models import Authorisation, PurgeClock
from platewarden.retention.watching import look_after_authorisation
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, store, with_images

pytestmark = pytest.mark.django_db

WORDS = "I authorise the destruction of what is past its day."
YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)


def give(cast: Cast, *, by: str = "ada", now: datetime = NOW) -> Authorisation:
    """Let the administrator authorise destruction."""
    return authorise_destruction(statement=WORDS, actor=cast.actor(by), now=now)


def look(now: datetime) -> None:
    """Look after the authorisation as the timer does."""
    look_after_authorisation(actor=system_actor("retention timer"), now=now)


def told(kind: str) -> list[str]:
    """Return the roles that have an open notice of *kind*."""
    return sorted(Notice.objects.filter(kind=kind, handled_at=None).values_list("to_role", flat=True))


def purged(cast: Cast, now: datetime) -> dict[str, Any]:
    """Purge a day of one read and return what its record says."""
    store([with_images(a_sighting(cast.camera, "KAB4821", now - timedelta(days=31)))])
    PurgeClock.objects.all().delete()
    (done,) = purge_due(actor=system_actor("purge timer"), now=now)
    details: dict[str, Any] = LedgerBody.objects.get(pk=done.entry).content["details"]
    return details


@pytest.mark.clause("RET-4")
@pytest.mark.parametrize("name", ["alice", "ivan", "sue", "tom", "dee", "eve"])
def test_only_the_administrator_gives_it(cast: Cast, name: str) -> None:
    """Nobody else does; Platewarden itself neither."""
    with pytest.raises(PolicyRefusal, match="RET-4"):
        give(cast, by=name)
    with pytest.raises(PolicyRefusal, match="RET-4"):
        authorise_destruction(statement=WORDS, actor=system_actor("purge timer"), now=NOW)
    assert not Authorisation.objects.exists()


@pytest.mark.clause("RET-4")
def test_it_is_dated_and_on_the_ledger_in_the_administrators_words(cast: Cast) -> None:
    """Who, when, what, until when."""
    given = give(cast)
    body = LedgerBody.objects.get(pk=given.entry).content
    assert body["details"] == {"statement": WORDS, "until": (NOW + YEAR).isoformat()}
    assert (given.given_at, given.given_by) == (NOW, cast.ada)


@pytest.mark.clause("RET-4")
def test_every_destruction_record_names_it(cast: Cast) -> None:
    """By its entry on the ledger."""
    given = give(cast)
    assert purged(cast, NOW)["authorisation"] == given.entry


@pytest.mark.clause("RET-4")
def test_a_lapse_keeps_nothing_and_is_said_in_the_record(cast: Cast) -> None:
    """A second after its end a day goes as ever; so it does where nobody has ever authorised anything."""
    assert purged(cast, NOW)["authorisation"] is None
    give(cast)
    assert purged(cast, NOW + YEAR - timedelta(days=2))["authorisation"] is not None
    details = purged(cast, NOW + YEAR)
    assert details["authorisation"] is None
    assert "no standing authorisation" in details["authority"]
    assert not Read.objects.exists()


@pytest.mark.clause("RET-4")
def test_the_administrator_is_reminded_and_a_lapse_is_an_alarm(cast: Cast) -> None:
    """Thirty days ahead to the administrator; once it has lapsed to the auditor as well, once each."""
    given = give(cast)
    look(NOW + YEAR - timedelta(days=30) - SECOND)
    assert told("authorisation.ending") == []
    for _ in range(2):
        look(NOW + YEAR - timedelta(days=30))
    assert told("authorisation.ending") == ["administrator"]
    look(NOW + YEAR - SECOND)
    assert authorisation_in_force(NOW + YEAR - SECOND) == given
    assert told("authorisation.lapsed") == []
    for _ in range(2):
        look(NOW + YEAR)
    assert told("authorisation.lapsed") == ["administrator", "auditor"]
    assert authorisation_in_force(NOW + YEAR) is None


@pytest.mark.clause("RET-4")
def test_renewing_it_settles_what_people_were_told(cast: Cast) -> None:
    """The notices leave the inboxes, and the year begins anew."""
    look(NOW)
    assert told("authorisation.lapsed") == ["administrator", "auditor"]
    give(cast)
    look(NOW + timedelta(hours=1))
    assert told("authorisation.lapsed") == []
    give(cast, now=NOW + YEAR - SECOND)
    look(NOW + YEAR + timedelta(days=300))
    assert told("authorisation.lapsed") == []


@pytest.mark.clause("RET-4")
def test_the_policy_page_says_how_it_stands(cast: Cast) -> None:
    """Never given, in force, about to lapse, lapsed."""
    tones = []
    for now in (NOW, NOW + SECOND, NOW + YEAR - timedelta(days=10), NOW + YEAR + SECOND):
        if now == NOW + SECOND:
            give(cast)
        (evidence,) = measured(Scene(cast.agency.pk, defaults(now), now))
        tones.append((evidence.value, evidence.tone))
    assert tones == [
        ("never given", "danger"),
        ("in force", "good"),
        ("about to lapse", "warning"),
        ("lapsed", "danger"),
    ]


@pytest.mark.clause("RET-4")
def test_the_administrator_gives_it_on_the_page(cast: Cast, sign_in: Any) -> None:
    """Others see how it stands and have no button; a few words are not enough."""
    ada: Client = sign_in(cast.ada)
    assert ada.post("/retention/authorise/", {"statement": "ok"}).status_code == 422
    assert ada.post("/retention/authorise/", {"statement": WORDS}).status_code == 302
    assert WORDS in ada.get("/retention/").content.decode()
    tom: Client = sign_in(cast.tom)
    page = tom.get("/retention/").content.decode()
    assert "in force" in page
    assert "Authorise and record" not in page
    assert tom.post("/retention/authorise/", {"statement": WORDS}).status_code == 403
