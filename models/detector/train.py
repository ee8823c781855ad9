"""Train the plate detector: `make train NAME=detector MINUTES=90`; the same command goes on where it was stopped.

Everything is written to var/train/detector: checkpoint.pt, log.txt, samples.png (look at it first).
"""

import argparse
import math
import time
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from models.detector.labels import Sample
from models.detector.loss import loss_of
from models.detector.network import PlateNetwork
from models.detector.photos import UNITED_STATES, WORLD, Photo, load_photos
from models.detector.samples import Sampler
from models.detector.targets import targets_for
from models.detector.validate import Found, measure
from platewarden.recognition.geometry import box_around
from platewarden.recognition.plate_detector import LONG_SIDE_PX, candidates, distinct, to_batch
from platewarden.recognition.types import Frame
from platewarden.rendering.colours import Picture

FOLDER: Final = Path(__file__).resolve().parents[2] / "var" / "train" / "detector"
BATCH: Final = 16
_RATE: Final = 2e-3
_LEAST_RATE: Final = 1e-5
_WARM_UP: Final = 200
_SAVE_EVERY_S: Final = 180
_VALIDATE_EVERY_S: Final = 600
_THRESHOLDS: Final = (0.2, 0.3, 0.4, 0.5, 0.6)


class Averaged:
    """A moving average of a network's values, which is what is measured and exported."""

    def __init__(self, network: nn.Module) -> None:
        self.values = {key: value.detach().clone() for key, value in network.state_dict().items()}

    def follow(self, network: nn.Module, step: int) -> None:
        """Go a little towards *network*, after its *step*-th step."""
        keep = min(0.9985, (step + 1) / (step + 20))
        for key, value in network.state_dict().items():
            if value.dtype.is_floating_point:
                self.values[key].lerp_(value, 1 - keep)
            else:
                self.values[key].copy_(value)


class Training:
    """A training that can be stopped at any time."""

    def __init__(self, minutes: float) -> None:
        """Train for *minutes* altogether, those before an interruption included."""
        self.budget_s = 60 * minutes
        self.spent_s, self.step = 0.0, 0
        self.network = PlateNetwork().to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), _RATE, weight_decay=0.01, fused=True)
        self.averaged = Averaged(self.network)
        self._resume()
        self.sampler = Sampler(seed=1 + self.step)
        self.validation = load_photos((*UNITED_STATES, *WORLD), "val")

    def run(self) -> None:
        """Train until the time is up."""
        _write_sheet([self.sampler.sample() for _ in range(40)])
        saved = validated = self.spent_s
        running: dict[str, float] = {}
        while self.spent_s < self.budget_s:
            started = time.monotonic()
            for name, value in self._step().items():
                running[name] = 0.98 * running.get(name, value) + 0.02 * value
            self.spent_s += time.monotonic() - started
            if self.spent_s - saved > _SAVE_EVERY_S:
                saved = self.spent_s
                self._save(running)
            if self.spent_s - validated > _VALIDATE_EVERY_S:
                validated = self.spent_s
                _say(f"validation: {validate(self.averaged_network(), self.validation)}")
        self._save(running)
        _say(f"end: {validate(self.averaged_network(), self.validation)}")

    def averaged_network(self) -> PlateNetwork:
        """Return the network with the averaged values, ready to be run."""
        network = PlateNetwork()
        network.load_state_dict(self.averaged.values)
        return network.eval()

    def _step(self) -> dict[str, float]:
        samples = [self.sampler.sample() for _ in range(BATCH)]
        self.network.train()
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        loss, parts = loss_of(self.network(_to_tensor(samples)), targets_for(samples))
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimiser.step()
        self.averaged.follow(self.network, self.step)
        self.step += 1
        return parts

    def _rate(self) -> float:
        done = min(1.0, self.spent_s / self.budget_s)
        cosine = 0.5 * (1 + math.cos(math.pi * done))
        return (_LEAST_RATE + (_RATE - _LEAST_RATE) * cosine) * min(1.0, (self.step + 1) / _WARM_UP)

    def _save(self, running: dict[str, float]) -> None:
        losses = " ".join(f"{name} {value:.4f}" for name, value in running.items())
        images = self.step * BATCH
        _say(f"{self.spent_s / 60:.1f} min, {images} samples, {images / self.spent_s:.1f}/s, {losses}")
        state = {
            "network": self.network.state_dict(), "optimiser": self.optimiser.state_dict(),
            "averaged": self.averaged.values, "spent_s": self.spent_s, "step": self.step,
        }  # fmt: skip
        part = FOLDER / "checkpoint.part"
        torch.save(state, part)
        part.replace(FOLDER / "checkpoint.pt")

    def _resume(self) -> None:
        if not (FOLDER / "checkpoint.pt").exists():
            return
        state = load_checkpoint()
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.averaged.values = state["averaged"]
        self.spent_s, self.step = state["spent_s"], state["step"]
        _say(f"goes on after {self.spent_s / 60:.1f} min")


def load_checkpoint() -> dict[str, Any]:
    """Return what the training saved last."""
    return dict(torch.load(FOLDER / "checkpoint.pt", weights_only=True))


def validate(network: PlateNetwork, photos: list[Photo]) -> str:
    """Return the figures of *network* on *photos* as one line."""

    def detect(frame: Frame) -> Found:
        batch, scale = to_batch(frame, min(2.0, LONG_SIDE_PX / max(frame.shape[:2])))
        with torch.inference_mode():
            output = network(torch.from_numpy(batch))[0].numpy()
        corners, scores = candidates(output, _THRESHOLDS[0])
        return [(box_around(plate), score) for plate, score in distinct(corners / scale, scores)]

    return "; ".join(str(figures) for figures in measure(photos, detect, _THRESHOLDS))


def _to_tensor(samples: list[Sample]) -> Tensor:
    batch = cv2.dnn.blobFromImages([sample.picture for sample in samples], 1 / 58.0, mean=(114,) * 3)
    return torch.from_numpy(batch).contiguous(memory_format=torch.channels_last)


def _write_sheet(samples: list[Sample]) -> None:
    """Write a sheet of *samples*: corners red with the first one green, boxes violet, ignored yellow."""
    rows = [
        np.hstack([_marked(sample) for sample in samples[at : at + 8]]) for at in range(0, len(samples), 8)
    ]
    cv2.imwrite(str(FOLDER / "samples.png"), np.vstack(rows))


def _marked(sample: Sample) -> Picture:
    picture = sample.picture.copy()
    for plate in sample.plates:
        if plate.corners is None:
            _frame(picture, plate.box, (255, 0, 255))
        else:
            outline = np.rint(plate.corners).astype(np.int32)
            cv2.polylines(picture, [outline], isClosed=True, color=(0, 0, 255))
            cv2.circle(picture, tuple(outline[0].tolist()), 2, (0, 255, 0), -1)
    for box in sample.ignored:
        _frame(picture, box, (0, 255, 255))
    return picture


def _frame(picture: Picture, box: tuple[float, float, float, float], colour: tuple[int, int, int]) -> None:
    left, top, right, bottom = (round(edge) for edge in box)
    cv2.rectangle(picture, (left, top), (right, bottom), colour)


def _say(line: str) -> None:
    print(line, flush=True)
    with (FOLDER / "log.txt").open("a") as log:
        log.write(line + "\n")


def main() -> None:
    """Train on one core: two trainings side by side finish sooner than one after the other on two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=90.0, help="time to train altogether")
    minutes = parser.parse_args().minutes
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    Training(minutes).run()


if __name__ == "__main__":
    main()
