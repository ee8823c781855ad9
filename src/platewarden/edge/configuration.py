"""The settings file of a box: where its server, its secret and its spool are, and what it watches."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from platewarden.edge.agent import SourceSetting
from platewarden.edge.gate import Region, RegionError
from platewarden.edge.place.receiving import ReceiverError, check_address
from platewarden.edge.unit.page.serving import PORT

_PORTS: Final = 1 << 16

KNOWN: Final = frozenset({"state", "key", "sources", "receiver", "mobile"})
OF_A_UNIT: Final = frozenset({"receiver", "page_port"})
OF_A_SOURCE: Final = frozenset({"camera", "source", "source_from", "region"})


class ConfigurationError(ValueError):
    """The settings file cannot be used; the message says which line of it, and what to do."""


@dataclass(frozen=True, slots=True)
class MobileSetting:
    """What makes the box a car's: where its receiver is (empty: none), and the port of the page on board."""

    receiver: str = ""
    page_port: int = PORT


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a box is told on the spot.

    Attributes:
        state: Folder of identity and spool.
        key_from: Path of the secret, or ``systemd``.
        sources: What it watches.
        mobile: What makes it a car's; None for a box at a pole.
        receiver: Where the receiver of a box at a pole or on a trailer is; empty: it has none.
    """

    state: Path
    key_from: str
    sources: tuple[SourceSetting, ...]
    mobile: MobileSetting | None = None
    receiver: str = ""


def load_configuration(path: Path) -> Configuration:
    """Return what *path* says.

    Raises:
        ConfigurationError: It is missing, no TOML, or says something strange.
    """
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"{path}: there is no such file; write it, or name another with --config"
        ) from error
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    if strange := set(facts) - KNOWN:
        raise ConfigurationError(
            f"{path}: {', '.join(sorted(strange))}: unknown; known are {', '.join(sorted(KNOWN))}"
        )
    for name in ("state", "key"):
        if not isinstance(facts.get(name), str):
            raise ConfigurationError(f'{path}: say {name} = "..."')
    sources = tuple(_source(path, each) for each in facts.get("sources", []))
    cameras = [source.camera for source in sources]
    if len(set(cameras)) != len(cameras):
        raise ConfigurationError(f"{path}: each camera has one source")
    mobile = _mobile(path, facts["mobile"]) if "mobile" in facts else None
    if mobile is not None and "receiver" in facts:
        raise ConfigurationError(f"{path}: receiver: a car's stands below [mobile]")
    receiver = _receiver(path, facts.get("receiver", ""))
    return Configuration(Path(facts["state"]), facts["key"], sources, mobile, receiver)


def _mobile(path: Path, facts: Any) -> MobileSetting:
    if not isinstance(facts, dict) or set(facts) - OF_A_UNIT:
        raise ConfigurationError(f"{path}: [mobile] has {', '.join(sorted(OF_A_UNIT))}, and nothing else")
    port = facts.get("page_port", PORT)
    if not isinstance(port, int) or not 0 < port < _PORTS:
        raise ConfigurationError(f"{path}: [mobile]: page_port is a number below {_PORTS}")
    return MobileSetting(_receiver(path, facts.get("receiver", "")), port)


def _receiver(path: Path, address: Any) -> str:
    if not isinstance(address, str):
        raise ConfigurationError(f"{path}: receiver is a text")
    try:
        check_address(address)
    except ReceiverError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    return address


def _source(path: Path, facts: dict[str, Any]) -> SourceSetting:
    if strange := set(facts) - OF_A_SOURCE:
        raise ConfigurationError(f"{path}: sources: {', '.join(sorted(strange))}: unknown")
    if "camera" not in facts or ("source" in facts) == ("source_from" in facts):
        raise ConfigurationError(f"{path}: each of [[sources]] has camera, and source or source_from")
    try:
        region = Region.parse(facts["region"]) if "region" in facts else None
    except RegionError as error:
        raise ConfigurationError(f"{path}: region of {facts['camera']}: {error}") from error
    return SourceSetting(
        facts["camera"], facts.get("source") or _handed_over(path, facts["source_from"]), region
    )


def _handed_over(path: Path, name: str) -> str:
    """Return an address that systemd hands over as a credential: addresses hold passwords."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    try:
        return (Path(folder or "/nonexistent") / name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(
            f"{path}: source_from = {name!r}: systemd hands over no such credential; set LoadCredential={name}:…"
        ) from error
