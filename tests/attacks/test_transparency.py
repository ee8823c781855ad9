"""Somebody collects everything that is public, month by month, and subtracts."""

import json
import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations, product
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.policy.parameters import defaults
from platewarden.transparency import views
from platewarden.transparency.measuring import as_published
from platewarden.transparency.models import PresentState
from platewarden.transparency.pages import page_of
from platewarden.transparency.publication import Publication, _share, as_csv, as_json
from tests.cast import Cast
from tests.conftest import NOW
from tests.transparency.scenes import counts, measured, published

PARAMETERS = defaults(NOW)
SMALL = PARAMETERS.integer("transparency.small_count")
ONE = st.integers(0, 12)


def everything(months: list[dict[str, Any]]) -> str:
    """All that is public of *months*, page in both languages, JSON and CSV."""
    shown = []
    for place, counted in enumerate(months):
        month = as_published(date(2026, place + 1, 1), counted, parameters=PARAMETERS)
        hits = month["hits"]
        month["verified_share"] = _share(hits["verified"], hits["raised"])
        month["false_hit_rate"] = _share(hits["false"], hits["ended"])
        shown.append(month)
    facts: dict[str, Any] = {
        "checkpoint": None,
        "policy": [],
        "duties": [],
        "cameras": {"by_kind": {}, "places": None},
    }
    publication = Publication(facts, NOW.isoformat(), shown, "")
    pages = [repr(page_of(publication, language)) for language in ("en", "es")]
    return "\n".join([*pages, as_json(publication), as_csv(publication)])


@pytest.mark.clause("TPR-1")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(ONE, min_size=6, max_size=6), min_size=1, max_size=3), st.data())
def test_other_small_counts_in_their_places_publish_the_same_bytes(
    drawn: list[list[int]], data: st.DataObject
) -> None:
    """Across cells, months, languages and forms: whoever has it all cannot tell a small count from another."""

    def month(values: list[int]) -> dict[str, Any]:
        purposes = dict(zip(counts()["searches"], values[:5], strict=True))
        return counts(reads=values[5], searches=purposes, refusals={"QRY": values[0], "HOT": values[1]})

    others = [
        [data.draw(st.integers(1, SMALL - 1)) if 0 < value < SMALL else value for value in values]
        for values in drawn
    ]
    one, other = (everything([month(values) for values in each]) for each in (drawn, others))
    assert one == other


def chains(most: int) -> Iterator[tuple[int, int, int, int]]:
    """Every way in which alerts can end, up to *most*."""
    for a, b, c, d in product(range(most + 1), repeat=4):
        if a >= b >= c >= d:
            yield a, b, c, d


@pytest.mark.clause("TPR-1")
def test_no_small_count_of_alerts_follows_from_shares_and_counts_together() -> None:
    """Every small step and every small rest keeps at least as many candidates as there are small counts but one."""
    alike: dict[str, list[tuple[int, ...]]] = {}
    for chain in chains(11):
        month = as_published(date(2026, 1, 1), counts(hits=chain), parameters=PARAMETERS)
        hits = month["hits"]
        seen = (hits, _share(hits["verified"], hits["raised"]), _share(hits["false"], hits["ended"]))
        rests = (earlier - later for earlier, later in combinations(chain, 2))
        alike.setdefault(json.dumps(seen), []).append((*chain, *rests))
    for together in alike.values():
        for values in zip(*together, strict=True):
            if any(0 < value < SMALL for value in values):
                assert len(set(values)) >= SMALL - 1


@pytest.mark.django_db
@pytest.mark.clause("TPR-1")
def test_a_late_change_moves_nothing_that_is_published(cast: Cast, client: Client) -> None:
    """An alert that ends after publication, a purge, a lower threshold: the month's bytes stay."""
    views._made.cache_clear()
    published(cast, date(2026, 10, 1), searches={"offender": 3})
    before = json.loads(client.get("/transparency/data.json").content)["months"]
    from tests.adoption.scenes import adopt

    adopt(cast, "transparency.small_count", 3)
    PresentState.objects.all().delete()
    views._made.cache_clear()
    assert json.loads(client.get("/transparency/data.json").content)["months"] == before


@pytest.mark.django_db
@pytest.mark.clause("TPR-1")
def test_an_unpublished_month_is_nowhere(cast: Cast, client: Client) -> None:
    """Not on the page, not in the data, not by guessing addresses."""
    views._made.cache_clear()
    measured(cast, date(2026, 10, 1), reads=54_321)
    for name in ("", "en/", "es/", "data.json", "data.csv", "checkpoint.txt"):
        text = client.get(f"/transparency/{name}").content.decode()
        assert not re.search(r"54.?321", text)
    assert client.get("/transparency/figures/").status_code == 302
