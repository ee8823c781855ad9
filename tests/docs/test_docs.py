"""The documents say what the code does."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from platewarden.cli import main
from platewarden.hotlists.formats.layouts import LAYOUTS, NAMES
from platewarden.ingest.openapi import document
from platewarden.ingest.schemas import SubmittedRead
from platewarden.site.configuration import Configuration
from tests.policy import match_examples

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), ROOT / "NOTICE", *ROOT.glob("docs/**/*.md"), ROOT / "policy/policy.md"]
)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
MACHINE = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/")


def text_of(page: str) -> str:
    """Return a page of the reference."""
    return (REFERENCE / page).read_text(encoding="utf-8")


def commands(command: click.Command, name: str = "platewarden") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that is no group, with its full name."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for part in command.list_commands(context):
        found = command.get_command(context, part)
        assert found is not None
        yield from commands(found, f"{name} {part}")


def test_every_setting_is_described_with_its_default() -> None:
    """The page lists exactly the settings there are, each with the default it has."""
    shown = dict(re.findall(r"^\| `([a-z_]+)` \| `(.*?)` \|", text_of("settings.md"), re.MULTILINE))
    blank = Configuration(home=Path())
    defaults = {entry.name: getattr(blank, entry.name) for entry in fields(Configuration)}
    del defaults["home"]
    told = {name: str(value).replace("'", '"') for name, value in defaults.items()}
    told |= {name: f'"{value}"' for name, value in defaults.items() if isinstance(value, str)}
    told |= {name: str(value).lower() for name, value in defaults.items() if isinstance(value, bool)}
    assert shown == told


def test_every_command_and_option_is_described() -> None:
    """The page has one section a command, with exactly the options that the command takes."""
    sections = dict(
        re.findall(
            r"^## `(platewarden [a-z ]+)`\n(.*?)(?=^## |\Z)", text_of("commands.md"), re.DOTALL | re.MULTILINE
        )
    )
    shown = {
        name: set(re.findall(r"^\| `(--[a-z-]+)`", body, re.MULTILINE)) for name, body in sections.items()
    }
    assert shown == {
        name: {option.opts[0] for option in command.params if isinstance(option, click.Option)}
        for name, command in commands(main)
    }


def test_every_layout_is_described_with_its_positions() -> None:
    """The page has one line a layout, and the positions of those with fixed ones."""
    lines = dict(re.findall(r"^\| `([a-z-]+)` \| (.*)$", text_of("hotlist-formats.md"), re.MULTILINE))
    assert set(lines) == set(NAMES)
    for name in ("ncic", "ny-state", "oh-leads"):
        for what, place in LAYOUTS[name].values.items():
            assert isinstance(place, slice)
            told = f"{place.start}-{place.stop}" if place.stop else f"from {place.start}"
            assert told in lines[name], (name, what)


def test_every_member_of_a_read_is_described() -> None:
    """The device API's table names exactly the members that a read may have, and which are needed."""
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| (yes|no) \|", text_of("device-api.md"), re.MULTILINE)
    shown = {name: needed == "yes" for names, needed in rows for name in re.findall(r"`(\w+)`", names)}
    assert shown == {name: field.is_required() for name, field in SubmittedRead.model_fields.items()}


def test_the_openapi_document_is_up_to_date() -> None:
    """The committed document is the one the server answers."""
    assert text_of("device-api.openapi.json") == document(), (
        "write it anew: python -m platewarden.ingest.openapi > docs/reference/device-api.openapi.json"
    )


def test_the_page_of_matches_shows_the_examples_as_they_are_tested() -> None:
    """What people read is what the tests run."""
    assert text_of("matches.md") == match_examples.page(), (
        "write it anew: python -m tests.policy.match_examples > docs/reference/matches.md"
    )


def test_the_readme_counts_clauses_as_the_list_does() -> None:
    """What the front page says is built is what the list of clauses says."""
    listing = text_of("policy-traceability.md")
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    counts = re.search(r"^\d+ enforced; .*not yet built\.$", listing, re.MULTILINE)
    assert counts is not None
    assert f"Of {len(re.findall(r'^## [A-Z]{3}-', listing, re.MULTILINE))} clauses: {counts[0]}" in readme
    assert f"{listing.count('| enforced, in part |')} are built in part" in readme


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere_and_no_machine_is_named(page: Path) -> None:
    """Relative links resolve, and no path of somebody's machine is shown."""
    text = page.read_text(encoding="utf-8")
    targets = [target for target in LINK.findall(text) if "://" not in target]
    assert not [target for target in targets if not (page.parent / target).exists()]
    assert not MACHINE.search(text)


def test_every_document_is_in_the_index() -> None:
    """Whoever opens docs/README.md finds every page."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {str(page.relative_to(ROOT / "docs")) for page in ROOT.glob("docs/**/*.md")} - {"README.md"}
    assert not [page for page in sorted(pages) if f"]({page})" not in index]
