"""Asking the worker for a run."""

from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

JOB: Final = "calibrate"


def ask_for_run(*, asked_by: str) -> bool:
    """Let the worker run it as soon as it can; whether that was not asked for already."""
    try:
        with transaction.atomic():  # the lock's refusal leaves the caller's transaction alone
            app.configure_task(JOB, queueing_lock=JOB).defer(asked_by=asked_by)
    except AlreadyEnqueued:
        return False
    return True
