"""Sharing with agencies of the state: agreements, what they let guests do, and suspensions (SHR-1, SHR-4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from platewarden.policy.actor import Actor, GuestTerms
from platewarden.policy.agencies import LAW_ENFORCEMENT, STATE, AgencyFacts, AgencyKind
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may
from platewarden.policy.use import Purpose

_RELEASE: Final = "They receive copies, if anything, by a release."


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version of a sharing agreement as the rules look at it.

    Attributes:
        number: Counts from 1 within its agency.
        purposes: Codes of the purposes that guests may search for.
        cameras: Ids of the cameras whose reads they may search.
        reach: How far back a search of theirs reaches.
        begins_at: From when it may be in force.
        ends_at: When it ends by itself.
        prepared_by_id: Account id of whoever prepared it.
        opened_at: When a second person opened it; None while nobody has.
        ended_at: When it was ended before its time; None if it was not.
        is_declined: Whether the second person declined it.
    """

    number: int
    purposes: frozenset[str]
    cameras: frozenset[int]
    reach: timedelta
    begins_at: datetime
    ends_at: datetime
    prepared_by_id: str
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    is_declined: bool = False


def may_share_with(agency: AgencyFacts) -> Decision:
    """Decide whether a sharing agreement with *agency* is possible at all.

    > SHR-1: Data is shared only with other law-enforcement or prosecutorial agencies of the state
    """
    if agency.is_ended:
        return refuse("SHR-1", "The access of this agency was ended.", remedy="Take it up again first.")
    if agency.state != STATE:
        return refuse("SHR-1", f"The agency is not of the state ({STATE}).", remedy=_RELEASE)
    if agency.kind in LAW_ENFORCEMENT | {AgencyKind.PROSECUTOR}:
        return allow("SHR-1")
    return refuse(
        "SHR-1",
        f"It is neither a law-enforcement nor a prosecutorial agency of the state: {agency.kind.label}.",
        remedy=_RELEASE,
    )


def may_prepare_agreement(
    actor: Actor, agency: AgencyFacts, version: VersionFacts, *, parameters: Parameters, now: datetime
) -> Decision:
    """Decide whether *actor* may put *version* of an agreement with *agency* before a second person.

    > SHR-1: for official purposes, under an agreement that two people opened and that expires
    """
    return first_refusal(
        may(actor, Right.PREPARE_AGREEMENTS),
        may_share_with(agency),
        _names_its_scope(version, parameters),
        _has_term(version, parameters, now),
    )


def may_open_agreement(
    actor: Actor, agency: AgencyFacts, version: VersionFacts, *, parameters: Parameters, now: datetime
) -> Decision:
    """Decide whether *actor* may open *version*, which somebody else prepared.

    > SHR-1: under an agreement that two people opened and that expires
    """
    return first_refusal(
        _may_decide(actor, version),
        may_share_with(agency),
        _names_its_scope(version, parameters),
        _has_term(version, parameters, now),
    )


def may_decline_agreement(actor: Actor, version: VersionFacts, *, because: str) -> Decision:
    """Decide whether *actor* may decline *version*, with the reason *because*.

    > SHR-1: under an agreement that two people opened and that expires
    """
    return first_refusal(_may_decide(actor, version), _says_why(because, clause="SHR-1"))


def _may_decide(actor: Actor, version: VersionFacts) -> Decision:
    return first_refusal(
        may(actor, Right.OPEN_AGREEMENTS), _is_undecided(version), _is_another(actor, version.prepared_by_id)
    )


def _is_undecided(version: VersionFacts) -> Decision:
    if version.opened_at is None and not version.is_declined:
        return allow("SHR-1")
    return refuse("SHR-1", "This version was decided on already.", remedy="Prepare a new one.")


def _is_another(actor: Actor, first_id: str) -> Decision:
    if actor.is_person and actor.id and actor.id != first_id:
        return allow("SHR-1")
    return refuse("SHR-1", "Whoever took the first step does not take the second.", remedy="Ask a colleague.")


