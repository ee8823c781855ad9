"""A small ledger made by hand, with fixed keys, times and salts: the vectors that others can test a verifier against.

    python -m tests.ledger.vectors > docs/reference/ledger-vectors.json

It uses the product's formats, not its database; what each file is worth is said by hand.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from platewarden.ledger import tlog
from platewarden.ledger.checkpoint import Note, Receipt, SignerKey, TreeHead
from platewarden.ledger.cosignature import Consistency, WitnessSigner
from platewarden.ledger.leaf import body_digest, leaf_bytes
from tests.ledger.test_tlog import Tree

ORIGIN = "alpr.example.gov/ledger"
Signer = TypeVar("Signer", bound=SignerKey)
START = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def signer(kind: type[Signer], name: str, seed: int) -> Signer:
    """Return a key that everybody knows: its secret is 32 times the byte *seed*."""
    return kind(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


FIRST = signer(SignerKey, ORIGIN, 1)
SECOND = signer(SignerKey, ORIGIN, 2)
WITNESS = signer(WitnessSigner, "witness.example.org/clerk", 3)
STRANGER = signer(WitnessSigner, "witness.example.org/stranger", 4)
ALICE = {"kind": "person", "id": "7", "name": "alice", "roles": ["investigator"], "address": "192.0.2.7"}

BODIES: list[tuple[str, dict[str, Any] | None]] = [
    ("sign_in.succeeded", {"actor": ALICE, "subject": "", "outcome": "done", "details": {}}),
    ("query.asked", None),
    ("checkpoint.signed", {"actor": {"kind": "system", "id": "timer"}, "outcome": "done"}),
    (
        "bodies.erased",
        {
            "details": {
                "before": "2026-11-20T15:32:00+00:00",
                "count": 1,
                "kinds": ["query.asked"],
                "reason": "RET-3",
            }
        },
    ),
    ("ledger.key_rotated", {"details": {"old": FIRST.verifier.encode(), "new": SECOND.verifier.encode()}}),
    (
        "query.asked",
        {"actor": ALICE, "subject": "query:☃", "outcome": "done", "details": {"plate": "KRT4821"}},
    ),
    ("checkpoint.signed", {"actor": {"kind": "system", "id": "timer"}, "outcome": "done"}),
]
CHECKPOINTS = {3: (FIRST,), 5: (FIRST, SECOND), 7: (SECOND,)}
ERASED = '{"erased":"nobody knows any more"}'


class Ledger:
    """The ledger made by hand."""

    def __init__(self) -> None:
        self.salts = [hashlib.sha256(bytes([seq])).digest() for seq in range(len(BODIES))]
        self.bodies = [
            ERASED if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            for _, body in BODIES
        ]
        self.leaves = [
            leaf_bytes(
                seq, START + timedelta(minutes=seq), kind, body_digest(self.salts[seq], self.bodies[seq])
            )
            for seq, (kind, _) in enumerate(BODIES)
        ]
        self.tree = Tree(self.leaves)

    def note(self, size: int) -> str:
        """Return the checkpoint of *size* entries; the witness co-signed the last."""
        text = TreeHead(ORIGIN, size, tlog.tree_root(self.tree, size)).text
        note = Note.sign(text, *CHECKPOINTS[size]).encode()
        return note + (
            WITNESS.cosign(text, START + timedelta(hours=1)).encode() if size == len(BODIES) else ""
        )

    def export(self, *, has_bodies: bool = True) -> str:
        """Return the export, as the product writes it."""
        keys = [SECOND.verifier.encode(), FIRST.verifier.encode()]
        said: list[dict[str, Any]] = [
            {
                "format": "platewarden ledger export 1",
                "origin": ORIGIN,
                "size": len(BODIES),
                "bodies": has_bodies,
                "keys": keys,
            }
        ]
        for seq, (kind, body) in enumerate(BODIES):
            entry: dict[str, Any] = {"seq": seq, "leaf": self.leaves[seq].decode()}
            is_shown = has_bodies or kind in {"bodies.erased", "ledger.key_rotated"}
            if body is not None and is_shown:
                entry |= {"salt": self.salts[seq].hex(), "body": self.bodies[seq]}
            elif has_bodies:
                entry["erased"] = True
            said.append(entry)
            if seq + 1 in CHECKPOINTS:
                said.append({"checkpoint": self.note(seq + 1)})
        return sealed("".join(line(one) for one in said))

    def receipt(self, seq: int, size: int) -> str:
        """Return the receipt of entry *seq* against the checkpoint of *size* entries."""
        path = tlog.prove_inclusion(self.tree, seq, size)
        return Receipt(self.leaves[seq], seq, path, self.note(size)).encode()

    def consistency(self, old: int, new: int) -> str:
        """Return the proof that one checkpoint goes on from the other."""
        proof = tlog.prove_consistency(self.tree, old, new)
        return Consistency(self.note(old), self.note(new), proof).encode()


def line(said: dict[str, Any]) -> str:
    """Return one line of an export."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"


def sealed(lines: str) -> str:
    """Return *lines* of an export with the last one, whose digest fits them, whatever they say."""
    size = lines.count('{"seq":')
    return lines + line({"end": size, "sha256": hashlib.sha256(lines.encode()).hexdigest()})


def changed(export: str, old: str, new: str, *, count: int = 1) -> str:
    """Return *export* with something changed by somebody who also makes its last line fit."""
    lines = export[: export.rindex('{"end":')]
    assert old in lines
    return sealed(lines.replace(old, new, count))


