"""A car with its box, at the time of all tests."""

from pathlib import Path

import pytest

from platewarden.cameras.models import Camera
from platewarden.edge.board.store import BoardStore
from platewarden.policy.capture import CameraKind
from tests.cast import Cast
from tests.conftest import NOW
from tests.devices.boxes import Box, enrolled


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is now, for the server too."""
    for place in ("devices.api", "devices.senders", "boards.api"):
        monkeypatch.setattr(f"platewarden.{place}.utc_now", lambda: NOW)


@pytest.fixture
def car(cast: Cast, tmp_path: Path) -> Box:
    """A box that is enrolled for a patrol car's camera."""
    Camera.objects.filter(pk=cast.camera.pk).update(kind=CameraKind.MOBILE)
    return enrolled(cast, tmp_path)


@pytest.fixture
def store(car: Box) -> BoardStore:
    """The list that it carries, none yet."""
    return BoardStore(car.folder / "board.sqlite", car.vault)
