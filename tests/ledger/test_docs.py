"""The reference page says what the code does."""

import re
from pathlib import Path

from platewarden.ledger.kinds import Kind
from platewarden.ledger.leaf import digest_in

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "ledger-format.md"


def test_every_kind_is_documented_in_its_own_words() -> None:
    """The page lists exactly the kinds there are, each with the sentence the ledger page shows."""
    table = re.findall(
        r"^\| `([a-z_.]+\.[a-z_]+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert table == [(kind.value, kind.description) for kind in Kind]


def test_the_example_leaf_is_a_leaf() -> None:
    """The example that opens the page is in the format it explains."""
    example = PAGE.read_text(encoding="utf-8").split("```\n")[1]
    assert digest_in(example.encode()) is not None
