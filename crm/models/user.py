from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    MANAGER = "manager", pgettext_lazy("role", "Manager")
    OBSERVER = "observer", _("Observer")

    @classmethod
    def responsible(cls) -> list["Role"]:
        """The roles whose people can be responsible for a deal."""
        return [cls.ADMINISTRATOR, cls.MANAGER]


class UserQuerySet(models.QuerySet["User"]):
    def people(self) -> "UserQuerySet":
        return self.filter(kind=User.Kind.PERSON)

    def administrators(self) -> "UserQuerySet":
        """Who can sign in and administer today: who has never chosen a password cannot."""
        able = self.people().filter(role=Role.ADMINISTRATOR, is_active=True)
        return able.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def assignable(self) -> "UserQuerySet":
        """Who can be made responsible for a deal today."""
        return self.people().filter(is_active=True, role__in=Role.responsible())

    def with_second_step(self) -> "UserQuerySet":
        """With `has_second_step`: whether a code is asked of him, too, when he logs in."""
        devices = apps.get_model("otp_totp", "TOTPDevice").objects.filter(user=OuterRef("pk"), confirmed=True)
        return self.annotate(has_second_step=Exists(devices))

    def with_work_in_hand(self) -> "UserQuerySet":
        """With `deal_count`, of open deals, and `task_count`, of unfinished tasks."""
        return self.annotate(
            deal_count=_count_of("Deal", "manager", closed_at=None, trashed_at=None),
            task_count=_count_of("Task", "assignee", done_at=None),
        )

    def managers(self) -> "UserQuerySet":
        """Who could ever be responsible for deals, as the protocol lists them: those who left stay (section 2)."""
        return self.people().filter(was_responsible=True).order_by("pk")


def _count_of(model: str, key: str, **narrowed: Any) -> Coalesce:
    """How many rows of a model of this app, named since it is defined later, refer to the person by `key`."""
    rows = apps.get_model("crm", model).objects.filter(**{key: OuterRef("pk")}, **narrowed)
    counted = rows.order_by().values(key).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]  # a base made at run time
    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(login=(username or "").lower())
        return user

    def create_superuser(self, login: str, password: str | None = None, **fields: Any) -> "User":
        """For Django's own `createsuperuser`."""
        user = User(login=login.lower(), role=Role.ADMINISTRATOR, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person, or a service that acts for an outside system. Every "who" in the database is a key to this table."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        SERVICE = "service", _("Service")

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    login = models.CharField(_("login"), max_length=150, unique=True)
    full_name = models.CharField(_("full name"), max_length=255, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PERSON, editable=False)
    role = models.CharField(_("role"), max_length=15, choices=Role, default=Role.MANAGER)
    own_only = models.BooleanField(_("sees only own deals"), default=False)
    language = models.CharField(
        _("language"), max_length=5, blank=True, choices=settings.LANGUAGES, help_text=_("Empty: as the browser asks.")
    )
    zone = models.CharField(
        _("time zone"), max_length=50, blank=True, help_text=_("For clock times. Empty: the installation's.")
    )
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, blank=True, default=Theme.SYSTEM)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Off: cannot sign in, and is offered for no new deal.")
    )
    # Had a role that can be responsible for deals, now or once: deals may refer to him, so he stays in the protocol's
    # list of managers for good.
    was_responsible = models.BooleanField(default=True, editable=False)
    # Kinds of crm.models.notification: those that he does not want to be told of in the CRM, those that he wants to be
    # told of by e-mail.
    not_told_of = models.JSONField(default=list, blank=True, editable=False)
    mailed_of = models.JSONField(default=list, blank=True, editable=False)
    # Scheme and host by which he last opened a page, kept for whoever wants e-mail: its links begin with it.
    origin = models.CharField(max_length=300, blank=True, editable=False)
    # Goes up when his sessions are to end, wherever they are.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["full_name", "login"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=Q(role="observer") | Q(was_responsible=True), name="user_responsible_is_remembered"
            ),
            models.CheckConstraint(
                condition=Q(kind="person") | Q(kind="service", is_active=True),
                name="user_service_switched_by_integration",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.login

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def get_session_auth_hash(self) -> str:
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | None = None) -> str:
        """What a session has to know to go on: another password or another epoch ends it."""
        text = f"{self.session_epoch}:{self.password}"
        return salted_hmac("crm.session", text, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_invited(self) -> bool:
        """Whether he has chosen no password yet."""
        return self.kind == self.Kind.PERSON and not self.has_usable_password()

    @property
    def sees_all(self) -> bool:
        """Whether `visible_to` hides nothing from him: "sees only own deals" is for managers."""
        return self.role != Role.MANAGER or not self.own_only

    @property
    def may_write(self) -> bool:
        return self.role != Role.OBSERVER

    @property
    def is_administrator(self) -> bool:
        return self.kind == self.Kind.PERSON and self.is_active and self.role == Role.ADMINISTRATOR

    # What Django's admin asks of a user: administrators may do all there, nobody else enters.

    @property
    def is_staff(self) -> bool:
        return self.is_administrator

    @property
    def is_superuser(self) -> bool:
        return self.is_administrator

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_administrator

    def has_perms(self, perm_list: Iterable[str], obj: object = None) -> bool:
        return self.is_administrator

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_administrator
