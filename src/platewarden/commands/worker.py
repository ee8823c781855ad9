"""`platewarden worker`: the timers alone; `serve` starts it."""

import click

from platewarden.commands.support import with_django


@click.command(hidden=True)
def worker() -> None:
    """Run the timers: purge, counts, checkpoints."""
    with with_django():
        import platewarden.site.tasks  # noqa: F401 - registers the timetable
        from procrastinate.contrib.django import app

        with app.replace_connector(app.connector.get_worker_connector()):  # Django's own cannot listen
            app.run_worker(name="timers", install_signal_handlers=True, delete_jobs="always")
