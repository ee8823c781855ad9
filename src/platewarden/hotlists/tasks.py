"""The jobs of the worker that check and load files under way."""

from uuid import UUID

from procrastinate.contrib.django import app

from platewarden.hotlists import uploads
from platewarden.site.clock import utc_now


@app.task(name=uploads.CHECK, pass_context=False)
def check_upload(upload_id: str) -> None:
    """Look a file through."""
    uploads.check(UUID(upload_id), now=utc_now())


@app.task(name=uploads.LOAD, pass_context=False)
def load_upload(upload_id: str) -> None:
    """Load a confirmed file."""
    uploads.load(UUID(upload_id), now=utc_now())
