"""The job that hands messages over; the worker runs it, and tries again with growing waits."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from platewarden.site.clock import utc_now
from platewarden.webhooks.actions import MOST_ATTEMPTS, TryAgainError, deliver


@app.task(
    name="deliver_webhook",
    pass_context=False,
    priority=-10,  # the purge and the escalation wait for nobody's dispatch system
    retry=RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=2, retry_exceptions=[TryAgainError]),
)
def deliver_webhook(delivery_id: str) -> None:
    """Try to hand one message over."""
    deliver(UUID(delivery_id), now=utc_now())
