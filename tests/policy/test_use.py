"""What the system may be used for."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.parameters import Parameters
from platewarden.policy.use import (
    Purpose,
    may_see_plate_data,
    may_state_reason,
    may_use_purpose,
    review_reason,
    stated_purpose,
)


@pytest.mark.clause("USE-3")
def test_the_purposes_are_the_six_of_the_policy_and_each_is_labelled() -> None:
    """The list is closed: items 1, 2a, 2b, 2c, 3 and 4 of the source."""
    assert [purpose.item for purpose in Purpose] == ["1", "2a", "2b", "2c", "3", "4"]
    assert len({purpose.label for purpose in Purpose}) == len(Purpose)


@pytest.mark.clause("USE-3")
@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_purpose_but_patrol_justifies_a_search(purpose: Purpose, parameters: Parameters) -> None:
    """Patrol justifies alerts alone."""
    allowed = may_use_purpose(purpose, parameters=parameters).allowed
    assert allowed is purpose.justifies_query is (purpose is not Purpose.HOTLIST_PATROL)


@pytest.mark.clause("USE-1")
@pytest.mark.parametrize("code", ["", "other", "immigration", "CRIMINAL_INVESTIGATION"])
def test_a_search_without_a_permitted_purpose_is_refused(code: str, parameters: Parameters) -> None:
    """A code that is not on the list is no purpose at all."""
    decision = may_use_purpose(stated_purpose(code), parameters=parameters)
    assert (decision.allowed, decision.clause, decision.field) == (False, "USE-1", "purpose")
    assert stated_purpose("offender") is Purpose.OFFENDER


@pytest.mark.clause("USE-3")
def test_an_agency_may_do_without_a_purpose(parameters: Parameters) -> None:
    """A purpose that was not adopted justifies nothing."""
    narrow = parameters.adopting({"use.purposes": ["criminal_investigation"]})
    assert may_use_purpose(Purpose.CRIMINAL_INVESTIGATION, parameters=narrow).allowed
    assert not may_use_purpose(Purpose.PUBLIC_SAFETY_THREAT, parameters=narrow).allowed


@pytest.mark.clause("USE-5")
def test_no_purpose_concerns_immigration() -> None:
    """There is no code for it."""
    assert not any(review_reason(f"{purpose.label} {purpose}").names_immigration for purpose in Purpose)
    assert not any("immigra" in purpose for purpose in Purpose)


@pytest.mark.clause("USE-5")
@pytest.mark.parametrize(
    "reason",
    [
        "Immigration enforcement assist",
        "deportee located last week",
        "Assist ICE Buffalo with warrant",
        "ERO / I.C.E. request",
        "ＩＣＥ task force",  # noqa: RUF001 - full-width letters are the attack
        "CBP inquiry, no case yet",
        "undocumented driver, green sedan",
        "287(g) referral from the jail",
        "visa overstay of a student",
    ],
)
def test_immigration_status_is_no_reason_for_anybody(reason: str, people: Any) -> None:
    """However it is spelt and whoever asks, the answer is no."""
    for name in ("officer", "investigator", "supervisor"):
        decision = may_state_reason(people[name], reason, requested_by="Somebody Else")
        assert (decision.allowed, decision.clause) == (False, "USE-5")


@pytest.mark.parametrize(
    "reason",
    [
        "Skid on black ice, hit and run on Ice House Road",
        "Stolen visa card used at this gas station",
        "Ice cream van stolen from Green Street",
        "BLACK ICE CRASH, DRIVER FLED",
        "Illegal street race on Route 13, two cars",
        "Disabled vehicle struck on the shoulder",
        "Burglary at Church Street and Union Street",
    ],
)
def test_ordinary_words_are_not_taken_for_grounds(reason: str) -> None:
    """Weather, cards and street names go through."""
    review = review_reason(reason)
    assert not review.names_immigration
    assert not review.needs_supervisor


@pytest.mark.clause("USE-4")
@pytest.mark.parametrize(
    ("reason", "ground"),
    [
        ("Cars parked at the mosque on Friday", "religion"),
        ("Attendees of the Republican dinner", "political or social views"),
        ("Plates near the protest at City Hall", "a lawful organisation or event"),
        ("Black male seen in the area", "race or colour"),
        ("Owner may be a foreigner", "national origin, alienage or citizenship"),
        ("Transgender driver reported", "gender or sexual orientation"),
        ("Had an abortion, search for female", "pregnancy"),
        ("Driver in a wheelchair", "disability"),
    ],
)
def test_a_reason_that_names_a_protected_ground_needs_a_supervisor(
    reason: str, ground: str, people: Any
) -> None:
    """The ground is named, the request is held, and a supervisor may take it up for another person."""
    assert ground in review_reason(reason).grounds
    assert not may_state_reason(people.investigator, reason).allowed
    assert not may_state_reason(people.investigator, reason, requested_by="Sue").allowed
    assert not may_state_reason(people.supervisor, reason, requested_by=" ").allowed
    assert may_state_reason(people.supervisor, reason, requested_by="Ivan").allowed


@pytest.mark.clause("USE-1")
def test_people_without_a_role_see_no_plate_data(people: Any, now: datetime) -> None:
    """An account alone opens nothing; oversight and administration open no plate data either."""
    for name in ("officer", "dispatcher", "investigator", "supervisor"):
        assert may_see_plate_data(people[name], now=now).allowed
    for actor in (people.person(), people.auditor, people.administrator, people.camera, people.system):
        assert not may_see_plate_data(actor, now=now).allowed


@pytest.mark.clause("USE-5")
@pytest.mark.parametrize(
    "reason",
    [
        "IMMIGRATI0N VI0LATOR",
        "DEP0RTED FEL0N",
        "1mm1gr4t10n hold",
        "immi-gration detainer",
        "im_mi.gration",
        "i m m i g r a t i o n",
        "I.M.M.I.G.R.A.N.T",
        "immi\u200bgration check",
        "імmigration",  # noqa: RUF001 - Cyrillic letters are the attack
        "ІСЕ detainer",  # noqa: RUF001 - likewise
        "I C E request",
        "dépörtation",
        "ｄｅｐｏｒｔ",  # noqa: RUF001 - full-width letters are the attack
        "undocu-mented driver",
        "persona indocumentada",
        "Non-immigrant, visa over-stay",
    ],
)
def test_disguises_do_not_help(reason: str) -> None:
    """Digits for letters, letters of other alphabets, marks and blanks between letters are undone."""
    assert review_reason(reason).names_immigration


@pytest.mark.parametrize(
    "reason",
    [
        "Left at Rue de Port, near the side-portal",
        "Plate 1CE 234 seen at Port Deposit",
        "Reported by D. E. Porter of the harbour office",
        "Deposit stolen, see report 10-4 of unit 5",
        "Wanted: A. B. C. Smith, 287 Grove Street",
        "Mirrors and doors gone; imported van",
        "Unit I-C east of the ice rink",
    ],
)
def test_undoing_disguises_makes_no_ground_of_ordinary_words(reason: str) -> None:
    """Names, addresses and house numbers go through."""
    assert not review_reason(reason).names_immigration


@pytest.mark.clause("USE-5")
@given(st.sampled_from(["deported", "immigration", "undocumented", "visa overstay"]), st.data())
def test_no_sprinkling_of_marks_and_digits_hides_a_word(word: str, data: st.DataObject) -> None:
    """Whatever single marks stand between letters and whichever letters are digits, the word is found."""
    digits = {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5"}
    letters = [data.draw(st.sampled_from([char, digits.get(char, char), char.upper()])) for char in word]
    marks = [data.draw(st.sampled_from(["", "-", ".", "'", "_"])) for _ in letters[1:]]
    told = "".join(part for pair in zip(letters, [*marks, ""], strict=True) for part in pair)
    assert review_reason(f"Driver {told} twice").names_immigration, told
