"""Text in a report is text: whatever was written, it is shown and never run."""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from platewarden.reports import typesetting
from platewarden.reports.typesetting import plain, printable, set_pdf
from tests.reports.scenes import text_of

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """A layout that shows one text in both of our fonts."""
    path = tmp_path / "plain.typ"
    path.write_text(
        "#let facts = json(bytes(sys.inputs.facts))\n#set document(title: facts.text.slice(0, calc.min(3, "
        'facts.text.len())))\n#text(font: "Libertinus Serif", facts.text)\n\n'
        '#text(font: "DejaVu Sans Mono", facts.text)'
    )
    return path


def test_every_character_that_is_let_through_has_a_glyph(layout: Path) -> None:
    """PDF/UA refuses a document with a missing glyph: none of those called printable lacks one."""
    blocks = [chr(code) for block in typesetting._PLAIN for code in block]
    text = "".join(char for char in blocks if unicodedata.category(char) != "Cn") + "".join(
        typesetting._MARKS
    )
    set_pdf(layout, {"text": "abc" + printable(text)}, now=NOW)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\u202e1284BAK", "[U+202E]1284BAK"),
        ("\U0001f693", "[U+1F693]"),
        ("a\0b", "a[U+0000]b"),
        ("KAB\u200b4821", "KAB[U+200B]4821"),
        ("\u0645", "[U+0645]"),
        ("so\u00adft", "so[U+00AD]ft"),
        ("Zoë Šťastná, Łódź — “so”", "Zoë Šťastná, Łódź — “so”"),
        ("e\u0301", "é"),
        ("tab\tline\nnext", "tab line\nnext"),
    ],
)
def test_what_cannot_be_seen_or_set_stands_as_its_number(layout: Path, written: str, shown: str) -> None:
    """Nothing in a report reads otherwise than it was written."""
    assert printable(written) == shown
    set_pdf(layout, {"text": "abc" + written}, now=NOW)


@pytest.mark.parametrize(
    "hostile",
    [
        '#read("/etc/passwd")',
        "#panic()",
        "*bold* _it_ = Heading #1+1 $x^2$ `raw` @label <label> // comment",
        '"); #image("x.png',
        '#import "@preview/cetz:0.3.4"',
        "\\u{41} &amp; <b>bold</b> {{ 7*7 }}",
    ],
)
def test_markup_in_a_fact_is_shown_as_written(layout: Path, hostile: str) -> None:
    """Typst's own markup, HTML and template code reach the page as characters."""
    text = text_of(set_pdf(layout, {"text": hostile}, now=NOW))
    assert " ".join(hostile.split()).replace(" ", "") in text.replace(" ", "")


def test_bytes_become_numbers_and_nested_text_is_made_printable() -> None:
    """JSON holds no bytes; no text escapes, however deep it lies."""
    assert plain({"a": [b"\x01\x02", {"b": "\u202e"}], "c": None, "d": 1.5, "e": True}) == {
        "a": [[1, 2], {"b": "[U+202E]"}],
        "c": None,
        "d": 1.5,
        "e": True,
    }
