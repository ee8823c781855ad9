"""Someone tries to have other reads go out than were approved, to decide on their own, or to get in by the paper."""

import io
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from platewarden.accounts.actors import system_actor
from platewarden.adoption.in_force import parameters_at
from platewarden.images.store import Shelf, image_store
from platewarden.ledger.keys import ensure_log_key
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.agencies import AgencyKind
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.release_requests import wanting
from platewarden.policy.releases import HandedBy, stray_from
from platewarden.reads.days import day_of
from platewarden.reads.models import Read
from platewarden.releases import actions, deciding, documents, handing, keeping, packing
from platewarden.releases.actions import Scope
from platewarden.releases.models import Package, ReleaseDecision, ReleaseRequest, SelectedRead, Selection
from tests.cases.scenes import PLATE, asked, sightings
from tests.cast import Cast
from tests.conftest import NOW
from tests.releases.scenes import NEED, PAPER, WHY_NOT, approved, packed, prepared, received, written
from tests.sightings import a_sighting, picture, store, with_images

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def seen(cast: Cast, store_home: Path) -> list[Read]:
    """Three reads with images, and a key to sign with."""
    ensure_log_key(store_home / "keys", "test.platewarden.invalid/ledger")
    return sightings(cast, NOW)


def refused(decision: ReleaseDecision, clause: str = "SHR-2") -> None:
    """No package is made, the approval is void, and both are on record."""
    with pytest.raises(PolicyRefusal) as refusal:
        packing.pack(decision.pk, actor=system_actor("tests"), now=NOW)
    assert refusal.value.decision.clause == clause
    decision.refresh_from_db()
    assert decision.void_at == NOW
    assert not Package.objects.exists()
    assert LedgerLeaf.objects.filter(kind="release.failed").count() == 1


@pytest.mark.clause("SHR-2")
def test_a_read_that_is_added_to_an_approved_selection_stops_the_release(
    cast: Cast, seen: list[Read]
) -> None:
    """By whoever can write to the database."""
    decision = approved(cast, NOW)
    (other,) = store([with_images(a_sighting(cast.camera, "KRT4821", NOW - timedelta(hours=3)))])
    assert decision.selection is not None
    SelectedRead.objects.create(
        selection=decision.selection, place=4, read_id=other.id, seen_at=other.seen_at, facts="0" * 64
    )
    refused(decision)


@pytest.mark.clause("SHR-2")
def test_a_read_that_is_exchanged_stops_it_even_with_the_digest_made_anew(
    cast: Cast, seen: list[Read]
) -> None:
    """The ledger's own entry names the digest that was approved; rows that agree among themselves do not help."""
    decision = approved(cast, NOW)
    (other,) = store([with_images(a_sighting(cast.camera, "KRT4821", NOW - timedelta(hours=3)))])
    selection = decision.selection
    assert selection is not None
    row = selection.selected.first()
    assert row is not None
    from platewarden.releases import materials

    row.read_id, row.seen_at = other.id, other.seen_at
    row.facts, row.plate_image, row.vehicle_image = materials.frozen(materials.of_read(other), selection.salt)
    row.save()
    listed = materials.content_list(
        selection.request, selection.case_number, selection.salt, list(selection.selected.all())
    )
    selection.digest = decision.digest = materials.digest_of_list(listed)
    selection.save()
    decision.save()
    refused(decision)


@pytest.mark.clause("SHR-2")
@pytest.mark.parametrize(
    "change",
    [{"requester": "Another department"}, {"official": "Somebody else"}, {"their_case": "SB-26-9999"}],
)
def test_another_recipient_than_was_approved_stops_it(
    cast: Cast, seen: list[Read], change: dict[str, str]
) -> None:
    """To whom it goes is part of what was approved."""
    decision = approved(cast, NOW)
    ReleaseRequest.objects.update(**change)
    refused(decision)


@pytest.mark.clause("SHR-2")
@pytest.mark.parametrize("change", [{"plate": "AAA1111"}, {"state": "PA"}, {"confidence": 0.5}])
def test_a_read_that_is_altered_after_the_approval_stops_it(
    cast: Cast, seen: list[Read], change: dict[str, Any]
) -> None:
    """What a read says was frozen with it."""
    decision = approved(cast, NOW)
    Read.objects.using("owner").filter(plate=PLATE, seen_at=seen[0].seen_at).update(**change)
    refused(decision)