def _names_its_scope(version: VersionFacts, parameters: Parameters) -> Decision:
    known = {purpose.value for purpose in Purpose if purpose.justifies_query}
    if not version.purposes or not version.purposes <= known:
        return refuse(
            "SHR-1",
            "An agreement names the purposes that guests may search for.",
            remedy="Choose at least one of the permitted purposes of a search.",
            field="purposes",
        )
    if not version.cameras:
        return refuse(
            "SHR-1", "An agreement names its cameras.", remedy="Choose at least one.", field="cameras"
        )
    longest = parameters.days("retention.limit_days")
    if not timedelta(days=1) <= version.reach <= longest:
        return refuse(
            "SHR-1",
            f"A guest's search reaches back between one day and {longest.days} days.",
            remedy="Give a number of days in between.",
            field="reach_days",
        )
    return allow("SHR-1")


def _has_term(version: VersionFacts, parameters: Parameters, now: datetime) -> Decision:
    longest = parameters.days("sharing.agreement_max_days")
    if not version.begins_at < version.ends_at or version.ends_at <= now:
        return refuse(
            "SHR-1",
            "The agreement ends before it begins, or is over already.",
            remedy="Give a later end.",
            field="ends_at",
        )
    if version.ends_at - max(version.begins_at, now) > longest:
        return refuse(
            "SHR-1",
            f"An agreement holds {longest.days} days at most.",
            remedy="Give an earlier end; it can be renewed.",
            field="ends_at",
        )
    return allow("SHR-1")


def in_force(versions: Iterable[VersionFacts], *, now: datetime) -> VersionFacts | None:
    """Return the version that is in force at *now*: of those opened and begun the latest, unless it is over.

    > SHR-1: under an agreement that two people opened and that expires

    A later version replaces the earlier ones from its beginning on, so that narrowing holds; when it is over, no
    earlier one comes back.
    """
    begun = [version for version in versions if version.opened_at is not None and version.begins_at <= now]
    latest = max(begun, key=lambda version: version.number, default=None)
    if latest is None or latest.ended_at is not None or latest.ends_at <= now:
        return None
    return latest


def access_of(
    agency: AgencyFacts, may_have_users: Decision, version: VersionFacts | None, *, is_suspended: bool
) -> Decision:
    """Decide whether people of the partner *agency* have any access, with *version* in force, or with none.

    > SHR-1: Data is shared only with other law-enforcement or prosecutorial agencies of the state, for official
    > purposes, under an agreement that two people opened and that expires.

    > SHR-4: A suspension takes effect at once
    """
    return first_refusal(
        _is_not_suspended(is_suspended=is_suspended),
        may_share_with(agency),
        may_have_users,
        _has_agreement(version),
    )


def _is_not_suspended(*, is_suspended: bool) -> Decision:
    if not is_suspended:
        return allow("SHR-4")
    return refuse(
        "SHR-4",
        "Sharing with your agency is suspended: nothing is open to its people.",
        remedy="Your agency's liaison asks the Undersheriff.",
    )


def _has_agreement(version: VersionFacts | None) -> Decision:
    if version is not None:
        return allow("SHR-1")
    return refuse(
        "SHR-1",
        "No agreement with your agency is in force.",
        remedy="Your agency's liaison asks the administrator for one.",
    )


def terms_of(agency_id: int, version: VersionFacts) -> GuestTerms:
    """Return what *version* lets the guests of the agency do."""
    return GuestTerms(
        agency_id=agency_id,
        version=version.number,
        purposes=version.purposes,
        cameras=version.cameras,
        reach=version.reach,
        ends_at=version.ends_at,
    )


def may_search_as_guest(
    actor: Actor,
    *,
    purpose: str,
    cameras: frozenset[int],
    seen_from: datetime,
    is_exigent: bool,
    now: datetime,
) -> Decision:
    """Decide whether a search of *actor* lies within their agency's agreement; of our own people it always does.

    > SHR-1: for official purposes, under an agreement that two people opened and that expires

    No *cameras* means all that the agreement names. A guest makes no search without a case number.
    """
    if not actor.is_guest:
        return allow("SHR-1")
    terms = actor.terms
    if terms is None or now >= terms.ends_at:
        return _has_agreement(None)
    if is_exigent:
        return refuse(
            "SHR-1",
            "A guest makes no search without a case number.",
            remedy="Give it, or ask our people.",
            field="case_number",
        )
    if cameras - terms.cameras:
        return refuse(
            "SHR-1",
            "A camera is not among those of the agreement with your agency.",
            remedy="Search the cameras that the agreement names.",
            field="cameras",
        )
    if seen_from < now - terms.reach:
        return refuse(
            "SHR-1",
            f"The agreement lets your agency search {terms.reach.days} days back.",
            remedy="Begin the window later.",
            field="seen_from",
        )
    return may_keep_purpose(actor, purpose)


