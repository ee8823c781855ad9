"""Training as people meet it: what is missing, the courses, their questions, bulletins, certificates."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may
from platewarden.policy.training import Course, may_publish_bulletin, may_review_policy, review_due_at
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download
from platewarden.site.requests import ActorRequest
from platewarden.training import actions
from platewarden.training.certificates import certificate_pdf
from platewarden.training.forms import BulletinForm, QuizForm, ReviewForm
from platewarden.training.materials import Question, material_of
from platewarden.training.models import Attempt, Bulletin, BulletinKind, PolicyReview
from platewarden.training.pages import bulletins_of, courses_of, people_of


def _me(request: ActorRequest) -> User:
    assert isinstance(request.user, User)  # the middleware sends everybody else to the sign-in page
    return request.user


def _course(name: str) -> Course:
    try:
        return Course(name)
    except ValueError as error:
        raise Http404("no such course") from error


@require_GET
def overview(request: ActorRequest) -> HttpResponse:
    """Show what a person has learnt and acknowledged, what is missing, and what to do next."""
    now = utc_now()
    context = {
        "decision": request.actor.training,
        "courses": courses_of(_me(request), parameters=parameters_at(now), now=now),
        "bulletins": bulletins_of(_me(request), now=now),
        "may_publish": may_publish_bulletin(request.actor).allowed,
        "may_see_people": may(request.actor, Right.SEE_TRAINING).allowed,
        "may_review": may_review_policy(request.actor).allowed,
    }
    return render(request, "training/overview.html", context)


@require_GET
def course(request: ActorRequest, name: str, number: int = 1) -> HttpResponse:
    """Show one screen of a course."""
    material = material_of(_course(name))
    if not 1 <= number <= len(material.screens):
        raise Http404("no such screen")
    context = {
        "material": material,
        "screen": material.screens[number - 1],
        "number": number,
        "of": len(material.screens),
        "before": number - 1,
        "after": number + 1 if number < len(material.screens) else 0,
    }
    return render(request, "training/course.html", context)


@require_http_methods(["GET", "POST"])
def quiz(request: ActorRequest, name: str) -> HttpResponse:
    """Ask the questions of a course; enough right answers pass it at once."""
    material = material_of(_course(name))
    form = QuizForm(*((request.POST,) if request.method == "POST" else ()), material=material)
    context: dict[str, Any] = {"material": material, "form": form, "now": utc_now()}
    context["needed"] = parameters_at(context["now"]).integer("training.pass_percent")
    if request.method == "GET" or not form.is_valid():
        return render(request, "training/quiz.html", context, status=200 if request.method == "GET" else 422)
    attempt = actions.answer_course(
        course=material.course, answers=form.answers, actor=request.actor, now=context["now"]
    )
    if attempt.passed:
        messages.success(
            request, f"Passed: {attempt.right} of {attempt.of} right. Your certificate is ready."
        )
        return redirect("training:overview")
    wrong = zip(material.questions, form.answers, strict=True)
    context |= {
        "attempt": attempt,
        "reread": _screens([question for question, chosen in wrong if chosen != question.right], name),
    }
    return render(request, "training/quiz.html", context, status=422)


def _screens(questions: list[Question], name: str) -> list[tuple[int, str]]:
    """Return number and title of the screens that teach *questions*: where to read again, not what to answer."""
    material = material_of(Course(name))
    return sorted({(question.screen + 1, material.screens[question.screen].title) for question in questions})


@require_GET
def certificate(request: ActorRequest, attempt_id: int) -> HttpResponse:
    """Hand out the certificate of a course passed: to its person, and to those who see who is trained."""
    found = Attempt.objects.select_related("user__agency").filter(pk=attempt_id, passed=True).first()
    if found is None or found.user.agency_id != request.actor.agency_id:
        raise Http404("no such certificate")
    if str(found.user_id) != request.actor.id and not may(request.actor, Right.SEE_TRAINING).allowed:
        raise Http404("somebody else's certificate")
    return download(
        certificate_pdf(found, now=utc_now()), f"platewarden-certificate-{found.pk}.pdf", "application/pdf"
    )


@require_http_methods(["GET", "POST"])
def bulletin(request: ActorRequest, bulletin_id: int) -> HttpResponse:
    """Show a bulletin, and take its acknowledgement."""
    found = get_object_or_404(Bulletin, pk=bulletin_id)
    if request.method == "POST":
        actions.acknowledge(bulletin=found, actor=request.actor, now=utc_now())
        messages.success(request, f"Acknowledged: {found.title}.")
        return redirect("training:overview")
    mine = found.acknowledgements.filter(user=_me(request)).first()
    return render(request, "training/bulletin.html", {"bulletin": found, "mine": mine})


@require_http_methods(["GET", "POST"])
def publish(request: ActorRequest) -> HttpResponse:
    """Publish a bulletin that everybody acknowledges."""
    require(may_publish_bulletin(request.actor), action="bulletin.publish")
    form = BulletinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said, now = form.cleaned_data, utc_now()
        actions.publish_bulletin(
            kind=BulletinKind(said["kind"]),
            title=said["title"],
            text=said["text"],
            acknowledge_by=now + form.time_given,
            actor=request.actor,
            now=now,
        )
        messages.success(request, "Published: everybody is asked to acknowledge it.")
        return redirect("training:overview")
    return render(request, "training/publish.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def people(request: ActorRequest) -> HttpResponse:
    """List everybody with what is missing of their training."""
    require(may(request.actor, Right.SEE_TRAINING), action="training.see")
    now = utc_now()
    lines = people_of(request.actor.agency_id, parameters=parameters_at(now), now=now)
    closed = sum(not line.decision.allowed for line in lines)
    return render(request, "training/people.html", {"lines": lines, "closed": closed})


@require_http_methods(["GET", "POST"])
def review(request: ActorRequest) -> HttpResponse:
    """Record the yearly review of the policy, and show those before."""
    require(may_review_policy(request.actor), action="policy.review")
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.review_policy(
            findings=form.cleaned_data["findings"],
            is_to_be_amended=form.cleaned_data["outcome"] == "amend",
            actor=request.actor,
            now=utc_now(),
        )
        messages.success(request, "The review is on record.")
        return redirect("training:review")
    reviews = PolicyReview.objects.select_related("reviewed_by")
    last = reviews.first()
    due = review_due_at(last.at, parameters=parameters_at(utc_now())) if last else None
    context = {"form": form, "reviews": reviews, "due_at": due}
    return render(request, "training/review.html", context, status=422 if form.errors else 200)
