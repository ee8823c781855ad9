"""The ledger's part of a bag: receipts of entries, what they say, the public keys and the verifier."""

import json
from collections.abc import Iterable

from platewarden.bags.writing import BagWriter
from platewarden.ledger import handout, keys, store
from platewarden.ledger.models import LedgerBody


def add_proofs(bag: BagWriter, entries: Iterable[LedgerBody], *, with_bodies: bool = True) -> None:
    """Add, for each of *entries*, its receipt and what it says, with the public keys and the verifier.

    What entries say stays here where *with_bodies* says so: they name workstations and sessions.
    """
    for entry in sorted(entries, key=lambda each: each.pk):
        receipt = store.receipt_for(entry.pk)
        if receipt is None:  # appended after the checkpoint was signed
            continue
        said = {"salt": bytes(entry.salt).hex(), "body": entry.body}
        bag.add(f"ledger/entry-{entry.pk}.tlog-proof", receipt.encode().encode())
        if with_bodies:
            bag.add(f"ledger/entry-{entry.pk}.body.json", json.dumps(said, ensure_ascii=False).encode())
    bag.add("ledger/ledger.pub", "".join(f"{key.encode()}\n" for key in keys.verifiers()).encode())
    bag.add(f"ledger/{handout.VERIFIER_NAME}", handout.verifier())
