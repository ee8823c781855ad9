"""A file's way onto a list: looked through, shown, decided on, loaded; whatever ends it, nothing is half done."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from platewarden.hotlists import spool, uploads
from platewarden.hotlists.beats import CancelledError
from platewarden.hotlists.models import Entry, Hotlist, Snapshot, Upload, UploadState
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.decision import PolicyRefusal
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists import samples
from tests.hotlists.lists import a_list, csv_of, load, run_jobs
from tests.hotlists.samples import Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages play at the tests' moment."""
    for module in ("hotlists.load_views", "hotlists.views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


def sent(*lines: str, at: str = "2026-11-20T09:00", content: bytes | None = None, **more: str) -> Any:
    """What the load form sends."""
    file = SimpleUploadedFile("list.csv", csv_of(*lines) if content is None else content)
    return {"file": file, "effective_at": at, **more}


def received(cast: Cast, hotlist: Hotlist, *lines: str, who: str = "sue", **said: Any) -> Upload:
    """A file that has been taken in."""
    told = uploads.Said(**{"effective_at": NOW - timedelta(minutes=30), **said})
    return uploads.receive(
        hotlist=hotlist, chunks=[csv_of(*lines)], file_name="l.csv", said=told, actor=cast.actor(who), now=NOW
    )


def left() -> list[str]:
    """Names in the spool."""
    return [str(name) for name in spool.names(before=NOW + timedelta(days=3650))]


@pytest.mark.clause("HOT-1")
def test_a_supervisor_sets_up_checks_and_loads_a_list(cast: Cast, sign_in: Any) -> None:
    """The list is set up, its file is shown before anything of it matches, and loaded once somebody says so."""
    client = sign_in(cast.sue)
    made = client.post(reverse("hotlists:create"), {"name": "County", "source": "Kept by us"})
    hotlist = Hotlist.objects.get()
    assert made.url == reverse("hotlists:load", args=[hotlist.pk])
    under_way = client.post(made.url, sent("KAB4821,NY,P,", "AAA1111,NY,N,")).url
    assert b"Waiting for the worker" in client.get(under_way).content
    run_jobs()
    page = client.get(under_way).content.decode()
    assert "KAB4821" in page
    assert "USE-5 N" in page
    assert "never loaded: immigration status" in page
    assert Entry.objects.count() == 0
    upload = Upload.objects.get()
    assert client.post(reverse("hotlists:confirm", args=[upload.pk])).url == under_way
    run_jobs()
    assert b"1 entries are in use" in client.get(under_way).content
    snapshot = Snapshot.objects.get()
    assert snapshot.effective_at.isoformat() == "2026-11-20T14:00:00+00:00"
    assert (snapshot.loaded_by, snapshot.difference) == ("sue", {"added": 1, "removed": 0, "changed": 0})


def test_the_preview_shows_the_difference_with_its_first_entries(cast: Cast, sign_in: Any) -> None:
    """Added, removed and changed, each with line, plate, state and category; gone once it is decided."""
    hotlist = a_list(cast)
    load(cast, hotlist, "KAB4821,NY,P,", "HXB7730,NY,V,one", "LDV2096,NY,V,")
    upload = received(cast, hotlist, "KAB4821,NY,P,", "HXB7730,NY,V,two", "MZN3158,PA,V,", "MZN3158,PA,V,")
    run_jobs()
    upload.refresh_from_db()
    assert upload.difference == {"added": 1, "removed": 1, "changed": 1}
    assert [entry["plate"] for entry in upload.examples["added"]] == ["MZN3158"]
    assert [entry["plate"] for entry in upload.examples["removed"]] == ["LDV2096"]
    assert [(entry["plate"], entry["line"]) for entry in upload.examples["changed"]] == [("HXB7730", 3)]
    page = sign_in(cast.sue).get(reverse("hotlists:upload", args=[upload.pk])).content.decode()
    assert "MZN3158" in page
    uploads.cancel(upload=upload, actor=cast.actor("max"), now=NOW)
    upload.refresh_from_db()
    assert (upload.first, upload.examples) == ([], {})
    assert Entry.objects.count() == 3


@pytest.mark.clause("HOT-1")
def test_what_is_not_on_the_new_list_stops_matching_at_once(cast: Cast) -> None:
    """Loading switches from one snapshot to the other; the old one's entries are gone, its digest stays."""
    hotlist = a_list(cast)
    first = load(cast, hotlist, "KAB4821,NY,P,")
    upload = received(cast, hotlist, "HXB7730,NY,P,")
    run_jobs()
    assert Entry.objects.get().plate == "KAB4821"
    assert uploads.confirm(upload=upload, actor=cast.actor("sue"), now=NOW)
    run_jobs()
    assert [(entry.plate, entry.line, entry.snapshot.is_current) for entry in Entry.objects.all()] == [
        ("HXB7730", 2, True)
    ]
    first.refresh_from_db()
    assert not first.is_current
    assert len(bytes(first.file_digest)) == 32
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "hotlist.loaded"


@pytest.mark.parametrize("who", ["alice", "ivan", "dee", "tom", "eve"])
def test_the_first_lines_are_shown_to_those_who_may_load_alone(cast: Cast, sign_in: Any, who: str) -> None:
    """Plates of a list are nobody else's business; its progress is not, either."""
    upload = received(cast, a_list(cast), "KAB4821,NY,P,")
    run_jobs()
    client = sign_in(getattr(cast, who))
    for page in ("upload", "progress"):
        assert client.get(reverse(f"hotlists:{page}", args=[upload.pk])).status_code == 403
    for act in ("confirm", "cancel"):
        assert client.post(reverse(f"hotlists:{act}", args=[upload.pk])).status_code == 403
    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED


def test_a_refused_file_is_answered_line_by_line(cast: Cast, sign_in: Any) -> None:
    """The page names line, column and fault; nothing was loaded, and the ledger knows."""
    upload = received(cast, a_list(cast), "KAB4821,NY,P,", "--,NY,P,")
    run_jobs()
    page = sign_in(cast.sue).get(reverse("hotlists:upload", args=[upload.pk])).content.decode()
    assert "1 problem; nothing of it was loaded" in page
    assert "no letter A-Z or digit" in page
    assert Upload.objects.get().state == UploadState.REFUSED
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "hotlist.refused"


@pytest.mark.clause("HOT-1")
def test_an_older_file_is_refused_on_record_beside_its_field(cast: Cast, sign_in: Any) -> None:
    """The refusal names HOT-1 and its remedy, and its ledger entry; the file is not even kept."""
    hotlist = a_list(cast)
    load(cast, hotlist, "KAB4821,NY,P,")
    url = reverse("hotlists:load", args=[hotlist.pk])
    page = sign_in(cast.sue).post(url, sent("HXB7730,NY,P,", at="2026-11-19T09:00"))
    assert page.status_code == 403
    assert b"older than the one in use" in page.content
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "request.refused"
    assert (Upload.objects.count(), left()) == (0, [])


@pytest.mark.parametrize(
    "data", [{}, {"effective_at": "soon", "file": ""}, {"layout": "xml"}, {"category": "immigration"}]
)
def test_a_load_without_what_it_needs_says_so(cast: Cast, sign_in: Any, data: dict[str, str]) -> None:
    """The form is shown again with each fault named, and nothing is taken in."""
    url = reverse("hotlists:load", args=[a_list(cast).pk])
    whole = sent("KAB4821,NY,P,") if "layout" in data or "category" in data else {}
    assert sign_in(cast.sue).post(url, {**whole, **data}).status_code == 422
    assert Upload.objects.count() == 0


def test_no_file_is_loaded_into_the_list_kept_by_hand(cast: Cast, sign_in: Any) -> None:
    """Its entries have reasons of their own, and a file would sweep them away."""
    from platewarden.hotlists.actions import enter_manually
    from tests.hotlists.lists import facts

    enter_manually(plate="KAB4821", facts=facts(), actor=cast.actor("alice"), now=NOW)
    url = reverse("hotlists:load", args=[Hotlist.objects.get().pk])
    assert sign_in(cast.sue).post(url, sent("HXB7730,NY,P,")).status_code == 404
    assert Entry.objects.get().plate == "KAB4821"


def test_a_name_that_is_taken_is_said_beside_its_field(cast: Cast, sign_in: Any) -> None:
    """The form is shown again."""
    a_list(cast)
    page = sign_in(cast.sue).post(reverse("hotlists:create"), {"name": "State extract", "source": "x"})
    assert page.status_code == 422
    assert b"already a list named" in page.content


def test_progress_is_told_until_the_page_must_be_loaded_anew(cast: Cast, sign_in: Any) -> None:
    """While a job runs the fragment says how far it is; afterwards the browser is told to load the page again."""
    upload = received(cast, a_list(cast), "KAB4821,NY,P,")
    Upload.objects.update(state=UploadState.CHECKING, seen_bytes=upload.size // 2)
    client, url = sign_in(cast.sue), reverse("hotlists:progress", args=[upload.pk])
    told = client.get(url)
    assert b"Reading the file: 4" in told.content
    assert b'hx-trigger="every 1s"' in told.content
    Upload.objects.update(seen_bytes=upload.size)
    assert b"Comparing with the list in use" in client.get(url).content
    Upload.objects.update(state=UploadState.CHECKED)
    done = client.get(url)
    assert (done.status_code, done.headers["HX-Refresh"]) == (204, "true")


@pytest.mark.clause("HOT-1")
def test_a_decision_on_a_list_that_has_changed_since_is_made_anew(cast: Cast) -> None:
    """What was shown no longer holds: the file is checked again against what is in use now."""
    hotlist = a_list(cast)
    upload = received(cast, hotlist, "KAB4821,NY,P,")
    run_jobs()
    load(cast, hotlist, "HXB7730,NY,P,")
    assert not uploads.confirm(upload=upload, actor=cast.actor("sue"), now=NOW)
    assert Entry.objects.get().plate == "HXB7730"
    run_jobs()
    upload.refresh_from_db()
    assert (upload.state, upload.difference["removed"]) == (UploadState.CHECKED, 1)
    assert uploads.confirm(upload=upload, actor=cast.actor("sue"), now=NOW)
    run_jobs()
    assert Entry.objects.get().plate == "KAB4821"


@pytest.mark.clause("HOT-1")
def test_a_file_overtaken_by_a_newer_one_is_refused_at_the_decision(cast: Cast, sign_in: Any) -> None:
    """The most current list is the one in use, whenever the button is pressed."""
    hotlist = a_list(cast)
    upload = received(cast, hotlist, "KAB4821,NY,P,", effective_at=NOW - timedelta(hours=2))
    run_jobs()
    load(cast, hotlist, "HXB7730,NY,P,")
    answer = sign_in(cast.sue).post(reverse("hotlists:confirm", args=[upload.pk]))
    assert answer.status_code == 403
    assert b"older than the one in use" in answer.content
    with pytest.raises(PolicyRefusal, match="HOT-1"):
        uploads.confirm(upload=upload, actor=cast.actor("sue"), now=NOW)


@pytest.mark.clause("ADM-2")
def test_whoever_loses_the_right_meanwhile_loads_nothing(cast: Cast) -> None:
    """The job asks again who may: a role withdrawn between the decision and the load counts."""
    upload = received(cast, a_list(cast), "KAB4821,NY,P,")
    run_jobs()
    uploads.confirm(upload=upload, actor=cast.actor("sue"), now=NOW)
    cast.sue.grants.update(withdrawn_at=NOW)
    run_jobs()
    upload.refresh_from_db()
    assert upload.refusal is not None
    assert (upload.state, upload.refusal["clause"]) == (UploadState.REFUSED, "HOT-1")
    assert Entry.objects.count() == 0
    assert "hotlist.load" in LedgerBody.objects.get(pk=upload.refusal["entry"]).body


def test_the_spooled_file_is_readable_by_its_owner_alone(cast: Cast) -> None:
    """Mode 0600, in a folder of mode 0700; nothing of it stays if its sending breaks off."""
    upload = received(cast, a_list(cast), "KAB4821,NY,P,")
    path = spool._path(upload.pk)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)

    def broken() -> Iterator[bytes]:
        yield b"plate,state"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        spool.put(uuid.uuid4(), broken())
    assert left() == [str(upload.pk)]


@pytest.mark.parametrize("ending", ["loaded", "refused", "cancelled", "failed", "undecided"])
def test_the_spooled_file_is_gone_in_every_outcome(
    cast: Cast, ending: str, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loaded, refused, cancelled, broken off or forgotten: nothing of it is kept."""
    hotlist, sue = a_list(cast), cast.actor("sue")
    lines = ["--,NY,P,"] if ending == "refused" else ["KAB4821,NY,P,"]
    with django_capture_on_commit_callbacks(execute=True):
        upload = received(cast, hotlist, *lines)
        assert left() == [str(upload.pk)]
        if ending == "failed":
            monkeypatch.setattr(uploads, "preview", lambda *_, **__: 1 / 0)
        run_jobs()
        if ending == "loaded":
            uploads.confirm(upload=upload, actor=sue, now=NOW)
            run_jobs()
        if ending == "cancelled":
            uploads.cancel(upload=upload, actor=sue, now=NOW)
        if ending == "undecided":
            assert uploads.tend(now=NOW + timedelta(hours=3)) == 1
    upload.refresh_from_db()
    assert upload.state == ("failed" if ending == "undecided" else ending)
    assert left() == []
    expected = {"loaded": "hotlist.loaded", "refused": "hotlist.refused"}.get(ending, "hotlist.abandoned")
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == expected


def test_what_an_error_says_is_neither_shown_nor_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The database quotes the line that it chokes on: only the kind of an error is told."""

    def choke(*_: Any, **__: Any) -> None:
        raise RuntimeError("COPY hotlist_entries, line 1: KAB4821")

    monkeypatch.setattr(uploads, "preview", choke)
    upload = received(cast, a_list(cast), "KAB4821,NY,P,")
    run_jobs()
    upload.refresh_from_db()
    assert upload.state == UploadState.FAILED
    told = caplog.text + " ".join(LedgerBody.objects.values_list("body", flat=True))
    assert "RuntimeError" in told
    assert "KAB4821" not in told


def test_what_is_cancelled_before_the_worker_takes_it_up_is_not_taken_up(cast: Cast) -> None:
    """The job finds nothing to do."""
    upload = received(cast, a_list(cast), "KAB4821,NY,P,")
    uploads.cancel(upload=upload, actor=cast.actor("sue"), now=NOW)
    run_jobs()
    upload.refresh_from_db()
    assert (upload.state, upload.report) == (UploadState.CANCELLED, None)


def test_a_running_load_is_cancelled_before_the_lists_are_switched(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to the very moment before the new list takes the place of the old one, nothing is loaded."""
    hotlist = a_list(cast)
    load(cast, hotlist, "HXB7730,NY,P,")
    upload = received(cast, hotlist, "KAB4821,NY,P,")
    run_jobs()
    uploads.confirm(upload=upload, actor=cast.actor("sue"), now=NOW)
    told: list[int] = []

    def watch(_: Any, seen: int) -> None:
        told.append(seen)
        if len(told) > 1:
            raise CancelledError

    monkeypatch.setattr("platewarden.hotlists.beats.Beats.watch", watch)
    run_jobs()
    upload.refresh_from_db()
    assert (upload.state, len(told)) == (UploadState.CANCELLED, 2)
    assert [(entry.plate, entry.snapshot.is_current) for entry in Entry.objects.all()] == [("HXB7730", True)]
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize("is_start", [True, False])
def test_what_was_running_when_the_worker_died_is_ended(cast: Cast, is_start: bool) -> None:  # noqa: FBT001
    """A worker that starts knows that nothing runs; one that runs takes the silent for dead after two minutes."""
    upload = received(cast, a_list(cast), "KAB4821,NY,P,")
    Upload.objects.update(state=UploadState.LOADING, heard_of_at=NOW)
    at = NOW if is_start else NOW + uploads.SILENT
    assert uploads.tend(now=at, is_start=is_start) == (1 if is_start else 0)
    uploads.tend(now=at + timedelta(seconds=1))
    upload.refresh_from_db()
    assert upload.state == UploadState.FAILED
    assert Entry.objects.count() == 0


def test_files_that_belong_to_nothing_are_removed(cast: Cast) -> None:
    """A file whose upload was never recorded does not stay for ever; one just being sent does."""
    stray = uuid.uuid4()
    spool.put(stray, [b"plate"])
    uploads.tend(now=NOW - timedelta(days=3650))
    assert left() == [str(stray)]
    uploads.tend(now=NOW + timedelta(days=3650))
    assert left() == []


def test_a_zip_of_new_york_goes_the_same_way(cast: Cast, sign_in: Any) -> None:
    """The page says what the layout was learnt from, and that its suspensions are left out."""
    import io
    import zipfile

    lines = [samples.new_york(Wanted(code=code, plate=f"KAB482{n}")) for n, code in enumerate("VXZ")]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LPRinfo.txt", "\n".join(["HEADER", *lines, ""]))
    client = sign_in(cast.sue)
    url = reverse("hotlists:load", args=[a_list(cast).pk])
    under_way = client.post(url, sent(content=packed.getvalue())).url
    run_jobs()
    page = client.get(under_way).content.decode()
    assert "New York State" in page
    assert "ny_state.py" in page
    assert "switched off: Suspended or revoked operator" in page
    report = Upload.objects.get().report
    assert report is not None
    assert report["accepted"] == {"stolen_vehicle": 1}
