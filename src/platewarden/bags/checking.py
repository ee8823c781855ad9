"""Checking a bag, zipped or unpacked, with the issuer's public key alone: every file, every digest, the signature.

Nothing that the bag says of itself is believed before the signature over its tag manifests has proved it.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, Protocol

from platewarden.bags import layout, signatures
from platewarden.bags.layout import ALGORITHMS, SIGNATURE, BagError
from platewarden.bags.writing import member, zip_into
from platewarden.ledger.checkpoint import Note, NoteError, Receipt, VerifierKey
from platewarden.ledger.leaf import body_digest, digest_in
from platewarden.ledger.tlog import ProofError

_CHUNK: Final = 1 << 20
_MOST_TAG_BYTES: Final = 64 << 20
"""Manifests larger than this are no manifests."""

_CASE: Final = "data/case.json"
_RECEIPTS: Final = "data/ledger/"


@dataclass(slots=True)
class Verdict:
    """What a check found.

    Attributes:
        bag: Name of the bag; empty where even that could not be read.
        form: What it is signed as, one of `layout.FORMATS`; empty where it is not signed.
        problems: What is wrong, one sentence each; empty when everything is proved.
        files: Payload files whose digests are right.
        payload_bytes: Their bytes.
        receipts: Ledger entries that are proved.
        signed_reads: Records that are what their device signed, with a key that a proved entry names.
        signed_by: Name of the key that signed; empty where none of the known ones did.
        info: What `bag-info.txt` says.
    """

    bag: str = ""
    form: str = ""
    problems: list[str] = field(default_factory=list)
    files: int = 0
    payload_bytes: int = 0
    receipts: int = 0
    signed_reads: int = 0
    signed_by: str = ""
    info: dict[str, str] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


class Source(Protocol):
    """Where a bag's files are read from."""

    bag: str

    def names(self) -> list[str]:
        """Return the names of all files, relative to the bag's folder."""

    def open(self, name: str) -> IO[bytes]:
        """Open one of them."""


def check_bag(path: Path, *, trusted: Sequence[VerifierKey]) -> Verdict:
    """Check the bag at *path*, a zip or an unpacked folder, against the public keys *trusted*."""
    verdict = Verdict()
    try:
        if path.is_dir():
            _check(_Folder(path), verdict, trusted)
        else:
            with path.open("rb") as file, zipfile.ZipFile(file) as archive:
                _check(_Zip(archive), verdict, trusted)
                _check_container(archive, path, verdict)
    except (
        BagError,
        NoteError,
        OSError,
        UnicodeDecodeError,
        zipfile.BadZipFile,
        NotImplementedError,
    ) as error:
        verdict.problems.append(str(error) or type(error).__name__)
    except (EOFError, OverflowError, RuntimeError, ValueError) as error:  # how zipfile meets odd bytes
        verdict.problems.append(f"the zip file is damaged: {error}")
    return verdict


def _check(source: Source, verdict: Verdict, trusted: Sequence[VerifierKey]) -> None:
    verdict.bag = source.bag
    names = source.names()
    tags = {each: _read(source, layout.manifest_name(each, of_tags=True)) for each in ALGORITHMS}
    _check_signature(source, tags, verdict, trusted)
    listed_tags = {each: layout.read_manifest(f"tagmanifest-{each}", text) for each, text in tags.items()}
    own = {SIGNATURE, *(layout.manifest_name(each, of_tags=True) for each in ALGORITHMS)}
    _check_set({name for name in names if not name.startswith("data/")} - own, listed_tags, verdict)
    _check_digests(source, listed_tags, verdict)
    if _read(source, "bagit.txt") != layout.DECLARATION:
        verdict.problems.append("bagit.txt does not declare a bag of this version")
    manifests = {each: _read(source, layout.manifest_name(each)) for each in ALGORITHMS}
    listed = {each: layout.read_manifest(f"manifest-{each}", text) for each, text in manifests.items()}
    _check_set({name for name in names if name.startswith("data/")}, listed, verdict)
    verdict.files, verdict.payload_bytes = _check_digests(source, listed, verdict)
    verdict.info = layout.read_info(_read(source, "bag-info.txt"))
    if verdict.info.get("Payload-Oxum") != f"{verdict.payload_bytes}.{verdict.files}":
        verdict.problems.append("bag-info.txt states another number of files or bytes than there are")
    bodies = _check_receipts(source, names, verdict, trusted)
    _check_signatures(source, listed["sha256"], bodies, verdict)


def _read(source: Source, name: str) -> str:
    if name not in source.names():
        raise BagError(f"{name} is missing")
    with source.open(name) as file:
        content = file.read(_MOST_TAG_BYTES + 1)
    if len(content) > _MOST_TAG_BYTES:
        raise BagError(f"{name} is too long for what it is")
    return content.decode()


def _check_signature(
    source: Source, tags: dict[str, str], verdict: Verdict, trusted: Sequence[VerifierKey]
) -> None:
    try:
        note = Note.parse(_read(source, SIGNATURE))
        signed = note.verify(trusted)
    except NoteError as error:
        verdict.problems.append(f"{SIGNATURE}: {error}")
        return
    digests = {each: hashlib.new(each, text.encode()).hexdigest() for each, text in tags.items()}
    form = note.text.partition("\n")[0]
    if form in layout.FORMATS:
        verdict.form = form
    if note.text != layout.signed_text(verdict.form, source.bag, digests):
        verdict.problems.append(f"{SIGNATURE} is for other tag manifests, or for a bag of another name")
    verdict.signed_by = signed[0].name
    if note.encode() != Note(note.text, note.signatures[:1]).encode():
        verdict.problems.append(f"{SIGNATURE} carries more than the issuer's signature")


