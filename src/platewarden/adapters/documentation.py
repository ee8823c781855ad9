"""`python -m platewarden.adapters.documentation`: the reference page on formats, written from their layouts."""

import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from platewarden.adapters.formats import FILE_LAYOUTS, FORMATS, Format
from platewarden.adapters.layouts import UNLISTED, Layout

_HEAD: Final = """\
# Camera formats

<!-- Written by `python -m platewarden.adapters.documentation`; a test compares. -->

What cameras of other makes push, and what becomes of it. A field that is not listed under *taken* is dropped before
anything looks at it, whatever it is called and however deep it lies (CAP-2). How often each of those under *dropped*
was sent is counted on the camera's page; all others are counted together, as `{unlisted}`, because a stranger's field
name may be anything. No value of a dropped field is kept anywhere, in no log either.

A field that becomes `cut of the images`, `kind of event`, `clock` or `which read` serves for that and is gone with the
request. `[]` stands for each item of a list. How to set a camera up: [connect a
camera](../how-to/connect-a-camera.md).

Every format is pushed to `POST /api/v1/push`, with the credential in a header, or to `POST /api/v1/push/CODE.SECRET`;
whatever path the device adds may follow. The register says which format a camera speaks. Bodies are at most 12 MiB,
pictures 25 megapixels; JPEG, PNG and WebP are taken. A read without any picture is not: nobody could verify a hit of it
(HIT-2). Where a device says where the plate or the vehicle is, its images are cut to that.
"""


def page() -> str:
    """Return the page as Markdown."""
    lines = [_HEAD.format(unlisted=UNLISTED)]
    for format_ in FORMATS.values():
        lines += _section(format_)
    lines += ["## CSV files (`csv`)", ""]
    lines += [
        "Imported from a folder by `platewarden import`; pictures lie beside the file, named in its rows.",
        "",
    ]
    for name, layout in FILE_LAYOUTS:
        lines += [f"### Taken: {name}", "", *_taken(layout), ""]
        lines += [f"### Dropped: {name}", "", *_dropped(layout), ""]
    return "\n".join(lines).rstrip() + "\n"


def _section(format_: Format) -> Iterator[str]:
    yield f"## {format_.title} (`{format_.key}`)"
    yield ""
    yield f"Credential: {format_.presents.label}."
    yield ""
    yield f"Answers: {format_.answers}"
    yield ""
    for name, layout in format_.layouts:
        yield f"### Taken{f', {name}' if name else ''}: {format_.title}"
        yield ""
        yield from _taken(layout)
        yield ""
    yield f"### Dropped: {format_.title}"
    yield ""
    yield from _dropped(format_.layouts[0][1])
    yield ""


def _taken(layout: Layout) -> Iterator[str]:
    yield "| field | becomes | note |"
    yield "|---|---|---|"
    for path, becomes, note in layout.taken:
        yield f"| `{path}` | {becomes if ' ' in becomes else f'`{becomes}`'} | {note} |"


def _dropped(layout: Layout) -> Iterator[str]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for name, reason in layout.dropped.items():
        by_reason[reason].append(f"`{name}`")
    yield "| what it says | fields |"
    yield "|---|---|"
    for reason, names in by_reason.items():
        yield f"| {reason} | {', '.join(sorted(names))} |"


if __name__ == "__main__":
    sys.stdout.write(page())