def may_keep_purpose(actor: Actor, purpose: str) -> Decision:
    """Decide whether the agreement of a guest's agency covers *purpose*: when they ask, and at every later look.

    > SHR-1: for official purposes, under an agreement that two people opened and that expires
    """
    if not actor.is_guest or (actor.terms is not None and purpose in actor.terms.purposes):
        return allow("SHR-1")
    return refuse(
        "SHR-1",
        "The agreement with your agency does not cover this purpose.",
        remedy="Search for a purpose that it names.",
        field="purpose",
    )


def may_invite_guest(actor: Actor, access: Decision, *, word: str) -> Decision:
    """Decide whether *actor* may invite a person of an agency with this *access*, on its written *word*.

    > USE-2: Only law-enforcement agencies within New York State have access to the system.

    > ADM-2: only the agency's administrator grants a role, somebody else approves it
    """
    if not word.strip():
        return refuse(
            "USE-2",
            "A guest is invited on their agency's written word.",
            remedy="Say which letter or message names this person, and its date.",
            field="word",
        )
    return first_refusal(may(actor, Right.MANAGE_ACCOUNTS), access)


def may_end_access(actor: Actor, *, because: str) -> Decision:
    """Decide whether *actor* may end the access of a partner agency, alone and at once.

    > USE-2: Only law-enforcement agencies within New York State have access to the system.
    """
    return first_refusal(may(actor, Right.KEEP_AGENCIES), _says_why(because, clause="USE-2"))


def may_suspend(actor: Actor, *, because: str, is_owner: bool) -> Decision:
    """Decide whether *actor* may suspend sharing with an agency at once, alone.

    > SHR-4: A suspension takes effect at once
    """
    return first_refusal(
        may(actor, Right.SUSPEND_SHARING), _is_partner(is_owner=is_owner), _says_why(because, clause="SHR-4")
    )


def may_ask_to_lift(actor: Actor, *, because: str, is_asked: bool) -> Decision:
    """Decide whether *actor* may propose that sharing goes on; a second person confirms it.

    > SHR-4: the Undersheriff investigates and decides whether sharing goes on
    """
    if is_asked:
        return refuse("SHR-4", "Somebody has proposed it already.", remedy="A second person confirms it.")
    return first_refusal(may(actor, Right.SUSPEND_SHARING), _says_why(because, clause="SHR-4"))


def may_lift(actor: Actor, *, asked_by_id: str, is_undersheriffs: bool, is_command: bool) -> Decision:
    """Decide whether *actor* may let sharing go on, as somebody else proposed.

    > SHR-4: the Undersheriff investigates and decides whether sharing goes on

    Where a report of misuse led to the suspension (*is_undersheriffs*), one of the two is the Undersheriff or the
    Sheriff (*is_command*).
    """
    if is_undersheriffs and not is_command:
        return refuse(
            "SHR-4",
            "This suspension followed a report of misuse: the Undersheriff or the Sheriff is one of the two.",
            remedy="Leave the second step to them.",
        )
    return first_refusal(may(actor, Right.SUSPEND_SHARING), _is_another(actor, asked_by_id))


def renewal_notice_at(version: VersionFacts, *, parameters: Parameters) -> datetime:
    """Return when people are told that *version* is about to end.

    > SHR-1: under an agreement that two people opened and that expires
    """
    return version.ends_at - parameters.days("sharing.renewal_notice_days")


def _is_partner(*, is_owner: bool) -> Decision:
    if not is_owner:
        return allow("SHR-4")
    return refuse(
        "SHR-4", "This is our own office: there is no sharing to suspend.", remedy="Close accounts instead."
    )


def _says_why(because: str, *, clause: str) -> Decision:
    if because.strip():
        return allow(clause)
    return refuse(clause, "The reason is missing.", remedy="Say why in a sentence.", field="because")
