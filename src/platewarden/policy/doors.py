"""Which right each page, form and address asks for: the table of roles and actions, checked against the program.

A view that stands in neither table fails the checks. The names are those of the addresses (`app:view`).
"""

import sys
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from platewarden.policy.actor import Role
from platewarden.policy.location import policy_folder
from platewarden.policy.rights import CLAUSES, PLATE_DATA, RIGHTS, Right


class Open(StrEnum):
    """Why a view asks for no right."""

    PUBLIC = "anybody: it is how one gets in, and shows nothing"
    TOLD = "anybody: it is what the public is told (TPR-1)"
    ONESELF = "everybody who is signed in, about themselves alone"
    DEVICE = "a device with a credential of its own; no person"
    HOLDER = "whoever holds its secret address: one person's duties, no plate and no name"


_ALERTS: Final = (Right.SEE_ALERTS,)
_VERIFY: Final = (Right.VERIFY_ALERTS,)
_HOTLISTS: Final = (Right.SEE_HOTLISTS,)
_LOAD: Final = (Right.LOAD_HOTLISTS,)
_ENTER: Final = (Right.ENTER_MANUALLY,)
_CASES: Final = (Right.SEE_CASES,)
_FALSE_HITS: Final = (Right.SEE_FALSE_HITS,)
_CORRECT: Final = (Right.WRITE_CORRECTIONS, Right.REVIEW_SUPPRESSIONS)
_COMPLAINTS: Final = (Right.KEEP_COMPLAINTS, Right.LOOK_BEHIND_COMPLAINTS)
_PEOPLE: Final = (Right.SEE_PEOPLE,)
_ACCOUNTS: Final = (Right.MANAGE_ACCOUNTS,)
_REGISTER: Final = (Right.REGISTER_CAMERAS,)
_LEDGER: Final = (Right.READ_LEDGER,)
_POLICY: Final = (Right.SEE_COMPLIANCE,)
_ASK: Final = (Right.ASK_QUERIES,)
_AGENCIES: Final = (Right.SEE_AGENCIES,)
_REVIEW: Final = (Right.REVIEW_SEARCHES,)

