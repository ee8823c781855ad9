"""All signals of a window, in the order in which they are read."""

from platewarden.auditing.attention import of_attention
from platewarden.auditing.facts import Window
from platewarden.auditing.habits import of_habits
from platewarden.auditing.justifications import of_justifications
from platewarden.auditing.signals import Signal, SignalKind
from platewarden.auditing.volumes import of_volumes
from platewarden.policy.parameters import Parameters


def signals_of(window: Window, *, parameters: Parameters) -> list[Signal]:
    """Return every signal of *window*: by kind in the order of `SignalKind`, the strongest first within each.

    The same facts give the same signals, whatever order they come in.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.
    """
    found = [
        *of_attention(window, parameters),
        *of_justifications(window, parameters),
        *of_habits(window, parameters),
        *of_volumes(window, parameters),
    ]
    order = {kind: place for place, kind in enumerate(SignalKind)}
    return sorted(found, key=lambda one: (order[one.kind], -one.strength, one.person, one.entries))
