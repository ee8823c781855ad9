"""The administrator's term and the yearly review of users, and what is due about people (ADM-1)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from platewarden.accounts.actors import founded_at, roles_of
from platewarden.accounts.models import AdministratorTerm, User, UserReview
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import accounts as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.duties import Duty
from platewarden.site.looks import shared


@transaction.atomic
def name_administrator(*, user: User, ends_at: datetime, actor: Actor, now: datetime) -> AdministratorTerm:
    """Name *user* administrator until *ends_at*, or until the longest term the policy allows.

    Raises:
        PolicyRefusal: *actor* may not, names themselves, or *user* is no administrator.
    """
    roles = roles_of(user, now=now)
    decision = policy.may_name_administrator(actor, target_id=str(user.pk), target_roles=roles)
    require(decision, action="administrator.name")
    latest = now + parameters_at(now).days("accounts.administrator_term_days")
    term = AdministratorTerm.objects.create(
        user=user, begins_at=now, ends_at=min(ends_at, latest), named_by=actor.name
    )
    ledger.append(
        Kind.ADMINISTRATOR_NAMED,
        actor=actor,
        subject=f"person:{user.pk}",
        details={"until": term.ends_at.isoformat()},
    )
    return term


@transaction.atomic
def review_users(*, decisions: Mapping[str, str], actor: Actor, now: datetime) -> UserReview:
    """Record that *actor* looked at every open account, and what they decided for each, by the name to sign in with.

    What is decided is done by its own act: a role withdrawn, an account closed. This is the record of the looking.

    Raises:
        PolicyRefusal: *actor* may not, or somebody is left out.
    """
    people = User.objects.filter(is_active=True)
    decision = policy.may_review_users(
        actor,
        reviewed=frozenset(decisions),
        open_accounts=frozenset(people.values_list("username", flat=True)),
    )
    require(decision, action="users.review")
    review = UserReview.objects.create(reviewed_by_id=int(actor.id), at=now, decisions=dict(decisions))
    kept = sum(said == "keep" for said in decisions.values())
    ledger.append(
        Kind.USERS_REVIEWED,
        actor=actor,
        subject=f"review:{review.pk}",
        details={"people": len(decisions), "kept": kept},
    )
    return review


@shared
def duties_at(now: datetime) -> list[Duty]:
    """Return what is due about people: the administrator's next term, and the yearly review of users."""
    return [_term(now), _review(now)]


def _term(now: datetime) -> Duty:
    term = AdministratorTerm.objects.select_related("user").first()
    evidence = f"{term.user.full_name} until {term.ends_at:%Y-%m-%d}" if term else "nobody is named"
    due_at = term.ends_at if term else founded_at(now)
    return Duty(
        "Name the administrator", "ADM-1", Role.APPROVER, due_at, evidence, "accounts:people", is_rare=True
    )


def _review(now: datetime) -> Duty:
    last = UserReview.objects.select_related("reviewed_by").first()
    every = parameters_at(now).days("accounts.user_review_days")
    if last:
        due_at, evidence = last.at + every, f"{last.reviewed_by.full_name} on {last.at:%Y-%m-%d}"
    else:
        due_at, evidence = founded_at(now) + every, "never reviewed here"
    return Duty(
        "Review the users", "ADM-1", Role.ADMINISTRATOR, due_at, evidence, "accounts:review", is_rare=True
    )
