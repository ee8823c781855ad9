"""The ledger's part of a report: what each entry says, and the proofs that they are on it."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from platewarden.accounts.actors import system_actor
from platewarden.ledger import keys, store, tlog
from platewarden.ledger.actions import LedgerInconsistent, sign_checkpoint
from platewarden.ledger.checkpoint import Note, Receipt
from platewarden.ledger.keys import LogKeyError
from platewarden.ledger.models import LedgerLeaf


@dataclass(frozen=True, slots=True)
class Proofs:
    """Receipts of entries, with what they say.

    Attributes:
        receipts: By number of the entry; those that no checkpoint covers are missing.
        leaves: The entries themselves, in their order, bodies included where they are kept.
        key: The log's public key, to be compared with the one given by hand.
    """

    receipts: dict[int, Receipt]
    leaves: list[LedgerLeaf]
    key: str

    def printed(self, seq: int) -> dict[str, Any]:
        """Return what a report prints of the receipt of entry *seq*; size 0 says that there is none."""
        receipt = self.receipts.get(seq)
        if receipt is None:
            return {"size": 0, "note": "", "leaf": "", "path": [], "key": self.key}
        return {
            "size": int(receipt.checkpoint.split("\n")[1]),
            "note": receipt.checkpoint.rstrip("\n"),
            "leaf": _base64(tlog.leaf_hash(receipt.leaf)),
            "path": [_base64(sibling) for sibling in receipt.path],
            "key": _signer_of(receipt),
        }

    def entries(self) -> list[dict[str, Any]]:
        """Return every entry with leaf, salt and body, so that anyone can tie what it says to its leaf."""
        return [_entry(leaf) for leaf in self.leaves]


def proofs_of(numbers: Sequence[int], *, now: datetime) -> Proofs:
    """Sign the ledger's head, and return the receipts of the entries *numbers*.

    A ledger that cannot be signed now leaves those without a receipt that no earlier checkpoint covers.

    Raises:
        LedgerUnavailable: The order for the checkpoint cannot be recorded.
    """
    try:
        sign_checkpoint(actor=system_actor("report"), now=now)
        key = keys.verifiers()[0].encode()
    except (LogKeyError, LedgerInconsistent):
        key = ""
    leaves = list(LedgerLeaf.objects.select_related("kept_body").filter(seq__in=numbers).order_by("seq"))
    found = ((leaf.seq, store.receipt_for(leaf.seq)) for leaf in leaves)
    return Proofs({seq: receipt for seq, receipt in found if receipt and key}, leaves, key)


def _signer_of(receipt: Receipt) -> str:
    """Return the key that signed *receipt*'s checkpoint; for old entries a former one, once it was changed."""
    return Note.parse(receipt.checkpoint).verify(keys.verifiers())[0].encode()


def _entry(leaf: LedgerLeaf) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "seq": leaf.seq,
        "at": leaf.at.isoformat(),
        "kind": leaf.kind,
        "leaf": _base64(bytes(leaf.canon)),
    }
    if leaf.body is None:
        return {**entry, "erased": True}
    return {**entry, "salt": bytes(leaf.body.salt).hex(), "body": leaf.body.body}


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
