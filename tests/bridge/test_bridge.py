"""From a real broker to a real server: nothing that was acknowledged is lost, and nothing is stored twice."""

import base64
import signal
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from platewarden.cameras.models import Camera, CameraHour
from platewarden.ledger.keys import ensure_log_key
from platewarden.reads.models import Capture, Read
from platewarden.simulation.cameras import SimulatedCamera
from platewarden.simulation.traffic import Traffic
from platewarden.site.clock import utc_now
from tests.bridge import broker as brokers
from tests.bridge.broker import PASSWORD, Bridge, Broker, eventually, needs_mosquitto
from tests.cast import Cast, make_cast
from tests.ingest.test_ingest import picture
from tests.live import LiveServer

pytestmark = needs_mosquitto
PICTURE = base64.b64decode(picture())


class SmallPictures:
    """One small picture for everything."""

    def of(self, _passage: object) -> tuple[bytes, bytes]:
        """Return it twice."""
        return PICTURE, PICTURE


@pytest.fixture
def live_cast(fresh_database: str, store_home: Path) -> Cast:
    """The cast, entered just now, with a camera of Axis's."""
    ensure_log_key(store_home / "keys", "test.platewarden.invalid/ledger")
    cast = make_cast(utc_now())
    Camera.objects.filter(pk=cast.camera.pk).update(protocol="axis")
    return cast


@pytest.fixture
def server(live_cast: Cast, fresh_database: str, store_home: Path) -> Iterator[LiveServer]:
    """The server, not started yet."""
    made = LiveServer(store_home, fresh_database)
    yield made
    made.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker that runs."""
    folder = tmp_path / "broker"
    folder.mkdir()
    with brokers.running(folder) as running:
        yield running


@pytest.fixture
def bridge(tmp_path: Path, broker: Broker, server: LiveServer, live_cast: Cast) -> Iterator[Bridge]:
    """The bridge between the two, not started yet."""
    made = Bridge(tmp_path, broker, server.url, live_cast.credential)
    yield made
    made.end()


def published(cast: Cast, count: int) -> list[bytes]:
    """What a camera of Axis's publishes of *count* vehicles."""
    made = SimulatedCamera("axis", cast.credential, Traffic(seed=7, rate=100.0), SmallPictures())
    return [made.delivery(passage).content for passage in islice(made.traffic.passages(), count)]


def stored() -> int:
    """How many reads there are."""
    return Read.objects.count()


@pytest.mark.clause("CAP-2")
def test_what_a_camera_publishes_is_stored_as_what_it_pushes(
    live_cast: Cast, server: LiveServer, broker: Broker, bridge: Bridge
) -> None:
    """Over TLS, with a password; of other topics nothing comes; noise is refused and holds nothing up."""
    server.start()
    assert bridge.listens(), bridge.said
    first, second, elsewhere = published(live_cast, 3)
    broker.publish(elsewhere, topic="axis/of-somebody-else/event/lpr")
    broker.publish(first)
    broker.publish(b"\xff\x00 no JSON")
    broker.publish(b"")
    broker.publish(second)
    assert eventually(lambda: stored() == 2), bridge.said
    assert set(Read.objects.values_list("camera_id", flat=True)) == {live_cast.camera.pk}
    assert CameraHour.objects.get().refused == 2
    assert bridge.stop() == 0
    assert bridge.said.rstrip().endswith("2 refused, 2 taken")
    plates = list(Read.objects.values_list("plate", flat=True))
    for secret in (PASSWORD, live_cast.credential.partition(".")[2], *plates, "no JSON"):
        assert secret not in bridge.said
    bridge.start()
    assert eventually(lambda: bridge.said.count("listening") == 2)
    assert bridge.stop() == 0
    assert bridge.said.rstrip().endswith("nothing came"), "what was answered for is not handed over again"


