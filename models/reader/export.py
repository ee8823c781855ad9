"""Write the tuned reader as ONNX: `python -m models.reader.export`; prints the digest to pin."""

import argparse
import hashlib
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import onnxruntime
import torch

from models.reader.network import ALPHABET, HEIGHT, WIDTH, load

TARGET: Final = Path(__file__).resolve().parents[2] / "src/platewarden/recognition/weights/plate_reader.onnx"
LICENCE: Final = (
    "Apache-2.0; tuned from PP-OCRv6 small recognition, PaddlePaddle authors; see models/reader/CARD.md"
)


class _WithSoftmax(torch.nn.Module):
    """The network with probabilities instead of logits."""

    def __init__(self, net: torch.nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return (n, 20, 37) probabilities of *batch*, (n, 3, 48, 160)."""
        return torch.softmax(self.net(batch), 2)


def export(weights: Path, target: Path) -> None:
    """Write the network with *weights* to *target*; any number of pictures may be read at once.

    Raises:
        ValueError: The file gives other numbers than the network it was made from.
    """
    net = _WithSoftmax(load(weights)).eval()
    example = torch.rand(2, 3, HEIGHT, WIDTH) * 2 - 1
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net, (example,), target, input_names=["plates"], output_names=["probabilities"], opset_version=17,
        dynamic_axes={"plates": {0: "n"}, "probabilities": {0: "n"}}, dynamo=False,
    )  # fmt: skip
    model = onnx.load(target)
    for key, value in (("alphabet", ALPHABET), ("licence", LICENCE)):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.save(model, target)
    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    for count in (1, 3):
        batch = torch.rand(count, 3, HEIGHT, WIDTH) * 2 - 1
        with torch.no_grad():
            wanted = net(batch).numpy()
        if (away := float(np.abs(session.run(None, {"plates": batch.numpy()})[0] - wanted).max())) > 1e-4:
            raise ValueError(f"the exported network differs by {away}")


def main() -> None:
    """Export and print the size and digest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path("var/train/reader/weights.pt"))
    parser.add_argument("--target", type=Path, default=TARGET)
    options = parser.parse_args()
    export(options.weights, options.target)
    content = options.target.read_bytes()
    print(f"{options.target.name}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
