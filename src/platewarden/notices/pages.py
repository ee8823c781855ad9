"""What the inbox shows, put together for its template."""

from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse

from platewarden.accounts.models import User
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.notices import NoticeKind

_PAGES: Final = {
    "alert": ("alerts:detail", "Open the alert"),
    "hotlist": ("hotlists:detail", "Open the hotlist"),
    "camera": ("cameras:detail", "Open the camera"),
    "suppression": ("corrections:suppression", "Open the suppression"),
    "complaint": ("corrections:complaint", "Open the complaint"),
    "person": ("accounts:person", "Open the person"),
    "release": ("releases:request", "Open the release"),
    "records": ("records:request", "Open the request"),
    "terminal": ("accounts:terminals", "Open the terminals"),
    "query": ("queries:of_notice", "Open the search"),
    "hold": ("cases:hold", "Open the hold"),
    "export": ("cases:export", "Open the copy"),
    "bulletin": ("training:bulletin", "Open the bulletin"),
    "audit": ("audits:week", "Open the week"),
    "item": ("audits:item", "Open the item"),
    "mark": ("audits:mine", "Open the questions"),
    "remedy": ("audits:remedies", "Open what follows"),
    "duties": ("duties:mine", "Open your duties"),
    "period": ("halfyears:list", "Open the audit reports"),
    "audit_report": ("halfyears:report", "Open the report"),
    "file": ("queries:ask", "Open the search page"),
    "calibration": ("calibration:runs", "Open the calibration"),
    "webhook": ("webhooks:show", "Open the webhooks"),
    "day": ("retention:ahead", "Open retention"),
    "backup": ("retention:ahead", "Open retention"),
    "clock": ("compliance:clauses", "Open the policy"),
    "authorisation": ("retention:ahead", "Open retention"),
    "witness": ("witnesses:show", "Open the witnesses"),
    "checkpoint": ("witnesses:show", "Open the witnesses"),
    "ledger": ("witnesses:show", "Open the witnesses"),
    "partner": ("sharing:of_notice", "Open the agency"),
    "agreement": ("sharing:version", "Open the agreement"),
    "misuse": ("sharing:report_of_notice", "Open the report"),
}
"""The page about each type of thing, by the part of a subject before its colon."""

_SHARED: Final = frozenset(
    {
        *("webhooks:show", "witnesses:show", "retention:ahead", "compliance:clauses"),
        *("queries:ask", "calibration:runs", "duties:mine", "accounts:terminals"),
        *("audits:mine", "audits:remedies", "halfyears:list"),
    }
)
"""Pages about many things at once."""


@dataclass(frozen=True, slots=True)
class Line:
    """One notice of the inbox."""

    notice: Notice
    is_new: bool

    @property
    def kind(self) -> NoticeKind:
        """What it is about."""
        return NoticeKind(self.notice.kind)

    @property
    def recipients(self) -> str:
        """Who else has it, in words."""
        return f"every {Role(self.notice.to_role)}" if self.notice.to_role else "you"

    @property
    def link(self) -> tuple[str, str] | None:
        """Address of the thing it is about, and what the link says; None where there is no such page."""
        kind, _, key = self.notice.subject.partition(":")
        view, text = _PAGES.get(kind, ("", ""))
        try:
            return (_address(view, key), text) if view else None
        except NoReverseMatch:
            return None

    @property
    def handler(self) -> str:
        """Who has handled it; empty when the thing itself was dealt with."""
        return self.notice.handled_by.full_name if isinstance(self.notice.handled_by, User) else ""


def _address(view: str, key: str) -> str:
    """Return the page of *view* about *key*; some things share one page."""
    return reverse(view) if view in _SHARED else reverse(view, args=[key])
