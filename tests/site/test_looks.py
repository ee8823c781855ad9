"""One look: shared look-ups happen once within it, and never outlive it."""

import pytest

from platewarden.site.looks import one_look, shared

asked: list[str] = []


@shared
def look_up(what: str, *, times: int = 1) -> str:
    """Note that it was asked."""
    asked.append(what)
    return what * times


@pytest.fixture(autouse=True)
def nothing_asked() -> None:
    """Begin with nothing asked."""
    asked.clear()


def test_outside_a_look_every_call_looks() -> None:
    """Nothing is remembered between calls."""
    assert [look_up("a"), look_up("a")] == ["a", "a"]
    assert asked == ["a", "a"]


def test_within_a_look_each_question_is_asked_once() -> None:
    """The same question with the same answer; another argument is another question."""
    with one_look():
        assert [look_up("a"), look_up("a"), look_up("a", times=2), look_up("b")] == ["a", "a", "aa", "b"]
    assert asked == ["a", "a", "b"]


def test_a_look_within_a_look_shares_with_it() -> None:
    """A page that measures with another's parts still looks once."""
    with one_look():
        look_up("a")
        with one_look():
            look_up("a")
        look_up("a")
    assert asked == ["a"]


def test_the_next_look_sees_what_has_changed() -> None:
    """What a look has seen ends with it, also when it fails."""

    def fail() -> None:
        with one_look():
            look_up("a")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    look_up("a")
    with one_look():
        look_up("a")
    assert asked == ["a", "a", "a"]
