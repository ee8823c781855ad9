"""The one command, `platewarden`: a lazy group, so that `--help` and `read` need no Django."""

from importlib import import_module
from typing import ClassVar

import click

from platewarden import __version__


class LazyGroup(click.Group):
    """Loads a command's module only when that command is asked for."""

    COMMANDS: ClassVar[dict[str, str]] = {
        "audit": "audit:audit",
        "backup": "backup:backup",
        "bridge": "bridge:bridge",
        "capture": "capture:capture",
        "case": "case:case",
        "demo": "demo:demo",
        "edge": "edge:edge",
        "evaluate": "evaluate:evaluate",
        "hotlist": "hotlist:hotlist",
        "import": "importing:import_folder",
        "init": "init:init",
        "ledger": "ledger:ledger",
        "migrate": "migrate:migrate",
        "purge": "purge:purge",
        "read": "read:read",
        "release": "release:release",
        "restore": "restore:restore",
        "serve": "serve:serve",
        "simulate": "simulate:simulate",
        "web": "web:web",
        "witness": "witness:witness",
        "worker": "worker:worker",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands."""
        return sorted(self.COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command *cmd_name*, importing its module."""
        if cmd_name not in self.COMMANDS:
            return None
        module, _, attribute = self.COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"platewarden.commands.{module}"), attribute)
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="platewarden")
def main() -> None:
    """Licence plate recognition that can prove it keeps its agency's written policy."""
