"""A release from the written request to the recipient's receipt."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from platewarden.accounts.actors import system_actor
from platewarden.bags.checking import check_bag
from platewarden.cases import holds
from platewarden.commands.case import case as case_command
from platewarden.commands.release import release as command
from platewarden.ledger.checkpoint import SignerKey
from platewarden.ledger.keys import ensure_log_key, verifiers
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.releases import HandedBy
from platewarden.reads.models import Read
from platewarden.recognition.images import decode_image
from platewarden.releases import actions, deciding, handing, keeping, materials
from platewarden.releases.duties import duties_at
from platewarden.releases.encrypting import PhraseError, decrypt, is_encrypted
from platewarden.releases.figures import figures_of_month
from platewarden.releases.models import Package, ReleaseRequest
from tests.cases.scenes import NUMBER, PLATE, asked, placed, sightings
from tests.cast import Cast
from tests.conftest import NOW
from tests.releases.scenes import PAPER, WHY_NOT, approved, packed, prepared, received
from tests.reports.scenes import text_of

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def seen(cast: Cast, store_home: Path) -> list[Read]:
    """Three reads with images, and a key to sign with."""
    ensure_log_key(store_home / "keys", "test.platewarden.invalid/ledger")
    return sightings(cast, NOW)


def fetched(cast: Cast, package: Package, folder: Path) -> tuple[Path, str]:
    """Let Ivan take the file and the phrase; the file as it was handed over."""
    request, ivan = package.decision.request, cast.actor("ivan")
    phrase = handing.see_phrase(request=request, actor=ivan, now=NOW)
    _, content = handing.fetch(request=request, actor=ivan, now=NOW)
    path = folder / f"{package.name}-encrypted.zip"
    path.write_bytes(b"".join(content))
    return path, phrase


def opened(path: Path, phrase: str, folder: Path) -> Path:
    """The bag within."""
    inner = folder / "opened.zip"
    with inner.open("wb") as dest:
        decrypt(path, dest, phrase=phrase)
    return inner


def payload(bag: Path) -> dict[str, bytes]:
    """Its payload by path."""
    with zipfile.ZipFile(bag) as archive:
        names = [name for name in archive.namelist() if "/data/" in name]
        return {name.partition("/data/")[2]: archive.read(name) for name in names}


@pytest.mark.clause("SHR-2")
def test_what_goes_out_is_what_was_approved_and_proves_it(
    cast: Cast, seen: list[Read], tmp_path: Path
) -> None:
    """Encrypted; within it one signed bag: reads, marked pictures, the letter, the selection, receipts."""
    package = packed(cast, NOW)
    path, phrase = fetched(cast, package, tmp_path)
    assert is_encrypted(path)
    assert PLATE.encode() not in path.read_bytes()
    bag = opened(path, phrase, tmp_path)
    verdict = check_bag(bag, trusted=verifiers())
    assert verdict.problems == []
    assert (verdict.form, verdict.receipts) == ("platewarden release 1", 3)
    data = payload(bag)
    listed = json.loads(data["selection.json"])
    assert materials.digest_of_list(listed) == package.decision.digest
    assert [row[0] for row in listed["reads"]] == [
        str(read.id) for read in sorted(seen, key=lambda r: r.seen_at)
    ]
    for number, row in enumerate(listed["reads"], start=1):
        said = data[f"reads/read-{number}.json"]
        assert materials.digest_of(said, listed["salt"]) == row[2]
        assert json.loads(said)["plate"] == PLATE
    letter = text_of(data["cover-letter.pdf"])
    for words in (
        "Sayre Borough Police Department",
        "SB-26-1187",
        PLATE,
        "immigration status",
        "not to be passed on",
    ):
        assert words in letter, words
    assert not any(b"127.0.0.1" in content for content in data.values())
    assert not any(name.endswith(".body.json") for name in data)


@pytest.mark.clause("CAP-3", "SHR-2")
def test_every_picture_is_masked_and_says_for_whom_it_was_made(
    cast: Cast, seen: list[Read], tmp_path: Path
) -> None:
    """Masked as in the copy of a case; across it, below it, in its name and within the file stands the release."""
    package = packed(cast, NOW)
    data = payload(opened(*fetched(cast, package, tmp_path), tmp_path))
    pictures = {name: content for name, content in data.items() if name.startswith("images/")}
    assert len(pictures) == 6
    for name, content in pictures.items():
        assert package.mark in name
        assert f"Release {package.decision.request_id} - Sayre Borough".encode() in content[:300]
        frame = decode_image(content)
        strip = frame[-26:]
        assert strip.std() > 20, "nothing is written below it"
        if "vehicle" in name:  # no plate is found in a small blue picture: all of it is grey
            blue = frame[:32, :64].astype(int)
            assert np.abs(blue - blue.mean(axis=2, keepdims=True)).max() < 12
    assert all("whole image" in row for row in data["reads.csv"].decode().splitlines()[1:])


@pytest.mark.clause("SHR-2")
def test_a_request_lies_sealed(cast: Cast, seen: list[Read], store_home: Path) -> None:
    """Plate and paper are in no row, no entry and no file in the clear; taking the paper is recorded."""
    request = received(cast, NOW)
    rows = str(ReleaseRequest.objects.values().get())
    assert PLATE not in rows
    assert "request.pdf" not in rows
    assert not any(PLATE in body.body for body in LedgerBody.objects.all())
    files = [path for path in (store_home / "images" / "releases").rglob("*") if path.is_file()]
    assert files
    assert not any(b"%PDF" in path.read_bytes() for path in files)
    assert actions.open_scope(request, actor=cast.actor("sol")).plate == PLATE
    assert actions.take_document(request, actor=cast.actor("sol")) == PAPER.content
    kinds = LedgerLeaf.objects.filter(kind__in=["release.opened", "release.document_taken"])
    assert kinds.count() == 2


@pytest.mark.clause("SHR-2")
def test_people_are_told_at_each_step(cast: Cast, seen: list[Read]) -> None:
    """Preparers, then the Sheriff, then the preparer; what is done leaves the inboxes."""
    request = received(cast, NOW)
    assert set(open_notices()) == {"release.received"}
    selection = prepared(cast, NOW, request=request)
    assert open_notices() == {"release.prepared": {"sheriff"}}
    decision = approved(cast, NOW, selection=selection)
    assert set(open_notices()) == {"release.decided"}
    packed(cast, NOW, decision=decision)
    assert "release.ready" in open_notices()


def open_notices() -> dict[str, set[str]]:
    """What lies in inboxes, by kind, with the roles."""
    found: dict[str, set[str]] = {}
    for notice in Notice.objects.filter(handled_at=None, kind__startswith="release."):
        found.setdefault(notice.kind, set()).add(notice.to_role)
    return found


@pytest.mark.clause("SHR-2")
def test_within_the_state_a_supervisor_suffices(cast: Cast, seen: list[Read]) -> None:
    """Beside the preparer; out of the state it has to be the Sheriff, or a designee."""
    inside = received(cast, NOW, state="NY")
    assert approved(cast, NOW, selection=prepared(cast, NOW, request=inside), by="max").is_approval
    outside = prepared(cast, NOW)
    with pytest.raises(PolicyRefusal):
        approved(cast, NOW, selection=outside, by="max")


@pytest.mark.clause("SHR-2")
def test_a_denial_is_kept_with_its_reason(cast: Cast, seen: list[Read]) -> None:
    """On record and on the ledger; without a reason there is none."""
    selection = prepared(cast, NOW)
    for reason in ("no", WHY_NOT):
        deny = {"approve": False, "reason": reason, "seen": "", "actor": cast.actor("sol"), "now": NOW}
        if reason == "no":
            with pytest.raises(PolicyRefusal):
                deciding.decide(request=selection.request, **deny)  # type: ignore[arg-type]
        else:
            deciding.decide(request=selection.request, **deny)  # type: ignore[arg-type]
    request = ReleaseRequest.objects.get()
    assert (request.state, request.decisions.get().reason) == ("denied", WHY_NOT)
    assert LedgerBody.objects.get(leaf__kind="release.denied").content["details"]["reason"] == WHY_NOT


@pytest.mark.clause("SHR-2", "RET-1")
def test_a_read_that_goes_before_the_decision_is_said_to_be_gone(cast: Cast, seen: list[Read]) -> None:
    """Nothing is kept longer: its digests go, too, the approval is void, and the preparer is told."""
    selection = prepared(cast, NOW)
    decision = approved(cast, NOW, selection=selection)
    oldest = min(read.seen_at for read in seen)
    later = oldest + timedelta(days=31)
    ReleaseRequest.objects.update(lapses_at=later + timedelta(days=1))
    with pytest.raises(PolicyRefusal):
        packed(cast, later, decision=decision)
    keeping.keep_releases(actor=system_actor("tests"), now=later)
    selection.refresh_from_db()
    decision.refresh_from_db()
    assert (selection.lost_at, selection.salt, decision.void_at) == (later, "", later)
    assert set(selection.selected.values_list("facts", "plate_image", "vehicle_image")) == {("", "", "")}
    assert Notice.objects.filter(kind="release.lost", handled_at=None).exists()


@pytest.mark.clause("SHR-2", "RET-2")
def test_a_hold_of_the_same_case_keeps_what_was_selected(
    cast: Cast, seen: list[Read], tmp_path: Path
) -> None:
    """The reads move into the case and stay what they were: the selection is whole, and goes out from there."""
    selection = prepared(cast, NOW)
    placed(cast, NOW, query=asked(cast, NOW))
    assert not Read.objects.filter(plate=PLATE).exists()
    assert deciding.is_whole(selection, now=NOW)
    package = packed(cast, NOW, decision=approved(cast, NOW, selection=selection))
    assert check_bag(opened(*fetched(cast, package, tmp_path), tmp_path), trusted=verifiers()).is_sound
    holds.lift_hold(hold=holds_of(), reason="The order was set aside", actor=cast.actor("ada"), now=NOW)
    assert not deciding.is_whole(selection, now=NOW)


def holds_of() -> Any:
    """The one hold there is."""
    from platewarden.cases.models import Hold

    return Hold.objects.get(case__number=NUMBER)


@pytest.mark.clause("SHR-2", "RET-1")
def test_a_package_is_destroyed_here_after_its_days(cast: Cast, seen: list[Read], store_home: Path) -> None:
    """Three by default, with its key; one that nobody has fetched ends its request."""
    package = packed(cast, NOW)
    assert package.gone_by == NOW + timedelta(days=3)
    system = system_actor("tests")
    keeping.keep_releases(actor=system, now=NOW + timedelta(days=3, seconds=-1))
    package.refresh_from_db()
    assert package.gone_at is None
    keeping.keep_releases(actor=system, now=NOW + timedelta(days=3))
    package.refresh_from_db()
    assert (package.parts, package.phrase) == ([], "")
    assert ReleaseRequest.objects.get().state == "expired"
    assert not [path for path in (store_home / "images" / "packages").rglob("*") if path.is_file()]
    assert not list((store_home / "keys" / "wrapped").glob("package-*"))
    assert LedgerLeaf.objects.filter(kind="release.removed").count() == 1


@pytest.mark.clause("SHR-2", "RET-1")
def test_a_package_never_outlives_its_oldest_read(cast: Cast, seen: list[Read]) -> None:
    """It goes when that read's day does, if that is sooner."""
    later = min(read.seen_at for read in seen) + timedelta(days=28)
    request = received(cast, later, seen_from=NOW - timedelta(days=25))
    query = asked(cast, later)
    query.seen_from = NOW - timedelta(days=10)
    query.save()
    reads = actions.chosen_reads(query, set(), actor=cast.actor("ivan"), now=later)
    selection = actions.prepare(
        request=request, query=query, reads=reads, actor=cast.actor("ivan"), now=later
    )
    package = packed(cast, later, decision=approved(cast, later, selection=selection))
    assert package.gone_by is not None
    assert package.gone_by < later + timedelta(days=3)
    assert package.gone_by.hour == 0


