"""Nobody forgets a list: whoever may load it is told, each day, until it is loaded."""

from datetime import timedelta

import pytest

from platewarden.hotlists.currency import warn_of_stale_lists
from platewarden.notices.models import Notice
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, load

pytestmark = [pytest.mark.django_db, pytest.mark.clause("HOT-1")]


def told() -> set[tuple[str, str]]:
    """What lies in inboxes, and whose they are."""
    return set(Notice.objects.filter(handled_at=None).values_list("kind", "to_role"))


def test_those_who_load_lists_are_told_once_a_day(cast: Cast) -> None:
    """One notice a role and list, however often the timer looks, and a new one in its place the next day."""
    hotlist = a_list(cast, max_age_hours=12)
    load(cast, hotlist, "KAB4821,NY,P,")
    assert warn_of_stale_lists(now=NOW + timedelta(hours=10)) == 0
    assert told() == set()
    for hours in (12, 13):
        assert warn_of_stale_lists(now=NOW + timedelta(hours=hours)) == 1
    assert told() == {("hotlist.stale", "supervisor"), ("hotlist.stale", "administrator")}
    assert Notice.objects.count() == 2
    text = Notice.objects.all()[0].text
    assert "at most 12 hours" in text
    assert "KAB4821" not in text
    warn_of_stale_lists(now=NOW + timedelta(hours=36))
    assert (Notice.objects.count(), len(told())) == (4, 2)


def test_loading_the_list_ends_it(cast: Cast) -> None:
    """What was said of its age leaves every inbox."""
    hotlist = a_list(cast)
    load(cast, hotlist, "KAB4821,NY,P,")
    warn_of_stale_lists(now=NOW + timedelta(hours=30))
    assert told()
    load(cast, hotlist, "KAB4821,NY,P,", at=NOW + timedelta(hours=31))
    assert told() == set()


def test_a_list_kept_by_hand_or_never_loaded_has_no_age(cast: Cast) -> None:
    """The one is made of entries with ends of their own; the other is said on the page and on the policy's."""
    a_list(cast)
    assert warn_of_stale_lists(now=NOW + timedelta(days=9)) == 0
