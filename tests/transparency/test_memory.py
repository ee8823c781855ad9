"""The portal's answers come from memory: the same for all, no older than a second, and nothing else is kept."""

import asyncio
from typing import Any

import pytest

from platewarden.transparency.memory import PortalMemory

pytestmark = pytest.mark.clause("TPR-1")
PUBLIC = [(b"ETag", b'"a"'), (b"Cache-Control", b"public, max-age=300"), (b"Content-Type", b"text/html")]


class Django:
    """Plays the application: counts what it is asked for, and answers with its `body`."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status, self.headers, self.body = 200, list(PUBLIC), b"first"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 - as the interface has it
        """Answer in two parts, after others have had their turn."""
        self.asked.append(dict(scope))
        await asyncio.sleep(0)
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body[:2], "more_body": True})
        await send({"type": "http.response.body", "body": self.body[2:]})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the memory's clock shows."""
    shown = [100.0]
    monkeypatch.setattr("platewarden.transparency.memory.time.monotonic", lambda: shown[0])
    return shown


async def nothing() -> Any:
    """There is no body to receive."""
    raise AssertionError("nobody asks for a body")


async def get(
    memory: PortalMemory, path: str = "/transparency/en/", method: str = "GET", **more: Any
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Ask for one address: status, headers, body."""
    headers = [
        (name.replace("_", "-").encode(), value.encode()) for name, value in more.items() if name != "query"
    ]
    got: list[Any] = []

    async def send(message: Any) -> None:
        got.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": "http",
        "query_string": more.get("query", "").encode(),
        "headers": [(b"host", b"h"), *headers],
    }
    await memory(scope, nothing, send)
    return got[0]["status"], dict(got[0]["headers"]), b"".join(part["body"] for part in got[1:])


def test_a_hundred_readers_cost_one_answer(clock: list[float]) -> None:
    """All get the same bytes with their length, whatever cookies they send."""
    django = Django()
    memory = PortalMemory(django)

    async def crowd() -> None:
        first = await get(memory)
        others = await asyncio.gather(*(get(memory, cookie=f"sessionid={n}") for n in range(99)))
        assert first == (200, first[1], b"first")
        assert first[1][b"content-length"] == b"5"
        assert set(map(str, others)) == {str(first)}

    asyncio.run(crowd())
    assert len(django.asked) == 1
    assert all(name != b"cookie" for name, _ in django.asked[0]["headers"])


def test_what_is_published_is_public_after_a_second(clock: list[float]) -> None:
    """One reader has it made anew; others get the former answer meanwhile, and nobody waits."""
    django = Django()
    memory = PortalMemory(django)
    assert asyncio.run(get(memory))[2] == b"first"
    django.body = b"second"
    assert asyncio.run(get(memory))[2] == b"first"
    clock[0] += 1.01

    async def crowd() -> list[bytes]:
        return [body for _, _, body in await asyncio.gather(*(get(memory) for _ in range(5)))]

    assert sorted(asyncio.run(crowd())) == [b"first"] * 4 + [b"second"]
    assert len(django.asked) == 2


def test_whoever_has_it_is_told_so(clock: list[float]) -> None:
    """304 without a body, also for a weak tag or among others; the application never sees the condition."""
    django = Django()
    memory = PortalMemory(django)
    for tag in ('"a"', 'W/"a"', '"x", "a"'):
        status, headers, body = asyncio.run(get(memory, if_none_match=tag))
        assert (status, body) == (304, b"")
        assert headers[b"cache-control"] == b"public, max-age=300"
    assert asyncio.run(get(memory, if_none_match='"x"'))[0] == 200
    assert all(name != b"if-none-match" for name, _ in django.asked[0]["headers"])


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (404, PUBLIC),
        (200, [*PUBLIC, (b"Set-Cookie", b"a=b")]),
        (200, PUBLIC[:1]),
        (200, PUBLIC[1:]),
        (200, [PUBLIC[0], (b"Cache-Control", b"no-store")]),
    ],
)
def test_what_is_not_meant_for_all_is_never_kept(
    clock: list[float], status: int, headers: list[tuple[bytes, bytes]]
) -> None:
    """It is passed on to the one who asked, each time."""
    django = Django()
    django.status, django.headers = status, headers
    memory = PortalMemory(django)
    for _ in range(2):
        assert asyncio.run(get(memory))[0] == status
    assert len(django.asked) == 2
    assert not memory.kept


@pytest.mark.parametrize(
    ("path", "method", "query"),
    [
        ("/transparency/figures/", "GET", ""),
        ("/transparency/en/", "HEAD", ""),
        ("/transparency/en/", "POST", ""),
        ("/transparency/en/", "GET", "a=b"),
        ("/transparency/en/../figures/", "GET", ""),
    ],
)
def test_only_the_portal_itself_is_kept(clock: list[float], path: str, method: str, query: str) -> None:
    """Pages of the staff, forms and anything unusual go to the application with all that the reader sent."""
    django = Django()
    memory = PortalMemory(django)
    asyncio.run(get(memory, path, method, query=query, cookie="sessionid=1"))
    assert not memory.kept
    assert (b"cookie", b"sessionid=1") in django.asked[0]["headers"]


def test_languages_hosts_and_schemes_do_not_mix_and_memory_is_bounded(clock: list[float]) -> None:
    """Whoever invents hosts fills nothing."""
    django = Django()
    memory = PortalMemory(django)
    for language in ("es", "en", "es"):
        asyncio.run(get(memory, "/transparency/", accept_language=language))
    assert len(django.asked) == 2
    for number in range(200):
        asyncio.run(get(memory, x_forwarded_proto=f"made-up-{number}"))
    assert len(memory.kept) <= 64
