"""Scenes of adoption: two people agree on a value."""

from typing import Any

from platewarden.adoption.actions import approve_value, propose_value
from tests.cast import Cast
from tests.conftest import NOW


def adopt(cast: Cast, name: str, value: Any, *, why: str = "For this test") -> None:
    """Sue proposes, Max adopts, in force at once."""
    proposal = propose_value(
        name=name, value=value, why=why, in_force_from=NOW, actor=cast.actor("sue"), now=NOW
    )
    approve_value(proposal_id=proposal.pk, actor=cast.actor("max"), now=NOW)
