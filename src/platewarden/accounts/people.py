"""The list of people and what an administrator does about them (ADM-1, ADM-2)."""

from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.accounts import actions
from platewarden.accounts.approving import approve_account, decide_role, decline_account, open_requests
from platewarden.accounts.closing import close_account, reopen_account
from platewarden.accounts.forms import AccountForm, CloseForm, MailForm, ResetForm, RoleForm, ends_of
from platewarden.accounts.models import AdministratorTerm, RoleRequest, SignIn, SignInLock, User
from platewarden.accounts.recovering import waiting_reset
from platewarden.accounts.sharing import signs_at
from platewarden.accounts.sign_ins import release as release_sign_in
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import set_mail_address
from platewarden.notices.models import MailAddress
from platewarden.policy.accounts import may_grant_role, may_name_administrator
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.rights import CLAUSES, PLATE_DATA, RIGHTS, Right, may
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download
from platewarden.site.exports import csv_table
from platewarden.site.requests import ActorRequest, number_of

SHOWN: Final = 50
"""How many of the latest sign-ins a page shows."""

_COLUMNS: Final = (
    *("signs_in_as", "full_name", "employer", "roles", "supervisor", "account", "since", "last_sign_in"),
)


def get_person_for(actor: Actor, user_id: int) -> User:
    """Return a person with an account: of our own agency, or a guest of a partner.

    Raises:
        PolicyRefusal: *actor* may not see the list of people.
        Http404: There is nobody.
    """
    require(may(actor, Right.SEE_PEOPLE), action="people.see")
    found = User.objects.select_related("supervisor", "agency", "guest_word").filter(pk=user_id).first()
    if found is None:
        raise Http404("no such person")
    return found


@require_GET
def list_people(request: ActorRequest) -> HttpResponse:
    """List the people of the agency with the roles in force."""
    require(may(request.actor, Right.SEE_PEOPLE), action="people.list")
    people = User.objects.select_related("supervisor", "agency")
    rows = [
        (person, _live_roles(person)) for person in people.prefetch_related("grants").order_by("full_name")
    ]
    context = {
        "rows": rows,
        "active": sum(bool(person.is_active and roles) for person, roles in rows),
        "may_manage": may(request.actor, Right.MANAGE_ACCOUNTS).allowed,
        "may_release": may(request.actor, Right.RELEASE_SIGN_INS).allowed,
        "term": AdministratorTerm.objects.select_related("user").first(),
        "signs": signs_at(request.actor.agency_id, now=utc_now()) if sees_all_sign_ins(request.actor) else [],
        "locks": SignInLock.objects.filter(released_at=None).order_by("locked_at"),
    }
    return render(request, "accounts/people.html", context)


def _live_roles(person: User) -> list[str]:
    return sorted(grant.role for grant in person.grants.all() if grant.withdrawn_at is None)


@require_http_methods(["GET", "POST"])
def create(request: ActorRequest) -> HttpResponse:
    """Make an account, and show its one-time code this once."""
    require(may(request.actor, Right.MANAGE_ACCOUNTS), action="account.create")
    arguments = (request.POST,) if request.method == "POST" else ()
    form = AccountForm(*arguments, agency_id=request.actor.agency_id)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, "accounts/create.html", {"form": form}, status=status)
    try:
        said = form.cleaned_data
        user, code = actions.create_account(
            username=said["username"],
            full_name=said["full_name"],
            roles=form.chosen_roles,
            supervisor=said["supervisor"],
            employer=said["employer"],
            ends_at=ends_of(said["last_day"]),
            actor=request.actor,
            now=utc_now(),
        )
    except actions.AccountExistsError as error:
        form.add_error("username", str(error))
        return render(request, "accounts/create.html", {"form": form}, status=422)
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        context = {"form": form, "refusal": refusal.decision, "recorded": entry.seq}
        return render(request, "accounts/create.html", context, status=403)
    return show_code(request, user, code)


