"""The settings file of the bridge: where broker and server are, and which camera publishes where."""

import os
import tomllib
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from platewarden.bridge.topics import TopicError, can_overlap, check_filter

_KNOWN: Final = frozenset({"server", "broker", "cameras"})
_OF_THE_BROKER: Final = frozenset({"host", "port", "tls", "ca", "user", "password_from", "name"})
_OF_A_CAMERA: Final = frozenset({"camera", "topic", "credential_from", "content_type"})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_PORTS: Final = 1 << 16
_EVERYBODY: Final = 0o007


class SettingsError(ValueError):
    """The settings file, or one that it names, cannot be used; the message says what to do and repeats no secret."""


@dataclass(frozen=True, slots=True)
class BrokerSetting:
    """Where the broker is, and as whom to speak to it.

    Attributes:
        host: Its name.
        port: Its port.
        is_sealed: Whether it is spoken to over TLS.
        ca: File of the certificates that vouch for it; empty: those of this machine.
        user: User name; empty: none.
        password: Its password.
        name: How the bridge calls itself, with the camera's code behind it; the broker keeps what waits by it.
    """

    host: str
    port: int
    is_sealed: bool = True
    ca: str = ""
    user: str = ""
    password: str = ""
    name: str = "platewarden"


@dataclass(frozen=True, slots=True)
class CameraSetting:
    """One camera.

    Attributes:
        code: Its code in the register.
        topic: Where it publishes: a topic, or a filter.
        credential: ``code.secret``.
        content_type: What it publishes.
    """

    code: str
    topic: str
    credential: str
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the bridge is told."""

    server: str
    broker: BrokerSetting
    cameras: tuple[CameraSetting, ...]


def load_settings(path: Path) -> Settings:
    """Return what *path* says.

    Raises:
        SettingsError: It is missing, no TOML, or says something strange.
    """
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from error
    try:
        _only(facts, _KNOWN, "the file")
        server = _text(facts, "server").rstrip("/")
        if not server.startswith("https://") and urlsplit(server).hostname not in _LOOPBACK:
            raise SettingsError("server: must begin with https://, unless it is this machine")  # noqa: TRY301
        cameras = tuple(_camera(each) for each in facts.get("cameras", []))
        _check_apart(cameras)
        return Settings(server, _broker(facts.get("broker", {})), cameras)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from error


def _broker(facts: dict[str, Any]) -> BrokerSetting:
    _only(facts, _OF_THE_BROKER, "[broker]")
    host, is_sealed = _text(facts, "host"), facts.get("tls", True)
    port = facts.get("port", 8883)
    if not isinstance(is_sealed, bool) or not isinstance(port, int) or not 0 < port < _PORTS:
        raise SettingsError(f"[broker]: tls is true or false, port a number below {_PORTS}")
    if not is_sealed and host not in _LOOPBACK:
        raise SettingsError(
            "[broker]: tls may be off only where the broker is this machine: reads hold plates"
        )
    ca, user = (_text(facts, name, "") for name in ("ca", "user"))
    if bool(user) != ("password_from" in facts):
        raise SettingsError("[broker]: user and password_from go together")
    password = _secret(_text(facts, "password_from")) if user else ""
    return BrokerSetting(host, port, is_sealed, ca, user, password, _text(facts, "name", "platewarden"))


def _camera(facts: dict[str, Any]) -> CameraSetting:
    _only(facts, _OF_A_CAMERA, "[[cameras]]")
    code, topic = _text(facts, "camera"), _text(facts, "topic")
    try:
        check_filter(topic)
    except TopicError as error:
        raise SettingsError(f"topic of {code}: {error}") from error
    credential = _secret(_text(facts, "credential_from"))
    if credential.partition(".")[0] != code or not credential.isascii() or not credential.isprintable():
        raise SettingsError(
            f"credential_from of {code}: holds no CODE.SECRET of this camera, issued for a header"
        )
    return CameraSetting(code, topic, credential, _text(facts, "content_type", "application/json"))


def _check_apart(cameras: tuple[CameraSetting, ...]) -> None:
    if not cameras:
        raise SettingsError("names no [[cameras]]")
    for one, other in combinations(cameras, 2):
        if one.code == other.code:
            raise SettingsError(f"{one.code}: each camera has one topic")
        if can_overlap(one.topic, other.topic):
            raise SettingsError(
                f"{one.code} and {other.code}: one message could be of both; keep topics apart"
            )


def _only(facts: Any, known: frozenset[str], where: str) -> None:
    if not isinstance(facts, dict):
        raise SettingsError(f"{where}: is no table")
    if strange := set(facts) - known:
        told = ", ".join(sorted(strange))
        raise SettingsError(f"{where}: {told}: unknown; known are {', '.join(sorted(known))}")


def _text(facts: dict[str, Any], name: str, otherwise: str | None = None) -> str:
    value = facts.get(name, otherwise)
    if not isinstance(value, str) or (not value and otherwise is None):
        raise SettingsError(f'say {name} = "..."')
    return value


def _secret(name: str) -> str:
    """Return what the file *name* holds; a name without a folder is a credential that systemd hands over."""
    path = Path(name)
    if not path.is_absolute():
        path = Path(os.environ.get("CREDENTIALS_DIRECTORY") or "/nonexistent") / name
    try:
        if path.stat().st_mode & _EVERYBODY:
            raise SettingsError(f"{name}: everybody on this machine may read it; chmod 600")
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{name}: cannot be read; name the file in full, or a credential that systemd hands over"
        ) from error
    if not secret:
        raise SettingsError(f"{name}: is empty")
    return secret
