"""`platewarden simulate`: cameras that are none, against a running server; for trying, training and load."""

import signal
import threading
from pathlib import Path

import click

from platewarden.simulation.cameras import CameraError, Faults, SimulatedCamera
from platewarden.simulation.pictures import FewScenes, FreshScenes, Photographs, PictureError, Pictures
from platewarden.simulation.running import run_cameras, summary
from platewarden.simulation.traffic import Traffic


@click.command()
@click.argument("server")
@click.argument("cameras", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rate", default=0.5, show_default=True, help="Vehicles a second and camera, on average.")
@click.option("--for", "seconds", default=0.0, help="End after so many seconds; else with Ctrl-C.")
@click.option(
    "--wanted",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of plates, one a line.",
)
@click.option("--wanted-share", default=0.02, show_default=True, help="Share of vehicles with one of them.")
@click.option(
    "--pictures",
    default="fresh",
    show_default=True,
    help="fresh: rendered for each vehicle; few: the same few for all; or a folder of photographs.",
)
@click.option("--image-bytes", default=0, help="With few: make vehicle images this long at least.")
@click.option("--repeated", default=0.0, help="Share of deliveries that are pushed twice.")
@click.option("--held-back", default=0.0, help="Share of deliveries that come after the next one.")
@click.option("--garbage", default=0.0, help="Share of deliveries with something unusable besides.")
@click.option("--clock", default=0.0, help="Seconds that the cameras' clocks are ahead.")
@click.option("--seed", default=1, show_default=True, help="The same seed, the same vehicles.")
def simulate(
    *,
    server: str,
    cameras: Path,
    rate: float,
    seconds: float,
    wanted: Path | None,
    wanted_share: float,
    pictures: str,
    image_bytes: int,
    repeated: float,
    held_back: float,
    garbage: float,
    clock: float,
    seed: int,
) -> None:
    """Push made-up reads to SERVER as the CAMERAS of a file: lines of FORMAT CODE.SECRET [LATITUDE,LONGITUDE]."""
    plates = wanted.read_text(encoding="utf-8").split() if wanted else []
    try:
        seen = _pictures(pictures, image_bytes)
        faults = Faults(repeated, held_back, garbage, clock)
        made = [
            _camera(line, Traffic(seed + number, rate, plates, wanted_share), seen, faults)
            for number, line in enumerate(_lines(cameras))
        ]
    except (CameraError, PictureError) as error:
        raise click.ClickException(str(error)) from error
    if not made:
        raise click.ClickException(f"{cameras}: names no camera")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    results = run_cameras(server.rstrip("/"), made, seconds=seconds, stop=stop, tell=click.echo)
    click.echo(summary(results))
    if results.counts["not delivered"]:
        raise click.ClickException(f"{results.counts['not delivered']} were not delivered")


def _lines(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _camera(line: str, traffic: Traffic, pictures: Pictures, faults: Faults) -> SimulatedCamera:
    format_, _, rest = line.partition(" ")
    credential, _, place = rest.strip().partition(" ")
    try:
        position = tuple(float(part) for part in place.split(",")) if place else None
    except ValueError as error:
        raise CameraError(f"{place}: is no LATITUDE,LONGITUDE") from error
    if position is not None and len(position) != 2:  # noqa: PLR2004 - latitude and longitude
        raise CameraError(f"{place}: is no LATITUDE,LONGITUDE")
    return SimulatedCamera(format_, credential, traffic, pictures, faults, position)


def _pictures(said: str, image_bytes: int) -> Pictures:
    if said == "fresh":
        return FreshScenes()
    if said == "few":
        return FewScenes(least_bytes=image_bytes)
    return Photographs.in_folder(Path(said))
