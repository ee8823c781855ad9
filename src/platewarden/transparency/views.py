"""The portal as everybody sees it: no sign-in, no cookie, the same bytes for all, from memory while nothing changes."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from platewarden.accounts.actors import owning_agency_id
from platewarden.site.clock import utc_now
from platewarden.site.downloads import as_attachment
from platewarden.transparency.actions import renew_state
from platewarden.transparency.models import MonthlyFigures, PresentState
from platewarden.transparency.pages import page_of
from platewarden.transparency.publication import Publication, as_csv, as_json, publication_of
from platewarden.transparency.texts import language_asked

_MAX_AGE: Final = 300
"""Seconds for which a reader's browser need not ask again."""


@require_safe
def portal(request: HttpRequest, language: str = "") -> HttpResponse:
    """Show the portal, in the language of its address or else in the one the browser asks for."""
    spoken = language or language_asked(request.headers.get("Accept-Language", ""))
    response = _answer(request, f"page-{spoken}", "text/html; charset=utf-8")
    response["Content-Language"] = spoken
    if not language:
        response["Vary"] = "Accept-Language"
    return response


@require_safe
def data_json(request: HttpRequest) -> HttpResponse:
    """Hand everything out as JSON."""
    return _answer(request, "json", "application/json")


@require_safe
def data_csv(request: HttpRequest) -> HttpResponse:
    """Hand the counts by month out as CSV."""
    response = _answer(request, "csv", "text/csv; charset=utf-8")
    response["Content-Disposition"] = as_attachment("transparency.csv")
    return response


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Hand the newest signed checkpoint out, for anybody's verifier."""
    return _answer(request, "checkpoint", "text/plain; charset=utf-8")


def _answer(request: HttpRequest, form: str, content_type: str) -> HttpResponse:
    """Answer with the bytes of *form*, made once for each state of what is public."""
    mark = _mark()
    tag = f'"{form}-{mark}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={_MAX_AGE}"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(_made(form, mark), content_type=content_type, headers=headers)


def _mark() -> str:
    """Return what names the present state of what is public: two short queries, whatever the reader asks."""
    agency_id = _agency_id()
    known = PresentState.objects.filter(agency_id=agency_id).values_list("measured_at", flat=True).first()
    if known is None:
        known = renew_state(agency_id=agency_id, now=utc_now()).measured_at
    entry = (
        MonthlyFigures.objects.filter(agency_id=agency_id, published_at__isnull=False)
        .order_by("-entry")
        .values_list("entry", flat=True)
        .first()
    )
    return f"{known:%Y%m%dT%H%M%S%f}-{entry or 0}"


@lru_cache(maxsize=16)
def _made(form: str, mark: str) -> bytes:  # noqa: ARG001 - the mark is what the memory goes by
    publication = publication_of(PresentState.objects.get(agency_id=_agency_id()))
    kind, _, language = form.partition("-")
    return _FORMS[kind](publication, language).encode()


def _page(publication: Publication, language: str) -> str:
    return render_to_string("transparency/portal.html", {"page": page_of(publication, language)})


def _checkpoint(publication: Publication, language: str) -> str:  # noqa: ARG001 - the same in all
    newest = publication.facts["checkpoint"]
    return str(newest["note"]) if newest else ""


_FORMS: Final[dict[str, Callable[[Publication, str], str]]] = {
    "page": _page,
    "json": lambda publication, _: as_json(publication),
    "csv": lambda publication, _: as_csv(publication),
    "checkpoint": _checkpoint,
}


def _agency_id() -> int:
    try:
        return owning_agency_id()
    except ObjectDoesNotExist:
        raise Http404("no agency is founded yet") from None