@pytest.mark.clause("SHR-2")
def test_handing_over_is_recorded_and_confirmed(cast: Cast, seen: list[Read], tmp_path: Path) -> None:
    """To whom, when and how; then who confirmed. Until then it is a duty."""
    package = packed(cast, NOW)
    request, ivan = package.decision.request, cast.actor("ivan")
    with pytest.raises(PolicyRefusal):
        handing.hand_over(
            request=request, to="R. Kowalczyk", by=HandedBy.COURIER, at=NOW, actor=ivan, now=NOW
        )
    fetched(cast, package, tmp_path)
    assert [duty.what for duty in duties_at(NOW)] == [f"Record to whom was handed release No. {request.pk}"]
    with pytest.raises(PolicyRefusal):
        handing.hand_over(request=request, to=" ", by=None, at=NOW, actor=ivan, now=NOW)
    handing.hand_over(request=request, to="R. Kowalczyk", by=HandedBy.COURIER, at=NOW, actor=ivan, now=NOW)
    assert duties_at(NOW)[0].due_at == NOW + timedelta(days=14)
    handing.acknowledge(request=request, by="Chief O. Brandt", on=NOW.date(), actor=ivan, now=NOW)
    assert duties_at(NOW) == []
    package.refresh_from_db()
    assert (package.handed_to, package.acknowledged_by) == ("R. Kowalczyk", "Chief O. Brandt")
    kinds = {"release.fetched", "release.handed_over", "release.acknowledged"}
    assert set(LedgerLeaf.objects.filter(kind__in=kinds).values_list("kind", flat=True)) == kinds


