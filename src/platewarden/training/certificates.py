"""The certificate of a course passed, as a PDF."""

from datetime import datetime
from zoneinfo import ZoneInfo

from platewarden.adoption.in_force import parameters_at
from platewarden.policy.training import Course, valid_until
from platewarden.reports.typesetting import LAYOUTS, set_pdf
from platewarden.training.materials import material_of
from platewarden.training.models import Attempt


def certificate_pdf(attempt: Attempt, *, now: datetime) -> bytes:
    """Return the certificate of *attempt*, which passed; what it says of its end is as the parameter stands now."""
    course, agency = Course(attempt.course), attempt.user.agency
    zone = ZoneInfo(agency.time_zone)
    until = valid_until(attempt.at, parameters=parameters_at(now))
    facts = {
        "agency": {"name": agency.name, "county": agency.county},
        "certificate": {
            "number": f"T-{attempt.pk}",
            "person": attempt.user.full_name,
            "signs_in_as": attempt.user.username,
            "course": course.label,
            "screens": [screen.title for screen in material_of(course).screens],
            "edition": attempt.edition,
            "is_present_edition": attempt.edition == material_of(course).edition,
            "result": f"{attempt.right} of {attempt.of} questions right",
            "passed_on": f"{attempt.at.astimezone(zone):%Y-%m-%d}",
            "valid_until": f"{until.astimezone(zone):%Y-%m-%d}",
            "entry": f"{attempt.entry}",
        },
    }
    return set_pdf(LAYOUTS / "certificate.typ", facts, now=now)
