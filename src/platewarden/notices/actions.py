"""Every write about notices: tell, note that somebody has read them, mark one as handled."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from platewarden.accounts.actors import owning_agency_id, system_actor
from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.doors import addressee_of
from platewarden.notices.models import MailAddress, Notice, NoticeReading
from platewarden.notices.tasks import mail_notice
from platewarden.policy import notices as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.rights import Right, may
from platewarden.site.channel import announce


@transaction.atomic
def tell(
    *,
    kind: NoticeKind,
    subject: str,
    text: str,
    now: datetime,
    to_role: Role | None = None,
    to_user: User | None = None,
    actor: Actor | None = None,
    due_at: datetime | None = None,
    once_key: str = "",
) -> Notice | None:
    """Put a notice into the inbox of *to_user*, or of everybody who holds *to_role*; in the caller's transaction.

    It appends to the ledger, so it comes last beside the caller's own entry; mail, where set up, leaves at commit.

    Args:
        kind: What it is about.
        subject: The thing it is about, as the ledger names it: ``alert:<id>``, ``entry:<id>``, ``hotlist:<id>``.
        text: One sentence or two that say what happened and what to do; never a plate.
        now: The present moment.
        to_role: Everybody who holds this role at the time of reading; or
        to_user: one person.
        actor: Who brought it about; None for Platewarden itself.
        due_at: When it ought to be handled.
        once_key: Saying the same key again comes to nothing, however often a timer or a retry says it.

    Returns:
        The notice; None if *once_key* has been said before.

    Raises:
        ValueError: It goes to nobody, or to a role and a person.
        LedgerUnavailable: It cannot be recorded.
    """
    actor = actor or system_actor("notices")
    agency_id = to_user.agency_id if to_user else owning_agency_id()  # roles are our own people's
    policy.Addressee(agency_id, to_role, str(to_user.pk) if to_user else "")
    notice = Notice(
        agency_id=agency_id,
        kind=kind,
        to_role=to_role or "",
        to_user=to_user,
        subject=subject,
        text=text.strip(),
        raised_at=now,
        due_at=due_at,
        once_key=once_key,
    )
    if not _keep(notice):
        return None
    if settings.EMAIL_HOST:
        mail_notice.defer(notice_id=notice.pk)
    ledger.append(
        Kind.NOTICE_RAISED,
        actor=actor,
        subject=f"notice:{notice.pk}",
        details={"kind": kind, "about": subject, "to": _recipient(notice, kind)},
    )
    announce("notice", _event_facts(notice))
    return notice


def _event_facts(notice: Notice) -> dict[str, Any]:
    return {
        "agency": notice.agency_id,
        "notice": notice.pk,
        "kind": str(notice.kind),
        "to_role": str(notice.to_role),
        "to_user": str(notice.to_user_id or ""),
    }


def _keep(notice: Notice) -> bool:
    """Store *notice* and return True, unless its key has been said before."""
    if not notice.once_key:
        notice.save()
        return True
    if Notice.objects.filter(agency_id=notice.agency_id, once_key=notice.once_key).exists():
        return False
    try:
        with transaction.atomic():
            notice.save()
    except IntegrityError:  # somebody else said it at the same moment
        return False
    return True


def _recipient(notice: Notice, kind: NoticeKind) -> str:
    if kind in policy.CONFIDENTIAL:
        return "not said"
    return f"role:{notice.to_role}" if notice.to_role else f"person:{notice.to_user_id}"


@transaction.atomic
def mark_read(notices: Iterable[Notice], *, actor: Actor, now: datetime) -> None:
    """Note that *actor* has had *notices* before their eyes; only the first time counts."""
    NoticeReading.objects.bulk_create(
        (NoticeReading(notice=notice, user_id=int(actor.id), read_at=now) for notice in notices),
        ignore_conflicts=True,
    )


@transaction.atomic
def handle(*, notice: Notice, actor: Actor, now: datetime) -> None:
    """Record that *actor* has dealt with *notice*; it leaves every inbox that it lies in.

    Raises:
        PolicyRefusal: It is not addressed to them, or somebody has handled it.
        LedgerUnavailable: It cannot be recorded.
    """
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    decision = policy.may_handle_notice(actor, addressee_of(notice), is_handled=notice.handled_at is not None)
    require(decision, action="notice.handle", facts={"notice": notice.pk})
    notice.handled_at, notice.handled_by_id = now, int(actor.id)
    notice.save(update_fields=["handled_at", "handled_by"])
    details = {"kind": notice.kind, "about": notice.subject}
    said_by = system_actor("notices") if notice.kind in policy.CONFIDENTIAL else actor
    ledger.append(Kind.NOTICE_HANDLED, actor=said_by, subject=f"notice:{notice.pk}", details=details)


@transaction.atomic
def settle(*, subject: str, kinds: Iterable[NoticeKind], actor: Actor, now: datetime) -> int:
    """Take notices about *subject* out of the inboxes because *actor* has just dealt with the thing itself.

    The entry for that deed is the caller's. Returns how many notices there were.
    """
    held = Notice.objects.filter(
        agency_id=actor.agency_id, subject=subject, kind__in=list(kinds), handled_at__isnull=True
    )
    return held.update(handled_at=now, handled_by_id=int(actor.id) if actor.is_person else None)


def forget_about(subjects: Iterable[str]) -> int:
    """Remove every notice about *subjects*, which are gone; returns how many there were."""
    _, by_model = Notice.objects.filter(subject__in=list(subjects)).delete()
    return by_model.get(Notice._meta.label, 0)  # noqa: SLF001 - Django's public name for it


def forget_handled(*, now: datetime) -> int:
    """Remove notices that were handled longer ago than the policy keeps them; returns how many there were."""
    kept_for = parameters_at(now).days("accounts.notice_keep_days")
    _, by_model = Notice.objects.filter(handled_at__lt=now - kept_for).delete()
    return by_model.get(Notice._meta.label, 0)  # noqa: SLF001 - likewise


@transaction.atomic
def set_mail_address(*, user: User, address: str, actor: Actor, now: datetime) -> None:
    """Let *user* be told of notices at *address* as well; an empty one ends it.

    Raises:
        PolicyRefusal: *actor* does not manage accounts.
    """
    require(may(actor, Right.MANAGE_ACCOUNTS), action="account.mail")
    if address:
        MailAddress.objects.update_or_create(user=user, defaults={"address": address, "set_at": now})
    else:
        MailAddress.objects.filter(user=user).delete()
    details = {"mail": "set" if address else "removed"}
    ledger.append(Kind.ACCOUNT_CHANGED, actor=actor, subject=f"person:{user.pk}", details=details)
