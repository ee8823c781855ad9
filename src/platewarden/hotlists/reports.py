"""A load in words, for the command line and for the file beside a list in the watched folder; no plate is named."""

from collections.abc import Mapping

from platewarden.hotlists.formats.layouts import title_of
from platewarden.hotlists.formats.report import Report
from platewarden.hotlists.models import Snapshot
from platewarden.policy.hotlists import Category

_KINDS = ("added", "removed", "changed")


def as_text(report: Report, difference: Mapping[str, int] | None = None) -> str:
    """Return what *report* says, and what would change, line by line.

    Every line begins with words of ours, so that nothing of the file can be taken for a formula.
    """
    if not report.is_sound:
        return "\n".join(_problems(report))
    lines = [
        f"Layout: {title_of(report.layout)} ({report.layout}).",
        f"In order: {report.accepted_count} entries; left out: {report.left_out_count}; repeated: {report.repeated}.",
        *(
            f"  entries: {count} x {category.label}"
            for category, count in report.accepted_by_category.items()
        ),
        *_left_out(report.refused, report.first_refused),
        *(f"  note: {note}" for note in report.notes),
    ]
    if difference is not None:
        lines.append(_changes(difference))
    return "\n".join(lines)


def of_snapshot(snapshot: Snapshot) -> str:
    """Return what a load has brought."""
    head = (
        f"{snapshot.hotlist.name}: {snapshot.accepted} entries in use, {snapshot.left_out} lines left out. "
        f"Layout: {snapshot.layout}; repeated lines: {snapshot.repeated}."
    )
    return "\n".join([head, *_left_out(snapshot.refused, {}), _changes(snapshot.difference)])


def why_left_out(key: str) -> str:
    """Return why lines counted under *key* of a report are left out."""
    clause, _, code = key.partition(" ")
    if clause == "USE-5":
        return "never loaded: immigration status"
    if code in set(Category):
        return f"switched off: {Category(code).label}; two people can switch it on"
    if clause == "HOT-3":
        return "no hotlist may hold it"
    return "it can match nothing"


def _left_out(refused: Mapping[str, int], first: Mapping[str, int]) -> list[str]:
    ordered = sorted(refused.items(), key=lambda counted: (-counted[1], counted[0]))
    return [
        f"  left out: {count} x {key}: {why_left_out(key)}"
        + (f" (first in line {first[key]})" if key in first else "")
        for key, count in ordered
    ]


def _changes(difference: Mapping[str, int]) -> str:
    return (
        "Against the list in use: " + ", ".join(f"{difference.get(kind, 0)} {kind}" for kind in _KINDS) + "."
    )


def _problems(report: Report) -> list[str]:
    lines = [f"{report.problem_count} problem(s); nothing was loaded."]
    for problem in report.problems:
        place = f"line {problem.line}" if problem.line else "the file"
        lines.append(f"  {place}{f', {problem.column}' if problem.column else ''}: {problem.message}")
    return [*lines, *(f"  note: {note}" for note in report.notes)]
