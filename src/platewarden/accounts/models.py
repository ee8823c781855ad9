"""Agencies, people, and the dated grants of roles."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from platewarden.policy.actor import Role
from platewarden.policy.agencies import AgencyFacts, AgencyKind
from platewarden.policy.terminals import TerminalKind


class Agency(models.Model):
    """An agency on the register; exactly one of them owns this installation."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=120, unique=True)
    county = models.CharField(max_length=80)
    state = models.CharField(max_length=2, default="NY")
    time_zone = models.CharField(max_length=64, default="America/New_York")
    kind = models.CharField(
        max_length=16, choices=[(kind.value, kind.label) for kind in AgencyKind], default=AgencyKind.SHERIFF
    )
    contact = models.CharField(max_length=200, blank=True, default="")
    express_access = models.CharField(max_length=200, blank=True, default="")
    access_ended_at = models.DateTimeField(null=True, blank=True)
    is_owner = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "agencies"
        constraints = [
            models.UniqueConstraint(fields=["is_owner"], condition=Q(is_owner=True), name="one_owning_agency")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def facts(self) -> AgencyFacts:
        """The agency as the rules look at it."""
        return AgencyFacts(
            AgencyKind(self.kind), self.state, bool(self.express_access), self.access_ended_at is not None
        )


class UserManager(BaseUserManager["User"]):
    """Finds people by the name they sign in with, and by the roles they hold."""

    def holding(self, *roles: Role) -> "models.QuerySet[User]":
        """Return the people with an open account who hold a role that is not withdrawn: any, or one of *roles*.

        By a subquery: `filter(grants__withdrawn_at=None)` finds those too who never held a role.
        """
        held = RoleGrant.objects.filter(user=OuterRef("pk"), withdrawn_at=None)
        if roles:
            held = held.filter(role__in=roles)
        return self.filter(Exists(held), is_active=True)


class User(AbstractBaseUser):
    """One person; never two people, never a machine (ADM-3)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="people")
    username = models.CharField(max_length=64, unique=True)
    full_name = models.CharField(max_length=120)
    supervisor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="team"
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    live_session = models.CharField(max_length=64, blank=True, default="")
    invited_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="invited"
    )
    employer = models.CharField(max_length=120, blank=True, default="")
    active_since = models.DateTimeField(null=True, blank=True)
    suspended_until = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=200, blank=True, default="")

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        db_table = "people"

    def __str__(self) -> str:
        return self.full_name


class RoleGrant(models.Model):
    """One role given to one person from a moment on, until it is withdrawn."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64, blank=True, default="")
    ends_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "role_grants"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(withdrawn_at__isnull=True), name="one_live_grant_a_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.user_id}"


class RoleRequest(models.Model):
    """A role that the administrator asks for, for somebody; in force once a second person has approved it (ADM-2)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_requests")
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])
    ends_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    is_approved = models.BooleanField(default=False)

    class Meta:
        db_table = "role_requests"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(decided_at__isnull=True), name="one_open_request_a_role"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="who_asks_does_not_decide",
            ),
            models.CheckConstraint(
                condition=Q(is_approved=False) | ~Q(decided_by=F("user")),
                name="nobody_approves_their_own_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} asked for {self.user_id}"


class AdministratorTerm(models.Model):
    """The person named as administrator, from a day until a day; whoever is named last holds the term (ADM-1)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="terms")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    named_by = models.CharField(max_length=64)

    class Meta:
        db_table = "administrator_terms"
        ordering = ["-begins_at", "-pk"]

    def __str__(self) -> str:
        return f"term of {self.user_id}"


class UserReview(models.Model):
    """One yearly review of the users: who did it, and what was decided for each of them (ADM-1)."""

    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decisions = models.JSONField()

    class Meta:
        db_table = "user_reviews"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"review of {self.at:%Y-%m-%d}"


class SignInOutcome(models.TextChoices):
    """How an attempt to get in ended, or what became of the session afterwards."""

    SUCCEEDED = "succeeded", "signed in"
    FAILED = "failed", "wrong name or password"
    SECOND_FAILED = "second_failed", "wrong second factor"
    REFUSED = "refused", "refused: the way in is shut"
    MOVED = "moved", "the same session from another address"


class SignIn(models.Model):
    """One attempt to get in, by whatever name was typed; `user` is set where that name is somebody's."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="sign_ins")
    username = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16, choices=SignInOutcome.choices)
    address = models.CharField(max_length=45)
    network = models.CharField(max_length=49, blank=True, default="")  # what failures are counted by
    browser = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "sign_ins"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["username", "at"], name="sign_ins_of_name"),
            models.Index(fields=["network", "at"], name="sign_ins_of_network"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} for {self.user_id}"


class SignInLock(models.Model):
    """The way in under one name, shut after too many failures until somebody releases it (ADM-4).

    It goes by the name that was typed, whether or not it is anybody's: nobody learns from it who has an account.
    """

    username = models.CharField(max_length=64)
    locked_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "sign_in_locks"
        constraints = [
            models.UniqueConstraint(
                fields=["username"], condition=Q(released_at__isnull=True), name="one_standing_lock_a_name"
            )
        ]

    def __str__(self) -> str:
        return f"lock {self.pk}"


class EnrolmentCode(models.Model):
    """The digest of a one-time code with which a person sets their own first password."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="enrolment_codes")
    digest = models.BinaryField(max_length=32, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "enrolment_codes"

    def __str__(self) -> str:
        return f"code for {self.user_id}"


class FactorReset(models.Model):
    """A second factor that is lost: the administrator asks for its reset, an approver decides, a code redeems it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="factor_resets")
    because = models.CharField(max_length=200)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    is_approved = models.BooleanField(default=False)
    redeemed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "factor_resets"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(decided_at__isnull=True), name="one_open_reset_a_person"
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("user")), name="nobody_asks_for_their_own_reset"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | ~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("user")),
                name="a_third_person_decides_on_a_reset",
            ),
        ]

    def __str__(self) -> str:
        return f"reset for {self.user_id}"


class Terminal(models.Model):
    """A registered terminal in a vehicle or at dispatch: a browser that holds its signed cookie.

    It is enrolled once `enrolled_at` is set; `session` is the digest of the latest session that began on it.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="terminals")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.label) for kind in TerminalKind])
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    code_digest = models.BinaryField(max_length=32, null=True, unique=True)
    code_expires_at = models.DateTimeField()
    enrolled_at = models.DateTimeField(null=True, blank=True)
    enrolled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ends_at = models.DateTimeField()
    secret_digest = models.BinaryField(max_length=32, blank=True, default=b"")
    session = models.CharField(max_length=64, blank=True, default="")
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "terminals"
        ordering = ["revoked_at", "name", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "name"],
                condition=Q(revoked_at__isnull=True),
                name="one_live_terminal_a_name",
            )
        ]

    def __str__(self) -> str:
        return f"terminal {self.pk}"