DOORS: Final[Mapping[str, tuple[Right, ...] | Open]] = MappingProxyType(
    {
        "home": Open.ONESELF,
        "site:health": Open.PUBLIC,
        "api:openapi-json": Open.PUBLIC,
        "api:submit_reads": Open.DEVICE,
        "api:enrol_device": Open.PUBLIC,
        "api:submit_device_reads": Open.DEVICE,
        "api:send_still": Open.DEVICE,
        "api:fetch_board": Open.DEVICE,
        "api:tell_of_hit": Open.DEVICE,
        "api:report_state": Open.DEVICE,
        "api:tell_time": Open.DEVICE,
        "api:fetch_settings": Open.DEVICE,
        "api:fetch_views": Open.DEVICE,
        "api:succeed_key": Open.DEVICE,
        "api:push_here": Open.DEVICE,
        "api:push": Open.DEVICE,
        "api:api-root": Open.PUBLIC,
        "account_login": Open.PUBLIC,
        "account_logout": Open.PUBLIC,
        "account_change_password": Open.ONESELF,
        "account_reauthenticate": Open.ONESELF,
        "mfa_authenticate": Open.PUBLIC,
        "mfa_index": Open.ONESELF,
        "mfa_activate_totp": Open.ONESELF,
        "mfa_deactivate_totp": Open.ONESELF,
        "mfa_add_webauthn": Open.ONESELF,
        "remove_passkey": Open.ONESELF,
        "mfa_view_recovery_codes": Open.ONESELF,
        "mfa_generate_recovery_codes": Open.ONESELF,
        "accounts:enrol": Open.PUBLIC,
        "accounts:locked": Open.ONESELF,
        "accounts:sign_ins": Open.ONESELF,
        "accounts:people": _PEOPLE,
        "accounts:person": _PEOPLE,
        "accounts:export": _PEOPLE,
        "accounts:rights": _POLICY,
        "accounts:review": (Right.REVIEW_USERS,),
        "accounts:name": (Right.NAME_ADMINISTRATOR,),
        "accounts:create": _ACCOUNTS,
        "accounts:close": _ACCOUNTS,
        "accounts:reopen": _ACCOUNTS,
        "accounts:code": _ACCOUNTS,
        "accounts:terminals": (Right.MANAGE_TERMINALS,),
        "accounts:revoke_terminal": (Right.MANAGE_TERMINALS,),
        "accounts:enrol_terminal": Open.ONESELF,
        "accounts:ask_reset": _ACCOUNTS,
        "accounts:decide_reset": (Right.APPROVE_ACCOUNTS,),
        "accounts:mail": _ACCOUNTS,
        "accounts:grant": _ACCOUNTS,
        "accounts:withdraw": _ACCOUNTS,
        "accounts:decide": (Right.APPROVE_ACCOUNTS,),
        "accounts:release": (Right.RELEASE_SIGN_INS,),
        "halfyears:list": (Right.READ_AUDIT_REPORTS,),
        "halfyears:build": (Right.WRITE_AUDIT_REPORTS,),
        "halfyears:report": (Right.READ_AUDIT_REPORTS,),
        "halfyears:file": (Right.READ_AUDIT_REPORTS,),
        "halfyears:check": (Right.WRITE_AUDIT_REPORTS,),
        "halfyears:sign": (Right.WRITE_AUDIT_REPORTS,),
        "halfyears:acknowledge": (Right.RECEIVE_AUDIT_REPORTS,),
        "teams:team": (Right.SEE_TEAM,),
        "teams:member": (Right.SEE_TEAM,),
        "teams:supervisors": _ACCOUNTS,
        "alerts:list": _ALERTS,
        "alerts:count": _ALERTS,
        "alerts:row": _ALERTS,
        "alerts:detail": _ALERTS,
        "alerts:acknowledge": _ALERTS,
        "alerts:look": _VERIFY,
        "alerts:verify": _VERIFY,
        "alerts:dispose": (Right.DISPOSE_OF_ALERTS,),
        "duty:show": _ALERTS,
        "duty:start": _ALERTS,
        "duty:end": Open.ONESELF,
        "duty:mute": _ALERTS,
        "duty:unmute": Open.ONESELF,
        "duties:mine": Open.ONESELF,
        "duties:all": (Right.SEE_ALL_DUTIES,),
        "duties:done": Open.ONESELF,
        "duties:make_calendar": Open.ONESELF,
        "duties:end_calendar": Open.ONESELF,
        "duties:calendar": Open.HOLDER,
        "car:show": _ALERTS,
        "car:press": _ALERTS,
        "reports:make": (Right.MAKE_REPORTS,),
        "reports:fetch": (Right.MAKE_REPORTS,),
        "training:overview": Open.ONESELF,
        "training:course": Open.ONESELF,
        "training:screen": Open.ONESELF,
        "training:quiz": Open.ONESELF,
        "training:bulletin": Open.ONESELF,
        "training:certificate": Open.ONESELF,
        "training:people": (Right.SEE_TRAINING,),
        "training:review": (Right.REVIEW_POLICY,),
        "training:publish": (Right.PUBLISH_BULLETINS,),
        "notices:inbox": (Right.READ_NOTICES,),
        "notices:handle": (Right.READ_NOTICES,),
        "webhooks:show": (Right.MANAGE_WEBHOOKS, Right.ADOPT_WEBHOOKS),
        "webhooks:propose": (Right.MANAGE_WEBHOOKS,),
        "webhooks:adopt": (Right.ADOPT_WEBHOOKS,),
        "webhooks:withdraw": (Right.ADOPT_WEBHOOKS, Right.MANAGE_WEBHOOKS),
        "webhooks:test": (Right.MANAGE_WEBHOOKS,),
        "webhooks:again": (Right.MANAGE_WEBHOOKS,),
        "calibration:runs": _HOTLISTS,
        "calibration:set_up": (Right.CALIBRATE,),
        "calibration:run": (Right.CALIBRATE,),
        "candidates:list": (Right.SEE_CANDIDATES,),
        "candidates:detail": (Right.SEE_CANDIDATES,),
        "candidates:promote": (Right.SEE_CANDIDATES,),
        "cases:list": _CASES,
        "cases:find": _CASES,
        "cases:case": _CASES,
        "cases:read": _CASES,
        "cases:take-held": (Right.PRESERVE_IN_CASE,),
        "cases:hit": _CASES,
        "cases:preserve": (Right.PRESERVE_IN_CASE,),
        "cases:take": (Right.PRESERVE_IN_CASE,),
        "cases:ask-hold": (Right.REQUEST_HOLDS,),
        "cases:ask-export": (Right.EXPORT_CASES,),
        "cases:export": (Right.EXPORT_CASES,),
        "cases:export-progress": (Right.EXPORT_CASES,),
        "cases:fetch-export": (Right.EXPORT_CASES,),
        "cases:hold": (*_CASES, Right.DECIDE_HOLDS),
        "cases:place-hold": (Right.DECIDE_HOLDS,),
        "cases:decline-hold": (Right.DECIDE_HOLDS,),
        "cases:lift-hold": (Right.DECIDE_HOLDS,),
        "queries:ask": _ASK,
        "queries:held": _ASK,
        "queries:review": _ASK,
        "queries:settle": (*_ASK, Right.DECIDE_QUERIES),
        "queries:answer": _ASK,
        "queries:of_notice": Open.ONESELF,
        "queries:complete": _ASK,
        "queries:export": _ASK,
        "queries:print": _ASK,
        "queries:image": _ASK,
        "hotlists:list": _HOTLISTS,
        "hotlists:create": _LOAD,
        "hotlists:categories": _HOTLISTS,
        "hotlists:enter": _ENTER,
        "hotlists:detail": _HOTLISTS,
        "hotlists:load": _LOAD,
        "hotlists:upload": _LOAD,
        "hotlists:progress": _LOAD,
        "hotlists:confirm": _LOAD,
        "hotlists:cancel": _LOAD,
        "hotlists:renew": _ENTER,
        "hotlists:mine": _ENTER,
        "hotlists:approve": (Right.APPROVE_ENTRIES,),
        "hotlists:withdraw": (*_ENTER, Right.WITHDRAW_ANY_ENTRY),
        "corrections:register": _FALSE_HITS,
        "corrections:export": _FALSE_HITS,
        "corrections:suppressions": _FALSE_HITS,
        "corrections:suppression": _FALSE_HITS,
        "corrections:confirm": (Right.REVIEW_SUPPRESSIONS,),
        "corrections:lift": (Right.REVIEW_SUPPRESSIONS, Right.LIFT_SUPPRESSIONS),
        "corrections:write": _CORRECT,
        "corrections:sent": _CORRECT,
        "corrections:answered": _CORRECT,
        "corrections:complaints": (*_COMPLAINTS, *_FALSE_HITS),
        "corrections:record": (Right.KEEP_COMPLAINTS,),
        "corrections:complaint": _COMPLAINTS,
        "corrections:trace": (Right.LOOK_BEHIND_COMPLAINTS,),
        "corrections:suppress": (Right.LOOK_BEHIND_COMPLAINTS,),
        "corrections:answer": (Right.KEEP_COMPLAINTS,),
        "cameras:list": (Right.SEE_CAMERAS,),
        "cameras:detail": (Right.SEE_CAMERAS,),
        "cameras:areas": (Right.SEE_CAMERAS,),
        "devices:list": (Right.SEE_CAMERAS,),
        "devices:detail": (Right.SEE_CAMERAS,),
        "devices:code": _REGISTER,
        "devices:settings": _REGISTER,
        "devices:source": _REGISTER,
        "devices:revoke": _REGISTER,
        "cameras:register": _REGISTER,
        "cameras:change": _REGISTER,
        "cameras:place": _REGISTER,
        "cameras:credential": _REGISTER,
        "cameras:revoke": _REGISTER,
        "cameras:suspend": _REGISTER,
        "cameras:sign": (*_REGISTER, Right.APPROVE_CAMERAS),
        "cameras:look": (Right.SEE_STILLS,),
        "cameras:look_at_sent": (Right.SEE_STILLS,),
        "cameras:approve": (Right.APPROVE_CAMERAS,),
        "cameras:decline": (Right.APPROVE_CAMERAS,),
        "cameras:unmoved": (*_REGISTER, Right.APPROVE_CAMERAS),
        "cameras:confirm_unmoved": (Right.APPROVE_CAMERAS,),
        "cameras:deploy": (*_REGISTER, Right.APPROVE_CAMERAS),
        "cameras:authorise": (Right.APPROVE_CAMERAS,),
        "cameras:end_deployment": (*_REGISTER, Right.APPROVE_CAMERAS),
        "ledger:list": _LEDGER,
        "ledger:export": _LEDGER,
        "ledger:verifier": _LEDGER,
        "ledger:checkpoints": _LEDGER,
        "ledger:consistency": _LEDGER,
        "ledger:checkpoint": _LEDGER,
        "ledger:entry": _LEDGER,
        "ledger:receipt": _LEDGER,
        "sharing:agencies": _AGENCIES,
        "sharing:agency": _AGENCIES,
        "sharing:enter": (Right.KEEP_AGENCIES,),
        "sharing:change": (Right.KEEP_AGENCIES,),
        "sharing:end": (Right.KEEP_AGENCIES,),
        "sharing:suspend": (Right.SUSPEND_SHARING,),
        "sharing:lift": (Right.SUSPEND_SHARING,),
        "sharing:invite": _ACCOUNTS,
        "sharing:prepare": (Right.PREPARE_AGREEMENTS,),
        "sharing:version": _AGENCIES,
        "sharing:decide": (Right.OPEN_AGREEMENTS,),
        "sharing:mine": Open.ONESELF,
        "sharing:use": (Right.SEE_AGENCY_USE,),
        "sharing:take": (Right.SEE_AGENCY_USE,),
        "sharing:of_notice": Open.ONESELF,
        "sharing:misuse": (Right.DECIDE_MISUSE,),
        "sharing:report": Open.ONESELF,
        "sharing:own_report": Open.ONESELF,
        "sharing:investigate": (Right.DECIDE_MISUSE,),
        "sharing:step": (Right.DECIDE_MISUSE,),
        "sharing:report_of_notice": Open.ONESELF,
        "retention:ahead": (Right.SEE_RETENTION,),
        "retention:records": (Right.SEE_RETENTION,),
        "retention:authorise": (Right.AUTHORISE_DESTRUCTION,),
        "witnesses:show": _LEDGER,
        "witnesses:propose": (Right.MANAGE_WITNESSES,),
        "witnesses:adopt": (*_LEDGER, Right.ADOPT_WITNESSES),
        "witnesses:withdraw": _LEDGER,
        "witnesses:hand_in": _LEDGER,
        "witnesses:verify": _LEDGER,
        "witnesses:progress": _LEDGER,
        "audits:weeks": _REVIEW,
        "audits:week": _REVIEW,
        "audits:close": _REVIEW,
        "audits:item": _REVIEW,
        "audits:mark": _REVIEW,
        "audits:order": _REVIEW,
        "audits:remedies": (*_REVIEW, Right.TALK_AFTER_FINDING, Right.DECIDE_ON_FINDINGS),
        "audits:carry_out": (*_REVIEW, Right.TALK_AFTER_FINDING, Right.DECIDE_ON_FINDINGS),
        "audits:planted": (Right.PLANT_PLATES,),
        "audits:lift": (Right.PLANT_PLATES,),
        "audits:mine": Open.ONESELF,
        "audits:explain": Open.ONESELF,
        "audits:declare": Open.ONESELF,
        "audits:withdraw": Open.ONESELF,
        "compliance:clauses": _POLICY,
        "compliance:print": _POLICY,
        "compliance:parameters": _POLICY,
        "compliance:adopt": (Right.ADOPT_PARAMETERS,),
        "compliance:clock": (Right.CONFIRM_CLOCK,),
        "releases:list": (Right.SEE_RELEASES,),
        "releases:receive": (Right.ENTER_RELEASES,),
        "releases:choose": (Right.PREPARE_RELEASES,),
        "releases:request": (Right.SEE_RELEASES,),
        "releases:document": (Right.SEE_RELEASES,),
        "releases:selection": (Right.SEE_RELEASES,),
        "releases:decide": (Right.DECIDE_RELEASES, Right.DECIDE_STATE_RELEASES),
        "releases:withdraw": (Right.ENTER_RELEASES,),
        "releases:phrase": (Right.PREPARE_RELEASES,),
        "releases:fetch": (Right.PREPARE_RELEASES,),
        "releases:hand-over": (Right.PREPARE_RELEASES,),
        "releases:acknowledge": (Right.PREPARE_RELEASES,),
        "records:list": (Right.SEE_RECORDS_REQUESTS,),
        "records:register": (Right.REGISTER_RECORDS_REQUESTS,),
        "records:request": (Right.SEE_RECORDS_REQUESTS,),
        "records:acknowledge": (Right.ANSWER_RECORDS_REQUESTS,),
        "records:extend": (Right.ANSWER_RECORDS_REQUESTS,),
        "records:answer": (Right.ANSWER_RECORDS_REQUESTS,),
        "transparency:portal": Open.TOLD,
        "transparency:portal_en": Open.TOLD,
        "transparency:portal_es": Open.TOLD,
        "transparency:json": Open.TOLD,
        "transparency:csv": Open.TOLD,
        "transparency:checkpoint": Open.TOLD,
        "transparency:figures": (Right.CHECK_PORTAL,),
        "transparency:check": (Right.CHECK_PORTAL,),
        "transparency:review": (Right.REVIEW_FIGURES,),
        "transparency:publish": (Right.PUBLISH_FIGURES,),
    }
)
"""For each view the rights of which one opens it, or why it asks for none."""


