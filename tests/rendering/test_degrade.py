"""What cameras and weather do."""

import numpy as np
import pytest

from platewarden.rendering.degrade import EFFECTS

PICTURE = np.random.default_rng(0).integers(0, 256, (90, 160, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", EFFECTS)
@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_effect(name: str, strength: float) -> None:
    """An effect returns a new picture of the same size and kind, the same for the same seed."""
    before = PICTURE.copy()
    first, again = (EFFECTS[name](PICTURE, np.random.default_rng(7), strength) for _ in range(2))
    assert first.shape == PICTURE.shape
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert np.array_equal(PICTURE, before)
    assert not np.shares_memory(first, PICTURE)


@pytest.mark.parametrize("name", EFFECTS)
def test_stronger_is_worse(name: str) -> None:
    """The stronger the effect, the farther the picture is from the original."""
    smooth = np.repeat(np.linspace(0, 255, 160, dtype=np.uint8)[None, :, None], 90, axis=0).repeat(3, axis=2)
    smooth[30:60, 40:120] = (20, 200, 240)
    weak, strong = (
        np.abs(EFFECTS[name](smooth, np.random.default_rng(3), strength).astype(int) - smooth).mean()
        for strength in (0.1, 1.0)
    )
    assert strong > weak


@pytest.mark.parametrize("name", [name for name in EFFECTS if name != "compression"])
def test_no_strength_no_change(name: str) -> None:
    """At no strength nothing changes."""
    assert np.array_equal(EFFECTS[name](PICTURE, np.random.default_rng(1), 0.0), PICTURE)
