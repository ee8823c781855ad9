"""How far the network's answer is from the targets."""

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from models.detector.targets import Targets

_LEAST_QUALITY: Final = 0.2
"""What a cell of a plate is asked to score at least, however bad its box still is."""

_BOX_WEIGHT: Final = 2.0
_CORNER_WEIGHT: Final = 10.0


def loss_of(output: Tensor, targets: Targets) -> tuple[Tensor, dict[str, float]]:
    """Return the loss of *output*, (b, 9, c, c), and its parts by name.

    Scores learn how well the cell's box fits (varifocal loss, "VarifocalNet", Zhang et al. 2021), boxes by the
    generalised intersection over union (Rezatofighi et al. 2019), corners by their distance in plate sizes.
    """
    weight = torch.from_numpy(targets.weight)
    own = weight > 0
    total = weight.sum().clamp(min=1.0)
    corners = output[:, 1:].permute(0, 2, 3, 1)[own]
    boxes = torch.from_numpy(targets.boxes).permute(0, 2, 3, 1)[own]
    overlap, generalised = _overlaps(_around(corners), boxes)
    quality = torch.zeros_like(weight)
    quality[own] = overlap.detach().clamp(_LEAST_QUALITY, 1.0)
    score = _score_loss(output[:, 0], quality, weight, targets) / total
    box = ((1 - generalised) * weight[own]).sum() / total
    corner = _corner_loss(corners, boxes, own, weight, targets) / total
    parts = {"score": float(score), "box": float(box), "corner": float(corner)}
    return score + _BOX_WEIGHT * box + _CORNER_WEIGHT * corner, parts


def _score_loss(logits: Tensor, quality: Tensor, weight: Tensor, targets: Targets) -> Tensor:
    own = weight > 0
    error = functional.binary_cross_entropy_with_logits(logits, quality, reduction="none")
    near = (1 - torch.from_numpy(targets.heat)) ** 4
    against = 0.75 * logits.detach().sigmoid() ** 2 * near * ~torch.from_numpy(targets.ignored)
    return (error * torch.where(own, quality * weight, against)).sum()


def _corner_loss(corners: Tensor, boxes: Tensor, own: Tensor, weight: Tensor, targets: Targets) -> Tensor:
    known = torch.from_numpy(targets.known)[own]
    wanted = torch.from_numpy(targets.corners).permute(0, 2, 3, 1)[own][known]
    size = ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).clamp(min=1.0).sqrt()[known]
    error = (corners[known] - wanted) / size[:, None]
    apart = functional.smooth_l1_loss(error, torch.zeros_like(error), beta=0.05, reduction="none").mean(dim=1)
    return (apart * weight[own][known]).sum()


def _around(corners: Tensor) -> Tensor:
    """Return the boxes, (n, 4) xyxy, around *corners*, (n, 8)."""
    x, y = corners[:, 0::2], corners[:, 1::2]
    return torch.stack([x.amin(1), y.amin(1), x.amax(1), y.amax(1)], dim=1)


def _overlaps(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Return intersection over union of boxes, (n, 4) each, pair by pair, and its generalisation."""
    low, high = torch.maximum(first[:, :2], second[:, :2]), torch.minimum(first[:, 2:], second[:, 2:])
    common = (high - low).clamp(min=0).prod(dim=1)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(dim=1) for boxes in (first, second)]
    union = areas[0] + areas[1] - common + 1e-6
    hull = torch.maximum(first[:, 2:], second[:, 2:]) - torch.minimum(first[:, :2], second[:, :2])
    whole = hull.prod(dim=1) + 1e-6
    overlap = common / union
    return overlap, overlap - (whole - union) / whole
