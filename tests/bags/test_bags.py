"""A bag is what was put into it, or the check says what is not."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.bags.checking import check_bag
from platewarden.bags.writing import BagWriter
from platewarden.ledger.checkpoint import Note, SignerKey

AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
KEY = SignerKey.generate("test.platewarden.invalid/ledger")
BAG = "case-2026-004512-7"


def a_bag(key: SignerKey = KEY) -> bytes:
    """A small bag: text, binary, an empty file, a folder in a folder."""
    sink = io.BytesIO()
    writer = BagWriter(sink, bag=BAG, at=AT)
    writer.add("README.txt", b"What this is.\n")
    writer.add("images/original/read-1.jpg", (bytes([each]) for each in range(256)))
    writer.add("empty.csv", b"")
    info = {"External-Identifier": "2026-004512", "Bagging-Date": "2026-11-20"}
    writer.close(info=info, sign=lambda text: Note.sign(text, key).encode())
    return sink.getvalue()


ISSUED = a_bag()


def checked(content: bytes, folder: Path, key: SignerKey = KEY) -> list[str]:
    """What the check says of a zip."""
    path = folder / "bag.zip"
    path.write_bytes(content)
    return check_bag(path, trusted=[key.verifier]).problems


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all tests here."""
    return tmp_path_factory.mktemp("bags")


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The bag as a lawyer unpacks it."""
    zipfile.ZipFile(io.BytesIO(ISSUED)).extractall(tmp_path)
    return tmp_path / BAG


@pytest.mark.clause("RET-2")
def test_a_bag_as_issued_is_sound(folder: Path, unpacked: Path) -> None:
    """Zipped and unpacked; the same content at the same moment gives the same bytes."""
    assert checked(ISSUED, folder) == []
    verdict = check_bag(unpacked, trusted=[KEY.verifier])
    assert (verdict.problems, verdict.files, verdict.payload_bytes) == ([], 3, 14 + 256)
    assert (verdict.signed_by, verdict.info["External-Identifier"]) == (KEY.name, "2026-004512")
    assert a_bag() == ISSUED


@pytest.mark.clause("RET-2")
def test_every_altered_byte_of_a_bag_is_found(folder: Path) -> None:
    """Each byte of the zip in turn, whatever it is for: content, digest, signature, name, date, padding."""
    missed = []
    for place in range(len(ISSUED)):
        altered = bytearray(ISSUED)
        altered[place] ^= 0x01
        if not checked(bytes(altered), folder):
            missed.append(place)
    assert missed == []


@pytest.mark.clause("RET-2")
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_other_alteration_goes_unseen(folder: Path, data: st.DataObject) -> None:
    """Bytes cut out, put in, put at the end, or changed in another way."""
    start = data.draw(st.integers(0, len(ISSUED)))
    end = data.draw(st.integers(start, min(len(ISSUED), start + 40)))
    put = data.draw(st.binary(max_size=40))
    altered = ISSUED[:start] + put + ISSUED[end:]
    assert altered == ISSUED or checked(altered, folder)


@pytest.mark.clause("RET-2")
def test_every_altered_file_of_an_unpacked_bag_is_found(unpacked: Path) -> None:
    """First, middle and last byte of each, a byte more, none at all, and a file that does not belong there."""
    for path in sorted(each for each in unpacked.rglob("*") if each.is_file()):
        issued = path.read_bytes()
        for place in {0, len(issued) // 2, len(issued) - 1} if issued else ():
            path.write_bytes(issued[:place] + bytes([issued[place] ^ 0x20]) + issued[place + 1 :])
            assert check_bag(unpacked, trusted=[KEY.verifier]).problems, (path, place)
        path.write_bytes(issued + b"\n")
        assert check_bag(unpacked, trusted=[KEY.verifier]).problems, path
        path.unlink()
        assert check_bag(unpacked, trusted=[KEY.verifier]).problems, path
        path.write_bytes(issued)
    assert check_bag(unpacked, trusted=[KEY.verifier]).is_sound
    for name in ("data/more.txt", "more.txt"):
        (unpacked / name).write_bytes(b"")
        assert "not listed" in check_bag(unpacked, trusted=[KEY.verifier]).problems[0]
        (unpacked / name).unlink()
    (unpacked / "data" / "link").symlink_to("/etc/passwd")
    assert not check_bag(unpacked, trusted=[KEY.verifier]).is_sound


@pytest.mark.clause("RET-2")
def test_a_bag_made_anew_by_somebody_else_is_found(folder: Path, unpacked: Path) -> None:
    """Digests are right, the signature is not by the key one was given; a bag of another name is another bag."""
    stranger = SignerKey.generate(KEY.name)
    assert any("signature" in problem for problem in checked(a_bag(stranger), folder))
    renamed = unpacked.rename(unpacked.with_name("case-2026-000001-7"))
    assert any("another name" in problem for problem in check_bag(renamed, trusted=[KEY.verifier]).problems)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "a\\..\\x", "bag/x\0", ".hidden", "a//b"])
def test_a_name_that_leads_elsewhere_is_refused(name: str, folder: Path) -> None:
    """Neither written nor read."""
    with pytest.raises(ValueError, match="plain"):
        BagWriter(io.BytesIO(), bag=BAG, at=AT).add(name, b"")
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    assert checked(sink.getvalue(), folder)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_bag_is_no_bag(content: bytes, folder: Path) -> None:
    """An empty file, noise, an empty zip: a sentence, no exception."""
    assert checked(content, folder)


def test_a_path_stands_once() -> None:
    """Nor does a bag have a name with a way in it."""
    writer = BagWriter(io.BytesIO(), bag=BAG, at=AT)
    writer.add("a.txt", b"")
    with pytest.raises(ValueError, match="once"):
        writer.add("a.txt", b"")
    with pytest.raises(ValueError, match="name of a bag"):
        BagWriter(io.BytesIO(), bag="a/b", at=AT)
