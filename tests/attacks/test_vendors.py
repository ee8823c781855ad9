"""A vendor, who sets cameras up and sees no plate, makes a box of their own and asks for the hotlists with it."""

from pathlib import Path
from typing import Any

import pytest

from platewarden.accounts.models import RoleGrant, User
from platewarden.cameras.actions import register_camera
from platewarden.devices.actions import issue_code
from platewarden.edge.board.entries import BoardError
from platewarden.edge.board.fetching import fetch_board
from platewarden.edge.board.store import BoardStore
from platewarden.edge.talking import enrol
from platewarden.edge.vault import SECRET_BYTES, Vault
from platewarden.hotlists.actions import enter_manually
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.actor import Role
from platewarden.policy.capture import CameraKind
from tests.boards.conftest import at_now  # noqa: F401 - a fixture
from tests.cast import Cast
from tests.conftest import NOW
from tests.devices.boxes import SERVER, Box, transport
from tests.hotlists.lists import facts

pytestmark = [pytest.mark.django_db, pytest.mark.clause("USE-1")]


def box_of(cast: Cast, name: str, folder: Path) -> Box:
    """A box for a mobile camera that somebody registered and enrolled by themselves, and nobody approved."""
    actor: Any = cast.actor(name)
    camera = register_camera(
        code=f"car-{name}",
        name="A car",
        kind=CameraKind.MOBILE,
        place="",
        latitude=None,
        longitude=None,
        heading_degrees=None,
        actor=actor,
        now=NOW,
    )
    code = issue_code(code=f"box-{name}", name="A box", cameras=[camera], actor=actor, now=NOW)
    return Box(
        enrol(SERVER, code, transport=transport()), folder / name, Vault(bytes(range(32))[:SECRET_BYTES])
    )


def test_a_box_that_a_vendor_enrolled_is_given_no_list(cast: Cast, tmp_path: Path) -> None:
    """Refused, and on record; one that the administrator enrolled carries it."""
    vic = User.objects.create(agency=cast.agency, username="vic", full_name="Vic Vendor", created_at=NOW)
    RoleGrant.objects.create(user=vic, role=Role.VENDOR, granted_at=NOW, granted_by="tests")
    cast.people["vic"] = vic
    enter_manually(plate="JWC 6644", facts=facts(), actor=cast.actor("ivan"), now=NOW)
    for name, carried in (("vic", 0), ("ada", 1)):
        box = box_of(cast, name, tmp_path)
        store = BoardStore(tmp_path / f"{name}.sqlite", box.vault)
        if carried:
            assert fetch_board(box.line, store, box.identity)
        else:
            with pytest.raises(BoardError, match="gives no list"):
                fetch_board(box.line, store, box.identity)
        assert len(store) == carried
    assert LedgerLeaf.objects.filter(kind="board.given").count() == 1
