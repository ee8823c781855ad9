"""What a device signs is written down once, with examples that any other implementation can check itself against."""

import json
from datetime import datetime
from typing import Any

import pytest

from platewarden.edge import signed
from platewarden.edge.gate import Looking, Region
from platewarden.edge.settings import Settings, SettingsError, SourceSettings, open_settings, settings_note
from platewarden.ledger.checkpoint import SignerKey, VerifierKey
from platewarden.policy.location import policy_folder

VECTORS = json.loads(
    (policy_folder().parent / "docs" / "reference" / "edge-vectors.json").read_text(encoding="utf-8")
)
PLAIN = (
    "platewarden settings 1\ndevice box-1\nversion 5\nleast_confidence 30\nspool_megabytes 4096\nretention_hours 720\n"
    "batch 20\nreport_seconds 60\n"
)
SERVER = SignerKey.generate("alpr.example.org/ledger/devices")


@pytest.mark.parametrize("vector", VECTORS["reads"])
def test_the_documented_reads_have_the_documented_texts_and_signatures(vector: dict[str, Any]) -> None:
    """Read, text and signature belong together, and nothing else is signed by it."""
    read = dict(vector["read"])
    text = signed.read_text(
        read | {"seen_at": datetime.fromisoformat(read["seen_at"])},
        device=VECTORS["device"],
        camera=VECTORS["camera"],
        plate_image=signed.image_digest(vector["plate_image"].encode()),
        vehicle_image=signed.image_digest(vector["vehicle_image"].encode()),
    )
    key = VerifierKey.parse(VECTORS["verifier"])
    assert text == vector["text"]
    assert signed.is_signed(text, vector["signature"], [key]) == key
    assert signed.is_signed(text.replace("plate ", "plate X"), vector["signature"], [key]) is None


def test_the_documented_request_has_the_documented_text() -> None:
    """Method, path, time and body are bound together."""
    request = VECTORS["request"]
    text = signed.request_text(
        device=VECTORS["device"],
        method=request["method"],
        path=request["path"],
        at=request["time"],
        body=signed.body_digest(request["body"].encode()),
    )
    assert text == request["text"]
    assert signed.is_signed(text, request["signature"], [VerifierKey.parse(VECTORS["verifier"])])


@pytest.mark.parametrize("signature", ["", "!", "AAAA", "é"])
def test_what_is_no_signature_is_said_to_be_none(signature: str) -> None:
    """A malformed one is told from a wrong one."""
    with pytest.raises(signed.SignatureError):
        signed.is_signed("a\n", signature, [SERVER.verifier])


def test_settings_come_out_as_they_went_in() -> None:
    """Signed, for this device, with their number."""
    note = settings_note(Settings(batch=9), device="box-1", version=4, key=SERVER)
    assert open_settings(note, device="box-1", key=SERVER.verifier, least_version=4) == (4, Settings(batch=9))


def test_what_is_set_for_a_source_travels_in_a_form_of_its_own() -> None:
    """A box that does not know of sources refuses it as of another form; without any, all is as it was."""
    source = SourceSettings("route-13", 250, 30, Region.parse("0,0.4;1,0.4;1,1;0,1"))
    chosen = Settings(batch=9, sources=(SourceSettings("gate"), source))
    note = settings_note(chosen, device="box-1", version=4, key=SERVER)
    assert note.startswith("platewarden settings 2\n")
    assert "source route-13 rest_ms 250 share 30 region 0,0.4;1,0.4;1,1;0,1\n" in note
    assert open_settings(note, device="box-1", key=SERVER.verifier, least_version=4) == (4, chosen)
    assert Settings.of(chosen.values()) == chosen
    assert settings_note(Settings(), device="box-1", version=4, key=SERVER).startswith(
        "platewarden settings 1\n"
    )
    assert chosen.of_source("route-13").looking == Looking(source.region, 0.25, 0.003)
    assert chosen.of_source("other").looking == Looking()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("batch 20", "batch 21"), "not the server's"),
        (("device box-1", "device box-2"), "not the server's"),
        (("", ""), "older"),
    ],
)
def test_settings_that_are_not_the_servers_or_older_are_refused(
    change: tuple[str, str], message: str
) -> None:
    """One number changed, another device's, or yesterday's."""
    note = settings_note(Settings(), device="box-1", version=4, key=SERVER).replace(*change)
    with pytest.raises(SettingsError, match=message):
        open_settings(note, device="box-1", key=SERVER.verifier, least_version=5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x\n",
        "platewarden settings 1\ndevice box-1\nversion 5\nlive_view 1\n",
        f"{PLAIN}source route-13 rest_ms 250 share 30 region -\n",
        f"{PLAIN}source route-13 rest_ms 0 share 30 region -\n".replace("settings 1", "settings 2"),
        f"{PLAIN}source route-13 show 1\n".replace("settings 1", "settings 2"),
    ],
)
def test_settings_of_another_form_are_refused_though_the_server_signed_them(text: str) -> None:
    """A closed list: there is no setting for anything that the policy forbids."""
    from platewarden.ledger.checkpoint import Note

    note = Note.sign(text, SERVER).encode() if text else "no note"
    with pytest.raises(SettingsError):
        open_settings(note, device="box-1", key=SERVER.verifier, least_version=0)
