"""Every write about webhooks: set an endpoint up by two, put messages on their way, note what became of them."""

import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from platewarden.accounts.actors import system_actor
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import webhooks as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.site.secrets import SecretFileError
from platewarden.webhooks.models import Delivery, Endpoint
from platewarden.webhooks.sending import DeliveryError, hand_over
from platewarden.webhooks.signing import headers_of, key_of, written

MOST_ATTEMPTS: Final = 10
"""With waits of 2, 4, 8 ... seconds between them: half an hour. An alert that old helps no dispatcher."""

STUCK_AFTER: Final = timedelta(hours=1)

logger = logging.getLogger(__name__)


class TryAgainError(Exception):
    """A message was not taken; the job is to be run again later."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a dispatch system is told.

    Attributes:
        event: ``alert.raised``, ``alert.changed`` or ``test``.
        alert_id: The alert it is about, if any.
        data: Facts without a plate, a picture or a place.
    """

    event: str
    alert_id: UUID | None
    data: Mapping[str, Any]


@transaction.atomic
def propose_endpoint(*, name: str, url: str, actor: Actor, now: datetime) -> tuple[Endpoint, str]:
    """Propose that messages go to *url*; returns the endpoint and its key, which is shown this once.

    Raises:
        PolicyRefusal: *actor* may not, or the address is not one to send to (ADM-4).
    """
    decision = policy.may_propose_endpoint(actor, url, networks=settings.PLATEWARDEN_WEBHOOK_NETWORKS)
    require(decision, action="webhook.propose")
    endpoint = Endpoint.objects.create(
        agency_id=actor.agency_id, name=name.strip(), url=url, proposed_by_id=int(actor.id), proposed_at=now
    )
    secret = written(key_of(endpoint.pk))
    details = {"name": endpoint.name, "url": endpoint.url}
    tell(
        kind=NoticeKind.WEBHOOK_PROPOSED,
        to_role=Role.SUPERVISOR,
        subject=_subject(endpoint),
        text=f"{actor.name} proposes that {endpoint.name} be told of alerts. Adopt it, or have it withdrawn.",
        now=now,
        actor=actor,
    )
    ledger.append(Kind.WEBHOOK_PROPOSED, actor=actor, subject=_subject(endpoint), details=details)
    return endpoint, secret


def _subject(endpoint: Endpoint) -> str:
    return f"webhook:{endpoint.pk}"


def _settle_proposal(endpoint: Endpoint, *, actor: Actor, now: datetime) -> None:
    settle(subject=_subject(endpoint), kinds=[NoticeKind.WEBHOOK_PROPOSED], actor=actor, now=now)


@transaction.atomic
def adopt_endpoint(*, endpoint: Endpoint, actor: Actor, now: datetime) -> None:
    """Let messages go to what somebody else has proposed, from now on.

    Raises:
        PolicyRefusal: *actor* proposed it, or may not adopt (ADM-4).
    """
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint.pk, withdrawn_at__isnull=True)
    decision = policy.may_adopt_endpoint(actor, proposed_by_id=str(endpoint.proposed_by_id))
    require(decision, action="webhook.adopt", facts={"webhook": endpoint.pk})
    if endpoint.adopted_at is not None:
        return
    endpoint.adopted_by_id, endpoint.adopted_at = int(actor.id), now
    endpoint.save(update_fields=["adopted_by", "adopted_at"])
    _settle_proposal(endpoint, actor=actor, now=now)
    ledger.append(Kind.WEBHOOK_ADOPTED, actor=actor, subject=_subject(endpoint))


@transaction.atomic
def withdraw_endpoint(*, endpoint: Endpoint, actor: Actor, now: datetime) -> None:
    """Let no more messages go there, at once; those on their way are dropped."""
    require(policy.may_manage_endpoints(actor), action="webhook.withdraw", facts={"webhook": endpoint.pk})
    endpoint.withdrawn_by_id, endpoint.withdrawn_at = int(actor.id), now
    endpoint.save(update_fields=["withdrawn_by", "withdrawn_at"])
    waiting = endpoint.deliveries.filter(delivered_at__isnull=True, dead_at__isnull=True)
    waiting.update(dead_at=now, problem="The endpoint was withdrawn.")
    _settle_proposal(endpoint, actor=actor, now=now)
    ledger.append(Kind.WEBHOOK_WITHDRAWN, actor=actor, subject=_subject(endpoint))


@transaction.atomic
def try_endpoint(*, endpoint: Endpoint, actor: Actor, now: datetime) -> None:
    """Send a message that says nothing but that it is a test."""
    require(policy.may_manage_endpoints(actor), action="webhook.try", facts={"webhook": endpoint.pk})
    message = Message("test", None, {"text": "A test: there is no alert."})
    _put_on_its_way(endpoint, message, now=now)


