"""What can be measured of searches: asked, refused, waiting for a second person, and not completed in time."""

from platewarden.compliance.figures import Evidence, Scene, count, entries
from platewarden.ledger.kinds import Kind
from platewarden.queries.models import Query, TakenFile


def asked(scene: Scene, *, refused: int) -> list[Evidence]:
    """Return what stands behind QRY-1; *refused* searches of late are counted elsewhere."""
    own = Query.objects.filter(agency_id=scene.agency_id)
    waiting = own.exclude(held_for=[]).filter(decision="", expires_at__gt=scene.now).count()
    overdue = own.filter(number_due_at__lte=scene.now).count()
    return [
        count("Searches asked in 30 days", entries(Kind.QUERY_ASKED, scene)),
        count("Searches refused in 30 days", refused),
        count("Searches that wait for a second person", waiting),
        count(
            "Exigent searches not given their case number in time",
            overdue,
            ill="Their askers make no further search until they are.",
        ),
    ]


def held_for_a_ground(scene: Scene) -> list[Evidence]:
    """Return what stands behind USE-4: what was put before a supervisor, and what they decided."""
    return [
        count("Searches put before a second person in 30 days", entries(Kind.QUERY_HELD, scene)),
        count("Released by one in 30 days", entries(Kind.QUERY_RELEASED, scene)),
        count("Denied by one in 30 days", entries(Kind.QUERY_DENIED, scene)),
    ]


def logged(scene: Scene) -> list[Evidence]:
    """Return what stands behind QRY-2: looks of every kind, and files that nobody has answered for."""
    looks = entries(Kind.QUERY_ANSWERED, scene) + entries(Kind.QUERY_REPLAYED, scene)
    copies = entries(Kind.QUERY_EXPORTED, scene) + entries(Kind.QUERY_PRINTED, scene)
    late = TakenFile.objects.filter(
        agency_id=scene.agency_id, settled_at__isnull=True, destroy_by__lte=scene.now
    )
    return [
        count("Answers and pages shown in 30 days, each an entry", looks),
        count("Vehicle images opened in 30 days, each an entry", entries(Kind.IMAGE_OPENED, scene)),
        count("Answers taken as a file or on paper in 30 days, each an entry", copies),
        count(
            "Files past their day, neither in a case nor destroyed",
            late.count(),
            ill="Ask those who took them; supervisors have been told.",
        ),
    ]
