"""Agreements from the register to the guest's search, with every step as a page."""

import io
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from platewarden.accounts.actors import system_actor
from platewarden.accounts.models import Agency, User
from platewarden.cameras.models import Camera
from platewarden.ledger import keys
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.use import Purpose
from platewarden.queries.models import Query
from platewarden.sharing import agreements, duties
from platewarden.sharing.models import AgreementVersion
from platewarden.sharing.standing import public_agreements, standing_of, version_in_force
from tests.cast import Cast
from tests.conftest import NOW
from tests.sharing import scenes
from tests.sharing.scenes import Partner
from tests.sightings import a_sighting, store, with_images

pytestmark = pytest.mark.django_db

QUESTION = {
    "kind": "exact",
    "plate_text": "WLK9027",
    "seen_from": "2026-11-13T10:00",
    "seen_until": "2026-11-20T10:15",
    "purpose": "criminal_investigation",
    "reason": "Car seen leaving the burglary on Green Street",
    "case_number": "2026-004512",
    "requested_by": "",
}


@pytest.mark.clause("SHR-1", "USE-2")
def test_from_the_register_to_a_guests_search(cast: Cast, sign_in: Any) -> None:
    """Administrator prepares, Undersheriff opens, administrator invites, approver approves, guest searches."""
    ada = sign_in(cast.ada)
    said = {
        "name": "Village of Hector Police",
        "kind": "police",
        "state": "ny",
        "county": "H",
        "contact": "C",
    }
    assert ada.post(reverse("sharing:enter"), said).status_code == 302
    agency = Agency.objects.get(name="Village of Hector Police")
    assert (agency.state, agency.is_owner) == ("NY", False)
    page = ada.get(reverse("sharing:agency", args=[agency.pk])).content.decode()
    assert "No agreement with your agency is in force" not in page, "that is said to its people, not of it"
    assert "There is none: nobody of this agency has access." in page
    terms = {
        "purposes": ["criminal_investigation", "offender"],
        "cameras": [cast.camera.pk],
        "reach_days": 10,
        "begins_at": "2026-11-20T09:00",
        "ends_at": "2027-05-20T09:00",
        "text": "For cases of the village alone.",
    }
    rendered = {"kind": "rendered", "code": "own", "name": "Calibration", "registered_by": cast.ada}
    Camera.objects.create(agency=cast.agency, place="here", registered_at=NOW, **rendered)
    assert "Calibration" not in ada.get(reverse("sharing:prepare", args=[agency.pk])).content.decode()
    made = ada.post(reverse("sharing:prepare", args=[agency.pk]), terms)
    version = AgreementVersion.objects.get()
    assert made["Location"] == reverse("sharing:version", args=[version.pk])
    assert "Open it" not in ada.get(made["Location"]).content.decode()
    una = sign_in(cast.una)
    assert "Open it" in una.get(made["Location"]).content.decode()
    una.post(reverse("sharing:decide", args=[version.pk]), {"answer": "open"})
    assert standing_of(agency, now=NOW).access.allowed
    guest = {"full_name": "Gus Example", "username": "gus", "word": "Letter of the chief, 2026-11-18"}
    shown = sign_in(cast.ada).post(reverse("sharing:invite", args=[agency.pk]), guest)
    assert "one-time code" in shown.content.decode().lower()
    gus = User.objects.get(username="gus")
    page = sign_in(cast.pam).get(reverse("accounts:person", args=[gus.pk])).content.decode()
    assert "Letter of the chief, 2026-11-18" in page
    sign_in(cast.pam).post(reverse("accounts:decide", args=[gus.pk]), {"answer": "approve"})
    gus.refresh_from_db()
    assert gus.is_active
    from tests.cast import give_authenticators, train

    train(gus, now=NOW)
    give_authenticators(gus)
    store([with_images(a_sighting(cast.camera, "WLK9027", NOW - timedelta(hours=2)))])
    browser = sign_in(gus)
    answer = browser.get(browser.post("/queries/", QUESTION)["Location"])
    assert answer.status_code == 200
    assert b"data:image" in answer.content
    query = Query.objects.get()
    assert query.agency_id == agency.pk
    kept = LedgerBody.objects.get(leaf__kind="query.asked").content
    assert (kept["actor"]["agency"], kept["actor"]["roles"]) == (agency.pk, ["guest"])


