"""Whether the weekly review takes place: weeks late, questions open, violations without a measure (AUD-1)."""

from platewarden.audits.models import Mark, Remedy, ReviewWeek
from platewarden.compliance.figures import Evidence, Scene, count
from platewarden.policy.audits import Verdict, review_due_at


def reviews(scene: Scene) -> list[Evidence]:
    """Return what is known of the weekly review."""
    weeks = ReviewWeek.objects.filter(agency_id=scene.agency_id)
    waiting = [
        review_due_at(one.week.ends_at, parameters=scene.parameters) for one in weeks.filter(closing=None)
    ]
    last = weeks.exclude(closing=None).first()
    late = sum(due_at <= scene.now for due_at in waiting)
    questions = Mark.objects.filter(verdict=Verdict.QUESTION, superseded_by=None)
    remedies = Remedy.objects.filter(done=None, due_at__lte=scene.now)
    return [
        Evidence("Last week whose searches were reviewed and closed", str(last) if last else "none yet"),
        count(
            "Weeks of searches not reviewed in time",
            late,
            ill="The auditors review them on the page Audits.",
            tone="danger",
        ),
        count("Questions to people that are not decided", questions.count()),
        count(
            "Measures after audits that are late", remedies.count(), ill="The page After audits says which."
        ),
    ]
