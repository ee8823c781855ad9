"""What an installation is told: the file `platewarden.toml` in its home folder, and a few variables.

The home folder holds everything an installation writes: settings file, keys, database, images, checkpoints.
It is named by PLATEWARDEN_HOME, else it is `var/` below the working directory.
"""

import os
import tomllib
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any

FILE_NAME = "platewarden.toml"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ConfigurationError(Exception):
    """The settings file is missing or says something unusable; the message names the entry and the remedy."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """One installation's settings.

    Attributes:
        home: Folder that holds everything the installation writes.
        mode: ``agency``, ``demo`` or ``test``; demo accounts exist in mode ``demo`` alone.
        origin: Name of this ledger in its checkpoints (C2SP tlog-checkpoint), e.g. ``alpr.example.gov/ledger``.
        host: Address to listen on; anything but loopback needs `certificate` or `tls_proxy`.
        port: TCP port to listen on.
        allowed_hosts: Host names under which the console is reached.
        certificate: PEM file with the certificate chain, for TLS in this process.
        certificate_key: PEM file with its private key.
        tls_proxy: Whether a proxy in front ends TLS and sets X-Forwarded-Proto.
        database_url: PostgreSQL for the application role; empty means the embedded one.
        database_owner_url: PostgreSQL for the owner role (migrations).
        image_storage: Dotted path of a Django storage class for sealed images.
        image_storage_options: Its options, e.g. ``bucket_name`` for S3.
        hotlist_folder: Watched folder, with a folder for each list in it; empty means that none is watched.
        case_file: CSV or JSON file of the open case numbers, as a case system writes it; empty: none is connected.
        checkpoint_folder: Path of a folder of somebody else's, to which signed checkpoints go and from which
            co-signed ones are taken; empty means none.
        webhook_networks: Networks (e.g. ``10.20.0.0/16``) to which webhooks may go beside public addresses.
        webhook_authority: PEM file of certificates that webhooks trust beside the system's.
        report_layout: Path of the agency's own Typst layout for the report of a hit; empty means the built-in one.
        mail_host: SMTP server that takes mail about notices; empty means that none is sent.
        mail_port: Its port.
        mail_user: Name to sign in with there; empty for none.
        mail_password: Password to sign in with there.
        mail_security: ``starttls``, ``tls`` or ``none``; the last only for a server on this machine.
        mail_from: Address in the From line.
    """

    home: Path
    mode: str = "agency"
    origin: str = "platewarden.invalid/ledger"
    host: str = "127.0.0.1"
    port: int = 8420
    allowed_hosts: list[str] = field(default_factory=lambda: ["localhost", "127.0.0.1", "[::1]"])
    certificate: str = ""
    certificate_key: str = ""
    tls_proxy: bool = False
    database_url: str = ""
    database_owner_url: str = ""
    image_storage: str = "platewarden.images.storage.DurableFileStorage"
    image_storage_options: dict[str, Any] = field(default_factory=dict)
    hotlist_folder: str = ""
    case_file: str = ""
    checkpoint_folder: str = ""
    webhook_networks: list[str] = field(default_factory=list)
    webhook_authority: str = ""
    report_layout: str = ""
    mail_host: str = ""
    mail_port: int = 587
    mail_user: str = ""
    mail_password: str = ""
    mail_security: str = "starttls"
    mail_from: str = "platewarden@localhost"

    @property
    def keys(self) -> Path:
        """Folder of the keys; never part of a backup that outlives retention."""
        return self.home / "keys"

    @property
    def is_demo(self) -> bool:
        """Whether invented people and plates may be loaded here."""
        return self.mode == "demo"

    @property
    def is_tls(self) -> bool:
        """Whether browsers reach this installation over TLS."""
        return bool(self.certificate) or self.tls_proxy


def home_folder() -> Path:
    """Return the home folder that the environment names, else `var/` below the working directory."""
    return Path(os.environ.get("PLATEWARDEN_HOME", "var")).resolve()


def make_home(home: Path) -> None:
    """Create the home folder: others may pass through it (the database's account does), not look into it."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)


def load(home: Path | None = None) -> Configuration:
    """Read the settings of the installation in *home*.

    Raises:
        ConfigurationError: The file is unreadable, or holds an unknown or ill-typed entry.
    """
    home = home or home_folder()
    values = _read(home / FILE_NAME)
    values.setdefault("database_url", "")
    for key, variable in (("database_url", "DATABASE_URL"), ("database_owner_url", "DATABASE_OWNER_URL")):
        values[key] = os.environ.get(variable) or values.get(key, "")
    configuration = Configuration(home=home, **values)
    _check(configuration)
    return configuration


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from error
    known = {entry.name for entry in fields(Configuration)} - {"home"}
    if unknown := sorted(values.keys() - known):
        raise ConfigurationError(
            f"{path}: unknown entry {unknown[0]!r}; known are {', '.join(sorted(known))}"
        )
    return values


def _check(configuration: Configuration) -> None:
    if configuration.mode not in {"agency", "demo", "test"}:
        raise ConfigurationError(f"mode: {configuration.mode!r} is none of agency, demo, test")
    _check_mail(configuration)
    _check_networks(configuration)
    loopback = configuration.host in _LOOPBACK
    if not loopback and (configuration.is_demo or not configuration.is_tls):
        raise ConfigurationError(
            f"host: {configuration.host!r} is reachable from outside, which needs `certificate` and "
            "`certificate_key`, or `tls_proxy = true` (and is never allowed for the demo); "
            "use 127.0.0.1 otherwise"
        )
    if configuration.report_layout and not Path(configuration.report_layout).is_file():
        raise ConfigurationError(
            f"report_layout: there is no file {configuration.report_layout!r}; leave it out for the built-in layout"
        )
    if bool(configuration.database_url) != bool(configuration.database_owner_url):
        raise ConfigurationError(
            "database_url and database_owner_url belong together: "
            "one for the application role, one for the owner that migrates"
        )


def _check_mail(configuration: Configuration) -> None:
    security, host = configuration.mail_security, configuration.mail_host
    if security not in {"starttls", "tls", "none"}:
        raise ConfigurationError(f"mail_security: {security!r} is none of starttls, tls, none")
    if host and security == "none" and host not in _LOOPBACK:
        raise ConfigurationError(
            f"mail_security: mail to {host!r} would leave this machine in the clear; use starttls or tls"
        )


def _check_networks(configuration: Configuration) -> None:
    for network in configuration.webhook_networks:
        try:
            ip_network(network)
        except ValueError as error:
            raise ConfigurationError(
                f"webhook_networks: {network!r} is no network: e.g. 10.20.0.0/16"
            ) from error
