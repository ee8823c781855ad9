"""Scenes about releases: a written request, a search for it, a frozen selection, a decision, a package."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from platewarden.accounts.actors import system_actor
from platewarden.policy.agencies import AgencyKind
from platewarden.policy.release_requests import AskedFor
from platewarden.policy.use import Purpose
from platewarden.reads.models import Read
from platewarden.releases import actions, deciding, packing
from platewarden.releases.actions import Scope
from platewarden.releases.documents import Document
from platewarden.releases.models import Package, ReleaseDecision, ReleaseRequest, Selection
from tests.cases.scenes import NUMBER, PLATE, asked
from tests.cast import Cast

PAPER = Document("request.pdf", "application/pdf", b"%PDF-1.7\nInvented request\n%%EOF\n")
NEED = "Armed robbery of a pharmacy in Sayre: where did the grey sedan go?"
WHY_NOT = "The request does not say what the car has to do with it"


def written(now: datetime, **changes: Any) -> AskedFor:
    """What a proper request of a police department in Pennsylvania says."""
    said = {
        "agency": "Sayre Borough Police Department",
        "kind": AgencyKind.POLICE,
        "state": "PA",
        "official": "Det. R. Kowalczyk",
        "contact": "570 555 0117",
        "purpose": Purpose.CRIMINAL_INVESTIGATION,
        "need": NEED,
        "case_number": "SB-26-1187",
        "about": PLATE,
        "seen_from": now - timedelta(days=20),
        "seen_until": now - timedelta(hours=1),
        "received_on": now.date() - timedelta(days=1),
        "has_document": True,
        "attests_status": True,
        "attests_grounds": True,
    }
    return AskedFor(**{**said, **changes})


def received(cast: Cast, now: datetime, *, by: str = "sue", **changes: Any) -> ReleaseRequest:
    """Let somebody take it in."""
    scope = Scope(PLATE, "NY", "", PAPER.name)
    return actions.receive(
        asked=written(now, **changes), scope=scope, document=PAPER, actor=cast.actor(by), now=now
    )


def prepared(
    cast: Cast,
    now: datetime,
    *,
    request: ReleaseRequest | None = None,
    by: str = "ivan",
    reads: Sequence[Read] | None = None,
) -> Selection:
    """Let somebody search for it and freeze what they find, or *reads* of it."""
    request = request or received(cast, now)
    query = asked(cast, now, by=by, number=NUMBER)
    found = actions.chosen_reads(query, {read.id for read in reads or ()}, actor=cast.actor(by), now=now)
    return actions.prepare(request=request, query=query, reads=found, actor=cast.actor(by), now=now)


def approved(
    cast: Cast, now: datetime, *, selection: Selection | None = None, by: str = "sol"
) -> ReleaseDecision:
    """Let the Sheriff approve it."""
    selection = selection or prepared(cast, now)
    return deciding.decide(
        request=selection.request,
        approve=True,
        reason="",
        seen=selection.digest,
        actor=cast.actor(by),
        now=now,
    )


def packed(cast: Cast, now: datetime, *, decision: ReleaseDecision | None = None) -> Package:
    """Let the worker make the package."""
    decision = decision or approved(cast, now)
    return packing.pack(decision.pk, actor=system_actor("tests"), now=now)
