"""What a hotlist may hold, and when a list is stale."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, allow, refuse
from platewarden.policy.immigration import names_immigration
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


class Category(StrEnum):
    """Every category an entry can have; the agency switches each on or off. None concerns immigration."""

    STOLEN_VEHICLE = "stolen_vehicle"
    STOLEN_PLATE = "stolen_plate"
    WANTED_PERSON = "wanted_person"
    FELONY_VEHICLE = "felony_vehicle"
    AMBER_ALERT = "amber_alert"
    MISSING_PERSON = "missing_person"
    VULNERABLE_ADULT = "vulnerable_adult"
    SUSPENDED_REGISTRATION = "suspended_registration"
    SUSPENDED_OPERATOR = "suspended_operator"
    MANUAL = "manual"
    CALIBRATION = "calibration"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _LABELS[self]

    @property
    def is_high_priority(self) -> bool:
        """Whether an alert of this category may never be muted."""
        return self in _HIGH_PRIORITY


_LABELS: Final = {
    Category.STOLEN_VEHICLE: "Stolen vehicle",
    Category.STOLEN_PLATE: "Stolen plate",
    Category.WANTED_PERSON: "Wanted person",
    Category.FELONY_VEHICLE: "Vehicle wanted in a felony",
    Category.AMBER_ALERT: "AMBER alert",
    Category.MISSING_PERSON: "Missing person",
    Category.VULNERABLE_ADULT: "Vulnerable adult",
    Category.SUSPENDED_REGISTRATION: "Suspended or revoked registration",
    Category.SUSPENDED_OPERATOR: "Suspended or revoked operator",
    Category.MANUAL: "Entered by hand",
    Category.CALIBRATION: "Calibration (our own test plate)",
}
_HIGH_PRIORITY: Final = frozenset(
    {
        Category.WANTED_PERSON,
        Category.FELONY_VEHICLE,
        Category.AMBER_ALERT,
        Category.MISSING_PERSON,
        Category.VULNERABLE_ADULT,
    }
)
MAY_SURVIVE: Final = (Category.AMBER_ALERT, Category.MISSING_PERSON, Category.VULNERABLE_ADULT)
"""Categories whose exigent entries an agency may let outlive the time for their number: a life is at stake."""

_OTHER_CODES: Final = {
    "v": Category.STOLEN_VEHICLE,
    "p": Category.STOLEN_PLATE,
    "w": Category.WANTED_PERSON,
    "f": Category.FELONY_VEHICLE,
    "a": Category.AMBER_ALERT,
    "m": Category.MISSING_PERSON,
    "amber": Category.AMBER_ALERT,
    "wanted": Category.WANTED_PERSON,
    "missing": Category.MISSING_PERSON,
    "stolen": Category.STOLEN_VEHICLE,
}
"""Single letters that the national and the state extract use alike, and common short names."""

_BY_CODE: Final = {category.value: category for category in Category} | _OTHER_CODES

_IMMIGRATION_CODE: Final = re.compile(r"n|.*(?:immigra|deport|removal|alien).*")


@dataclass(frozen=True, slots=True)
class RefusedCategory:
    """A category that no list may hold.

    Attributes:
        code: The code as the list gives it, shortened to 40 characters.
        clause: The clause that refuses it.
        reason: One sentence for the import's report.
    """

    code: str
    clause: str
    reason: str


def category_from_code(code: str) -> Category | RefusedCategory:
    """Return the category a list means by *code*, or why it is refused; the importer counts refusals by code.

    > USE-5: No purpose, hotlist category or reason of that kind is accepted.

    > HOT-3: Entries of any other category are refused and counted.

    Case, blanks and hyphens do not count. Letters that the extracts use differently (X, S) are not guessed.
    """
    plain = re.sub(r"[\s_-]+", "_", unicodedata.normalize("NFKC", code).strip().lower())
    return _BY_CODE.get(plain) or refused_category(code)


def refused_category(code: str, *, meaning: str = "") -> RefusedCategory:
    """Return why entries are left out whose *code* stands for no category that a list may hold.

    > USE-5: No purpose, hotlist category or reason of that kind is accepted.

    > HOT-3: Entries of any other category are refused and counted.

    Args:
        code: As the list gives it.
        meaning: What its source means by it, in words, where that is known.
    """
    told = (f"{code} ({meaning})" if meaning else code)[:40]
    plain = unicodedata.normalize("NFKC", code).strip().lower()
    if _IMMIGRATION_CODE.fullmatch(plain) or names_immigration(f"{code} {meaning}"):
        return RefusedCategory(told, "USE-5", "Records about immigration status are never loaded.")
    return RefusedCategory(told, "HOT-3", "This category is not one that a hotlist may hold.")


@lru_cache(maxsize=65536)
def refused_wording(*texts: str) -> RefusedCategory | None:
    """Return why an entry with these *texts* (reason, instructions) is left out; None when they are in order.

    > USE-5: No purpose, hotlist category or reason of that kind is accepted.
    """
    if any(map(names_immigration, texts)):
        return RefusedCategory("(its reason)", "USE-5", "Records about immigration status are never loaded.")
    return None


def may_hold(category: Category, *, parameters: Parameters) -> Decision:
    """Decide whether the agency's lists may hold entries of *category*.

    > HOT-3: A hotlist holds only entries of the categories the agency has switched on
    """
    if category in parameters.codes("hotlist.categories"):
        return allow("HOT-3")
    return refuse(
        "HOT-3",
        f"The category '{category.label}' is switched off.",
        remedy="Leave such entries out, or have the parameter hotlist.categories changed by two people.",
        field="category",
    )


def may_load(actor: Actor) -> Decision:
    """Decide whether *actor* may load a list.

    > HOT-1: The most current hotlist available is the one in use.
    """
    return may(actor, Right.LOAD_HOTLISTS)


def may_replace(
    *, current_effective_at: datetime | None, new_effective_at: datetime, now: datetime
) -> Decision:
    """Decide whether a snapshot may take the place of the current one of the same list.

    > HOT-1: The most current hotlist available is the one in use. A list states when it took effect
    """
    if new_effective_at > now:
        return refuse(
            "HOT-1",
            "The list says that it takes effect in the future.",
            remedy="Correct the effective time, or load the list once it holds.",
            field="effective_at",
        )
    if current_effective_at is not None and new_effective_at < current_effective_at:
        return refuse(
            "HOT-1",
            "The list is older than the one in use.",
            remedy="Load the most current list; if the effective time is wrong, correct it.",
            field="effective_at",
        )
    return allow("HOT-1")


def may_shrink_unattended(*, before: int, after: int, parameters: Parameters) -> Decision:
    """Decide whether a list of *before* entries may be replaced by one of *after* that nobody has looked at.

    > HOT-1: The most current hotlist available is the one in use.

    A file cut off on its way looks like a list from which most plates were taken.
    """
    least = before * (100 - parameters.integer("hotlist.unattended_shrink_percent"))
    if after * 100 < least:
        return refuse(
            "HOT-1",
            f"The list would shrink from {before} to {after} entries, and nobody has looked at it.",
            remedy="Fetch the file again; if it is whole, load it in the console, which shows what it changes.",
            field="file",
        )
    return allow("HOT-1")


def is_stale(effective_at: datetime, max_age: timedelta, *, now: datetime) -> bool:
    """Whether a list that took effect at *effective_at* is older than its greatest age.

    > HOT-1: one older than its greatest age is shown as stale wherever it matters
    """
    return now - effective_at > max_age
