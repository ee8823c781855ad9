"""Devices enrol by a one-time code, sign what they read, are set from afar, and end at once."""

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.adoption.in_force import parameters_at
from platewarden.devices import actions
from platewarden.devices.models import Device, DeviceKey
from platewarden.devices.pages import sheet_of
from platewarden.devices.speaking import codes_out_for
from platewarden.edge.clock import Stamp
from platewarden.edge.delivery import signed_facts
from platewarden.edge.settings import Settings, SettingsError, open_settings
from platewarden.edge.talking import RevokedError, answer_facts, enrol, renew_key
from platewarden.edge.upload import UploadError
from platewarden.ledger.checkpoint import VerifierKey
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.decision import PolicyRefusal
from platewarden.reads.models import Capture, Read
from tests.cast import Cast
from tests.conftest import NOW
from tests.devices.boxes import SERVER, Box, code_for, enrolled, submission, transport

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(cast: Cast, tmp_path: Path) -> Box:
    """An enrolled box."""
    return enrolled(cast, tmp_path)


def kinds() -> list[str]:
    """The kinds of all entries of the ledger."""
    return list(LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True))


def test_a_device_enrols_once_by_its_code_and_its_camera_is_known_by_nothing_else(
    cast: Cast, client: Client
) -> None:
    """The code works once; the camera's own credential has ended; key and cameras are on the ledger."""
    code = code_for(cast)
    identity = enrol(SERVER, code, transport=transport())
    assert (identity.device, identity.cameras) == ("box-1", ("route-13",))
    with pytest.raises(UploadError, match="unknown, used or expired"):
        enrol(SERVER, code, transport=transport())
    answer = client.post(
        "/api/v1/reads", "{}", "application/json", headers={"Authorization": f"Bearer {cast.credential}"}
    )
    assert answer.status_code == 401
    body = LedgerBody.objects.get(leaf__kind="device.enrolled").body
    assert identity.key.verifier.encode() in str(body)


