"""`platewarden worker`: the timers and the long jobs; `serve` starts it."""

import click

from platewarden.commands.support import with_django

JOBS_AT_ONCE = 4
"""Neither a list that takes minutes to load nor a slow dispatch system may keep the timers waiting."""


@click.command(hidden=True)
def worker() -> None:
    """Run the timers (purge, counts, checkpoints, escalation) and the jobs: loading lists, mail, webhooks."""
    with with_django():
        from procrastinate.contrib.django import app
        from procrastinate.contrib.django.django_connector import DjangoConnector

        import platewarden.site.tasks  # noqa: F401 - registers the timetable
        from platewarden.hotlists import uploads
        from platewarden.site.clock import utc_now

        uploads.tend(now=utc_now(), is_start=True)
        connector = app.connector
        assert isinstance(connector, DjangoConnector)  # it cannot listen; its worker connector can
        with app.replace_connector(connector.get_worker_connector()):
            app.run_worker(
                name="timers", concurrency=JOBS_AT_ONCE, install_signal_handlers=True, delete_jobs="always"
            )
