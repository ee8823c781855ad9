"""`platewarden edge`: one box for several cameras, that reads, keeps, signs and submits, and shows nobody anything."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from platewarden.commands.progress import Progress
from platewarden.edge import identity as identities
from platewarden.edge.agent import Agent
from platewarden.edge.clock import Clock
from platewarden.edge.configuration import (
    Configuration,
    ConfigurationError,
    MobileSetting,
    load_configuration,
)
from platewarden.edge.identity import Identity, IdentityError, load_identity
from platewarden.edge.place.fixes import Places
from platewarden.edge.place.receiving import Receiver
from platewarden.edge.spool import Spool
from platewarden.edge.stills import send_stills
from platewarden.edge.talking import Line, RevokedError, renew_key
from platewarden.edge.talking import enrol as enrol_at
from platewarden.edge.unit.page.serving import UnitServer, code_of
from platewarden.edge.unit.unit import MobileUnit
from platewarden.edge.upload import UploadError
from platewarden.edge.vault import Vault, VaultError, make_secret, open_vault
from platewarden.recognition.models import ModelError

_REVOKED = 3
"""Exit status of a revoked device: systemd is told not to start it again."""

_given_config = click.option(
    "--config",
    envvar="PLATEWARDEN_EDGE_CONFIG",
    default="/etc/platewarden/edge.toml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The box's settings file.",
)
_given_key = click.option(
    "--key-from",
    metavar="PATH|systemd",
    help="Where the secret lies, in place of `key` in the file: a path, or systemd's LoadCredential.",
)


@click.group()
def edge() -> None:
    """Read for cameras on a box of its own: sealed on its disk, signed, submitted when the server can be reached."""


@edge.command()
@click.argument("server")
@click.argument("code", required=False)
@_given_config
@_given_key
def enrol(server: str, code: str | None, *, config: Path, key_from: str | None) -> None:
    """Enrol this box at SERVER (https://...) by the one-time CODE, which is asked for where it is not given."""
    if not server.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
        raise click.UsageError(
            "SERVER must begin with https://: the code and what is read are nobody else's."
        )
    typed = (code or click.prompt("One-time code", hide_input=True)).strip().upper()
    with _explained():
        said = load_configuration(config)
        vault = make_secret(key_from or said.key_from, apart_from=said.state)
        if (said.state / identities.FILE).exists():
            raise click.ClickException(f"{said.state}: enrolled already; `platewarden edge wipe` undoes it")
        identity = enrol_at(server.rstrip("/"), typed)
        identity.save(said.state, vault)
    click.echo(f"enrolled as {identity.device}, for {', '.join(identity.cameras)}")
    click.echo(f"key {identity.key.verifier.encode()}")
    try:
        _send_stills(said, identity, is_asked_for=False)
    except UploadError as error:  # it is enrolled all the same
        click.echo(f"no still was sent: {error}; platewarden edge still does it", err=True)


@edge.command("still")
@_given_config
@_given_key
def still(*, config: Path, key_from: str | None) -> None:
    """Send one picture of each source, as the still of what its camera sees; the server takes one a day at most.

    For whoever stands at the box, after a camera was set up or moved. The server cannot ask for one.
    """
    with _explained():
        box = _open(config, key_from)
        if not _send_stills(box.said, box.identity, is_asked_for=True):
            raise click.ClickException("no still was taken")


def _send_stills(said: Configuration, identity: Identity, *, is_asked_for: bool) -> int:
    sources = [source for source in said.sources if source.camera in identity.cameras]
    line = Line(identity, Clock())
    try:
        return send_stills(sources, line, is_asked_for=is_asked_for, tell=click.echo)
    finally:
        line.close()


@edge.command()
@_given_config
@_given_key
@click.option("--until-delivered", is_flag=True, help="End when recordings have ended and nothing waits.")
def run(*, config: Path, key_from: str | None, until_delivered: bool) -> None:
    """Watch the sources and submit what is read, until Ctrl-C or SIGTERM."""
    progress = Progress()
    with _explained():
        box = _open(config, key_from)
        if strange := {source.camera for source in box.said.sources} - set(box.identity.cameras):
            raise click.ClickException(f"{', '.join(sorted(strange))}: this box is not enrolled for it")
        agent = Agent(box.said.state, box.vault, box.key_from, box.identity, box.said.sources, progress.say)
        _make_mobile(agent, box.said.mobile)
        if box.said.receiver:
            agent.places = _places_from(box.said.receiver, agent)
        _stop_on_signal(agent.stop)
        recogniser = None
        if box.said.sources:
            from platewarden.recognition.pipeline import load_recogniser

            recogniser = load_recogniser()
        progress.say(f"{box.identity.device}: {len(box.said.sources)} source(s), to {box.identity.server}")
        agent.run(recogniser, until_delivered=until_delivered)


def _places_from(receiver: str, agent: Agent) -> Places:
    """Return the places that *receiver* says from now on."""
    places = Places()
    Receiver(receiver, places, agent.tell, agent.stop).start()
    return places


def _make_mobile(agent: Agent, said: MobileSetting | None) -> None:
    """Give *agent* list, places and page where its box is a car's."""
    if said is None:
        return
    places = _places_from(said.receiver, agent) if said.receiver else Places()
    agent.unit = MobileUnit(agent.folder, agent.vault, places, agent.clock, agent.tell)
    try:
        served = UnitServer(agent.unit, server=agent.identity.server, port=said.page_port)
    except OSError as error:
        raise click.ClickException(f"port {said.page_port} of the page on board: {error.strerror}") from error
    served.start()
    agent.tell(f"the page on board is {served.address}; `platewarden edge page` says the code that opens it")


@edge.command("page")
@_given_config
def show_page(*, config: Path) -> None:
    """Say where the page on board is, and the code that opens it once; for the car's own terminal."""
    with _explained():
        said = load_configuration(config)
    if said.mobile is None:
        raise click.ClickException(f"{config}: has no [mobile]: this box has no page")
    try:
        code = code_of(said.state)
    except OSError as error:
        raise click.ClickException(
            f"{said.state}: no page is served; start `platewarden edge run` first ({error.strerror})"
        ) from error
    click.echo(f"http://127.0.0.1:{said.mobile.page_port}/")
    click.echo(f"code {code}")


@edge.command()
@_given_config
@_given_key
def status(*, config: Path, key_from: str | None) -> None:
    """Say what waits on this box and what it lost: numbers only."""
    with _explained():
        box = _open(config, key_from)
        spool = Spool(box.said.state, box.vault, most_bytes=0)
        depth, counters = spool.depth(), spool.counters()
        spool.close()
    oldest = (
        f", the oldest of {datetime.fromtimestamp(depth.oldest_at, UTC):%Y-%m-%d %H:%M}Z"
        if depth.oldest_at
        else ""
    )
    click.echo(
        f"{box.identity.device} for {', '.join(box.identity.cameras)}, settings {box.identity.settings_version}"
    )
    click.echo(f"{depth.reads} read(s) wait, {depth.hits} of them hits, {depth.size / 1e6:.1f} MB{oldest}")
    for name, count in counters.items():
        if count:
            click.echo(f"{count} {name.replace('_', ' ')}")


@edge.command("renew")
@_given_config
@_given_key
def renew(*, config: Path, key_from: str | None) -> None:
    """Make a new key and let the server take it; stop the agent first."""
    with _explained():
        box = _open(config, key_from)
        line = Line(box.identity, Clock())
        try:
            renewed = renew_key(box.identity, line)
        finally:
            line.close()
        renewed.save(box.said.state, box.vault)
    click.echo(f"key {renewed.key.verifier.encode()}")


@edge.command()
@_given_config
@_given_key
@click.confirmation_option(prompt="Destroy this box's secret, its identity and every read that waits on it?")
def wipe(*, config: Path, key_from: str | None) -> None:
    """Destroy everything this box holds, as a revoked one does by itself."""
    with _explained():
        box = _open(config, key_from)
        Agent(box.said.state, box.vault, box.key_from, box.identity, (), click.echo).wipe()


@dataclass(frozen=True, slots=True)
class _Box:
    said: Configuration
    key_from: str
    vault: Vault
    identity: Identity


def _open(config: Path, key_from: str | None) -> _Box:
    said = load_configuration(config)
    if not (said.state / identities.FILE).exists():
        raise click.ClickException(f"{said.state}: not enrolled; `platewarden edge enrol SERVER` does it")
    chosen = key_from or said.key_from
    vault = open_vault(chosen)
    return _Box(said, chosen, vault, load_identity(said.state, vault))


def _stop_on_signal(stop: threading.Event) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())


@contextmanager
def _explained() -> Iterator[None]:
    """Say what went wrong as commands do."""
    try:
        yield
    except RevokedError:
        click.echo("Error: this device is revoked; what it held is destroyed", err=True)
        raise click.exceptions.Exit(_REVOKED) from None
    except ModelError as error:
        raise click.ClickException(f"recognition failed: {error}") from error
    except (ConfigurationError, VaultError, IdentityError, UploadError, OSError) as error:
        raise click.ClickException(str(error)) from error
