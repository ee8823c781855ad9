"""What the drawings of the search pages, and a copy's receipt, need."""

from django import template
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def unlocalized(number: float) -> SafeString:
    """Return *number* as SVG and scripts read it, whatever the language of the page."""
    return SafeString(repr(number))


@register.filter
def add_gap(radius: float) -> float:
    """Return how far from the middle of a dot its name begins."""
    return radius + 5


@register.filter
def get(values: dict[str, str], name: str) -> str:
    """Return the value of *name*, which holds a blank."""
    return values[name]
