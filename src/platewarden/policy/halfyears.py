"""The audit of all searches, twice a year: its periods, who writes, signs and receives its report, and by when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Final, Self

from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may

_MONTHS: Final = 12
FEWEST_WORDS: Final = 5
"""A conclusion of fewer words concludes nothing."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A part of a year: from its first day, included, until its last, excluded."""

    begins_on: date
    ends_on: date

    @classmethod
    def containing(cls, day: date, *, parameters: Parameters) -> Self:
        """Return the period that *day* lies in; a year has as many of them as the policy asks for.

        > AUD-2: All queries are audited twice a year
        """
        a_year = parameters.integer("audit.reports_a_year")
        starts = [date(day.year, part * _MONTHS // a_year + 1, 1) for part in range(a_year)]
        starts.append(date(day.year + 1, 1, 1))
        place = max(place for place, start in enumerate(starts) if start <= day)
        return cls(starts[place], starts[place + 1])

    @property
    def name(self) -> str:
        """The first and last month, e.g. ``2026-01 to 2026-06``; it is what people and addresses call it."""
        last = self.ends_on.month - 1 or _MONTHS
        year = self.ends_on.year - (self.ends_on.month == 1)
        return f"{self.begins_on:%Y-%m} to {year}-{last:02}"

    def begins_at(self, zone: tzinfo) -> datetime:
        """Return its first moment where the agency is."""
        return datetime.combine(self.begins_on, time(), zone).astimezone(UTC)

    def ends_at(self, zone: tzinfo) -> datetime:
        """Return the first moment after it."""
        return datetime.combine(self.ends_on, time(), zone).astimezone(UTC)

    def __str__(self) -> str:
        return self.name


def periods_over(since: date, today: date, *, parameters: Parameters) -> list[Period]:
    """Return the periods that have ended by *today*, the one that *since* lies in being the first.

    > AUD-2: All queries are audited twice a year
    """
    found, period = [], Period.containing(since, parameters=parameters)
    while period.ends_on <= today:
        found.append(period)
        period = Period.containing(period.ends_on, parameters=parameters)
    return found


def report_due_at(period: Period, zone: tzinfo, *, parameters: Parameters) -> datetime:
    """Return by when the report on *period* is in the Undersheriff's hands.

    > AUD-2: a written report goes to the Undersheriff
    """
    return period.ends_at(zone) + parameters.days("audit.report_days")


def receipt_due_at(delivered_at: datetime, *, parameters: Parameters) -> datetime:
    """Return by when the Undersheriff has acknowledged a report delivered at *delivered_at*.

    > AUD-2: a written report goes to the Undersheriff
    """
    return delivered_at + parameters.days("audit.receipt_days")


@dataclass(frozen=True, slots=True)
class Draft:
    """A report as the rules look at it.

    Attributes:
        subjects: Account ids of everybody whose searches or deeds it is about.
        is_checked: Whether the auditor has looked at what is open and written a conclusion.
        is_signed: Whether it has been signed, and with that delivered.
        is_received: Whether the Undersheriff has acknowledged it.
        counted: How many searches it counts.
        on_ledger: How many the ledger has, of the same time, at this moment.
    """

    subjects: Collection[str]
    counted: int
    on_ledger: int
    is_checked: bool = False
    is_signed: bool = False
    is_received: bool = False


def may_write_report(actor: Actor) -> Decision:
    """Decide whether *actor* writes these reports: an auditor, who is nobody's administrator.

    > AUD-2: All queries are audited twice a year

    > AUD-1: nobody is auditor and administrator at once
    """
    if actor.has(Role.ADMINISTRATOR):
        return refuse("AUD-2", "An administrator writes and signs no audit.", remedy="An auditor does.")
    return may(actor, Right.WRITE_AUDIT_REPORTS)


def may_read_report(actor: Actor, *, is_signed: bool) -> Decision:
    """Decide whether *actor* reads a report: whoever writes it, and once it is signed those whom it is for.

    > AUD-2: a written report goes to the Undersheriff
    """
    if is_signed or may(actor, Right.WRITE_AUDIT_REPORTS).allowed:
        return may(actor, Right.READ_AUDIT_REPORTS)
    return refuse(
        "AUD-2",
        "This report is not signed yet.",
        remedy="It comes to the inbox once the auditor has signed it.",
    )


def may_build(actor: Actor, period: Period, *, today: date, corrects: Draft | None, reason: str) -> Decision:
    """Decide whether *actor* may draw up the report on *period*; a second one corrects the first, with a *reason*.

    > AUD-2: All queries are audited twice a year
    """
    if period.ends_on > today:
        return refuse(
            "AUD-2",
            f"The period {period} is not over.",
            remedy="Draw its report up once it is.",
            field="period",
        )
    if corrects is not None and not reason.strip():
        return refuse(
            "AUD-2",
            "A signed report stays as it is.",
            remedy="Say what is to be corrected: a new report is drawn up, which names the old one.",
            field="reason",
        )
    return first_refusal(may_write_report(actor), allow("AUD-2"))


def may_check(actor: Actor, draft: Draft, *, conclusion: str) -> Decision:
    """Decide whether *actor* may say that they have looked at what is open, and conclude.

    > AUD-2: a written report goes to the Undersheriff
    """
    return first_refusal(
        may_write_report(actor),
        _is_unsigned(draft),
        _is_not_about(actor, draft),
        _is_complete(draft),
        _concludes(conclusion),
    )


def may_sign(actor: Actor, draft: Draft) -> Decision:
    """Decide whether *actor* may sign, which delivers the report.

    > AUD-2: a written report goes to the Undersheriff

    It says of how many searches of how many it speaks: one that leaves any out is not signed.
    """
    return first_refusal(
        may_write_report(actor),
        _is_unsigned(draft),
        _is_not_about(actor, draft),
        _is_complete(draft),
        _is_checked(draft),
    )


def may_acknowledge(actor: Actor, draft: Draft, *, signed_by_id: str) -> Decision:
    """Decide whether *actor* may say that the report has reached them: the Undersheriff alone.

    > AUD-2: a written report goes to the Undersheriff
    """
    right = may(actor, Right.RECEIVE_AUDIT_REPORTS)
    if not draft.is_signed:
        return first_refusal(right, may_read_report(actor, is_signed=False))
    if draft.is_received:
        return first_refusal(right, refuse("AUD-2", "Its receipt is on record.", remedy="Nothing: it stays."))
    if actor.id == signed_by_id:
        return refuse(
            "AUD-2", "Whoever signs a report does not receive it.", remedy="Another Undersheriff does."
        )
    return right


def _is_unsigned(draft: Draft) -> Decision:
    if draft.is_signed:
        return refuse(
            "AUD-2", "A signed report stays as it is.", remedy="Correct it by a new one, which names the old."
        )
    return allow("AUD-2")


def _is_not_about(actor: Actor, draft: Draft) -> Decision:
    if actor.id in draft.subjects:
        return refuse(
            "AUD-2",
            "This report is about searches of your own.",
            remedy="Another auditor checks and signs it.",
        )
    return allow("AUD-2")


def _is_complete(draft: Draft) -> Decision:
    if draft.counted == draft.on_ledger:
        return allow("AUD-2")
    return refuse(
        "AUD-2",
        f"The report counts {draft.counted} searches, and the ledger has {draft.on_ledger}.",
        remedy="Have the ledger verified, find out which are missing, and draw the report up anew.",
    )


def _is_checked(draft: Draft) -> Decision:
    if draft.is_checked:
        return allow("AUD-2")
    return refuse(
        "AUD-2", "Nobody has looked at what is open.", remedy="Look at it, and write what you conclude."
    )


def _concludes(conclusion: str) -> Decision:
    if len(conclusion.split()) >= FEWEST_WORDS:
        return allow("AUD-2")
    return refuse(
        "AUD-2",
        "A report without a conclusion.",
        remedy="Write in a few sentences what you found, and what is to be done.",
        field="conclusion",
    )
