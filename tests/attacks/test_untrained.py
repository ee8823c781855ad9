"""Somebody without training tries every way to a plate."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.accounts.actors import actor_for
from platewarden.alerts.listeners import NotAllowedError, ear_of_session
from platewarden.alerts.models import Alert
from platewarden.hotlists.actions import enter_manually
from platewarden.ingest.actions import ingest
from platewarden.ingest.schemas import SubmittedRead
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.entries import ManualEntryFacts
from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.policy.use import Purpose
from platewarden.queries.actions import ask
from platewarden.site.clock import utc_now
from platewarden.training.models import Attempt
from tests.cast import Cast
from tests.ingest.test_ingest import a_read

pytestmark = [pytest.mark.django_db, pytest.mark.clause("TRN-1")]
PLATE = "KRT4821"


@pytest.fixture
def alert(cast: Cast) -> Alert:
    """An alert on the plate that nobody untrained may see."""
    now = utc_now()
    facts = ManualEntryFacts(
        reason="Seen near two burglaries",
        case_number="2026-004417",
        state="NY",
        any_state=False,
        expires_at=now + timedelta(days=5),
        instructions="",
        cautions="",
    )
    enter_manually(plate=PLATE, facts=facts, actor=cast.actor("alice"), now=now)
    read = SubmittedRead.model_validate(a_read("one", plate=PLATE, seen_at=now - timedelta(minutes=20)))
    ingest(reads=[read], camera=cast.camera, actor=cast.camera_actor, now=now)
    return Alert.objects.get()


@pytest.fixture
def untrained(cast: Cast, alert: Alert, client: Client) -> Client:
    """Alice, whose courses have run out while her page was open."""
    client.force_login(cast.alice)
    assert PLATE in client.get(reverse("alerts:detail", args=[alert.pk])).content.decode().replace(" ", "")
    Attempt.objects.filter(user=cast.alice).delete()
    return client


def test_no_page_and_no_form_shows_a_plate(untrained: Client, alert: Alert) -> None:
    """List, row, alert, first look, verification, disposition, report, car: refused or absent, and no plate in it."""
    tries: list[tuple[str, str, list[Any]]] = [
        ("get", "alerts:list", []),
        ("get", "alerts:row", [alert.pk]),
        ("get", "alerts:detail", [alert.pk]),
        ("post", "alerts:acknowledge", [alert.pk]),
        ("post", "alerts:look", [alert.pk]),
        ("post", "alerts:verify", [alert.pk]),
        ("post", "alerts:dispose", [alert.pk]),
        ("post", "cases:preserve", [alert.pk]),
        ("post", "reports:make", [alert.pk]),
        ("get", "car:show", []),
        ("get", "queries:ask", []),
        ("get", "hotlists:list", []),
        ("get", "hotlists:mine", []),
        ("get", "candidates:list", []),
        ("get", "ledger:list", []),
    ]
    for method, view, arguments in tries:
        answer = getattr(untrained, method)(reverse(view, args=arguments))
        assert answer.status_code in {403, 404}, view
        assert PLATE not in answer.content.decode().replace(" ", ""), view
    alert.refresh_from_db()
    assert alert.acknowledged_at is None


def test_the_live_stream_closes(untrained: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """An alert reaches nobody whose training is not current, and the attempt to listen is on record."""
    monkeypatch.setattr("platewarden.alerts.listeners.close_old_connections", lambda: None)
    cookie = f"sessionid={untrained.session.session_key}"
    with pytest.raises(NotAllowedError):
        ear_of_session(cookie, "192.0.2.1")
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "request.refused"


def test_the_actions_themselves_refuse(cast: Cast, untrained: Client) -> None:
    """Whatever page or command is used: the rule stands inside the action."""
    now = utc_now()
    with pytest.raises(PolicyRefusal, match="TRN-1"):
        ask(
            justification=Justification(
                Purpose.CRIMINAL_INVESTIGATION, "Trace the stolen car", "2026-004417"
            ),
            scope=QueryScope(
                QueryKind.EXACT, PLATE, (), now - timedelta(days=1), now - timedelta(minutes=15)
            ),
            actor=actor_for(cast.alice),
            now=now,
        )


def test_the_api_gives_no_read_to_a_persons_session(untrained: Client) -> None:
    """The device API takes reads and hands none out; a person's session is no credential for it."""
    body = json.dumps({"reads": []})
    for answer in (
        untrained.get("/api/v1/reads"),
        untrained.post("/api/v1/reads", body, content_type="application/json"),
    ):
        assert answer.status_code in {401, 405}
        assert PLATE not in answer.content.decode()
