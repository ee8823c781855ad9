"""The dies."""

from itertools import combinations

import numpy as np
import pytest

from platewarden.rendering.colours import Floats
from platewarden.rendering.designs import DESIGNS
from platewarden.rendering.glyphs import ALPHABET, Die, glyph, glyph_width

DIES = sorted({design.die for design in DESIGNS}, key=repr)


def padded(character: str, die: Die) -> Floats:
    """Return the glyph on a page that all glyphs fit on."""
    mask = glyph(character, die, 64)
    page = np.zeros((64, 80), np.float32)
    page[:, : mask.shape[1]] = mask
    return page


@pytest.mark.parametrize("die", DIES, ids=range(len(DIES)))
def test_distinct(die: Die) -> None:
    """No two characters of a die look alike, except zero and O where the die makes them alike."""
    pages = {character: padded(character, die) for character in ALPHABET}
    alike = {"O0"} if die.zero_width == 1 and not die.slashed_zero else set()
    for first, second in combinations(ALPHABET, 2):
        unlike = np.mean(np.abs(pages[first] - pages[second])) / 255
        assert (unlike == 0) == (first + second in alike), (first, second)
        assert unlike == 0 or unlike > 0.004, (first, second)


def test_shape() -> None:
    """A glyph is as high as asked, as wide as the die says, and inked from edge to edge."""
    for character in ALPHABET:
        mask = glyph(character, Die(), 96)
        assert mask.dtype == np.uint8
        assert mask.shape[0] == 96
        assert mask.shape[1] == pytest.approx(96 * glyph_width(character, Die()), abs=1)
        assert mask[:4].max() > 100
        assert mask[-4:].max() > 100


def test_slashed_zero() -> None:
    """A slashed zero has ink in the middle, where a plain one has none."""
    plain, slashed = (glyph("0", Die(slashed_zero=slash), 96) for slash in (False, True))
    middle = slice(44, 52)
    assert plain[middle, plain.shape[1] // 2].max() == 0
    assert slashed[middle, slashed.shape[1] // 2].max() == 255


def test_uncut_character() -> None:
    """A character for which there is no die is refused."""
    with pytest.raises(KeyError):
        glyph("a", Die(), 32)
