"""Made-up cameras are taken as real ones are, in every format, whatever they do wrong."""

import base64
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from platewarden.adapters.formats import FORMATS
from platewarden.cameras.models import Camera
from platewarden.commands.simulate import simulate
from platewarden.policy.cameras import Protocol
from platewarden.reads.models import Read
from platewarden.simulation.cameras import CameraError, Faults, Results, SimulatedCamera
from platewarden.simulation.pictures import FewScenes, FreshScenes, Photographs, PictureError, padded
from platewarden.simulation.running import summary
from platewarden.simulation.traffic import Traffic
from tests.cast import Cast
from tests.devices.boxes import transport
from tests.ingest.test_ingest import picture

PICTURE = base64.b64decode(picture())
FORMAT_OF = {protocol: protocol.value for protocol in Protocol if protocol is not Protocol.CSV}


class SmallPictures:
    """One small picture for everything."""

    def of(self, _passage: object) -> tuple[bytes, bytes]:
        """Return it twice."""
        return PICTURE, PICTURE


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """The program, as if at the other end of a line."""
    with httpx.Client(base_url="http://testserver", transport=transport()) as made:
        yield made


def camera(cast: Cast, format_: str, **faults: float) -> SimulatedCamera:
    """A made-up camera that speaks *format_*, as the register says."""
    Camera.objects.filter(pk=cast.camera.pk).update(protocol=format_)
    traffic = Traffic(seed=5, rate=1000.0, known_share=0.0)
    return SimulatedCamera(format_, cast.credential, traffic, SmallPictures(), Faults(**faults))


@pytest.mark.clause("CAP-2")
@pytest.mark.parametrize("format_", sorted(FORMAT_OF.values()))
def test_every_make_is_taken(format_: str, cast: Cast, client: httpx.Client) -> None:
    """What passes is what is stored, plate by plate."""
    made, results = camera(cast, format_), Results()
    made.run(client, results, most=4)
    assert results.counts == {"offered": 4, "taken": 4}
    passed = {passage.plate for passage in islice(made.traffic.passages(), 4)}
    assert len(passed) == 4
    stored = set(Read.objects.values_list("plate", flat=True))
    assert len(stored) == 4


@pytest.mark.parametrize("format_", ["platewarden", "axis", "hikvision"])
def test_what_is_pushed_twice_or_late_is_stored_once(format_: str, cast: Cast, client: httpx.Client) -> None:
    """Nothing is lost and nothing is there twice; what is unusable harms nothing."""
    made, results = camera(cast, format_, repeated=0.5, held_back=0.5, garbage=0.5), Results()
    made.run(client, results, most=8)
    assert results.counts["taken"] == results.counts["offered"] > 8
    assert results.counts["garbage"] > 0
    assert Read.objects.count() == 8


@given(st.integers(0, 10**6))
def test_the_same_seed_gives_the_same_vehicles(seed: int) -> None:
    """So that what was seen once can be seen again."""
    first, again = (list(islice(Traffic(seed, 2.0).passages(), 20)) for _ in range(2))
    assert first == again


def test_vehicles_come_as_often_as_was_said() -> None:
    """On average, and not in step; those that are wanted have their share."""
    wanted = ["KRT4821"]
    passages = list(islice(Traffic(1, 4.0, wanted, wanted_share=0.1).passages(), 4000))
    assert sum(one.wait_s for one in passages) == pytest.approx(1000, rel=0.1)
    assert sum(one.plate == "KRT4821" for one in passages) == pytest.approx(400, rel=0.25)


def test_a_fresh_scene_shows_the_plate_that_passes() -> None:
    """Both images open; the plate image is a part of the vehicle image."""
    passage = next(Traffic(3, 1.0).passages())
    plate, vehicle = (Image.open(io.BytesIO(one)) for one in FreshScenes().of(passage))
    assert plate.size < vehicle.size


@given(st.integers(0, 400_000))
def test_a_padded_picture_is_as_long_as_was_asked_and_still_a_picture(size: int) -> None:
    """To the few bytes that a comment takes at least."""
    whole = padded(PICTURE, size)
    assert max(len(PICTURE), size) <= len(whole) <= max(len(PICTURE), size) + 8
    with Image.open(io.BytesIO(whole)) as image:
        image.load()


def test_few_scenes_are_as_long_as_a_large_camera_s() -> None:
    """And are rendered once."""
    pictures = FewScenes(count=1, least_bytes=150_000)
    passages = list(islice(Traffic(3, 1.0).passages(), 2))
    assert [len(pictures.of(one)[1]) >= 150_000 for one in passages] == [True, True]


def test_what_cannot_be_is_said(tmp_path: Path) -> None:
    """A format that is none, a credential that is none, a share above one, a folder without pictures."""
    traffic = Traffic(1, 1.0)
    with pytest.raises(CameraError, match="is no format"):
        SimulatedCamera("polaroid", "a.b", traffic, FewScenes())
    with pytest.raises(CameraError, match=r"CODE\.SECRET"):
        SimulatedCamera("axis", "nothing", traffic, FewScenes())
    with pytest.raises(CameraError, match="share"):
        Faults(repeated=2)
    with pytest.raises(PictureError):
        Photographs.in_folder(tmp_path)
    (tmp_path / "cameras").write_text("polaroid a.b\n")
    said = CliRunner().invoke(simulate, ["http://127.0.0.1:9", str(tmp_path / "cameras")])
    assert said.exit_code == 1
    assert "is no format" in said.output
    assert "b\n" not in said.output


@pytest.mark.django_db
def test_a_credential_that_nobody_knows_is_said_with_what_to_do(cast: Cast, client: httpx.Client) -> None:
    """The simulator presents it in a header, so one of another style holds for no camera."""
    one, results = camera(cast, "axis"), Results()
    one.credential = f"{one.code}.of-another-style"
    one.run(client, results, most=1)
    assert any("401 (give it a credential in the style header)" in name for name in results.counts)


def test_a_server_that_is_away_is_asked_again_until_the_end(tmp_path: Path) -> None:
    """What was not delivered is counted, and the command fails."""
    (tmp_path / "cameras").write_text("# one\naxis route-13.secret\n")
    options = ["--rate", "100", "--for", "0.5", "--pictures", "few"]
    said = CliRunner().invoke(simulate, ["http://127.0.0.1:9", str(tmp_path / "cameras"), *options])
    assert said.exit_code == 1
    assert "1 were not delivered" in said.output
    assert "secret" not in said.output


def test_the_register_and_the_simulator_know_the_same_formats() -> None:
    """One that a camera can be registered with can be simulated, files aside."""
    assert {one for one in FORMATS if one != "json"} | {"platewarden"} == set(FORMAT_OF.values())
    assert summary(Results()) == "nothing yet"