def files() -> dict[str, str]:
    """Return every file by name."""
    made = Ledger()
    export = made.export()
    entries = [one for one in export.splitlines(keepends=True) if one.startswith('{"seq":')]
    cosigned = made.note(7)
    forged = STRANGER.cosign(cosigned.partition("\n\n")[0] + "\n", START).encode().split(" ")[2]
    true_line = cosigned.splitlines()[-1]
    blob = base64.b64decode(true_line.split(" ")[2])[:4] + base64.b64decode(forged)[4:]
    return {
        "whole.ledger": export,
        "whole-without-bodies.ledger": made.export(has_bodies=False),
        "entry-5.tlog-proof": made.receipt(5, 7),
        "3-to-7.consistency": made.consistency(3, 7),
        "7.checkpoint": cosigned,
        "body-changed.ledger": changed(export, "KRT4821", "KRT4822"),
        "salt-changed.ledger": changed(export, made.salts[5].hex(), made.salts[4].hex()),
        "kind-changed.ledger": changed(export, "kind sign_in.succeeded", "kind sign_in.failed"),
        "entry-removed.ledger": changed(export, entries[2], ""),
        "entries-exchanged.ledger": changed(export, entries[0] + entries[1], entries[1] + entries[0]),
        "tail-cut.ledger": changed(export, "".join(export.splitlines(keepends=True)[-4:-1]), ""),
        "broken-off.ledger": export[: export.rindex('{"end":')],
        "digest-wrong.ledger": export.replace('"sha256":"', '"sha256":"0', 1),
        "erased-without-record.ledger": changed(
            export, '"kinds\\":[\\"query.asked', '"kinds\\":[\\"query.askew'
        ),
        "entry-5-elsewhere.tlog-proof": made.receipt(5, 7).replace("index 5", "index 4"),
        "forged-cosignature.checkpoint": cosigned.replace(
            true_line.split(" ")[2], base64.b64encode(blob).decode()
        ),
        "no-format.txt": "Nothing of the kind.\n",
    }


FIRST_KEY, SECOND_KEY, WITNESS_KEY = (key.verifier.encode() for key in (FIRST, SECOND, WITNESS))
CASES: list[tuple[str, list[str], list[str], int, str]] = [
    ("whole.ledger", [FIRST_KEY], [], 0, "7 entries"),
    (
        "whole.ledger",
        [FIRST_KEY],
        [WITNESS_KEY],
        0,
        "the first 7 of them are co-signed by witness.example.org/clerk",
    ),
    ("whole.ledger", [SECOND_KEY], [], 0, "7 entries"),
    ("whole.ledger", [], [], 3, "Compare the key"),
    ("whole.ledger", [FIRST_KEY], [STRANGER.verifier.encode()], 1, "no checkpoint bears 1 co-signatures"),
    ("whole-without-bodies.ledger", [FIRST_KEY], [], 0, "without bodies"),
    (
        "entry-5.tlog-proof",
        [SECOND_KEY],
        [WITNESS_KEY],
        0,
        "entry 5 (query.asked, 2026-11-20T15:35:00.000000Z) is on",
    ),
    ("entry-5.tlog-proof", [FIRST_KEY], [], 1, "not signed by a known key"),
    ("entry-5.tlog-proof", [], [], 2, "give the log's key"),
    ("3-to-7.consistency", [FIRST_KEY, SECOND_KEY], [WITNESS_KEY], 0, "begin with the 3 of the earlier"),
    (
        "7.checkpoint",
        [SECOND_KEY],
        [WITNESS_KEY],
        0,
        "co-signed by witness.example.org/clerk on 2026-11-20 16:30 UTC",
    ),
    ("7.checkpoint", [SECOND_KEY], [STRANGER.verifier.encode()], 1, "needs 1 co-signatures"),
    ("body-changed.ledger", [FIRST_KEY], [], 1, "entry 5 was changed: its body"),
    ("salt-changed.ledger", [FIRST_KEY], [], 1, "entry 5 was changed: its body"),
    ("kind-changed.ledger", [FIRST_KEY], [], 1, "entry 0 or a later one below 3 was changed"),
    ("entry-removed.ledger", [FIRST_KEY], [], 1, "entry 2 is missing"),
    ("entries-exchanged.ledger", [FIRST_KEY], [], 1, "entry 0 is missing"),
    ("tail-cut.ledger", [FIRST_KEY], [], 1, "entry 5 is missing"),
    ("broken-off.ledger", [FIRST_KEY], [], 1, "cut short"),
    ("digest-wrong.ledger", [FIRST_KEY], [], 1, "the file was changed"),
    ("erased-without-record.ledger", [FIRST_KEY], [], 1, "entry 1 has lost its body"),
    ("entry-5-elsewhere.tlog-proof", [SECOND_KEY], [], 1, "entry 4 is not under"),
    (
        "forged-cosignature.checkpoint",
        [SECOND_KEY],
        [WITNESS_KEY],
        1,
        "the signature by witness.example.org/clerk is",
    ),
    ("no-format.txt", [SECOND_KEY], [], 2, "needs origin, size, root"),
]


def document() -> str:
    """Return the page of vectors."""
    names = ("file", "keys", "witnesses", "status", "says")
    found = {
        "what": "Files as the ledger hands them out, and what a verifier must say of them; see ledger-format.md.",
        "secrets": "The keys' secrets are 32 bytes of 1, 2 (log) and 3 (witness). Trust nothing signed with them.",
        "files": files(),
        "cases": [dict(zip(names, case, strict=True)) for case in CASES],
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    print(document(), end="")  # noqa: T201 - this is a command
