"""The body of an entry: what it says, and the one way it is written."""

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.ledger.bodies import Draft, canonical_json, place_of
from platewarden.ledger.kinds import Kind
from platewarden.ledger.leaf import body_digest, digest_in, leaf_bytes
from platewarden.policy.actor import Actor, ActorKind

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", codec="utf-8")),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(codec="ascii", min_codepoint=32)), inner)
    ),
    max_leaves=10,
)


def test_a_body_says_who_did_what_to_what_and_how_it_came_out(actor: Actor) -> None:
    """CJIS AU-3: identity, source, event, object and outcome are in every entry."""
    draft = Draft(
        kind=Kind.ALERT_VERIFIED, actor=actor, subject="alert:3", details={"state": "same", "read": 9}
    )
    assert draft.body() == (
        '{"actor":{"address":"192.0.2.7","agency":1,"id":"7","kind":"person","name":"alice",'
        '"roles":["auditor","officer"],"session":"5e55"},'
        '"details":{"read":9,"state":"same"},"outcome":"done","result":"done","subject":"alert:3"}'
    )


@given(JSON_VALUES)
def test_canonical_json_is_json(value: Any) -> None:
    """What is written reads back as what was meant, and writing it again changes nothing."""
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


def test_hostile_text_cannot_keep_an_entry_from_being_written() -> None:
    """NUL and lone surrogates, which the database cannot hold, become replacement characters."""
    assert canonical_json({"a\0": "x\0y\ud800z"}) == '{"a�":"x�y���z"}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_without_a_json_form_are_refused(value: Any) -> None:
    """A number that readers would read differently has no place in evidence."""
    with pytest.raises(ValueError, match="details"):
        canonical_json([value])


@pytest.mark.parametrize("value", [b"bytes", datetime(2026, 1, 1, tzinfo=UTC), {1: 2}, object(), {3}])
def test_values_without_a_json_form_are_refused(value: Any) -> None:
    """Nothing is turned into text behind the caller's back."""
    with pytest.raises(TypeError, match="details"):
        canonical_json({"value": value})


def test_a_body_has_a_size_limit(actor: Actor) -> None:
    """An entry holds digests and counts of large things, never the things."""
    with pytest.raises(ValueError, match="65536 bytes"):
        Draft(kind=Kind.HOTLIST_LOADED, actor=actor, details={"lines": "x" * 66_000}).body()


def test_the_leaf_is_legible_and_names_nobody() -> None:
    """Version, number, time in UTC to the microsecond, kind, and the body's digest: that is all."""
    at = datetime(2026, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert leaf_bytes(41, at, "query.asked", bytes(32)).decode() == (
        "platewarden ledger leaf 1\nseq 41\nat 2026-03-01T18:00:00.000000Z\nkind query.asked\n"
        f"body sha256:{'00' * 32}\n"
    )


@given(st.integers(0, 2**63), st.sampled_from(Kind), st.binary(min_size=32, max_size=32), st.text())
def test_the_digest_can_be_read_from_the_leaf(seq: int, kind: Kind, salt: bytes, body: str) -> None:
    """The leaf states the digest of salt and body, and bytes that are no leaf state none."""
    digest = body_digest(salt, body)
    leaf = leaf_bytes(seq, datetime(2026, 3, 1, tzinfo=UTC), kind, digest)
    assert digest_in(leaf) == digest
    assert digest_in(leaf + b"\n") is digest_in(leaf[1:]) is None


def test_every_kind_explains_itself() -> None:
    """Each kind is thing.event in lower case and has its sentence."""
    for kind in Kind:
        assert kind == kind.value
        assert kind.description.endswith(".")
        assert [part.replace("_", "").isalpha() and part.islower() for part in kind.split(".")] == [
            True,
            True,
        ]
    assert Kind("sign_in.out") is Kind.SIGN_OUT


@pytest.mark.parametrize("kind", Kind)
def test_an_entry_of_every_kind_says_what_an_audit_asks(actor: Actor, kind: Kind) -> None:
    """CJIS AU-3 for each kind: who, in which roles, from where, what was done to what, how it came out."""
    body = json.loads(Draft(kind=kind, actor=actor, subject="thing:1").body())
    assert set(body) == {"actor", "subject", "outcome", "result", "details"}
    assert set(body["actor"]) == {"kind", "id", "name", "agency", "roles", "address", "session"}
    assert all(body["actor"].values())
    assert kind.description.endswith(".")


@pytest.mark.parametrize(
    ("outcome", "result"),
    [
        ("done", "done"),
        ("shown", "done"),
        ("refused", "refused"),
        ("denied", "refused"),
        ("abandoned", "failed"),
        ("overdue", "failed"),
    ],
)
def test_every_outcome_comes_to_one_of_three(actor: Actor, outcome: str, result: str) -> None:
    """Done, refused or failed, whatever word the kind has for it."""
    assert json.loads(Draft(kind=Kind.ALERT_OPENED, actor=actor, outcome=outcome).body())["result"] == result


def test_a_command_says_from_where_it_was_given() -> None:
    """What no request brought comes from an account and a terminal of this machine."""
    timer = Actor(kind=ActorKind.SYSTEM, id="purge", name="purge", agency_id=1)
    assert place_of(timer).startswith(f"this machine, account {os.geteuid()}, ")
    camera = Actor(kind=ActorKind.CAMERA, id="1", name="route-13", agency_id=1)
    assert place_of(camera) == ""