def roles_for(door: tuple[Right, ...] | Open) -> frozenset[Role]:
    """Return the roles that get through *door*; what is rightly open is open to all."""
    if isinstance(door, Open):
        return frozenset(Role)
    return frozenset().union(*(RIGHTS[right] for right in door))


def rights_page() -> str:
    """Return the page on rights in the reference: who may do what, and which page asks for which right."""
    head = [
        "# Rights: who may do what",
        "",
        "Generated by `python -m platewarden.policy.doors write` from the rules; do not edit.",
        "A test goes to every address as every role and compares; a view without a rule fails it.",
        "",
        "Whoever holds several roles has the rights of all of them. Administrator, auditor and approver are",
        "never one person (ADM-2, AUD-1); the Undersheriff, who is told what the audits found, is neither",
        "administrator nor auditor (AUD-2); a vendor and the records officer hold no other role. What is",
        "marked *plates* rests while a person's training is not current (TRN-1).",
        "",
        "## Rights and roles",
        "",
        f"| Right | Clause | Plates | {' | '.join(Role)} |",
        f"|---|---|---|{'---|' * len(Role)}",
    ]
    rights = [
        f"| {right} | {CLAUSES[right]} | {'plates' if right in PLATE_DATA else ''} | "
        f"{' | '.join('yes' if role in RIGHTS[right] else '' for role in Role)} |"
        for right in Right
    ]
    views = [
        f"| `{name}` | {door if isinstance(door, Open) else ', or '.join(door)} |"
        for name, door in DOORS.items()
    ]
    middle = ["", "## Pages and forms", "", "| View | What it takes |", "|---|---|"]
    return "\n".join([*head, *rights, *middle, *views, ""])


def main() -> None:
    """Write the page, or check that it is as it would be written: ``write`` or ``check``."""
    page = policy_folder().parent / "docs" / "reference" / "rights.md"
    if sys.argv[1:] == ["write"]:
        page.write_text(rights_page(), encoding="utf-8")
    elif page.read_text(encoding="utf-8") != rights_page():
        raise SystemExit("docs/reference/rights.md is out of date: python -m platewarden.policy.doors write")


if __name__ == "__main__":
    main()
