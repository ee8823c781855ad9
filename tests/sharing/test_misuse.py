"""Reports of misuse, from the form to the decision (SHR-4)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.accounts.actors import system_actor
from platewarden.ledger.models import LedgerBody
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.misuse import Concern, Outcome, Step
from platewarden.sharing import duties, misuse
from platewarden.sharing.models import MisuseReport, Suspension
from tests.cast import Cast
from tests.conftest import NOW
from tests.sharing.scenes import Partner

pytestmark = [pytest.mark.django_db, pytest.mark.clause("SHR-4")]


def reported(cast: Cast, partner: Partner, by: str = "alice", **other: Any) -> MisuseReport:
    """A report about the partner agency."""
    said = {
        "agency": partner.agency,
        "concern": Concern.PEOPLE,
        "whom": "",
        "account": "He asked about a neighbour.",
    }
    return misuse.report_misuse(actor=cast.actor(by), now=NOW, **{**said, **other})


def taken(report: MisuseReport, step: Step, cast: Cast, **other: Any) -> None:
    """Let the Undersheriff take a step."""
    fresh = MisuseReport.objects.get(pk=report.pk)
    misuse.take_step(report=fresh, step=step, actor=cast.actor("una"), now=NOW, **{"text": "x", **other})


@pytest.mark.parametrize("name", ["alice", "dee", "eve", "rex", "ada"])
def test_everybody_with_an_account_reports_and_follows(
    cast: Cast, partner: Partner, sign_in: Any, name: str
) -> None:
    """Whatever their roles, and with none; the form warns of plates before it asks for words."""
    browser = sign_in(getattr(cast, name))
    page = browser.get(reverse("sharing:report")).content.decode()
    assert page.index("Write no plate") < page.index("What happened")
    said = {"agency": partner.agency.pk, "concern": "people", "whom": "", "account": "They ask too much."}
    made = browser.post(reverse("sharing:report"), said)
    report = MisuseReport.objects.get()
    assert made["Location"] == reverse("sharing:own_report", args=[report.pk])
    assert "Not acknowledged yet" in browser.get(made["Location"]).content.decode()
    una = sign_in(cast.una)
    address = reverse("sharing:step", args=[report.pk])
    una.post(address, {"step": "acknowledged"})
    una.post(address, {"step": "noted", "text": "Their chief was asked."})
    una.post(address, {"step": "decided", "text": "Within the terms.", "outcome": "not_founded"})
    page = sign_in(getattr(cast, name)).get(made["Location"]).content.decode()
    for said_of_it in ("Acknowledged", "Their chief was asked.", "Decided: not founded", "Within the terms."):
        assert said_of_it in page
    told = Notice.objects.filter(to_user=getattr(cast, name), kind="misuse.step")
    assert told.count() == 3


def test_a_guest_reports_too_and_names_only_the_two_agencies(
    cast: Cast, partner: Partner, gus: Client
) -> None:
    """Their own and ours: the register is not shown to them."""
    from tests.sharing import scenes

    scenes.enter(cast, "Town of Ulysses Police")
    page = gus.get(reverse("sharing:report")).content.decode()
    assert cast.agency.name in page
    assert partner.agency.name in page
    assert "Ulysses" not in page
    said = {"agency": cast.agency.pk, "concern": "people", "whom": "", "account": "One of yours boasted."}
    assert gus.post(reverse("sharing:report"), said).status_code == 302


def test_the_steps_are_taken_in_their_order_and_once(cast: Cast, partner: Partner) -> None:
    """Acknowledged before anything else, decided once, with an outcome and reasons; notes may follow."""
    report = reported(cast, partner)
    for step in (Step.NOTED, Step.DECIDED):
        with pytest.raises(PolicyRefusal, match="SHR-4"):
            taken(report, step, cast, outcome=Outcome.CONTINUES)
    taken(report, Step.ACKNOWLEDGED, cast)
    with pytest.raises(PolicyRefusal, match="SHR-4"):
        taken(report, Step.ACKNOWLEDGED, cast)
    for missing in ({"outcome": None}, {"outcome": Outcome.CONTINUES, "text": " "}):
        with pytest.raises(PolicyRefusal, match="SHR-4"):
            taken(report, Step.DECIDED, cast, **missing)
    taken(report, Step.DECIDED, cast, outcome=Outcome.CONTINUES)
    with pytest.raises(PolicyRefusal, match="SHR-4"):
        taken(report, Step.DECIDED, cast, outcome=Outcome.ENDED)
    taken(report, Step.NOTED, cast, text="Spoken to their chief.")
    assert not Suspension.objects.exists()


def test_a_decision_to_end_sharing_ends_it(cast: Cast, partner: Partner, gus: Client) -> None:
    """The agency's access and its agreement are over with the same act."""
    report = reported(cast, partner)
    taken(report, Step.ACKNOWLEDGED, cast)
    assert gus.get("/queries/").status_code == 200
    taken(report, Step.DECIDED, cast, outcome=Outcome.ENDED)
    assert gus.get("/queries/").status_code == 403
    partner.version.refresh_from_db()
    assert partner.version.ended_at == NOW


