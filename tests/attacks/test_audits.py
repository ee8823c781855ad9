"""Somebody bends the review: edits a finding, reviews their own, chooses the sample, reads the register."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from platewarden.accounts.actors import system_actor
from platewarden.accounts.models import RoleGrant
from platewarden.auditing.drawing import draw
from platewarden.auditing.weeks import Week
from platewarden.audits import actions, remedies
from platewarden.audits.models import (
    DeclaredPlate,
    Explanation,
    Mark,
    PlantedPlate,
    Remedy,
    RemedyDone,
    ReviewItem,
    ReviewWeek,
    WeekClosing,
)
from platewarden.audits.opening import open_week, population_of
from platewarden.audits.plates import declare, plant
from platewarden.ledger.actions import sign_checkpoint
from platewarden.ledger.keys import ensure_log_key
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Role
from platewarden.policy.audits import Relation, RemedyKind, Verdict
from platewarden.policy.decision import PolicyRefusal
from platewarden.site.clock import utc_now
from tests.audits.scenes import an_item, on_ledger, searched
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.clause("AUD-1")
SignIn = Callable[[Any], Client]


def everything_written(cast: Cast) -> ReviewItem:
    """A violation with a question before it, an answer, a measure that is done, and the week closed."""
    item, tom = an_item(cast), cast.actor("tom")
    question = actions.mark(item=item, verdict=Verdict.QUESTION, note="Why?", actor=tom, now=NOW)
    actions.explain(question=question, text="So.", actor=cast.actor("ivan"), now=NOW)
    actions.mark(
        item=item, verdict=Verdict.VIOLATION, note="As found.", why_again="Not so.", actor=tom, now=NOW
    )
    order = remedies.order(
        item=item, person=cast.ivan, kind=RemedyKind.TALK, note="Firmly.", actor=tom, now=NOW
    )
    remedies.carry_out(remedy=order, note="Understood.", actor=cast.actor("sue"), now=NOW)
    actions.close(review=item.week, note="Done.", actor=tom, now=NOW)
    declare(plate="MYO 5500", relation=Relation.OWN, actor=cast.actor("ivan"), now=NOW)
    plant(plate="NOB 0000", where="A file", actor=tom, now=NOW)
    return item


WRITTEN: dict[Any, str] = {
    ReviewWeek: "population",
    ReviewItem: "words",
    Mark: "note",
    Explanation: "text",
    Remedy: "note",
    RemedyDone: "note",
    WeekClosing: "note",
    DeclaredPlate: "relation",
    PlantedPlate: "where",
}


@pytest.mark.django_db
@pytest.mark.parametrize("model", list(WRITTEN), ids=lambda model: model.__name__)
def test_nothing_that_was_written_is_edited_or_deleted(cast: Cast, model: Any) -> None:
    """Neither by the program, were it made to try, nor with the application's own rights in the database."""
    everything_written(cast)
    value: Any = 0 if model is ReviewWeek else "Nothing."
    attempts: list[Callable[[], Any]] = [
        lambda: model.objects.update(**{WRITTEN[model]: value}),
        lambda: model.objects.all()._raw_delete(model.objects.db),
    ]
    for attempt in attempts:
        before = list(model.objects.values())
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
        assert list(model.objects.values()) == before


