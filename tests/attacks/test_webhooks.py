"""Webhooks as a way into the network behind, or as a way to make dispatch believe something."""

import re
import socket
import time
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.webhooks import may_reach
from platewarden.webhooks import actions, sending
from platewarden.webhooks.models import Delivery, Endpoint
from platewarden.webhooks.signing import headers_of
from tests.cast import Cast
from tests.conftest import NOW

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "webhooks.md"
KEY = bytes(range(32))
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
BODY = '{"type":"alert.raised"}'

Verify = Callable[..., bool]


@pytest.fixture
def is_genuine() -> Verify:
    """The verification that the documentation tells receivers to make."""
    (example,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)
    found: Verify = names["is_genuine"]
    return found


def signed(message_id: str = "msg_1") -> dict[str, str]:
    """The headers of a genuine message."""
    return headers_of(message_id, BODY, key=KEY, now=NOW)


def at(seconds: float = 0.0) -> Callable[[], float]:
    """The receiver's clock."""
    return lambda: NOW.timestamp() + seconds


def test_a_genuine_message_is_taken_once(is_genuine: Verify) -> None:
    """A recording of it, sent again, is not; nor is one that is sent when the receiver has forgotten the id."""
    seen: set[str] = set()
    assert is_genuine(signed(), BODY.encode(), SECRET, seen, at())
    assert not is_genuine(signed(), BODY.encode(), SECRET, seen, at(1))
    assert not is_genuine(signed(), BODY.encode(), SECRET, set(), at(301))


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 60)},
        {"webhook-timestamp": "now"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": ""},
    ],
    ids=str,
)
def test_a_forged_message_is_not_taken(is_genuine: Verify, change: dict[str, str]) -> None:
    """Another id, another time, another signature: each is found out, and marks no id as seen."""
    seen: set[str] = set()
    assert not is_genuine(signed() | change, BODY.encode(), SECRET, seen, at())
    assert not is_genuine(signed(), BODY.replace("raised", "ended").encode(), SECRET, seen, at())
    assert not is_genuine(signed(), BODY.encode(), "whsec_" + "A" * 43 + "=", seen, at())
    assert not is_genuine({}, BODY.encode(), SECRET, seen, at())
    assert seen == set()


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1"),
        *(
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.8",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
        ),
    ],
)
def test_no_machine_behind_the_console_is_reached(address: str) -> None:
    """However its address is written; one that the operator has opened is."""
    found = ip_address(address)
    assert not may_reach(found, networks=[])
    assert may_reach(found, networks=[ip_network("0.0.0.0/0"), ip_network("::/0")])


def test_public_addresses_are_reached() -> None:
    """Without the operator's doing."""
    for address in ("93.184.216.34", "2606:2800:220:1::1"):
        assert may_reach(ip_address(address), networks=[])


@pytest.mark.django_db
@pytest.mark.clause("ADM-4")
@pytest.mark.parametrize(
    "url",
    [
        "http://dispatch.example.gov/",
        "file:///etc/passwd",
        "gopher://dispatch.example.gov/",
        "//dispatch.example.gov/",
        "https://",
        "https://user:secret@dispatch.example.gov/",
        "https://dispatch.example.gov:0/",
        "https://dispatch.example.gov:port/",
        "https://127.0.0.1/",
        "https://[::1]:8420/",
        "https://169.254.169.254/latest/meta-data/",
        "https://dispatch.example.gov/#part",
        "javascript:alert(1)",
        "",
    ],
)
def test_an_address_that_is_none_to_send_to_is_refused(cast: Cast, url: str) -> None:
    """When it is proposed, before anything goes anywhere."""
    with pytest.raises(PolicyRefusal, match="ADM-4"):
        actions.propose_endpoint(name="Dispatch", url=url, actor=cast.actor("ada"), now=NOW)
    assert not Endpoint.objects.exists()


def test_a_name_that_comes_to_mean_another_machine_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked at each time, all its addresses are, and the one that was looked at is the one connected to."""
    resolved = [["93.184.216.34", "127.0.0.1"], ["10.1.2.3"], ["93.184.216.34"]]
    connected: list[str] = []

    def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in resolved.pop(0)]

    def connect(address: tuple[str, int], **_: Any) -> None:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    for expected in ("not public", "not public", "cannot be reached"):
        with pytest.raises(sending.DeliveryError, match=expected):
            sending.hand_over("https://dispatch.example.gov/", BODY, {}, networks=[])
    assert connected == ["93.184.216.34"]


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    """Nothing is sent to a machine that only claims to be the dispatch system."""
    from tests.webhooks.receiver import receiving

    with receiving(tmp_path) as receiver:
        with pytest.raises(sending.DeliveryError, match="certificate"):
            sending.hand_over(
                receiver.url, BODY, {}, networks=[ip_network("127.0.0.0/8"), ip_network("::1/128")]
            )
        assert not receiver.arrived


def test_a_receiver_that_never_answers_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither by silence nor by an answer that never ends; the attempt has an end of its own."""
    import ssl
    import threading

    from tests.webhooks.receiver import _make_certificate

    certificate = _make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening = socket.create_server(("127.0.0.1", 0))

    def dribble() -> None:
        with context.wrap_socket(listening.accept()[0], server_side=True) as connection:
            connection.recv(65536)
            try:
                for _ in range(200):
                    connection.sendall(b"H")
                    time.sleep(0.05)
            except OSError:
                return

    threading.Thread(target=dribble, daemon=True).start()
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 0.5)
    url = f"https://localhost:{listening.getsockname()[1]}/"
    began = time.monotonic()
    with pytest.raises(sending.DeliveryError, match="does not answer"):
        sending.hand_over(
            url,
            BODY,
            {},
            networks=[ip_network("127.0.0.0/8"), ip_network("::1/128")],
            authority=str(certificate),
        )
    assert time.monotonic() - began < 5
    listening.close()


@pytest.mark.django_db
def test_an_endpoint_of_another_agency_is_nobodys_here(cast: Cast, client: Any) -> None:
    """Its number leads nowhere, and its messages cannot be sent again."""
    from platewarden.accounts.models import Agency

    endpoint, _ = actions.propose_endpoint(
        name="D", url="https://dispatch.example.gov/", actor=cast.actor("ada"), now=NOW
    )
    actions.adopt_endpoint(endpoint=endpoint, actor=cast.actor("sue"), now=NOW)
    actions.try_endpoint(endpoint=endpoint, actor=cast.actor("ada"), now=NOW)
    Endpoint.objects.update(agency=Agency.objects.create(name="Elsewhere", county="Elsewhere"))
    client.force_login(cast.ada)
    for address in (f"{endpoint.pk}/adopt/", f"{endpoint.pk}/withdraw/", f"{endpoint.pk}/test/"):
        assert client.post(f"/webhooks/{address}").status_code == 404
    delivery = Delivery.objects.get()
    assert client.post(f"/webhooks/messages/{delivery.pk}/again/").status_code == 404
    assert b"dispatch.example.gov" not in client.get("/webhooks/").content
