"""The parameters in force at a moment: the package's defaults, overlaid with what has been adopted."""

from datetime import datetime

from platewarden.adoption.models import AdoptedValue
from platewarden.policy.parameters import Parameters, defaults
from platewarden.site.looks import shared


@shared
def parameters_at(now: datetime) -> Parameters:
    """Return the parameters in force at *now*.

    Raises:
        ParameterError: An adopted value no longer fits its parameter; nothing is decided on a guess.
    """
    adopted = AdoptedValue.objects.filter(approved_at__isnull=False, in_force_from__lte=now)
    return defaults(now).adopting({row.name: row.value for row in adopted.order_by("in_force_from", "pk")})
