"""`platewarden worker`: the timers alone; `serve` starts it."""

import click

from platewarden.commands.support import with_django


@click.command(hidden=True)
def worker() -> None:
    """Run the timers: purge, counts, checkpoints."""
    with with_django():
        from procrastinate.contrib.django import app
        from procrastinate.contrib.django.django_connector import DjangoConnector

        import platewarden.site.tasks  # noqa: F401 - registers the timetable

        connector = app.connector
        assert isinstance(connector, DjangoConnector)  # it cannot listen; its worker connector can
        with app.replace_connector(connector.get_worker_connector()):
            app.run_worker(name="timers", install_signal_handlers=True, delete_jobs="always")