def show_code(request: ActorRequest, user: User, code: str) -> HttpResponse:
    """Show a one-time code, this once."""
    hours = int(actions.CODE_LIFETIME.total_seconds() // 3600)
    return render(request, "accounts/code.html", {"person": user, "code": code, "hours": hours})


@require_GET
def person(request: ActorRequest, user_id: int) -> HttpResponse:
    """Show one person: the roles they hold and held."""
    return show_person(request, get_person_for(request.actor, user_id))


def show_person(request: ActorRequest, user: User, *, status: int = 200, **context: Any) -> HttpResponse:
    """Show one person's page, with what was wrong or refused."""
    grants = user.grants.order_by("-granted_at", "role")
    live = frozenset(Role(grant.role) for grant in grants if grant.withdrawn_at is None)
    actor = request.actor
    context |= {
        "person": user,
        "grants": grants,
        "may_manage": may(actor, Right.MANAGE_ACCOUNTS).allowed,
        "may_approve": may(actor, Right.APPROVE_ACCOUNTS).allowed,
        "asked": open_requests(user),
        "may_name": may_name_administrator(actor, target_id=str(user.pk), target_roles=live).allowed,
        "is_new": user.active_since is None and not user.is_active,
        "signs": signs_at(user.agency_id, now=utc_now(), user=user) if sees_sign_ins(actor, user) else [],
        "sign_ins": user.sign_ins.all()[:SHOWN] if sees_sign_ins(actor, user) else None,
        "close_form": context.get("close_form") or CloseForm(),
        "mail_form": context.get("mail_form") or MailForm(initial={"address": _address_of(user)}),
        "reset_form": context.get("reset_form") or ResetForm(),
        "role_form": context.get("role_form") or RoleForm(),
        "reset": waiting_reset(user),
        "grantable": [
            role
            for role in Role
            if role not in live
            and may_grant_role(
                actor,
                target_id=str(user.pk),
                target_roles=live,
                role=role,
                is_partners=not user.agency.is_owner,
            ).allowed
        ],
    }
    return render(request, "accounts/person.html", context, status=status)


@require_POST
def code(request: ActorRequest, user_id: int) -> HttpResponse:
    """Give the person a fresh one-time code and show it this once."""
    user = get_person_for(request.actor, user_id)
    return show_code(request, user, actions.issue_code(user=user, actor=request.actor, now=utc_now()))


@require_POST
def grant(request: ActorRequest, user_id: int) -> HttpResponse:
    """Give the person a further role."""
    user = get_person_for(request.actor, user_id)
    form = RoleForm(request.POST)
    role = _role(form)
    if not form.is_valid():
        return show_person(request, user, status=422, role_form=form)
    ends_at = ends_of(form.cleaned_data["last_day"])
    try:
        actions.ask_for_role(user=user, role=role, actor=request.actor, now=utc_now(), ends_at=ends_at)
    except PolicyRefusal as refusal:
        return show_refusal(request, user, refusal)
    messages.success(request, f"{user.full_name} is {role} once an approver has approved it.")
    return redirect("accounts:person", user.pk)


@require_POST
def decide(request: ActorRequest, user_id: int) -> HttpResponse:
    """Approve or decline what waits: a new account as a whole, or one role."""
    user = get_person_for(request.actor, user_id)
    is_approved, now = request.POST.get("answer") == "approve", utc_now()
    asked = _asked_role(request, user)
    try:
        if asked:
            decide_role(request=asked, is_approved=is_approved, actor=request.actor, now=now)
        else:
            act = approve_account if is_approved else decline_account
            act(user=user, actor=request.actor, now=now)
    except PolicyRefusal as refusal:
        return show_refusal(request, user, refusal)
    except User.DoesNotExist as error:
        raise Http404("nothing waits") from error
    messages.success(request, "Approved: it is in force." if is_approved else "Declined.")
    return redirect("accounts:person", user.pk)


def _asked_role(request: ActorRequest, user: User) -> RoleRequest | None:
    """Return the role that the answer is about; None if it is about the account. Never one instead of the other."""
    if "role_request" not in request.POST:
        return None
    waiting = user.role_requests.filter(decided_at=None)
    found = waiting.filter(pk=number_of(request.POST["role_request"]) or 0).first()
    if found is None:
        raise Http404("this role waits no more")
    return found


@require_POST
def close(request: ActorRequest, user_id: int) -> HttpResponse:
    """Close the account at once, with its session and its live stream."""
    user, form = get_person_for(request.actor, user_id), CloseForm(request.POST)
    if not form.is_valid():
        return show_person(request, user, status=422, close_form=form)
    try:
        close_account(user=user, because=form.cleaned_data["because"], actor=request.actor)
    except PolicyRefusal as refusal:
        return show_refusal(request, user, refusal)
    messages.success(request, f"The account of {user.full_name} is closed.")
    return redirect("accounts:person", user.pk)


@require_POST
def reopen(request: ActorRequest, user_id: int) -> HttpResponse:
    """Open a closed account again."""
    user = get_person_for(request.actor, user_id)
    try:
        reopen_account(user=user, actor=request.actor, now=utc_now())
    except User.DoesNotExist as error:
        raise Http404("it is open, or was never approved") from error
    messages.success(request, f"The account of {user.full_name} is open again.")
    return redirect("accounts:person", user.pk)


@require_POST
def release(request: ActorRequest, lock_id: int) -> HttpResponse:
    """Open the way in under a name again."""
    require(may(request.actor, Right.RELEASE_SIGN_INS), action="sign_in.release")
    lock = SignInLock.objects.filter(pk=lock_id, released_at=None).first()
    if lock is None:
        raise Http404("no such lock")
    release_sign_in(lock=lock, actor=request.actor, now=utc_now())
    messages.success(request, f"The way in as {lock.username} is open again.")
    return redirect("accounts:people")


@require_GET
def mine(request: ActorRequest) -> HttpResponse:
    """Show a person from where and when they signed in, so that they notice what was not them."""
    rows = SignIn.objects.filter(user_id=request.actor.id)[:SHOWN]
    return render(request, "accounts/sign_ins.html", {"rows": rows})


@require_GET
def rights(request: ActorRequest) -> HttpResponse:
    """Show who may do what: the table that the rules go by."""
    require(may(request.actor, Right.SEE_COMPLIANCE), action="rights.see")
    rows = [
        (right, CLAUSES[right], right in PLATE_DATA, [role in RIGHTS[right] for role in Role])
        for right in Right
    ]
    return render(request, "accounts/rights.html", {"rows": rows, "roles": list(Role)})


def sees_sign_ins(actor: Actor, user: User) -> bool:
    """Whether *actor* sees how *user* signed in: administrators and auditors all, supervisors their team."""
    if not may(actor, Right.SEE_SIGN_INS).allowed:
        return False
    return sees_all_sign_ins(actor) or str(user.supervisor_id) == actor.id


def sees_all_sign_ins(actor: Actor) -> bool:
    """Whether *actor* sees how everybody signed in."""
    return actor.has(Role.ADMINISTRATOR, Role.AUDITOR)


@require_POST
def export(request: ActorRequest) -> HttpResponse:
    """Hand the list of users out as CSV; taking it is an entry (ADM-1)."""
    require(may(request.actor, Right.SEE_PEOPLE), action="people.export")
    people = User.objects.select_related("supervisor", "agency")
    rows = [
        (
            person.username,
            person.full_name,
            person.employer if person.agency.is_owner else person.agency.name,
            " ".join(_live_roles(person)),
            person.supervisor.username if person.supervisor else "",
            "open" if person.is_active else f"closed: {person.closed_because}",
            f"{person.created_at:%Y-%m-%d}",
            f"{person.last_login:%Y-%m-%d}" if person.last_login else "",
        )
        for person in people.prefetch_related("grants").order_by("username")
    ]
    with transaction.atomic():
        ledger.append(Kind.PEOPLE_EXPORTED, actor=request.actor, details={"people": len(rows)})
    return download(csv_table(_COLUMNS, rows), "platewarden-users.csv", "text/csv; charset=utf-8")


@require_POST
def withdraw(request: ActorRequest, user_id: int) -> HttpResponse:
    """Take a role from the person, at once."""
    user = get_person_for(request.actor, user_id)
    role = _role(RoleForm(request.POST))
    try:
        actions.withdraw_role(user=user, role=role, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        return show_refusal(request, user, refusal)
    messages.success(request, f"{user.full_name} is no longer {role}.")
    return redirect("accounts:person", user.pk)


@require_POST
def mail(request: ActorRequest, user_id: int) -> HttpResponse:
    """Say where the person is told by mail that there is a notice; an empty address ends it."""
    user = get_person_for(request.actor, user_id)
    form = MailForm(request.POST)
    if not form.is_valid():
        return show_person(request, user, status=422, mail_form=form)
    address = form.cleaned_data["address"]
    set_mail_address(user=user, address=address, actor=request.actor, now=utc_now())
    messages.success(request, f"Mail about notices to {user.full_name}: {address or 'none'}.")
    return redirect("accounts:person", user.pk)


def _address_of(user: User) -> str:
    found = MailAddress.objects.filter(user=user).first()
    return found.address if found else ""


def _role(form: RoleForm) -> Role:
    if "role" in form.errors:
        raise Http404("no such role")
    return Role(form.cleaned_data["role"])


def show_refusal(request: ActorRequest, user: User, refusal: PolicyRefusal) -> HttpResponse:
    """Show one person's page with why nothing was changed; the refusal is recorded."""
    entry = ledger.record_refusal(refusal, actor=request.actor)
    return show_person(request, user, status=403, refusal=refusal.decision, recorded=entry.seq)
