"""Every write about correction notices: write one, say that it went out, record its answer."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from platewarden.accounts.models import User
from platewarden.corrections.letters import as_text, letter_facts
from platewarden.corrections.models import CorrectionNotice, Suppression
from platewarden.corrections.suppressing import subject_of
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.policy import corrections as policy
from platewarden.policy.actor import Actor
from platewarden.policy.corrections import Answer, Channel
from platewarden.policy.decision import require
from platewarden.reports.typesetting import LAYOUTS, set_pdf


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that has been written; its content is handed out and not kept."""

    notice: CorrectionNotice
    content: bytes


@transaction.atomic
def write_letter(
    *, suppression: Suppression, addressed_to: str, is_text: bool, actor: Actor, now: datetime
) -> Letter:
    """Write to the owner of the entry behind *suppression*, as a PDF or as plain text.

    Raises:
        PolicyRefusal: *actor* may not.
        NothingToWriteError: Nothing is left to write from.
        KeyUnavailable, ImageUnavailable: What is left cannot be opened.
        LedgerUnavailable: It cannot be recorded, so there is no letter.
    """
    require(policy.may_write_correction(actor), action="correction.write")
    by = User.objects.get(pk=actor.id)
    facts = letter_facts(suppression, addressed_to=addressed_to.strip(), by=by, now=now)
    content = as_text(facts).encode() if is_text else set_pdf(LAYOUTS / "letter.typ", facts, now=now)
    digest = hashlib.sha256(content)
    notice = CorrectionNotice.objects.create(
        suppression=suppression,
        addressed_to=addressed_to.strip(),
        digest=digest.digest(),
        written_at=now,
        written_by=by,
    )
    details: dict[str, JSON] = {"notice": notice.pk, "to": notice.addressed_to, "sha256": digest.hexdigest()}
    ledger.append(Kind.CORRECTION_WRITTEN, actor=actor, subject=subject_of(suppression), details=details)
    return Letter(notice, content)


@transaction.atomic
def record_sent(
    *, notice: CorrectionNotice, channel: Channel, actor: Actor, now: datetime
) -> CorrectionNotice:
    """Record that a correction notice went out; the time for its answer begins.

    Raises:
        PolicyRefusal: *actor* may not.
        LedgerUnavailable: It cannot be recorded.
    """
    require(policy.may_track_correction(actor), action="correction.send")
    notice = _lock(notice)
    notice.sent_at, notice.sent_by_id, notice.channel = now, int(actor.id), channel.value
    notice.save(update_fields=["sent_at", "sent_by", "channel"])
    details = {"notice": notice.pk, "channel": channel.value}
    ledger.append(Kind.CORRECTION_SENT, actor=actor, subject=subject_of(notice.suppression), details=details)
    return notice


@transaction.atomic
def record_answer(
    *, notice: CorrectionNotice, answer: Answer, actor: Actor, now: datetime
) -> CorrectionNotice:
    """Record what the owner answered; an entry that they corrected ends its suppression by itself.

    Raises:
        PolicyRefusal: *actor* may not.
        LedgerUnavailable: It cannot be recorded.
    """
    require(policy.may_track_correction(actor), action="correction.answer")
    notice = _lock(notice)
    notice.answered_at, notice.answered_by_id, notice.answer = now, int(actor.id), answer.value
    notice.save(update_fields=["answered_at", "answered_by", "answer"])
    details = {"notice": notice.pk, "answer": answer.value}
    ledger.append(
        Kind.CORRECTION_ANSWERED, actor=actor, subject=subject_of(notice.suppression), details=details
    )
    return notice


def _lock(notice: CorrectionNotice) -> CorrectionNotice:
    return (
        CorrectionNotice.objects.select_for_update(of=("self",))
        .select_related("suppression")
        .get(pk=notice.pk)
    )
