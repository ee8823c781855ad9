import numpy as np

from models.calibration.logistic import fitted


def told(features: np.ndarray, intercept: float, weights: np.ndarray, seed: int) -> np.ndarray:
    """What happens with the probability that *intercept* and *weights* give."""
    odds = intercept + features @ weights
    drawn = np.random.default_rng(seed).random(len(features))
    return np.asarray(drawn < 1 / (1 + np.exp(-odds)))


def test_the_fit_finds_the_weights_that_made_the_facts() -> None:
    """Of twenty thousand cases, to within what chance allows."""
    features = np.random.default_rng(3).normal((1.0, -2.0), (2.0, 0.5), (20_000, 2))
    intercept, weights = fitted(features, told(features, 0.5, np.array([0.8, 1.5]), 4), np.ones(20_000))
    assert abs(intercept - 0.5) < 0.25
    assert np.abs(weights - (0.8, 1.5)).max() < 0.15


def test_no_weight_is_negative() -> None:
    """A feature that speaks against the facts counts for nothing, and spoils none of the others."""
    features = np.random.default_rng(5).normal(0, 1, (20_000, 2))
    _, weights = fitted(features, told(features, 0.0, np.array([1.0, -1.0]), 6), np.ones(20_000))
    assert weights[1] == 0
    assert weights[0] > 0.5


def test_cases_count_as_often_as_they_are_to() -> None:
    """A case that counts three times is the same as three cases."""
    features = np.random.default_rng(7).normal(0, 1, (2_000, 1))
    right = told(features, 0.3, np.array([1.2]), 8)
    counts = np.where(np.arange(2_000) < 500, 3.0, 1.0)
    thrice = np.concatenate([features, features[:500], features[:500]])
    again = np.concatenate([right, right[:500], right[:500]])
    weighted, repeated = fitted(features, right, counts), fitted(thrice, again, np.ones(3_000))
    assert abs(weighted[0] - repeated[0]) < 1e-3
    assert np.abs(weighted[1] - repeated[1]).max() < 1e-3


def test_facts_without_exception_still_give_finite_weights() -> None:
    """When all that was read is right, the fit says so without running off."""
    intercept, weights = fitted(np.ones((50, 2)), np.ones(50, bool), np.ones(50))
    assert np.isfinite(intercept)
    assert np.isfinite(weights).all()
