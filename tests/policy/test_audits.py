"""Who may review, mark, answer, order, carry out and close: the rules by themselves."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.policy import audits as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.audits import RemedyKind, Reviewed, Verdict
from platewarden.policy.parameters import Parameters

pytestmark = pytest.mark.clause("AUD-1")

THEIRS = Reviewed(frozenset({"officer"}))
VIOLATED = Reviewed(frozenset({"officer"}), Verdict.VIOLATION)


@pytest.mark.parametrize("role", list(Role))
def test_auditors_and_the_undersheriff_review(role: Role, people: Any) -> None:
    """And nobody else."""
    decision = policy.may_open_item(people[role.value], THEIRS)
    assert decision.allowed == (role in {Role.AUDITOR, Role.UNDERSHERIFF})


def test_an_auditor_who_is_administrator_reviews_nothing(people: Any) -> None:
    """Should anybody ever be both."""
    both = people.person(Role.AUDITOR, Role.ADMINISTRATOR)
    for decision in (
        policy.may_open_item(both, THEIRS),
        policy.may_mark(both, THEIRS, Verdict.COMPLIANT, note=""),
        policy.may_close(both, unmarked=0, without_remedy=0),
        policy.may_close(both, unmarked=2, without_remedy=1),
    ):
        assert (decision.allowed, decision.clause) == (False, "AUD-1")


def test_a_mark_says_why_where_there_is_something_to_say(people: Any) -> None:
    """A question and a violation have words; taking the place of another mark has a reason."""
    tom: Actor = people.auditor
    assert policy.may_mark(tom, THEIRS, Verdict.COMPLIANT, note="").allowed
    for verdict in (Verdict.QUESTION, Verdict.VIOLATION):
        refused = policy.may_mark(tom, THEIRS, verdict, note="  ")
        assert (refused.allowed, refused.field) == (False, "note")
        assert policy.may_mark(tom, THEIRS, verdict, note="Why so many?").allowed
    again = policy.may_mark(tom, VIOLATED, Verdict.COMPLIANT, note="", why_again=" ")
    assert (again.allowed, again.field) == (False, "why_again")
    assert policy.may_mark(tom, VIOLATED, Verdict.COMPLIANT, note="", why_again="Mistaken.").allowed


@pytest.mark.parametrize(("days", "allowed"), [(0, False), (1, True), (180, True), (181, False)])
def test_a_suspension_has_an_end_and_not_too_far_off(
    days: int,
    allowed: bool,  # noqa: FBT001
    people: Any,
    now: datetime,
) -> None:
    """What is to last longer is the withdrawal of a role."""
    until = now + timedelta(days=days)
    decision = policy.may_order(people.auditor, VIOLATED, RemedyKind.SUSPENSION, until=until, now=now)
    assert decision.allowed is allowed
    assert not policy.may_order(people.auditor, VIOLATED, RemedyKind.SUSPENSION, until=None, now=now).allowed


def test_nothing_follows_without_a_violation(people: Any, now: datetime) -> None:
    """An unmarked item, or one found compliant."""
    for item in (THEIRS, Reviewed(frozenset({"officer"}), Verdict.COMPLIANT)):
        assert not policy.may_order(people.auditor, item, RemedyKind.TALK, until=None, now=now).allowed


@pytest.mark.clause("ADM-4")
@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (RemedyKind.TALK, "supervisor"),
        (RemedyKind.SUSPENSION, "undersheriff"),
        (RemedyKind.REFERRAL, "undersheriff"),
        (RemedyKind.RETRAINING, ""),
    ],
)
def test_each_measure_is_for_one_role_to_carry_out(kind: RemedyKind, role: str, people: Any) -> None:
    """Training anew is nobody's word: it is done by passing."""
    facts: dict[str, Any] = {
        "person_id": "officer",
        "supervisor_id": "",
        "ordered_by_id": "auditor",
        "is_done": False,
    }
    able = {one.value for one in Role if policy.may_carry_out(people[one.value], kind, **facts).allowed}
    assert able == ({role} if role else set())
    if role:
        for change in ({"is_done": True}, {"person_id": role}, {"ordered_by_id": role}):
            assert not policy.may_carry_out(people[role], kind, **{**facts, **change}).allowed


def test_times_are_counted_from_when_they_begin(parameters: Parameters, now: datetime) -> None:
    """A week from its end, an answer from the question, a measure from the order."""
    week = timedelta(days=7)
    assert policy.review_due_at(now, parameters=parameters) == now + week
    assert policy.answer_due_at(now, parameters=parameters) == now + week
    assert policy.remedy_due_at(now, parameters=parameters) == now + 2 * week


def test_everybody_who_works_here_may_declare_and_takes_back_their_own(people: Any) -> None:
    """A plate is its owner's to withdraw; planted ones are the auditors'."""
    assert policy.may_declare(people.officer).allowed
    assert policy.may_withdraw(people.officer, owner_id="officer").allowed
    assert not policy.may_withdraw(people.auditor, owner_id="officer").allowed
    assert policy.may_plant(people.auditor).allowed
    assert not policy.may_plant(people.supervisor).allowed
