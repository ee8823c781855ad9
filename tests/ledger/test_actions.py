"""Appending, refusals, checkpoints and erasure: what `platewarden.ledger.actions` promises."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from platewarden.ledger import actions, store
from platewarden.ledger.actions import LedgerInconsistent, LedgerUnavailable
from platewarden.ledger.bodies import Draft
from platewarden.ledger.checkpoint import VerifierKey, open_checkpoint
from platewarden.ledger.keys import LogKeyError
from platewarden.ledger.kinds import Kind
from platewarden.ledger.leaf import body_digest, leaf_bytes
from platewarden.ledger.models import Checkpoint, LedgerBody, LedgerLeaf
from platewarden.policy.actor import Actor
from platewarden.policy.decision import PolicyRefusal, refuse


def test_an_entry_is_numbered_and_timed_by_the_database(db: None, actor: Actor) -> None:
    """Entries are numbered without gaps, and the database's clock, not ours, says when."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        (before,) = cursor.fetchone()
    first = actions.append(Kind.ALERT_OPENED, actor=actor, subject="alert:1")
    second = actions.append(Kind.ALERT_OPENED, actor=actor, subject="alert:2")
    assert second.seq == first.seq + 1
    assert before <= first.at <= second.at


def test_an_entry_is_kept_as_its_leaf_says(db: None, actor: Actor) -> None:
    """The leaf's bytes are those of its version, over a random salt and the body as it was given."""
    entry = actions.append(Kind.ALERT_OPENED, actor=actor, subject="alert:1", details={"é": "☃"})
    leaf, body = LedgerLeaf.objects.get(seq=entry.seq), LedgerBody.objects.get(pk=entry.seq)
    digest = body_digest(bytes(body.salt), body.body)
    assert bytes(leaf.canon) == leaf_bytes(entry.seq, entry.at, "alert.opened", digest)
    assert body.content["details"] == {"é": "☃"}
    assert (body.actor, body.subject) == ("alice", "alert:1")


def test_no_two_entries_share_a_salt(db: None, actor: Actor) -> None:
    """Equal bodies have different digests, so a leaf does not betray what was erased."""
    actions.append_many([Draft(kind=Kind.SIGN_OUT, actor=actor)] * 3)
    salts = {bytes(salt) for salt in LedgerBody.objects.values_list("salt", flat=True)}
    assert len(salts) == LedgerBody.objects.count()


def test_many_entries_are_appended_in_their_order(
    db: None, actor: Actor, verdict: Callable[..., Any]
) -> None:
    """One call takes any number of entries and keeps their order; none is no entry."""
    drafts = [Draft(kind=Kind.ALERT_RAISED, actor=actor, subject=f"alert:{n}") for n in range(37)]
    entries = actions.append_many(drafts)
    assert [entry.seq for entry in entries] == list(range(entries[0].seq, entries[0].seq + 37))
    found = LedgerBody.objects.order_by("leaf").values_list("subject", flat=True)
    assert list(found)[-37:] == [draft.subject for draft in drafts]
    assert actions.append_many([]) == []
    assert verdict().is_sound


def test_an_entry_outside_a_transaction_is_refused(fresh_database: str, actor: Actor) -> None:
    """An entry without the fact that it records would prove nothing: there must be a transaction."""
    with pytest.raises(transaction.TransactionManagementError, match=r"within transaction\.atomic"):
        actions.append(Kind.SIGN_OUT, actor=actor)
    assert not LedgerLeaf.objects.exists()


def test_an_entry_of_a_failed_action_leaves_no_trace(
    fresh_database: str, actor: Actor, fill: Callable[[int], list[Any]], verdict: Callable[..., Any]
) -> None:
    """Rolling back takes the entry along, and the next one gets its number."""
    last = fill(3)[-1]

    @transaction.atomic
    def failing() -> None:
        actions.append(Kind.ALERT_DISPOSED, actor=actor)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    with transaction.atomic():
        assert actions.append(Kind.SIGN_OUT, actor=actor).seq == last.seq + 1
    assert not LedgerLeaf.objects.filter(kind=Kind.ALERT_DISPOSED).exists()
    assert verdict().is_sound


