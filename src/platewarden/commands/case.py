"""`platewarden case`: make the copy of a case, or check one."""

import json
from pathlib import Path

import click

from platewarden.bags.checking import Verdict, check_bag
from platewarden.bags.layout import CASE_EXPORT
from platewarden.commands.options import trusted_keys
from platewarden.commands.support import with_django


@click.group()
def case() -> None:
    """Make the copy of a case, or check one."""


@case.command()
@click.argument("number")
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--as", "username", required=True, help="Sign-in name of whoever takes the copy.")
@click.option("--reason", required=True, help="Who it is for, and why.")
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    envvar="PLATEWARDEN_PASSWORD",
    help="Theirs; better asked for.",
)
def export(number: str, dest: Path, *, username: str, reason: str, password: str) -> None:
    """Write the copy of case NUMBER to DEST, a zip that does not exist yet."""
    with with_django():
        from platewarden.cases.exporting.by_command import ExportError, export_to

        try:
            done = export_to(dest, number=number, username=username, password=password, reason=reason)
        except ExportError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{dest}: {done.files} files, {done.size} bytes, SHA-256 {done.digest}")


@case.command()
@click.argument("bag", type=click.Path(exists=True, path_type=Path))
@click.option("--key", required=True, help="The issuer's public key, or the file that holds it (ledger.pub).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
def verify(bag: Path, *, key: str, as_json: bool) -> None:
    """Check the copy BAG, a zip or an unpacked folder; needs no installation, no network, only the public key."""
    verdict = check_bag(bag, trusted=trusted_keys(key))
    if verdict.is_sound and verdict.form != CASE_EXPORT:
        verdict.problems.append("this is signed, but it is no copy of a case: try platewarden release verify")
    click.echo(json.dumps(facts_of(verdict)) if as_json else _sentences(bag, verdict))
    raise SystemExit(0 if verdict.is_sound else 1)


def facts_of(verdict: Verdict) -> dict[str, object]:
    """Return a verdict as JSON has it."""
    names = ("bag", "problems", "files", "payload_bytes", "receipts", "signed_reads", "signed_by", "info")
    return {"sound": verdict.is_sound} | {name: getattr(verdict, name) for name in names}


def _sentences(bag: Path, verdict: Verdict) -> str:
    if verdict.is_sound:
        return (
            f"{bag}: sound. Case {verdict.info.get('External-Identifier', '?')} of "
            f"{verdict.info.get('Source-Organization', '?')}, signed by {verdict.signed_by}: {verdict.files} files, "
            f"{verdict.payload_bytes} bytes, {verdict.receipts} ledger entries proved, {verdict.signed_reads} reads as"
            " their devices signed them."
        )
    return "\n".join([f"{bag}: NOT sound.", *(f"- {problem}" for problem in verdict.problems)])
