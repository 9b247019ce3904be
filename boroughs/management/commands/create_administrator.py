"""manage.py create_administrator EMAIL NAME"""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from boroughs import notifications
from boroughs.actions import people
from boroughs.exceptions import LotiError
from boroughs.models import Role
from boroughs.permissions import COMMAND_LINE


class Command(BaseCommand):
    help = "Add an administrator: the first person of an installation, who then invites the others."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
            user = people.invite(
                email=email, name=name, role=Role.ADMINISTRATOR, borough=None, by=COMMAND_LINE, is_staff=True
            ).user
        except (LotiError, ValidationError) as error:
            message = error.messages[0] if isinstance(error, ValidationError) else str(error)
            raise CommandError(message) from error
        self.stdout.write(f"{user.email} is an administrator. They set their password here:")
        self.stdout.write(notifications.password_link(user))