def test_a_database_that_takes_no_entry_makes_the_action_fail(db: None, actor: Actor) -> None:
    """If an entry cannot be written the caller learns it and nothing goes ahead."""
    with connection.cursor() as cursor:
        cursor.execute("set local transaction_read_only = on")
    with pytest.raises(LedgerUnavailable, match="nothing was done or shown"), transaction.atomic():
        actions.append(Kind.QUERY_ANSWERED, actor=actor)


def test_an_entry_that_waits_too_long_fails(
    fresh_database: str, owner_connection: psycopg.Connection[Any], actor: Actor
) -> None:
    """Another transaction that keeps the ledger locked makes appending fail, not hang."""
    owner_connection.execute("alter function ledger_append set lock_timeout = '50ms'")
    with owner_connection.transaction():
        owner_connection.execute("select pg_advisory_xact_lock(6962)")
        with pytest.raises(LedgerUnavailable), transaction.atomic():
            actions.append(Kind.QUERY_ANSWERED, actor=actor)


@pytest.mark.parametrize("kind", [Kind.BODIES_ERASED, Kind.CLOCK_STEPPED_BACK])
def test_the_ledger_s_own_kinds_cannot_be_appended(db: None, actor: Actor, kind: Kind) -> None:
    """Nobody can excuse missing bodies or times that run backwards by an entry of their own."""
    with pytest.raises(LedgerUnavailable), transaction.atomic():
        actions.append(kind, actor=actor)


def test_entries_by_many_at_once_have_no_gaps(
    fresh_database: str, actor: Actor, verdict: Callable[..., Any]
) -> None:
    """Four connections appending at the same time still make one tree without gaps."""

    def work() -> None:
        try:
            for size in (1, 3, 1, 7, 1) * 4:
                with transaction.atomic():
                    actions.append_many([Draft(kind=Kind.READS_COUNTED, actor=actor)] * size)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verdict()
    assert found.is_sound
    assert found.entries == LedgerLeaf.objects.count() == 4 * 4 * 13


def test_a_clock_that_is_set_back_is_on_record(
    fresh_database: str,
    owner_connection: psycopg.Connection[Any],
    fill: Callable[[int], list[Any]],
    verdict: Callable[..., Any],
) -> None:
    """Small steps back are held at the last time; a large one becomes an entry of its own."""
    latest = fill(2)[-1].at
    append_at = "select at from ledger_append_at(array['sign_in.out'], array['{}'], %s)"
    ((held,),) = owner_connection.execute(append_at, [latest - timedelta(seconds=30)]).fetchall()
    ((back,),) = owner_connection.execute(append_at, [latest - timedelta(hours=3)]).fetchall()
    assert (held, back) == (latest, latest - timedelta(hours=3))
    assert list(LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True))[2:] == [
        "sign_in.out",
        "clock.stepped_back",
        "sign_in.out",
    ]
    assert verdict().is_sound


def refusal() -> PolicyRefusal:
    """Return the refusal of a query without a case number."""
    decision = refuse("QRY-1", "A query needs a case number.", remedy="Give one.", field="case_number")
    return PolicyRefusal(decision, refused_action="query.ask", facts={"purpose": 4, "odd": object})


@pytest.mark.clause("QRY-2")
def test_a_refusal_is_evidence(fresh_database: str, actor: Actor) -> None:
    """What was refused, under which clause and why, outlives the transaction that was rolled back."""
    with pytest.raises(PolicyRefusal), transaction.atomic():
        raise refusal()
    entry = actions.record_refusal(refusal(), actor=actor)
    body = LedgerBody.objects.get(pk=entry.seq).content
    assert body["outcome"] == "refused"
    assert body["details"] == {
        "action": "query.ask",
        "clause": "QRY-1",
        "reason": "A query needs a case number.",
        "remedy": "Give one.",
        "field": "case_number",
        "facts": {"purpose": "4", "odd": "<class 'object'>"},
    }


def test_a_refusal_is_not_recorded_where_it_could_be_undone(fresh_database: str, actor: Actor) -> None:
    """While a transaction is open its end could undo the entry, so recording one there is a mistake."""
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        actions.record_refusal(refusal(), actor=actor)


def test_a_refusal_that_cannot_be_recorded_is_said_to_be_so(
    fresh_database: str, owner_connection: psycopg.Connection[Any], actor: Actor
) -> None:
    """A database that cannot take the record is an error of its own, so that the edge can fail closed."""
    owner_connection.execute("revoke execute on function ledger_append from platewarden_app")
    with pytest.raises(LedgerUnavailable):
        actions.record_refusal(refusal(), actor=actor)


