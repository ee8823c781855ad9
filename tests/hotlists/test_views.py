"""The hotlist pages: what they show, to whom, and what they say when something is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from platewarden.hotlists import actions
from platewarden.hotlists.models import Entry
from platewarden.ledger.models import LedgerLeaf
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, facts, load

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages play at the tests' moment."""
    for module in (
        "hotlists.views",
        "hotlists.entry_views",
        "hotlists.load_views",
        "site.middleware",
        "site.context",
    ):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


def typed(**changes: Any) -> dict[str, Any]:
    """What the form for a manual entry sends, with *changes*."""
    return {
        "plate": "KAB 4821",
        "state": "ny",
        "category": "manual",
        "priority": "normal",
        "reason": "Seen leaving a burglary on Mill Street",
        "case_number": "2026-004417",
        "expires_at": "2026-11-27T10:30",
        "instructions": "",
        "requested_by": "",
        **changes,
    }


@pytest.mark.clause("HOT-1", "HOT-3")
def test_the_page_tells_age_contents_and_what_was_left_out(cast: Cast, sign_in: Any) -> None:
    """Each list shows its source, its age against the greatest, its entries by category, and who loaded it."""
    load(cast, a_list(cast), "KAB4821,NY,P,", "HXB7730,NY,V,", "AAA1111,NY,N,")
    stale = a_list(cast, "Old list")
    load(cast, stale, "LDV2096,NY,V,", effective_at=NOW - timedelta(hours=30))
    page = sign_in(cast.tom).get(reverse("hotlists:list")).content.decode()
    assert "State police" in page
    assert "Stolen plate 1" in page
    assert "by sue" in page
    assert "Old list is stale" in page
    assert "KAB4821" not in page


def test_only_those_who_may_are_offered_to_load_or_enter(cast: Cast, client: Any) -> None:
    """An auditor looks; an officer enters; a supervisor does both."""
    offered = {}
    for name in ("tom", "alice", "sue", "ada"):
        client.force_login(getattr(cast, name))
        page = client.get(reverse("hotlists:list")).content.decode()
        offered[name] = (reverse("hotlists:enter") in page, reverse("hotlists:create") in page)
    assert offered == {
        "tom": (False, False),
        "alice": (True, False),
        "sue": (True, True),
        "ada": (False, True),
    }


@pytest.mark.clause("HOT-2")
def test_an_officer_enters_a_plate(cast: Cast, sign_in: Any) -> None:
    """It is in force, shown on the list kept by hand with its reason, its end and who entered it."""
    client = sign_in(cast.alice)
    done = client.post(reverse("hotlists:enter"), typed())
    assert done.status_code == 302, done.content
    entry = Entry.objects.get()
    assert (entry.state, entry.expires_at) == ("NY", datetime(2026, 11, 27, 15, 30, tzinfo=UTC))
    page = client.get(done.url).content.decode()
    assert "burglary" in page
    assert "Alice Example" in page
    assert reverse("hotlists:renew", args=[entry.pk]) in page


@pytest.mark.clause("HOT-2")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reason": ""}, "does not say why"),
        ({"case_number": ""}, "case or incident number is missing"),
        ({"state": ""}, "must name one state"),
        ({"expires_at": ""}, "does not end at a time"),
    ],
)
def test_what_the_policy_misses_is_refused_on_record_with_the_form_kept(
    cast: Cast, sign_in: Any, change: dict[str, str], says: str
) -> None:
    """The answer is 403 with clause and remedy beside the field, the typed plate stays, the ledger knows."""
    page = sign_in(cast.alice).post(reverse("hotlists:enter"), typed(**change))
    text = page.content.decode()
    assert page.status_code == 403
    assert says in text
    assert "HOT-2" in text
    assert "KAB 4821" in text
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "request.refused"
    assert Entry.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"plate": "--"}, "no letter A-Z or digit"),
        ({"state": "1!"}, "two letters"),
        ({"category": "immigration"}, "not one of the available choices"),
        ({"expires_at": "whenever"}, "Give a date and time"),
        ({"reason": "immi\u200bgration check, ask later"}, "cannot be seen"),
    ],
)
def test_what_cannot_be_understood_is_said_beside_its_field(
    cast: Cast, sign_in: Any, change: dict[str, str], says: str
) -> None:
    """A slip of the keyboard is answered by the form and is no refusal."""
    page = sign_in(cast.alice).post(reverse("hotlists:enter"), typed(**change))
    assert page.status_code == 422
    assert says in page.content.decode()


@pytest.mark.clause("HOT-2")
def test_an_exigent_entry_shows_when_its_number_is_due_and_is_completed(cast: Cast, sign_in: Any) -> None:
    """It says so until the number is given with a fresh reason."""
    client = sign_in(cast.dee)
    done = client.post(reverse("hotlists:enter"), typed(case_number="", exigent="on"))
    page = client.get(done.url).content.decode()
    assert "Exigent" in page
    assert "Complete" in page
    renew = reverse("hotlists:renew", args=[Entry.objects.get().pk])
    assert b"So far" in client.get(renew).content
    same = {"reason": typed()["reason"], "case_number": "2026-004417", "expires_at": "2026-11-28T10:00"}
    assert client.post(renew, same).status_code == 403
    assert client.post(renew, same | {"reason": "Witness has confirmed the plate"}).status_code == 302
    entry = Entry.objects.get()
    assert (entry.is_exigent, entry.case_number) == (False, "2026-004417")