def test_not_even_the_owner_of_the_database_edits_a_finding_by_the_way(
    cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    """A trigger refuses it; whoever takes that away still leaves the mark on the ledger as it was."""
    item = everything_written(cast)
    for order in (
        "update audit_marks set verdict = 'compliant'",
        "delete from audit_remedies_done",
        "truncate audit_marks cascade",
        "update audit_items set people = '{}'",
        "update declared_plates set digest = ''",
    ):
        with pytest.raises(psycopg.Error, match="AUD-1"):
            owner_connection.execute(order)
    mark = actions.latest_mark(item)
    assert mark
    assert mark.verdict == Verdict.VIOLATION


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.UNDERSHERIFF])
def test_nobody_reviews_searches_of_their_own(cast: Cast, sign_in: SignIn, role: Role) -> None:
    """An officer who is auditor as well is refused their own item, wherever they knock; others' are open to them."""
    RoleGrant.objects.create(user=cast.ivan, role=role, granted_at=NOW, granted_by="tests")
    own, others = an_item(cast), an_item(cast, by="alice")
    mixed = an_item(cast, by="alice", others=["ivan"])
    client = sign_in(cast.ivan)
    for item in (own, mixed):
        url = f"/audits/items/{item.pk}/"
        refused = client.get(url)
        assert (refused.status_code, b"KAB4821" in refused.content) == (403, False)
        assert client.post(f"{url}mark/", {"verdict": "compliant", "note": ""}).status_code == 403
        assert client.post(f"{url}order/", {"person": cast.alice.pk, "kind": "talk"}).status_code == 403
        assert not item.marks.exists()
    assert client.get(f"/audits/items/{others.pk}/").status_code == 200


@pytest.mark.django_db
def test_an_administrator_neither_reviews_nor_closes(cast: Cast, sign_in: SignIn) -> None:
    """Not by their role, and not by holding the auditor's beside it, were it ever granted behind the program's back."""
    item, ada = an_item(cast), sign_in(cast.ada)
    paths = ["/audits/", f"/audits/weeks/{item.week}/", f"/audits/items/{item.pk}/"]
    assert [ada.get(path).status_code for path in paths] == [403, 403, 403]
    RoleGrant.objects.create(user=cast.ada, role=Role.AUDITOR, granted_at=NOW, granted_by="intruder")
    with pytest.raises(PolicyRefusal, match="administrator reviews no searches"):
        actions.mark(item=item, verdict=Verdict.COMPLIANT, note="", actor=cast.actor("ada"), now=NOW)
    actions.mark(item=item, verdict=Verdict.COMPLIANT, note="", actor=cast.actor("tom"), now=NOW)
    with pytest.raises(PolicyRefusal, match="administrator reviews no searches"):
        actions.close(review=item.week, note="", actor=cast.actor("ada"), now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ivan", "alice", "sue", "dee", "ada", "pam", "rex", "sol", "eve"])
def test_whoever_is_reviewed_sees_no_mark_and_changes_none(cast: Cast, sign_in: SignIn, name: str) -> None:
    """Whatever they know of its number; what they read is the question put to them, no more."""
    item = everything_written(cast)
    client = sign_in(getattr(cast, name))
    url = f"/audits/items/{item.pk}/"
    for answer in (
        client.get(url),
        client.post(f"{url}mark/", {"verdict": "compliant", "note": ""}),
        client.post(f"{url}order/", {"person": item.person_id, "kind": "talk"}),
        client.post(f"/audits/weeks/{item.week}/close/"),
    ):
        assert answer.status_code in {403, 404}
        assert b"As found." not in answer.content
    mine = client.get("/audits/you/").content
    assert b"As found." not in mine
    assert (b"Why?" in mine) == (name == "ivan")
    assert item.marks.count() == 2


@pytest.mark.django_db
def test_nobody_answers_for_another(cast: Cast, sign_in: SignIn) -> None:
    """A question that is not theirs does not exist for them."""
    item = an_item(cast)
    actions.mark(item=item, verdict=Verdict.QUESTION, note="Why?", actor=cast.actor("tom"), now=NOW)
    question = Mark.objects.get()
    field = {f"question-{question.pk}-text": "They told me to."}
    for name in ("alice", "sue", "tom"):
        answer = sign_in(getattr(cast, name)).post(f"/audits/you/questions/{question.pk}/", field)
        assert answer.status_code == 404
    assert not Explanation.objects.exists()


@pytest.mark.django_db
def test_a_measure_cannot_be_waved_away(cast: Cast, sign_in: SignIn) -> None:
    """Not by the person, not by whoever ordered it, and not by closing the week without one."""
    item, tom = an_item(cast, by="sue"), cast.actor("tom")
    actions.mark(item=item, verdict=Verdict.VIOLATION, note="As found.", actor=tom, now=NOW)
    with pytest.raises(PolicyRefusal, match="nothing follows"):
        actions.close(review=item.week, note="", actor=tom, now=NOW)
    order = remedies.order(item=item, person=cast.sue, kind=RemedyKind.TALK, note="", actor=tom, now=NOW)
    for name in ("sue", "tom", "una", "ivan"):
        with pytest.raises(PolicyRefusal):
            remedies.carry_out(remedy=order, note="", actor=cast.actor(name), now=NOW)
    assert sign_in(cast.sue).post(f"/audits/after/{order.pk}/done/").status_code == 404
    with pytest.raises(ValueError, match="whose searches"):
        remedies.order(item=item, person=cast.ivan, kind=RemedyKind.TALK, note="", actor=tom, now=NOW)
    assert not RemedyDone.objects.exists()


def a_week_with_searches(cast: Cast, owner: psycopg.Connection[Any]) -> tuple[Week, list[int]]:
    """Next week with forty searches in it."""
    week = Week.of(utc_now()).next
    return week, [
        searched(owner, cast.ivan, week.begins_at + timedelta(hours=hour), case=f"2026-{hour:06}")
        for hour in range(40)
    ]


def test_the_sample_is_not_rolled_again_by_another_checkpoint(
    cast: Cast, settings: Any, owner_connection: psycopg.Connection[Any]
) -> None:
    """Many checkpoints before and after: the first that covers something after the week gives the seed, once."""
    ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)
    timer = system_actor("tests")
    week, numbers = a_week_with_searches(cast, owner_connection)
    after = week.ends_at + timedelta(minutes=1)
    signed = []
    for minute in range(4):
        on_ledger(owner_connection, Kind.SIGN_OUT, cast.alice, after + timedelta(minutes=minute))
        signed.append(sign_checkpoint(actor=timer, now=after))
    review = open_week(week, actor=timer, now=week.ends_at + timedelta(hours=1))
    assert review
    assert review.seed_size == signed[0].size
    drawn = [item.entries[0] for item in review.items.filter(kind="sample")]
    assert drawn == draw(bytes(signed[0].root), numbers, 10)
    assert drawn != draw(bytes(signed[1].root), numbers, 10)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewWeek.objects.filter(pk=review.pk).update(seed=bytes(signed[1].root))
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewWeek.objects.create(
            agency=cast.agency,
            monday=week.monday,
            opened_at=NOW,
            seed_size=signed[1].size,
            seed=bytes(signed[1].root),
            population=40,
            drawn=10,
            entry=0,
        )


