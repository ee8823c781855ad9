"""Whether a written reason says something, and what to write instead where it does not."""

import re
import unicodedata
from typing import Final

from platewarden.policy.decision import Decision, allow, refuse
from platewarden.policy.parameters import Parameters

_LEAST_DIFFERENT_LETTERS: Final = 5
_LEAST_OWN_WORDS: Final = 2
_LONG_WORD: Final = 3
_MOST_REPEATED: Final = 4

_GENERIC: Final = frozenset(
    (  # noqa: SIM905 - a text of words is easier to keep than a list
        "a about above active all alpr an and any as assigned assignment at background be because business by "
        "call car case cases check checking complaint crime criminal data database detail details dispatch do "
        "duties duty enforcement etc file follow following followup for from general hit i id idk in incident "
        "info information inquiry inv invest investigate investigating investigation investigations "
        "investigative investigator is it just law leads legal leo license licence lookup lpr matter misc my "
        "n na need needed needs no none number of office officer official ok on ongoing open operations other "
        "our past pd per plate plates please police policing possible probable purpose purposes query random "
        "read reads reason reasons record records reference regarding related report request requested "
        "requests research review routine run running same search searching see sheriff some stuff subject "
        "suspicious test testing that the this to traffic unknown up use various vehicle vehicles verify was "
        "we with work "
    ).split()
)
"""Words that every search could give as its reason; alone they explain none."""

_EXAMPLE: Final = "for example: Burglary on Green Street at 02:10, where did the grey sedan go afterwards?"


def gives_reason(reason: str, *, clause: str, parameters: Parameters) -> Decision:
    """Decide whether *reason*, as written, says what *clause* asks it to say.

    It is long enough, does not repeat itself, and holds words of its own beside those that fit every search. Words are
    a coarse sieve: what passes is read at the audit.
    """
    least = parameters.integer("query.reason_min_characters")
    plain = " ".join(_plain_words(reason))
    if len(plain) < least or " " not in plain:
        return _refuse(
            clause,
            "is missing or too short",
            remedy=f"Say in at least {least} characters what you want to find out, and why.",
        )
    words = re.findall(r"\w+", plain.casefold())
    if _repeats_itself(words):
        return _refuse(
            clause,
            "repeats characters or words and says nothing",
            remedy=f"Say what happened and what you want to find out, {_EXAMPLE}",
        )
    if len(_own(words)) < _LEAST_OWN_WORDS:
        return _refuse(
            clause,
            "would fit every search",
            remedy=f"Say what happened, where or when, and what you want to find out, {_EXAMPLE}",
        )
    return allow(clause)


def own_words(reason: str) -> frozenset[str]:
    """Return the words of *reason* that are its own: neither such as fit every search, nor numbers, nor letters."""
    return frozenset(_own(re.findall(r"\w+", " ".join(_plain_words(reason)).casefold())))


def _refuse(clause: str, what: str, *, remedy: str) -> Decision:
    return refuse(clause, f"The written reason {what}.", remedy=remedy, field="reason")


def _plain_words(text: str) -> list[str]:
    """Return the words of *text* without what cannot be seen, each in its plain form."""
    seen = "".join(char for char in text if unicodedata.category(char) not in {"Cf", "Cc"} or char.isspace())
    words = ("".join(unicodedata.normalize("NFKC", word).split()) for word in seen.split())
    return [word for word in words if word]


def _repeats_itself(words: list[str]) -> bool:
    letters = "".join(words)
    counts = [words.count(word) for word in set(words) if len(word) >= _LONG_WORD]
    return (
        len(set(letters)) < _LEAST_DIFFERENT_LETTERS
        or re.search(rf"(.)\1{{{_MOST_REPEATED},}}", letters) is not None
        or (len(words) > _LEAST_OWN_WORDS and max(counts, default=0) * 2 > len(words))
    )


def _own(words: list[str]) -> set[str]:
    """Return the words that are this search's own: neither generic, nor numbers, nor single letters."""
    return {word for word in words if word not in _GENERIC and not word.isdigit() and len(word) > 1}
