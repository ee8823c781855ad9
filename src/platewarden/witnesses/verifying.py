"""Verifying the whole ledger in the background: ordered, followed as it goes, and entered at the end."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import Final

from django.db import connections, transaction

from platewarden.accounts.actors import system_actor
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf
from platewarden.ledger.verify import Verdict, verify_installation
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.rights import may_read_ledger
from platewarden.site.clock import utc_now
from platewarden.witnesses.actions import raise_alarm
from platewarden.witnesses.models import Verification

STEP: Final = 10_240
"""Entries after which the progress is told."""


@transaction.atomic
def order_verification(*, actor: Actor, now: datetime) -> Verification:
    """Have the whole ledger verified by the worker; while one is under way, that one is returned.

    Raises:
        PolicyRefusal: *actor* may not read the ledger.
    """
    from platewarden.witnesses.tasks import verify_ledger  # noqa: PLC0415 - the job calls back into this module

    if actor.is_person:
        require(may_read_ledger(actor), action="ledger.verify")
    running = Verification.objects.filter(finished_at=None, asked_at__gt=now - Verification.GIVEN_UP).first()
    if running:
        return running
    last = LedgerLeaf.objects.order_by("-seq").first()
    made = Verification.objects.create(asked_by=actor.name, asked_at=now, total=last.seq + 1 if last else 0)
    verify_ledger.defer(verification_id=made.pk)
    return made


def verify(verification_id: int) -> Verdict:
    """Verify the ledger for the order *verification_id*, enter the outcome, and raise the alarm if it is not sound."""
    verdict = verify_installation(told=_telling(verification_id))
    _finish(verification_id, verdict, now=utc_now())
    return verdict


def _telling(verification_id: int) -> Callable[[int], None]:
    """Return what notes the progress: on a connection of its own, since the walk's sees one state and cannot write."""

    def told(count: int) -> None:
        if count % STEP == 0:
            with closing(connections.create_connection("default")) as other, other.cursor() as cursor:
                cursor.execute(
                    "update ledger_verifications set seen = %s where id = %s", [count, verification_id]
                )

    return told


@transaction.atomic
def _finish(verification_id: int, verdict: Verdict, *, now: datetime) -> None:
    found = Verification.objects.get(pk=verification_id)
    found.finished_at, found.seen = now, verdict.entries
    found.is_sound, found.sentence = verdict.is_sound, verdict.sentence()[:500]
    found.save()
    timer = system_actor("ledger verification")
    subject = f"ledger:{found.pk}"
    if not verdict.is_sound:
        raise_alarm(
            "the verification found a fault", subject, {"sentence": found.sentence}, actor=timer, now=now
        )
    details: dict[str, JSON] = {"asked_by": found.asked_by, "entries": verdict.entries, "root": verdict.root}
    outcome = "done" if verdict.is_sound else "failed"
    ledger.append(Kind.LEDGER_VERIFIED, actor=timer, subject=subject, outcome=outcome, details=details)
