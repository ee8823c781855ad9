"""The jobs of the worker about cases: making copies."""

from uuid import UUID

from procrastinate.contrib.django import app

from platewarden.accounts.actors import system_actor
from platewarden.cases.exporting import actions
from platewarden.site.clock import utc_now


@app.task(name=actions.MAKE, pass_context=False)
def make_case_export(export_id: str) -> None:
    """Make the copy of a case that somebody asked for."""
    actions.make_export(UUID(export_id), actor=system_actor("case export"), now=utc_now())
