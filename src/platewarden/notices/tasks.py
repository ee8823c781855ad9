"""The job that mails; the worker runs it, and tries again for about a day."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from platewarden.notices.mailing import send_mail_about


@app.task(
    name="mail_notice",
    pass_context=False,
    priority=-10,  # the purge and the escalation wait for nobody's mail server
    retry=RetryStrategy(max_attempts=16, exponential_wait=2),  # waits of 2, 4, 8 ... seconds: 18 hours in all
)
def mail_notice(notice_id: int) -> None:
    """Send mail about one notice."""
    send_mail_about(notice_id)
