"""The figures as text: tables for people, a row a plate for machines."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from platewarden.evaluation.confidence import ACCEPT_FROM, Coverage
from platewarden.evaluation.figures import Figures
from platewarden.evaluation.outcomes import FalsePlate, PlateOutcome
from platewarden.evaluation.shares import Share
from platewarden.evaluation.summary import Summary
from platewarden.evaluation.texts import NOTHING, Pair
from platewarden.recognition.plate_design import DESIGN_NAMES, DESIGN_STATE

RESULT_COLUMNS: Final = (
    *(
        "file",
        "truth",
        "read",
        "confidence",
        "ok",
        "iou",
        "width_px",
        "light",
        "state",
        "state_read",
        "design_read",
    ),
)
_MOST_CONFUSIONS: Final = 12


def tables(summary: Summary) -> str:
    """Return every table of *summary*, as Markdown that also reads well on a terminal."""
    sections = [
        ("All plates", _rows_of(summary)),
        ("By width of the plate (pixels)", _parts("width", summary.widths)),
        ("By light", _parts("light", summary.lights)),
        ("State of registration by width of the plate (pixels)", _states(summary)),
        ("New York plates whose design was told", _designs(summary)),
        ("Accepted without a second look", _coverages(summary.coverages)),
        (
            f"Confidence (expected calibration error {summary.reliability.error:.3f})",
            _reliability(summary),
        ),
        ("Characters most often confused", _confused(summary)),
    ]
    return "\n\n".join(f"## {title}\n\n{table(rows)}" for title, rows in sections if len(rows) > 1)


def headline(summary: Summary) -> str:
    """Return in one line what was measured on."""
    files = "" if not summary.unreadable else f", {len(summary.unreadable)} that could not be read"
    return (
        f"{len(summary.photos)} photographs{files}, {summary.whole.exact.whole} plates; "
        f"{summary.ms_median:.0f} ms a photograph (median; mean {summary.ms_mean:.0f}); "
        "shares with their 95 % Wilson interval"
    )


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return *rows*, the first of them the header, as a Markdown table with its columns in line."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def share_text(share: Share) -> str:
    """Return *share* with its interval, or a dash where nothing was counted."""
    if not share.whole:
        return "-"
    low, high = share.interval
    return f"{share.value:.3f} [{low:.3f}-{high:.3f}]"


def results_csv(summary: Summary) -> str:
    """Return a row for each plate and each false plate, those with no truth last."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(RESULT_COLUMNS)
    writer.writerows(_plate_row(plate) for plate in summary.plates)
    writer.writerows(_false_row(false) for photo in summary.photos for false in photo.false_plates)
    return out.getvalue()


def _rows_of(summary: Summary) -> list[list[str]]:
    whole = summary.whole
    named = {
        "exact": whole.exact,
        "exact, O Q 0 and I 1 as one": whole.folded,
        "within one character, likewise": whole.within_one,
        "among the alternates": whole.alternates,
        "character errors": whole.character_errors,
        "found, intersection over union 0.5": whole.found,
        "found, centre in the plate": whole.centred,
        "false plates a photograph": summary.false_reported,
        f"false plates a photograph, confidence {ACCEPT_FROM} or more": summary.false_accepted,
        "state given": whole.state_given,
        "state right when given": whole.state_right,
    }
    rows = [[name, share_text(share), f"{share.part} of {share.whole}"] for name, share in named.items()]
    return [["figure", "share", "counted"], *rows]


def _parts(name: str, parts: dict[str, Figures]) -> list[list[str]]:
    header = [name, "plates", "exact", "folded", "within one", "character errors", "found"]
    return [header, *([key, str(part.exact.whole), *_cells(part)] for key, part in parts.items())]


def _cells(part: Figures) -> list[str]:
    shares = (part.exact, part.folded, part.within_one, part.character_errors, part.found)
    return [share_text(share) for share in shares]


def _states(summary: Summary) -> list[list[str]]:
    """Return how often a state was given and right, for the widths of which plates of known state were read."""
    parts = {**summary.widths, "all": summary.whole}
    known = {name: part for name, part in parts.items() if part.state_given.whole}
    rows = [
        [name, str(part.state_given.whole), share_text(part.state_given), share_text(part.state_right)]
        for name, part in known.items()
    ]
    return [["width", "plates read, state known", "state given", "right when given"], *rows]


def _designs(summary: Summary) -> list[list[str]]:
    """Return how many plates were told to be of each design, and how many of them are labelled as of New York."""
    rows = []
    for design, name in DESIGN_NAMES.items():
        told = [plate for plate in summary.plates if plate.design == design]
        if told:
            rows.append([name, str(len(told)), str(sum(plate.truth.state == DESIGN_STATE for plate in told))])
    return [["design or class", "plates", "labelled NY"], *rows]


def _coverages(coverages: Iterable[Coverage]) -> list[list[str]]:
    rows = [["precision", "confidence from", "plates accepted", "right of those accepted"]]
    for coverage in coverages:
        point = coverage.point
        cells = (
            [f"{point.threshold:.3f}", share_text(point.coverage), share_text(point.precision)]
            if point
            else ["not reached", "-", "-"]
        )
        rows.append([f"{coverage.wanted:.2f}", *cells])
    return rows


def _reliability(summary: Summary) -> list[list[str]]:
    rows = [["confidence", "mean", "reads", "right"]]
    for group in summary.reliability.bins:
        spread = f"{group.low:.3f}-{group.high:.3f}"
        rows.append([spread, f"{group.mean:.3f}", str(group.right.whole), share_text(group.right)])
    return rows


def _confused(summary: Summary) -> list[list[str]]:
    wrong = [(pair, count) for pair, count in summary.confusions.items() if pair[0] != pair[1]]
    ranked = sorted(wrong, key=lambda item: (-item[1], item[0]))[:_MOST_CONFUSIONS]
    return [["is", "read as", "times"], *(_confusion(pair, count) for pair, count in ranked)]


def _confusion(pair: Pair, count: int) -> list[str]:
    truth, read = pair
    is_, as_ = ("nothing" if mark == NOTHING else mark for mark in (truth, read))
    return [is_, as_, str(count)]


def _plate_row(plate: PlateOutcome) -> list[str]:
    return [
        plate.file,
        plate.truth.plate,
        plate.read,
        f"{plate.confidence:.4f}" if plate.read else "",
        "yes" if plate.is_exact else "no",
        f"{plate.overlap:.3f}",
        f"{plate.truth.width_px:.0f}",
        plate.light,
        plate.truth.state,
        plate.state,
        plate.design,
    ]


def _false_row(false: FalsePlate) -> list[str]:
    guess = false.guess
    width = guess.box_xyxy[2] - guess.box_xyxy[0]
    return [
        false.file,
        "",
        guess.plate,
        f"{guess.confidence:.4f}",
        "no",
        "",
        f"{width:.0f}",
        "",
        "",
        guess.state,
        guess.design,
    ]
