"""Mail that says that there is a notice, and nothing else: what it is about is read in the console."""

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from platewarden.accounts.models import RoleGrant
from platewarden.notices.models import MailAddress, Notice
from platewarden.policy.notices import NoticeKind

_TEXT = """{title} (notice {number}).

Sign in to the console and open your inbox. This message holds no details on purpose; please do not answer it.
"""


def send_mail_about(notice_id: int) -> int:
    """Mail everybody to whom the notice goes and who has a mail address; each alone.

    Returns:
        How many were sent; none once the notice has been handled.

    Raises:
        OSError, smtplib.SMTPException: The mail server does not take it; the job tries again.
    """
    notice = Notice.objects.filter(pk=notice_id, handled_at__isnull=True).first()
    if notice is None:
        return 0
    messages = [_message(notice, address) for address in addresses_for(notice)]
    if not messages:
        return 0
    return int(get_connection().send_messages(messages) or 0)


def addresses_for(notice: Notice) -> list[str]:
    """Return the mail addresses of those to whom *notice* goes now."""
    people = MailAddress.objects.filter(user__is_active=True, user__agency_id=notice.agency_id)
    if notice.to_user_id:
        people = people.filter(user_id=notice.to_user_id)
    else:
        holders = RoleGrant.objects.filter(role=notice.to_role, withdrawn_at__isnull=True)
        people = people.filter(user__in=holders.values("user"))
    return list(people.order_by("user_id").values_list("address", flat=True))


def _message(notice: Notice, address: str) -> EmailMessage:
    title = NoticeKind(notice.kind).label
    body = _TEXT.format(title=title, number=notice.pk)
    return EmailMessage(f"Platewarden: {title}", body, settings.DEFAULT_FROM_EMAIL, [address])
