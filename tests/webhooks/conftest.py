"""A dispatch system that Platewarden may reach. Models are imported late: this file is read before Django is set up."""

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def receiver(tmp_path: Path, settings: Any) -> Iterator[Any]:
    """A dispatch system on this machine; the operator has opened its network and trusts its certificate."""
    from tests.webhooks.receiver import receiving

    with receiving(tmp_path) as running:
        settings.PLATEWARDEN_WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
        settings.PLATEWARDEN_WEBHOOK_AUTHORITY = running.authority
        yield running
