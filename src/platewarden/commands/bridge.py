"""`platewarden bridge`: takes what cameras publish on an MQTT broker to where cameras push."""

import signal
import threading
from pathlib import Path

import click

from platewarden.bridge.running import run_bridge
from platewarden.bridge.settings import SettingsError, load_settings
from platewarden.commands.progress import Progress


@click.command()
@click.option(
    "--config",
    envvar="PLATEWARDEN_BRIDGE_CONFIG",
    default="/etc/platewarden/bridge.toml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The bridge's settings file.",
)
def bridge(*, config: Path) -> None:
    """Push what cameras publish on an MQTT broker, each as the camera it is, until Ctrl-C or SIGTERM."""
    progress, stop = Progress(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        said = load_settings(config)
        progress.say(f"{len(said.cameras)} camera(s), from {said.broker.host} to {said.server}")
        counts = run_bridge(said, stop=stop, tell=progress.say)
    except (SettingsError, OSError) as error:
        raise click.ClickException(str(error)) from error
    progress.say(", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nothing came")
