"""What can be measured of sharing: agreements, suspensions, guests, refusals, reports of misuse (SHR-1, SHR-4)."""

from platewarden.accounts.models import Agency, User
from platewarden.compliance.figures import Evidence, Scene, count, entries
from platewarden.ledger.kinds import Kind
from platewarden.policy.misuse import acknowledge_by, decide_by
from platewarden.policy.sharing import may_share_with
from platewarden.sharing.models import AgreementVersion, MisuseReport
from platewarden.sharing.standing import Standing, standing_of


def agreements(scene: Scene) -> list[Evidence]:
    """Agreements in force, what is suspended, and guests who have access without either being in order."""
    partners = list(Agency.objects.filter(is_owner=False))
    standings = {agency.pk: standing_of(agency, now=scene.now) for agency in partners}
    in_force = [one for one in standings.values() if one.version]
    alone = AgreementVersion.objects.filter(is_opened=True, decided_by=None).count()
    return [
        count("Agreements in force", len(in_force)),
        count("Guests who have access", _guests(standings)),
        count("Agreements that fewer than two people opened", alone, ill="End the access of these agencies."),
        count("Agencies outside the clause that have access", _outside(partners, standings), ill="End it."),
        *_suspended(partners, standings),
    ]


def _guests(standings: dict[int, Standing]) -> int:
    having = [pk for pk, standing in standings.items() if standing.access.allowed]
    return User.objects.filter(agency_id__in=having, is_active=True).count()


def _outside(partners: list[Agency], standings: dict[int, Standing]) -> int:
    return sum(
        standings[agency.pk].terms is not None and not may_share_with(agency.facts).allowed
        for agency in partners
    )


def _suspended(partners: list[Agency], standings: dict[int, Standing]) -> list[Evidence]:
    return [
        Evidence(
            f"Sharing with {agency.name}",
            "suspended",
            "warning",
            f"Since {placed.placed_at:%Y-%m-%d}. Two people let it go on.",
        )
        for agency in partners
        if (placed := standings[agency.pk].suspension)
    ]


def misuse(scene: Scene) -> list[Evidence]:
    """Reports of misuse: how many there are, and how many were not dealt with in time."""
    reports = list(MisuseReport.objects.select_related("agency").prefetch_related("steps"))
    late = [
        report
        for report in reports
        if not report.facts.is_decided
        and (decide_by if report.facts.is_acknowledged else acknowledge_by)(
            report.reported_at, parameters=scene.parameters
        )
        <= scene.now
    ]
    return [
        count("Reports of misuse on record", len(reports)),
        count("Suspensions in 30 days", entries(Kind.SHARING_SUSPENDED, scene)),
        count(
            "Reports of misuse not dealt with in time",
            len(late),
            ill="The Undersheriff, or the Sheriff, acknowledges and decides.",
        ),
    ]
