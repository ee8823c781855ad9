"""What can be measured of the audits twice a year, and of even-handed use in the meantime."""

from collections import Counter, defaultdict
from datetime import date
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.alerts.models import Alert
from platewarden.audits.facts import ASKED
from platewarden.compliance.figures import RECENTLY, Evidence, Scene, count
from platewarden.evaluation.shares import Share
from platewarden.halfyears.duties import duties_at
from platewarden.halfyears.models import AuditReport
from platewarden.halfyears.standing import problems_of
from platewarden.ledger.models import LedgerBody
from platewarden.matching.plates import normalise
from platewarden.policy.actor import Role
from platewarden.policy.hits import ActionTaken, Finding
from platewarden.policy.use import Purpose

_DAY = range(6, 22)
"""Hours that count as day: what is asked outside them is told apart."""


def reported(scene: Scene) -> list[Evidence]:
    """Return what stands behind AUD-2: reports signed, overdue, not acknowledged, and borne out by the ledger."""
    owed = duties_at(scene.now)
    duties = [duty for duty in owed if duty.is_overdue(scene.now)]
    late = sum(duty.owner is Role.AUDITOR for duty in duties)
    days = [duty.due_at for duty in owed if duty.owner is Role.AUDITOR and duty.due_at]
    signed = AuditReport.objects.filter(agency_id=scene.agency_id, signed_at__isnull=False)
    differing = sum(bool(problems_of(report)) for report in signed)
    return [
        count("Reports on all searches signed", len(signed)),
        Evidence("Next report on all searches is due", f"{min(days):%Y-%m-%d}"),
        count("Reports on all searches overdue", late, ill="An auditor draws them up: Audit reports."),
        count(
            "Reports that the Undersheriff has not acknowledged in time",
            len(duties) - late,
            ill="The Undersheriff reads and acknowledges them: Audit reports.",
        ),
        count(
            "Reports that the ledger does not bear out",
            differing,
            ill="A file, a signature or a receipt is not what was recorded. Open the report; keep all as it is.",
            tone="danger",
        ),
    ]


def even_handed(scene: Scene) -> list[Evidence]:
    """Return what stands behind AUD-3: use by purpose, place and time, stops after false hits, repeated attention."""
    since = scene.now - RECENTLY
    bodies = LedgerBody.objects.filter(leaf__kind__in=ASKED, leaf__at__gte=since).select_related("leaf")
    zone = ZoneInfo(owning_agency().time_zone)
    purposes: Counter[str] = Counter()
    narrowed = by_night = whole = 0
    days: dict[tuple[str, str], set[date]] = defaultdict(set)
    for body in bodies.iterator():
        said, at = body.content, body.leaf.at.astimezone(zone)
        asked = said["details"]
        whole += 1
        purposes[str(asked.get("purpose", ""))] += 1
        narrowed += bool(asked.get("cameras") or asked.get("area"))
        by_night += at.hour not in _DAY
        if plate := normalise(str(asked.get("plate", ""))):
            days[str(said["actor"]["id"]), plate].add(at.date())
    most = scene.parameters.integer("audit.repeat_days")
    return [
        _most_used(purposes, whole),
        _share("Searches of named cameras or an area in 30 days", narrowed, whole),
        _share("Searches between 22:00 and 6:00 in 30 days", by_night, whole),
        _stops(scene),
        count(
            f"Vehicles that one person searched on {most} days or more of 30",
            sum(len(own) >= most for own in days.values()),
        ),
    ]


def _most_used(purposes: Counter[str], whole: int) -> Evidence:
    if not whole:
        return Evidence("Purpose stated most in 30 days", "no searches")
    purpose, number = purposes.most_common(1)[0]
    words = Purpose(purpose).label if purpose in set(Purpose) else "none"
    return Evidence("Purpose stated most in 30 days", f"{number:,} of {whole:,}", note=words)


def _share(label: str, part: int, whole: int) -> Evidence:
    low, high = Share(part, whole).interval
    note = f"95 % interval {100 * low:.0f} to {100 * high:.0f} %" if whole else ""
    return Evidence(label, f"{part:,} of {whole:,}", note=note)


def _stops(scene: Scene) -> Evidence:
    touching = [action.value for action in ActionTaken if action.touches_someone]
    false = [finding.value for finding in Finding if finding.is_false_hit]
    stopped = Alert.objects.filter(
        agency_id=scene.agency_id, disposed_at__gte=scene.now - RECENTLY, action_taken__in=touching
    )
    return _share(
        "Stops that followed false hits in 30 days",
        stopped.filter(finding__in=false).count(),
        stopped.count(),
    )
