"""What the page of a file under way shows, put together for its templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from platewarden.hotlists.formats.layouts import LAYOUTS, title_of
from platewarden.hotlists.formats.report import Report
from platewarden.hotlists.models import Upload, UploadState
from platewarden.hotlists.reports import why_left_out
from platewarden.policy.hotlists import Category

_KINDS: Final = (
    ("added", "Added", "will match from then on"),
    ("removed", "Removed", "will match no more, at once"),
    ("changed", "Changed", "same plate, state and category, something else differs"),
)
_STEPS: Final = {
    UploadState.WAITING: "Waiting for the worker",
    UploadState.CHECKING: "Reading the file",
    UploadState.CONFIRMED: "Waiting for the worker",
    UploadState.LOADING: "Loading the entries",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come.

    Attributes:
        step: What is being done, in words.
        percent: How much of the file has been read, 0-100.
        is_comparing: Whether it is read to its end, and the database compares it.
    """

    step: str
    percent: int
    is_comparing: bool


def progress_of(upload: Upload) -> Progress:
    """Return how far the job on *upload* has come."""
    percent = min(100, 100 * upload.seen_bytes // max(upload.size, 1))
    is_comparing = upload.state in {UploadState.CHECKING, UploadState.LOADING} and percent == 100  # noqa: PLR2004
    step = "Comparing with the list in use" if is_comparing else _STEPS[UploadState(upload.state)]
    return Progress(step, percent, is_comparing)


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of difference to the list in use, with the first entries of it."""

    label: str
    meaning: str
    count: int
    examples: list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class UploadSheet:
    """One file under way, as it stands now.

    Attributes:
        state: Where it stands.
        digest: SHA-256 of the file, in hexadecimal.
        report: What it holds; None before it has been checked.
        layout: In words, how it is understood.
        learnt_from: What that layout was learnt from; empty for our own.
        writes_o_as_0: Whether its source writes the letter O as the digit 0.
        left_out: What is left out: clause and category, count, first line, why.
        changes: What it would change, or changed.
        first: Its first entries as they are understood.
        progress: How far the job has come, while one runs.
    """

    state: UploadState
    digest: str
    report: Report | None
    layout: str
    learnt_from: str
    writes_o_as_0: bool
    left_out: list[tuple[str, int, int, str]]
    changes: list[Change]
    first: list[Mapping[str, Any]]
    progress: Progress | None


def sheet_of(upload: Upload) -> UploadSheet:
    """Return *upload* as a sheet."""
    state = UploadState(upload.state)
    report = Report.from_json(upload.report) if upload.report else None
    described = LAYOUTS.get(report.layout) if report else None
    return UploadSheet(
        state=state,
        digest=bytes(upload.file_digest).hex(),
        report=report,
        layout=title_of(report.layout) if report and report.layout else "",
        learnt_from=described.source if described else "",
        writes_o_as_0=described is not None and described.writes_o_as_0,
        left_out=_left_out(report) if report else [],
        changes=_changes(upload),
        first=[entry | {"category": Category(entry["category"]).label} for entry in upload.first],
        progress=progress_of(upload) if state.is_running else None,
    )


def _left_out(report: Report) -> list[tuple[str, int, int, str]]:
    return [
        (key, count, report.first_refused.get(key, 0), why_left_out(key)) for key, count in report.left_out
    ]


def _changes(upload: Upload) -> list[Change]:
    told = upload.snapshot.difference if upload.snapshot else upload.difference
    return [
        Change(label, meaning, told.get(kind, 0), _named(upload.examples.get(kind, [])))
        for kind, label, meaning in _KINDS
        if told
    ]


def _named(examples: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [{**example, "category": Category(example["category"]).label} for example in examples]
