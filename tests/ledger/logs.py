"""A log in memory that leaves its checkpoints in a folder, for witnesses to look at."""

from pathlib import Path

from platewarden.ledger import tlog
from platewarden.ledger.checkpoint import Note, SignerKey, TreeHead
from platewarden.ledger.cosignature import Consistency
from platewarden.ledger.witnessing import NEWEST, Request, file_name
from tests.ledger.test_tlog import Tree


class Log:
    """A log with a key of its own."""

    def __init__(self, origin: str = "log.example.org/ledger") -> None:
        self.key = SignerKey.generate(origin)
        self.leaves: list[bytes] = []

    @property
    def public(self) -> str:
        """Its public key."""
        return self.key.verifier.encode()

    def grow(self, count: int, word: str = "entry") -> int:
        """Append so many entries; return the new size."""
        self.leaves += [f"{word} {len(self.leaves) + n}".encode() for n in range(count)]
        return len(self.leaves)

    def note(self, size: int) -> str:
        """Return the signed checkpoint of *size* entries."""
        root = tlog.tree_root(Tree(self.leaves), size)
        return Note.sign(TreeHead(self.key.name, size, root).text, self.key).encode()

    def proof(self, old: int, new: int) -> list[bytes]:
        """Return the proof that *new* goes on from *old*; of nothing there is none."""
        return tlog.prove_consistency(Tree(self.leaves), old, new) if old else []

    def request(self, old: int, new: int) -> Request:
        """Return the request for a co-signature."""
        return Request(old, self.proof(old, new), self.note(new))

    def leave(self, folder: Path, *sizes: int) -> None:
        """Leave the checkpoints of these *sizes* in *folder*, each with the proof from the one before."""
        for old, new in zip((0, *sizes), sizes, strict=False):
            (folder / file_name(new, "checkpoint")).write_text(self.note(new))
            if old:
                link = Consistency(self.note(old), self.note(new), self.proof(old, new))
                (folder / file_name(new, "consistency")).write_text(link.encode())
        (folder / NEWEST).write_text(self.note(sizes[-1]))