def test_a_vain_search_is_evidence(fresh_database: str, actor: Actor) -> None:
    """Looking for what is absent or another's leaves an entry with the page's name and no address."""
    entry = actions.record_missing(actor=actor, page="alerts:detail")
    assert LedgerLeaf.objects.get(seq=entry.seq).kind == "object.missing"
    assert LedgerBody.objects.get(pk=entry.seq).content["details"] == {"page": "alerts:detail"}


def test_a_checkpoint_covers_everything_and_its_own_order(
    fresh_database: str, actor: Actor, fill: Callable[[int], list[Any]], log_key: VerifierKey, now: datetime
) -> None:
    """Signing appends who ordered it, signs the head over that, and keeps the note twice."""
    fill(6)
    signed = actions.sign_checkpoint(actor=actor, now=now)
    head = open_checkpoint(signed.note, [log_key])
    assert (head.origin, head.size, head.root) == ("test.platewarden.invalid/ledger", 7, bytes(signed.root))
    assert LedgerLeaf.objects.get(seq=6).kind == Kind.CHECKPOINT_SIGNED
    assert Checkpoint.objects.get().signed_at == now


@pytest.mark.usefixtures("log_key")
def test_a_checkpoint_is_kept_outside_the_database(
    fresh_database: str, actor: Actor, fill: Callable[[int], list[Any]], now: datetime, settings: Any
) -> None:
    """Every checkpoint has its file, readable by its owner alone; a lost file comes back with the next."""
    fill(2)
    signed = actions.sign_checkpoint(actor=actor, now=now)
    path = settings.PLATEWARDEN_CHECKPOINTS / "000000000003.checkpoint"
    assert store.read_checkpoint_files(settings.PLATEWARDEN_CHECKPOINTS) == {path.name: signed.note}
    path.unlink()
    fill(1)
    actions.sign_checkpoint(actor=actor, now=now)
    assert len(store.read_checkpoint_files(settings.PLATEWARDEN_CHECKPOINTS)) == 2
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("log_key")
def test_a_checkpoint_of_an_unchanged_ledger_is_the_last_one(
    fresh_database: str, actor: Actor, fill: Callable[[int], list[Any]], now: datetime
) -> None:
    """A timer that signs checkpoints does not make the ledger grow by itself."""
    fill(2)
    first = actions.sign_checkpoint(actor=actor, now=now)
    assert actions.sign_checkpoint(actor=actor, now=now + timedelta(hours=1)) == first
    assert LedgerLeaf.objects.count() == 3


