"""The C library's memory for threads."""

import pytest

from platewarden.site.allocation import limit_arenas


def test_threads_share_few_arenas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless whoever starts the server has said how many."""
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    assert limit_arenas()
    monkeypatch.setenv("MALLOC_ARENA_MAX", "8")
    assert not limit_arenas()
