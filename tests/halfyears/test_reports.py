"""The audit of all searches, twice a year: drawn up whole, concluded, signed, delivered, kept (AUD-2, AUD-3)."""

import hashlib
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.compliance.duties import duties_of
from platewarden.compliance.evidence import measure
from platewarden.compliance.figures import Scene
from platewarden.halfyears import actions, duties
from platewarden.halfyears.models import AuditReport
from platewarden.halfyears.standing import problems_of
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.notices import NoticeKind
from tests.cast import Cast
from tests.halfyears.scenes import CONCLUSION, LATER, PERIOD, built, checked, pages_of, signed


def evidence(cast: Cast, clause: str, label: str, now: object = LATER) -> tuple[str, str]:
    """What the page on the policy says under *label*: value and tone."""
    scene = Scene(cast.agency.pk, parameters_at(LATER), now)  # type: ignore[arg-type]
    found = next(taken for taken in measure(scene)[clause] if taken.label == label)
    return found.value, found.tone


@pytest.mark.clause("AUD-2")
def test_the_report_counts_every_search_that_the_ledger_has(audited: Cast) -> None:
    """N of N, and each of them among the figures."""
    report = built(audited)
    assert (report.counted, report.on_ledger) == (75, 75)
    assert sum(person["searches"] for person in report.figures["people"]) == 75
    assert report.summary["whole"].startswith("All 75 of 75 searches on the ledger were audited.")


@pytest.mark.clause("AUD-2")
def test_the_first_page_names_the_planted_case_first_and_nothing_else_there(audited: Cast) -> None:
    """A reader finds it at the top, in words: whose searches, how many, of one vehicle; and the rows to look at."""
    first = pages_of(bytes(signed(audited).pdf or b""))[0]
    begin, end = first.index("What needs attention first"), first.index("2. ")
    top = first[begin:end]
    assert "1. Ivan Example, investigator: one person, one vehicle, again and again" in top
    assert "One vehicle was searched 20 times on 20 days" in top
    assert "2 more signals of this kind (9, 6 searches)" in top
    assert "page 2, rows S1, S2, S3" in top
    assert not any(f"Colleague {number}" in first for number in range(4))


@pytest.mark.clause("AUD-2")
def test_no_plate_stands_in_the_report(audited: Cast) -> None:
    """Vehicles go by names of the report's own; who may read the ledger finds the plate there."""
    said = " ".join(pages_of(bytes(signed(audited).pdf or b"")))
    assert not any(plate in said for plate in ("EXX1001", "MUM2002", "DAD3003", "KA00821"))
    assert "Never an accusation" in said or "never an accusation" in said


@pytest.mark.clause("AUD-2")
@pytest.mark.clause("AUD-3")
def test_use_is_told_by_purpose_place_time_person_and_vehicle(audited: Cast) -> None:
    """Counts with intervals; the vehicle searched most comes first, with the entries of its searches."""
    figures = built(audited).figures
    purpose = next(row for row in figures["purposes"] if row["code"] == "criminal_investigation")
    assert (purpose["part"], purpose["percent"], purpose["interval"]) == (75, "100 %", "95 to 100 %")
    assert figures["areas"][0]["label"] == "All cameras"
    assert sum(figures["hours"]) == sum(map(sum, figures["grid"])) == 75
    ivan = figures["people"][0]
    assert (ivan["name"], ivan["searches"], ivan["peers"]) == ("Ivan Example", 43, "8 to 8, middle 8 (4)")
    vehicle = figures["vehicles"][0]
    assert (vehicle["searches"], vehicle["people"], vehicle["days"], vehicle["cases"]) == (20, 1, 20, 1)
    assert figures["ends"]["false_among_stops"]["whole"] == 0


@pytest.mark.clause("AUD-2")
@pytest.mark.clause("AUD-3")
def test_the_page_on_the_policy_tells_of_use_in_the_meantime(audited: Cast) -> None:
    """Of the last thirty days, by purpose, place and time."""
    during = LATER - timedelta(days=20)
    assert evidence(audited, "AUD-3", "Purpose stated most in 30 days", during)[0] == "7 of 7"
    assert (
        evidence(audited, "AUD-3", "Searches of named cameras or an area in 30 days", during)[0] == "0 of 7"
    )
    assert evidence(audited, "AUD-3", "Stops that followed false hits in 30 days", during)[0] == "0 of 0"