def test_what_was_not_answered_for_when_the_power_went_comes_again(
    live_cast: Cast, server: LiveServer, broker: Broker, bridge: Bridge
) -> None:
    """Killed while the server is away, killed again amid carrying: every read is there, once."""
    assert bridge.listens(), bridge.said
    contents = published(live_cast, 24)
    for content in contents[:6]:
        broker.publish(content)
    assert eventually(lambda: "what is published waits" in bridge.said)
    bridge.stop(signal.SIGKILL)
    broker.publish(contents[6])
    server.start()
    assert stored() == 0
    assert bridge.listens(), bridge.said
    for content in contents[7:]:
        broker.publish(content)
    assert eventually(lambda: stored() >= 7)
    bridge.stop(signal.SIGKILL)
    assert bridge.listens(), bridge.said
    assert eventually(lambda: stored() == 24), (stored(), bridge.said)
    assert bridge.stop() == 0
    assert stored() == Capture.objects.count() == 24


def test_when_the_server_is_back_what_waited_is_carried(
    live_cast: Cast, server: LiveServer, broker: Broker, bridge: Bridge
) -> None:
    """The broker keeps it; that it waits is said once, and that the server answers again."""
    server.start()
    assert bridge.listens(), bridge.said
    first, *more = published(live_cast, 6)
    broker.publish(first)
    assert eventually(lambda: stored() == 1)
    server.stop()
    for content in more:
        broker.publish(content)
    assert eventually(lambda: "cannot be reached; what is published waits" in bridge.said)
    server.start()
    assert eventually(lambda: stored() == 6), bridge.said
    assert bridge.stop() == 0
    assert bridge.said.count("cannot be reached; what is published waits") == 1
    assert bridge.said.count("the server answers") == 2


def test_when_the_broker_is_back_the_bridge_listens_again(
    live_cast: Cast, server: LiveServer, broker: Broker, bridge: Bridge
) -> None:
    """It may be away at the start, and later; what it had not handed over comes when both are back."""
    broker.stop()
    bridge.start()
    assert eventually(lambda: "the broker cannot be reached" in bridge.said)
    broker.start()
    assert eventually(lambda: "listening" in bridge.said), bridge.said
    contents = published(live_cast, 8)
    for content in contents[:6]:  # more than the bridge is handed at once; the server is not there
        broker.publish(content)
    assert eventually(lambda: "what is published waits" in bridge.said)
    broker.stop()
    assert eventually(lambda: "the broker is lost" in bridge.said)
    server.start()
    broker.start()
    for content in contents[6:]:
        broker.publish(content)
    assert eventually(lambda: stored() == 8), bridge.said
    assert bridge.stop() == 0


def test_a_credential_that_has_ended_loses_nothing(
    live_cast: Cast, server: LiveServer, broker: Broker, bridge: Bridge
) -> None:
    """The bridge can do nothing that the camera cannot; with a new one, what waited is taken."""
    from platewarden.cameras.credentials import issue_credential, revoke_credentials

    actor = live_cast.actor("ada")
    revoke_credentials(camera=live_cast.camera, actor=actor, now=utc_now())
    server.start()
    assert bridge.listens(), bridge.said
    broker.publish(published(live_cast, 1)[0])
    assert eventually(lambda: "does not know the credential" in bridge.said)
    assert bridge.stop() == 0
    assert stored() == 0
    issued = issue_credential(camera=live_cast.camera, actor=actor, now=utc_now() - timedelta(seconds=1))
    (bridge.config.parent / "credential").write_text(issued)
    assert bridge.listens(), bridge.said
    assert eventually(lambda: stored() == 1), bridge.said
    assert bridge.stop() == 0


def test_a_broker_that_cannot_be_trusted_is_not_spoken_to(
    server: LiveServer, broker: Broker, bridge: Bridge, tmp_path: Path
) -> None:
    """Its certificate must be vouched for by the file that is named; a wrong password is said."""
    (tmp_path / "password").write_text("wrong")
    bridge.start()
    assert eventually(lambda: "the broker refuses: Not authorized" in bridge.said), bridge.said
    assert bridge.stop() == 0
    said = bridge.config.read_text()
    bridge.config.write_text("\n".join(line for line in said.splitlines() if not line.startswith("ca =")))
    bridge.start()
    assert eventually(lambda: "with a certificate that is trusted" in bridge.said), bridge.said
    assert bridge.stop() == 0
    assert "listening" not in bridge.said
