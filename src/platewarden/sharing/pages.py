"""What the pages on agencies show, put together for their templates."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from platewarden.accounts.models import Agency
from platewarden.policy.decision import Decision
from platewarden.policy.sharing import may_share_with
from platewarden.sharing.standing import Standing, standing_of
from platewarden.site.components import Badge


@dataclass(frozen=True, slots=True)
class Line:
    """One agency of the register.

    Attributes:
        agency: The agency.
        standing: Where it stands now.
        possible: Whether an agreement with it is possible at all, and if not, why.
        guests: How many of its people have an open account.
        is_waiting: Whether a version of an agreement waits for a second person.
    """

    agency: Agency
    standing: Standing
    possible: Decision
    guests: int
    is_waiting: bool

    @property
    def badge(self) -> Badge:
        """Where it stands, in a few words."""
        if self.standing.suspension:
            return Badge("Suspended", "danger", "warning")
        if self.standing.access.allowed:
            return Badge("Shares", "good", "check")
        if not self.possible.allowed:
            return Badge("Copies by release only", "quiet", "lock")
        return Badge("No agreement in force", "quiet", "lock")


def lines_of(*, now: datetime) -> list[Line]:
    """Return every agency on the register but our own, by name, with where it stands."""
    partners = Agency.objects.filter(is_owner=False).annotate(
        open_accounts=Count("people", filter=Q(people__is_active=True), distinct=True),
        undecided=Count("agreement_versions", filter=Q(agreement_versions__decided_at=None), distinct=True),
    )
    return [
        Line(
            agency,
            standing_of(agency, now=now),
            may_share_with(agency.facts),
            agency.open_accounts,
            bool(agency.undecided),
        )
        for agency in partners.order_by("name")
    ]
