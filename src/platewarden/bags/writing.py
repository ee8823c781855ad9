"""Writing a bag as one zip into a sink that only takes bytes: nothing is held but digests."""

import hashlib
import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import IO, Final, Protocol, cast

from platewarden.bags.layout import (
    ALGORITHMS,
    CASE_EXPORT,
    DECLARATION,
    SIGNATURE,
    info_text,
    is_plain_name,
    manifest_name,
    manifest_text,
    signed_text,
)

_MODE: Final = 0o100644 << 16
_UNIX: Final = 3


class Sink(Protocol):
    """Whatever takes a stream of bytes, in order."""

    def write(self, data: bytes, /) -> int:
        """Take *data* and return how many bytes they were."""
        ...

    def flush(self) -> None:
        """Do what is needed before what was taken may be relied on."""


class BagWriter:
    """A bag that is being written. Files are stored as they are: images do not get smaller."""

    def __init__(self, sink: Sink, *, bag: str, at: datetime, form: str = CASE_EXPORT) -> None:
        """Begin the bag *bag*, the name of its folder, made at *at* as a *form* of `layout.FORMATS`, in *sink*.

        Raises:
            ValueError: *bag* is not a plain name.
        """
        if not is_plain_name(bag) or "/" in bag:
            raise ValueError("the name of a bag is letters, digits and hyphens")
        self._bag, self._at, self._form = bag, at, form
        self._zip = zip_into(sink)
        self._payload: dict[str, dict[str, str]] = {name: {} for name in ALGORITHMS}
        self._tags: dict[str, dict[str, str]] = {name: {} for name in ALGORITHMS}
        self.payload_bytes = 0

    def add(self, path: str, content: bytes | Iterable[bytes]) -> str:
        """Add a payload file at *path* below ``data/``; return its SHA-256 as hexadecimal.

        Raises:
            ValueError: *path* is not a plain name, or there already.
        """
        name = f"data/{path}"
        if not is_plain_name(name) or name in self._payload["sha256"]:
            raise ValueError("a path in a bag is plain, and stands once")
        size, digests = self._write(name, [content] if isinstance(content, bytes) else content)
        self.payload_bytes += size
        for algorithm, digest in digests.items():
            self._payload[algorithm][name] = digest
        return digests["sha256"]

    @property
    def files(self) -> int:
        """How many payload files there are."""
        return len(self._payload["sha256"])

    def close(self, *, info: dict[str, str], sign: Callable[[str], str]) -> None:
        """Write manifests, `bag-info.txt` and the signature, and end the zip.

        Args:
            info: Elements of `bag-info.txt`; ``Payload-Oxum`` is added.
            sign: Returns the signed note over the text it is given.
        """
        oxum = {"Payload-Oxum": f"{self.payload_bytes}.{self.files}"}
        self._tag("bagit.txt", DECLARATION)
        self._tag("bag-info.txt", info_text(info | oxum))
        for algorithm in ALGORITHMS:
            self._tag(manifest_name(algorithm), manifest_text(self._payload[algorithm]))
        tags = {name: manifest_text(self._tags[name]) for name in ALGORITHMS}
        for algorithm, text in tags.items():
            self._write(manifest_name(algorithm, of_tags=True), [text.encode()])
        digests = {name: hashlib.new(name, text.encode()).hexdigest() for name, text in tags.items()}
        self._write(SIGNATURE, [sign(signed_text(self._form, self._bag, digests)).encode()])
        self._zip.close()

    def _tag(self, name: str, text: str) -> None:
        _, digests = self._write(name, [text.encode()])
        for algorithm, digest in digests.items():
            self._tags[algorithm][name] = digest

    def _write(self, name: str, chunks: Iterable[bytes]) -> tuple[int, dict[str, str]]:
        hashes = {algorithm: hashlib.new(algorithm) for algorithm in ALGORITHMS}
        size = 0
        with self._zip.open(member(f"{self._bag}/{name}", self._at), "w") as file:
            for chunk in chunks:
                size += len(chunk)
                for each in hashes.values():
                    each.update(chunk)
                file.write(chunk)
        return size, {algorithm: each.hexdigest() for algorithm, each in hashes.items()}


def member(name: str, at: datetime) -> zipfile.ZipInfo:
    """Return how a file is entered in the zip: the same name and moment always give the same bytes."""
    info = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second - at.second % 2))
    info.create_system, info.external_attr = _UNIX, _MODE
    return info


def zip_into(sink: Sink) -> zipfile.ZipFile:
    """Return a zip that is written to *sink*, its files stored as they are."""
    return zipfile.ZipFile(cast("IO[bytes]", Unseekable(sink)), "w", zipfile.ZIP_STORED)


class Unseekable:
    """A sink as `zipfile` takes it: it cannot go back, so sizes follow each file."""

    def __init__(self, sink: Sink) -> None:
        self._sink, self._place = sink, 0

    def write(self, data: bytes) -> int:
        """Take *data* and return how many bytes they were."""
        self._sink.write(data)
        self._place += len(data)
        return len(data)

    def tell(self) -> int:
        """Return how many bytes were taken."""
        return self._place

    def flush(self) -> None:
        """Have the sink do what it needs."""
        self._sink.flush()

    def seekable(self) -> bool:
        """Say that there is no way back."""
        return False
