"""The whole agent: several sources, one spool, one line; trouble with one stops no other."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from platewarden.devices import actions
from platewarden.devices.models import Device
from platewarden.edge.agent import Agent, SourceSetting
from platewarden.edge.gate import Looking, Region
from platewarden.edge.place.fixes import Fix, Places
from platewarden.edge.settings import Settings
from platewarden.edge.talking import RevokedError
from platewarden.reads.models import Capture, Read
from tests.cast import Cast
from tests.conftest import NOW
from tests.devices.boxes import AT, enrolled, submission, transport
from tests.edge import camera as cameras
from tests.edge import rtsp
from tests.edge.stage import BarReader, Passing, driving, standing, write_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent_of(cast: Cast, tmp_path: Path) -> Callable[..., Agent]:
    """An enrolled agent with sources, whose clock says that it is now."""
    box = enrolled(cast, tmp_path)
    box.identity.save(box.folder, box.vault)
    box.spool.close()

    def make(*sources: SourceSetting, told: list[str] | None = None) -> Agent:
        said = told if told is not None else []
        return Agent(
            box.folder,
            box.vault,
            str(tmp_path / "key"),
            box.identity,
            sources,
            said.append,
            clock=box.clock,
            transport=transport(),
        )

    return make


def a_recording(folder: Path, *numbers: int) -> str:
    """A video in which these plates drive by, one after the other."""
    passing = [Passing(n, driving(begin_s=0.2 + 2 * i, end_s=1.6 + 2 * i)) for i, n in enumerate(numbers)]
    path = write_video(folder / f"{numbers[0]}.avi", passing, 2.0 * len(numbers) + 0.5)
    import os

    os.utime(path, (AT, AT))
    return str(path)


def test_recordings_are_read_kept_signed_and_submitted(
    agent_of: Callable[..., Agent], tmp_path: Path
) -> None:
    """It ends when nothing is left, and has reported that by then."""
    agent = agent_of(SourceSetting("route-13", a_recording(tmp_path, 3, 5)))
    agent.run(BarReader(), until_delivered=True)
    assert sorted(Read.objects.values_list("plate", flat=True)) == ["ABC1003", "ABC1005"]
    assert not Capture.objects.filter(signed_by=None).exists()
    from platewarden.devices.models import DeviceState

    report = DeviceState.objects.get().report
    assert (report["spool"]["reads"], report["sources"][0]["state"]) == (0, "ended")


def test_a_vehicle_in_sight_of_a_box_that_is_revoked_is_no_trouble(
    agent_of: Callable[..., Agent], cast: Cast, tmp_path: Path
) -> None:
    """What would keep its read is destroyed; nobody is told that this failed."""
    told: list[str] = []
    agent = agent_of(SourceSetting("route-13", a_recording(tmp_path, 3)), told=told)
    actions.revoke(device=Device.objects.get(), actor=cast.actor("ada"), now=NOW)
    with pytest.raises(RevokedError):
        agent.run(BarReader())
    assert len(told) == 1
    assert "everything this device held is destroyed" in told[0]


def test_a_source_that_cannot_be_opened_stops_no_other(
    agent_of: Callable[..., Agent], tmp_path: Path
) -> None:
    """It is said, by its camera, without the address; the others are read."""
    told: list[str] = []
    agent = agent_of(
        SourceSetting("gate", str(tmp_path / "nothing.mp4")),
        SourceSetting("route-13", a_recording(tmp_path, 3)),
        told=told,
    )
    agent.run(BarReader(), until_delivered=True)
    assert Read.objects.count() == 1
    assert any(said.startswith("gate: ") and "no such file" in said for said in told)
    assert [state.state for state in agent.states] == ["failed", "ended"]


def a_reader_that_ends(agent: Agent) -> BarReader:
    """It tells *agent* to stop once it has found a plate twice."""

    def end(plates: int) -> None:
        if plates > 1:
            agent.stop.set()

    return BarReader(after=end)


def test_a_live_camera_is_watched_until_told_to_stop(agent_of: Callable[..., Agent]) -> None:
    """The vehicle in sight is read at the end; the address, with its password, is in no message and no report."""
    told: list[str] = []
    with cameras.running((Passing(9, driving(begin_s=0.0, end_s=60.0, speed=0.0)),)) as camera:
        agent = agent_of(SourceSetting("route-13", camera.address), told=told)
        agent.run(a_reader_that_ends(agent))
    assert agent.spool.depth().reads + Read.objects.count() == 1
    assert "s3cret" not in " ".join(told) + str(agent.state())


def test_a_camera_that_speaks_rtsp_is_read_signed_and_submitted(agent_of: Callable[..., Agent]) -> None:
    """From the camera's packets to a read at the server that says whose it is."""
    with rtsp.running(Passing(9, standing(begin_s=0.0, end_s=1e9))) as camera:
        agent = agent_of(SourceSetting("route-13", camera.address))
        agent.run(a_reader_that_ends(agent))
    assert agent.spool.depth().reads == 1
    agent.spool.close()
    agent_of().run(None, until_delivered=True)
    assert Read.objects.get().plate == "ABC1009"
    assert Capture.objects.get().signed_by


