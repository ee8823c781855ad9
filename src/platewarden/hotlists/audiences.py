"""Whom an entry's audience may name here and now."""

from django.db.models import QuerySet

from platewarden.accounts.models import User
from platewarden.cameras.models import Area
from platewarden.policy.audiences import ROLES, Audience


class AudienceError(ValueError):
    """The audience names somebody who sees no alerts here; the message says how many and what to do."""


def people_for(agency_id: int) -> QuerySet[User]:
    """Return the people whom an audience of the agency may name: those that see alerts now."""
    return User.objects.holding(*ROLES).filter(agency_id=agency_id).order_by("full_name")


def known_audience(audience: Audience, *, agency_id: int) -> Audience:
    """Return *audience*, once everybody it names is there.

    Raises:
        AudienceError: It names somebody who does not see alerts of this agency, or an area that it does not have.
    """
    there = {str(pk) for pk in people_for(agency_id).values_list("pk", flat=True)}
    if strange := audience.people - there:
        raise AudienceError(f"{len(strange)} of the people named see no alerts here: choose them again.")
    areas = set(Area.objects.filter(agency_id=agency_id).values_list("code", flat=True))
    if strange := audience.areas - areas:
        raise AudienceError(
            f"{len(strange)} of the areas named are none of this agency's: choose them again."
        )
    return audience
