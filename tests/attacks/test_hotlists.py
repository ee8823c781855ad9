"""Somebody tries to get a plate onto a hotlist, or to keep it there, past the policy."""

import io
import zipfile
import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from platewarden.hotlists import actions, uploads
from platewarden.hotlists.formats.reading import HowToRead, Reading
from platewarden.hotlists.models import Entry, Snapshot, Upload
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.parameters import defaults
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists import samples
from tests.hotlists.lists import a_list, csv_of, facts, load, read, run_jobs
from tests.hotlists.samples import Wanted

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


def post_file(client: Any, hotlist_id: int, content: bytes, name: str = "list.csv") -> Any:
    """Send *content* through the load page, and let the worker look it through."""
    data = {"file": SimpleUploadedFile(name, content), "effective_at": "2026-11-20T09:00"}
    answer = client.post(reverse("hotlists:load", args=[hotlist_id]), data)
    run_jobs()
    return answer


@pytest.mark.clause("USE-5", "HOT-3")
@pytest.mark.parametrize(
    "code",
    [
        "N",
        " n ",
        "Immigration Violator",
        "IMMIGRATION-VIOLATOR",
        "\uff29\uff2d\uff2d\uff29\uff27\uff32\uff21\uff34\uff29\uff2f\uff2e",
        "imm\u0456grat\u0456on",
        "deported  felon",
        "Removal_Order",
        "alien",
    ],
)
def test_no_spelling_brings_an_immigration_record_in(cast: Cast, code: str) -> None:
    """Case, blanks, full-width letters and look-alike alphabets: the line is left out and counted."""
    snapshot = load(cast, a_list(cast), "KAB4821,NY,P,", f"AAA1111,NY,{code},")
    assert (snapshot.accepted, snapshot.left_out) == (1, 1)
    assert not Entry.objects.filter(plate="AAA1111").exists()


@pytest.mark.clause("USE-5")
@pytest.mark.parametrize(
    "reason",
    [
        "Deported felon, hold for ICE",
        "visa overstay",
        "\uff49\uff4d\uff4d\uff49\uff47\uff52\uff41\uff54\uff49\uff4f\uff4e check",
        "Undocumented driver",
    ],
)
@pytest.mark.parametrize("column", ["reason", "instructions"])
def test_no_admitted_category_covers_for_an_immigration_record(cast: Cast, reason: str, column: str) -> None:
    """A "wanted person" who is wanted for their status is left out and counted under USE-5."""
    content = csv_of(f'AAA1111,NY,wanted_person,"{reason}"', header=f"plate,state,category,{column}\n")
    report = read(content)
    assert report.is_sound
    assert (len(report.rows), report.refused) == (0, {"USE-5 (its reason)": 1})


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\u202e", "\ufeff", "\u00a0"])
def test_invisible_characters_hide_no_word(hidden: str) -> None:
    """A line with characters that cannot be seen is left out for what it says, or refuses the file."""
    found = read(csv_of(f"AAA1111,NY,P,immi{hidden}gration"))
    assert not found.rows
    assert found.problem_count == 1 or found.refused == {"USE-5 (its reason)": 1}


