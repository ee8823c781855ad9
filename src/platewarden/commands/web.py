"""`platewarden web`: the console and the device API alone; `serve` starts it."""

from types import FrameType

import click
import uvicorn

from platewarden.commands.support import with_django
from platewarden.site.allocation import limit_arenas


@click.command(hidden=True)
def web() -> None:
    """Serve the console and the device API; the database must be running."""
    limit_arenas()
    with with_django() as configuration:
        from platewarden.site.asgi import alert_stream, application

        class ConsoleServer(uvicorn.Server):
            """Open streams never end by themselves: they are sent away when the server is asked to stop."""

            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                """Let the consoles go, then stop as usual."""
                alert_stream.let_go()
                super().handle_exit(sig, frame)

        config = uvicorn.Config(
            application,
            host=configuration.host,
            port=configuration.port,
            ssl_certfile=configuration.certificate or None,
            ssl_keyfile=configuration.certificate_key or None,
            proxy_headers=configuration.tls_proxy,
            access_log=False,
            log_config=None,  # Django's settings say how: without the messages of exceptions
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        ConsoleServer(config).run()
