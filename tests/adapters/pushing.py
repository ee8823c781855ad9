"""Devices of other makes, as tests play them."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from platewarden.adapters.results import Delivery
from platewarden.cameras.credentials import issue_credential
from platewarden.cameras.models import Camera
from platewarden.policy.cameras import CredentialStyle
from tests.adapters.deliveries import READS
from tests.cast import Cast
from tests.conftest import NOW


@dataclass
class Device:
    """The cast's camera, registered as of some make."""

    cast: Cast
    client: Client

    def speaks(self, key: str, zone: str = "America/New_York") -> Camera:
        """Register the camera as one that speaks *key*, with its clock in *zone*."""
        camera = self.cast.camera
        Camera.objects.filter(pk=camera.pk).update(
            protocol="platewarden" if key == "json" else key, clock_zone=zone
        )
        camera.refresh_from_db()
        return camera

    def push(self, sample: str, **told: Any) -> Any:
        """Push the sample as its maker's device does, with the credential in a header."""
        key, delivery = READS[sample]
        self.speaks(key)
        return self.post(delivery, **told)

    def post(self, delivery: Delivery, *, style: CredentialStyle | None = None, credential: str = "") -> Any:
        """Post *delivery*, presenting the credential in *style*."""
        address, headers = "/api/v1/push", {}
        credential = credential or self.cast.credential
        if style is CredentialStyle.PATH:
            address = f"{address}/{credential}"
        elif style is CredentialStyle.BASIC:
            headers["Authorization"] = f"Basic {base64.b64encode(credential.encode()).decode()}"
        else:
            headers["Authorization"] = f"Bearer {credential}"
        if delivery.path:
            address = f"{address}/{delivery.path}"
        return self.client.post(
            address, delivery.content, content_type=delivery.content_type or "x/y", headers=headers
        )

    def post_json(self, key: str, document: Any) -> Any:
        """Post *document* as a device that speaks *key* would."""
        self.speaks(key)
        return self.post(Delivery(json.dumps(document).encode(), "application/json"))

    def issue(self, style: CredentialStyle) -> str:
        """Issue the camera a credential of *style*, beside the one it has."""
        return issue_credential(
            camera=self.cast.camera, actor=self.cast.actor("ada"), now=NOW, style=style, keep_old=True
        )


@pytest.fixture
def device(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> Device:
    """Return the camera."""
    for name in ("ingest.api", "ingest.push"):
        monkeypatch.setattr(f"platewarden.{name}.utc_now", lambda: NOW)
    return Device(cast, client)
