"""A camera is registered by one person, approved by another, and known by its credential."""

import pytest

from platewarden.cameras import actions
from platewarden.cameras.credentials import issue_credential, revoke_credentials
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import PolicyRefusal
from tests.cameras.stage import register
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.clause("CAP-5")
def test_a_camera_is_registered_as_what_it_is(cast: Cast) -> None:
    """It cannot submit yet: it is neither approved nor has it a credential."""
    camera = register(cast)
    assert (camera.kind, camera.approved_at, camera.credentials.count()) == ("portable", None, 0)
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "camera.registered"


@pytest.mark.clause("CAP-5")
def test_a_fixed_camera_has_a_place(cast: Cast) -> None:
    """Without its position it is not registered."""
    with pytest.raises(PolicyRefusal, match="CAP-5") as refused:
        register(cast, kind=CameraKind.FIXED)
    assert refused.value.decision.field == "latitude"


def test_a_code_is_given_once(cast: Cast) -> None:
    """Two cameras of one code could not be told apart by their credentials."""
    register(cast)
    with pytest.raises(actions.CameraExistsError):
        register(cast)


@pytest.mark.clause("CAP-5", "CAP-1")
@pytest.mark.parametrize("who", ["alice", "ivan", "sue", "tom", "dee", "eve"])
def test_only_an_administrator_registers_credentials_and_suspends(cast: Cast, who: str) -> None:
    """Nobody else can put a camera on the network or take one off."""
    actor = cast.actor(who)
    with pytest.raises(PolicyRefusal):
        register(cast, who)
    with pytest.raises(PolicyRefusal):
        issue_credential(camera=cast.camera, actor=actor, now=NOW)
    with pytest.raises(PolicyRefusal):
        revoke_credentials(camera=cast.camera, actor=actor, now=NOW)
    with pytest.raises(PolicyRefusal):
        actions.suspend_camera(camera=cast.camera, actor=actor, now=NOW)
