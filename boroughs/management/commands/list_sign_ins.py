"""manage.py list_sign_ins"""

from typing import Any

from django.core.management.base import BaseCommand

from boroughs.actions import demo
from boroughs.models import User


class Command(BaseCommand):
    help = "List the demonstration's sign-ins, one of each role, with their common password."

    def handle(self, *args: Any, **options: Any) -> None:
        present = set(User.objects.filter(is_demo=True, is_active=True).values_list("email", flat=True))
        people = [person for person in demo.PEOPLE if person.email in present]
        if not people:
            self.stdout.write("There are no demonstration accounts here.")
            return
        width = max(len(person.email) for person in people)
        for person in people:
            place = f", {person.borough.capitalize()}" if person.borough else ""
            self.stdout.write(f"  {person.email:<{width}}  {person.role.label}{place}")
        self.stdout.write(f"  Password for all of them: {demo.PASSWORD}")
