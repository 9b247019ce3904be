"""manage.py erase_contact EMAIL"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from boroughs.exceptions import LotiError
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import count
from procurement.actions import contacts


class Command(BaseCommand):
    help = "Erase a person whom suppliers may write to from all notices, published ones too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        try:
            erased = contacts.erase(email=email, by=COMMAND_LINE)
        except LotiError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count(erased, 'contact')} erased. The published versions verify as before.")
