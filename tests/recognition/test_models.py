import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from platewarden.recognition.models import (
    TEXT_DETECTION,
    TEXT_RECOGNITION,
    ModelError,
    ModelFile,
    Network,
    load_verified,
    to_input,
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An importable package with one file in it, which is no model."""
    folder = tmp_path / "somepackage"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "model.onnx").write_bytes(b"not a network")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "somepackage"
    sys.modules.pop("somepackage", None)


DIGEST = hashlib.sha256(b"not a network").hexdigest()


@pytest.mark.parametrize("model", [TEXT_DETECTION, TEXT_RECOGNITION])
def test_the_installed_models_are_the_measured_ones(model: ModelFile) -> None:
    """Both files of the locked package have the recorded SHA-256."""
    assert len(load_verified(model)) > 1_000_000


def test_an_altered_model_is_refused(package: str) -> None:
    """One other byte and recognition does not start."""
    with pytest.raises(ModelError, match="not the one that was measured"):
        load_verified(ModelFile(package, "model.onnx", "0" * 64))


@pytest.mark.parametrize(("name", "path"), [("nosuchpackage", "m.onnx"), ("somepackage", "missing.onnx")])
def test_a_missing_model_is_refused(package: str, name: str, path: str) -> None:
    """A missing package or file is an error that says so."""
    with pytest.raises(ModelError, match=r"not installed|cannot read the model"):
        load_verified(ModelFile(name, path, DIGEST))


def test_a_file_that_is_no_network_is_refused(package: str) -> None:
    """A file the runtime cannot load is an error at start-up."""
    with pytest.raises(ModelError, match="cannot load the model"):
        Network(ModelFile(package, "model.onnx", DIGEST))


def test_a_failing_run_is_an_error() -> None:
    """A network that cannot digest its input raises; it does not report nothing."""
    network = Network(TEXT_DETECTION, threads=1)
    with pytest.raises(ModelError, match="failed"):
        network.run(np.zeros((1, 1, 32, 32), np.float32))
    with pytest.raises(ModelError, match="metadata"):
        network.metadata("character")


def test_values_that_are_no_numbers_are_an_error() -> None:
    """A network that answers with NaN has failed."""
    network = Network(TEXT_DETECTION, threads=1)
    with pytest.raises(ModelError, match="no numbers"):
        network.run(np.full((1, 3, 32, 32), np.nan, np.float32))


def test_pixels_become_minus_one_to_one_channels_first() -> None:
    """Black is -1, white 1; blue, green and red planes follow one another."""
    image = np.zeros((2, 3, 3), np.uint8)
    image[:, :, 0] = 255
    planes = to_input(image)
    assert planes.shape == (3, 2, 3)
    assert (planes[0] == 1).all()
    assert (planes[1:] == -1).all()