@pytest.mark.clause("SHR-2")
def test_what_waits_is_a_duty(cast: Cast, seen: list[Read]) -> None:
    """Of an investigator to prepare it, then of the Sheriff to decide on it."""
    request = received(cast, NOW)
    (duty,) = duties_at(NOW)
    assert (duty.what, duty.owner) == (f"Prepare release No. {request.pk}", "investigator")
    prepared(cast, NOW, request=request)
    (duty,) = duties_at(NOW)
    assert (duty.owner, duty.due_at) == ("sheriff", NOW + timedelta(days=10))


@pytest.mark.clause("SHR-2")
def test_a_request_that_nobody_decides_on_expires(cast: Cast, seen: list[Read]) -> None:
    """After thirty days; it is kept, and says so."""
    received(cast, NOW)
    keeping.keep_releases(actor=system_actor("tests"), now=NOW + timedelta(days=30))
    assert ReleaseRequest.objects.get().state == "expired"
    assert LedgerLeaf.objects.filter(kind="release.expired").count() == 1


@pytest.mark.clause("TPR-1", "SHR-2")
def test_a_month_is_counted_by_class_of_agency(cast: Cast, seen: list[Read], tmp_path: Path) -> None:
    """Asked, approved, denied, released."""
    fetched(cast, packed(cast, NOW), tmp_path)
    refused = received(cast, NOW, state="NY")
    deciding.decide(request=refused, approve=False, reason=WHY_NOT, seen="", actor=cast.actor("max"), now=NOW)
    month = LedgerLeaf.objects.latest("seq").at.date().replace(day=1)
    counts = figures_of_month(cast.agency.pk, month)
    assert counts["asked"] == {
        "in_state_police": 1,
        "in_state_prosecutor": 0,
        "out_of_state": 1,
        "federal": 0,
    }
    assert counts["approved"]["out_of_state"] == counts["released"]["out_of_state"] == 1
    assert (counts["denied"]["in_state_police"], counts["denied"]["out_of_state"]) == (1, 0)