@pytest.mark.parametrize("outcome", [Outcome.SUSPENDED, Outcome.ENDED])
def test_with_our_own_office_there_is_nothing_to_suspend(
    cast: Cast, partner: Partner, outcome: Outcome
) -> None:
    """A report about our own people is founded or not."""
    report = reported(cast, partner, agency=cast.agency)
    taken(report, Step.ACKNOWLEDGED, cast)
    with pytest.raises(PolicyRefusal, match="SHR-4"):
        taken(report, Step.DECIDED, cast, outcome=outcome)
    taken(report, Step.DECIDED, cast, outcome=Outcome.CONTINUES)


def test_a_suspension_after_a_report_undoes_what_was_proposed_before(
    cast: Cast, partner: Partner, sign_in: Any
) -> None:
    """Whoever proposed that sharing goes on did not know of it; the reason stays beside the first, for the command."""
    from platewarden.sharing import suspending

    placed = suspending.suspend(
        agency=partner.agency, because="Look into it.", actor=cast.actor("ada"), now=NOW
    )
    suspending.ask_to_lift(suspension=placed, because="Cleared up.", actor=cast.actor("sol"), now=NOW)
    report = reported(cast, partner)
    taken(report, Step.ACKNOWLEDGED, cast)
    taken(report, Step.DECIDED, cast, outcome=Outcome.SUSPENDED)
    placed = Suspension.objects.get()
    assert placed.lift_asked_by is None
    assert placed.rests_on_report
    ada = sign_in(cast.ada)
    ada.post(reverse("sharing:suspend", args=[partner.agency.pk]), {"because": "And another search."})
    page = ada.get(reverse("sharing:agency", args=[partner.agency.pk])).content.decode()
    assert page.index("Look into it.") < page.index("Decided on report") < page.index("And another search.")
    assert LedgerBody.objects.filter(body__contains="And another search.").exists()


def test_what_waits_is_a_duty_and_told_but_not_of_the_sheriff(cast: Cast, partner: Partner) -> None:
    """The Undersheriff's reports stand in the register; of the Sheriff's nothing does, for it may be about her."""
    reported(cast, partner)
    reported(cast, partner, agency=cast.agency, concern=Concern.UNDERSHERIFF)
    late = NOW + timedelta(days=4)
    waiting = [duty for duty in duties.duties_at(late) if duty.clause == "SHR-4"]
    assert [(duty.owner, duty.is_overdue(late)) for duty in waiting] == [(Role.UNDERSHERIFF, True)]
    duties.tell_of_duties(actor=system_actor("tests"), now=late)
    told = Notice.objects.filter(kind="misuse.reported", text__contains="in time")
    assert sorted(told.values_list("to_role", flat=True)) == [Role.SHERIFF, Role.UNDERSHERIFF]


def test_the_ledger_says_neither_who_reported_nor_before_whom_it_is(
    cast: Cast, partner: Partner, sign_in: Any
) -> None:
    """Not by an entry's actor, not by a notice told, and not by a notice marked as handled."""
    report = reported(cast, partner)
    taken(report, Step.ACKNOWLEDGED, cast)
    alice = sign_in(cast.alice)
    for notice in Notice.objects.filter(to_user=cast.alice, kind="misuse.step"):
        alice.post(reverse("notices:handle", args=[notice.pk]))
    alice.post(reverse("sharing:report"), {"agency": partner.agency.pk, "concern": "people", "account": " "})
    bodies = [body.body for body in LedgerBody.objects.all()]
    about = [body for body in bodies if f"misuse:{report.pk}" in body or "misuse.report" in body]
    assert len(about) >= 4
    for body in about:
        assert "alice" not in body
        assert f"person:{cast.alice.pk}" not in body
        assert "sheriff" not in body
        assert '"una"' not in body


def test_what_the_ledger_holds_seals_the_report_and_each_step(cast: Cast, partner: Partner) -> None:
    """A row changed by somebody with full rights no longer agrees with the ledger."""
    report = reported(cast, partner)
    taken(report, Step.ACKNOWLEDGED, cast)
    report = MisuseReport.objects.get()
    kept = {body.leaf.kind: body.content["details"] for body in LedgerBody.objects.select_related("leaf")}
    assert kept["misuse.reported"]["sha256"] == misuse.digest_of(report)
    (step,) = report.steps.all()
    assert kept["misuse.acknowledged"]["sha256"] == misuse.digest_of_step(report, step)
    report.account = "Nothing."
    assert kept["misuse.reported"]["sha256"] != misuse.digest_of(report)
