"""Attempts to read, alter or do away with reports of misuse, and to decide about oneself."""

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.misuse import Concern, Outcome, Step, may_report
from platewarden.sharing import misuse, suspending
from platewarden.sharing.models import MisuseReport, MisuseStep, Suspension
from tests.cast import Cast
from tests.conftest import NOW
from tests.sharing import scenes
from tests.sharing.scenes import Partner


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The time that pages and doors see."""
    return scenes.stand_still(monkeypatch)


@pytest.fixture
def partner(cast: Cast) -> Partner:
    """A partner agency with an agreement in force and one guest, Gus."""
    return scenes.partner(cast)


@pytest.fixture
def gus(partner: Partner, sign_in: Any) -> Client:
    """The guest's browser."""
    browser: Client = sign_in(partner.guest)
    return browser


@pytest.mark.django_db
@pytest.mark.clause("SHR-4")
class TestReports:
    """Reports of misuse that somebody would rather not have."""

    @pytest.fixture
    def report(self, cast: Cast, partner: Partner) -> MisuseReport:
        """A report by Alice, of the guest, by the name he signs in with."""
        return misuse.report_misuse(
            agency=partner.agency,
            concern=Concern.PEOPLE,
            whom="gus",
            account="He asked about his neighbour.",
            actor=cast.actor("alice"),
            now=NOW,
        )

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM misuse_steps",
            "DELETE FROM misuse_reports",
            "TRUNCATE misuse_steps, misuse_reports",
            "UPDATE misuse_reports SET account = 'nothing'",
            "UPDATE misuse_reports SET reported_by_id = reported_by_id + 1",
            "UPDATE misuse_steps SET text = 'nothing'",
        ],
    )
    def test_the_application_cannot_alter_or_delete_one(
        self, cast: Cast, report: MisuseReport, statement: str
    ) -> None:
        """It has no such right."""
        misuse.take_step(report=report, step=Step.ACKNOWLEDGED, text="", actor=cast.actor("una"), now=NOW)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert MisuseReport.objects.get().account == "He asked about his neighbour."
        assert MisuseStep.objects.count() == 1

    def test_whoever_it_is_about_does_not_see_it(
        self, partner: Partner, report: MisuseReport, sign_in: Any
    ) -> None:
        """Not on a page, not by its number, not in the inbox; and the ledger does not say who made it."""
        browser = sign_in(partner.guest)
        addresses = [
            reverse(name, args=[report.pk])
            for name in ("sharing:own_report", "sharing:investigate", "sharing:report_of_notice")
        ]
        for address in addresses:
            assert browser.get(address, follow=True).status_code in {403, 404}
        assert b"neighbour" not in browser.get(reverse("sharing:report")).content
        assert not Notice.objects.filter(to_user=partner.guest, kind__startswith="misuse").exists()
        leaf = LedgerLeaf.objects.get(kind="misuse.reported")
        assert leaf.body is not None
        assert "alice" not in leaf.body.body
        assert "neighbour" not in leaf.body.body
        assert misuse.digest_of(MisuseReport.objects.get()) in leaf.body.body

    @pytest.mark.parametrize("name", ["ada", "sue", "max", "tom", "pam", "ivan", "sol", "eve", "rex"])
    def test_nobody_but_reporter_and_investigator_reads_it(
        self, cast: Cast, report: MisuseReport, sign_in: Any, name: str
    ) -> None:
        """Administrator, supervisors, auditor and even the Sheriff do not."""
        browser = sign_in(getattr(cast, name))
        for view in ("sharing:own_report", "sharing:investigate"):
            assert browser.get(reverse(view, args=[report.pk])).status_code in {403, 404}
        address = reverse("sharing:step", args=[report.pk])
        assert browser.post(address, {"step": "acknowledged"}).status_code in {403, 404}

    @pytest.mark.parametrize(
        ("concern", "whom"), [(Concern.UNDERSHERIFF, ""), (Concern.PEOPLE, "una"), (Concern.PEOPLE, "UNA ")]
    )
    def test_a_report_about_the_undersheriff_is_the_sheriffs(
        self, cast: Cast, sign_in: Any, concern: Concern, whom: str
    ) -> None:
        """By office or by name: she neither reads it nor decides on it, and is told of none."""
        report = misuse.report_misuse(
            agency=cast.agency,
            concern=concern,
            whom=whom,
            account="She looked for a friend.",
            actor=cast.actor("alice"),
            now=NOW,
        )
        browser = sign_in(cast.una)
        assert browser.get(reverse("sharing:investigate", args=[report.pk])).status_code == 404
        assert b"friend" not in browser.get(reverse("sharing:misuse")).content
        assert not Notice.objects.filter(kind="misuse.reported", to_role=Role.UNDERSHERIFF).exists()
        with pytest.raises(PolicyRefusal, match="SHR-4"):
            misuse.take_step(report=report, step=Step.ACKNOWLEDGED, text="", actor=cast.actor("una"), now=NOW)
        misuse.take_step(report=report, step=Step.ACKNOWLEDGED, text="", actor=cast.actor("sol"), now=NOW)

    def test_nobody_decides_on_their_own_report(self, cast: Cast, partner: Partner) -> None:
        """What the Undersheriff reports, the Sheriff decides."""
        report = misuse.report_misuse(
            agency=partner.agency,
            concern=Concern.PEOPLE,
            whom="",
            account="They ask too much.",
            actor=cast.actor("una"),
            now=NOW,
        )
        assert report.decider == Role.SHERIFF
        with pytest.raises(PolicyRefusal, match="SHR-4"):
            misuse.take_step(report=report, step=Step.ACKNOWLEDGED, text="", actor=cast.actor("una"), now=NOW)

    @pytest.mark.parametrize(
        ("by", "concern", "whom"),
        [
            ("una", Concern.SHERIFF, ""),
            ("una", Concern.PEOPLE, "sol"),
            ("sol", Concern.UNDERSHERIFF, ""),
            ("sol", Concern.PEOPLE, "una"),
        ],
    )
    def test_where_both_are_part_of_it_an_auditor_carries_it_outside(
        self, cast: Cast, partner: Partner, sign_in: Any, by: str, concern: Concern, whom: str
    ) -> None:
        """Whoever is reported sees nothing; an auditor records what the County Attorney decides, suspending nothing."""
        said = {
            "agency": partner.agency.pk,
            "concern": concern.value,
            "whom": whom,
            "account": "A friend's car.",
        }
        made = sign_in(getattr(cast, by)).post(reverse("sharing:report"), said, follow=True)
        assert "the County Attorney, to whom an auditor takes it" in made.content.decode()
        report = MisuseReport.objects.get()
        for name in ("una", "sol"):
            with pytest.raises(PolicyRefusal, match="SHR-4"):
                misuse.take_step(
                    report=report, step=Step.ACKNOWLEDGED, text="", actor=cast.actor(name), now=NOW
                )
        page = sign_in(cast.tom).get(reverse("sharing:investigate", args=[report.pk])).content.decode()
        assert "Take it to the County Attorney in writing" in page
        tom = cast.actor("tom")
        misuse.take_step(report=report, step=Step.ACKNOWLEDGED, text="", actor=tom, now=NOW)
        decided: dict[str, Any] = {
            "report": MisuseReport.objects.get(),
            "step": Step.DECIDED,
            "text": "Letter of today.",
        }
        with pytest.raises(PolicyRefusal, match="suspends nothing"):
            misuse.take_step(**decided, outcome=Outcome.SUSPENDED, actor=tom, now=NOW)
        misuse.take_step(**decided, outcome=Outcome.CONTINUES, actor=tom, now=NOW)

    def test_what_nobody_here_could_decide_is_refused_with_where_to_take_it(self, cast: Cast) -> None:
        """Reporter and named person hold every role that decides: it goes to the County Attorney in writing."""
        both = frozenset({Role.SHERIFF, Role.AUDITOR})
        refusal = may_report(cast.actor("una"), concern=Concern.UNDERSHERIFF, account="x", involved=both)
        assert not refusal.allowed
        assert "County Attorney" in refusal.remedy

    def test_a_decision_to_suspend_is_felt_at_once_and_not_lifted_by_the_administrators(
        self, cast: Cast, report: MisuseReport, gus: Client
    ) -> None:
        """One of the two who let sharing go on is then the Undersheriff or the Sheriff."""
        assert gus.get("/queries/").status_code == 200
        una = cast.actor("una")
        misuse.take_step(report=report, step=Step.ACKNOWLEDGED, text="", actor=una, now=NOW)
        misuse.take_step(
            report=report, step=Step.DECIDED, text="It is so.", outcome=Outcome.SUSPENDED, actor=una, now=NOW
        )
        assert gus.get("/queries/").status_code == 403
        placed = Suspension.objects.get()
        suspending.ask_to_lift(suspension=placed, because="x", actor=cast.actor("ada"), now=NOW)
        cast.eve.grants.create(role=Role.ADMINISTRATOR, granted_at=NOW, granted_by="x")
        with pytest.raises(PolicyRefusal, match="SHR-4"):
            suspending.lift(suspension=placed, actor=cast.actor("eve"), now=NOW)
        suspending.lift(suspension=placed, actor=cast.actor("sol"), now=NOW)
        assert gus.get("/queries/").status_code == 200


@pytest.mark.clause("SHR-4", "SHR-1")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM misuse_steps",
        "DELETE FROM misuse_reports",
        "TRUNCATE misuse_steps, misuse_reports",
        "UPDATE misuse_reports SET account = 'nothing'",
        "UPDATE misuse_steps SET text = 'nothing'",
        "DELETE FROM sharing_suspensions",
        "UPDATE suspension_reasons SET because = 'nothing'",
        "DELETE FROM agreement_versions",
        "TRUNCATE agreement_versions",
    ],
)
def test_not_even_the_owner_of_the_database_deletes_in_passing(
    cast: Cast, owner_connection: psycopg.Connection[Any], statement: str
) -> None:
    """The triggers refuse it whoever asks; taking a trigger away first is another, visible act."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="stay on record"):
        owner_connection.execute(statement)
