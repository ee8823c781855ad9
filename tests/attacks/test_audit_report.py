"""Somebody bends the report on all searches: leaves some out, changes what was signed, signs or receives in vain."""

import hashlib
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from platewarden.adoption.in_force import parameters_at
from platewarden.compliance.evidence import measure
from platewarden.compliance.figures import Scene
from platewarden.halfyears import actions
from platewarden.halfyears.models import AuditReport
from platewarden.halfyears.standing import FILE, RECEIPT, SIGNATURE, problems_of
from platewarden.ledger.keys import ensure_log_key
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from tests.audits.scenes import searched
from tests.cast import PASSWORD, Cast
from tests.halfyears.scenes import LATER, PERIOD, built, checked, half_year, signed


@pytest.fixture
def audited(
    fresh_database: str, cast: Cast, owner_connection: psycopg.Connection[Any], settings: Any
) -> Cast:
    """The cast after a half-year with misuse planted in it."""
    ensure_log_key(settings.PLATEWARDEN_KEYS, "test.platewarden.invalid/ledger")
    half_year(cast, owner_connection)
    return cast


def not_borne_out(cast: Cast) -> tuple[str, str]:
    """How the page on the policy counts reports that the ledger does not bear out."""
    measured = measure(Scene(cast.agency.pk, parameters_at(LATER), LATER))["AUD-2"]
    found = next(one for one in measured if one.label == "Reports that the ledger does not bear out")
    return found.value, found.tone


@pytest.mark.clause("AUD-2")
@pytest.mark.parametrize(
    "change",
    [
        {"conclusion": "All is well, as far as anybody can see."},
        {"pdf": b"%PDF-1.7 another"},
        {"signed_by_id": None},
        {"counted": 3, "on_ledger": 3},
        {"summary": {}},
        {"received_at": None, "edition": 9},
    ],
)
def test_an_auditor_alters_a_signed_report(audited: Cast, change: dict[str, Any]) -> None:
    """The database refuses the program itself, whatever is changed; and nobody deletes it."""
    report = signed(audited)
    with pytest.raises(DatabaseError, match="AUD-2"), transaction.atomic():
        AuditReport.objects.filter(pk=report.pk).update(**change)
    with pytest.raises(DatabaseError, match="AUD-2"), transaction.atomic():
        AuditReport.objects.filter(pk=report.pk).delete()
    for act in (actions.check_report, actions.sign_report):
        more = {"conclusion": "All is well, as far as I see."} if act is actions.check_report else {}
        with pytest.raises(PolicyRefusal, match="stays as it is"):
            act(report=report, actor=audited.actor("tom"), now=LATER, **more)
    assert problems_of(AuditReport.objects.get()) == []


@pytest.mark.clause("AUD-2")
def test_the_file_is_swapped_by_somebody_with_full_rights(
    audited: Cast, owner_connection: psycopg.Connection[Any], client: Client
) -> None:
    """Even with a digest that fits: the ledger's entry decides. Nothing is handed out, and that is recorded."""
    report = signed(audited)
    other = b"%PDF-1.7 nothing stands out"
    owner_connection.execute("alter table audit_reports disable trigger all")
    owner_connection.execute(
        "update audit_reports set pdf = %s, sha256 = %s", [other, hashlib.sha256(other).hexdigest()]
    )
    swapped = AuditReport.objects.get()
    assert problems_of(swapped) == [FILE]
    client.force_login(audited.una)
    answer = client.get(reverse("halfyears:file", args=[report.pk]))
    assert answer.status_code == 409
    assert other not in answer.content
    assert LedgerLeaf.objects.filter(kind=Kind.AUDIT_REPORT_DIFFERS).count() == 1
    assert not_borne_out(audited) == ("1", "danger")
    with pytest.raises(actions.ReportDiffersError):
        actions.acknowledge_report(report=swapped, note="", actor=audited.actor("una"), now=LATER)


