"""What somebody who knows the design does to the ledger with a superuser's rights."""

from typing import Any

import psycopg

LEDGER = ("ledger_leaf", "ledger_node", "ledger_body", "ledger_checkpoint")


def rebuild(owner: psycopg.Connection[Any]) -> None:
    """Make the stored tree fit the leaves again, as an intruder who knows the design would."""
    owner.execute("delete from ledger_node")
    owner.execute("select ledger_grow(0, (select max(seq) + 1 from ledger_leaf))")


def rewrite(owner: psycopg.Connection[Any], seq: int, body: str) -> None:
    """Give entry *seq* another body, with a leaf made for it."""
    owner.execute("update ledger_body set body = %s where seq = %s", [body, seq])
    owner.execute(
        "update ledger_leaf leaf set canon = ledger_leaf_bytes(seq, at, kind, (select"
        " sha256(salt || convert_to(body, 'UTF8')) from ledger_body body where body.seq = leaf.seq))"
        " where seq = %s",
        [seq],
    )