def test_no_search_hides_from_the_draw(
    cast: Cast, settings: Any, owner_connection: psycopg.Connection[Any]
) -> None:
    """Held, denied, never looked at, its row long swept: whatever was asked stands on the ledger and is drawn from."""
    ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)
    week, numbers = a_week_with_searches(cast, owner_connection)
    held = on_ledger(
        owner_connection,
        Kind.QUERY_HELD,
        cast.ivan,
        week.begins_at + timedelta(hours=41),
        details={"plate": "KAB4821", "kind": "exact", "reason": "At the protest", "case": "2026-1"},
    )
    owner_connection.execute("delete from queries")
    assert population_of(week) == [*numbers, held]


def test_the_register_of_plates_is_not_read_back(
    cast: Cast, settings: Any, owner_connection: psycopg.Connection[Any]
) -> None:
    """Everything in the database and on the ledger about a declared and a planted plate is a digest under a key."""
    everything_written(cast)
    tables = ["declared_plates", "planted_plates", "audit_items", "ledger_leaf", "ledger_body"]
    for table in tables:
        rows = owner_connection.execute(
            f"select t::text from {table} t where t::text ~* 'MYO ?5500|NOB ?0000'"
        )
        assert rows.fetchall() == [], table
    digests = owner_connection.execute("select digest from declared_plates").fetchall()
    import hashlib

    plain = {
        hashlib.sha256(text.encode()).digest() for text in ("MYO5500", "MYO 5500", '["audit", "MYO5500"]')
    }
    assert not {bytes(digest) for (digest,) in digests} & plain