@pytest.mark.clause("SHR-2")
def test_a_picture_that_is_exchanged_stops_it(cast: Cast, seen: list[Read]) -> None:
    """Sealed properly, under the read's own name, by somebody who has the keys: its digest is another."""
    decision, read = approved(cast, NOW), seen[0]
    shelf = Shelf.of_day(read.agency_id, day_of(read.seen_at))
    (other,) = image_store().seal(shelf, [(f"{read.id}/vehicle", picture("red"))])
    Read.objects.using("owner").filter(seen_at=read.seen_at, id=read.id).update(vehicle_image=other)
    refused(decision)


@pytest.mark.clause("SHR-2")
def test_a_file_that_is_altered_on_the_disk_stops_it(cast: Cast, seen: list[Read], store_home: Path) -> None:
    """A picture that no longer opens is not left out quietly."""
    decision, read = approved(cast, NOW), seen[0]
    segment = store_home / "images" / Shelf.of_day(read.agency_id, day_of(read.seen_at)).folder
    path = segment / read.vehicle_image.split(":")[0]
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    refused(decision)


@pytest.mark.clause("SHR-2")
def test_an_approval_is_for_one_package(cast: Cast, seen: list[Read]) -> None:
    """Said again it makes no second one, and the first stays what it is."""
    decision = approved(cast, NOW)
    first = packed(cast, NOW, decision=decision)
    with pytest.raises(PolicyRefusal):
        packed(cast, NOW, decision=decision)
    first.refresh_from_db()
    decision.refresh_from_db()
    assert (Package.objects.count(), decision.void_at, first.failed_at) == (1, None, None)


@pytest.mark.clause("SHR-2")
def test_an_approval_does_not_pass_on_to_another_selection(cast: Cast, seen: list[Read]) -> None:
    """Preparing anew makes it void; so does pointing it at the new one."""
    decision = approved(cast, NOW)
    second = prepared(cast, NOW, request=decision.request, reads=seen[:1])
    ReleaseDecision.objects.filter(pk=decision.pk).update(selection=second, void_at=None)
    ReleaseRequest.objects.update(state="approved")
    decision.refresh_from_db()
    refused(decision)


@pytest.mark.clause("SHR-2")
def test_a_denial_is_no_approval_whatever_its_row_says(cast: Cast, seen: list[Read]) -> None:
    """The ledger says that it was denied."""
    selection = prepared(cast, NOW)
    decision = deciding.decide(
        request=selection.request, approve=False, reason=WHY_NOT, seen="", actor=cast.actor("sol"), now=NOW
    )
    with pytest.raises(PolicyRefusal):
        packing.pack(decision.pk, actor=system_actor("tests"), now=NOW)
    ReleaseDecision.objects.update(is_approval=True, digest=selection.digest)
    ReleaseRequest.objects.update(state="approved")
    with pytest.raises(PolicyRefusal):
        packing.pack(decision.pk, actor=system_actor("tests"), now=NOW)
    assert not Package.objects.exists()


@pytest.mark.clause("SHR-2")
def test_nobody_decides_on_what_they_took_in_or_prepared(cast: Cast, seen: list[Read]) -> None:
    """Not with the Sheriff's role either."""
    for name in ("sue", "ivan"):
        cast.people[name].grants.create(role="sheriff", granted_at=NOW, granted_by="tests")
    selection = prepared(cast, NOW, request=received(cast, NOW, by="sue"), by="ivan")
    for name in ("sue", "ivan"):
        with pytest.raises(PolicyRefusal):
            approved(cast, NOW, selection=selection, by=name)
    assert approved(cast, NOW, selection=selection).is_approval


@pytest.mark.clause("SHR-2")
def test_what_was_not_looked_at_is_not_approved(cast: Cast, seen: list[Read]) -> None:
    """A selection that changed between the look and the decision is another."""
    first = prepared(cast, NOW)
    prepared(cast, NOW, request=first.request, reads=seen[:1])
    with pytest.raises(PolicyRefusal):
        approved(cast, NOW, selection=first)
    assert Selection.objects.count() == 2


