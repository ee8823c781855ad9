"""Case and incident numbers: one check for every rule that asks for one."""

import re

from platewarden.policy.decision import Decision, allow, refuse
from platewarden.policy.parameters import Parameters


def may_name_case(case_number: str, *, clause: str, parameters: Parameters) -> Decision:
    """Decide whether *case_number* looks like a case or incident number of the agency, as *clause* asks.

    Blanks around it do not count.
    """
    if re.fullmatch(parameters.text("query.case_number_format"), case_number.strip(), re.ASCII):
        return allow(clause)
    what = "is not one the agency issues" if case_number.strip() else "is missing"
    return refuse(
        clause,
        f"The case or incident number {what}.",
        remedy=f"Give the number it belongs to, for example {parameters.text('query.case_number_example')}.",
        field="case_number",
    )
