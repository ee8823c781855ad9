"""The page about webhooks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from platewarden.webhooks.models import Delivery, Endpoint
from tests.alerts.scenes import entries
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]
ASKED = {"name": "Dispatch", "url": "https://dispatch.example.gov/hook"}


def test_two_people_set_an_endpoint_up_and_see_what_became_of_messages(cast: Cast, sign_in: SignIn) -> None:
    """The key is shown once; a test message is listed as on its way."""
    ada = sign_in(cast.ada)
    assert "No endpoint" in ada.get("/webhooks/").content.decode()
    shown = ada.post("/webhooks/propose/", ASKED).content.decode()
    assert "whsec_" in shown
    assert "whsec_" not in ada.get("/webhooks/").content.decode()
    endpoint = Endpoint.objects.get()
    assert ada.post(f"/webhooks/{endpoint.pk}/adopt/").status_code == 403
    sue = sign_in(cast.sue)
    assert sue.post(f"/webhooks/{endpoint.pk}/adopt/").status_code == 302
    ada = sign_in(cast.ada)
    ada.post(f"/webhooks/{endpoint.pk}/test/")
    assert "On its way" in ada.get("/webhooks/").content.decode()
    ada.post(f"/webhooks/{endpoint.pk}/withdraw/")
    shown = ada.get("/webhooks/").content.decode()
    assert "Withdrawn" in shown
    assert "Given up" in shown
    assert ada.post(f"/webhooks/{endpoint.pk}/test/").status_code == 404


def test_what_is_wrong_with_an_address_is_said(cast: Cast, sign_in: SignIn) -> None:
    """With the clause and the remedy; nothing is kept, and the refusal is on record."""
    response = sign_in(cast.ada).post("/webhooks/propose/", {**ASKED, "url": "http://dispatch.example.gov/"})
    assert response.status_code == 403
    assert "https alone" in response.content.decode()
    assert not Endpoint.objects.exists()
    assert len(entries("request.refused")) == 1


def test_a_message_is_sent_again_from_the_page(cast: Cast, sign_in: SignIn) -> None:
    """By an administrator; a message that is not there is nowhere."""
    ada = sign_in(cast.ada)
    ada.post("/webhooks/propose/", ASKED)
    endpoint = Endpoint.objects.get()
    sign_in(cast.sue).post(f"/webhooks/{endpoint.pk}/adopt/")
    ada = sign_in(cast.ada)
    ada.post(f"/webhooks/{endpoint.pk}/test/")
    delivery = Delivery.objects.get()
    Delivery.objects.update(dead_at=delivery.created_at, problem="It answered 500: no success.")
    assert "It answered 500" in ada.get("/webhooks/").content.decode()
    ada.post(f"/webhooks/messages/{delivery.pk}/again/")
    assert Delivery.objects.get().dead_at is None
    assert ada.post(f"/webhooks/messages/{endpoint.pk:032x}/again/").status_code == 404


@pytest.mark.clause("USE-1")
def test_who_has_no_business_with_it_does_not_see_it(cast: Cast, sign_in: SignIn) -> None:
    """Officers and auditors neither see where messages go nor send any."""
    for name in ("alice", "tom"):
        assert sign_in(getattr(cast, name)).get("/webhooks/").status_code == 403
