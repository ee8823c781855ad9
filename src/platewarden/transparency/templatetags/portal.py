"""Words with figures in them, for the portal's template."""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def filled(text: str, **facts: Any) -> str:
    """Return *text* with *facts* in their places."""
    return text.format(**facts)


@register.simple_tag
def below(text: str, threshold: int) -> str:
    """Return *text* with the greatest count that is withheld in its place."""
    return text.format(most=threshold - 1)


@register.simple_tag
def word(words: dict[str, str], key: str) -> str:
    """Return the word for *key*."""
    return words[key]
