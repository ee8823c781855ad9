"""Who passed which course, what everybody is asked to acknowledge, and when the policy was reviewed."""

from django.db import models
from django.db.models import Q

from platewarden.policy.training import Course


class Attempt(models.Model):
    """One time at which a person answered the questions of a course; one that passed is a certificate."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="attempts")
    course = models.CharField(max_length=16, choices=[(course.value, course.label) for course in Course])
    edition = models.CharField(max_length=16)
    right = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    at = models.DateTimeField()
    entry = models.BigIntegerField(null=True)

    class Meta:
        db_table = "training_attempts"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "course", "at"], name="training_of_person")]

    def __str__(self) -> str:
        return f"{self.course} by {self.user_id}"


class Retraining(models.Model):
    """An order to one person to pass every course again: what they passed before it no longer counts."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="retrainings")
    ordered_at = models.DateTimeField()
    ordered_by = models.CharField(max_length=64)

    class Meta:
        db_table = "retrainings"
        ordering = ["-ordered_at", "-pk"]

    def __str__(self) -> str:
        return f"retraining of {self.user_id}"


class BulletinKind(models.TextChoices):
    """What a bulletin tells of."""

    POLICY = "policy", "A new version of the policy"
    HARDWARE = "hardware", "A change of hardware"
    SOFTWARE = "software", "A change of software"
    LAW = "law", "A change of law"
    PRACTICE = "practice", "How we work"


class Bulletin(models.Model):
    """Something everybody reads and acknowledges by a date; of the policy each version is one."""

    kind = models.CharField(max_length=12, choices=BulletinKind.choices)
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=8000)
    policy_digest = models.CharField(max_length=64, blank=True, default="")
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)
    acknowledge_by = models.DateTimeField()

    class Meta:
        db_table = "bulletins"
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy_digest"], condition=~Q(policy_digest=""), name="one_bulletin_a_policy"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Acknowledgement(models.Model):
    """One person's word that they have read one bulletin."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="acknowledgements")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="acknowledgements")
    at = models.DateTimeField()

    class Meta:
        db_table = "acknowledgements"
        constraints = [models.UniqueConstraint(fields=["bulletin", "user"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"bulletin {self.bulletin_id} by {self.user_id}"


class PolicyReview(models.Model):
    """One yearly review of the policy: who read it, what they found, and whether it is to be amended."""

    reviewed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    policy_digest = models.CharField(max_length=64)
    findings = models.TextField(max_length=4000)
    is_to_be_amended = models.BooleanField()

    class Meta:
        db_table = "policy_reviews"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"review of {self.at:%Y-%m-%d}"
