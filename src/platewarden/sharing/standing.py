"""Where an agency stands at a moment: what its guests may do, or why nothing; asked anew with every request."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from platewarden.accounts.models import Agency
from platewarden.policy.actor import GuestTerms
from platewarden.policy.agencies import may_have_users
from platewarden.policy.decision import Decision
from platewarden.policy.sharing import access_of, in_force, terms_of
from platewarden.policy.use import Purpose
from platewarden.sharing.models import AgreementVersion, Suspension


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a partner agency stands.

    Attributes:
        access: Whether its people have any access, and if not, why.
        terms: What the agreement lets them do; None where there is no access.
        version: The version in force, also while sharing is suspended; None if there is none.
        suspension: What suspends sharing now; None if nothing does.
    """

    access: Decision
    terms: GuestTerms | None
    version: AgreementVersion | None
    suspension: Suspension | None


def standing_of(agency: Agency, *, now: datetime) -> Standing:
    """Return where the partner *agency* stands at *now*.

    > SHR-1: under an agreement that two people opened and that expires

    > SHR-4: A suspension takes effect at once
    """
    version = version_in_force(agency.pk, now=now)
    suspension = Suspension.objects.select_related("placed_by", "lift_asked_by")
    standing = suspension.filter(agency_id=agency.pk, lifted_at=None).first()
    facts = version.facts if version else None
    access = access_of(agency.facts, may_have_users(agency.facts), facts, is_suspended=standing is not None)
    terms = terms_of(agency.pk, facts) if facts and access.allowed else None
    return Standing(access, terms, version, standing)


def version_in_force(agency_id: int, *, now: datetime) -> AgreementVersion | None:
    """Return the version of the agreement with the agency that is in force at *now*, if one is."""
    versions = {version.number: version for version in opened_versions(agency_id)}
    found = in_force([version.facts for version in versions.values()], now=now)
    return versions[found.number] if found else None


def opened_versions(agency_id: int) -> QuerySet[AgreementVersion]:
    """Return the versions of the agreement with the agency that two people opened, the newest first."""
    return AgreementVersion.objects.filter(agency_id=agency_id, is_opened=True)


def guest_terms(agency_id: int, *, now: datetime) -> GuestTerms | None:
    """Return what guests of the agency may do at *now*; None if nothing."""
    return standing_of(Agency.objects.get(pk=agency_id), now=now).terms


@dataclass(frozen=True, slots=True)
class PublicAgreement:
    """What the public may be told of an agreement: with whom, for what, since when and until when.

    Attributes:
        agency: Name of the partner.
        kind: What it is, in plain words.
        since: When the version in force began.
        until: When it ends by itself.
        purposes: By their codes, which the portal puts into words of each language.
        cameras: How many.
        reach_days: How far back a search reaches.
        is_suspended: Whether nothing is shared at the moment.
    """

    agency: str
    kind: str
    since: datetime
    until: datetime
    purposes: tuple[str, ...]
    cameras: int
    reach_days: int
    is_suspended: bool


def public_agreements(*, now: datetime) -> list[PublicAgreement]:
    """Return the agreements in force at *now*, by name of the agency; nothing in them names a person or a place."""
    partners = Agency.objects.filter(is_owner=False).order_by("name")
    standings = ((agency, standing_of(agency, now=now)) for agency in partners)
    return [
        PublicAgreement(
            agency=agency.name,
            kind=agency.facts.kind.label,
            since=standing.version.begins_at,
            until=standing.version.ends_at,
            purposes=tuple(purpose.value for purpose in Purpose if purpose in standing.version.purposes),
            cameras=len(standing.version.camera_ids),
            reach_days=standing.version.reach_days,
            is_suspended=standing.suspension is not None,
        )
        for agency, standing in standings
        if standing.version
    ]
