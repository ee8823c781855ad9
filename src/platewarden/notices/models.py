"""Notices, who has read them, and where mail goes; none of them ever holds a plate."""

from django.db import models
from django.db.models import Q

from platewarden.accounts.models import Agency, User


class Notice(models.Model):
    """Something that one person, or whoever holds a role, is told and must deal with.

    `subject` names the thing it is about as the ledger does (``alert:<id>``). `once_key` is what makes saying it
    again come to nothing.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    to_role = models.CharField(max_length=16, blank=True, default="")
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    subject = models.CharField(max_length=80)
    text = models.CharField(max_length=500)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    once_key = models.CharField(max_length=160, blank=True, default="")
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "notices"
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_role="", to_user__isnull=False) | (~Q(to_role="") & Q(to_user__isnull=True)),
                name="notice_to_a_role_or_a_person",
            ),
            models.UniqueConstraint(
                fields=["agency", "once_key"], condition=~Q(once_key=""), name="one_notice_a_key"
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "to_role"], condition=Q(handled_at=None), name="notices_unhandled"
            ),
            models.Index(fields=["subject"], name="notices_by_subject"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class NoticeReading(models.Model):
    """That one person has had a notice before their eyes."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        db_table = "notice_readings"
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="one_reading_a_person")]

    def __str__(self) -> str:
        return f"reading of {self.notice_id}"


class MailAddress(models.Model):
    """Where one person is told by mail that there is a notice; set by an administrator."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="mail_address")
    address = models.EmailField()
    set_at = models.DateTimeField()

    class Meta:
        db_table = "mail_addresses"

    def __str__(self) -> str:
        return f"mail address of {self.user_id}"
