"""What the system may be used for, and what it may never be used for."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.immigration import names_immigration
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


class Purpose(StrEnum):
    """The permitted purposes.

    > USE-3: The system is used to identify or locate a vehicle in a criminal investigation; to identify an
    > owner or occupant who has committed an offence, is planning or engaged in criminal conduct, or may be
    > a missing person, a victim or a witness; to prevent, detect or assess a threat to the public or to
    > public officials; or to identify vehicles on the hotlist during patrol.
    """

    CRIMINAL_INVESTIGATION = "criminal_investigation"
    OFFENDER = "offender"
    PLANNED_CRIME = "planned_crime"
    MISSING_VICTIM_OR_WITNESS = "missing_victim_or_witness"
    PUBLIC_SAFETY_THREAT = "public_safety_threat"
    HOTLIST_PATROL = "hotlist_patrol"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _LABELS[self]

    @property
    def item(self) -> str:
        """Number of the purpose in the source's list (V.C-use)."""
        return _ITEMS[self]

    @property
    def justifies_query(self) -> bool:
        """Whether a search of past reads may rest on it."""
        return self is not Purpose.HOTLIST_PATROL


_LABELS: Final = {
    Purpose.CRIMINAL_INVESTIGATION: "Identify or locate a vehicle in a criminal investigation",
    Purpose.OFFENDER: "Identify a person who has committed an offence",
    Purpose.PLANNED_CRIME: "Identify a person planning or engaged in criminal conduct",
    Purpose.MISSING_VICTIM_OR_WITNESS: "Identify a possible missing person, victim or witness",
    Purpose.PUBLIC_SAFETY_THREAT: "Prevent, detect or assess a threat to the public or to public officials",
    Purpose.HOTLIST_PATROL: "Identify vehicles on the hotlist during patrol",
}
_ITEMS: Final = {
    Purpose.CRIMINAL_INVESTIGATION: "1",
    Purpose.OFFENDER: "2a",
    Purpose.PLANNED_CRIME: "2b",
    Purpose.MISSING_VICTIM_OR_WITNESS: "2c",
    Purpose.PUBLIC_SAFETY_THREAT: "3",
    Purpose.HOTLIST_PATROL: "4",
}

_PROTECTED: Final = {
    "religion": r"religio\w*|muslims?|islam\w*|mosques?|jews|jewish|synagogues?|christians|churches|"
    r"churchgo\w*|catholics?|sikhs?|hindus?|buddhis\w*|atheis\w*|creed",
    "political or social views": r"politic\w*|republicans?|democrats?|socialis\w*|activis\w*|ideolog\w*",
    "a lawful organisation or event": r"protest\w*|rally|rallies|demonstrators?|demonstrations?|picket\w*|"
    r"marchers?|vigils?|(?:labou?r|trade) unions?|union (?:members?|meetings?|organi[sz]ers?)",
    "race or colour": r"(?<!street )(?<!drag )race|racial\w*|ethnic\w*|african[- ]americans?|"
    r"hispanics?|latin[oax]s?|asians?|arabs?|romani|gyps(?:y|ies)|"
    r"(?:black|white|brown) (?:males?|man|men|females?|woman|women|persons?|people|drivers?)",
    "national origin, alienage or citizenship": r"national origin|nationality|alienage|citizenship|"
    r"non-?citizens?|foreign(?:ers?|[- ]born)|migrants?|refugees?|asylum",
    "gender or sexual orientation": r"gender\w*|transgender\w*|homosexual\w*|gays?|lesbians?|bisexual\w*|"
    r"lgbt\w*|sexual orientation",
    "disability": r"disabilit\w*|disabled (?:persons?|people|man|woman|drivers?)|wheelchairs?",
    "pregnancy": r"pregnan\w*|abortion\w*|reproductive",
    "marital or partnership status": r"marital|(?:partnership|marriage) status",
    "military status": r"military (?:status|service)",
    "age": r"because of (?:his|her|their) age",
}
"""Words that name a protected ground. They decide nothing: they send a reason to a supervisor."""

_GROUNDS: Final = {
    ground: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for ground, words in _PROTECTED.items()
}


