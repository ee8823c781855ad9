"""Where the adopted policy's own files are: beside the checkout, or inside the installed package."""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent


class PolicyFileError(RuntimeError):
    """A file of the adopted policy is missing or cannot be understood; nothing may run without it."""


def policy_folder() -> Path:
    """Return the folder that holds ``policy.md`` and ``parameters.toml``.

    Raises:
        PolicyFileError: Neither the package nor a checkout around it has one.
    """
    for folder in (_PACKAGE / "adopted", _PACKAGE.parents[2] / "policy"):
        if (folder / "policy.md").is_file():
            return folder
    raise PolicyFileError(
        "the adopted policy (policy.md) is missing: reinstall Platewarden, or restore policy/"
    )