def test_the_page_of_a_camera_says_which_device_speaks_for_it_and_which_may(
    box: Box, cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It leads to the device's own page; a code that is out is said until it is used or over."""
    monkeypatch.setattr("platewarden.cameras.showing.utc_now", lambda: NOW)
    client.force_login(cast.ada)
    page = reverse("cameras:detail", args=[cast.camera.pk])
    shown = client.get(page).content.decode()
    assert reverse("devices:detail", args=[box.device.pk]) in shown
    assert "A code for a device is out" not in shown
    code_for(cast, code="box-2", now=NOW)
    assert "A code for a device is out" in client.get(page).content.decode()
    assert not codes_out_for(cast.camera, now=NOW + actions.CODE_LIFETIME)


def test_a_code_ends_after_a_day(cast: Cast) -> None:
    """What was issued a day ago is refused."""
    code = code_for(cast, now=NOW - timedelta(days=1))
    with pytest.raises(UploadError, match="unknown, used or expired"):
        enrol(SERVER, code, transport=transport())


def test_only_who_keeps_the_register_issues_codes(cast: Cast) -> None:
    """A supervisor may not."""
    with pytest.raises(PolicyRefusal):
        actions.issue_code(code="x", name="X", cameras=[cast.camera], actor=cast.actor("sue"), now=NOW)


def test_signed_reads_are_stored_with_their_signature(box: Box) -> None:
    """What is stored says which key signed it; repeats are the same read, and nothing is left in the spool."""
    ids = {box.keep(), box.keep()}
    assert box.deliver() == 2
    captures = Capture.objects.all()
    assert {capture.capture_id for capture in captures} == ids
    assert {capture.signed_by for capture in captures} == {DeviceKey.objects.get().pk}
    assert box.spool.depth().reads == 0
    assert Read.objects.count() == 2


def test_an_answer_that_never_came_makes_no_second_read(box: Box) -> None:
    """What was taken and not answered for is sent again as it was signed, whatever the clock has learnt meanwhile."""
    box.keep()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(box.spool, "forget", lambda *_arguments: None)
        box.deliver()
        box.clock.learn(box.clock.wall() - 3.0, asked=box.running_s)
    assert (box.deliver(), Read.objects.count(), box.spool.counters()["refused"]) == (1, 1, 0)


def test_a_clock_a_day_ahead_loses_no_read_and_shifts_none(box: Box) -> None:
    """Times are the server's, and say how far the device's were off, whether or not it knew at the time."""
    box.ahead_s = 86_400.0
    box.keep()
    assert box.deliver() == 1
    read, capture = Read.objects.get(), Capture.objects.get()
    assert abs((read.seen_at - NOW).total_seconds()) < 1
    assert capture.clock_offset_seconds == pytest.approx(86_400, abs=1)


def test_a_clock_set_right_after_the_read_does_not_spoil_its_time(box: Box) -> None:
    """What counts is how far the clock was off when the read was taken down."""
    box.ahead_s = 500.0
    box.keep()
    box.ahead_s = 0.0
    box.deliver()
    assert abs((Read.objects.get().seen_at - NOW).total_seconds()) < 1


@pytest.mark.clause("ADM-4")
def test_a_read_altered_after_it_was_signed_is_refused_counted_and_recorded(box: Box) -> None:
    """One character more, and nothing of it is stored."""
    box.keep()
    (waiting,) = box.spool.batch("route-13", 1)
    facts = signed_facts(waiting, box.clock, box.identity)
    box.spool.settle([(waiting, facts | {"plate": "KAB 4822"})])
    box.deliver()
    assert Read.objects.count() == 0
    assert (box.spool.counters()["refused"], box.device.state.wrong_signatures) == (1, 1)
    assert "reads.refused" in kinds()


@pytest.mark.parametrize("seen_at", ["0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_that_has_no_utc_spoils_its_read_alone(box: Box, seen_at: str) -> None:
    """No text that could be signed names it: it is refused at its field, and the read beside it is looked at."""
    told = {"signature": "", "clock_offset_seconds": 0.0}
    reads = [submission("c-1", NOW) | told | {"seen_at": seen_at}, submission("c-2", NOW) | told]
    results = answer_facts(box.line.ask("POST", "/cameras/route-13/reads", {"reads": reads}))["results"]
    assert [(each["code"], each["problem"]["field"]) for each in results] == [
        (422, "seen_at"),
        (403, "signature"),
    ]


def test_reads_of_the_former_key_are_taken_after_a_new_one_followed(box: Box) -> None:
    """What waits in the spool is signed already; requests need the new key."""
    box.keep("before")
    (waiting,) = box.spool.batch("route-13", 1)
    box.spool.settle([(waiting, signed_facts(waiting, box.clock, box.identity))])
    renewed = Box(renew_key(box.identity, box.line), box.folder, box.vault)
    with pytest.raises(UploadError, match="does not know"):
        box.deliver()
    renewed.keep("after")
    assert renewed.deliver() == 2
    assert Capture.objects.values("signed_by").distinct().count() == 2


def test_of_two_reads_under_one_capture_id_the_stored_one_is_its_own_key_s(box: Box) -> None:
    """A batch may hold reads of the former key and of the present one; the second is another read, and a conflict."""
    box.keep("c-1")
    renewed = Box(renew_key(box.identity, box.line), box.folder, box.vault)
    (waiting,) = box.spool.batch("route-13", 1)
    other = replace(waiting, facts=waiting.facts | {"plate": "WLK 9027"})
    plate, vehicle = (base64.b64encode(image).decode() for image in waiting.images)
    images = {"plate_image": plate, "vehicle_image": vehicle}
    reads = [
        signed_facts(read, box.clock, of.identity) | images for read, of in ((waiting, box), (other, renewed))
    ]
    results = answer_facts(renewed.line.ask("POST", "/cameras/route-13/reads", {"reads": reads}))["results"]
    assert [each["code"] for each in results] == [201, 409]
    (first,) = DeviceKey.objects.filter(verifier=box.identity.key.verifier.encode())
    assert Capture.objects.get().signed_by == first.pk


def report(**counters: int) -> dict[str, object]:
    """A report with these counters."""
    names = ("dropped_non_hits", "dropped_hits", "expired", "damaged", "refused", "lost")
    return {
        "software": "0.1.0",
        "settings_version": 0,
        "clock_offset_seconds": 0.1,
        "spool": {"reads": 3, "hits": 1, "bytes": 450_000},
        "oldest_at": NOW.isoformat(),
        "counters": dict.fromkeys(names, 0) | counters,
        "sources": [
            {
                "camera": "route-13",
                "state": "watching",
                "reads": 3,
                "frames": 90,
                "dropped": 0,
                "reconnects": 0,
            }
        ],
    }


def test_reads_that_a_device_lost_are_on_the_ledger_once(box: Box) -> None:
    """Each report says sums; only what came on top is recorded."""
    for counters in ({}, {"dropped_non_hits": 5}, {"dropped_non_hits": 5}, {"dropped_non_hits": 7}):
        assert box.line.ask("POST", "/state", report(**counters)).status_code == 200
    assert kinds().count("device.lost_reads") == 2


def test_a_report_with_anything_else_in_it_is_refused(box: Box) -> None:
    """A closed form: no field for a plate, and none is taken (CAP-2)."""
    assert box.line.ask("POST", "/state", report() | {"plate": "KAB4821"}).status_code == 422


@pytest.mark.clause("RET-1")
def test_settings_are_signed_numbered_and_keep_nothing_longer_than_the_agency_does(
    box: Box, cast: Cast
) -> None:
    """An agency that keeps reads for ten days has no device that keeps them longer."""
    values = Settings(batch=7).values()
    actions.change_settings(device=box.device, values=values, actor=cast.actor("ada"), now=NOW)
    note = answer_facts(box.line.ask("GET", "/settings"))["note"]
    version, taken = open_settings(note, device="box-1", key=box.identity.server_key, least_version=1)
    assert (version, taken.batch, taken.retention_hours) == (1, 7, 720)
    with pytest.raises(SettingsError):
        actions.change_settings(
            device=box.device, values=values | {"retention_hours": 721}, actor=cast.actor("ada"), now=NOW
        )


def test_settings_known_already_are_not_sent_again(box: Box) -> None:
    """Their number is the entity tag."""
    first = box.line.ask("GET", "/settings")
    assert box.line.ask("GET", "/settings", etag=first.headers["ETag"]).status_code == 304


@pytest.mark.clause("ADM-4")
def test_a_revoked_device_is_told_so_with_proof_and_submits_nothing(box: Box, cast: Cast) -> None:
    """Every request is answered with the signed order to destroy, and its camera is known by nothing."""
    box.keep()
    actions.revoke(device=box.device, actor=cast.actor("ada"), now=NOW)
    with pytest.raises(RevokedError):
        box.deliver()
    assert Read.objects.count() == 0
    assert box.device.told_at == NOW
    assert not actions.cameras_of(box.device, now=NOW).exists()
    assert "device.revoked" in kinds()


def test_a_camera_given_another_credential_is_taken_from_its_device(box: Box, cast: Cast) -> None:
    """Its reads wait on the device, and it says why."""
    from platewarden.cameras.credentials import issue_credential

    box.keep()
    issue_credential(camera=cast.camera, actor=cast.actor("ada"), now=NOW)
    assert (box.deliver(), box.spool.depth().reads) == (0, 1)
    assert "does not speak for this camera" in box.told[-1]


def test_a_stamp_survives_the_spool() -> None:
    """What was known of the clock is known after a restart."""
    stamp = Stamp(1.0, 2.0, "b", is_live=True, offset_s=None)
    assert Stamp.of_json(stamp.as_json()) == stamp


def test_keys_of_devices_are_lines_that_anybody_can_read(box: Box) -> None:
    """The register holds them as they travel."""
    assert VerifierKey.parse(DeviceKey.objects.get().verifier) == box.identity.key.verifier


def test_a_clock_that_nobody_compared_is_not_said_to_be_off(box: Box) -> None:
    """A box that started without a way to the server reports before it has asked for the time."""
    for offset, says in ((None, "Clock not compared"), (3600.0, "Clock off"), (0.0, "Reporting")):
        said = report() | {"clock_offset_seconds": offset}
        assert box.line.ask("POST", "/state", said).status_code == 200
        device = Device.objects.get(code=box.identity.device)
        assert sheet_of(device, parameters=parameters_at(NOW), now=NOW).badge.text == says


def test_the_region_of_a_source_is_drawn_before_it_is_set_and_its_other_settings_stay(
    box: Box, cast: Cast, client: Client
) -> None:
    """Corners that make no region are refused at their field; only the device's own cameras have a page."""
    actions.change_settings(
        device=box.device, values=Settings(batch=7).values(), actor=cast.actor("ada"), now=NOW
    )
    page = reverse("devices:source", args=[box.device.pk, "route-13"])
    typed = {"region": "0,0.5;1,0.5;1,1;0,1", "rest_ms": 250, "share": 15}
    client.force_login(cast.sue)
    assert client.get(page).status_code == 403
    client.force_login(cast.ada)
    assert "The whole picture" in client.get(page).content.decode()
    refused = client.post(page, typed | {"region": "0,0;1,1;2,2"})
    assert (refused.status_code, b"Corner 3" in refused.content) == (422, True)
    longer_than_it_is_typed = ";".join([".5,.1", *[f".{n},.9" for n in range(10, 60)]])
    refused = client.post(page, typed | {"region": longer_than_it_is_typed})
    assert (refused.status_code, b"too many corners" in refused.content) == (422, True), "no box takes it"
    drawn = client.post(page, typed | {"draw": "1"}).content.decode()
    assert 'points="0.0,450.0 1600.0,450.0 1600.0,900.0 0.0,900.0"' in drawn
    assert not actions.settings_of(box.device).sources
    assert client.post(page, typed).status_code == 302
    held = actions.settings_of(box.device)
    assert (held.batch, held.of_source("route-13").values()) == (7, typed)
    actions.change_settings(
        device=box.device, values=Settings(batch=8).values(), actor=cast.actor("ada"), now=NOW
    )
    assert actions.settings_of(box.device) == replace(held, batch=8)
    note = answer_facts(box.line.ask("GET", "/settings"))["note"]
    _, taken = open_settings(note, device="box-1", key=box.identity.server_key, least_version=1)
    assert taken == actions.settings_of(box.device)
    assert client.get(page.replace("route-13", "route-99")).status_code == 404