@pytest.mark.clause("SHR-1")
def test_a_change_is_a_new_version_with_a_visible_difference(
    cast: Cast, partner: Partner, sign_in: Any
) -> None:
    """Until two have opened it the old one holds; the page shows each change before and after."""
    other = scenes.second_camera(cast)
    said = scenes.prepared(
        cast,
        cameras=frozenset({cast.camera.pk, other.pk}),
        purposes=frozenset({Purpose.OFFENDER}),
        text=scenes.TERMS.replace("passed on", "passed to anybody"),
    )
    version = agreements.prepare(agency=partner.agency, prepared=said, actor=cast.actor("ada"), now=NOW)
    assert version_in_force(partner.agency.pk, now=NOW) == partner.version
    changes = {change.what: change for change in agreements.changes_between(partner.version, version)}
    assert set(changes) == {"Cameras", "Purposes", "Terms"}
    assert changes["Cameras"].after == ("Route 13 north", "Route 79 east")
    page = sign_in(cast.sol).get(reverse("sharing:version", args=[version.pk])).content.decode()
    assert "<del>2. Nothing is passed on.</del>" in page
    assert "<ins>2. Nothing is passed to anybody.</ins>" in page
    assert "<ins>Route 79 east</ins>" in page
    agreements.open_version(version=version, actor=cast.actor("sol"), now=NOW)
    assert version_in_force(partner.agency.pk, now=NOW) == version
    made = LedgerLeaf.objects.filter(kind__startswith="agreement").order_by("seq")
    kinds = list(made.values_list("kind", flat=True))
    assert kinds == ["agreement.prepared", "agreement.opened"] * 2


@pytest.mark.clause("SHR-1")
def test_one_version_waits_at_a_time_and_a_declined_one_changes_nothing(cast: Cast, partner: Partner) -> None:
    """A second one is not prepared meanwhile; whoever prepared is told why it was declined."""
    ada, said = cast.actor("ada"), scenes.prepared(cast, reach_days=20)
    version = agreements.prepare(agency=partner.agency, prepared=said, actor=ada, now=NOW)
    with pytest.raises(agreements.VersionWaitsError):
        agreements.prepare(agency=partner.agency, prepared=said, actor=ada, now=NOW)
    with pytest.raises(PolicyRefusal, match="SHR-1"):
        agreements.decline(version=version, because=" ", actor=cast.actor("una"), now=NOW)
    agreements.decline(version=version, because="Ten days are enough.", actor=cast.actor("una"), now=NOW)
    with pytest.raises(PolicyRefusal, match="SHR-1"):
        agreements.open_version(version=version, actor=cast.actor("sol"), now=NOW)
    assert version_in_force(partner.agency.pk, now=NOW) == partner.version
    told = Notice.objects.get(kind="agreement.decided", text__contains="declined")
    assert (told.to_user_id, "Ten days are enough." in told.text) == (cast.ada.pk, True)


@pytest.mark.clause("SHR-1")
def test_a_later_version_that_is_over_brings_no_earlier_one_back(cast: Cast, partner: Partner) -> None:
    """A short version replaces a long one for good."""
    scenes.agree(cast, partner.agency, ends_at=NOW + timedelta(days=2))
    assert version_in_force(partner.agency.pk, now=NOW + timedelta(days=1)) is not None
    assert version_in_force(partner.agency.pk, now=NOW + timedelta(days=2)) is None


@pytest.mark.clause("SHR-1")
def test_a_prosecutor_has_users_only_by_an_opened_agreement(cast: Cast) -> None:
    """Opening it is the express decision; ending its access takes it back, and taking it up again gives none."""
    from platewarden.policy.agencies import AgencyKind
    from platewarden.sharing import register

    agency = scenes.enter(cast, "Hector County District Attorney", kind=AgencyKind.PROSECUTOR)
    assert not standing_of(agency, now=NOW).access.allowed
    scenes.agree(cast, agency)
    agency.refresh_from_db()
    assert "opened by una" in agency.express_access
    assert standing_of(agency, now=NOW).access.allowed
    register.end_access(agency=agency, because="They have their own.", actor=cast.actor("ada"), now=NOW)
    agency.refresh_from_db()
    assert not standing_of(agency, now=NOW).access.allowed
    register.take_up_again(agency=agency, actor=cast.actor("ada"), now=NOW)
    agency.refresh_from_db()
    assert not standing_of(agency, now=NOW).access.allowed
    with pytest.raises(PolicyRefusal, match="USE-2"):
        register.end_access(agency=agency, because="", actor=cast.actor("ada"), now=NOW)


