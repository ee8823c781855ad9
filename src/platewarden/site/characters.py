"""What no text holds: a request with a NUL character in it is turned away here, once for every page and form.

PostgreSQL stores no NUL, and no keyboard types one: a value that holds it comes from a program, a broken paste or an
attack. Forms would refuse it field by field; what a view takes from a request itself, nobody would.
"""

from collections.abc import Callable, Iterable
from typing import Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string

_NUL: Final = "\x00"
_LONGEST_NAME: Final = 60


class CharactersMiddleware:
    """Answers 400, naming the field, where an address, a cookie or a form holds a NUL character."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer *request*, looking at its address and cookies before anybody does: the session's key is one."""
        if _NUL in request.path:
            return _refused("the address")
        named = _with_nul(request.GET) or _with_nul_in(request.COOKIES.items())
        return self._get_response(request) if named is None else _refused(named)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Look at a form once it is known who sends it: its protection against forgery has read it by now."""
        if request.method != "POST" or request.path.startswith("/api/"):
            return None
        named = _with_nul(request.POST)
        return None if named is None else _refused(named)


def _with_nul(fields: QueryDict) -> str | None:
    return _with_nul_in((name, value) for name, values in fields.lists() for value in values)


def _with_nul_in(fields: Iterable[tuple[str, object]]) -> str | None:
    """Return the name of the first field that holds a NUL, or None; a name that does is not said."""
    for name, value in fields:
        if _NUL in name:
            return "a field's name"
        if _NUL in str(value):
            return f"the field “{name[:_LONGEST_NAME]}”"
    return None


def _refused(where: str) -> HttpResponse:
    page = render_to_string(
        "400.html", {"nul_in": where}
    )  # without the request: its session may be what is wrong
    return HttpResponse(page, status=400)
