"""A real broker, Mosquitto, on the loopback interface, over TLS and with a password; and the bridge as it is run."""

import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt import publish

from tests.live import free_port

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
MOSQUITTO = shutil.which("mosquitto", path=PATH)
needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="no mosquitto on this machine")

USER, PASSWORD = "bridge", "br1dge-passw0rd"
TOPIC = "axis/00408cfe12/event/lpr"


def eventually(holds: Callable[[], bool], *, within: float = 120.0) -> bool:
    """Whether it holds before the time is over."""
    until = time.monotonic() + within
    while not (done := holds()) and time.monotonic() < until:
        time.sleep(0.05)
    return done


class Broker:
    """Mosquitto, with what it keeps in *folder*."""

    def __init__(self, folder: Path) -> None:
        """Write its settings; nothing runs yet."""
        self.folder, self.port = folder, free_port()
        self.certificate = folder / "broker.crt"
        self._certify()
        subprocess.run(
            ["mosquitto_passwd", "-c", "-b", folder / "users", USER, PASSWORD], env={"PATH": PATH}, check=True
        )
        (folder / "broker.conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {folder}/users\n"
            f"certfile {self.certificate}\nkeyfile {folder}/broker.key\n"
            f"persistence true\npersistence_location {folder}/\n"
            # as root it would change to an account that may not enter the test's folder
            f"{'user root' if os.geteuid() == 0 else ''}\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def _certify(self) -> None:
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        (self.folder / "broker.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    def start(self) -> None:
        """Start and wait until it takes what is published."""
        self._process = subprocess.Popen(
            [str(MOSQUITTO), "-c", self.folder / "broker.conf"], stderr=subprocess.DEVNULL
        )

        def answers() -> bool:
            try:
                self.publish(b"", topic="tests/hello")
            except OSError:
                return False
            return True

        assert eventually(answers), "the broker did not start"

    def stop(self) -> None:
        """End it; what waits for the bridge is written down."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(60)

    def publish(self, content: bytes, *, topic: str = TOPIC, qos: int = 1) -> None:
        """Publish as a camera does, until the broker has taken it."""
        publish.single(
            topic,
            content,
            qos=qos,
            hostname="127.0.0.1",
            port=self.port,
            auth={"username": USER, "password": PASSWORD},
            tls={"ca_certs": str(self.certificate), "tls_version": ssl.PROTOCOL_TLS_CLIENT},
        )


class Bridge:
    """`platewarden bridge`, in a process of its own."""

    def __init__(self, folder: Path, broker: Broker, server: str, credential: str) -> None:
        """Write its settings; nothing runs yet."""
        self.config, self._log = folder / "bridge.toml", folder / "bridge.log"
        for name, text in (("password", PASSWORD), ("credential", credential)):
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        self.config.write_text(
            f'server = "{server}"\n[broker]\nhost = "127.0.0.1"\nport = {broker.port}\n'
            f'ca = "{broker.certificate}"\nuser = "{USER}"\npassword_from = "{folder}/password"\n'
            f'[[cameras]]\ncamera = "{credential.partition(".")[0]}"\ntopic = "axis/00408cfe12/#"\n'
            f'credential_from = "{folder}/credential"\n'
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it need not be connected yet."""
        command = [sys.executable, "-m", "platewarden", "bridge", "--config", str(self.config)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stderr=log)

    def listens(self) -> bool:
        """Start, and return whether the broker lets it listen in time."""
        before = self.said.count("listening")
        self.start()
        return eventually(lambda: self.said.count("listening") > before)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it, and return its status."""
        assert self._process is not None
        self._process.send_signal(how)
        return self._process.wait(60)

    @property
    def said(self) -> str:
        """Everything it has said."""
        return self._log.read_text() if self._log.exists() else ""

    def end(self) -> None:
        """End it if it still runs."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait(60)


@contextmanager
def running(folder: Path) -> Iterator[Broker]:
    """Run a broker for a while."""
    broker = Broker(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
