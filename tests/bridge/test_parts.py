"""The bridge's rules: which topics, which settings, what an answer means, what is acknowledged when."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from platewarden.bridge.answers import Fate, rule
from platewarden.bridge.settings import SettingsError, load_settings
from platewarden.bridge.topics import TopicError, can_overlap, check_filter
from platewarden.bridge.waiting import Message, Waiting

GOOD = """
server = "https://alpr.example.gov"
[broker]
host = "broker.example.gov"
user = "bridge"
password_from = "{folder}/password"
[[cameras]]
camera = "route-13"
topic = "axis/00408c/+/lpr"
credential_from = "{folder}/credential"
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with the secrets that the settings name."""
    for name, text in (("credential", "route-13.s3cret\n"), ("password", "pa55\n"), ("other", "gate.s3cret")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    return tmp_path


def written(files: Path, text: str = GOOD) -> Path:
    """Return a settings file that says *text*."""
    path = files / "bridge.toml"
    path.write_text(text.replace("{folder}", str(files)))
    return path


@pytest.mark.parametrize("topic", ["", "#", "+/+", "$SYS/x", "$share/a/b", "a/#/b", "a/b+", "a#", "a\0"])
def test_a_camera_has_topics_of_its_own(topic: str) -> None:
    """What means everything, the broker's own, or is no filter is refused."""
    with pytest.raises(TopicError):
        check_filter(topic)


_LEVELS = st.lists(st.sampled_from(["a", "b", ""]), min_size=1, max_size=4)


@st.composite
def filters(draw: st.DrawFn) -> str:
    """A filter over few levels, so that many overlap."""
    levels = [draw(st.sampled_from([level, "+"])) for level in draw(_LEVELS)]
    return "/".join([*levels, "#"] if draw(st.booleans()) else levels)


@given(filters(), filters(), _LEVELS)
def test_filters_that_match_one_topic_overlap(first: str, second: str, levels: list[str]) -> None:
    """By the rule of the MQTT library itself."""
    topic = "/".join(levels)
    if topic_matches_sub(first, topic) and topic_matches_sub(second, topic):
        assert can_overlap(first, second)
        assert can_overlap(second, first)


@pytest.mark.parametrize(
    ("first", "second"), [("a/b", "a/c"), ("a/+", "a/b/c"), ("a/#", "b/#"), ("+/x", "a/y")]
)
def test_filters_apart_do_not_overlap(first: str, second: str) -> None:
    """Or cameras with prefixes of their own could not be set up."""
    assert not can_overlap(first, second)


def test_settings_are_read_with_their_secrets(files: Path) -> None:
    """Secrets lie in files of their own; TLS and its port are what is meant where nothing is said."""
    said = load_settings(written(files))
    assert (said.broker.port, said.broker.is_sealed, said.broker.password) == (8883, True, "pa55")
    assert (said.cameras[0].code, said.cameras[0].credential) == ("route-13", "route-13.s3cret")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("https://", "http://", "https://"),
        ("[broker]", "[broker]\ntls = false", "tls may be off only"),
        ("[broker]", "[broker]\nport = 0", "port a number"),
        ('user = "bridge"\n', "", "go together"),
        ("/credential", "/other", "no CODE.SECRET of this camera"),
        ("/credential", "/missing", "cannot be read"),
        ('"{folder}/credential"', '"credential"', "systemd hands over"),
        ("axis/00408c/+/lpr", "#", "whatever is published"),
        ("topic", "topics", "unknown"),
        ("[[cameras]]", "[[kameras]]", "unknown"),
        ('server = "', 'server = 5 #"', "say server"),
    ],
)
def test_strange_settings_are_refused_and_no_secret_is_shown(
    files: Path, old: str, new: str, why: str
) -> None:
    """At the start, with what to do."""
    with pytest.raises(SettingsError, match=why) as refused:
        load_settings(written(files, GOOD.replace(old, new)))
    assert "s3cret" not in str(refused.value)
    assert "pa55" not in str(refused.value)


def test_a_secret_that_everybody_may_read_is_refused(files: Path) -> None:
    """As the edge's is."""
    (files / "credential").chmod(0o644)
    with pytest.raises(SettingsError, match="everybody"):
        load_settings(written(files))


def test_no_message_can_be_of_two_cameras(files: Path) -> None:
    """Overlapping topics, and two topics of one camera, are refused."""
    second = '[[cameras]]\ncamera = "gate"\ntopic = "axis/#"\ncredential_from = "{folder}/other"\n'
    with pytest.raises(SettingsError, match="could be of both"):
        load_settings(written(files, GOOD + second))
    with pytest.raises(SettingsError, match="one topic"):
        load_settings(written(files, GOOD + GOOD[GOOD.index("[[") :]))


@pytest.mark.parametrize("status", [None, 301, 401, 403, 404, 407, 408, 429, 500, 502, 503, 504])
def test_what_is_not_said_of_the_message_does_not_end_it(status: int | None) -> None:
    """A proxy's page, a wrong address, a credential that has ended: the message waits, longer each time."""
    first, late = rule(status), rule(status, attempt=100)
    assert first.fate is late.fate is Fate.WAITS
    assert 0 < first.pause_s <= late.pause_s <= 120


def test_the_server_ends_a_message_by_taking_or_refusing_it() -> None:
    """Refused is what can never be used, now or later."""
    assert [rule(status).fate for status in (200, 201, 400, 413)] == [Fate.TAKEN] * 2 + [Fate.REFUSED] * 2


@given(st.text())
def test_patience_that_is_asked_for_is_granted_within_reason(asked: str) -> None:
    """Whatever stands in the header."""
    assert 0 < rule(429, asked).pause_s <= 120
    assert rule(429, "60").pause_s == 60


def test_a_message_is_acknowledged_on_the_line_it_came_on_and_no_other() -> None:
    """Its number means another message on another line."""
    told: list[int] = []
    waiting = Waiting(told.append)
    waiting.connected(knows_us=False)
    waiting.put(b"one", 1)
    waiting.put(b"two", 2)
    first, second = waiting.take(within_s=0), waiting.take(within_s=0)
    assert first is not None
    assert second is not None
    assert waiting.done(first)
    waiting.disconnected()
    assert not waiting.done(second)
    waiting.connected(knows_us=True)
    assert not waiting.done(second)
    assert told == [1]


@pytest.mark.parametrize(("knows_us", "left"), [(True, [b"without"]), (False, [b"with", b"without"])])
def test_what_the_broker_hands_over_again_is_not_kept_twice(*, knows_us: bool, left: list[bytes]) -> None:
    """One that has forgotten the bridge hands nothing over again, so nothing is dropped then."""
    waiting = Waiting(print)
    waiting.connected(knows_us=False)
    waiting.put(b"with", 1)
    waiting.put(b"without", 0)
    waiting.disconnected()
    waiting.connected(knows_us=knows_us)
    found: list[Message] = []
    while (message := waiting.take(within_s=0)) is not None:
        found.append(message)
    assert [message.content for message in found] == left
    assert not any(waiting.done(message) for message in found)


def test_what_is_published_without_a_promise_cannot_fill_the_memory() -> None:
    """The window of the broker bounds the rest."""
    waiting = Waiting(print)
    waiting.connected(knows_us=False)
    taken = [waiting.put(b"flood", 0) for _ in range(100)]
    assert 0 < sum(taken) < 20
    assert waiting.put(b"promised", 1)
