"""`platewarden release`: open the package of a release with its pass phrase, or check it."""

import json
import tempfile
from pathlib import Path

import click

from platewarden.bags.checking import Verdict, check_bag
from platewarden.bags.layout import RELEASE
from platewarden.commands.case import facts_of
from platewarden.commands.options import trusted_keys
from platewarden.releases.encrypting import PhraseError, decrypt, is_encrypted


@click.group()
def release() -> None:
    """Open or check what another agency was given."""


@release.command("open")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("dest", type=click.Path(path_type=Path))
@click.option(
    "--phrase", prompt="Pass phrase", hide_input=True, envvar="PLATEWARDEN_PHRASE", help="As it was told."
)
def open_(file: Path, dest: Path, *, phrase: str) -> None:
    """Write what the encrypted FILE holds to DEST, a zip that does not exist yet."""
    try:
        with dest.open("xb") as opened:
            decrypt(file, opened, phrase=phrase)
    except FileExistsError as error:
        raise click.ClickException(f"{dest} exists already: name another file") from error
    except PhraseError as error:
        dest.unlink(missing_ok=True)
        raise click.ClickException(str(error)) from error
    click.echo(f"{dest}: check it with platewarden release verify")


@release.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--key", required=True, help="The issuer's public key, or the file that holds it (ledger.pub).")
@click.option(
    "--phrase",
    envvar="PLATEWARDEN_PHRASE",
    default="",
    help="Of a file that is encrypted still; better asked for.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
def verify(file: Path, *, key: str, phrase: str, as_json: bool) -> None:
    """Check the release FILE, encrypted, opened or unpacked; needs no installation, no network, only the public key."""
    verdict = _checked(file, key, phrase)
    if verdict.is_sound and verdict.form != RELEASE:
        verdict.problems.append("this is signed, but it is no release")
    click.echo(json.dumps(facts_of(verdict)) if as_json else _sentences(file, verdict))
    raise SystemExit(0 if verdict.is_sound else 1)


def _checked(file: Path, key: str, phrase: str) -> Verdict:
    trusted = trusted_keys(key)
    if file.is_dir() or not is_encrypted(file):
        return check_bag(file, trusted=trusted)
    phrase = phrase or click.prompt("Pass phrase", hide_input=True)
    with tempfile.TemporaryDirectory(prefix="platewarden-release-") as folder:
        opened = Path(folder) / "release.zip"
        try:
            with opened.open("xb") as inner:
                decrypt(file, inner, phrase=phrase)
        except PhraseError as error:
            raise click.ClickException(str(error)) from error
        return check_bag(opened, trusted=trusted)


def _sentences(file: Path, verdict: Verdict) -> str:
    if verdict.is_sound:
        return (
            f"{file}: sound. {verdict.info.get('External-Identifier', '?')} of "
            f"{verdict.info.get('Source-Organization', '?')}, signed by {verdict.signed_by}: {verdict.files} files, "
            f"{verdict.payload_bytes} bytes, {verdict.receipts} ledger entries proved."
        )
    return "\n".join([f"{file}: NOT sound.", *(f"- {problem}" for problem in verdict.problems)])
