"""Every write about the register of agencies: enter one, correct its record, end its access, take it up again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from platewarden.accounts.models import Agency, User
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.policy.agencies import AgencyKind, may_keep_agencies
from platewarden.policy.decision import require
from platewarden.policy.sharing import may_end_access
from platewarden.sharing.models import AgreementVersion
from platewarden.site.channel import announce


class AgencyExistsError(Exception):
    """The register has an agency of this name already."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What the register says of an agency."""

    name: str
    kind: AgencyKind
    state: str
    county: str
    contact: str


def subject_of(agency: Agency) -> str:
    """Return how ledger entries name *agency*."""
    return f"agency:{agency.pk}"


def about(agency: Agency) -> str:
    """Return how notices name the partner *agency*."""
    return f"partner:{agency.pk}"


@transaction.atomic
def enter_agency(*, entered: Entered, actor: Actor, now: datetime) -> Agency:  # noqa: ARG001 - as every action
    """Put an agency on the register; it has no access before an agreement with it is opened.

    Raises:
        PolicyRefusal: *actor* does not keep the register.
        AgencyExistsError: The name is taken.
    """
    require(may_keep_agencies(actor), action="agency.enter")
    Agency.objects.select_for_update().get(pk=actor.agency_id)  # names are given one at a time
    _require_free(entered.name)
    agency = Agency.objects.create(
        name=entered.name.strip(),
        kind=entered.kind,
        state=entered.state.upper(),
        county=entered.county.strip(),
        contact=entered.contact.strip(),
    )
    details = {"name": agency.name, "kind": str(agency.kind), "state": agency.state}
    ledger.append(Kind.AGENCY_ADDED, actor=actor, subject=subject_of(agency), details=dict(details))
    return agency


@transaction.atomic
def change_agency(*, agency: Agency, entered: Entered, actor: Actor, now: datetime) -> None:  # noqa: ARG001 - as every action
    """Correct what the register says of *agency*; who may not have users by it loses access at once.

    Raises:
        PolicyRefusal: *actor* does not keep the register.
        AgencyExistsError: The name is another's.
    """
    require(may_keep_agencies(actor), action="agency.change")
    Agency.objects.select_for_update().get(pk=actor.agency_id)
    agency = Agency.objects.select_for_update().get(pk=agency.pk, is_owner=False)
    if agency.name != entered.name.strip():
        _require_free(entered.name)
    before = _said(agency)
    agency.name, agency.kind, agency.state = entered.name.strip(), entered.kind, entered.state.upper()
    agency.county, agency.contact = entered.county.strip(), entered.contact.strip()
    agency.save(update_fields=["name", "kind", "state", "county", "contact"])
    tell_sessions(agency)
    after = _said(agency)
    details = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    ledger.append(Kind.AGENCY_CHANGED, actor=actor, subject=subject_of(agency), details=dict(details))


def _said(agency: Agency) -> dict[str, str]:
    names = ("name", "kind", "state", "county", "contact")
    return {name: str(getattr(agency, name)) for name in names}


def _require_free(name: str) -> None:
    if Agency.objects.filter(name__iexact=name.strip()).exists():
        raise AgencyExistsError("The register has an agency of this name: open that one.")


@transaction.atomic
def end_access(*, agency: Agency, because: str, actor: Actor, now: datetime) -> None:
    """End the access of *agency* at once, and its agreement with it.

    Raises:
        PolicyRefusal: *actor* does not keep the register, or gives no reason.
    """
    require(may_end_access(actor, because=because), action="agency.end")
    end_for(agency, because=because, actor=actor, now=now)


def end_for(agency: Agency, *, because: str, actor: Actor, now: datetime) -> None:
    """End the access of *agency*, for an act that was decided on already; part of its transaction."""
    agency = Agency.objects.select_for_update().get(pk=agency.pk, is_owner=False)
    agency.access_ended_at, agency.express_access = now, ""
    agency.save(update_fields=["access_ended_at", "express_access"])
    AgreementVersion.objects.filter(agency=agency, is_opened=True, ended_at=None).update(ended_at=now)
    tell_sessions(agency)
    details = {"access": "ended", "because": because.strip()[:500]}
    ledger.append(Kind.AGENCY_CHANGED, actor=actor, subject=subject_of(agency), details=dict(details))


@transaction.atomic
def take_up_again(*, agency: Agency, actor: Actor, now: datetime) -> None:  # noqa: ARG001 - as every action
    """Let agreements with *agency* be possible again; it has no access before two people have opened one.

    Raises:
        PolicyRefusal: *actor* does not keep the register.
    """
    require(may_keep_agencies(actor), action="agency.resume")
    agency = Agency.objects.select_for_update().get(pk=agency.pk, is_owner=False)
    agency.access_ended_at = None
    agency.save(update_fields=["access_ended_at"])
    details = {"access": "agreements possible again"}
    ledger.append(Kind.AGENCY_CHANGED, actor=actor, subject=subject_of(agency), details=dict(details))


def tell_sessions(agency: Agency) -> None:
    """Let whatever guests of *agency* have open look at once at what they may still do."""
    for user_id in User.objects.filter(agency=agency).values_list("pk", flat=True):
        announce("access", {"agency": agency.pk, "user": str(user_id)})