@pytest.mark.clause("SHR-2", "USE-4", "USE-5")
def test_everything_that_a_request_lacks_is_named_at_once(cast: Cast) -> None:
    """Each by its field; nothing of it is taken in."""
    nothing: dict[str, Any] = {
        **dict.fromkeys(("agency", "state", "official", "contact", "need", "case_number", "about"), " "),
        **dict.fromkeys(("kind", "purpose", "seen_from", "seen_until", "received_on")),
        **dict.fromkeys(("has_document", "attests_status", "attests_grounds"), False),
    }
    asked = written(NOW, **nothing)
    missing = wanting(asked, parameters=parameters_at(NOW), now=NOW, today=NOW.date())
    assert {each.field for each in missing} == (nothing.keys() - {"has_document", "seen_until"}) | {
        "document"
    }
    with pytest.raises(PolicyRefusal) as refusal:
        received(cast, NOW, **nothing)
    for word in ("agency", "person", "case", "written request", "immigration status", "protected ground"):
        assert word in refusal.value.decision.reason, word
    assert not ReleaseRequest.objects.exists()


@pytest.mark.clause("USE-4", "USE-5")
@pytest.mark.parametrize("field", ["attests_status", "attests_grounds"])
def test_without_its_statement_nothing_is_taken_in(cast: Cast, field: str) -> None:
    """Neither the one nor the other is left out."""
    lacking: dict[str, Any] = {field: False}
    with pytest.raises(PolicyRefusal) as refusal:
        received(cast, NOW, **lacking)
    assert refusal.value.decision.field == field


@pytest.mark.clause("USE-5")
@pytest.mark.parametrize(
    "change",
    [
        {"need": "The driver overstayed a visa and is to be found at home"},
        {"need": "Locate an undoc­umented person seen near the mill"},
        {"agency": "U.S. Immigration and Customs Enforcement", "kind": AgencyKind.FEDERAL},
        {"official": "Agent J. Doe, I.C.E. field office"},
        {"about": "cars at the 1mmigrat1on court"},
    ],
)
def test_a_request_that_names_immigration_is_refused(cast: Cast, change: dict[str, Any]) -> None:
    """Plainly or in disguise, in the need, the agency, the person or the place; with every statement made."""
    with pytest.raises(PolicyRefusal) as refusal:
        received(cast, NOW, **change)
    assert refusal.value.decision.clause == "USE-5"


@pytest.mark.clause("SHR-3")
def test_a_request_of_the_press_is_no_matter_for_a_release(cast: Cast) -> None:
    """It goes to the County Attorney."""
    with pytest.raises(PolicyRefusal) as refusal:
        received(cast, NOW, agency="Cayuta Courier", kind=AgencyKind.OTHER)
    assert (refusal.value.decision.clause, refusal.value.decision.field) == ("SHR-3", "kind")


@pytest.mark.clause("USE-4")
def test_a_protected_ground_is_a_supervisors_to_prepare(cast: Cast, seen: list[Read]) -> None:
    """It is neither refused nor does it go its usual way."""
    request = received(cast, NOW, need=f"{NEED} He was at the protest that evening")
    with pytest.raises(PolicyRefusal) as refusal:
        prepared(cast, NOW, request=request, by="ivan")
    assert refusal.value.decision.clause == "USE-4"
    assert prepared(cast, NOW, request=request, by="sue").reads == 3


@pytest.mark.clause("SHR-2", "RET-1")
def test_a_package_is_fetched_once_by_its_preparer_before_its_end(cast: Cast, seen: list[Read]) -> None:
    """Not by a supervisor, not a second time, not a second late."""
    package = packed(cast, NOW)
    request, ivan, end = package.decision.request, cast.actor("ivan"), package.gone_by
    assert end is not None
    for actor, moment in ((cast.actor("sue"), NOW), (cast.actor("sol"), NOW), (ivan, end)):
        with pytest.raises(PolicyRefusal):
            handing.fetch(request=request, actor=actor, now=moment)
    for name in ("sue", "sol"):
        with pytest.raises(PolicyRefusal):
            handing.see_phrase(request=request, actor=cast.actor(name), now=NOW)
    handing.fetch(request=request, actor=ivan, now=end - timedelta(seconds=1))
    with pytest.raises(PolicyRefusal):
        handing.fetch(request=request, actor=ivan, now=NOW)
    keeping.keep_releases(actor=system_actor("tests"), now=end)
    with pytest.raises(PolicyRefusal):
        handing.see_phrase(request=request, actor=ivan, now=end)


