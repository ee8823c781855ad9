"""A witness on the register and one behind an address. Models are imported late: Django is set up afterwards."""

import threading
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast


@pytest.fixture
def log_key(cast: Cast, settings: Any) -> Any:
    """A log key of the test's own."""
    from platewarden.ledger import keys

    return keys.ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)


@pytest.fixture
def clerk(tmp_path: Path, log_key: Any) -> Any:
    """The county clerk's own witness, who was given the log's key."""
    from platewarden.ledger.witnessing import Witness

    Witness.create(tmp_path / "clerk", "clerk.example.org/witness")
    return Witness(tmp_path / "clerk", [log_key])


@pytest.fixture
def register(cast: Cast, now: Any) -> Callable[..., Any]:
    """Put a witness on the register, by two people."""
    from platewarden.witnesses.actions import adopt_witness, propose_witness

    def _register(key: str, url: str = "") -> Any:
        made = propose_witness(
            who="Jane Roe, County Clerk", key=key, url=url, actor=cast.actor("ada"), now=now
        )
        adopt_witness(witness=made, actor=cast.actor("tom"), now=now)
        return made

    return _register


@pytest.fixture
def sign(cast: Cast, log_key: Any, now: Any) -> Callable[..., Any]:
    """Append an entry and sign the head."""
    from django.db import transaction

    from platewarden.ledger import actions
    from platewarden.ledger.kinds import Kind

    def _sign() -> Any:
        with transaction.atomic():
            actions.append(Kind.SIGN_OUT, actor=cast.actor("tom"))
        return actions.sign_checkpoint(actor=cast.actor("tom"), now=now)

    return _sign


@pytest.fixture
def address(tmp_path: Path, clerk: Any, settings: Any) -> Iterator[str]:
    """The clerk behind TLS on this machine, whose network the operator has opened."""
    import ssl

    from platewarden.commands.witness import server
    from tests.webhooks.receiver import _make_certificate

    certificate = _make_certificate(tmp_path)
    settings.PLATEWARDEN_WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
    settings.PLATEWARDEN_WEBHOOK_AUTHORITY = str(certificate)
    with server(clerk, "127.0.0.1", 0) as running:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        running.socket = context.wrap_socket(running.socket, server_side=True)
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"https://localhost:{running.server_address[1]}"
        running.shutdown()
        thread.join()
