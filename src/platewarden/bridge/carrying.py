"""One camera's line from the broker to the server: listens, pushes, and only then acknowledges."""

import ssl
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import httpx
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from platewarden.adapters.results import MAX_CONTENT_BYTES
from platewarden.bridge.answers import Fate, Ruling, rule
from platewarden.bridge.settings import BrokerSetting, CameraSetting
from platewarden.bridge.waiting import WINDOW, Message, Waiting

_KEPT_FOR_EVER: Final = 0xFFFFFFFF
_HEADS: Final = 1 << 16
_ALIVE_S: Final = 30
_LOOK_S: Final = 0.2
_TIMEOUT_S: Final = 20.0


class Carrier:
    """Carries what one camera publishes.

    Each camera has a connection of its own, and so a session, a window and an order of its own: one whose messages the
    server does not take holds up no other.

    Attributes:
        counts: What became of its messages: taken, refused, lost.
    """

    def __init__(
        self,
        broker: BrokerSetting,
        camera: CameraSetting,
        http: httpx.Client,
        *,
        stop: threading.Event,
        tell: Callable[[str], None],
    ) -> None:
        """Prepare to carry; nothing is connected yet. *tell* takes lines that hold nothing of any message."""
        self.counts: Counter[str] = Counter()
        self._broker, self._camera, self._http = broker, camera, http
        self._stop, self._tell, self._said = stop, tell, dict[str, str]()
        self._client = self._made()
        self.waiting = Waiting(lambda number: self._client.ack(number, qos=1))

    def run(self) -> None:
        """Carry until told to stop; what is not answered for by then stays with the broker."""
        while not self._stop.is_set():
            message = self.waiting.take(within_s=_LOOK_S)
            if message is not None:
                self.carry(message)

    def listen(self) -> None:
        """Keep the line to the broker until `hang_up`."""
        kept = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        kept.SessionExpiryInterval = _KEPT_FOR_EVER
        kept.ReceiveMaximum = WINDOW
        kept.MaximumPacketSize = MAX_CONTENT_BYTES + _HEADS
        self._client.connect_async(
            self._broker.host, self._broker.port, keepalive=_ALIVE_S, clean_start=False, properties=kept
        )
        self._client.loop_forever(retry_first_connection=True)

    def hang_up(self) -> None:
        """End `listen`; to be said again until it has ended, as it may be just about to connect anew."""
        self._client.disconnect()

    def carry(self, message: Message) -> None:
        """Push *message* until it is answered for, then acknowledge it."""
        attempt = 0
        while not self._stop.is_set():
            ruling = self._pushed(message.content, attempt)
            if ruling.fate is not Fate.WAITS:
                self._say("server", "the server answers for what is published")
                if ruling.fate is Fate.REFUSED:
                    self._say_always("the server can never use one message: see the camera's page")
                self.counts[ruling.fate.value] += 1
                self.waiting.done(message)
                return
            self._say("server", f"{ruling.why}; what is published waits")
            attempt += 1
            self._stop.wait(ruling.pause_s)

    def _pushed(self, content: bytes, attempt: int) -> Ruling:
        headers = {
            "Authorization": f"Bearer {self._camera.credential}",
            "Content-Type": self._camera.content_type,
        }
        try:
            answer = self._http.post("/api/v1/push", content=content, headers=headers, timeout=_TIMEOUT_S)
        except httpx.HTTPError:
            return rule(None, attempt=attempt)
        return rule(answer.status_code, answer.headers.get("Retry-After", ""), attempt=attempt)

    def _made(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{self._broker.name}-{self._camera.code}",
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        if self._broker.is_sealed:
            client.tls_set_context(ssl.create_default_context(cafile=self._broker.ca or None))
        if self._broker.user:
            client.username_pw_set(self._broker.user, self._broker.password)
        client.reconnect_delay_set(1, 30)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_connect_fail, client.on_message = self._on_no_line, self._on_message
        client.on_subscribe = self._on_subscribe
        return client

    def _on_connect(
        self, client: Client, _data: Any, flags: ConnectFlags, reason: ReasonCode, _more: Properties | None
    ) -> None:
        if reason.is_failure:
            self._say("broker", f"the broker refuses: {reason}")
            return
        self.waiting.connected(knows_us=flags.session_present)
        # What the broker retains of a topic is sent once, not at every new line.
        once = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        client.subscribe(self._camera.topic, options=once)

    def _on_subscribe(
        self, _client: Client, _data: Any, _number: int, reasons: list[ReasonCode], _more: Properties | None
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            self._say("broker", f"the broker does not let the bridge listen: {reasons[0]}")
        else:
            self._say("broker", "listening at the broker")

    def _on_disconnect(
        self,
        _client: Client,
        _data: Any,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _more: Properties | None,
    ) -> None:
        if self.waiting.disconnected() and reason.is_failure:
            self._say("broker", f"the broker is lost: {reason}")

    def _on_no_line(self, _client: Client, _data: Any) -> None:
        self._say("broker", "the broker cannot be reached, or not by TLS with a certificate that is trusted")

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if not self.waiting.put(bytes(message.payload), message.mid if message.qos else 0):
            self.counts["lost"] += 1
            self._say_always("a message published without a promise (QoS 0) is lost: too many wait")

    def _say(self, of: str, text: str) -> None:
        """Say how it stands with broker or server, when that has changed."""
        if self._said.get(of) != text:
            self._said[of] = text
            self._say_always(text)

    def _say_always(self, text: str) -> None:
        self._tell(f"{self._camera.code}: {text}")
