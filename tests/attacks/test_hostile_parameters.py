"""Somebody sends what no page offers: no address answers with an error of ours."""

import inspect
import re
import uuid
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pytest
from django import forms
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

import platewarden
from platewarden.accounts.models import RoleGrant
from platewarden.ledger.keys import ensure_log_key
from platewarden.policy.actor import Role
from platewarden.site.limits import FORM_BYTES
from tests.cast import Cast
from tests.conftest import NOW
from tests.releases import scenes

pytestmark = [pytest.mark.clause("USE-1"), pytest.mark.django_db]

HOSTILE: Final = ("9" * 5000, "99999-00-45T99:99", "%ED%A0%80%FF")
"""A number that no machine word holds, a moment that never was, half a character and half of none; as in addresses."""

FORM: Final = "application/x-www-form-urlencoded"

READ_BY_HAND: Final = re.compile(r"""(?:GET|POST)(?:\.get\(|\.getlist\(|\[)["'](\w+)["']""")
VALUES: Final = {
    "UUIDConverter": uuid.UUID(int=0),
    "IntConverter": 10**30,
    "MonthConverter": date.min,
    "SlugConverter": "9" * 200,
    "StringConverter": "9" * 200,
}


def addresses(resolver: Any = None, space: str = "") -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Every address of our own pages: its name, its view, and arguments beyond all bounds."""
    for entry in (resolver or get_resolver()).url_patterns:
        match entry:
            case URLResolver():
                inner = f"{space}{entry.namespace}:" if entry.namespace else space
                yield from addresses(entry, inner)
            case URLPattern() if entry.callback.__module__.startswith("platewarden."):
                arguments = {
                    name: VALUES[type(converter).__name__]
                    for name, converter in entry.pattern.converters.items()
                }
                yield f"{space}{entry.name}", entry.callback, arguments


@lru_cache
def names_of(app: str) -> set[str]:
    """What the pages of *app* read from a request by hand, and every field of its forms."""
    folder = Path(platewarden.__file__).parent / app.partition(".")[2]
    by_hand = {name for path in folder.glob("*.py") for name in READ_BY_HAND.findall(path.read_text("utf-8"))}
    waiting, fields = [forms.BaseForm], set[str]()
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        fields |= set(getattr(form, "base_fields", ())) if form.__module__.startswith(f"{app}.") else set()
    return by_hand | fields


@pytest.fixture
def anybody(cast: Cast, client: Client, store_home: Path) -> Client:
    """Somebody with every role, where the ledger has its key: no door shuts before what they send is looked at."""
    for role in set(Role) - {Role.OFFICER}:
        RoleGrant.objects.create(user=cast.alice, role=role, granted_at=NOW, granted_by="tests")
    ensure_log_key(store_home / "keys", "test.platewarden.invalid/ledger")
    client.force_login(cast.alice)
    client.raise_request_exception = False
    return client


def test_no_address_breaks_on_what_no_page_offers(cast: Cast, anybody: Client) -> None:
    """Numbers of 5000 digits, moments that never were and broken characters are refused, with or without an object."""
    broken = []
    real = {"user_id": cast.eve.pk, "camera_id": cast.camera.pk, "request_id": scenes.received(cast, NOW).pk}
    for number, (name, view, beyond) in enumerate(addresses()):
        names = names_of(view.__module__.rpartition(".")[0])
        sent = "&".join(f"{each}={HOSTILE[number % len(HOSTILE)]}" for each in names)
        assert len(sent) < FORM_BYTES, "what is larger is turned away before anybody looks at it"
        arguments = beyond if beyond.keys() - real.keys() else real
        url = reverse(name, kwargs={each: arguments[each] for each in beyond})
        status = anybody.post(url, sent, FORM).status_code
        if status == 405 or "request.GET" in inspect.getsource(view):
            status = max(status, anybody.get(f"{url}?{sent}").status_code)
        broken += [f"{name}: {status}"] if status >= 500 else []
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("ask", "where"),
    [
        (lambda client: client.post("/agencies/misuse/1/step/", {"text": "a\x00b"}), "the field “text”"),
        (lambda client: client.get("/policy/", {"open": "\x00"}), "the field “open”"),
        (lambda client: client.get("/duties/calendar/%00/duties.ics"), "the address"),
    ],
    ids=["form", "query", "address"],
)
def test_a_character_that_no_text_has_is_refused_by_name(anybody: Client, ask: Any, where: str) -> None:
    """A NUL, which the database cannot store, is refused before any page looks at it, and the page says where."""
    answer = ask(anybody)
    assert answer.status_code == 400
    assert f"Nothing was changed: {where} holds a NUL" in answer.content.decode()


def test_a_session_that_no_session_could_have_is_refused(client: Client, cast: Cast) -> None:
    """A cookie with a NUL in it reaches no search for its session."""
    client.cookies["sessionid"] = "a\x00bcdefghijk"
    assert client.get("/policy/").status_code == 400
