"""`platewarden demo`: the whole system with invented people, at work within a minute."""

import os
import time
from pathlib import Path

import click

from platewarden.commands.serve import prepare
from platewarden.database import EmbeddedPostgresError
from platewarden.edge.upload import UploadError
from platewarden.site import configuration, secrets
from platewarden.site.supervisor import SupervisedError, Supervisor

_SETTINGS = 'mode = "demo"\norigin = "demo.platewarden.invalid/ledger"\nport = {port}\n'


@click.command()
@click.option(
    "--photos", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Your own photographs."
)
@click.option("--port", default=8420, show_default=True, help="Port of the console.")
@click.option("--home", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)
@click.option(
    "--once", is_flag=True, help="Stop as soon as the console is ready (to measure, or to try the set-up)."
)
@click.option(
    "--year",
    is_flag=True,
    help="Load an invented year with misuse planted in it, and the audit's report on its last half-year, as well.",
)
def demo(*, photos: Path | None, port: int, home: Path, once: bool, year: bool) -> None:
    """Load a demo agency, feed pictures through the real recognition, and open the console."""
    began = time.monotonic()
    loaded = _settle(home.resolve(), port)
    supervisor = Supervisor(loaded)
    try:
        with supervisor.database():
            say("PostgreSQL runs")
            prepare(loaded)
            is_first = _load_agency(loaded)
            if year:
                _load_year()
            with supervisor.processes():
                say("console and timers run")
                _feed(supervisor.address, photos, is_first=is_first)
                _welcome(supervisor.address, loaded, time.monotonic() - began)
                if not once:
                    supervisor.watch()
    except (SupervisedError, EmbeddedPostgresError, UploadError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error


def say(text: str) -> None:
    """Tell the newcomer what is happening."""
    click.echo(f"  - {text}")


def _settle(home: Path, port: int) -> configuration.Configuration:
    configuration.make_home(home)
    (home / configuration.FILE_NAME).write_text(_SETTINGS.format(port=port), encoding="utf-8")
    os.environ["PLATEWARDEN_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "platewarden.site.settings"
    return configuration.load(home)


def _password(loaded: configuration.Configuration) -> str:
    return "demo-" + secrets.read_or_create(loaded.keys / "demo.password", 9).hex()[:12]


def _load_agency(loaded: configuration.Configuration) -> bool:
    from platewarden.accounts.models import Agency
    from platewarden.demo.agency import load_demo
    from platewarden.ledger.keys import ensure_log_key
    from platewarden.site.clock import utc_now

    if Agency.objects.filter(is_owner=True).exists():
        return False
    ensure_log_key(loaded.keys, loaded.origin)
    load_demo(password=_password(loaded), now=utc_now())
    say("the demo agency is loaded: people, cameras, hotlists")
    return True


def _load_year() -> None:
    from platewarden.demo.agency import demo_actor
    from platewarden.demo.year import load_year
    from platewarden.halfyears.models import AuditReport
    from platewarden.site.clock import utc_now

    if AuditReport.objects.filter(is_invented=True).exists():
        return
    began = time.monotonic()
    loaded = load_year(auditor=demo_actor("auditor"), now=utc_now())
    seconds = time.monotonic() - began
    say(
        f"an invented year is loaded: {loaded.entries:,} entries in {seconds:.0f} s; {loaded.report} is signed"
    )


def _feed(address: str, photos: Path | None, *, is_first: bool) -> None:
    if not is_first and photos is None:
        return
    from django.db import connections

    from platewarden.calibration.asking import ask_for_run
    from platewarden.demo.agency import demo_actor, new_credentials
    from platewarden.demo.feed import feed_photographs, feed_scenes
    from platewarden.demo.releasing import ask_for_copy
    from platewarden.recognition.pipeline import load_recogniser
    from platewarden.site.clock import utc_now

    credentials = new_credentials(now=utc_now())
    connections.close_all()
    recogniser = load_recogniser()
    if photos is not None:
        credential = credentials["route-13-north"]
        stored = feed_photographs(photos, address, credential, recogniser, now=utc_now(), progress=_progress)
    else:
        stored = feed_scenes(address, credentials, recogniser, now=utc_now(), progress=_progress)
        supervisor, investigator = demo_actor("supervisor"), demo_actor("investigator")
        ask_for_copy(receiver=supervisor, preparer=investigator, now=utc_now())
    click.echo()
    say(f"{stored} reads recognised, stored and matched")
    ask_for_run(asked_by="demo")  # the worker proves the path while the newcomer looks round


def _progress(text: str) -> None:
    click.echo(f"\r\033[K  - {text}", nl=False)


def _welcome(address: str, loaded: configuration.Configuration, seconds: float) -> None:
    from platewarden.demo.agency import GUEST, PEOPLE

    click.echo(
        f"\nReady after {seconds:.0f} s: {address}\n\nSign in with the password {_password(loaded)} as"
    )
    for person in (*PEOPLE, GUEST):
        click.echo(f"  {person.username:<14} {person.does}")
    click.echo("\nThe page that asks for the second factor shows the code of the invented authenticator.")
    click.echo("Ctrl-C stops everything. All of it lies in " + str(loaded.home))
