"""Attempts at agreements that ought not to be: by one person, without an end, with agencies outside the clause."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from platewarden.policy.actor import Role
from platewarden.policy.agencies import AgencyKind
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.use import Purpose
from platewarden.sharing import agreements, register
from platewarden.sharing.models import AgreementVersion
from tests.cast import Cast
from tests.conftest import NOW
from tests.sharing import scenes
from tests.sharing.scenes import Partner


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The time that pages and doors see."""
    return scenes.stand_still(monkeypatch)


@pytest.fixture
def partner(cast: Cast) -> Partner:
    """A partner agency with an agreement in force and one guest, Gus."""
    return scenes.partner(cast)


@pytest.fixture
def gus(partner: Partner, sign_in: Any) -> Client:
    """The guest's browser."""
    browser: Client = sign_in(partner.guest)
    return browser


@pytest.mark.django_db
@pytest.mark.clause("SHR-1", "USE-2")
class TestAgreements:
    """Ways to an agreement that ought not to be."""

    def test_whoever_prepares_does_not_open(self, cast: Cast) -> None:
        """Not even with both roles; and the database says so, too."""
        cast.ada.grants.create(role=Role.SHERIFF, granted_at=NOW, granted_by="x")
        agency = scenes.enter(cast)
        version = agreements.prepare(
            agency=agency, prepared=scenes.prepared(cast), actor=cast.actor("ada"), now=NOW
        )
        with pytest.raises(PolicyRefusal, match="SHR-1"):
            agreements.open_version(version=version, actor=cast.actor("ada"), now=NOW)
        with pytest.raises(DatabaseError, match="who_prepares_does_not_open"), transaction.atomic():
            AgreementVersion.objects.filter(pk=version.pk).update(
                decided_by=cast.ada, decided_at=NOW, is_opened=True
            )

    @pytest.mark.parametrize(
        "what",
        [
            {"state": "PA"},
            {"kind": AgencyKind.FEDERAL},
            {"kind": AgencyKind.FEDERAL, "state": "PA"},
            {"kind": AgencyKind.OTHER},
            {"kind": AgencyKind.PROSECUTOR, "state": "NJ"},
        ],
    )
    def test_an_agency_that_is_not_of_the_state_gets_none(
        self, cast: Cast, sign_in: Any, what: dict[str, Any]
    ) -> None:
        """Neither out-of-state, federal nor any other; its page says why, and that copies go by release."""
        agency = scenes.enter(cast, **what)
        with pytest.raises(PolicyRefusal, match="SHR-1"):
            agreements.prepare(
                agency=agency, prepared=scenes.prepared(cast), actor=cast.actor("ada"), now=NOW
            )
        page = sign_in(cast.ada).get(reverse("sharing:agency", args=[agency.pk])).content.decode()
        assert "They receive copies, if anything, by a release." in page
        assert "Prepare an agreement" not in page

    def test_an_agency_that_moves_out_of_the_clause_loses_access(
        self, cast: Cast, partner: Partner, gus: Client
    ) -> None:
        """Correcting its kind or state on the register is enough, agreement or not."""
        assert gus.get("/queries/").status_code == 200
        entered = scenes.entered(kind=AgencyKind.FEDERAL)
        register.change_agency(agency=partner.agency, entered=entered, actor=cast.actor("ada"), now=NOW)
        assert gus.get("/queries/").status_code == 403

    @pytest.mark.parametrize(
        "what",
        [
            {"ends_at": NOW + timedelta(days=367)},
            {"begins_at": NOW + timedelta(days=2), "ends_at": NOW + timedelta(days=1)},
            {"ends_at": NOW, "begins_at": NOW - timedelta(days=1)},
            {"purposes": frozenset()},
            {"purposes": frozenset({Purpose.HOTLIST_PATROL})},
            {"cameras": frozenset()},
            {"cameras": frozenset({999_999})},
            {"reach_days": 31},
            {"reach_days": 0},
        ],
    )
    def test_no_agreement_without_end_or_bounds(self, cast: Cast, what: dict[str, Any]) -> None:
        """It ends within the ceiling, names purposes of a search and cameras of ours, and reaches no further back."""
        agency = scenes.enter(cast)
        with pytest.raises(PolicyRefusal, match="SHR-1"):
            scenes.agree(cast, agency, **what)
        assert not AgreementVersion.objects.exists()

    @pytest.mark.parametrize("by", ["sue", "max", "tom", "ivan", "pam"])
    def test_others_do_not_open(self, cast: Cast, by: str) -> None:
        """Only the Undersheriff and the Sheriff."""
        with pytest.raises(PolicyRefusal, match="SHR-1"):
            scenes.agree(cast, scenes.enter(cast), by=by)

    def test_nobody_is_invited_without_an_agreement_or_a_word(self, cast: Cast) -> None:
        """Default deny: no agreement in force, no account; and none without the agency's written word."""
        agency = scenes.enter(cast)
        with pytest.raises(PolicyRefusal, match="SHR-1"):
            scenes.invite(cast, agency)
        scenes.agree(cast, agency)
        from platewarden.sharing.guests import invite_guest

        with pytest.raises(PolicyRefusal, match="USE-2"):
            invite_guest(
                agency=agency, username="gus", full_name="G", word=" ", actor=cast.actor("ada"), now=NOW
            )

    def test_an_agreement_is_neither_deleted_nor_rewritten(self, partner: Partner) -> None:
        """The application has no right to it, and not even the owner gets past the trigger that keeps it."""
        with pytest.raises(DatabaseError), transaction.atomic():
            AgreementVersion.objects.filter(pk=partner.version.pk).update(ends_at=NOW + timedelta(days=9999))
        with pytest.raises(DatabaseError), transaction.atomic():
            AgreementVersion.objects.all().delete()
