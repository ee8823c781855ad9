"""The yearly review of users, and the naming of the administrator, as pages (ADM-1)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from platewarden.accounts.models import User, UserReview
from platewarden.accounts.overseeing import name_administrator, review_users
from platewarden.accounts.people import get_person_for
from platewarden.adoption.in_force import parameters_at
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

ANSWERS = (("keep", "Stays as it is"), ("change", "Roles are to change"), ("close", "Is to be closed"))


@require_http_methods(["GET", "POST"])
def review(request: ActorRequest) -> HttpResponse:
    """Go through every open account, once a year, and record what was decided for each."""
    require(may(request.actor, Right.REVIEW_USERS), action="users.review")
    people = User.objects.filter(is_active=True).order_by("full_name")
    if request.method == "POST":
        known = {answer for answer, _ in ANSWERS}
        said = {person.username: request.POST.get(f"person_{person.pk}", "") for person in people}
        if set(said.values()) <= known:
            review_users(decisions=said, actor=request.actor, now=utc_now())
            messages.success(request, "The review is on record. Now do what you decided.")
            return redirect("accounts:review")
        messages.error(request, "Decide for everybody: nothing was recorded.")
    rows = [
        (person, sorted(grant.role for grant in person.grants.all() if grant.withdrawn_at is None))
        for person in people.prefetch_related("grants")
    ]
    reviews = UserReview.objects.select_related("reviewed_by")[:10]
    context = {"rows": rows, "answers": ANSWERS, "reviews": reviews}
    return render(request, "accounts/review.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def name(request: ActorRequest, user_id: int) -> HttpResponse:
    """Name the person administrator for the longest term that the policy allows."""
    user, now = get_person_for(request.actor, user_id), utc_now()
    ends_at = now + parameters_at(now).days("accounts.administrator_term_days")
    term = name_administrator(user=user, ends_at=ends_at, actor=request.actor, now=now)
    messages.success(request, f"{user.full_name} is named until {term.ends_at:%Y-%m-%d}.")
    return redirect("accounts:person", user.pk)
