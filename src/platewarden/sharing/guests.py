"""Inviting a guest: a person of a partner agency, on its written word, approved like everybody else (USE-2, ADM-2)."""

from datetime import datetime

from django.db import transaction

from platewarden.accounts.actions import create_account
from platewarden.accounts.models import Agency, User
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.policy import sharing as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.sharing.models import GuestWord
from platewarden.sharing.standing import standing_of


@transaction.atomic
def invite_guest(
    *, agency: Agency, username: str, full_name: str, word: str, actor: Actor, now: datetime
) -> tuple[User, str]:
    """Invite a person of *agency* on its written *word*; return them with the code that lets them set a password.

    Raises:
        PolicyRefusal: *actor* may not, no word is given, or the agency has no access.
        platewarden.accounts.actions.AccountExistsError: The name is taken.
    """
    access = standing_of(agency, now=now).access
    decision = policy.may_invite_guest(actor, access, word=word)
    require(decision, action="guest.invite", facts={"agency": agency.pk})
    user, code = create_account(
        username=username,
        full_name=full_name,
        roles=frozenset({Role.GUEST}),
        supervisor=None,
        agency=agency,
        actor=actor,
        now=now,
    )
    GuestWord.objects.create(user=user, word=word.strip(), invited_at=now)
    details: dict[str, JSON] = {"agency": agency.pk, "word": word.strip()}
    ledger.append(Kind.GUEST_INVITED, actor=actor, subject=f"person:{user.pk}", details=details)
    return user, code
