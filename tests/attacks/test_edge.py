"""Somebody wants reads in the system that no camera of ours made, or reads out of a box that is not theirs."""

import base64
import json
import re
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client, RequestFactory

from platewarden.cameras.actions import register_camera
from platewarden.cameras.models import Camera, DeviceStill
from platewarden.devices import actions, keys
from platewarden.devices.models import Device
from platewarden.devices.senders import DeviceSignature, TooManyError
from platewarden.edge import signed
from platewarden.edge import spool as spools
from platewarden.edge.agent import Agent
from platewarden.edge.delivery import signed_facts
from platewarden.edge.identity import IdentityError, load_identity
from platewarden.edge.settings import Settings, settings_note
from platewarden.edge.spool import Spool
from platewarden.edge.talking import RevokedError, enrol, is_revocation
from platewarden.edge.upload import UploadError
from platewarden.edge.vault import SECRET_BYTES, Vault
from platewarden.ingest.brakes import Brake
from platewarden.ledger.checkpoint import Note, SignerKey
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.capture import CameraKind
from platewarden.reads.models import Read, Reading
from tests.cameras.stage import picture
from tests.cast import Cast, let_submit
from tests.conftest import NOW
from tests.devices.boxes import SERVER, Box, code_for, enrolled, submitted, transport
from tests.devices.conftest import at_now  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.clause("ADM-4")]


@pytest.fixture
def box(cast: Cast, tmp_path: Path) -> Box:
    """An enrolled box."""
    return enrolled(cast, tmp_path)


def one_signed(box: Box, **changes: Any) -> tuple[dict[str, Any], tuple[bytes, bytes]]:
    """A read as the box would send it, and its images."""
    box.keep(**changes)
    *_, waiting = box.spool.batch("route-13", 10)
    box.line.ask("GET", "/time")
    return signed_facts(waiting, box.clock, box.identity), waiting.images


