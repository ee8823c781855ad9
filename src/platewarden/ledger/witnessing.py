"""A witness: somebody who is not the log, remembers the largest head seen, and co-signs none that contradicts it.

It keeps a folder of its own with its key and its memory, and needs neither Django nor a database. What it checks is
what C2SP tlog-witness asks for; it gets checkpoints posted to it, or fetches them from a folder or an address where
the log leaves them, each with the proof that it goes on from the one before.
"""

import base64
import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol, Self

import httpx

from platewarden.ledger import tlog
from platewarden.ledger.checkpoint import Note, NoteError, TreeHead, VerifierKey
from platewarden.ledger.cosignature import Consistency, WitnessSigner, read_steps, require_consistent
from platewarden.site import secrets

NEWEST: Final = "checkpoint"
"""Name of the newest checkpoint in the folder where a log leaves them."""

MOST_BYTES: Final = 1_000_000
FETCH_SECONDS: Final = 20.0


class RefusedError(Exception):
    """A checkpoint is not co-signed; the message says why.

    Attributes:
        status: The HTTP status that says so (C2SP tlog-witness).
        size: With status 409: the size of the head last co-signed.
    """

    def __init__(self, status: int, problem: str, *, size: int | None = None) -> None:
        """Refuse for *problem*."""
        super().__init__(problem)
        self.status, self.size = status, size