@transaction.atomic
def send(message: Message, *, agency_id: int, now: datetime) -> None:
    """Put *message* on its way to every live endpoint of the agency; it leaves when the transaction commits."""
    live = Endpoint.objects.filter(agency_id=agency_id, adopted_at__isnull=False, withdrawn_at__isnull=True)
    for endpoint in live:
        _put_on_its_way(endpoint, message, now=now)


def _put_on_its_way(endpoint: Endpoint, message: Message, *, now: datetime) -> None:
    content = {
        "type": message.event,
        "timestamp": now.isoformat(timespec="seconds"),
        "data": dict(message.data),
    }
    delivery = Delivery.objects.create(
        id=uuid.uuid4(),
        endpoint=endpoint,
        event=message.event,
        alert_id=message.alert_id,
        body=json.dumps(content, separators=(",", ":")),
        created_at=now,
    )
    _defer(delivery)


def _defer(delivery: Delivery) -> None:
    from platewarden.webhooks.tasks import deliver_webhook  # noqa: PLC0415 - the job calls back into this module

    deliver_webhook.defer(delivery_id=str(delivery.pk))


def deliver(delivery_id: UUID, *, now: datetime) -> None:
    """Try once to hand a message over, and note how it came out.

    Raises:
        TryAgainError: It was not taken, and is to be tried again.
    """
    delivery = _on_its_way(delivery_id)
    if delivery is None:
        return
    try:
        headers = headers_of(
            f"msg_{delivery.pk.hex}", delivery.body, key=key_of(delivery.endpoint_id), now=now
        )
        hand_over(
            delivery.endpoint.url,
            delivery.body,
            headers,
            networks=settings.PLATEWARDEN_WEBHOOK_NETWORKS,
            authority=settings.PLATEWARDEN_WEBHOOK_AUTHORITY,
        )
    except (DeliveryError, SecretFileError) as error:
        _note_failure(delivery, str(error), now=now)
        return
    Delivery.objects.filter(pk=delivery.pk).update(
        delivered_at=now, tried_at=now, attempts=F("attempts") + 1, problem=""
    )


def _on_its_way(delivery_id: UUID) -> Delivery | None:
    waiting = Delivery.objects.filter(
        pk=delivery_id,
        delivered_at__isnull=True,
        dead_at__isnull=True,
        endpoint__adopted_at__isnull=False,
        endpoint__withdrawn_at__isnull=True,
    )
    return waiting.select_related("endpoint").first()


def _note_failure(delivery: Delivery, problem: str, *, now: datetime) -> None:
    delivery.attempts += 1
    delivery.tried_at, delivery.problem = now, problem[:200]
    delivery.save(update_fields=["attempts", "tried_at", "problem"])
    if delivery.attempts < MOST_ATTEMPTS:
        raise TryAgainError(f"message {delivery.pk} was not taken")
    _bury(delivery, now=now)


@transaction.atomic
def _bury(delivery: Delivery, *, now: datetime) -> None:
    """Give a message up; the administrator is told at most once an hour and endpoint."""
    Delivery.objects.filter(pk=delivery.pk).update(dead_at=now)
    endpoint = delivery.endpoint
    tell(
        kind=NoticeKind.WEBHOOK_DEAD,
        to_role=Role.ADMINISTRATOR,
        subject=_subject(endpoint),
        text=f"{endpoint.name} did not take a message after {delivery.attempts} attempts. Alerts are in the console "
        "all the same; look at what it answers.",
        now=now,
        actor=system_actor("webhooks"),
        once_key=f"webhook:{endpoint.pk}:{now:%Y-%m-%dT%H}",
    )


def bury_stuck(*, now: datetime) -> int:
    """Give up messages whose job died with its worker; returns how many there were."""
    stuck = Delivery.objects.filter(
        delivered_at__isnull=True, dead_at__isnull=True, created_at__lt=now - STUCK_AFTER
    )
    found = list(stuck.select_related("endpoint"))
    for delivery in found:
        if not delivery.problem:
            Delivery.objects.filter(pk=delivery.pk).update(
                problem="Platewarden stopped while it was on its way."
            )
        _bury(delivery, now=now)
    return len(found)


@transaction.atomic
def send_again(*, delivery: Delivery, actor: Actor, now: datetime) -> None:
    """Put a message that was given up on its way once more, under the same id; a receiver that took it drops it.

    Raises:
        PolicyRefusal: *actor* does not look after endpoints.
    """
    require(policy.may_manage_endpoints(actor), action="webhook.send_again")
    fresh = Delivery.objects.filter(
        pk=delivery.pk, dead_at__isnull=False, endpoint__withdrawn_at__isnull=True
    )
    if fresh.update(dead_at=None, attempts=0, created_at=now):
        _defer(delivery)


def forget_about(alert_ids: list[UUID]) -> int:
    """Remove messages about alerts whose day is over; returns how many there were."""
    count, _ = Delivery.objects.filter(alert_id__in=alert_ids).delete()
    return count
