"""The supervisor starts nothing beside a stranger."""

import socket
from pathlib import Path

import pytest

from platewarden.site.configuration import Configuration
from platewarden.site.supervisor import SupervisedError, Supervisor


def test_a_port_in_use_is_named_before_anything_starts(tmp_path: Path) -> None:
    """Another console on the port would answer for ours, so its presence is an error that says what to do."""
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        supervisor = Supervisor(Configuration(home=tmp_path, port=port))
        with pytest.raises(SupervisedError, match=f"port {port}"), supervisor.processes():
            pytest.fail("it started beside the stranger")