@pytest.mark.clause("AUD-2")
def test_nothing_is_signed_before_somebody_concluded(audited: Cast) -> None:
    """A conclusion of a word is none."""
    report = built(audited)
    with pytest.raises(PolicyRefusal, match="what is open"):
        actions.sign_report(report=report, actor=audited.actor("tom"), now=LATER)
    with pytest.raises(PolicyRefusal, match="conclusion"):
        actions.check_report(report=report, conclusion="Fine.", actor=audited.actor("tom"), now=LATER)


@pytest.mark.clause("AUD-2")
def test_signing_puts_the_digest_on_the_ledger_and_delivers(audited: Cast) -> None:
    """The Undersheriff finds it in the inbox, with a day by which to acknowledge it."""
    report = signed(audited)
    assert report.signed_entry is not None
    leaf = LedgerLeaf.objects.get(seq=report.signed_entry)
    assert leaf.kind == Kind.AUDIT_REPORT_SIGNED
    assert leaf.body is not None
    assert leaf.body.content["details"]["sha256"] == hashlib.sha256(bytes(report.pdf or b"")).hexdigest()
    notice = Notice.objects.get(kind=NoticeKind.AUDIT_REPORT_DELIVERED)
    assert (notice.to_role, notice.due_at) == ("undersheriff", LATER + timedelta(days=14))
    assert problems_of(report) == []


@pytest.mark.clause("AUD-2")
def test_the_undersheriff_acknowledges_it_once(audited: Cast) -> None:
    """It leaves the inbox; a second time there is nothing to acknowledge."""
    report = signed(audited)
    una = audited.actor("una")
    actions.acknowledge_report(report=report, note="I look into row S1.", actor=una, now=LATER)
    kept = AuditReport.objects.get(pk=report.pk)
    assert (kept.received_by_id, kept.received_note) == (audited.una.pk, "I look into row S1.")
    assert Notice.objects.get(kind=NoticeKind.AUDIT_REPORT_DELIVERED).handled_at == LATER
    with pytest.raises(PolicyRefusal, match="on record"):
        actions.acknowledge_report(report=report, note="", actor=una, now=LATER)


@pytest.mark.clause("AUD-2")
def test_the_file_handed_out_is_the_one_that_was_signed_and_the_look_is_recorded(audited: Cast) -> None:
    """Byte for byte."""
    report = signed(audited)
    pdf = actions.open_file(report=report, actor=audited.actor("una"), now=LATER)
    assert hashlib.sha256(pdf).hexdigest() == report.sha256
    assert LedgerBody.objects.filter(
        leaf__kind=Kind.AUDIT_REPORT_OPENED, subject=f"audit_report:{report.pk}"
    ).exists()


@pytest.mark.clause("AUD-2")
def test_a_correction_is_a_new_report_that_names_the_old(audited: Cast) -> None:
    """It needs a reason, and the old one stays as it was."""
    old = signed(audited)
    with pytest.raises(PolicyRefusal, match="stays as it is"):
        built(audited)
    new = signed(audited, reason="A week's reviews were marked after the first was signed.")
    assert (new.number, new.corrects_id) == ("AUD-2027-01-2", old.pk)
    assert "This report corrects AUD-2027-01-1." in pages_of(bytes(new.pdf or b""))[0]
    assert AuditReport.objects.get(pk=old.pk).sha256 == old.sha256
    assert problems_of(AuditReport.objects.get(pk=old.pk)) == []


@pytest.mark.clause("AUD-2")
def test_a_draft_is_drawn_up_anew_and_its_figures_never_change(audited: Cast) -> None:
    """One draft a period; the database refuses other figures."""
    first, second = built(audited), built(audited)
    assert [report.pk for report in AuditReport.objects.all()] == [second.pk]
    assert first.pk != second.pk
    with pytest.raises(DatabaseError, match="stays as it was drawn up"), transaction.atomic():
        AuditReport.objects.filter(pk=second.pk).update(figures={})


