"""Scenes about reports: an alert that came to something, and what a PDF of it says."""

import io
from datetime import datetime
from typing import Any

from pypdf import PdfReader

from platewarden.alerts.models import Alert
from platewarden.policy.hits import ActionTaken, Comparison, Finding, StatusCheck, Verification
from platewarden.reports.actions import Report, make_report
from tests.alerts.scenes import list_entry, pass_by
from tests.cast import Cast
from tests.corrections.scenes import ends

MATCHED = Verification(Comparison.MATCH, Comparison.MATCH, StatusCheck.CONFIRMED, "Radio: still wanted")


def an_alert(cast: Cast, now: datetime, **entry: Any) -> Alert:
    """An alert as it stands when nobody has touched it."""
    list_entry(cast, now, **entry)
    return pass_by(cast, now)


def a_stop(cast: Cast, now: datetime, **entry: Any) -> Alert:
    """An alert that Alice verified and that ended with a stop, so that a case has its hit."""
    alert = an_alert(cast, now, **entry)
    ends(alert, cast, now, finding=Finding.CORRECT_READ, action=ActionTaken.STOP, verification=MATCHED)
    alert.refresh_from_db()
    return alert


def reported(alert: Alert, cast: Cast, now: datetime, *, by: str = "alice", case: str = "") -> Report:
    """Let somebody have the report made."""
    return make_report(alert=alert, case_number=case, actor=cast.actor(by), now=now)


def text_of(pdf: bytes) -> str:
    """What a PDF says, blanks folded; zero-width breaks left out."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(" ".join(pages).replace("\u200b", "").split())


def attached(pdf: bytes) -> dict[str, bytes]:
    """The files attached to a PDF, by name."""
    return {name: contents[0] for name, contents in PdfReader(io.BytesIO(pdf)).attachments.items()}
