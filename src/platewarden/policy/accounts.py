"""Rules about accounts and roles themselves; who may do what is in `rights`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.rights import Right, may

APART: Final = (
    (Role.AUDITOR, Role.ADMINISTRATOR, "AUD-1"),
    (Role.APPROVER, Role.ADMINISTRATOR, "ADM-2"),
    (Role.APPROVER, Role.AUDITOR, "ADM-2"),
    (Role.AUDITOR, Role.UNDERSHERIFF, "AUD-2"),
    (Role.ADMINISTRATOR, Role.UNDERSHERIFF, "AUD-2"),
)
"""Roles that no one person holds together, and the clause that keeps them apart."""

ALONE: Final[Mapping[Role, tuple[str, str]]] = MappingProxyType(
    {
        Role.VENDOR: ("ADM-2", "A vendor configures cameras and is nothing else."),
        Role.RECORDS_OFFICER: (
            "SHR-3",
            "The records officer answers requests for records and is nothing else.",
        ),
        Role.GUEST: ("SHR-1", "A guest searches under an agreement and is nothing else."),
    }
)
"""Roles whose holder has no other: they come from outside."""


def may_grant_role(
    actor: Actor,
    *,
    target_id: str,
    target_roles: frozenset[Role],
    role: Role,
    is_held: bool = True,
    is_partners: bool = False,
) -> Decision:
    """Decide whether *actor* may grant *role* to the account *target_id*, which holds *target_roles*.

    > ADM-2: A vendor never adds users: only the agency's administrator grants a role, somebody else approves
    > it, and nobody does either for themselves.

    > AUD-1: Auditors read the whole log, and nobody is auditor and administrator at once.

    > USE-2: Only law-enforcement agencies within New York State have access to the system.

    It is asked for, and in force once it is approved. People of a partner agency (*is_partners*) are its guests and
    nothing else, and nobody else is. While nobody at all holds it (*is_held*), Platewarden's own
    set-up command may make the first administrator and the first approver.
    """
    is_founder = role in {Role.ADMINISTRATOR, Role.APPROVER}
    is_first = actor.kind is ActorKind.SYSTEM and is_founder and not is_held
    return first_refusal(
        allow("ADM-2") if is_first else may(actor, Right.MANAGE_ACCOUNTS),
        _to_somebody_else(actor, target_id),
        _fits_agency(role, is_partners=is_partners),
        _roles_stay_apart(target_roles | {role}),
    )


def may_withdraw_role(actor: Actor, *, target_id: str, role: Role, other_administrators: int) -> Decision:
    """Decide whether *actor* may take *role* from the account *target_id*; the last administrator stays.

    > ADM-2: only the agency's administrator grants a role
    """
    if role in {Role.ADMINISTRATOR, Role.APPROVER} and not other_administrators:
        return refuse(
            "ADM-2",
            f"Account {target_id} is the only {role}.",
            remedy="Grant the role to somebody else first.",
            field="role",
        )
    return may(actor, Right.MANAGE_ACCOUNTS)


def _to_somebody_else(actor: Actor, target_id: str) -> Decision:
    if actor.is_person and actor.id == target_id:
        return refuse(
            "ADM-2", "Nobody grants a role to themselves.", remedy="Ask another administrator.", field="role"
        )
    return allow("ADM-2")


def _fits_agency(role: Role, *, is_partners: bool) -> Decision:
    if (role is Role.GUEST) == is_partners:
        return allow("USE-2")
    return refuse(
        "USE-2",
        "People of a partner agency are its guests and nothing else, and nobody of our own is a guest.",
        remedy="Invite a guest from the page of their agency.",
        field="role",
    )


def _roles_stay_apart(roles: frozenset[Role]) -> Decision:
    for one, other, clause in APART:
        if {one, other} <= roles:
            return refuse(
                clause,
                f"Nobody is {one} and {other} at once.",
                remedy="Withdraw the one role before granting the other.",
                field="role",
            )
    for role, (clause, said) in ALONE.items():
        if role in roles and len(roles) > 1:
            return refuse(clause, said, remedy="Leave the other roles out.", field="role")
    return allow("ADM-2")


def may_approve_role(
    approver: Actor, *, asked_by_id: str, target_id: str, target_roles: frozenset[Role]
) -> Decision:
    """Decide whether *approver* may approve what *asked_by_id* asked for, after which it is *target_roles*.

    > ADM-2: only the agency's administrator grants a role, somebody else approves it, and nobody does either for
    > themselves.
    """
    if approver.id in {asked_by_id, target_id}:
        return refuse(
            "ADM-2",
            "Whoever asks for a role, or is to hold it, does not approve it.",
            remedy="Ask another approver.",
        )
    return first_refusal(may(approver, Right.APPROVE_ACCOUNTS), _roles_stay_apart(target_roles))


def may_withdraw_from(actor: Actor, *, target_id: str, is_last: bool) -> Decision:
    """Decide whether *actor* may close the account *target_id*; nobody closes their own, and the last one stays.

    > ADM-2: only the agency's administrator grants a role
    """
    if actor.id == target_id:
        return refuse("ADM-2", "Nobody closes their own account.", remedy="Ask another administrator.")
    if is_last:
        return refuse(
            "ADM-2",
            "Nobody else would be administrator, or approver.",
            remedy="Let somebody else have the role first.",
        )
    return may(actor, Right.MANAGE_ACCOUNTS)


def may_name_administrator(actor: Actor, *, target_id: str, target_roles: frozenset[Role]) -> Decision:
    """Decide whether *actor* may name the account *target_id*, which holds *target_roles*, administrator for a term.

    > ADM-1: A designated administrator keeps the list of active authorised users, the data and the hotlists.
    """
    if Role.ADMINISTRATOR not in target_roles:
        return refuse(
            "ADM-1",
            "Only somebody who holds the role administrator is named.",
            remedy="Let them be given the role first.",
        )
    if actor.id == target_id:
        return refuse("ADM-1", "Nobody names themselves.", remedy="Ask an approver.")
    return may(actor, Right.NAME_ADMINISTRATOR)


def may_review_users(actor: Actor, *, reviewed: frozenset[str], open_accounts: frozenset[str]) -> Decision:
    """Decide whether *actor* may record a review of the accounts *reviewed*, of those that are open.

    > ADM-1: The list is current at all times and reviewed at least once a year.
    """
    if missing := open_accounts - reviewed:
        return refuse(
            "ADM-1",
            f"A review says something of everybody: {len(missing)} are left out.",
            remedy="Decide for each account that is open.",
        )
    return may(actor, Right.REVIEW_USERS)
