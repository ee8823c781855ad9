"""The worked examples about searches in policy/cases/queries.yaml, as requests to the rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

from platewarden.policy import held as holding
from platewarden.policy import queries, use
from platewarden.policy.casenumbers import CaseStanding
from platewarden.policy.decision import Decision
from platewarden.policy.parameters import Parameters

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def query(given: dict[str, Any], people: Any, parameters: Parameters, *, held: bool = False) -> Decision:
    """Decide whether a search may be made at once."""
    usual: dict[str, Any] = {
        "actor": "investigator",
        "purpose": "criminal_investigation",
        "reason": "Suspect vehicle of the burglary on Green Street",
        "case_number": "2026-004512",
        "kind": "exact",
        "plate_text": "ABC1234",
        "cameras": (),
        "seen_from": NOW - timedelta(days=1, hours=1),
        "seen_until": NOW - timedelta(hours=1),
    }
    facts = usual | given
    justification = queries.Justification(
        use.Purpose(facts["purpose"]),
        facts["reason"],
        facts["case_number"],
        standing=CaseStanding[facts.get("standing", "NOT_CONNECTED")],
        exigent=facts.get("exigent", False),
    )
    scope = queries.QueryScope(
        queries.QueryKind(facts["kind"]),
        facts["plate_text"],
        tuple(facts["cameras"]),
        facts["seen_from"],
        facts["seen_until"],
        area_km2=facts.get("area_km2", 0),
    )
    return queries.may_query(
        people[facts["actor"]],
        justification,
        scope,
        parameters=parameters.adopting(facts.get("adopted", {})),
        now=NOW,
        is_locked=facts.get("is_locked", False),
        held=held,
    )


def put_query(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    """Decide whether a search may be put before somebody else."""
    return query(given, people, parameters, held=True)


def decide_query(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    """Decide whether somebody may decide on a held search."""
    actor = people[given["actor"]]
    search = holding.HeldSearch(
        asked_by_id=given["asked_by"],
        requested_by=given.get("requested_by", ""),
        held_for=frozenset(holding.HeldFor(reason) for reason in given["held_for"]),
        lapses_at=given.get("lapses_at", NOW + timedelta(hours=1)),
        is_decided=given.get("is_decided", False),
        names=frozenset({actor.name}),
    )
    note = given.get("note", "Two victims of the arson confirm the grey car")
    return holding.may_decide(actor, search, note=note, parameters=parameters, now=NOW)


def open_results(given: dict[str, Any], people: Any, parameters: Parameters) -> Decision:
    """Decide whether somebody may open what a search found."""
    return queries.may_open_results(
        people[given["actor"]], asked_by_id=given["asked_by"], expires_at=given["expires_at"], now=NOW
    )