@pytest.mark.clause("SHR-1")
def test_people_are_told_before_an_agreement_ends(partner: Partner) -> None:
    """Once, ahead by the parameter, and it stands in the register of duties with its end."""
    (duty,) = duties.duties_at(NOW)
    assert (duty.owner, duty.due_at, duty.clause) == (Role.ADMINISTRATOR, partner.version.ends_at, "SHR-1")
    timer, soon = system_actor("tests"), partner.version.ends_at - timedelta(days=45)
    duties.tell_of_duties(actor=timer, now=soon - timedelta(seconds=1))
    assert not Notice.objects.filter(kind="agreement.ending").exists()
    for _ in range(2):
        duties.tell_of_duties(actor=timer, now=soon)
    assert Notice.objects.filter(kind="agreement.ending").count() == 1
    assert duties.duties_at(partner.version.ends_at) == []


@pytest.mark.clause("SHR-1")
def test_what_the_public_may_be_told_names_no_person_and_no_place(cast: Cast, partner: Partner) -> None:
    """With whom, for what, how far back, until when, and whether it is suspended."""
    (told,) = public_agreements(now=NOW)
    assert (told.agency, told.cameras, told.reach_days) == ("Village of Hector Police", 1, 10)
    assert told.purposes == (Purpose.CRIMINAL_INVESTIGATION.value,)
    assert (told.until, told.is_suspended) == (partner.version.ends_at, False)
    assert cast.camera.name not in str(told)
    assert public_agreements(now=partner.version.ends_at) == []


@pytest.mark.clause("SHR-1", "QRY-2")
def test_a_guest_sees_and_takes_away_what_their_agency_asked(
    cast: Cast, partner: Partner, gus: Client, sign_in: Any, tmp_path: Path
) -> None:
    """On the page without plates; in the file with receipts that a verifier of its own confirms."""
    keys.ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)
    sign_in(cast.ivan).post("/queries/", QUESTION | {"reason": "Ours: who drove through the barrier at noon"})
    browser = sign_in(partner.guest)
    browser.get(browser.post("/queries/", QUESTION)["Location"])
    page = browser.get(reverse("sharing:use")).content.decode()
    assert "Car seen leaving the burglary on Green Street" in page
    assert "WLK9027" not in page
    assert "barrier" not in page, "what others asked is not theirs"
    taken = browser.post(reverse("sharing:take"))
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        archive.extractall(tmp_path)
    receipts = sorted(tmp_path.glob("*.tlog-proof"))
    assert len(receipts) == 2
    for receipt in receipts:
        arguments = [sys.executable, "verify_ledger.py", receipt.name, "--key", "ledger.pub"]
        got = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert got.returncode == 0, got.stdout + got.stderr
    assert LedgerLeaf.objects.filter(kind="agency_use.exported").count() == 1


@pytest.mark.clause("SHR-1")
def test_the_register_is_read_by_oversight_and_kept_by_the_administrator(
    cast: Cast, partner: Partner, sign_in: Any
) -> None:
    """Supervisor, auditor, Undersheriff and Sheriff read it; only the administrator changes it."""
    page = reverse("sharing:agency", args=[partner.agency.pk])
    for name, status in {"sue": 200, "tom": 200, "una": 200, "sol": 200, "alice": 403, "rex": 403}.items():
        assert sign_in(getattr(cast, name)).get(page).status_code == status, name
    said = {
        "name": "village of hector police",
        "kind": "police",
        "state": "NY",
        "county": "H",
        "contact": "C",
    }
    assert sign_in(cast.sue).post(reverse("sharing:enter"), said).status_code == 403
    ada = sign_in(cast.ada)
    assert ada.post(reverse("sharing:enter"), said).status_code == 422
    change = reverse("sharing:change", args=[partner.agency.pk])
    assert (
        ada.post(change, said | {"name": "Village of Hector Police", "contact": "Chief B"}).status_code == 302
    )
    body = LedgerBody.objects.filter(leaf__kind="agency.changed").latest("pk").content
    assert body["details"]["contact"] == ["Chief, 555 0100", "Chief B"]
