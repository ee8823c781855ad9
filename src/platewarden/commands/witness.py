"""`platewarden witness`: co-sign another's checkpoints; needs no installation, no database and no account."""

from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import click

from platewarden.ledger.checkpoint import NoteError, VerifierKey
from platewarden.ledger.witnessing import (
    MOST_BYTES,
    FolderSource,
    RefusedError,
    Request,
    WebSource,
    Witness,
    cosign_newest,
    file_name,
)
from platewarden.site.secrets import SecretFileError, write_new

STEP_SECONDS: Final = 10
_FOLDER = click.option(
    "--folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The witness's own folder, with its key and what it has seen; out of the log's reach.",
)
_LOG = click.option(
    "--log",
    required=True,
    multiple=True,
    help="The public key of the log, or a file of them (ledger.pub); as it was given by hand.",
)


@click.group()
def witness() -> None:
    """Co-sign checkpoints of a ledger that is not yours."""


@witness.command()
@click.argument("name")
@_FOLDER
def new(name: str, folder: Path) -> None:
    """Make the key of a witness called NAME, such as clerk.example.gov/witness, and print its public half."""
    try:
        click.echo(Witness.create(folder, name).key)
    except FileExistsError as error:
        raise click.ClickException(f"{folder} holds a witness's key already") from error
    except NoteError as error:
        raise click.ClickException(str(error)) from error


@witness.command()
@click.argument("source")
@_FOLDER
@_LOG
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the co-signed checkpoint."
)
def sign(source: str, folder: Path, log: tuple[str, ...], out: Path | None) -> None:
    """Co-sign the newest checkpoint in SOURCE, a folder or an address, if it goes on from the last one seen.

    The co-signed checkpoint is printed, and written into SOURCE if that is a folder, or into --out. Status 1 if it
    is not co-signed: then keep what there is, and ask.
    """
    signer = _witness(folder, log)
    is_web = source.startswith(("http://", "https://"))
    try:
        head, note = cosign_newest(
            signer, WebSource(source) if is_web else FolderSource(Path(source)), now=datetime.now(UTC)
        )
    except RefusedError as error:
        raise click.ClickException(f"NOT co-signed: {error}") from error
    target = out or (None if is_web else Path(source))
    if target:
        path = target / file_name(head.size, f"{signer.key_hash}.cosigned")
        path.unlink(missing_ok=True)
        write_new(path, note.encode())
        path.chmod(0o644)  # the log reads it under another account
    click.echo(note, nl=False)


@witness.command()
@_FOLDER
@_LOG
@click.option("--host", default="127.0.0.1", help="Address to listen on.", show_default=True)
@click.option(
    "--port", default=8421, help="Port to listen on; put a proxy with TLS in front.", show_default=True
)
def serve(folder: Path, log: tuple[str, ...], host: str, port: int) -> None:
    """Co-sign checkpoints that are posted to /add-checkpoint (C2SP tlog-witness)."""
    with server(_witness(folder, log), host, port) as running:
        click.echo(f"{running.server_address[0]!s}:{running.server_address[1]}")
        running.serve_forever()


def server(signer: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server that co-signs as *signer*; `serve_forever` starts it."""

    class Handler(BaseHTTPRequestHandler):
        """Answers one request."""

        timeout = STEP_SECONDS

        def do_POST(self) -> None:
            """Co-sign what was posted, or say why not."""
            try:
                line = signer.add_checkpoint(self._request(), now=datetime.now(UTC))
            except RefusedError as error:
                is_size = error.status == 409 and error.size is not None  # noqa: PLR2004 - conflict
                kind = "text/x.tlog.size" if is_size else "text/plain; charset=utf-8"
                self._answer(error.status, f"{error.size}\n" if is_size else f"{error}\n", kind)
                return
            self._answer(200, line, "text/plain; charset=utf-8")

        def _request(self) -> Request:
            if self.path != "/add-checkpoint":
                raise RefusedError(404, "only /add-checkpoint is answered")
            length = self.headers.get("Content-Length", "")
            if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
                raise RefusedError(400, "needs a Content-Length below a million")
            try:
                return Request.parse(self.rfile.read(int(length)).decode())
            except UnicodeDecodeError as error:
                raise RefusedError(400, "not UTF-8") from error

        def _answer(self, status: int, text: str, kind: str) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server uses
            """Say on standard error what was answered."""
            click.echo(f"{self.address_string()} {format % args}", err=True)

    return ThreadingHTTPServer((host, port), Handler)


def _witness(folder: Path, log: tuple[str, ...]) -> Witness:
    try:
        texts = [Path(one).read_text(encoding="utf-8") if Path(one).is_file() else one for one in log]
        keys = [VerifierKey.parse(line) for text in texts for line in text.splitlines() if line.strip()]
        return Witness(folder, keys)
    except (OSError, UnicodeDecodeError, NoteError, SecretFileError) as error:
        raise click.ClickException(str(error)) from error
