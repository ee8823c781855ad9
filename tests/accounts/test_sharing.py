"""Signs that an account is shared are shown with their rows, told once, and never held against anybody."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from platewarden.accounts.actors import system_actor
from platewarden.accounts.models import SignIn, User
from platewarden.accounts.sharing import signs_at, tell_of_signs
from platewarden.notices.models import Notice
from platewarden.policy.parameters import defaults
from platewarden.policy.sign_ins import Appearance, SharingSign, signs_of_sharing
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.clause("ADM-3")
MINUTE = timedelta(minutes=1)


def seen(*rows: tuple[float, str, str]) -> list[Appearance]:
    """Appearances: minutes after NOW, address, browser; an empty browser stands for a change of address."""
    return [Appearance(NOW + at * MINUTE, not browser, address, browser) for at, address, browser in rows]


def signs(*rows: tuple[float, str, str]) -> set[SharingSign]:
    """The kinds of signs that the rule finds."""
    return set(signs_of_sharing(seen(*rows), parameters=defaults(NOW)))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], set()),
        ([(0, "a", "x"), (1, "a", "x")], set()),
        ([(0, "a", "x"), (10, "b", "x")], {SharingSign.APART}),
        ([(0, "a", "x"), (10.1, "b", "x")], set()),
        ([(0, "a", "x"), (5, "b", "")], set()),
        ([(0, "a", "x"), (15, "b", "x"), (30, "a", "x")], {SharingSign.BACK_AND_FORTH}),
        ([(0, "a", "x"), (15, "b", "x"), (31, "a", "x")], set()),
        ([(0, "a", "x"), (15, "b", "x"), (29, "c", "x")], set()),
        ([(0, "a", "x"), (20, "b", ""), (25, "a", "")], {SharingSign.BACK_AND_FORTH}),
        ([(400 * n, "a", name) for n, name in enumerate("wxyz")], {SharingSign.BROWSERS}),
        ([(481 * n, "a", name) for n, name in enumerate("wxyz")], set()),
        ([(400 * n, "a", name) for n, name in enumerate("wxyw")], set()),
        ([(100 * n, f"a{n}", "") for n in range(8)], {SharingSign.MOVES}),
        ([(100 * n, f"a{n}", "") for n in range(7)], set()),
    ],
)
def test_each_sign_has_its_limit(rows: list[tuple[float, str, str]], expected: set[SharingSign]) -> None:
    """At the limit it is one, a moment past it is none; a desk, a car and a telephone are no sign."""
    assert signs(*rows) == expected


def came(user: User, at: datetime, address: str, browser: str = "Console") -> None:
    """Let somebody have signed in."""
    SignIn.objects.create(
        user=user, username=user.username, outcome="succeeded", address=address, browser=browser, at=at
    )


@pytest.mark.django_db
def test_the_administrator_and_the_auditor_are_told_once_and_see_the_rows(cast: Cast, sign_in: Any) -> None:
    """In words, with the rows; an officer sees nothing of it, and nothing is shut."""
    came(cast.alice, NOW - 5 * MINUTE, "192.0.2.7")
    came(cast.alice, NOW, "198.51.100.9")
    came(cast.dee, NOW, "192.0.2.7")
    for _ in range(2):
        tell_of_signs(actor=system_actor("tests"), now=NOW + MINUTE)
    told = Notice.objects.filter(kind="sharing.signs")
    assert set(told.values_list("to_role", flat=True)) == {"administrator", "auditor"}
    assert told.count() == 2
    assert "Ask them about it" in told[0].text
    (sign,) = signs_at(cast.agency.pk, now=NOW + MINUTE)
    assert (sign.person, sign.kind, len(sign.rows)) == (cast.alice, SharingSign.APART, 2)
    cast.alice.refresh_from_db()
    assert cast.alice.is_active
    assert signs_at(cast.agency.pk, now=NOW + timedelta(days=7)) == []


@pytest.mark.django_db
def test_the_pages_show_them_to_those_who_see_sign_ins(
    cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On People and on the person's page; the approver, who sees people, does not see how they sign in."""
    monkeypatch.setattr("platewarden.accounts.people.utc_now", lambda: NOW + MINUTE)
    came(cast.alice, NOW - 5 * MINUTE, "192.0.2.7")
    came(cast.alice, NOW, "198.51.100.9")
    for who in (cast.ada, cast.tom):
        client = sign_in(who)
        for url in (reverse("accounts:people"), reverse("accounts:person", args=[cast.alice.pk])):
            text = client.get(url).content.decode()
            assert "Sign-ins to ask about" in text
            assert "198.51.100.9" in text
            assert "judge nobody by it" in text
    client = sign_in(cast.pam)
    assert "Sign-ins to ask about" not in client.get(reverse("accounts:people")).content.decode()
