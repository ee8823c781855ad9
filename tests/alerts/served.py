"""The application as it is served, with a quick pulse so that tests need not wait for a beat."""

from platewarden.site.asgi import application  # isort: skip - sets Django up
from platewarden.alerts import stream

stream.HEARTBEAT_SECONDS = 0.4

__all__ = ["application"]
