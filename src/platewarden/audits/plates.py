"""Plates that members declare as their own, and plates that auditors plant: kept as keyed digests alone (AUD-1)."""

from datetime import datetime

from django.db import transaction

from platewarden.accounts.actors import owning_agency_id
from platewarden.audits.digests import PlateDigester
from platewarden.audits.models import DeclaredPlate, PlantedPlate
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import audits as policy
from platewarden.policy.actor import Actor
from platewarden.policy.audits import Relation
from platewarden.policy.decision import require


@transaction.atomic
def declare(*, plate: str, relation: Relation, actor: Actor, now: datetime) -> DeclaredPlate:
    """Record that *plate* is *actor*'s own or their household's; declaring it again returns what is there.

    Nobody has to. Whoever searches it is shown to the auditors, themselves included.

    Raises:
        PlateError: It is no plate.
        PolicyRefusal: *actor* has no part in this agency.
    """
    require(policy.may_declare(actor), action="plate.declare")
    # a guest's plate, too, is known by the key that searches are reviewed with
    agency_id = owning_agency_id()
    digest = PlateDigester(agency_id).digest(plate)
    mine = DeclaredPlate.objects.filter(owner_id=int(actor.id), digest=digest, withdrawn_at=None).first()
    if mine:
        return mine
    declared = DeclaredPlate.objects.create(
        agency_id=agency_id, owner_id=int(actor.id), relation=relation, digest=digest, declared_at=now
    )
    ledger.append(
        Kind.PLATE_DECLARED,
        actor=actor,
        subject=f"declaration:{declared.pk}",
        details={"relation": relation.value},
    )
    return declared


@transaction.atomic
def withdraw(*, declared: DeclaredPlate, actor: Actor, now: datetime) -> None:
    """Record that a declared plate is *actor*'s no more; what was searched before stays under review.

    Raises:
        PolicyRefusal: Somebody else declared it.
    """
    require(policy.may_withdraw(actor, owner_id=str(declared.owner_id)), action="plate.withdraw")
    if not DeclaredPlate.objects.filter(pk=declared.pk, withdrawn_at=None).update(withdrawn_at=now):
        return
    ledger.append(Kind.PLATE_UNDECLARED, actor=actor, subject=f"declaration:{declared.pk}")


@transaction.atomic
def plant(*, plate: str, where: str, actor: Actor, now: datetime) -> PlantedPlate:
    """Record that *plate*, which no vehicle has, is planted *where* the curious find it.

    Raises:
        PlateError: It is no plate.
        PolicyRefusal: *actor* plants none.
    """
    require(policy.may_plant(actor), action="plate.plant")
    digest = PlateDigester(actor.agency_id).digest(plate)
    known = PlantedPlate.objects.filter(agency_id=actor.agency_id, digest=digest, lifted_at=None).first()
    if known:
        return known
    planted = PlantedPlate.objects.create(
        agency_id=actor.agency_id,
        digest=digest,
        where=where.strip(),
        planted_by_id=int(actor.id),
        planted_at=now,
    )
    ledger.append(Kind.PLATE_PLANTED, actor=actor, subject=f"planted:{planted.pk}")
    return planted


@transaction.atomic
def lift(*, planted: PlantedPlate, actor: Actor, now: datetime) -> None:
    """Record that a planted plate means nothing any more.

    Raises:
        PolicyRefusal: *actor* plants none.
    """
    require(policy.may_plant(actor), action="plate.lift")
    live = PlantedPlate.objects.filter(pk=planted.pk, lifted_at=None)
    if live.update(lifted_at=now, lifted_by_id=int(actor.id)):
        ledger.append(Kind.PLATE_LIFTED, actor=actor, subject=f"planted:{planted.pk}")