@pytest.mark.clause("QRY-1", "SHR-2")
def test_there_is_no_second_way_to_reads(cast: Cast, seen: list[Read]) -> None:
    """Only what one's own search found is frozen: for this purpose, after the request, within its time."""
    request = received(cast, NOW, seen_from=NOW - timedelta(hours=30))
    with pytest.raises(PolicyRefusal):
        prepared(cast, NOW, request=request)  # one read is older than what was asked about
    assert prepared(cast, NOW, request=request, reads=seen[:2]).reads == 2
    later = received(cast, NOW + timedelta(minutes=1))
    query = asked(cast, NOW)
    with pytest.raises(PolicyRefusal):  # asked before the request came
        actions.prepare(request=later, query=query, reads=seen, actor=cast.actor("ivan"), now=NOW)
    with pytest.raises(PolicyRefusal):  # somebody else's search
        actions.chosen_reads(query, set(), actor=cast.actor("sue"), now=NOW)
    found = actions.chosen_reads(query, {uuid.uuid4()}, actor=cast.actor("ivan"), now=NOW)
    assert found == []


@pytest.mark.clause("SHR-2")
def test_another_plate_goes_out_only_with_a_reason_that_whoever_decides_reads(
    cast: Cast, seen: list[Read], sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search need not fit the request: without a reason nothing is frozen, with one the approver reads it first."""
    scope = Scope("KAB 4821, wlk-9999", "NY", "", PAPER.name)
    sue, ivan = cast.actor("sue"), cast.actor("ivan")
    request = actions.receive(asked=written(NOW), scope=scope, document=PAPER, actor=sue, now=NOW)
    with pytest.raises(PolicyRefusal, match="3 of the chosen reads are of another plate"):
        prepared(cast, NOW, request=request)
    query, why = asked(cast, NOW), "The grey sedan changed plates at the bridge"
    form = {"freeze": "1", "release": request.pk, "because": why * 12}
    with monkeypatch.context() as clock:
        clock.setattr("platewarden.releases.views.utc_now", lambda: NOW)
        answer = sign_in(cast.ivan).post(reverse("releases:choose", args=[query.pk]), form)
    assert answer.status_code == 422, "a reason that is too long is said to be, and never cut"
    actions.prepare(request=request, query=query, reads=seen, because=why, actor=ivan, now=NOW)
    page = sign_in(cast.sol).post(f"/releases/{request.pk}/selection/").content.decode()
    assert page.count("Not the plate named") == 3
    assert page.index(why) < page.index("Approve exactly this")
    assert LedgerBody.objects.filter(body__contains=why).exists()


@pytest.mark.clause("SHR-2")
@pytest.mark.parametrize(
    ("named", "state", "plate", "read_state", "strays"),
    [
        ("KAB 4821", "NY", "KAB4821", "NY", False),
        ("kab-4821; WLK9027", "", "WLK9027", "PA", False),
        ("KAB4821", "NY", "KAB4821", "", False),
        ("KAB4821", "NY", "KAB4821", "PA", True),
        ("KAB4821", "NY", "KA84821", "NY", True),
        ("KAB4", "NY", "KAB4821", "NY", True),
        ("see the letter", "", "KAB4821", "NY", True),
        (" ", "", "KAB4821", "NY", False),
    ],
)
def test_what_strays_from_a_request(
    named: str, state: str, plate: str, read_state: str, *, strays: bool
) -> None:
    """Another serial, another character, or another state; where no plate is named nothing does."""
    assert stray_from(named, state, plate, read_state) is strays


@pytest.mark.clause("SHR-3")
def test_a_records_officer_reaches_no_release(cast: Cast, seen: list[Read], sign_in: Any) -> None:
    """Neither list, nor request, nor selection, nor paper, nor file."""
    request = prepared(cast, NOW).request
    browser = sign_in(cast.rex)
    assert browser.get("/releases/").status_code == 403
    assert browser.get(f"/releases/{request.pk}/").status_code == 403
    for door in ("document", "selection", "decide", "withdraw", "phrase", "fetch", "hand-over"):
        assert browser.post(f"/releases/{request.pk}/{door}/").status_code == 403, door


def an_archive(size: int = 1000) -> bytes:
    """A zip of nothing but zeros."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(size))
    return buffer.getvalue()


def a_bomb() -> bytes:
    """A PNG of a few bytes that says that it is 60000 pixels wide and high."""
    header = (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    )
    return header + b"\x00" * 64


@pytest.mark.clause("SHR-2")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        an_archive(10_000_000),
        a_bomb(),
        b"%PDF-1.7 cut off",
        b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\n%%EOF",
        b"%PDF-1.7\n<</Launch<</F(cmd.exe)>>>>\n%%EOF",
        b"%PDF-1.7\n<</EmbeddedFiles 2 0 R>>\n%%EOF",
        b"%PDF-1.7\n%%EOF\n" + an_archive(),
        b"GIF89a" + bytes(100),
        b"%PDF-1.7\n" + bytes(documents.MAX_BYTES) + b"\n%%EOF",
    ],
)
def test_a_hostile_paper_is_not_taken(content: bytes) -> None:
    """Told by its bytes, whatever it is called; nothing in it is unpacked or run."""
    with pytest.raises(documents.DocumentError):
        documents.checked("request.pdf", content)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fake\\path.pdf", "path.pdf"),
        ("re\u202efdp.exe", "refdp.exe"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ("...", "request"),
        ("", "request"),
        ("x" * 500, "x" * 100),
    ],
)
def test_a_hostile_name_becomes_a_plain_one(name: str, shown: str) -> None:
    """It is shown, and never a path."""
    assert documents.shown_name(name) == shown