@pytest.mark.clause("SHR-2")
def test_a_stranger_opens_and_checks_it_by_command(
    cast: Cast, seen: list[Read], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the phrase and the public key alone; a wrong phrase, another key or a changed byte does not pass."""
    path, phrase = fetched(cast, packed(cast, NOW), tmp_path)
    key = verifiers()[0].encode()
    monkeypatch.setenv("PLATEWARDEN_HOME", str(tmp_path / "nowhere"))

    def run(*arguments: str, of: Any = command) -> Any:
        return CliRunner().invoke(of, list(arguments))

    sound = run("verify", str(path), "--key", key, "--phrase", phrase)
    assert sound.exit_code == 0, sound.output
    assert "sound. Release 1 of Cayuta County Sheriff" in sound.output
    assert run("verify", str(path), "--key", key, "--phrase", "wrong").exit_code == 1
    dest = tmp_path / "plain.zip"
    assert run("open", str(path), str(dest), "--phrase", phrase).exit_code == 0
    assert run("open", str(path), str(dest), "--phrase", phrase).exit_code == 1
    assert run("verify", str(dest), "--key", key).exit_code == 0
    stranger = SignerKey.generate("other/ledger").verifier.encode()
    assert run("verify", str(dest), "--key", stranger).exit_code == 1
    assert "no copy of a case" in run("verify", str(dest), "--key", key, of=case_command).output
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert run("verify", str(path), "--key", key, "--phrase", phrase).exit_code == 1


def test_a_phrase_is_told_by_letters_that_nobody_mistakes(
    cast: Cast, seen: list[Read], tmp_path: Path
) -> None:
    """Six groups of four, another for each package; blanks that were typed with it do not count."""
    package = packed(cast, NOW)
    path, phrase = fetched(cast, package, tmp_path)
    assert [len(group) for group in phrase.split("-")] == [4] * 6
    assert not set(phrase) & set("ilo01")
    buffer = io.BytesIO()
    assert decrypt(path, buffer, phrase=f" {phrase} ") == f"{package.name}.zip"
    with pytest.raises(PhraseError):
        decrypt(path, io.BytesIO(), phrase=phrase.upper())


@pytest.mark.clause("SHR-2")
def test_the_pages_lead_from_the_paper_to_the_file(cast: Cast, seen: list[Read], sign_in: Any) -> None:
    """Take in, search, choose, freeze, look, approve, fetch; nobody does what is another's."""
    request = received(cast, NOW)
    page = f"/releases/{request.pk}/"
    browser = sign_in(cast.ivan)
    assert PLATE in browser.get(page).content.decode()
    query = asked(cast, NOW)
    monkey = f"/releases/choose/{query.pk}/"
    assert browser.post(monkey).status_code in {
        200,
        403,
    }  # the search is of the past: it has expired by the clock
    prepared(cast, NOW, request=request)
    assert browser.post(f"{page}selection/").status_code == 200
    assert browser.post(f"{page}fetch/").status_code == 403
    for name in ("alice", "rex", "ada", "tom", "dee"):
        assert sign_in(cast.people[name]).get(page).status_code == 403, name


def _streamed(response: Any) -> Iterator[bytes]:
    yield from response.streaming_content
