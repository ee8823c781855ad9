import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from platewarden.commands.read import read
from platewarden.recognition.images import decode_image
from platewarden.recognition.pipeline import Recogniser, load_recogniser

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PHOTOS = DATA / "us_photos"
EASY = ("021d0fd9b41f8d4b.jpg", "2c1988667844d5db.jpg", "9c4ba22dcb9225cb.jpg", "f0c7057612710f21.jpg")

pytestmark = [
    pytest.mark.photos,
    pytest.mark.skipif(not PHOTOS.is_dir(), reason="the development photographs are not beside the checkout"),
]


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """The real models, loaded once."""
    return load_recogniser(threads=1)


def plate_and_state(name: str) -> tuple[str, str]:
    """What a person read in the photograph *name*."""
    with (PHOTOS / "labels.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["file"] == f"images/{name}"]
    return rows[0]["text"], rows[0]["state"]


@pytest.mark.parametrize("name", EASY)
def test_an_easy_photograph_is_read_as_people_read_it(recogniser: Recogniser, name: str) -> None:
    """Plate and state agree with the label, surely, and every character has its confidence."""
    best = recogniser.read(decode_image((PHOTOS / "images" / name).read_bytes(), name=name))[0]
    assert (best.plate, best.state) == plate_and_state(name)
    assert best.confidence > 0.8
    assert len(best.char_confidences) == len(best.plate)


def test_a_road_without_plates_has_none(recogniser: Recogniser) -> None:
    """A scene in which nothing can be read gives an empty list."""
    scene = next(iter(sorted((DATA / "negatives" / "images").glob("udLL*"))))
    assert recogniser.read(decode_image(scene.read_bytes(), name=scene.name)) == []


def test_the_command_reads_the_good_photograph_beside_the_bad_one(tmp_path: Path) -> None:
    """With the real models: one JSON line, one named error, exit status 1."""
    truncated = tmp_path / "truncated.jpg"
    good = PHOTOS / "images" / EASY[0]
    truncated.write_bytes(good.read_bytes()[:20_000])
    result = CliRunner().invoke(read, ["--json", "--threads", "1", str(truncated), str(good)])
    assert result.exit_code == 1
    assert f"error: {truncated}: truncated or damaged JPEG picture" in result.stderr
    assert json.loads(result.stdout)["reads"][0]["plate"] == plate_and_state(EASY[0])[0]
