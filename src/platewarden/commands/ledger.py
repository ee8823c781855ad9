"""`platewarden ledger`: verify it, sign and compare checkpoints, hand it out, change its key, check a receipt."""

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from platewarden.commands.options import trusted_keys
from platewarden.commands.support import with_django
from platewarden.ledger.checkpoint import NoteError, Receipt, VerifierKey
from platewarden.ledger.leaf import digest_in
from platewarden.ledger.tlog import ProofError


@click.group()
def ledger() -> None:
    """Verify the ledger, sign or compare checkpoints of it, hand it out, change its key, or check a receipt."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
def verify(*, as_json: bool) -> None:
    """Recompute the whole ledger; name the first bad entry, and exit with status 1 if there is one."""
    with with_django():
        from platewarden.ledger.keys import LogKeyError
        from platewarden.ledger.verify import verify_installation

        try:
            verdict = verify_installation()
        except LogKeyError as error:
            raise click.ClickException(str(error)) from error
    click.echo(json.dumps(dataclasses.asdict(verdict)) if as_json else verdict.sentence())
    raise SystemExit(0 if verdict.is_sound else 1)


@contextmanager
def _ledger() -> Iterator[None]:
    """Attach to the installation; what the ledger cannot do ends the command with its reason."""
    with with_django():
        from platewarden.ledger import actions
        from platewarden.ledger.keys import LogKeyError

        try:
            yield
        except (LogKeyError, actions.LedgerInconsistent, actions.LedgerUnavailable, RuntimeError) as error:
            raise click.ClickException(str(error)) from error


@ledger.command()
def checkpoint() -> None:
    """Sign the present head of the ledger, keep it as a file, and print it to be handed to witnesses."""
    with _ledger():
        from platewarden.accounts.actors import system_actor
        from platewarden.ledger import actions
        from platewarden.site.clock import utc_now

        signed = actions.sign_checkpoint(actor=system_actor("ledger checkpoint"), now=utc_now())
        click.echo(signed.note, nl=False)


@ledger.command()
@click.argument("old", type=click.IntRange(min=1))
@click.argument("new", type=click.IntRange(min=1))
def consistency(old: int, new: int) -> None:
    """Print the proof that the checkpoint of NEW entries goes on from that of OLD."""
    with _ledger():
        from platewarden.ledger import store
        from platewarden.ledger.models import Checkpoint

        found = {one.size: one for one in Checkpoint.objects.filter(size__in=[old, new])}
        if missing := sorted({old, new} - found.keys()):
            raise click.ClickException(
                f"there is no checkpoint of {missing[0]} entries; the files in checkpoints/ are named by their size"
            )
        if old > new:
            raise click.ClickException("give the smaller checkpoint first")
        click.echo(store.consistency_between(found[old], found[new]).encode())


@ledger.command()
@click.argument("file", type=click.File("wb", lazy=False))
@click.option(
    "--bodies", is_flag=True, help="With what each entry says, and so with plates that were asked for."
)
def export(file: BinaryIO, *, bodies: bool) -> None:
    """Write the whole ledger into FILE (- for standard output), to be checked with verify_ledger.py."""
    with _ledger():
        from platewarden.accounts.actors import system_actor
        from platewarden.ledger import handout
        from platewarden.site.clock import utc_now

        upto = handout.order_export(has_bodies=bodies, actor=system_actor("ledger export"), now=utc_now())
        file.writelines(handout.export(upto, has_bodies=bodies))
    click.echo(f"{upto.size} entries were written.", err=True)


@ledger.command()
def verifier() -> None:
    """Print verify_ledger.py, the one file that checks exports, receipts and checkpoints without Platewarden."""
    from platewarden.ledger import verify_ledger

    click.echo(Path(verify_ledger.__file__).read_text(encoding="utf-8"), nl=False)


@ledger.command()
@click.option(
    "--lost", is_flag=True, help="The old key is gone: nothing vouches for the new one but your word."
)
def rekey(*, lost: bool) -> None:
    """Make a new signing key, announce it under the old one, destroy the old one, and print the new public key."""
    with _ledger():
        from platewarden.accounts.actors import system_actor
        from platewarden.ledger import actions, keys
        from platewarden.site.clock import utc_now

        change = actions.replace_lost_key if lost else actions.rotate_key
        signed = change(actor=system_actor("ledger rekey"), now=utc_now())
        click.echo(keys.verifiers()[0].encode())
    click.echo(
        f"Announced under the checkpoint of {signed.size} entries. Give this key to everybody who checks the ledger.",
        err=True,
    )


@ledger.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--key", required=True, help="The log's public key, or the file that holds it (ledger.pub).")
def receipt(files: tuple[Path, ...], key: str) -> None:
    """Check receipts (.tlog-proof) against the log's public key; needs no installation, and trusts no database."""
    trusted, faults = trusted_keys(key), 0
    for file in files:
        try:
            click.echo(f"{file}: {_proved(file, trusted)}")
        except (OSError, UnicodeDecodeError, NoteError, ProofError) as error:
            click.echo(f"{file}: NOT proved: {error}")
            faults += 1
    raise SystemExit(1 if faults else 0)


def _proved(file: Path, trusted: list[VerifierKey]) -> str:
    proof = Receipt.parse(file.read_text(encoding="utf-8"))
    head = proof.check(trusted)
    if digest_in(proof.leaf) is None:
        raise NoteError("receipt: what it proves is not an entry of this kind of ledger")
    _, _, at, kind, _ = proof.leaf.decode("ascii").split("\n", 4)
    said = f"{kind.removeprefix('kind ')}, {at.removeprefix('at ')}"
    return f"entry {proof.index} ({said}) is on {head.origin}, one of {head.size} entries."