@dataclass(frozen=True, slots=True)
class ReasonReview:
    """What a written reason names.

    Attributes:
        grounds: Protected grounds it names, in the policy's words.
        names_immigration: Whether it names a person's immigration status.
    """

    grounds: tuple[str, ...] = ()
    names_immigration: bool = False

    @property
    def needs_supervisor(self) -> bool:
        """Whether a supervisor must take it up before anything happens."""
        return bool(self.grounds)


def review_reason(text: str) -> ReasonReview:
    """Look for protected grounds and for immigration status in a written reason.

    > USE-4: A reason that names such a ground goes no further until a supervisor has taken it up.

    Words are a coarse sieve: what passes is not thereby proper, and is sampled by the audit.
    """
    plain = unicodedata.normalize("NFKC", text)
    grounds = tuple(ground for ground, words in _GROUNDS.items() if words.search(plain))
    return ReasonReview(grounds, names_immigration=names_immigration(text))


def may_state_reason(actor: Actor, text: str, *, requested_by: str = "") -> Decision:
    """Decide whether *actor* may go on with the written reason *text* of an entry on a hotlist.

    > USE-5: No purpose, hotlist category or reason of that kind is accepted.

    > USE-4: A reason that names such a ground goes no further until a supervisor has taken it up.

    Args:
        actor: Who gives the reason.
        text: The reason as written.
        requested_by: The colleague it is done for, if any; a supervisor cannot take up their own request.
    """
    taken_up = actor.has(Role.SUPERVISOR) and requested_by.strip() != ""
    return first_refusal(
        keeps_clear_of_status(text, requested_by=requested_by),
        allow("USE-4")
        if taken_up
        else names_no_ground(
            text, remedy="Ask a supervisor to make the request, with your name as the person it is made for."
        ),
    )


def keeps_clear_of_status(text: str, *, requested_by: str = "") -> Decision:
    """Decide whether neither the reason *text* nor whom it is done for names a person's immigration status.

    > USE-5: No purpose, hotlist category or reason of that kind is accepted.
    """
    named = next(
        (
            field
            for field, told in (("reason", text), ("requested_by", requested_by))
            if names_immigration(told)
        ),
        "",
    )
    if not named:
        return allow("USE-5")
    return refuse(
        "USE-5",
        "The reason, or who the request is made for, names a person's immigration status.",
        remedy="None: neither the system nor its data may be used for that.",
        field=named,
    )


def names_no_ground(text: str, *, remedy: str) -> Decision:
    """Decide whether *text* names no protected ground; where it does, *remedy* says who may take it up.

    > USE-4: A reason that names such a ground goes no further until a supervisor has taken it up.
    """
    grounds = review_reason(text).grounds
    if not grounds:
        return allow("USE-4")
    return refuse(
        "USE-4", f"The reason names a protected ground: {', '.join(grounds)}.", remedy=remedy, field="reason"
    )


def stated_purpose(code: str) -> Purpose | None:
    """Return the permitted purpose with this *code*, or None if there is none."""
    return Purpose(code) if code in {purpose.value for purpose in Purpose} else None


def may_use_purpose(purpose: Purpose | None, *, parameters: Parameters) -> Decision:
    """Decide whether *purpose* may justify a search of past reads; None is none of the permitted ones.

    > USE-1: Every access to past reads states its purpose; there is no way in without one.

    > USE-3: The last of these justifies alerts and never a search of past reads.
    """
    if purpose is None:
        return refuse(
            "USE-1",
            "No permitted purpose is stated.",
            remedy="Choose the purpose of your investigation.",
            field="purpose",
        )
    if purpose.justifies_query and purpose in parameters.codes("use.purposes"):
        return allow("USE-3")
    return refuse(
        "USE-3",
        f"The purpose '{purpose.label}' does not justify a search of past reads.",
        remedy="Choose the purpose of your investigation; if there is none, wait for an alert.",
        field="purpose",
    )


def may_see_plate_data(actor: Actor, *, now: datetime) -> Decision:  # noqa: ARG001 - every rule takes the time
    """Decide whether *actor* may see plate data at all, by alert or by query, at *now*.

    > USE-1: The system and its records are used for legitimate law-enforcement and public-safety purposes
    > only, by people whose duties call for it.
    """
    return may(actor, Right.SEE_ALERTS)
