"""Somebody tries to get a plate onto a hotlist, or to keep it there, past the policy."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from platewarden.hotlists import actions
from platewarden.hotlists.models import Entry
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.decision import PolicyRefusal
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, csv_of, facts, load, read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages play at the tests' moment."""
    for module in ("hotlists.views", "hotlists.load_views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


def post_file(client: Any, hotlist_id: int, content: bytes, name: str = "list.csv") -> Any:
    """Send *content* through the load page."""
    file = SimpleUploadedFile(name, content)
    data = {"file": file, "effective_at": "2026-11-20T09:00", "load": ""}
    return client.post(reverse("hotlists:load", args=[hotlist_id]), data)


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
    entry = actions.enter_manually(plate="KAB4821", facts=facts(), instructions="", actor=alice, now=NOW)
    far = facts(reason="Wanted all the same", expires_at=NOW + timedelta(days=31))
    with pytest.raises(PolicyRefusal, match="HOT-2"):
        actions.renew_entry(entry=entry, facts=far, actor=alice, now=NOW)


def test_formulas_are_shown_as_text(cast: Cast, sign_in: Any) -> None:
    """What an entry says is neither run by a spreadsheet nor by a browser."""
    evil = '=HYPERLINK("http://x","y") <script>alert(1)</script> \'; DROP TABLE people; --'
    actions.enter_manually(
        plate="KAB4821",
        facts=facts(reason=evil),
        instructions="<img src=x>",
        actor=cast.actor("alice"),
        now=NOW,
    )
    url = reverse("hotlists:detail", args=[Entry.objects.get().snapshot.hotlist_id])
    text = sign_in(cast.alice).get(url).content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "<img src=x>" not in text


@pytest.mark.parametrize(
    "content",
    [
        csv_of("KAB4821,NY,P,").decode().encode("utf-16"),
        csv_of("KAB4821,NY,P,").decode().encode("utf-32"),
        b"plate,state,category\nKAB\x004821,NY,P\n",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"PK\x03\x04" + bytes(range(128, 256)),
        b"plate,state,category\n" + b'"' * 200_000,
        b"plate,state,category\n" + b"A" * 200_000,
        b"," * 100_000,
    ],
    ids=["utf-16", "utf-32", "nul", "png", "zip", "quotes", "endless value", "commas"],
)
def test_files_that_are_no_list_are_answered_and_write_nothing(
    cast: Cast, sign_in: Any, content: bytes
) -> None:
    """Each is refused with a report, the list in use stays, and the refusal is on the ledger."""
    hotlist = a_list(cast)
    load(cast, hotlist, "HXB7730,NY,P,", effective_at=NOW - timedelta(hours=9))
    answer = post_file(sign_in(cast.sue), hotlist.pk, content)
    assert answer.status_code == 422
    assert Entry.objects.get().plate == "HXB7730"
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "hotlist.refused"


def test_a_file_name_is_only_a_label(cast: Cast, sign_in: Any) -> None:
    """It names no place on the disc and carries no markup."""
    hotlist = a_list(cast)
    client = sign_in(cast.sue)
    content = csv_of("KAB4821,NY,P,")
    assert post_file(client, hotlist.pk, content, f"../../{'x' * 300}<b>.csv").status_code == 302
    text = client.get(reverse("hotlists:detail", args=[hotlist.pk])).content.decode()
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
