"""A sealed stream comes back as it went in, or not at all: no change, cut, addition or other order goes unnoticed."""

import io
import secrets
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.backups import sealed
from platewarden.backups.parts import PartReader, write_part
from platewarden.backups.sealed import BackupDamaged, SealedWriter, opened, read_header

KEY = bytes(range(32))


def written(pieces: list[bytes], key: bytes = KEY) -> bytes:
    """Return a stream that holds *pieces*."""
    file = io.BytesIO()
    stream = SealedWriter(file, key, {"id": "x", "kind": "short"})
    for piece in pieces:
        stream.write(piece)
    stream.close()
    return file.getvalue()


def read_back(data: bytes, key: bytes = KEY) -> bytes:
    """Return what a stream holds."""
    file = io.BytesIO(data)
    _, top = read_header(file)
    return b"".join(opened(file, key, top))


@given(st.lists(st.binary(max_size=4000), max_size=8))
def test_what_went_in_comes_out(pieces: list[bytes]) -> None:
    """Whatever the pieces, empty ones and none at all included."""
    assert read_back(written(pieces)) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, sealed.CHUNK - 1, sealed.CHUNK, sealed.CHUNK + 1, 3 * sealed.CHUNK])
def test_every_length_around_a_chunk_comes_back(size: int) -> None:
    """The end of a chunk is no special place."""
    content = secrets.token_bytes(size)
    assert read_back(written([content])) == content


@settings(max_examples=300)
@given(st.data())
def test_no_byte_can_be_changed(data: st.DataObject) -> None:
    """In the header, a length, a chunk, or a tag."""
    whole = bytearray(written([b"reads" * 50]))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BackupDamaged):
        read_back(bytes(whole))


@given(st.integers(1, 400))
def test_it_cannot_be_cut_at_any_place(lost: int) -> None:
    """Whatever is missing from its end, even nothing but the last byte."""
    whole = written([b"reads" * 80])
    with pytest.raises(BackupDamaged):
        read_back(whole[:-lost])


def chunks_of(monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, list[bytes]]:
    """Return the beginning and the chunks of a stream of four."""
    monkeypatch.setattr(sealed, "CHUNK", 16)
    whole = written([bytes([n]) * 16 for n in range(3)] + [b"end"])
    size = 4 + 16 + 16
    top = whole[: -(3 * size + 4 + 3 + 16)]
    body = whole[len(top) :]
    return top, [body[start : start + size] for start in range(0, len(body), size)]


@pytest.mark.parametrize(
    "change",
    [
        lambda chunks: [chunks[1], chunks[0], *chunks[2:]],
        lambda chunks: [chunks[0], *chunks[2:]],
        lambda chunks: [chunks[0], chunks[0], *chunks[1:]],
        lambda chunks: chunks[:-1],
        lambda chunks: [*chunks, chunks[-1]],
        lambda chunks: [*chunks, b"x"],
        lambda _: [],
    ],
    ids=["order", "one missing", "one twice", "the end missing", "the end twice", "something added", "empty"],
)
def test_chunks_are_bound_to_their_places(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    """What is sound by itself is not taken in another place."""
    top, chunks = chunks_of(monkeypatch)
    assert read_back(top + b"".join(chunks)).endswith(b"end")
    with pytest.raises(BackupDamaged):
        read_back(top + b"".join(change(chunks)))


def test_another_key_opens_nothing() -> None:
    """Nor do chunks of another stream pass for this one's."""
    with pytest.raises(BackupDamaged, match="key is not its own"):
        read_back(written([b"x"]), bytes(32))


@given(
    st.lists(
        st.tuples(st.text(max_size=9), st.lists(st.binary(min_size=1, max_size=99), max_size=4)), max_size=5
    )
)
def test_parts_come_back_by_name_and_in_order(parts: list[tuple[str, list[bytes]]]) -> None:
    """Each with its own bytes and nobody else's."""
    file = io.BytesIO()
    stream = SealedWriter(file, KEY, {})
    for name, blocks in parts:
        write_part(stream, {"name": name}, blocks)
    stream.close()
    file.seek(0)
    _, top = read_header(file)
    back = [(what["name"], b"".join(blocks)) for what, blocks in PartReader(opened(file, KEY, top))]
    assert back == [(name, b"".join(blocks)) for name, blocks in parts]
