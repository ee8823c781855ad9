"""Who may do what."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.policy import accounts, adoption, sign_ins
from platewarden.policy.accounts import may_grant_role
from platewarden.policy.actor import Role
from platewarden.policy.clauses import clauses
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import CLAUSES, RIGHTS, Right, may, may_read_ledger


def test_every_right_names_its_roles_and_its_clause() -> None:
    """The table is complete, and rests on clauses the policy has."""
    assert RIGHTS.keys() == CLAUSES.keys() == set(Right)
    assert set(CLAUSES.values()) <= {clause.id for clause in clauses()}
    assert all(RIGHTS.values())


@pytest.mark.clause("USE-1")
@pytest.mark.parametrize("right", list(Right))
def test_a_right_belongs_to_its_roles_and_to_nobody_else(right: Right, people: Any) -> None:
    """A person has a right exactly if one of their roles carries it."""
    for role in Role:
        assert may(people[role.value], right).allowed is (role in RIGHTS[right])
    assert not may(people.person(), right).allowed


@pytest.mark.clause("USE-1")
@pytest.mark.parametrize("right", list(Right))
def test_a_camera_has_no_rights_and_the_system_four(right: Right, people: Any) -> None:
    """A camera may nothing; a timer purges, backs up, loads lists and calibrates; neither grants anything."""
    assert not may(people.camera, right).allowed
    assert may(people.system, right).allowed is (
        right in {Right.PURGE, Right.BACK_UP, Right.LOAD_HOTLISTS, Right.CALIBRATE}
    )


def test_several_roles_add_up(people: Any) -> None:
    """Whoever holds two roles has the rights of both."""
    both = people.person(Role.DISPATCHER, Role.INVESTIGATOR)
    assert may(both, Right.ENTER_MANUALLY).allowed
    assert may(both, Right.ASK_QUERIES).allowed


@pytest.mark.clause("ADM-2")
def test_only_the_administrator_grants_roles(people: Any) -> None:
    """Not even a supervisor adds users."""
    for role in Role:
        decision = may_grant_role(
            people[role.value], target_id="new", target_roles=frozenset(), role=Role.OFFICER
        )
        assert decision.allowed is (role is Role.ADMINISTRATOR)


@pytest.mark.clause("ADM-2")
def test_nobody_grants_a_role_to_themselves(people: Any) -> None:
    """The administrator cannot become a searcher by their own hand."""
    administrator = people.administrator
    decision = may_grant_role(
        administrator, target_id=administrator.id, target_roles=administrator.roles, role=Role.INVESTIGATOR
    )
    assert not decision.allowed
    assert decision.clause == "ADM-2"


@pytest.mark.clause("AUD-1")
@pytest.mark.parametrize(
    ("held", "role"), [(Role.AUDITOR, Role.ADMINISTRATOR), (Role.ADMINISTRATOR, Role.AUDITOR)]
)
def test_nobody_is_auditor_and_administrator_at_once(held: Role, role: Role, people: Any) -> None:
    """Whoever audits does not administer, whichever came first."""
    decision = may_grant_role(
        people.administrator, target_id="tom", target_roles=frozenset({held}), role=role
    )
    assert (decision.allowed, decision.clause) == (False, "AUD-1")


def test_the_set_up_grants_the_first_administrator_and_no_other_role(people: Any) -> None:
    """While there is no administrator, the system may appoint one, and nothing else."""
    nobody: frozenset[Role] = frozenset()
    first = may_grant_role(
        people.system,
        target_id="ada",
        target_roles=nobody,
        role=Role.ADMINISTRATOR,
        is_held=False,
    )
    second = may_grant_role(people.system, target_id="ada", target_roles=nobody, role=Role.ADMINISTRATOR)
    officer = may_grant_role(
        people.system, target_id="ada", target_roles=nobody, role=Role.OFFICER, is_held=False
    )
    assert (first.allowed, second.allowed, officer.allowed) == (True, False, False)


def test_the_last_administrator_keeps_the_role(people: Any) -> None:
    """An agency is never without an administrator."""
    last = accounts.may_withdraw_role(
        people.administrator, target_id="ada", role=Role.ADMINISTRATOR, other_administrators=0
    )
    one_of_two = accounts.may_withdraw_role(
        people.administrator, target_id="ada", role=Role.ADMINISTRATOR, other_administrators=1
    )
    assert (last.allowed, one_of_two.allowed) == (False, True)


@pytest.mark.clause("ADM-3")
def test_a_session_locks_after_half_an_hour_alone(parameters: Parameters, now: datetime) -> None:
    """One second before the limit a session lives; at the limit it is locked."""
    limit = timedelta(minutes=30)
    assert not sign_ins.session_is_idle(now - limit + timedelta(seconds=1), parameters=parameters, now=now)
    assert sign_ins.session_is_idle(now - limit, parameters=parameters, now=now)


@pytest.mark.clause("ADM-4")
def test_five_failures_in_fifteen_minutes_lock_an_account(parameters: Parameters, now: datetime) -> None:
    """Four do not, and neither do five that are spread wider."""
    five = [now - timedelta(minutes=minutes) for minutes in range(5)]
    spread = [now - timedelta(minutes=4 * minutes) for minutes in range(5)]
    assert sign_ins.locks_account(five, parameters=parameters, now=now)
    assert not sign_ins.locks_account(five[1:], parameters=parameters, now=now)
    assert not sign_ins.locks_account(spread, parameters=parameters, now=now)


@pytest.mark.clause("ADM-4")
def test_a_parameter_takes_two_people(people: Any) -> None:
    """Whoever proposes a value does not adopt it, and only management does either."""
    assert adoption.may_propose_parameter(people.supervisor).allowed
    assert not adoption.may_propose_parameter(people.auditor).allowed
    assert not adoption.may_adopt_parameter(people.supervisor, proposed_by_id="supervisor").allowed
    assert adoption.may_adopt_parameter(people.administrator, proposed_by_id="supervisor").allowed
    assert not adoption.may_adopt_parameter(people.officer, proposed_by_id="supervisor").allowed


@pytest.mark.clause("AUD-1")
def test_auditors_read_the_log_and_officers_do_not(people: Any) -> None:
    """The log belongs to oversight."""
    assert may_read_ledger(people.auditor).allowed
    assert not may_read_ledger(people.officer).allowed
