"""`platewarden web`: the console and the device API alone; `serve` starts it."""

import click
import uvicorn

from platewarden.commands.support import with_django


@click.command(hidden=True)
def web() -> None:
    """Serve the console and the device API; the database must be running."""
    with with_django() as configuration:
        uvicorn.run(
            "platewarden.site.asgi:application",
            host=configuration.host,
            port=configuration.port,
            ssl_certfile=configuration.certificate or None,
            ssl_keyfile=configuration.certificate_key or None,
            proxy_headers=configuration.tls_proxy,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=3,
        )