@pytest.mark.clause("AUD-2")
def test_what_is_open_is_listed(audited: Cast) -> None:
    """Nothing open goes unsaid: weeks without a review stand on the first page."""
    report = built(audited)
    assert len(report.figures["reviews"]) == 26
    assert all(review["standing"] == "not begun" for review in report.figures["reviews"])
    assert any("26 weekly reviews of 26" in item["title"] for item in report.summary["items"])


@pytest.mark.clause("AUD-2")
def test_a_period_that_is_not_over_has_no_report(audited: Cast) -> None:
    """Its last search is still to come."""
    with pytest.raises(PolicyRefusal, match="not over"):
        actions.build_report(period=PERIOD, actor=audited.actor("tom"), now=LATER - timedelta(days=30))


@pytest.mark.clause("AUD-2")
def test_an_overdue_report_shows_is_a_duty_and_escalates(audited: Cast) -> None:
    """First the auditors are told, then, past its day, the Undersheriff; the page on the policy warns."""
    actor, late = audited.actor("ada"), LATER + timedelta(days=40)
    earlier = AuditReport.objects.count()
    assert earlier == 0
    duties.keep(actor=actor, now=LATER)
    duties.keep(actor=actor, now=LATER)
    due = Notice.objects.filter(subject="period:2027-01-01")
    assert [(one.kind, one.to_role) for one in due] == [(NoticeKind.AUDIT_REPORT_DUE, "auditor")]
    duties.keep(actor=actor, now=late)
    assert due.get(kind=NoticeKind.AUDIT_REPORT_LATE).to_role == "undersheriff"
    assert evidence(audited, "AUD-2", "Reports on all searches overdue", late) == ("2", "warning")
    scene = Scene(audited.agency.pk, parameters_at(LATER), late)
    assert any(duty.clause == "AUD-2" and duty.is_overdue(late) for duty in duties_of(scene))


@pytest.mark.clause("AUD-2")
def test_silence_of_the_undersheriff_goes_up_to_the_sheriff(audited: Cast) -> None:
    """Past the day by which a report is acknowledged."""
    signed(audited)
    late = LATER + timedelta(days=15)
    duties.keep(actor=audited.actor("ada"), now=late)
    assert Notice.objects.get(kind=NoticeKind.AUDIT_REPORT_UNREAD).to_role == "sheriff"
    label = "Reports that the Undersheriff has not acknowledged in time"
    assert evidence(audited, "AUD-2", label, late) == ("1", "warning")


@pytest.mark.clause("AUD-2")
def test_a_signed_report_settles_its_duty(audited: Cast) -> None:
    """The auditors' inbox is empty of it."""
    duties.keep(actor=audited.actor("ada"), now=LATER)
    signed(audited)
    assert Notice.objects.get(subject="period:2027-01-01").handled_at == LATER
    owed = [duty.what for duty in duties.duties_at(LATER)]
    assert f"Report on all searches of {PERIOD.name}" not in owed


@pytest.mark.clause("AUD-2")
def test_the_same_report_gives_the_same_file(audited: Cast) -> None:
    """Whoever has the figures sets it again and compares."""
    from platewarden.halfyears.printing import set_report

    report = AuditReport.objects.get(pk=signed(audited).pk)
    assert set_report(report, now=LATER) == bytes(report.pdf or b"")


@pytest.mark.clause("AUD-2")
def test_a_conclusion_is_on_the_first_page(audited: Cast) -> None:
    """As it was written."""
    report = checked(audited)
    assert CONCLUSION in pages_of(actions.open_file(report=report, actor=audited.actor("tom"), now=LATER))[0]


@pytest.mark.clause("AUD-2")
def test_half_years_follow_the_calendar() -> None:
    """January to June, July to December; an agency may ask for more of them, never for fewer."""
    from platewarden.policy.halfyears import Period
    from platewarden.policy.parameters import ParameterError, defaults

    parameters = defaults(LATER)
    assert Period.containing(date(2027, 6, 30), parameters=parameters) == PERIOD
    assert Period.containing(date(2027, 7, 1), parameters=parameters).name == "2027-07 to 2027-12"
    quarterly = parameters.adopting({"audit.reports_a_year": 4})
    assert Period.containing(date(2027, 5, 1), parameters=quarterly).name == "2027-04 to 2027-06"
    with pytest.raises(ParameterError):
        parameters.adopting({"audit.reports_a_year": 1})
