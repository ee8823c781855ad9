"""`platewarden ledger`: verify the ledger, sign a checkpoint of it, check a receipt."""

import dataclasses
import json
from pathlib import Path

import click

from platewarden.commands.support import with_django
from platewarden.ledger.checkpoint import NoteError, Receipt, VerifierKey
from platewarden.ledger.leaf import digest_in
from platewarden.ledger.tlog import ProofError


@click.group()
def ledger() -> None:
    """Verify the ledger, sign a checkpoint of it, or check a receipt."""


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


@ledger.command()
def checkpoint() -> None:
    """Sign the present head of the ledger, keep it as a file, and print it to be handed to witnesses."""
    with with_django():
        from platewarden.accounts.actors import system_actor
        from platewarden.ledger import actions
        from platewarden.ledger.keys import LogKeyError
        from platewarden.site.clock import utc_now

        try:
            signed = actions.sign_checkpoint(actor=system_actor("ledger checkpoint"), now=utc_now())
        except (LogKeyError, actions.LedgerInconsistent, actions.LedgerUnavailable) as error:
            raise click.ClickException(str(error)) from error
        click.echo(signed.note, nl=False)


@ledger.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--key", required=True, help="The log's public key, or the file that holds it (ledger.pub).")
def receipt(files: tuple[Path, ...], key: str) -> None:
    """Check receipts (.tlog-proof) against the log's public key; needs no installation, and trusts no database."""
    trusted, faults = _trusted(key), 0
    for file in files:
        try:
            click.echo(f"{file}: {_proved(file, trusted)}")
        except (OSError, UnicodeDecodeError, NoteError, ProofError) as error:
            click.echo(f"{file}: NOT proved: {error}")
            faults += 1
    raise SystemExit(1 if faults else 0)


def _trusted(key: str) -> list[VerifierKey]:
    try:
        text = Path(key).read_text(encoding="utf-8") if Path(key).is_file() else key
        return [VerifierKey.parse(line) for line in text.splitlines()]
    except (OSError, UnicodeDecodeError, NoteError) as error:
        raise click.ClickException(f"--key: {error}") from error


def _proved(file: Path, trusted: list[VerifierKey]) -> str:
    proof = Receipt.parse(file.read_text(encoding="utf-8"))
    head = proof.check(trusted)
    if digest_in(proof.leaf) is None:
        raise NoteError("receipt: what it proves is not an entry of this kind of ledger")
    _, _, at, kind, _ = proof.leaf.decode("ascii").split("\n", 4)
    said = f"{kind.removeprefix('kind ')}, {at.removeprefix('at ')}"
    return f"entry {proof.index} ({said}) is on {head.origin}, one of {head.size} entries."
