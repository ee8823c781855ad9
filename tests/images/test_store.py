"""Images are sealed: opened with their key, as themselves, and by nobody once the key is gone."""

import stat
from datetime import date
from pathlib import Path

import pytest
from django.core.files.storage import InMemoryStorage, Storage

from platewarden.images.keystore import KeyName, Keystore, KeyUnavailable, key_id
from platewarden.images.storage import DurableFileStorage
from platewarden.images.store import ImageStore, ImageUnavailable, Shelf

DAY = Shelf.of_day(1, date(2026, 11, 20))
NEXT = Shelf.of_day(1, date(2026, 11, 21))
PICTURES = [("r1/plate", b"a plate"), ("r1/vehicle", b"a vehicle" * 1000), ("r2/plate", b"")]


@pytest.fixture(params=["files", "any other Django storage"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ImageStore:
    """A store on the file system, and one on a storage that knows nothing of files, as S3 does."""
    storage: Storage = (
        DurableFileStorage(str(tmp_path / "images")) if request.param == "files" else InMemoryStorage()
    )
    return ImageStore(storage, Keystore(tmp_path / "keys"))


def test_each_image_of_a_segment_opens_as_itself(store: ImageStore) -> None:
    """What was sealed together opens one by one, to the byte."""
    references = store.seal(DAY, PICTURES)
    assert [store.open(DAY, name, at) for (name, _), at in zip(PICTURES, references, strict=True)] == [
        content for _, content in PICTURES
    ]


def test_an_image_cannot_be_taken_for_anothers(store: ImageStore) -> None:
    """A reference exchanged in the database opens nothing."""
    references = store.seal(DAY, PICTURES)
    with pytest.raises(ImageUnavailable):
        store.open(DAY, "r2/plate", references[0])


@pytest.mark.parametrize("reference", ["", "x", "no:0:10", "../../etc/passwd:0:10", "0:0:0:0"])
def test_a_reference_that_names_nothing_opens_nothing(store: ImageStore, reference: str) -> None:
    """A damaged or invented reference is an image that is not there, not an error of another kind."""
    store.seal(DAY, PICTURES)
    with pytest.raises(ImageUnavailable):
        store.open(DAY, "r1/plate", reference)


@pytest.mark.clause("RET-1")
def test_a_destroyed_day_cannot_be_opened_even_from_a_copy(store: ImageStore, tmp_path: Path) -> None:
    """With the key gone, sealed bytes that somebody kept stay sealed; other days are untouched."""
    kept = store.seal(DAY, PICTURES)
    other = store.seal(NEXT, PICTURES)
    identifier, removed = store.destroy(DAY)
    assert (len(identifier), removed) == (16, 1)
    assert not store.holds(DAY)
    with pytest.raises(KeyUnavailable):
        store.open(DAY, "r1/plate", kept[0])
    assert store.open(NEXT, "r1/plate", other[0]) == b"a plate"


def test_destroying_twice_destroys_once(store: ImageStore) -> None:
    """A purge that is repeated finds nothing left to destroy."""
    store.seal(DAY, PICTURES)
    store.destroy(DAY)
    assert store.destroy(DAY) == ("", 0)


def test_keys_are_wrapped_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    """No key lies in the clear, and no other account may read any file of the folder."""
    keystore = Keystore(tmp_path / "keys")
    key = keystore.obtain(KeyName.of_day(1, date(2026, 11, 20)))
    for path in (tmp_path / "keys").rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path.name
        assert path.is_dir() or key not in path.read_bytes()


def test_a_key_is_made_once_and_found_by_every_process(tmp_path: Path) -> None:
    """Two keystores over one folder agree on the key; one destroyed is gone for both."""
    name = KeyName.of_case(7)
    first, second = Keystore(tmp_path / "keys"), Keystore(tmp_path / "keys")
    assert first.obtain(name) == second.obtain(name)
    identifier = key_id(second.get(name))
    assert first.destroy(name) == identifier
    with pytest.raises(KeyUnavailable):
        second.get(name)


def test_a_key_taken_for_anothers_does_not_open(tmp_path: Path) -> None:
    """A wrapped key copied under another name is refused: the name is sealed with it."""
    keystore = Keystore(tmp_path / "keys")
    keystore.obtain(KeyName.of_case(1))
    wrapped = tmp_path / "keys/wrapped"
    (wrapped / "case-2.key").write_bytes((wrapped / "case-1.key").read_bytes())
    (wrapped / "case-2.key").chmod(0o600)
    with pytest.raises(KeyUnavailable):
        keystore.get(KeyName.of_case(2))


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    """A master key with loose permissions stops everything, and the message says what to do."""
    Keystore(tmp_path / "keys")
    (tmp_path / "keys/master.key").chmod(0o644)
    with pytest.raises(Exception, match="chmod 600"):
        Keystore(tmp_path / "keys")
