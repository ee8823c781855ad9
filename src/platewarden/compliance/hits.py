"""What can be measured of hits: alerts, their endings, false hits and what follows from them, reports."""

from django.db.models import Min

from platewarden.alerts.models import Alert
from platewarden.calibration.standing import standing_of
from platewarden.candidates.models import Candidate
from platewarden.cases.models import CaseReport
from platewarden.compliance.figures import RECENTLY, Evidence, Scene, count, entries, span
from platewarden.corrections.pages import overdue_of
from platewarden.corrections.rates import MONTHS, register_of
from platewarden.ledger.kinds import Kind


def alerts_raised(scene: Scene) -> list[Evidence]:
    """Return how many alerts were raised of late, what only listed, and whether the path to an alert works."""
    raised = Alert.objects.filter(agency_id=scene.agency_id, raised_at__gte=scene.now - RECENTLY).count()
    return [count("Alerts raised in 30 days", raised), *_candidates(scene), _proof(scene)]


def _candidates(scene: Scene) -> list[Evidence]:
    listed = Candidate.objects.filter(agency_id=scene.agency_id, seen_at__gte=scene.now - RECENTLY)
    promoted = entries(Kind.CANDIDATE_PROMOTED, scene)
    return [
        count("Weaker matches listed in 30 days, none of which alerted", listed.count()),
        count("Alerts that people raised from them", promoted),
    ]


def _proof(scene: Scene) -> Evidence:
    standing = standing_of(scene.agency_id, parameters=scene.parameters, now=scene.now)
    return Evidence("Our own plates last raised their alerts", standing.told, standing.tone, standing.note)


def alerts_unverified(scene: Scene) -> list[Evidence]:
    """Return how many open alerts nobody has verified."""
    waiting = Alert.objects.filter(agency_id=scene.agency_id, verified_at=None, disposed_at=None)
    return [count("Open alerts nobody has verified", waiting.count(), ill="No stop may rest on them.")]


def alerts_undisposed(scene: Scene) -> list[Evidence]:
    """Return what waits for an ending, and what follows from false hits."""
    waiting = Alert.objects.filter(agency_id=scene.agency_id, disposed_at=None)
    oldest = waiting.aggregate(Min("raised_at"))["raised_at__min"]
    note = f"The oldest has waited {span(scene.now - oldest)}: record how it ended." if oldest else ""
    overdue = overdue_of(scene.agency_id, parameters=scene.parameters, now=scene.now)
    return [
        count("Alerts without a disposition", waiting.count(), ill=note or "Record how they ended."),
        _false_hits(scene),
        count("Suppressed entries not reviewed in time", overdue.reviews, ill="Confirm or lift them."),
        count("Correction notices without an answer in time", overdue.answers, ill="Ask again."),
        count("Complaints without an answer in time", overdue.complaints, ill="Answer them."),
    ]


def _false_hits(scene: Scene) -> Evidence:
    overall = register_of(scene.agency_id, now=scene.now).overall
    return Evidence(
        f"False hits of {overall.ended:,} alerts ended in {MONTHS} months",
        overall.percent,
        note=overall.interval,
    )


def reports(scene: Scene) -> list[Evidence]:
    """Return how many reports of hits were made and are kept."""
    kept = CaseReport.objects.filter(case__agency_id=scene.agency_id)
    return [
        count("Reports made in 30 days", entries(Kind.REPORT_MADE, scene)),
        count("Reports kept in cases", kept.count()),
    ]