def test_a_code_that_was_overheard_is_good_for_nothing_after_its_device(cast: Cast) -> None:
    """Whoever types it second gets what any wrong code gets, and no key is taken."""
    code = code_for(cast)
    enrol(SERVER, code, transport=transport())
    for tried in (code, code.lower(), f" {code} ", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA"):
        with pytest.raises(UploadError, match="unknown, used or expired"):
            enrol(SERVER, tried, transport=transport())
    assert Device.objects.count() == 1


def test_an_enrolment_recorded_on_the_wire_enrols_no_other_key(cast: Cast, client: Client) -> None:
    """The key proves itself over the code: somebody else's proof fits no key of one's own."""
    code = code_for(cast)
    honest, own = SignerKey.generate("a"), SignerKey.generate("b")
    proof = signed.sign(signed.enrolment_text(code=code, public=honest.verifier.public), honest)
    body = {"code": code, "key": own.verifier.public.hex(), "proof": proof}
    answer = client.post("/api/v1/device/enrol", json.dumps(body), "application/json")
    assert (answer.status_code, Device.objects.count()) == (403, 0)


def test_reads_signed_by_a_key_of_ones_own_are_refused_and_recorded(box: Box) -> None:
    """The request may be the device's; the signature of each read counts for itself."""
    facts, images = one_signed(box)
    forger = SignerKey.generate(box.identity.key.name)
    forged = facts | {"plate": "FORGED1", "signature": signed.sign("anything\n", forger)}
    answer = submitted(box, forged, *images)
    assert (answer.status_code, answer.json()["results"][0]["problem"]["field"]) == (403, "signature")
    assert Read.objects.count() == 0
    assert box.device.state.wrong_signatures == 1
    assert LedgerLeaf.objects.filter(kind="reads.refused").exists()


@pytest.mark.parametrize("change", [{"signature": None}, {"signature": ""}, {"signature": "AAAA"}])
def test_a_device_submits_nothing_unsigned(box: Box, change: dict[str, Any]) -> None:
    """To leave the signature out is no way round it."""
    facts, images = one_signed(box)
    assert submitted(box, facts | change, *images).status_code == 403
    assert Read.objects.count() == 0


def test_a_picture_put_in_the_place_of_another_is_refused(box: Box) -> None:
    """The signature covers the pictures, not only what was read in them."""
    facts, (plate, vehicle) = one_signed(box)
    assert submitted(box, facts, vehicle, plate).status_code == 403


def test_nobody_on_the_way_says_of_a_signed_read_that_it_is_another_reading_of_a_pass(box: Box) -> None:
    """Pass and revision are neither added nor changed nor taken away: else one read would stand for another."""
    plain, images = one_signed(box)
    for added in ({"pass_id": "p-1", "revision": 9}, {"pass_id": "p-1"}, {"revision": 9}):
        assert submitted(box, plain | added, *images).status_code in {403, 422}
    assert submitted(box, plain, *images).status_code == 201
    reading, images = one_signed(box, pass_id="p-2", revision=1)
    for changed in ({"revision": 2}, {"pass_id": "p-1"}, {"pass_id": "", "revision": 0}):
        assert submitted(box, reading | changed, *images).status_code == 403
    assert submitted(box, reading, *images).status_code == 201
    assert Reading.objects.get().revision == 1


def test_a_device_speaks_for_no_camera_but_its_own(box: Box, cast: Cast) -> None:
    """Another camera's reads are another device's, whatever key signed them."""
    other = register_camera(
        code="route-34",
        name="Route 34",
        kind=CameraKind.FIXED,
        place="Route 34",
        latitude=42.0,
        longitude=-76.0,
        heading_degrees=0,
        actor=cast.actor("ada"),
        now=NOW,
    )
    let_submit(other, signed_by=cast.ada, approved_by=cast.sue, now=NOW)
    facts, (plate, vehicle) = one_signed(box)
    images = {
        "plate_image": base64.b64encode(plate).decode(),
        "vehicle_image": base64.b64encode(vehicle).decode(),
    }
    answer = box.line.ask("POST", "/cameras/route-34/reads", {"reads": [facts | images]})
    assert (answer.status_code, answer.json()["clause"]) == (403, "CAP-1")
    second = enrol(SERVER, code_for(cast, code="box-2", cameras=[other]), transport=transport())
    stranger = Box(replace(second, device="box-2"), box.folder, box.vault)
    assert submitted(stranger, facts, plate, vehicle).status_code == 403
    assert Read.objects.count() == 0


def test_a_signed_read_is_taken_from_no_camera_without_its_device(
    box: Box, cast: Cast, client: Client
) -> None:
    """The address of plain cameras takes no signature that it cannot check."""
    from platewarden.cameras.credentials import issue_credential

    facts, (plate, vehicle) = one_signed(box)
    images = {
        "plate_image": base64.b64encode(plate).decode(),
        "vehicle_image": base64.b64encode(vehicle).decode(),
    }
    secret = issue_credential(camera=cast.camera, actor=cast.actor("ada"), now=NOW)
    answer = client.post(
        "/api/v1/reads",
        json.dumps({"reads": [facts | images]}),
        "application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 422
    assert Read.objects.count() == 0


def test_a_recorded_request_is_good_for_five_minutes_and_for_its_own_address(
    box: Box, client: Client
) -> None:
    """Another body, another address, another time, another method: none is the device's."""
    body, at = b"{}", int(NOW.timestamp())
    path = "/api/v1/device/time"

    def sent(
        *,
        path: str = path,
        at: int = at,
        body: bytes = body,
        says: bytes = body,
        signs: str = "GET",
        asks: str = "GET",
    ) -> int:
        text = signed.request_text(
            device="box-1", method=signs, path="/api/v1/device/time", at=at, body=signed.body_digest(b"{}")
        )
        blob = base64.b64decode(signed.sign(text, box.identity.key))
        token = f"Device box-1.{at}.{base64.urlsafe_b64encode(blob).decode()}"
        headers = {
            "Authorization": token,
            "Content-Digest": signed.digest_header(signed.body_digest(says)),
        }
        return client.generic(asks, path, body, "application/json", headers=headers).status_code

    assert sent() == 200
    assert sent(path="/api/v1/device/settings") == 401
    assert sent(body=b"{} ") == 401
    assert sent(body=b"{} ", says=b"{} ") == 401
    assert sent(signs="POST") == 401
    assert sent(at=at - 301) == 401
    assert sent(at=at + 301) == 401


@pytest.mark.parametrize(
    "token", ["", "box-1", "box-1.0.AAAA", "nobody.1.AAAA", "box-1.1.!", "box-1.99999999999999.A"]
)
def test_malformed_tokens_are_nobodys(box: Box, client: Client, token: str) -> None:
    """They are answered 401 and nothing more is looked at."""
    answer = client.get("/api/v1/device/time", headers={"Authorization": f"Device {token}"})
    assert answer.status_code == 401


def test_no_byte_is_read_of_what_a_stranger_sends_in_the_name_of_a_device(
    box: Box, rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest is announced and signed: whose request it is, is known before its body comes."""
    monkeypatch.setattr("platewarden.devices.senders.UNKNOWN", Brake(3, 60.0))
    blob = signed.sign("anything\n", SignerKey.generate(box.identity.key.name))
    token = f"box-1.{int(NOW.timestamp())}.{base64.urlsafe_b64encode(base64.b64decode(blob)).decode()}"
    request = rf.post("/api/v1/device/cameras/route-13/reads", b"x" * 100, "application/json")
    for _ in range(2):
        assert DeviceSignature().authenticate(request, token) is None
    with pytest.raises(TooManyError):
        DeviceSignature().authenticate(request, token)
    assert request._read_started is False  # type: ignore[attr-defined]
    assert box.line.ask("GET", "/time").status_code == 200, "the device itself, at the same address, comes in"


def test_codes_are_not_guessed(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten wrong ones from one network, and none of its is looked at for a while, not even a right one; others' are."""
    right = code_for(cast)

    def tried(code: str, address: str) -> int:
        key = SignerKey.generate("a")
        proof = signed.sign(signed.enrolment_text(code=code, public=key.verifier.public), key)
        body = {"code": code, "key": key.verifier.public.hex(), "proof": proof}
        answer = client.post(
            "/api/v1/device/enrol", json.dumps(body), "application/json", REMOTE_ADDR=address
        )
        return answer.status_code

    monkeypatch.setattr("platewarden.devices.api.CODES", Brake(3, 60.0))
    assert [tried("AAAAA", "192.0.2.1") for _ in range(4)] == [403, 403, 403, 429]
    assert tried(right, "192.0.2.1") == 429
    assert tried(right, "192.0.2.9") == 201


class _Served:
    """A line that hands out one answer to everything."""

    def __init__(self, note: str) -> None:
        self.note = note

    def ask(self, *_asked: Any) -> Any:
        """Answer with the note, and say that there is more to fetch."""
        return httpx.Response(200, json={"note": self.note, "settings_version": 99})


def test_settings_that_are_forged_replayed_or_anothers_change_nothing(box: Box, tmp_path: Path) -> None:
    """The box keeps those it has, and says so."""
    server = keys.signer()
    box.identity.save(box.folder, box.vault)
    current = replace(box.identity, settings_version=7)
    box.spool.close()
    told: list[str] = []
    agent = Agent(box.folder, box.vault, str(tmp_path / "key"), current, (), told.append)
    notes = {
        "forged": settings_note(
            Settings(batch=1), device="box-1", version=8, key=SignerKey.generate(server.name)
        ),
        "older": settings_note(Settings(batch=1), device="box-1", version=6, key=server),
        "another's": settings_note(Settings(batch=1), device="box-2", version=8, key=server),
        "a revocation": Note.sign(signed.revocation_text(device="box-1", at=NOW), server).encode(),
        "nothing": "",
    }
    for note in notes.values():
        agent.report(_Served(note))  # type: ignore[arg-type]
    assert agent.settings == Settings()
    assert len(told) == len(notes)
    agent.report(_Served(settings_note(Settings(batch=1), device="box-1", version=8, key=server)))  # type: ignore[arg-type]
    assert agent.settings.batch == 1
    assert load_identity(box.folder, box.vault).settings_version == 8


def test_nobody_but_the_server_can_have_a_box_destroy_what_it_holds(box: Box) -> None:
    """An order of another key, for another box, or a piece of its own settings, is none."""
    order = signed.revocation_text(device="box-1", at=NOW)
    assert is_revocation(Note.sign(order, keys.signer()).encode(), box.identity)
    for note in (
        Note.sign(order, SignerKey.generate(keys.signer().name)).encode(),
        Note.sign(signed.revocation_text(device="box-2", at=NOW), keys.signer()).encode(),
        settings_note(Settings(), device="box-1", version=1, key=keys.signer()),
        order,
        "",
    ):
        assert not is_revocation(note, box.identity)


def test_a_revoked_box_destroys_secret_identity_and_reads(box: Box, cast: Cast, tmp_path: Path) -> None:
    """It hears of it with whatever it asks next; nothing on its disk opens afterwards."""
    key = tmp_path / "elsewhere" / "device.key"
    key.parent.mkdir()
    key.write_bytes(b"s" * SECRET_BYTES)
    box.keep()
    box.identity.save(box.folder, box.vault)
    actions.revoke(device=box.device, actor=cast.actor("ada"), now=NOW + timedelta(seconds=1))
    agent = Agent(
        box.folder,
        box.vault,
        str(key),
        box.identity,
        (),
        box.told.append,
        clock=box.clock,
        transport=transport(),
    )
    with pytest.raises(RevokedError):
        agent.run(None)
    assert not key.exists()
    assert not (box.folder / spools.FILE).exists()
    with pytest.raises(IdentityError):
        load_identity(box.folder, Vault(b"s" * SECRET_BYTES))
    assert Read.objects.count() == 0


def test_a_stolen_disk_without_its_secret_gives_nothing_and_takes_nothing(box: Box) -> None:
    """No plate, no picture, no key to sign with."""
    box.keep()
    box.identity.save(box.folder, box.vault)
    box.spool.close()
    thief = Vault(b"t" * SECRET_BYTES)
    with pytest.raises(IdentityError):
        load_identity(box.folder, thief)
    assert Spool(box.folder, thief, most_bytes=1 << 20).batch("route-13", 10) == []
    everything = b"".join(path.read_bytes() for path in box.folder.iterdir())
    assert not re.search(rb"KAB ?4821", everything)  # three letters stand in what is sealed by chance
    assert box.identity.key.encode().split("+", 4)[-1].encode() not in everything


def test_a_read_moved_within_the_spool_to_another_camera_is_found_out(box: Box) -> None:
    """The seal binds a read to its camera; what was moved is dropped and counted, not submitted."""
    box.keep()
    with sqlite3.connect(box.folder / spools.FILE) as hand:
        hand.execute("UPDATE reads SET camera = 'route-34'")
    hand.close()
    assert (box.spool.batch("route-34", 10), box.spool.counters()["damaged"]) == ([], 1)


@pytest.mark.clause("CAP-4")
def test_stills_are_no_way_to_look_through_a_camera(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the enrolment, then one a day, or after a move, and because a person says so; others are refused."""
    kept = LedgerLeaf.objects.filter(kind="device.still_sent")
    monkeypatch.setattr("platewarden.cameras.stills.without_plates", lambda frame: (frame, 0))

    def sent(*, hours: float, asked_for: bool) -> int:
        moment = NOW + timedelta(hours=hours)
        for module in ("api", "senders"):
            monkeypatch.setattr(f"platewarden.devices.{module}.utc_now", lambda: moment)
        box.clock.learn(moment.timestamp(), asked=box.running_s)
        body = {"picture": base64.b64encode(picture()).decode(), "live": True, "asked_for": asked_for}
        return box.line.ask("POST", "/cameras/route-13/still", body).status_code

    def refused() -> int:
        return LedgerLeaf.objects.filter(kind="request.refused").count()

    assert sent(hours=0, asked_for=False) == 201
    assert sent(hours=0, asked_for=False) == 403
    assert sent(hours=0.1, asked_for=True) == 403
    assert sent(hours=23.9, asked_for=True) == 403
    assert sent(hours=100, asked_for=False) == 403
    assert (kept.count(), refused()) == (1, 4)
    assert sent(hours=100, asked_for=True) == 201
    assert sent(hours=101, asked_for=True) == 403
    Camera.objects.update(moved_at=NOW + timedelta(hours=101.1))
    assert [sent(hours=101.2, asked_for=asked) for asked in (False, True, True)] == [403, 201, 403]
    assert (kept.count(), DeviceStill.objects.exclude(still="").count()) == (3, 1)


@pytest.mark.clause("CAP-4")
def test_nothing_of_the_device_interface_gives_out_a_picture_or_a_read() -> None:
    """What answers to GET tells the time, the settings, a car its lists, and where edges run in a camera's still.

    That last is a fingerprint, too coarse to be a picture: see `tests/edge/test_views.py`.
    """
    import platewarden.boards.api  # noqa: F401 - adds its part
    from platewarden.devices.api import router

    gets = sorted(
        path
        for path, view in router.path_operations.items()
        if any("GET" in o.methods for o in view.operations)
    )
    assert gets == ["/board", "/settings", "/time", "/views"]
