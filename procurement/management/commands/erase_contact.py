"""`manage.py erase_contact EMAIL`: a person who is named as the contact of notices asks to be forgotten."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boroughs.exceptions import LotiError
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import count
from procurement.actions import contacts


class Command(BaseCommand):
    help = "Erase a contact from all notices, published versions included; the chain of versions stays whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the e-mail address that the notices name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            erased = contacts.erase(email=options["email"], by=COMMAND_LINE)
        except LotiError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Erased from {count(erased, 'place')}.")