@pytest.mark.clause("AUD-2")
def test_what_the_entry_of_the_signature_says_is_swapped_along(
    audited: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    """The body no longer belongs to its leaf: there is no such signature."""
    report = signed(audited)
    other = b"%PDF-1.7 nothing stands out"
    digest = hashlib.sha256(other).hexdigest()
    owner_connection.execute("alter table audit_reports disable trigger all")
    owner_connection.execute("update audit_reports set pdf = %s, sha256 = %s", [other, digest])
    owner_connection.execute("alter table ledger_body disable trigger all")
    owner_connection.execute(
        "update ledger_body set body = replace(body, %s, %s) where seq = %s",
        [report.sha256, digest, report.signed_entry],
    )
    assert problems_of(AuditReport.objects.get()) == [SIGNATURE]


@pytest.mark.clause("AUD-2")
@pytest.mark.parametrize("name", ["ada", "una", "sol", "sue", "ivan"])
def test_somebody_else_signs(audited: Cast, client: Client, name: str) -> None:
    """The administrator, the Undersheriff, a supervisor: only an auditor writes and signs."""
    report = checked(audited)
    with pytest.raises(PolicyRefusal):
        actions.sign_report(report=report, actor=audited.actor(name), now=LATER)
    client.force_login(audited.people[name])
    answer = client.post(reverse("halfyears:sign", args=[report.pk]), {"password": PASSWORD})
    assert answer.status_code == 403
    assert not AuditReport.objects.get().is_signed


@pytest.mark.clause("AUD-2")
def test_an_administrator_who_was_made_auditor_behind_the_programs_back(audited: Cast) -> None:
    """Holding both roles, they sign nothing."""
    audited.ada.grants.create(role=Role.AUDITOR, granted_at=LATER, granted_by="nobody")
    with pytest.raises(PolicyRefusal, match="An administrator writes and signs no audit"):
        actions.sign_report(report=checked(audited), actor=audited.actor("ada"), now=LATER)


@pytest.mark.clause("AUD-2")
def test_an_auditor_who_searched_signs_their_own_audit(audited: Cast) -> None:
    """Another auditor signs: nobody audits themselves."""
    audited.ivan.grants.create(role=Role.AUDITOR, granted_at=LATER, granted_by="nobody")
    with pytest.raises(PolicyRefusal, match="searches of your own"):
        actions.sign_report(report=checked(audited), actor=audited.actor("ivan"), now=LATER)


@pytest.mark.clause("AUD-2")
def test_searches_are_left_out_of_the_figures(audited: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that forgets some counts fewer than the ledger has leaves, and nothing is drawn up."""
    from platewarden.audits.facts import window_of as whole
    from platewarden.halfyears import gathering

    def fewer(**times: Any) -> Any:
        window = whole(**times)
        kept = [query for query in window.queries if query.asked_by != str(audited.ivan.pk)]
        return type(window)(
            window.begins_at, window.focus_from, window.ends_at, kept, window.people, zone=window.zone
        )

    monkeypatch.setattr(gathering, "window_of", fewer)
    with pytest.raises(actions.IncompleteAuditError, match=r"32 searches .* the ledger has 75"):
        built(audited)
    assert not AuditReport.objects.exists()


@pytest.mark.clause("AUD-2")
def test_searches_vanish_from_the_ledger_after_the_figures_were_taken(
    audited: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    """What is signed is counted again: leaves of searches that are gone are missed."""
    report = checked(audited)
    gone = LedgerLeaf.objects.filter(kind=Kind.QUERY_ASKED).values_list("seq", flat=True).first()
    owner_connection.execute("alter table ledger_body disable trigger all")
    owner_connection.execute("delete from ledger_body where seq = %s", [gone])
    owner_connection.execute("alter table ledger_leaf disable trigger all")
    owner_connection.execute("delete from ledger_leaf where seq = %s", [gone])
    with pytest.raises(PolicyRefusal, match="counts 75 searches, and the ledger has 74"):
        actions.sign_report(report=report, actor=audited.actor("tom"), now=LATER)


@pytest.mark.clause("AUD-2")
def test_figures_with_fewer_searches_are_written_into_the_table(audited: Cast) -> None:
    """The table holds no report whose two counts differ."""
    report = built(audited)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditReport.objects.filter(pk=report.pk).update(counted=70)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("truncate audit_reports")


@pytest.mark.clause("AUD-2")
def test_the_undersheriffs_receipt_is_forged_in_the_table(
    audited: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    """The ledger has no such receipt: the report is not borne out, on its page and on the policy's."""
    report = signed(audited)
    AuditReport.objects.filter(pk=report.pk).update(
        received_by=audited.una, received_at=LATER, received_note="Fine.", received_entry=report.signed_entry
    )
    assert problems_of(AuditReport.objects.get()) == [RECEIPT]
    assert not_borne_out(audited) == ("1", "danger")


@pytest.mark.clause("AUD-2")
@pytest.mark.parametrize("name", ["tom", "ada", "sol", "sue"])
def test_somebody_acknowledges_in_the_undersheriffs_place(audited: Cast, client: Client, name: str) -> None:
    """The auditor who signed it, the administrator, the Sheriff, a supervisor."""
    report = signed(audited)
    with pytest.raises(PolicyRefusal):
        actions.acknowledge_report(report=report, note="", actor=audited.actor(name), now=LATER)
    client.force_login(audited.people[name])
    assert client.post(reverse("halfyears:acknowledge", args=[report.pk])).status_code == 403
    assert AuditReport.objects.get().received_at is None


@pytest.mark.clause("AUD-2")
def test_a_search_is_slipped_in_after_the_period_was_audited(
    audited: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    """Entries stand in order of time: what is appended later belongs to a later period, and changes no count."""
    report = checked(audited)
    searched(owner_connection, audited.ivan, LATER)
    assert actions.draft_of(report).on_ledger == report.counted
    assert report.period == PERIOD
