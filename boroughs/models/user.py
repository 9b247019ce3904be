"""A person, who signs in by e-mail."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, *, email: str, name: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, name: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email=email, name=name, password=password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    class MailPreference(models.TextChoices):
        AT_ONCE = "AT_ONCE", "As it happens"
        DAILY = "DAILY", "Once a day"
        NONE = "NONE", "Never"

    email = models.EmailField("e-mail address", unique=True)
    name = models.TextField()
    is_active = models.BooleanField(default=True)
    # May open the repair pages under /admin/; says nothing about roles.
    is_staff = models.BooleanField(default=False)
    # Made by load_demo with a published password: production refuses to sign these in.
    is_demo = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)
    # When notifications are e-mailed; on the site they are shown always.
    mail_preference = models.TextField("e-mails", choices=MailPreference.choices, default=MailPreference.AT_ONCE)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case"),
            models.CheckConstraint(
                name="user_mail_preference_known", condition=Q(mail_preference__in=["AT_ONCE", "DAILY", "NONE"])
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]
