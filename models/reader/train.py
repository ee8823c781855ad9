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

from models.reader.network import ALPHABET, tuned_from_ppocr
from models.reader.samples import Samples, encode, held_out_real, held_out_rendered

OUT: Final = Path("var/train/reader")
PEAK_RATE: Final = 1e-4
"""Three times this ruined the network within minutes."""

WARM_UP_STEPS: Final = 300
AVERAGE: Final = 0.999
"""How much of the running average of the weights each step keeps."""


def rate(progress: float, step: int) -> float:
    """Return the learning rate: up over the first steps, then down along a cosine as *progress* runs 0 to 1."""
    down = 0.5 * (1 + float(np.cos(np.pi * min(1.0, progress))))
    return PEAK_RATE * min(1.0, (step + 1) / WARM_UP_STEPS) * (0.03 + 0.97 * down)


def loss_of(net: torch.nn.Module, inputs: np.ndarray, texts: list[str]) -> torch.Tensor:
    """Return the mean CTC loss per character of *inputs*, (n, 3, 48, 160), against *texts*."""
    logits = net(torch.from_numpy(inputs)).permute(1, 0, 2)
    targets = torch.tensor([number for text in texts for number in encode(text)])
    lengths = torch.tensor([len(text) for text in texts])
    steps = torch.full((len(texts),), logits.shape[0], dtype=torch.long)
    return functional.ctc_loss(functional.log_softmax(logits, 2), targets, steps, lengths, zero_infinity=True)


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

    def __init__(self, out: Path) -> None:
        """Start from PP-OCRv6, or from the checkpoint in *out*."""
        self.out = out
        self.net = tuned_from_ppocr()
        self.average = deepcopy(self.net)
        self.optimiser = torch.optim.AdamW(self.net.parameters(), PEAK_RATE, weight_decay=1e-3)
        self.step, self.seconds = 0, 0.0
        checkpoint = out / "checkpoint.pt"
        if checkpoint.exists():
            self._restore(torch.load(checkpoint, map_location="cpu", weights_only=True))

    def learn(self, inputs: np.ndarray, texts: list[str], progress: float) -> float:
        """Take one step and return its loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate(progress, self.step)
        loss = loss_of(self.net, inputs, texts)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        keep = min(AVERAGE, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(now, 1 - keep)
        return float(loss.detach())

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
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    run = Tuning(options.out)
    torch.manual_seed(run.step)
    held_out = {"real": held_out_real(), "rendered": held_out_rendered(200)}
    samples = Samples(1 + run.step)
    budget, began, shown, mean = options.minutes * 60, run.seconds - time.monotonic(), 0.0, 0.0
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(samples.batch, options.batch)
        while run.seconds < budget:
            inputs, texts = coming.result()
            coming = ahead.submit(samples.batch, options.batch)
            loss = run.learn(inputs, texts, run.seconds / budget)
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
