"""The network: a picture in, for every cell of 8 x 8 pixels whether a plate's middle is there and its four corners.

Fully convolutional, one level, no anchors, after "FCOS: Fully Convolutional One-Stage Object Detection" (Tian et al.
2019); blocks as in "MobileNetV2" (Sandler et al. 2018). Where FCOS gives distances to the sides of a box, this gives
the corners: the box is what lies around them, so that boxes alone teach corners, too.
"""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE_PX: Final = 8
"""Pixels of the picture to a cell of the output, both ways."""

MULTIPLE_PX: Final = 32
"""Sides of a picture must be multiples of this."""

OUTPUTS: Final = 9
"""Values a cell: the score before the sigmoid, then x and y of four corners from the cell's middle, in pixels."""

_RARE: Final = -4.6
"""Where scores start: one cell in a hundred holds a plate's middle (RetinaNet, Lin et al. 2017, section 4.1)."""

_TYPICAL_PX: Final = 24.0
"""Half a usual plate's width: what a corner's distance is measured in before the cell's own scale."""

_UPRIGHT: Final = (-1.0, -0.5, 1.0, -0.5, 1.0, 0.5, -1.0, 0.5)
"""x and y of the corners of an upright plate about its middle, clockwise from the top left, in half widths."""


def _conv(ins: int, outs: int, size: int = 3, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    return [
        nn.Conv2d(ins, outs, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outs),
    ]


def _active(ins: int, outs: int, size: int = 3, stride: int = 1, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(*_conv(ins, outs, size, stride, groups), nn.ReLU(inplace=True))


class Block(nn.Module):
    """An inverted residual: widen, look around in each channel, narrow again."""

    def __init__(self, ins: int, outs: int, *, stride: int = 1, widen: int = 3) -> None:
        super().__init__()
        inside = ins * widen
        self.body = nn.Sequential(
            _active(ins, inside, 1),
            _active(inside, inside, 3, stride, inside),
            *_conv(inside, outs, 1),
        )
        self.residual = stride == 1 and ins == outs

    def forward(self, cells: Tensor) -> Tensor:
        """Return (n, outs, h / stride, w / stride) for (n, ins, h, w)."""
        changed: Tensor = self.body(cells)
        return cells + changed if self.residual else changed


def _separable(channels: int) -> nn.Sequential:
    return nn.Sequential(_active(channels, channels, 5, 1, channels), _active(channels, channels, 1))


class PlateNetwork(nn.Module):
    """Scores and corners, see `OUTPUTS`."""

    def __init__(self) -> None:
        super().__init__()
        s4, s8, s16, s32, head = 32, 48, 96, 160, 64  # channels at each stride
        self.stem = nn.Sequential(_active(3, 16, 3, 2), _active(16, s4, 3, 2))
        self.fine = nn.Sequential(_active(s4, s8, 3, 2), Block(s8, s8), Block(s8, s8))
        self.middle = nn.Sequential(Block(s8, s16, stride=2), Block(s16, s16), Block(s16, s16))
        self.coarse = nn.Sequential(Block(s16, s32, stride=2), Block(s32, s32), Block(s32, s32))
        self.from_fine, self.from_middle = _active(s8, head, 1), _active(s16, head, 1)
        self.from_coarse = _active(s32, head, 1)
        self.merge = _separable(head)
        self.head = nn.Sequential(_separable(head), _separable(head))
        self.out = nn.Conv2d(head, OUTPUTS + 1, 1)
        nn.init.normal_(self.out.weight, std=0.01)
        nn.init.constant_(self.out.bias, 0.0)
        nn.init.constant_(self.out.bias[0], _RARE)
        self.register_buffer("upright", torch.tensor(_UPRIGHT).view(1, 8, 1, 1), persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return (n, OUTPUTS, h / 8, w / 8) for *pictures*, (n, 3, h, w), BGR, about -1 to 1."""
        fine = self.fine(self.stem(pictures))
        middle = self.middle(fine)
        up = functional.interpolate(self.from_coarse(self.coarse(middle)), scale_factor=2.0, mode="nearest")
        merged = self.merge(self.from_middle(middle) + up)
        merged = self.from_fine(fine) + functional.interpolate(merged, scale_factor=2.0, mode="nearest")
        raw = self.out(self.head(merged))
        scale = raw[:, 1:2].clamp(-4.0, 4.0).exp() * _TYPICAL_PX
        return torch.cat([raw[:, :1], (raw[:, 2:] + self.upright) * scale], dim=1)
