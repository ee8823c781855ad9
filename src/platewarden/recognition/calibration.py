"""From what the looks at a plate give in evidence to the probability that the plate is right.

A network's own confidence is too high or too low in a way that can be measured. The map from evidence to
probability is a logistic one with few weights, none of them negative, so that more evidence of any kind never
makes a plate less likely. The weights are data, `weights/calibration.json`, and `models/calibration/fit.py`
makes them.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from platewarden.recognition.models import ModelError

WEIGHTS_FILE: Final = Path(__file__).parent / "weights" / "calibration.json"

FLOOR: Final = 0.001
CEILING: Final = 0.999
"""No plate is certain, nor certainly wrong: probabilities stay between these."""

_NEARLY: Final = 1e-6
"""How near to 0 or 1 evidence may come before its log odds are taken."""

_MOST_LOOKS: Final = 32
_WIDTHS_PX: Final = (16.0, 512.0)
"""Beyond these, more looks or a wider plate say nothing more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the looks at one plate give in evidence that it is right.

    Attributes:
        support: Share of the looks that agree, each counted by the product of its character confidences, 0-1.
        weakest: Lowest confidence of a character after voting, 0-1.
        agreement: Share of the looks that read exactly the plate, 0-1.
        looks: How many looks there were, 1 or more.
        detection: Confidence of the plate detector, 0-1.
        width_px: Width of the plate in the frame, pixels.
        clearest: Of the looks that alone come to the plate, what the clearest gives it, 0-1; 0.5 if none does. One
            clear look among blurred ones is worth more than their mean says.
    """

    support: float
    weakest: float
    agreement: float
    looks: int
    detection: float
    width_px: float
    clearest: float

    def features(self) -> dict[str, float]:
        """Return the evidence on the scales the map adds it up on: log odds for shares, logarithms for sizes."""
        narrow, wide = _WIDTHS_PX
        return {
            "support": log_odds(self.support),
            "weakest": log_odds(self.weakest),
            "agreement": self.agreement,
            "looks": math.log(min(max(self.looks, 1), _MOST_LOOKS)),
            "detection": log_odds(self.detection),
            "width": math.log(min(max(self.width_px, narrow), wide)),
            "clearest": log_odds(self.clearest),
        }


@dataclass(frozen=True, slots=True)
class Calibration:
    """The map from evidence to probability.

    Attributes:
        intercept: Log odds where every feature is 0.
        weights: For features of `Evidence.features`, what one unit adds to the log odds; none is negative, and
            a feature without a weight does not count.
    """

    intercept: float
    weights: Mapping[str, float]

    def probability(self, evidence: Evidence) -> float:
        """Return how likely the plate is to be right: `FLOOR` to `CEILING`, never less for more evidence."""
        features = evidence.features()
        odds = self.intercept + sum(weight * features[name] for name, weight in self.weights.items())
        return min(max(_from_log_odds(odds), FLOOR), CEILING)

    @classmethod
    def load(cls, path: Path = WEIGHTS_FILE) -> "Calibration":
        """Return the calibration in *path*, by default that of this release.

        Raises:
            ModelError: The file is missing, is no calibration, or has a weight that is negative or of no feature.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(_finite(content["intercept"], "intercept"), _checked(content["weights"]))
        except OSError as error:
            raise ModelError(
                f"cannot read the calibration {path.name}: {error.strerror}; reinstall"
            ) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelError(f"{path.name} is not a calibration ({error!r}); reinstall") from error


IDENTITY: Final = Calibration(0.0, {"support": 1.0})
"""The map before anything was fitted: the probability is the support."""


def log_odds(share: float) -> float:
    """Return the logarithm of the odds of *share*, 0-1, finite at both ends."""
    inside = min(max(share, _NEARLY), 1.0 - _NEARLY)
    return math.log(inside / (1.0 - inside))


def _from_log_odds(odds: float) -> float:
    if odds >= 0:
        return 1.0 / (1.0 + math.exp(-odds))
    return math.exp(odds) / (1.0 + math.exp(odds))


def _checked(weights: Mapping[str, Any]) -> dict[str, float]:
    """Return *weights* as numbers.

    Raises:
        ValueError: One is negative, no number, or of no feature.
    """
    known = Evidence(0.5, 0.5, 0.5, 1, 0.5, 64.0, 0.5).features()
    checked = {name: _finite(weight, name) for name, weight in weights.items()}
    if unknown := checked.keys() - known.keys():
        raise ValueError(f"{min(unknown)}: no such feature")
    if negative := [name for name, weight in checked.items() if weight < 0]:
        raise ValueError(f"{negative[0]}: a weight must be 0 or more")
    return checked


def _finite(value: Any, name: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name}: not a finite number")
    return number