def test_settings_from_afar_are_in_use_after_the_next_report(
    agent_of: Callable[..., Agent], cast: Cast, tmp_path: Path
) -> None:
    """A read less sure than the least confidence is not kept."""
    from platewarden.devices.models import Device

    values = Settings(least_confidence=100, spool_megabytes=16).values()
    actions.change_settings(device=Device.objects.get(), values=values, actor=cast.actor("ada"), now=NOW)
    agent = agent_of()
    agent.run(None, until_delivered=True)
    assert (agent.settings.least_confidence, agent.spool.most_bytes) == (100, 16 << 20)
    read: dict[str, Any] = {"confidence": 0.99}
    assert not agent.keep("route-13", read, is_live=True)


def test_a_source_is_looked_at_as_was_set_from_afar_and_else_as_the_box_says(
    agent_of: Callable[..., Agent], cast: Cast, tmp_path: Path
) -> None:
    """A region in which no vehicle passes reads nothing, also where it comes while the source is being watched."""
    from platewarden.devices.models import Device

    corner: dict[str, Any] = {"region": "0,0;0.1,0;0.1,0.1;0,0.1", "rest_ms": 500, "share": 30}
    said = SourceSetting("route-13", a_recording(tmp_path, 3), Region.parse("0,0;1,0;1,1;0,1"))
    device, ada = Device.objects.get(), cast.actor("ada")
    actions.change_source(device=device, camera=cast.camera, values=corner, actor=ada, now=NOW)
    agent = agent_of(said)
    assert agent._looking(said).region == said.region
    with agent._line() as line:
        agent.report(line)
    assert agent._looking(said) == Looking(Region.parse(corner["region"]), 0.5, 0.003)
    agent._watch(said, agent.states[0], BarReader())
    assert agent.spool.depth().reads == 0
    agent.settings = Settings()
    meanwhile = BarReader()
    find = meanwhile.find

    def set_anew(frame: Any) -> Any:
        agent.settings = Settings.of(Settings().values() | {"sources": {"route-13": corner}})
        return find(frame)

    meanwhile.find = set_anew  # type: ignore[method-assign]
    agent._watch(said, agent.states[0], meanwhile)
    assert agent.spool.depth().reads == 0
    agent.settings = Settings()
    agent._watch(said, agent.states[0], BarReader())
    assert agent.spool.depth().reads == 1


def test_the_spool_that_cannot_be_delivered_keeps_its_order(
    agent_of: Callable[..., Agent], tmp_path: Path
) -> None:
    """What a first run could not submit the next one does, in the order in which it was seen."""
    agent = agent_of(SourceSetting("route-13", a_recording(tmp_path, 3, 5, 7)))
    agent._watch(agent.sources[0], agent.states[0], BarReader())
    waiting = [read.facts["plate"] for read in agent.spool.batch("route-13", 10)]
    assert waiting == ["ABC1003", "ABC1005", "ABC1007"]
    agent.spool.close()
    agent_of().run(None, until_delivered=True)
    assert list(Read.objects.order_by("seen_at").values_list("plate", flat=True)) == waiting


@pytest.mark.clause("CAP-1")
def test_a_box_that_stands_and_has_a_receiver_says_where_it_is(agent_of: Callable[..., Agent]) -> None:
    """With each read that it dates now; of one from a recording of old nobody knows where the box was then."""
    agent = agent_of()
    agent.places = Places()
    agent.places.note(Fix(NOW, 42.4500004, -76.5))
    for capture_id, seen_at in (("now", NOW), ("old", NOW - timedelta(minutes=5))):
        assert agent.keep("route-13", submission(capture_id, seen_at), is_live=True)
    kept = {read.facts["capture_id"]: read.facts for read in agent.spool.batch("route-13", 2)}
    assert kept["now"]["position"] == {"latitude": 42.45, "longitude": -76.5}
    assert "position" not in kept["old"]
