"""The jobs of the worker about releases: making packages."""

import contextlib
import logging

from procrastinate.contrib.django import app

from platewarden.accounts.actors import system_actor
from platewarden.policy.decision import PolicyRefusal
from platewarden.releases import deciding, packing
from platewarden.site.clock import utc_now

logger = logging.getLogger(__name__)


@app.task(name=deciding.PACK, pass_context=False)
def pack_release(decision_id: int) -> None:
    """Make the package that somebody has approved; a refusal is on record already."""
    with contextlib.suppress(PolicyRefusal):
        packing.pack(decision_id, actor=system_actor("release packer"), now=utc_now())
