"""A month's figures: measured by query, looked at, published, and then left alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from platewarden.accounts.models import User
from platewarden.alerts.models import Alert
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal, refuse
from platewarden.policy.hits import Finding
from platewarden.policy.parameters import defaults
from platewarden.reads.models import Read, ReadCount
from platewarden.transparency.actions import (
    digest_of,
    measure_closed_months,
    publish_figures,
    record_check,
    review_figures,
)
from platewarden.transparency.duties import duties_at, keep
from platewarden.transparency.measuring import as_published, measure_month
from platewarden.transparency.models import MonthlyFigures
from tests.cast import Cast
from tests.conftest import NOW
from tests.transparency.scenes import measured, published

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


def an_alert(cast: Cast, number: int, raised_at: datetime, **facts: Any) -> None:
    """Enter what is left of an alert when its hit is gone."""
    Alert.objects.create(
        id=f"00000000-0000-7000-8000-{number:012d}",
        agency=cast.agency,
        number=10_000 + number,
        changed_number=10_000 + number,
        raised_at=raised_at,
        category=facts.pop("category", "stolen_vehicle"),
        grade="exact_state_agrees",
        priority="high",
        **facts,
    )


@pytest.mark.clause("TPR-1")
def test_a_month_is_counted_from_what_outlives_its_reads(cast: Cast) -> None:
    """Hourly counts and alerts without hits: no read, no hit is left, and calibration counts for nothing."""
    begin = datetime(2026, 10, 1, tzinfo=UTC)
    for hour, reads in ((begin, 300), (begin + timedelta(days=30, hours=23), 45)):
        ReadCount.objects.create(
            agency=cast.agency, camera=cast.camera, hour=hour, reads=reads, state_unknown=0
        )
    ReadCount.objects.create(
        agency=cast.agency, camera=cast.camera, hour=begin + timedelta(days=31), reads=7, state_unknown=0
    )
    an_alert(cast, 1, begin)
    an_alert(cast, 2, begin, verified_at=begin)
    an_alert(cast, 3, begin, verified_at=begin, disposed_at=begin, finding=Finding.CORRECT_READ)
    an_alert(cast, 4, begin, verified_at=begin, disposed_at=begin, finding=Finding.WRONG_STATE)
    an_alert(cast, 5, begin, category="calibration")
    an_alert(cast, 6, begin - timedelta(seconds=1))
    assert not Read.objects.exists()
    found = measure_month(cast.agency.pk, OCTOBER)
    assert found["reads"] == 345
    assert found["hits"] == {"raised": 4, "verified": 3, "ended": 2, "false": 1}


@pytest.mark.clause("TPR-1")
def test_searches_and_refusals_are_counted_from_the_ledger(cast: Cast) -> None:
    """By the purpose stated and by the chapter that forbids: held searches count as asked."""
    with transaction.atomic():
        for kind in (Kind.QUERY_ASKED, Kind.QUERY_ASKED, Kind.QUERY_HELD):
            ledger.append(kind, actor=cast.actor("ivan"), details={"purpose": "offender", "plate": ""})
    refusal = PolicyRefusal(refuse("QRY-1", "No.", remedy="None."), refused_action="query.ask")
    with transaction.atomic():
        ledger.append(
            Kind.REQUEST_REFUSED,
            actor=cast.actor("ivan"),
            details={"clause": refusal.decision.clause, "action": refusal.refused_action},
        )
    at = LedgerBody.objects.select_related("leaf").latest("leaf__at").leaf.at
    found = measure_month(cast.agency.pk, at.astimezone(UTC).date().replace(day=1))
    assert found["searches"]["offender"] == 3
    assert sum(found["searches"].values()) == 3
    assert found["refusals"]["QRY"] == 1


@pytest.mark.clause("TPR-1", "SHR-1")
def test_what_guests_search_and_are_refused_counts(cast: Cast) -> None:
    """They search our reads; what somebody is refused who has not signed in is no figure of use."""
    guest = replace(cast.actor("ivan"), agency_id=cast.agency.pk + 1)
    nobody = replace(cast.actor("ivan"), id="", agency_id=0)
    with transaction.atomic():
        ledger.append(Kind.QUERY_ASKED, actor=guest, details={"purpose": "offender", "plate": ""})
        for actor in (guest, nobody):
            ledger.append(Kind.REQUEST_REFUSED, actor=actor, details={"clause": "QRY-1"})
    at = LedgerBody.objects.select_related("leaf").latest("leaf__at").leaf.at
    found = measure_month(cast.agency.pk, at.astimezone(UTC).date().replace(day=1))
    assert (found["searches"]["offender"], found["refusals"]["QRY"]) == (1, 1)


@pytest.mark.clause("TPR-1")
def test_a_month_is_measured_once_when_it_has_closed(cast: Cast) -> None:
    """Two weeks after its end; looking again and again changes nothing, whatever came late."""
    User.objects.update(created_at=datetime(2026, 9, 20, tzinfo=UTC))
    actor, closed = cast.actor("ada"), datetime(2026, 11, 15, tzinfo=UTC)
    assert measure_closed_months(actor=actor, now=closed - timedelta(seconds=1)) == 1
    assert measure_closed_months(actor=actor, now=closed) == 1
    an_alert(cast, 1, datetime(2026, 10, 3, tzinfo=UTC))
    assert measure_closed_months(actor=actor, now=closed) == 0
    assert [str(row) for row in MonthlyFigures.objects.all()] == ["2026-09", "2026-10"]
    assert MonthlyFigures.objects.get(month=OCTOBER).counts["hits"]["raised"] == 0


@pytest.mark.clause("TPR-1")
def test_nothing_is_published_before_the_administrator_has_looked(cast: Cast) -> None:
    """Then a second person publishes, and the ledger says who and what."""
    measured(cast, OCTOBER)
    with pytest.raises(PolicyRefusal, match="Nobody has looked"):
        publish_figures(month=OCTOBER, actor=cast.actor("sue"), now=NOW)
    with pytest.raises(PolicyRefusal):
        review_figures(month=OCTOBER, actor=cast.actor("sue"), now=NOW)
    review_figures(month=OCTOBER, actor=cast.actor("ada"), now=NOW)
    with pytest.raises(PolicyRefusal, match="does not publish"):
        publish_figures(month=OCTOBER, actor=cast.actor("ada"), now=NOW)
    figures = publish_figures(month=OCTOBER, actor=cast.actor("sue"), now=NOW)
    details = LedgerBody.objects.get(pk=figures.entry).content["details"]
    assert details == {"reviewed_by": str(cast.ada.pk), "sha256": digest_of(figures)}


@pytest.mark.clause("TPR-1")
@pytest.mark.parametrize(
    "change", ["published = '{}'", "counts = '{}'", "published_at = null", "month = '2020-01-01'"]
)
def test_a_published_month_stays_as_it_is(change: str, cast: Cast) -> None:
    """The database refuses to change or to delete it."""
    published(cast, OCTOBER)
    from django.db import connection

    for statement in (f"UPDATE transparency_months SET {change}", "DELETE FROM transparency_months"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.clause("TPR-1")
def test_people_are_told_once_of_what_waits_for_them(cast: Cast) -> None:
    """The administrator of the figures, then a supervisor, and the auditors of the check."""
    measured(cast, OCTOBER)
    User.objects.update(created_at=NOW)
    actor = cast.actor("ada")
    keep(actor=actor, now=NOW)
    keep(actor=actor, now=NOW)
    review_figures(month=OCTOBER, actor=actor, now=NOW)
    keep(actor=actor, now=NOW + timedelta(days=93))
    told = Notice.objects.filter(kind__in=["figures.wait", "portal.unchecked"]).order_by("pk")
    october = [notice.to_role for notice in told if "2026-10" in notice.subject or notice.subject == "portal"]
    assert sorted(october) == ["administrator", "auditor", "supervisor"]


@pytest.mark.clause("TPR-1")
def test_the_portal_is_checked_every_quarter(cast: Cast) -> None:
    """A dated duty, done by whoever oversees."""
    with pytest.raises(PolicyRefusal):
        record_check(found="All well", actor=cast.actor("alice"), now=NOW)
    record_check(found="All well", actor=cast.actor("tom"), now=NOW)
    (duty,) = duties_at(NOW)
    assert duty.due_at == NOW + timedelta(days=92)
    assert duty.evidence == "checked on 2026-11-20"


@pytest.mark.clause("TPR-1")
def test_the_threshold_of_the_day_of_publication_holds(cast: Cast) -> None:
    """And is published with the month."""
    figures = measured(cast, OCTOBER, searches={"offender": 7})
    parameters = defaults(NOW)
    strict = parameters.adopting({"transparency.small_count": 8})
    assert as_published(OCTOBER, figures.counts, parameters=parameters)["searches"]["total"] is not None
    shown = as_published(OCTOBER, figures.counts, parameters=strict)
    assert shown["searches"]["total"] is None
    assert shown["threshold"] == 8