@pytest.mark.usefixtures("log_key")
def test_a_failed_checkpoint_leaves_no_file(
    fresh_database: str, actor: Actor, fill: Callable[[int], list[Any]], now: datetime, settings: Any
) -> None:
    """A checkpoint whose transaction is rolled back is nowhere."""
    fill(2)

    @transaction.atomic
    def failing() -> None:
        actions.sign_checkpoint(actor=actor, now=now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert store.read_checkpoint_files(settings.PLATEWARDEN_CHECKPOINTS) == {}
    assert LedgerLeaf.objects.count() == 2


@pytest.mark.usefixtures("log_key")
def test_no_checkpoint_is_signed_over_a_rewritten_tree(
    fresh_database: str,
    owner_connection: psycopg.Connection[Any],
    actor: Actor,
    fill: Callable[[int], list[Any]],
    now: datetime,
) -> None:
    """A log never signs a head that contradicts one it signed before."""
    fill(4)
    actions.sign_checkpoint(actor=actor, now=now)
    owner_connection.execute("alter table ledger_node disable trigger user")
    owner_connection.execute("update ledger_node set hash = sha256(hash) where level = 2 and idx = 0")
    fill(4)
    with pytest.raises(LedgerInconsistent, match="platewarden ledger verify"):
        actions.sign_checkpoint(actor=actor, now=now)
    assert Checkpoint.objects.count() == 1


@pytest.mark.usefixtures("log_key")
def test_no_checkpoint_is_signed_over_a_shortened_tree(
    fresh_database: str,
    owner_connection: psycopg.Connection[Any],
    actor: Actor,
    fill: Callable[[int], list[Any]],
    now: datetime,
) -> None:
    """A ledger shorter than its last checkpoint is not signed again, whatever it holds."""
    fill(4)
    actions.sign_checkpoint(actor=actor, now=now)
    for table in ("ledger_body", "ledger_node", "ledger_leaf"):
        owner_connection.execute(f"alter table {table} disable trigger user")
    owner_connection.execute("delete from ledger_body where seq >= 2")
    owner_connection.execute("delete from ledger_leaf where seq >= 2")
    owner_connection.execute("delete from ledger_node where idx >= 2 >> level")
    with pytest.raises(LedgerInconsistent):
        actions.sign_checkpoint(actor=actor, now=now)


def test_without_its_key_nothing_is_signed(
    fresh_database: str, actor: Actor, fill: Callable[[int], list[Any]], now: datetime, store_home: Path
) -> None:
    """A missing key is an error that names the file, and no entry claims a checkpoint."""
    fill(1)
    with pytest.raises(LogKeyError, match=r"ledger\.key"):
        actions.sign_checkpoint(actor=actor, now=now)
    assert LedgerLeaf.objects.count() == 1


def append_old(owner: psycopg.Connection, kind: str, days: int) -> None:
    """Append an entry of *kind* as if made *days* ago."""
    body = json.dumps({"actor": {"name": "alice"}, "subject": "", "outcome": "done", "details": {}})
    owner.execute(
        "select ledger_append_at(array[%s], array[%s], now() - make_interval(days => %s))", [kind, body, days]
    )


@pytest.fixture
def aged(
    fresh_database: str, owner_connection: psycopg.Connection[Any], actor: Actor, verdict: Callable[..., Any]
) -> datetime:
    """A ledger with a query 500 days old, a sign-in as old, and a query 300 days old."""
    for kind, days in (("query.asked", 500), ("sign_in.out", 500), ("query.asked", 300)):
        append_old(owner_connection, kind, days)
    moment: datetime = owner_connection.execute("select now()").fetchall()[0][0]
    return moment


def test_bodies_are_erased_by_kind_and_age_and_on_record(
    aged: datetime, actor: Actor, verdict: Callable[..., Any]
) -> None:
    """Only bodies of the kinds named and older than the time stated go; an entry says how many and why."""
    erased = actions.erase_bodies(
        kinds=[Kind.QUERY_ASKED], before=aged - timedelta(days=400), reason="RET-3", actor=actor
    )
    assert erased == 1
    assert [leaf.body is None for leaf in LedgerLeaf.objects.order_by("seq")] == [True, False, False, False]
    record = LedgerBody.objects.get(leaf__kind=Kind.BODIES_ERASED)
    assert record.content["details"]["count"] == 1
    assert record.content["details"]["reason"] == "RET-3"
    assert record.actor == "alice"
    found = verdict()
    assert found.is_sound
    assert found.erased == 1


def test_erasing_nothing_leaves_no_entry(aged: datetime, actor: Actor) -> None:
    """Without a body to erase there is nothing to say."""
    before = aged - timedelta(days=400)
    assert actions.erase_bodies(kinds=[Kind.ALERT_RAISED], before=before, reason="RET-3", actor=actor) == 0
    assert LedgerLeaf.objects.count() == 3


@pytest.mark.parametrize(("days", "reason"), [(364, "RET-3"), (400, "")])
def test_young_bodies_and_nameless_reasons_are_refused(
    aged: datetime, actor: Actor, days: int, reason: str
) -> None:
    """Nothing younger than a year can be erased by anyone through the product, nor without a reason."""
    with pytest.raises(LedgerUnavailable, match="No body was erased"):
        actions.erase_bodies(
            kinds=[Kind.QUERY_ASKED], before=aged - timedelta(days=days), reason=reason, actor=actor
        )
    assert LedgerBody.objects.count() == 3


def test_an_erasure_cannot_erase_the_record_of_erasures(
    aged: datetime, owner_connection: psycopg.Connection[Any], actor: Actor, verdict: Callable[..., Any]
) -> None:
    """The entries on erased bodies and on the clock keep their bodies for ever."""
    append_old(owner_connection, "bodies.erased", 200)
    before = aged - timedelta(days=365)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from ledger_body")
    kinds = [Kind.BODIES_ERASED, Kind.CLOCK_STEPPED_BACK]
    assert actions.erase_bodies(kinds=kinds, before=before, reason="RET-3", actor=actor) == 0