@dataclass(frozen=True, slots=True)
class Request:
    """What a log asks a witness: co-sign this checkpoint, which goes on from the one that you know."""

    old_size: int
    proof: Sequence[bytes]
    checkpoint: str

    def encode(self) -> str:
        """Return the body of the request ``add-checkpoint``."""
        steps = "".join(f"{base64.b64encode(step).decode()}\n" for step in self.proof)
        return f"old {self.old_size}\n{steps}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read it.

        Raises:
            RefusedError: It is malformed (400).
        """
        head, separator, note = text.partition("\n\n")
        first, *steps = head.split("\n")
        size = first.removeprefix("old ")
        if not separator or not first.startswith("old ") or not size.isascii() or not size.isdigit():
            raise RefusedError(
                400, "needs a line with the old size, the proof, an empty line and the checkpoint"
            )
        if size != str(int(size)):
            raise RefusedError(400, "the old size has leading zeroes")
        try:
            return cls(int(size), read_steps(steps), note)
        except NoteError as error:
            raise RefusedError(400, str(error)) from error


class Witness:
    """One witness with its folder: ``witness.key``, secret, and ``seen.json``, its memory.

    Whoever restores an old ``seen.json`` makes it forget; keep the folder out of the log's reach.
    """

    def __init__(self, folder: Path, logs: Sequence[VerifierKey]) -> None:
        """Witness for the *logs* whose public keys are given.

        Raises:
            NoteError: The key is malformed.
            platewarden.site.secrets.SecretFileError: It is missing, or others could read it.
        """
        self._folder, self._logs = folder, logs
        self._signer = WitnessSigner.parse(secrets.read(folder / "witness.key").decode())

    @classmethod
    def create(cls, folder: Path, name: str) -> Self:
        """Make the key of a witness called *name* in *folder*.

        Raises:
            FileExistsError: There is one already.
            NoteError: A key cannot have this name.
        """
        key = WitnessSigner.generate(name)
        secrets.write_new(folder / "witness.key", f"{key.encode()}\n".encode())
        return cls(folder, [])

    @property
    def key(self) -> str:
        """The public key, as one line."""
        return self._signer.verifier.encode()

    @property
    def key_hash(self) -> str:
        """The public key's hash: tells the files of several witnesses apart."""
        return self._signer.verifier.key_hash.hex()

    def seen(self, origin: str) -> TreeHead | None:
        """Return the largest head of the log *origin* that this witness has co-signed."""
        kept = self._memory().get(origin)
        return TreeHead.parse(kept) if kept else None

    def add_checkpoint(self, request: Request, *, now: datetime) -> str:
        """Return the co-signature as a line, once the checkpoint is shown to go on from the last one seen.

        The memory is on disc before the co-signature leaves.

        Raises:
            RefusedError: It is not co-signed, and why.
        """
        text, head = self.opened(request.checkpoint)
        if request.old_size > head.size:
            raise RefusedError(400, f"the old size {request.old_size} is above the checkpoint's {head.size}")
        with self._alone():
            self._require_goes_on(request, head)
            self._remember(head.origin, text)
        return self._signer.cosign(text, now).encode()

    def opened(self, checkpoint: str) -> tuple[str, TreeHead]:
        """Return the text and the head of a signed checkpoint of a known log.

        Raises:
            RefusedError: It is malformed, of an unknown log, or not signed by it.
        """
        try:
            note = Note.parse(checkpoint)
            head = TreeHead.parse(note.text)
        except NoteError as error:
            raise RefusedError(400, str(error)) from error
        keys = [key for key in self._logs if key.name == head.origin]
        if not keys:
            raise RefusedError(404, f"{head.origin} is no log that this witness knows")
        try:
            note.verify(keys)
        except NoteError as error:
            raise RefusedError(403, str(error)) from error
        return note.text, head

    def _require_goes_on(self, request: Request, head: TreeHead) -> None:
        seen = self.seen(head.origin)
        known = seen.size if seen else 0
        if request.old_size != known:
            raise RefusedError(
                409, f"the last head seen has {known} entries, not {request.old_size}", size=known
            )
        if seen is None:
            if request.proof:
                raise RefusedError(422, "nothing was seen before, so there is nothing to prove")
            return
        if head.size == seen.size and head.root != seen.root:
            raise RefusedError(
                409, f"another head of {seen.size} entries was seen: two histories", size=known
            )
        try:
            require_consistent(seen, head, request.proof)
        except tlog.ProofError as error:
            raise RefusedError(
                422, f"the {head.size} entries do not go on from the {seen.size} seen before ({error})"
            ) from error

    def _memory(self) -> dict[str, str]:
        path = self._folder / "seen.json"
        if not path.exists():
            return {}
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return kept

    def _remember(self, origin: str, text: str) -> None:
        path, fresh = self._folder / "seen.json", self._folder / ".seen.json.new"
        fresh.unlink(missing_ok=True)
        memory = self._memory() | {origin: text}
        secrets.write_new(fresh, json.dumps(memory, ensure_ascii=False, indent=1).encode())
        fresh.replace(path)
        secrets.sync_folder(self._folder)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others out between looking at the memory and changing it."""
        descriptor = os.open(self._folder / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


class Source(Protocol):
    """Where a log leaves its checkpoints."""

    def read(self, name: str) -> str | None:
        """Return the file *name*, or None if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder that the log, or somebody for it, writes to."""

    folder: Path

    def read(self, name: str) -> str | None:
        """Return the file *name*, or None if there is none."""
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.is_file() else None


@dataclass(frozen=True, slots=True)
class WebSource:
    """The same folder behind an address. What it serves is signed, so plain http does for reading."""

    address: str

    def read(self, name: str) -> str | None:
        """Return the file *name*, or None if there is none.

        Raises:
            RefusedError: The address does not answer as a folder would.
        """
        try:
            answer = httpx.get(f"{self.address.rstrip('/')}/{name}", timeout=FETCH_SECONDS)
        except httpx.HTTPError as error:
            raise RefusedError(503, f"{self.address} does not answer ({type(error).__name__})") from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code != httpx.codes.OK or len(answer.content) > MOST_BYTES:
            raise RefusedError(503, f"{self.address} answered {answer.status_code} for {name}")
        return answer.text


def cosign_newest(witness: Witness, source: Source, *, now: datetime) -> tuple[TreeHead, str]:
    """Co-sign the newest checkpoint in *source*, following its proofs back to the last head seen.

    Returns:
        The head, and the checkpoint with the co-signature below it.

    Raises:
        RefusedError: It is not co-signed, and why.
    """
    note = source.read(NEWEST)
    if note is None:
        raise RefusedError(404, f"there is no file {NEWEST!r}: no checkpoint has been left here yet")
    text, head = witness.opened(note)
    seen = witness.seen(head.origin)
    if seen and head.size < seen.size:
        raise RefusedError(
            409, f"the log has gone back from {seen.size} entries to {head.size}", size=seen.size
        )
    for request in _steps(witness, source, note, head, seen):
        line = witness.add_checkpoint(request, now=now)
    return head, f"{text}\n{''.join(one.encode() for one in Note.parse(note).signatures)}{line}"


def _steps(
    witness: Witness, source: Source, note: str, head: TreeHead, seen: TreeHead | None
) -> list[Request]:
    """Return what has to be shown one after the other to get from *seen* to *head*."""
    if seen is None or head.size == seen.size:
        return [Request(seen.size if seen else 0, [], note)]
    links: list[Request] = []
    size = head.size
    while size > seen.size:
        text = source.read(file_name(size, "consistency"))
        if text is None:
            raise RefusedError(422, f"the proof for the checkpoint of {size} entries is missing")
        try:
            link = Consistency.parse(text)
            _, old = witness.opened(link.old)
        except NoteError as error:
            raise RefusedError(422, str(error)) from error
        if old.size >= size:
            raise RefusedError(422, f"the proof for the checkpoint of {size} entries leads nowhere")
        links.append(Request(old.size, link.proof, link.new if links else note))
        size = old.size
    if size != seen.size:
        raise RefusedError(422, f"the log does not show the head of {seen.size} entries that was seen before")
    return links[::-1]


def file_name(size: int, suffix: str) -> str:
    """Return the name of a file about the checkpoint of *size* entries."""
    return f"{size:012d}.{suffix}"
