"""The model files: where they are, that they are the ones we measured, and how they are run."""

import hashlib
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime

from platewarden.recognition.types import FloatArray, Frame


class ModelError(RuntimeError):
    """A model is missing, altered or does not run: recognition must stop, not report an empty street."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file in an installed package, named by its content.

    Attributes:
        package: Import name of the package that ships the file.
        path: Path inside that package.
        sha256: Hexadecimal digest of the file that was measured.
    """

    package: str
    path: str
    sha256: str


TEXT_DETECTION: Final = ModelFile(
    "rapidocr",
    "models/PP-OCRv6_det_small.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
"""PP-OCRv6 small, text detection (Apache-2.0; see NOTICE)."""

TEXT_RECOGNITION: Final = ModelFile(
    "rapidocr",
    "models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
)
"""PP-OCRv6 small, text recognition (Apache-2.0; see NOTICE)."""

PLATE_DETECTION: Final = ModelFile(
    "platewarden.recognition",
    "weights/plate_detector.onnx",
    "f907d26dfab1e85fe1964c9a0b122a62dcbd5331f4464a6655392067c88f00ed",
)
"""Our own, plates and their corners (Apache-2.0; see models/detector/CARD.md)."""

PLATE_READER: Final = ModelFile(
    "platewarden.recognition",
    "weights/plate_reader.onnx",
    "c696b0f8b9b1692d6ca02624fd657d6f6183cebfc630fc24ca8b6c479abeaa53",
)
"""PP-OCRv6's recognition network tuned to US plates (Apache-2.0; models/reader/CARD.md)."""


def load_verified(model: ModelFile) -> bytes:
    """Return the content of *model*.

    Raises:
        ModelError: The package or file is missing, or its content is not what was measured.
    """
    spec = find_spec(model.package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"the package {model.package!r} with the recognition models is not installed")
    path = Path(spec.submodule_search_locations[0]) / model.path
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"cannot read the model {model.path}: {error.strerror}; reinstall {model.package}"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != model.sha256:
        raise ModelError(
            f"the model {model.path} is not the one that was measured (SHA-256 {found[:12]}..., expected "
            f"{model.sha256[:12]}...): install the locked version of {model.package}"
        )
    return content


class Network:
    """One model, loaded and verified, run on the processor; safe to share between threads."""

    def __init__(self, model: ModelFile, *, threads: int = 0) -> None:
        """Load *model*; *threads* to use for one run, 0 for one a processor that is ours.

        Raises:
            ModelError: See `load_verified`; or the runtime cannot load the file.
        """
        options = onnxruntime.SessionOptions()
        # Said by us, the runtime binds no thread to a processor: a hardened unit forbids that, and it complains.
        options.intra_op_num_threads = threads or len(os.sched_getaffinity(0))
        options.log_severity_level = 3
        # Idle threads must sleep: the same machine serves the console and the database.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._name = model.path
        try:
            self._session = onnxruntime.InferenceSession(
                load_verified(model), options, providers=["CPUExecutionProvider"]
            )
        except ModelError:
            raise
        except Exception as error:
            raise ModelError(f"cannot load the model {model.path}: {error}") from error
        self._input = self._session.get_inputs()[0].name

    def metadata(self, key: str) -> str:
        """Return a string stored with the model, e.g. its alphabet.

        Raises:
            ModelError: The model has no such entry.
        """
        values = self._session.get_modelmeta().custom_metadata_map
        if key not in values:
            raise ModelError(f"the model {self._name} has no {key!r} in its metadata")
        return str(values[key])

    def run(self, batch: FloatArray) -> FloatArray:
        """Return the network's first output for *batch*, (n, 3, h, w) float32.

        Raises:
            ModelError: The runtime failed, or the output holds something that is not a number.
        """
        try:
            output: FloatArray = self._session.run(None, {self._input: batch})[0]
        except Exception as error:
            raise ModelError(f"the model {self._name} failed: {error}") from error
        if not np.isfinite(output).all():
            raise ModelError(f"the model {self._name} gave values that are no numbers")
        return output


def to_input(image: Frame) -> FloatArray:
    """Return *image*, (h, w, 3) uint8, as the PP-OCR networks take it: (3, h, w) float32, -1 to 1."""
    return ((image.astype(np.float32) / 255.0 - 0.5) / 0.5).transpose(2, 0, 1)
