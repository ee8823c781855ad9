"""Logistic regression whose weights are none of them negative."""

from typing import Final

import numpy as np

_STEPS: Final = 20_000
_RIDGE: Final = 1e-3


def fitted(features: np.ndarray, right: np.ndarray, counts: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the intercept, and the weights of the features, 0 or more, under which what happened is likeliest.

    Args:
        features: (n, k).
        right: (n,) bool.
        counts: (n,), how often each is to count.
    """
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    design = np.concatenate([np.ones((len(features), 1)), (features - middle) / spread], axis=1)
    share = (counts / counts.sum())[:, None]
    step = 1 / (0.25 * np.linalg.eigvalsh(design.T @ (design * share))[-1] + _RIDGE)
    weights = ahead = np.zeros(design.shape[1])
    for number in range(_STEPS):
        off = 1 / (1 + np.exp(-np.clip(design @ ahead, -40, 40))) - right
        slope = design.T @ (off * share[:, 0]) + _RIDGE * np.concatenate([[0], ahead[1:]])
        new = ahead - step * slope
        new[1:] = np.maximum(new[1:], 0)
        ahead = new + number / (number + 3) * (new - weights)
        if np.abs(new - weights).max() < 1e-9:
            break
        weights = new
    scaled = weights[1:] / spread
    return float(weights[0] - scaled @ middle), scaled
