"""Whatever comes in: a read of listed members, or the adapter's own problem; soon, and in little memory."""

import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platewarden.adapters import csvfiles
from platewarden.adapters.formats import FORMATS, Format
from platewarden.adapters.results import AdaptedRead, Delivery, Outcome, UnusableError
from platewarden.ingest.schemas import SubmittedRead
from platewarden.policy.capture import VEHICLE_CHARACTERISTICS, unlisted_members
from tests.adapters.deliveries import EASTERN, OTHERS, PLATE, READS, RECEIVED, VEHICLE

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
KINDS = ["", "application/json", "application/xml", "multipart/form-data; boundary=b", "multipart/mixed"]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=30,
)


def check(outcome: Outcome, format_: Format | None = None) -> None:
    """Fail unless *outcome* holds nothing but what the policy lists, under names of our own."""
    for read in outcome.reads:
        members = read.as_submitted()
        assert not unlisted_members(members)
        assert set(members["vehicle"]) <= VEHICLE_CHARACTERISTICS
        SubmittedRead.model_validate(members)
    known = (
        {"other"}.union(*(layout.dropped for _, layout in format_.layouts))
        if format_
        else set(outcome.dropped)
    )
    assert set(outcome.dropped) <= known


@contextmanager
def soon() -> Iterator[None]:
    """Fail where something makes more than two seconds of work, however long it takes on a busy machine."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < 2


def run(key: str, delivery: Delivery) -> None:
    """Let the adapter *key* have *delivery*; anything but its own problem fails the test, as does a long time."""
    outcome = None
    with soon(), suppress(UnusableError):
        outcome = FORMATS[key].decode(delivery)
    if outcome is not None:
        check(outcome, FORMATS[key])


@pytest.mark.clause("CAP-2")
@pytest.mark.parametrize("key", FORMATS)
@given(content=st.binary(max_size=400), kind=st.sampled_from(KINDS), path=st.text(max_size=20))
@QUICK
def test_any_bytes(key: str, content: bytes, kind: str, path: str) -> None:
    """Noise is a problem, never an exception of another kind."""
    run(key, Delivery(content, kind, RECEIVED, EASTERN, path))


@pytest.mark.clause("CAP-2")
@pytest.mark.parametrize("sample", READS | OTHERS)
@given(seed=st.integers(min_value=0), changes=st.integers(min_value=1, max_value=12))
@QUICK
def test_samples_with_bytes_changed(sample: str, seed: int, changes: int) -> None:
    """A sample with bytes replaced, removed and doubled."""
    key, pushed = (READS | OTHERS)[sample]
    content, chance = bytearray(pushed.content), random.Random(seed)
    for _ in range(changes):
        at = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                content[at] = chance.randrange(256)
            case 1:
                del content[at : at + chance.randrange(1, 60)]
            case 2:
                content[at:at] = content[at : at + chance.randrange(1, 60)]
            case 3:
                content[at:at] = chance.choice(
                    [b'"', b"{", b"[", b"<", b"&", b"\r\n--", b"\x00", b"1e999", b"\\u"]
                )
        content = content or bytearray(b"x")
    run(key, Delivery(bytes(content), pushed.content_type, RECEIVED, EASTERN, pushed.path))


@pytest.mark.clause("CAP-2")
@pytest.mark.parametrize(
    "sample", [name for name, (_, pushed) in READS.items() if "json" in pushed.content_type]
)
@given(data=st.data())
@QUICK
def test_samples_with_values_changed(sample: str, data: st.DataObject) -> None:
    """Any member of a sample may be anything, and other members may come beside it."""
    key, pushed = READS[sample]
    document = json.loads(pushed.content)
    places = list(_places(document))
    for holder, name in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=4)):
        holder[name] = data.draw(JSON)
        if isinstance(holder, dict):
            holder[data.draw(st.text(max_size=12))] = data.draw(JSON)
    run(key, Delivery(json.dumps(document).encode(), pushed.content_type, RECEIVED, EASTERN, pushed.path))


def _places(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in list(items):
        yield value, name
        yield from _places(inner)


@given(
    text=st.text(max_size=300),
    header=st.sampled_from(["seen_at,plate,vehicle_image", "timestamp,plate,file,box"]),
)
@QUICK
def test_any_rows(text: str, header: str) -> None:
    """Files are no different."""
    with soon(), suppress(UnusableError):
        for outcome in csvfiles.outcomes(
            f"{header}\n{text}".encode(), zone=EASTERN, received_at=RECEIVED, picture_of=lambda _: VEHICLE
        ):
            check(outcome)


PLATES = st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=2, max_size=8).filter(
    lambda plate: plate.lower() not in {"none", "null", "other", "unknown"}
)
SHARES = st.integers(min_value=1, max_value=1000).map(lambda thousandths: thousandths / 1000)
WORDS = st.sampled_from(["toyota", "camry", "silver", "sedan", "van", "black"])


@st.composite
def reads(draw: st.DrawFn) -> AdaptedRead:
    """A read with everything."""
    plate, moment = draw(PLATES), draw(st.integers(min_value=0, max_value=86_400_000))
    others = draw(st.dictionaries(PLATES.filter(lambda other: other != plate), SHARES, max_size=3))
    return AdaptedRead(
        capture_id=f"c-{draw(st.integers(min_value=0, max_value=10**9))}",
        seen_at=datetime(2026, 10, 31, tzinfo=UTC) + timedelta(milliseconds=moment),
        plate=plate,
        confidence=max([draw(SHARES), *others.values()]),
        char_confidences=tuple(draw(SHARES) for _ in plate),
        alternates=tuple(sorted(others.items(), key=lambda pair: (-pair[1], pair[0]))),
        state=draw(st.sampled_from(["NY", "PA", "ON"])),
        state_confidence=draw(SHARES),
        vehicle={name: draw(WORDS) for name in sorted(VEHICLE_CHARACTERISTICS)},
        position=(42.25, -76.5),
        plate_image=PLATE,
        vehicle_image=VEHICLE,
        pass_id=f"p-{draw(st.integers(min_value=1, max_value=999))}",
        revision=draw(st.integers(min_value=0, max_value=10**6)),
    )


@pytest.mark.parametrize("key", FORMATS)
@given(read=reads())
@QUICK
def test_what_is_written_as_a_maker_would_is_read_the_same(key: str, read: AdaptedRead) -> None:
    """Within what a format can carry, writing and reading a read changes nothing."""
    pushed = FORMATS[key].encode(read, zone=EASTERN)
    received = read.seen_at + timedelta(seconds=2)
    delivery = Delivery(pushed.content, pushed.content_type, received, EASTERN, pushed.path)
    (back,) = FORMATS[key].decode(delivery).reads
    for name in sorted(FORMATS[key].means):
        before, after = getattr(read, name), getattr(back, name)
        if name in {"capture_id", "pass_id"}:
            after = after.removeprefix(f"{key}:")
        assert _close(before, after), name


def _close(before: Any, after: Any) -> bool:
    if isinstance(before, float):
        return bool(abs(before - after) < 1e-5)
    if isinstance(before, tuple):
        return len(before) == len(after) and all(map(_close, before, after))
    return bool(before == after)
