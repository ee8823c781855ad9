"""Tune the reader: `python -m models.reader.train --minutes 90`; the same command goes on from the last checkpoint."""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import torch
from rapidfuzz.distance import Levenshtein
from torch.nn import functional

from models.reader.network import ALPHABET, as_released, tuned_from_ppocr
from models.reader.samples import Batch, Samples, encode, held_out_real, held_out_rendered, held_out_views

OUT: Final = Path("var/train/reader")
PEAK_RATE: Final = 1e-4
"""Three times this ruined the network within minutes."""

LATER_RATE: Final = 5e-5
"""What the rate rises to when tuning goes on from the released weights."""

WARM_UP_STEPS: Final = 300
AVERAGE: Final = 0.999
"""How much of the running average of the weights each step keeps."""


def rate(progress: float, step: int, peak: float) -> float:
    """Return the learning rate: up to *peak* over the first steps, then down a cosine as *progress* runs 0 to 1."""
    down = 0.5 * (1 + float(np.cos(np.pi * min(1.0, progress))))
    return peak * min(1.0, (step + 1) / WARM_UP_STEPS) * (0.03 + 0.97 * down)


def losses_of(net: torch.nn.Module, batch: Batch) -> torch.Tensor:
    """Return the CTC loss a character of each sample of *batch*, (n,)."""
    logits = net(torch.from_numpy(batch.inputs)).permute(1, 0, 2)
    targets = torch.tensor([number for text in batch.texts for number in encode(text)])
    lengths = torch.tensor([len(text) for text in batch.texts])
    steps = torch.full((len(batch.texts),), logits.shape[0], dtype=torch.long)
    chances = functional.log_softmax(logits, 2)
    whole = functional.ctc_loss(chances, targets, steps, lengths, reduction="none", zero_infinity=True)
    return whole / lengths


@torch.no_grad()
def read(net: torch.nn.Module, inputs: np.ndarray) -> list[str]:
    """Return the likeliest text of each of *inputs*."""
    texts = []
    for start in range(0, len(inputs), 16):
        for row in net(torch.from_numpy(inputs[start : start + 16])).argmax(2).tolist():
            kept = [
                symbol for symbol, before in zip(row, [0, *row], strict=False) if symbol and symbol != before
            ]
            texts.append("".join(ALPHABET[symbol - 1] for symbol in kept))
    return texts


def report(name: str, guesses: list[str], texts: list[str]) -> str:
    """Return shares of *guesses* that are right, and right but for one character."""
    away = [Levenshtein.distance(guess, text) for guess, text in zip(guesses, texts, strict=True)]
    exact, near = np.mean([d == 0 for d in away]), np.mean([d <= 1 for d in away])
    return f"{name} n={len(texts)} exact={exact:.3f} within1={near:.3f}"


class Tuning:
    """The state of a run: network, its running average, optimiser, and how long it has run."""

    def __init__(self, out: Path, *, from_released: bool) -> None:
        """Start from PP-OCRv6 or the released weights, or from the checkpoint in *out*."""
        self.out = out
        self.net = as_released() if from_released else tuned_from_ppocr()
        self.peak = LATER_RATE if from_released else PEAK_RATE
        self.average = deepcopy(self.net)
        self.optimiser = torch.optim.AdamW(self.net.parameters(), self.peak, weight_decay=1e-3)
        self.step, self.seconds = 0, 0.0
        checkpoint = out / "checkpoint.pt"
        if checkpoint.exists():
            self._restore(torch.load(checkpoint, map_location="cpu", weights_only=True))

    def learn(self, batch: Batch, progress: float) -> list[float]:
        """Take one step and return the loss a character of each sample."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate(progress, self.step, self.peak)
        losses = losses_of(self.net, batch)
        self.optimiser.zero_grad()
        losses.mean().backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        keep = min(AVERAGE, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(now, 1 - keep)
        return [float(loss) for loss in losses.detach()]

    def save(self) -> None:
        """Write the checkpoint and, apart, the averaged weights; a kill in between leaves the old ones."""
        self.out.mkdir(parents=True, exist_ok=True)
        state: dict[str, Any] = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        for name, value in (("checkpoint.pt", state), ("weights.pt", self.average.state_dict())):
            torch.save(value, self.out / f"{name}.new")
            (self.out / f"{name}.new").replace(self.out / name)

    def _restore(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]


def main() -> None:
    """Train for the wanted minutes in all, reporting on plates that training does not see."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--from-released", action="store_true", help="go on from the weights of this release")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    run = Tuning(options.out, from_released=options.from_released)
    torch.manual_seed(run.step)
    held_out = {"real": held_out_real(), "views": held_out_views(), "rendered": held_out_rendered(200)}
    samples = Samples(1 + run.step)
    budget, began, shown, mean = options.minutes * 60, run.seconds - time.monotonic(), -1e9, 0.0
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(samples.batch, options.batch)
        while run.seconds < budget:
            batch = coming.result()
            coming = ahead.submit(samples.batch, options.batch)
            losses = run.learn(batch, run.seconds / budget)
            samples.hear(batch, losses)
            loss = float(np.mean(losses))
            mean = loss if not mean else 0.98 * mean + 0.02 * loss
            run.seconds = began + time.monotonic()
            if run.seconds - shown > 240 or run.seconds >= budget:
                shown = run.seconds
                run.save()
                results = [
                    report(name, read(run.average, inputs), texts)
                    for name, (inputs, texts) in held_out.items()
                ]
                print(
                    f"{run.seconds / 60:.1f} min step {run.step} loss {mean:.3f} | {' | '.join(results)}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
