"""What is taken of a format is data: closed, checked as the program starts, and the page that people read."""

from pathlib import Path
from typing import Any

import pytest

from platewarden.adapters.documentation import page
from platewarden.adapters.formats import FILE_LAYOUTS, FORMATS
from platewarden.adapters.layouts import Layout, Taken

ALL = [layout for each in FORMATS.values() for _, layout in each.layouts] + [
    layout for _, layout in FILE_LAYOUTS
]


def test_the_page_on_formats_is_what_the_adapters_do() -> None:
    """It is generated: `python -m platewarden.adapters.documentation > docs/reference/camera-formats.md`."""
    assert Path("docs/reference/camera-formats.md").read_text() == page()


@pytest.mark.clause("CAP-2")
def test_a_layout_that_takes_more_than_the_policy_lists_does_not_start() -> None:
    """A field can only become a member of a read, or serve and be gone."""
    with pytest.raises(ValueError, match="CAP-2"):
        Layout((Taken("ANPR.uphone", "phone"),), {})
    with pytest.raises(ValueError, match="CAP-2"):
        Layout((Taken("vehicle.year", "vehicle.year"),), {})


@pytest.mark.clause("CAP-2")
@pytest.mark.parametrize("layout", ALL)
def test_nothing_of_an_occupant_is_taken(layout: Layout) -> None:
    """No field that is taken speaks of belts, phones, masks, visors, faces or people."""
    words = (
        "belt",
        "phone",
        "mask",
        "visor",
        "face",
        "driver",
        "pilot",
        "smok",
        "gender",
        "age.",
        "person",
        "seat",
    )
    assert not [path for path, _, _ in layout.taken if any(word in path.lower() for word in words)]


@pytest.mark.clause("CAP-2")
@pytest.mark.parametrize(
    ("document", "kept", "dropped"),
    [
        ({"a": {"b": 1, "uphone": 2}}, {"a": {"b": 1}}, {"uphone": 1}),
        ({"a": {"b": {"uphone": 1}}}, {"a": {}}, {"other": 1}),
        ({"a": [{"b": 1}]}, {"a": []}, {"other": 1}),
        ({"A": {"b": 1}, "a ": 2}, {}, {"other": 2}),
        ({"c": [1, {"uphone": 1}, [2]]}, {"c": [1]}, {"other": 2}),
        ({"ZQX4821": 1}, {}, {"other": 1}),
        ("text", "text", {}),
    ],
)
def test_what_is_smuggled_is_dropped(document: Any, kept: Any, dropped: dict[str, int]) -> None:
    """Nested where text belongs, in a list, under another spelling, or in the name of a field itself."""
    layout = Layout((Taken("a.b", "plate"), Taken("c[]", "alternates")), {"uphone": "occupant"})
    assert layout.sift(document) == (kept, dropped)
