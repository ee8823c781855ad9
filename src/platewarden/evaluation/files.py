"""A report as files in a folder: text, tables, charts and what went wrong."""

from pathlib import Path
from typing import Final

from platewarden.evaluation.charts import confusion_matrix, coverage_chart, reliability_chart
from platewarden.evaluation.report import headline, results_csv, tables
from platewarden.evaluation.sheets import contact_sheets, failures_of
from platewarden.evaluation.summary import Summary

REPORT: Final = "report.md"
RESULTS: Final = "results.csv"


def write_report(summary: Summary, folder: Path, *, title: str) -> list[Path]:
    """Write everything about *summary* into *folder*, in place of what an earlier run wrote; return the files.

    Raises:
        OSError: The folder or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for page in folder.glob("failures*.png"):
        page.unlink()
    pictures = {
        "coverage.png": coverage_chart(summary.curve, summary.coverages),
        "reliability.png": reliability_chart(summary.reliability),
        "confusion.png": confusion_matrix(summary.confusions),
    }
    pages = contact_sheets(failures_of(summary))
    pictures |= {_page_name(number): page for number, page in enumerate(pages, start=1)}
    for name, canvas in pictures.items():
        (folder / name).write_bytes(canvas.as_png())
    (folder / RESULTS).write_text(results_csv(summary), encoding="utf-8")
    (folder / REPORT).write_text(_report(summary, title, list(pictures)), encoding="utf-8")
    return [folder / name for name in (REPORT, RESULTS, *pictures)]


def _page_name(number: int) -> str:
    return "failures.png" if number == 1 else f"failures-{number}.png"


def _report(summary: Summary, title: str, pictures: list[str]) -> str:
    parts = [f"# Recognition measured on {title}", f"{headline(summary)}."]
    if summary.unreadable:
        parts.append("Not read:\n\n" + "\n".join(f"- {photo.cause}" for photo in summary.unreadable))
    parts.append(tables(summary))
    parts += [f"![{name.removesuffix('.png')}]({name})" for name in pictures]
    return "\n\n".join(parts) + "\n"
