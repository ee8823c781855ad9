"""Write the trained detector as ONNX: `python -m models.detector.export`; prints the digest to pin."""

import argparse
import hashlib
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import onnxruntime
import torch

from models.detector.network import PlateNetwork
from models.detector.train import load_checkpoint

TARGET: Final = (
    Path(__file__).resolve().parents[2] / "src/platewarden/recognition/weights/plate_detector.onnx"
)
LICENCE: Final = "Apache-2.0; see models/detector/CARD.md"
_OPSET: Final = 17
"""What onnxruntime 1.20, the oldest allowed, runs."""

_SIZES: Final = ((1, 64, 96), (2, 320, 320))
_MOST_APART: Final = 2e-2
"""Pixels; what rounding comes to in corners a hundred pixels away."""


def export(network: PlateNetwork, target: Path) -> None:
    """Write *network* to *target*, batch normalisation folded into the convolutions, for pictures of any size.

    Raises:
        ValueError: The file gives other numbers than the network.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    axes = {0: "n", 2: "height", 3: "width"}
    torch.onnx.export(
        network.eval(), (torch.zeros(1, 3, 320, 320),), target, input_names=["pictures"],
        output_names=["cells"], dynamic_axes={"pictures": axes, "cells": axes}, opset_version=_OPSET, dynamo=False,
    )  # fmt: skip
    model = onnx.load(target)
    entry = model.metadata_props.add()
    entry.key, entry.value = "licence", LICENCE
    onnx.save(model, target)
    _compare(network, target)


def _compare(network: PlateNetwork, target: Path) -> None:
    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    for many, high, wide in _SIZES:
        batch = torch.randn(many, 3, high, wide)
        with torch.inference_mode():
            wanted = network(batch).numpy()
        away = float(np.abs(session.run(None, {"pictures": batch.numpy()})[0] - wanted).max())
        if away > _MOST_APART:
            raise ValueError(f"the exported network differs by {away} at {wide} x {high}")


def averaged_network() -> PlateNetwork:
    """Return the network of the last checkpoint, with its averaged values."""
    network = PlateNetwork()
    network.load_state_dict(load_checkpoint()["averaged"])
    return network.eval()


def main() -> None:
    """Export and print size and digest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", type=Path, default=TARGET)
    target = parser.parse_args().target
    export(averaged_network(), target)
    content = target.read_bytes()
    print(f"{target.name}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