def _check_set(found: set[str], listed: dict[str, dict[str, str]], verdict: Verdict) -> None:
    for algorithm, digests in listed.items():
        verdict.problems += [
            f"{name} is listed in {algorithm} and missing" for name in sorted(digests.keys() - found)
        ]
        verdict.problems += [
            f"{name} is not listed in {algorithm}" for name in sorted(found - digests.keys())
        ]


def _check_digests(source: Source, listed: dict[str, dict[str, str]], verdict: Verdict) -> tuple[int, int]:
    """Compare every listed file with its digests; return how many were right, and their bytes."""
    right = size = 0
    for name in sorted(set().union(*listed.values()) & set(source.names())):
        try:
            found, length = _digests(source, name)
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            verdict.problems.append(f"{name} cannot be read: {error}")
            continue
        if all(listed[each].get(name) == found[each] for each in listed):
            right, size = right + 1, size + length
        else:
            verdict.problems.append(f"{name} is not what its digest says: it was altered")
    return right, size


def _digests(source: Source, name: str) -> tuple[dict[str, str], int]:
    hashes, length = {each: hashlib.new(each) for each in ALGORITHMS}, 0
    with source.open(name) as file:
        for chunk in _chunks(file):
            length += len(chunk)
            for each in hashes.values():
                each.update(chunk)
    return {name: each.hexdigest() for name, each in hashes.items()}, length


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _check_receipts(
    source: Source, names: list[str], verdict: Verdict, trusted: Sequence[VerifierKey]
) -> list[str]:
    """Check every receipt, and return what the entries say whose receipts and bodies are in order."""
    bodies = []
    for name in names:
        if not name.startswith(_RECEIPTS) or not name.endswith(".tlog-proof"):
            continue
        try:
            receipt = Receipt.parse(_read(source, name))
            receipt.check(trusted)
        except (NoteError, ProofError) as error:
            verdict.problems.append(f"{name} proves nothing: {error}")
            continue
        verdict.receipts += 1
        bodies.append(
            _checked_body(source, name.removesuffix(".tlog-proof") + ".body.json", receipt.leaf, verdict)
        )
    return [body for body in bodies if body]


def _checked_body(source: Source, name: str, leaf: bytes, verdict: Verdict) -> str:
    """Return what an entry says; empty where it is not there, or is not what the leaf proves."""
    if name not in source.names():
        return ""
    said = json.loads(_read(source, name))
    if body_digest(bytes.fromhex(said["salt"]), said["body"]) != digest_in(leaf):
        verdict.problems.append(f"{name} is not what its entry says")
        return ""
    return str(said["body"])


def _check_signatures(source: Source, listed: dict[str, str], bodies: list[str], verdict: Verdict) -> None:
    """Compare every record that a device signed with what it signed."""
    if _CASE not in source.names():
        return
    digests = {name.removeprefix("data/"): digest for name, digest in listed.items()}
    keys = signatures.keys_in(bodies)
    for record in json.loads(_read(source, _CASE)).get("records", []):
        if note := record.get("device_signature"):
            problem = signatures.problem_of(record, _read(source, f"data/{note}"), digests, keys)
            verdict.signed_reads += not problem
            if problem:
                verdict.problems.append(f"record {record.get('record')} {problem}")


def _check_container(archive: zipfile.ZipFile, path: Path, verdict: Verdict) -> None:
    """Write the zip anew from its files, and compare: so nothing hides between them."""
    hashed = _Hashing()
    members = archive.infolist()
    year, month, day, hour, minute, second = members[0].date_time
    at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    with zip_into(hashed) as again:
        for each in members:
            with archive.open(each) as read, again.open(member(each.filename, at), "w") as written:
                for chunk in _chunks(read):
                    written.write(chunk)
    with path.open("rb") as file:
        issued = hashlib.file_digest(file, "sha256")
    if issued.digest() != hashed.digest.digest():
        verdict.problems.append(
            "the zip file is not byte for byte as it was issued; if you packed it anew yourself, check the folder"
        )


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path, self.bag = path, path.resolve().name
        self._names = []
        for each in sorted(path.rglob("*")):
            if each.is_symlink() or not (each.is_file() or each.is_dir()):
                raise BagError(f"{each.relative_to(path)} is neither a file nor a folder")
            if each.is_file():
                self._names.append(each.relative_to(path).as_posix())

    def names(self) -> list[str]:
        return self._names

    def open(self, name: str) -> IO[bytes]:
        return (self._path / name).open("rb")


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        paths = archive.namelist()
        if not paths or len(set(paths)) != len(paths) or not all(map(layout.is_plain_name, paths)):
            raise BagError("the zip file is empty, or names a file twice, or in a way that leads elsewhere")
        roots = {path.partition("/")[0] for path in paths}
        if len(roots) != 1:
            raise BagError("the zip file holds more than one folder")
        self.bag = roots.pop()
        self._names = [path.partition("/")[2] for path in paths]

    def names(self) -> list[str]:
        return self._names

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(f"{self.bag}/{name}")


class _Hashing:
    """A sink that keeps nothing but a digest."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        """There is nothing to wait for."""
