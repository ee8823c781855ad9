"""Words that no password here is made of: whoever guesses at a sheriff's office begins with them (ADM-3)."""

from typing import Final

from django.core.exceptions import ValidationError

from platewarden.accounts.models import Agency, User

_WORDS: Final = (
    "platewarden",
    "sheriff",
    "deputy",
    "police",
    "dispatch",
    "password",
    "welcome",
    "licence",
    "license",
)
_SHORTEST: Final = 4


class AgencyWordsValidator:
    """Refuses a password of which little is left once the agency's own words are taken out."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - Django gives it
        """Refuse *password* if it is one of the words with a few characters about it.

        Raises:
            ValidationError: Fewer than eight letters and digits are left without them.
        """
        left = "".join(char for char in password.casefold() if char.isalnum())
        for word in sorted(_words(), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < 8 and left != password.casefold():  # noqa: PLR2004 - said in the docstring
            raise ValidationError(self.get_help_text(), code="agency_words")

    def get_help_text(self) -> str:
        """Return what people are told."""
        return "It is made of words that somebody would guess here: the agency, the county, the office. Choose others."


def _words() -> set[str]:
    own = " ".join(part for pair in Agency.objects.values_list("name", "county") for part in pair)
    return {word for word in own.casefold().split() if len(word) >= _SHORTEST and word.isalnum()} | set(
        _WORDS
    )