@pytest.mark.clause("HOT-2")
def test_an_entry_is_withdrawn_by_its_maker(cast: Cast, client: Any) -> None:
    """Another officer is refused; the maker's withdrawal takes effect at once."""
    entry = actions.enter_manually(plate="KAB4821", facts=facts(), actor=cast.actor("alice"), now=NOW)
    url = reverse("hotlists:withdraw", args=[entry.pk])
    client.force_login(cast.ivan)
    assert client.post(url).status_code == 403
    client.force_login(cast.alice)
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302
    assert Entry.objects.get().withdrawn_at == NOW


def test_entries_of_a_loaded_list_have_no_page(cast: Cast, sign_in: Any) -> None:
    """They look absent to whoever asks for them by number; so does a list that does not exist."""
    load(cast, a_list(cast), "KAB4821,NY,P,")
    client = sign_in(cast.alice)
    assert client.post(reverse("hotlists:withdraw", args=[Entry.objects.get().pk])).status_code == 404
    assert client.get(reverse("hotlists:detail", args=[10**15])).status_code == 404
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "object.missing"


@pytest.mark.clause("HOT-2")
def test_a_supervisor_approves_from_the_list(cast: Cast, client: Any) -> None:
    """The maker is told that it waits; another officer is offered nothing; the supervisor approves."""
    client.force_login(cast.alice)
    done = client.post(reverse("hotlists:enter"), typed(category="wanted_person"), follow=True)
    assert "waits for a second person" in done.content.decode()
    assert "Awaits approval" in done.content.decode()
    approve = reverse("hotlists:approve", args=[Entry.objects.get().pk])
    assert approve not in done.content.decode()
    assert client.post(approve).status_code == 403
    client.force_login(cast.sue)
    assert approve in client.get(done.redirect_chain[-1][0]).content.decode()
    assert "approved by Sue Example" in client.post(approve, follow=True).content.decode()
    assert Entry.objects.get().approved_by == cast.sue


@pytest.mark.clause("HOT-2")
def test_everybody_sees_their_own_entries_and_what_is_due(cast: Cast, client: Any) -> None:
    """How old each is, when it ends, and the number that is due; nobody else's, and none that is over."""
    longer = facts(reason="Parked outside the bank at night", expires_at=NOW + timedelta(days=9))
    mine = actions.enter_manually(
        plate="KAB4821", facts=longer, actor=cast.actor("dee"), now=NOW - timedelta(hours=3)
    )
    exigent = facts(exigent=True, case_number="", reason="Child taken from the school gate")
    actions.enter_manually(
        plate="HXB7730", facts=exigent, actor=cast.actor("dee"), now=NOW - timedelta(hours=2)
    )
    actions.enter_manually(plate="LDV2096", facts=facts(), actor=cast.actor("alice"), now=NOW)
    over = actions.enter_manually(plate="JWC6644", facts=facts(), actor=cast.actor("dee"), now=NOW)
    actions.withdraw_entry(entry=over, actor=cast.actor("dee"), now=NOW)
    client.force_login(cast.dee)
    page = client.get(reverse("hotlists:mine")).content.decode()
    assert page.index("school gate") < page.index("outside the bank")
    assert "3 hours ago" in page
    assert "number, or it ends" in page
    assert reverse("hotlists:renew", args=[mine.pk]) in page
    assert "LDV2096" not in page
    assert "JWC6644" not in page
    client.force_login(cast.tom)
    assert client.get(reverse("hotlists:mine")).status_code == 403


@pytest.mark.clause("HOT-2")
def test_a_partial_entry_is_marked_wherever_it_is_shown(cast: Cast, sign_in: Any) -> None:
    """On the list kept by hand, beside its plate."""
    done = sign_in(cast.alice).post(reverse("hotlists:enter"), typed(plate="KAB ?2*"), follow=True)
    assert "Partial" in done.content.decode()
    assert "KAB ?2*" in done.content.decode()


@pytest.mark.clause("HIT-1")
def test_the_form_offers_only_people_who_see_alerts(cast: Cast, sign_in: Any) -> None:
    """What was chosen is kept with the entry, and shown in words."""
    client = sign_in(cast.alice)
    page = client.get(reverse("hotlists:enter")).content.decode()
    assert "Ivan Example" in page
    assert "Tom Example" not in page
    chosen = typed(
        roles=["supervisor"],
        people=[str(cast.ivan.pk)],
        cautions="Do not stop alone",
        vehicle_colour="white",
        vehicle_make="Honda",
    )
    done = client.post(reverse("hotlists:enter"), chosen, follow=True).content.decode()
    assert "for supervisor, Ivan Example" in done
    assert "Do not: Do not stop alone" in done
    assert "white Honda" in done
    strange = client.post(reverse("hotlists:enter"), typed(people=[str(cast.tom.pk)]))
    assert strange.status_code == 422
