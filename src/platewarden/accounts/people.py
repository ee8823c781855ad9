"""The list of people and what an administrator does about them (ADM-1, ADM-2)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.accounts import actions
from platewarden.accounts.forms import AccountForm, MailForm, RoleForm
from platewarden.accounts.models import User
from platewarden.ledger import actions as ledger
from platewarden.notices.actions import set_mail_address
from platewarden.notices.models import MailAddress
from platewarden.policy.accounts import Right, may, may_grant_role
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


def get_person_for(actor: Actor, user_id: int) -> User:
    """Return a person of *actor*'s agency.

    Raises:
        PolicyRefusal: *actor* may not see the list of people.
        Http404: There is nobody, or they are another agency's.
    """
    require(may(actor, Right.SEE_PEOPLE), action="people.see")
    found = User.objects.select_related("supervisor").filter(pk=user_id, agency_id=actor.agency_id).first()
    if found is None:
        raise Http404("no such person")
    return found


@require_GET
def list_people(request: ActorRequest) -> HttpResponse:
    """List the people of the agency with the roles in force."""
    require(may(request.actor, Right.SEE_PEOPLE), action="people.list")
    people = User.objects.filter(agency_id=request.actor.agency_id).select_related("supervisor")
    rows = [
        (person, _live_roles(person)) for person in people.prefetch_related("grants").order_by("full_name")
    ]
    context = {
        "rows": rows,
        "active": sum(bool(person.is_active and roles) for person, roles in rows),
        "may_manage": may(request.actor, Right.MANAGE_ACCOUNTS).allowed,
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
    return _show_code(request, user, code)


def _show_code(request: ActorRequest, user: User, code: str) -> HttpResponse:
    hours = int(actions.CODE_LIFETIME.total_seconds() // 3600)
    return render(request, "accounts/code.html", {"person": user, "code": code, "hours": hours})


@require_GET
def person(request: ActorRequest, user_id: int) -> HttpResponse:
    """Show one person: the roles they hold and held."""
    return _show(request, get_person_for(request.actor, user_id))


def _show(request: ActorRequest, user: User, *, status: int = 200, **context: Any) -> HttpResponse:
    grants = user.grants.order_by("-granted_at", "role")
    live = frozenset(Role(grant.role) for grant in grants if grant.withdrawn_at is None)
    actor = request.actor
    context |= {
        "person": user,
        "grants": grants,
        "may_manage": may(actor, Right.MANAGE_ACCOUNTS).allowed,
        "mail_form": context.get("mail_form") or MailForm(initial={"address": _address_of(user)}),
        "grantable": [
            role
            for role in Role
            if role not in live
            and may_grant_role(actor, target_id=str(user.pk), target_roles=live, role=role).allowed
        ],
    }
    return render(request, "accounts/person.html", context, status=status)


@require_POST
def code(request: ActorRequest, user_id: int) -> HttpResponse:
    """Give the person a fresh one-time code and show it this once."""
    user = get_person_for(request.actor, user_id)
    return _show_code(request, user, actions.issue_code(user=user, actor=request.actor, now=utc_now()))


@require_POST
def grant(request: ActorRequest, user_id: int) -> HttpResponse:
    """Give the person a further role."""
    user = get_person_for(request.actor, user_id)
    role = _role(request)
    try:
        actions.grant_role(user=user, role=role, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        return _show_refusal(request, user, refusal)
    messages.success(request, f"{user.full_name} is now {role}.")
    return redirect("accounts:person", user.pk)


@require_POST
def withdraw(request: ActorRequest, user_id: int) -> HttpResponse:
    """Take a role from the person, at once."""
    user = get_person_for(request.actor, user_id)
    role = _role(request)
    try:
        actions.withdraw_role(user=user, role=role, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        return _show_refusal(request, user, refusal)
    messages.success(request, f"{user.full_name} is no longer {role}.")
    return redirect("accounts:person", user.pk)


@require_POST
def mail(request: ActorRequest, user_id: int) -> HttpResponse:
    """Say where the person is told by mail that there is a notice; an empty address ends it."""
    user = get_person_for(request.actor, user_id)
    form = MailForm(request.POST)
    if not form.is_valid():
        return _show(request, user, status=422, mail_form=form)
    address = form.cleaned_data["address"]
    set_mail_address(user=user, address=address, actor=request.actor, now=utc_now())
    messages.success(request, f"Mail about notices to {user.full_name}: {address or 'none'}.")
    return redirect("accounts:person", user.pk)


def _address_of(user: User) -> str:
    found = MailAddress.objects.filter(user=user).first()
    return found.address if found else ""


def _role(request: ActorRequest) -> Role:
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404("no such role")
    return Role(form.cleaned_data["role"])


def _show_refusal(request: ActorRequest, user: User, refusal: PolicyRefusal) -> HttpResponse:
    entry = ledger.record_refusal(refusal, actor=request.actor)
    return _show(request, user, status=403, refusal=refusal.decision, recorded=entry.seq)