WANTED = Wanted(plate="AAA1111", code="W")
HIDDEN = {
    "ncic, code N": samples.ncic(Wanted(plate="AAA1111", code="N")),
    "ncic, told after a warrant": samples.ncic(WANTED, told="DEP0RTED FEL0N"),
    "tx-ncic, code N": samples.texas(Wanted(plate="AAA1111", code="N")),
    "tx-ncic, told in a column for something else": samples.texas(WANTED, style="IMMIGRATI0N VI0LAT0R"),
    "mn-ncic, code N": samples.minnesota(Wanted(plate="AAA1111", code="N")),
    "mn-ncic, told in a column that is not used": samples.minnesota(WANTED).replace(",PC,", ",DEPORTED,"),
    "ny-state, told as a colour": samples.new_york(replace(WANTED, colour="DEPORTED")),
    "ny-state, code N": samples.new_york(Wanted(plate="AAA1111", code="N")),
    "nj-mvc, code N": samples.new_jersey(Wanted(plate="AAA1111", code="N")),
    "fl-state, as a list": samples.florida(Wanted(plate="AAA1111", code="IMMIGRATION VIOLATOR")),
    "fl-state, by its agency": samples.florida(
        Wanted(plate="AAA1111", code="WANTED PERSON"), agency="US IMMIGRATION AND CUSTOMS"
    ),
    "fl-state, in a column that is not used": samples.florida(
        Wanted(plate="AAA1111", code="WANTED PERSON")
    ).replace(";XY;", ";VISA OVERSTAY;"),
    "oh-leads, record number": samples.ohio(Wanted(plate="AAA1111", code="N")),
    "oh-leads, in words": samples.ohio(WANTED, told="0H WARRANT IMMIGRATI0N"),
    "oh-leads, told after a warrant": samples.ohio(WANTED, told="M10000001 W100000001 DEP0RTED FEL0N"),
    "oh-leads, told in a place that is not used": samples.ohio(WANTED).replace("07/07/2007", "IMMIGRANT "),
    "oh-leads-spaced, record number": samples.ohio_spaced(Wanted(plate="AAA1111", code="N")),
    "oh-leads-spaced, told after a warrant": samples.ohio_spaced(WANTED, told="M1 W1 IMM1GRATI0N"),
    "csv, code": "AAA1111,NY,N,,",
    "csv, full-width code": "AAA1111,NY,\uff2e,,",
    "csv, reason": "AAA1111,NY,W,removal order,",
    "csv, case number": "AAA1111,NY,W,,ICE-2026-1",
    "csv, note": "AAA1111,NY,W,,,hold for i.m.m.i.g.r.a.t.i.o.n",
    "csv, make": "AAA1111,NY,W,,,,undocumented",
}


@pytest.mark.clause("USE-5")
@pytest.mark.parametrize("line", HIDDEN.values(), ids=HIDDEN)
def test_no_layout_brings_an_immigration_record_in(line: str, request: pytest.FixtureRequest) -> None:
    """By code, in words, folded, in a column for something else or for nothing: it is left out and counted."""
    layout = request.node.callspec.id.partition(",")[0]
    header = "plate,state,category,reason,case_number,note,make" if layout == "csv" else "HEADER"
    if layout == "csv":
        line += "," * (header.count(",") - line.count(","))
    if layout == "fl-state":
        header = samples.FLORIDA_HEADER
    found = read(f"{header}\n{line}\n{line}\n".encode(), layout=layout)
    assert found.is_sound, found.problems
    assert found.rows == []
    assert all(key.startswith("USE-5 ") for key in found.refused), found.refused
    assert found.left_out_count == 2


@pytest.mark.clause("HOT-2")
@pytest.mark.parametrize(
    "change", [{"reason": ""}, {"reason": "\u00a0 \t"}, {"reason": "x"}, {"case_number": "1"}]
)
def test_no_entry_goes_without_a_reason_or_number(cast: Cast, sign_in: Any, change: dict[str, str]) -> None:
    """Leaving a field out of the request is no way round it, and the attempt is on the ledger."""
    said = {
        "plate": "KAB4821",
        "state": "NY",
        "category": "manual",
        "priority": "normal",
        "reason": "Seen leaving a burglary",
        "case_number": "2026-004417",
        "expires_at": "2026-11-27T10:30",
        **change,
    }
    client = sign_in(cast.alice)
    assert client.post(reverse("hotlists:enter"), said).status_code == 403
    lean = {"plate": "KAB4821", "category": "manual"}
    assert client.post(reverse("hotlists:enter"), lean).status_code == 403
    assert Entry.objects.count() == 0
    assert LedgerLeaf.objects.filter(kind="request.refused").count() == 2
    bodies = " ".join(LedgerBody.objects.filter(leaf__kind="request.refused").values_list("body", flat=True))
    assert "KAB4821" not in bodies


