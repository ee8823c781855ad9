"""The worked examples of policy/cases, run: each sentence is a test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from platewarden.matching.grades import Grade
from platewarden.policy import (
    attention,
    capture,
    corrections,
    entries,
    hits,
    holds,
    hotlists,
    reports,
    retention,
    use,
    verification,
)
from platewarden.policy.audiences import (
    AlertFacts,
    Audience,
    Duty,
    Priority,
    may_see_alert,
    receives,
)
from platewarden.policy.decision import Decision, allow, refuse
from platewarden.policy.location import policy_folder
from platewarden.policy.parameters import ParameterError, Parameters
from tests.policy import match_examples, query_examples

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One worked example, as written."""

    title: str
    rule: str
    given: dict[str, Any]
    then: dict[str, Any]


def _cases() -> Iterator[Any]:
    for path in sorted((policy_folder() / "cases").glob("*.yaml")):
        for written in yaml.safe_load(path.read_text(encoding="utf-8")):
            case = Case(written["case"], written["rule"], written.get("given") or {}, written["then"])
            yield pytest.param(case, id=f"{path.stem}: {case.title}")


def _use_purpose(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    return use.may_use_purpose(use.Purpose(given["purpose"]), parameters=parameters)


def _state_reason(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    return use.may_state_reason(
        people[given["actor"]], given["reason"], requested_by=given.get("requested_by", "")
    )


def _see_plate_data(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    return use.may_see_plate_data(people[given["actor"]], now=NOW)


def _verification(given: dict[str, Any]) -> hits.Verification:
    return hits.Verification(
        hits.Comparison(given.get("characters", "match")),
        hits.Comparison(given.get("state", "match")),
        hits.StatusCheck(given.get("status_check", "confirmed")),
        given.get("status_note", ""),
        hits.StatusReason(given["status_reason"]) if "status_reason" in given else None,
        looked_again=given.get("looked_again", False),
    )


def _verify(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    facts = verification.VerificationFacts(
        _verification(given), frozenset(given.get("opened_by", ["officer"]))
    )
    return verification.may_verify(people[given.get("actor", "officer")], facts, now=NOW)


def _look_facts(given: dict[str, Any]) -> verification.LookFacts:
    return verification.LookFacts(
        looked_by=frozenset(given.get("looked_by", ())),
        opened_by=frozenset(given.get("opened_by", ["officer"])),
        has_image=given.get("has_image", True),
    )


def _see_entry(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    in_force = parameters.adopting({"hits.blind_first_look": given.get("asked", True)})
    return verification.may_see_entry(people.officer, _look_facts(given), parameters=in_force)


def _first_look(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    return verification.may_take_first_look(people.officer, _look_facts(given))


def _verify_after_look(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    outcome = None
    if "typed" in given:
        look = verification.FirstLook(given["typed"], given["typed_state"])
        outcome = verification.outcome_of(look, "KAB4821", "NY")
    facts = verification.VerificationFacts(
        _verification(given), frozenset({"officer"}), first_look=outcome, asks_first_look=True
    )
    return verification.may_verify(people.officer, facts, now=NOW)


def _dispose(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    facts = hits.DispositionFacts(
        _verification(given) if given.get("verified", True) else None,
        hits.Finding(given.get("finding", "correct_read")),
        hits.ActionTaken(given.get("action", "no_action")),
        given.get("case_number", ""),
        is_disposed=given.get("disposed", False),
        kept_in=given.get("kept_in", ""),
    )
    return hits.may_dispose(people.officer, facts, parameters=parameters, now=NOW)


def _silence(given: dict[str, Any], people: Any, parameters: Parameters) -> dict[str, bool]:
    category = hotlists.Category(given.get("category", "stolen_vehicle"))
    return {"silent": corrections.silences(category, is_confirmed=given.get("confirmed", False))}


def _confirm(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    return corrections.may_confirm(
        people[given.get("actor", "supervisor")],
        placed_by_id=given.get("placed_by", "officer"),
        is_confirmed=given.get("confirmed", False),
        is_lifted=given.get("lifted", False),
    )


def _lift(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    return corrections.may_lift(
        people[given.get("actor", "supervisor")],
        reason=given.get("reason", "The owner holds the entry to be right"),
        is_confirmed=given.get("confirmed", False),
        is_lifted=given.get("lifted", False),
        parameters=parameters,
    )


def _look_behind(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    actor = people[given.get("actor", "supervisor")]
    return corrections.may_look_behind(actor, is_answered=given.get("answered", False))


def _report(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    number = given.get("case_number", "2026-004512")
    return reports.may_report(people[given.get("actor", "officer")], number, parameters=parameters)


def _report_on(given: dict[str, Any], people: Any, parameters: Parameters) -> dict[str, bool]:
    parts = reports.Parts(acknowledged_by=given.get("taken_by", "officer"))
    return {"theirs": reports.is_reportable_by(people[given.get("actor", "officer")], parts)}


def _preserve(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    number = given.get("case_number", "2026-004512")
    return retention.may_preserve(people[given.get("actor", "officer")], number, parameters=parameters)


def _hold_facts(given: dict[str, Any]) -> holds.HoldFacts:
    return holds.HoldFacts(
        case_number=given.get("case_number", "2026-004512"),
        asked_under=given.get("asked_under", "2026-004512"),
        authority=holds.stated_authority(given.get("authority", "court_order")),
        authority_text=given.get("authority_text", "County Court, order 114 of 18 May"),
        reason="The defence has asked for the car's way that week",
        ends_at=NOW + timedelta(days=given.get("days", 60)),
        reads=given.get("reads", 12),
    )


def _request_hold(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    actor = people[given.get("actor", "investigator")]
    return holds.may_request_hold(actor, _hold_facts(given), parameters=parameters, now=NOW)


def _place_hold(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    asked_by = given.get("requested_by", "investigator")
    facts = _hold_facts(given)
    return holds.may_place_hold(
        people.administrator, facts, requested_by_id=asked_by, parameters=parameters, now=NOW
    )


def _mute(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    until = NOW + timedelta(minutes=given.get("minutes", 10))
    priority = Priority(given["priority"])
    return attention.may_mute(people.officer, priority, until=until, parameters=parameters, now=NOW)


def _audience(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    audience = Audience.from_codes(given.get("audience", []))
    return may_see_alert(people[given["actor"]], AlertFacts(1, audience))


def _hear(given: dict[str, Any], people: Any, parameters: Parameters) -> dict[str, Any]:
    alert = AlertFacts(
        1,
        Audience.from_codes(given.get("audience", [])),
        given.get("seen_in", ""),
        Priority(given.get("priority", "normal")),
        is_covered=given.get("covered", True),
    )
    duty = Duty(frozenset(given["on_duty_for"])) if "on_duty_for" in given else None
    return {"told": receives(people[given.get("actor", "officer")], alert, duty=duty)}


def _escalate(given: dict[str, Any], people: Any, parameters: Parameters) -> dict[str, Any]:
    alert = attention.WaitingAlert(
        NOW - timedelta(minutes=given["minutes_ago"]),
        Priority(given.get("priority", "normal")),
        is_taken=given.get("taken", False),
        is_disposed=given.get("disposed", False),
    )
    due = attention.escalations_of(alert, parameters=parameters, now=NOW)
    return {"supervisors_are_told": [f"{one.kind} {one.step}" for one in due]}


def _enter_manually(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    usual: dict[str, Any] = {
        "reason": "Vehicle of the burglary suspect on Green Street",
        "case_number": "2026-004512",
        "state": "NY",
        "any_state": False,
        "expires_at": NOW + timedelta(days=7),
    }
    facts = entries.ManualEntryFacts(**(usual | given))
    return entries.may_enter_manually(people.officer, facts, parameters=parameters, now=NOW)


def _hold_category(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    category = hotlists.category_from_code(given["code"])
    if isinstance(category, hotlists.RefusedCategory):
        return refuse(category.clause, category.reason, remedy="Leave it out.")
    return hotlists.may_hold(category, parameters=parameters)


def _replace_list(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    return hotlists.may_replace(current_effective_at=given["current"], new_effective_at=given["new"], now=NOW)


def _shrink_unattended(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    return hotlists.may_shrink_unattended(**given, parameters=parameters)


def _submit(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    signed_at = given.get("statement_signed_at", datetime(2026, 3, 1, tzinfo=UTC))
    facts = capture.CameraFacts(
        is_approved=given.get("approved", True),
        is_credential_revoked=given.get("revoked", False),
        statement_signed_at=signed_at,
        kind=capture.CameraKind(given.get("kind", "fixed")),
        deployments=tuple(
            capture.DeploymentFacts(one["starts_at"], one["ends_at"], one.get("signed_at"))
            for one in given.get("deployments", ())
        ),
    )
    return capture.may_submit(facts, parameters=parameters, now=NOW)


def _keep(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    return capture.may_keep(given["seen_at"], parameters=parameters, now=NOW)


def _keep_members(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    return capture.may_keep_members(given["members"])


def _day_is_due(given: dict[str, Any], people: Any, parameters: Parameters) -> dict[str, Any]:
    in_force = parameters.adopting(given.get("adopted", {}))
    return {"due": retention.is_due(given["day"], parameters=in_force, now=given["now"])}


def _adopt(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    try:
        parameters.adopting(given)
    except ParameterError as error:
        clause = str(error).split(":", maxsplit=1)[0]
        return refuse(clause, str(error), remedy="Adopt a value within the bounds.")
    return allow("RET-1")


def _trust_clock(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    return retention.may_trust_clock(given["last_seen"], parameters=parameters, now=NOW)


def _match(given: dict[str, Any], people: Any, parameters: Parameters) -> dict[str, Any]:
    return match_examples.answer(given, parameters)


RULES: dict[str, Callable[[dict[str, Any], Any, Parameters], Decision | dict[str, Any]]] = {
    rule.__name__.removeprefix("_"): rule
    for rule in (
        _use_purpose,
        _state_reason,
        _see_plate_data,
        query_examples.query,
        query_examples.put_query,
        query_examples.decide_query,
        query_examples.open_results,
        _verify,
        _see_entry,
        _first_look,
        _verify_after_look,
        _dispose,
        _silence,
        _confirm,
        _lift,
        _look_behind,
        _report,
        _report_on,
        _preserve,
        _request_hold,
        _place_hold,
        _mute,
        _audience,
        _hear,
        _escalate,
        _enter_manually,
        _hold_category,
        _match,
        _replace_list,
        _shrink_unattended,
        _submit,
        _keep,
        _keep_members,
        _day_is_due,
        _adopt,
        _trust_clock,
    )
}


@pytest.mark.parametrize("case", list(_cases()))
def test_the_policy_answers_as_the_example_says(case: Case, people: Any, parameters: Parameters) -> None:
    """Every example a lawyer can read is what the rules answer."""
    answer = RULES[case.rule](case.given, people, parameters)
    if isinstance(answer, dict):
        assert answer == case.then
        return
    assert {name: getattr(answer, name) for name in case.then} == case.then
    assert answer.reason or answer.allowed
    assert bool(answer.remedy) is not answer.allowed


def test_there_are_enough_examples_to_read_the_policy_by() -> None:
    """Every chapter that refuses something has examples, each with a sentence of its own."""
    titles = [parameter.values[0].title for parameter in _cases()]
    assert len(set(titles)) == len(titles) >= 25
    assert {path.stem for path in (policy_folder() / "cases").glob("*.yaml")} >= {
        "capture", "hits", "hotlists", "queries", "retention", "use",
    }  # fmt: skip


def test_there_are_enough_examples_of_matches() -> None:
    """Every grade has examples, and so has every outcome; forty at least, for a lawyer to read."""
    told = [example["then"] for example in match_examples.examples()]
    assert len(told) >= 40
    assert {then["grade"] for then in told if "grade" in then} == {grade.value for grade in Grade}
    assert {then["outcome"] for then in told} == {"alert", "candidate", "calibration", "nothing"}
