"""Case and incident numbers: one check for every rule that asks for one."""

import re
from enum import StrEnum

from platewarden.policy.decision import Decision, allow, refuse
from platewarden.policy.parameters import Parameters


class CaseStanding(StrEnum):
    """What a case system says of a number."""

    NOT_CONNECTED = "no case system is connected"
    OPEN = "open in the case system"
    CLOSED = "closed in the case system"
    UNKNOWN = "not known to the case system"
    UNAVAILABLE = "not checked: the case system gives no answer"


def may_name_case(
    case_number: str,
    *,
    clause: str,
    parameters: Parameters,
    standing: CaseStanding = CaseStanding.NOT_CONNECTED,
) -> Decision:
    """Decide whether *case_number* is a case or incident number of the agency, as *clause* asks.

    Its form is what the agency issues, and where a case system is connected it is open there. Blanks around it do not
    count. A case system that gives no answer is no reason to go on, unless the agency has decided so.
    """
    example = parameters.text("query.case_number_example")
    if not re.fullmatch(parameters.text("query.case_number_format"), case_number.strip(), re.ASCII):
        what = "is not one the agency issues" if case_number.strip() else "is missing"
        return _refuse(clause, what, remedy=f"Give the number it belongs to, for example {example}.")
    if standing is CaseStanding.UNKNOWN:
        return _refuse(
            clause,
            "is not known to the case system",
            remedy="Compare it with the case, or open the case first.",
        )
    if standing is CaseStanding.CLOSED:
        return _refuse(
            clause, "belongs to a closed case", remedy="Reopen the case, or give the number of an open one."
        )
    if standing is CaseStanding.UNAVAILABLE and not parameters.flag("query.unchecked_cases"):
        return _refuse(
            clause,
            "cannot be checked: the case system gives no answer",
            remedy="Try again shortly, and tell the administrator: the list of open cases cannot be read.",
        )
    return allow(clause)


def _refuse(clause: str, what: str, *, remedy: str) -> Decision:
    return refuse(clause, f"The case or incident number {what}.", remedy=remedy, field="case_number")