@pytest.mark.clause("HOT-2")
def test_an_entry_cannot_be_kept_for_ever_by_renewing_it(cast: Cast) -> None:
    """Each renewal ends within the longest life, counted from the renewal."""
    alice = cast.actor("alice")
    entry = actions.enter_manually(plate="KAB4821", facts=facts(), actor=alice, now=NOW)
    far = facts(reason="Wanted all the same", expires_at=NOW + timedelta(days=31))
    with pytest.raises(PolicyRefusal, match="HOT-2"):
        actions.renew_entry(entry=entry, facts=far, actor=alice, now=NOW)


def test_formulas_are_shown_as_text(cast: Cast, sign_in: Any) -> None:
    """What an entry says is neither run by a spreadsheet nor by a browser."""
    evil = '=HYPERLINK("http://x","y") <script>alert(1)</script> \'; DROP TABLE people; --'
    actions.enter_manually(
        plate="KAB4821",
        facts=facts(reason=evil, instructions="<img src=x>", cautions="<img src=x>"),
        actor=cast.actor("alice"),
        now=NOW,
    )
    url = reverse("hotlists:detail", args=[Entry.objects.get().snapshot.hotlist_id])
    text = sign_in(cast.alice).get(url).content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "<img src=x>" not in text


def zip_of(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of *members*."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


GOOD = csv_of("KAB4821,NY,P,")
NOT_LISTS = {
    "utf-16": GOOD.decode().encode("utf-16"),
    "utf-32": GOOD.decode().encode("utf-32"),
    "utf-16 without a mark": GOOD.decode().encode("utf-16-le"),
    "latin-1": csv_of("KAB4821,NY,P,caf\u00e9").decode().encode("latin-1"),
    "nul": b"plate,state,category\nKAB\x004821,NY,P\n",
    "png": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "quotes": b"plate,state,category\n" + b'"' * 200_000,
    "endless value": b"plate,state,category\n" + b"A" * 200_000,
    "endless line": b"A" * 2_000_000,
    "cr alone": GOOD.replace(b"\n", b"\r") * 10_000,
    "commas": b"," * 100_000,
    "header only": b"plate,state,category\n",
    "header of an extract only": b"HEADER 20260110\n",
    "no zip": b"PK\x03\x04" + bytes(range(128, 256)),
    "empty zip": zip_of(),
    "zip of two": zip_of(("a.csv", GOOD), ("b.csv", GOOD)),
    "zip with a way up": zip_of(("../../list.csv", GOOD)),
    "zip with a folder": zip_of(("lists/list.csv", GOOD)),
    "zip with an absolute path": zip_of(("/etc/passwd", GOOD)),
    "zip with a drive": zip_of(("C:list.csv", GOOD)),
    "zip with backslashes": zip_of(("..\\list.csv", GOOD)),
    "zip of a folder": zip_of(("list/", b"")),
    "zip packed with lzma": zip_of(("list.csv", GOOD), method=zipfile.ZIP_LZMA),
    "zip in a zip": zip_of(("list.csv", zip_of(("list.csv", GOOD)))),
    "zip cut off": zip_of(("list.csv", GOOD * 50))[:-30],
    "zip with another content": zip_of(("list.csv", GOOD * 50)).replace(
        zlib.compress(GOOD * 50)[2:12], bytes(10)
    ),
    "zip bomb": zip_of(
        ("list.csv", b"plate,state,category\n" + (b"KAB4821,NY," + b" " * 60_000 + b"P\n") * 500)
    ),
}


@pytest.mark.parametrize("content", NOT_LISTS.values(), ids=NOT_LISTS)
def test_files_that_are_no_list_are_answered_and_write_nothing(
    cast: Cast, sign_in: Any, content: bytes
) -> None:
    """Each is refused with a report, the list in use stays, the refusal is on the ledger, no file is written."""
    hotlist = a_list(cast)
    load(cast, hotlist, "HXB7730,NY,P,", effective_at=NOW - timedelta(hours=9))
    client = sign_in(cast.sue)
    page = client.get(post_file(client, hotlist.pk, content).url)
    assert b"nothing of it was loaded" in page.content
    assert Upload.objects.get().state == "refused"
    assert Entry.objects.get().plate == "HXB7730"
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "hotlist.refused"


def test_a_zip_bomb_is_given_up_long_before_its_end(cast: Cast) -> None:
    """It is read as far as its size explains, and no further; a long list that repeats itself is no bomb."""
    bomb = NOT_LISTS["zip bomb"]
    seen: list[int] = []
    reading = Reading(io.BytesIO(bomb), HowToRead(defaults(NOW)), seen.append)
    assert sum(1 for _ in reading.rows()) < 300
    assert "swells" in reading.report.problems[0].message
    assert seen[-1] < 201 * len(bomb) + 2 * 1024**2
    assert read(zip_of(("list.csv", GOOD + b"\nHXB7730,NY,P," * 20_000))).is_sound


def test_a_zip_that_lies_about_its_members_is_refused() -> None:
    """Neither a count nor a name that differs between its two directories opens it."""
    packed = zip_of(("list.csv", GOOD), ("more.csv", GOOD))
    place = packed.rindex(b"PK\x05\x06")
    lying = packed[: place + 8] + (1).to_bytes(2, "little") * 2 + packed[place + 12 :]
    renamed = zip_of(("list.csv", GOOD)).replace(b"list.csv", b"lost.csv", 1)
    encrypted = bytearray(zip_of(("list.csv", GOOD)))
    directory = encrypted.rindex(b"PK\x01\x02")
    encrypted[6] |= 1
    encrypted[directory + 8] |= 1
    for content in (lying, renamed, bytes(encrypted)):
        found = read(content)
        assert not found.rows
        assert "zip file" in found.problems[0].message


def test_a_file_name_is_only_a_label(cast: Cast, sign_in: Any) -> None:
    """It names no place on the disc and carries no markup."""
    hotlist = a_list(cast)
    client = sign_in(cast.sue)
    content = csv_of("KAB4821,NY,P,")
    sent = post_file(client, hotlist.pk, content, f"../../{'x' * 100}<b>.csv")
    text = client.get(sent.url).content.decode()
    uploads.confirm(upload=Upload.objects.get(), actor=cast.actor("sue"), now=NOW)
    run_jobs()
    text += client.get(reverse("hotlists:detail", args=[hotlist.pk])).content.decode()
    assert Snapshot.objects.count() == 1
    assert "<b>.csv" not in text
    assert "../" not in text


def test_a_huge_upload_is_refused_before_it_is_read(
    cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its size alone decides."""
    monkeypatch.setattr("platewarden.hotlists.load_forms.MAX_BYTES", 1024)
    answer = post_file(sign_in(cast.sue), a_list(cast).pk, csv_of(*("KAB4821,NY,P," for _ in range(200))))
    assert answer.status_code == 422
    assert b"split the list" in answer.content


def test_a_thousand_invented_categories_do_not_swell_the_ledger(cast: Cast) -> None:
    """A stranger's file decides neither the size of the report nor of the entry."""
    lines = [f"AAA{n},NY,odd category number {n}," for n in range(5000)]
    snapshot = load(cast, a_list(cast), "KAB4821,NY,P,", *lines)
    assert snapshot.left_out == 5000
    body = LedgerBody.objects.filter(leaf__kind="hotlist.loaded").values_list("body", flat=True)[0]
    assert len(io.StringIO(body).read()) < 8000


@pytest.mark.parametrize("who", ["alice", "dee", "tom", "eve"])
def test_nobody_loads_by_going_straight_to_the_address(cast: Cast, sign_in: Any, who: str) -> None:
    """The page that is not offered is not served either."""
    hotlist = a_list(cast)
    client = sign_in(getattr(cast, who))
    assert post_file(client, hotlist.pk, csv_of("KAB4821,NY,P,")).status_code == 403
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("who", ["tom", "ada", "eve"])
def test_whoever_does_not_patrol_enters_no_plate(cast: Cast, sign_in: Any, who: str) -> None:
    """An auditor, an administrator and somebody without a role are refused."""
    assert sign_in(getattr(cast, who)).get(reverse("hotlists:enter")).status_code == 403