@pytest.mark.clause("SHR-2")
def test_the_paper_is_handed_out_as_a_download(cast: Cast, seen: list[Read], sign_in: Any) -> None:
    """Under a name of ours, as what it is by its bytes, and never within a page."""
    request = received(cast, NOW)
    answer = sign_in(cast.sol).post(f"/releases/{request.pk}/document/")
    assert answer.content == PAPER.content
    assert answer["Content-Disposition"] == f'attachment; filename="release-{request.pk}-request.pdf"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")


def test_a_body_that_is_larger_than_a_paper_is_turned_away_unread(cast: Cast, sign_in: Any) -> None:
    """By its length, before a byte is written to the disk."""
    browser = sign_in(cast.ivan)
    answer = browser.post(
        "/releases/new/", b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="20000000"
    )
    assert answer.status_code == 413


@pytest.mark.clause("SHR-2")
def test_who_had_it_is_not_written_over(cast: Cast, seen: list[Read]) -> None:
    """Neither to whom it was handed nor who confirmed: not by a colleague, and not by whoever said it."""
    package = packed(cast, NOW)
    request = package.decision.request
    _, content = handing.fetch(request=request, actor=cast.actor("ivan"), now=NOW)
    assert b"".join(content)
    said: Any = {"request": request, "by": HandedBy.COURIER, "at": NOW, "now": NOW}
    handing.hand_over(to="R. Kowalczyk", actor=cast.actor("ivan"), **said)
    receipt: Any = {"request": request, "on": NOW.date(), "now": NOW}
    handing.acknowledge(by="Chief O. Brandt", actor=cast.actor("ivan"), **receipt)
    for name in ("ivan", "max"):
        with pytest.raises(PolicyRefusal, match="on record"):
            handing.hand_over(to="Somebody else", actor=cast.actor(name), **said)
        with pytest.raises(PolicyRefusal, match="on record"):
            handing.acknowledge(by="Nobody", actor=cast.actor(name), **receipt)
    package.refresh_from_db()
    assert (package.handed_to, package.acknowledged_by) == ("R. Kowalczyk", "Chief O. Brandt")
