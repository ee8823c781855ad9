"""How sure the recognition was, as people read it."""

from django import template

register = template.Library()


@register.filter
def percent(confidence: float) -> str:
    """Return a *confidence* (0-1) in percent; never rounded up to certainty."""
    return f"{int(100 * confidence)} %"
