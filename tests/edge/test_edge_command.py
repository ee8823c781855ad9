"""What `platewarden edge` says to whoever has not come so far yet."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from platewarden.commands.edge import edge
from platewarden.edge.configuration import ConfigurationError, load_configuration


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The settings file of a car's box that is not enrolled."""
    written = tmp_path / "edge.toml"
    written.write_text(f'state = "{tmp_path}/state"\nkey = "{tmp_path}/edge.key"\n[mobile]\n')
    return written


@pytest.mark.parametrize("command", ["run", "status", "renew"])
def test_a_box_that_is_not_enrolled_says_how_it_is(settings: Path, command: str) -> None:
    """Nothing of it was ever kept in a safe place from which it could be restored."""
    result = CliRunner().invoke(edge, [command, "--config", str(settings)])
    assert result.exit_code == 1
    assert "not enrolled; `platewarden edge enrol SERVER` does it" in result.output


def test_a_page_that_nobody_serves_says_what_serves_it(settings: Path) -> None:
    """The code is made when the agent starts."""
    result = CliRunner().invoke(edge, ["page", "--config", str(settings)])
    assert result.exit_code == 1
    assert "start `platewarden edge run` first" in result.output


def test_a_receiver_stands_where_its_box_does(tmp_path: Path) -> None:
    """Of a box at a pole above the sources, of a car's below [mobile]; an address of another form is refused."""
    written = tmp_path / "edge.toml"
    head = 'state = "/var/x"\nkey = "systemd"\n'
    receiver = 'receiver = "gpsd://127.0.0.1"\n'
    written.write_text(head + receiver)
    assert load_configuration(written).receiver == "gpsd://127.0.0.1"
    for text, said in (
        (receiver + "[mobile]\n", "stands below"),
        ('receiver = "http://x"\n', "gpsd://"),
        ("receiver = 5\n", "is a text"),
    ):
        written.write_text(head + text)
        with pytest.raises(ConfigurationError, match=said):
            load_configuration(written)
