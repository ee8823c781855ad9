"""The inbox as its owner sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from platewarden.notices.actions import tell
from platewarden.notices.models import MailAddress, Notice
from platewarden.notices.pages import Line
from platewarden.policy.actor import Role
from platewarden.policy.notices import NoticeKind
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(cast: Cast) -> Notice:
    """Supervisors are told of a hotlist."""
    told = tell(
        kind=NoticeKind.HOTLIST_STALE,
        subject="hotlist:1",
        text="The state extract is 30 hours old.",
        to_role=Role.SUPERVISOR,
        now=NOW,
        due_at=NOW,
    )
    assert told is not None
    return told


def test_the_inbox_says_what_waits_and_counts_it(
    sign_in: Callable[[Any], Client], cast: Cast, notice: Notice
) -> None:
    """Title, text, clause and a way to the thing; the count is gone once it has been seen."""
    console = sign_in(cast.sue)
    assert "data-notice-count>1<" in console.get("/hotlists/").content.decode()
    shown = console.get("/inbox/").content.decode()
    for words in ("A hotlist is past its age", "30 hours old", "HOT-1", "/hotlists/1/", "Overdue", "New"):
        assert words in shown
    assert "data-notice-count hidden>0<" in console.get("/hotlists/").content.decode()


def test_a_notice_is_handled_once_under_ones_name(
    sign_in: Callable[[Any], Client], cast: Cast, notice: Notice
) -> None:
    """It moves to the handled ones; handling it again is refused and recorded."""
    console = sign_in(cast.sue)
    assert console.post(f"/inbox/{notice.pk}/handle/").status_code == 302
    assert "30 hours old" not in console.get("/inbox/").content.decode()
    assert "Sue Example" in console.get("/inbox/?show=handled").content.decode()
    assert console.post(f"/inbox/{notice.pk}/handle/").status_code == 403


@pytest.mark.clause("USE-1")
def test_others_do_not_find_it(sign_in: Callable[[Any], Client], cast: Cast, notice: Notice) -> None:
    """An officer's inbox is empty, and the notice's address leads nowhere for them."""
    console = sign_in(cast.alice)
    assert "Nothing waits for you" in console.get("/inbox/").content.decode()
    assert console.post(f"/inbox/{notice.pk}/handle/").status_code == 404
    assert sign_in(cast.eve).get("/inbox/").status_code == 403


@pytest.mark.clause("ADM-2")
def test_an_administrator_says_where_mail_goes(sign_in: Callable[[Any], Client], cast: Cast) -> None:
    """On the person's page; what is no address is said, and nobody else may."""
    ada, page = sign_in(cast.ada), f"/people/{cast.sue.pk}/"
    assert ada.post(f"{page}mail/", {"address": "nonsense"}).status_code == 422
    ada.post(f"{page}mail/", {"address": "sue@example.gov"})
    assert "sue@example.gov" in ada.get(page).content.decode()
    ada.post(f"{page}mail/", {"address": ""})
    assert not MailAddress.objects.exists()
    assert sign_in(cast.sue).post(f"{page}mail/", {"address": "sue@example.gov"}).status_code == 403


@pytest.mark.parametrize(
    ("subject", "page"),
    [
        ("bulletin:4", "/training/bulletins/4/"),
        ("calibration", "/calibration/"),
        ("calibration:7", "/calibration/"),
        ("file:0b7e0c1e-57a8-4f0e-9d6b-0c7b5d7f5a11", "/queries/"),
        ("hold:3", "/cases/holds/3/"),
    ],
)
def test_a_notice_leads_to_where_it_is_dealt_with(subject: str, page: str) -> None:
    """Nobody has to know the address of what a notice is about."""
    link = Line(Notice(subject=subject), is_new=True).link
    assert link is not None
    assert link[0] == page
