"""What a body of JSON says, member by member: of which type each is, and what is wrong by the name of its field.

JSON has types, so they are asked for: a number in quotes is no number.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from boroughs.exceptions import NotAcceptable
from boroughs.forms.needs import ReasonForm

# Python reads more forms of ISO dates than people write.
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Type:
    """What a value must be, and how a message says so."""

    fits: Callable[[Any], bool]
    words: str


TEXT = Type(lambda value: isinstance(value, str), "must be text")
NUMBER = Type(lambda value: isinstance(value, int) and not isinstance(value, bool), "must be a whole number")
NUMBER_OR_NOT = Type(lambda value: value is None or NUMBER.fits(value), "must be a whole number or null")
DATE = Type(
    lambda value: value is None or (isinstance(value, str) and DAY.fullmatch(value) is not None),
    "must be a date such as “2027-04-01”, or null",
)


@dataclass
class Problems:
    """What is wrong, by field."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, *messages: str) -> None:
        self.fields.setdefault(name, []).extend(messages)

    def add_form(self, form: forms.Form, prefix: str = "") -> None:
        """What the form finds, but for fields of which it was not shown what was sent."""
        for name, messages in form.errors.items():
            if f"{prefix}{name}" not in self.fields:
                self.add(f"{prefix}{name}", *map(str, messages))

    def raise_any(self) -> None:
        """Raises NotAcceptable with everything that was found; nothing where nothing was."""
        if self.fields:
            messages = [message for each in self.fields.values() for message in each]
            raise NotAcceptable([f"{message.rstrip('.')}." for message in messages], self.fields)


def given(
    values: Mapping[str, Any], *, types: Mapping[str, Type], fixed: Mapping[str, Any], problems: Problems
) -> dict[str, Any]:
    """The members that are in `types` and fit; the others are among `problems`.

    `fixed` are members that the platform sets: they may be sent back, as they are.
    """
    found = {}
    for name, value in values.items():
        if name in types and types[name].fits(value):
            found[name] = value
        elif name in types:
            problems.add(name, f"{name} {types[name].words}")
        elif name not in fixed:
            problems.add(name, f"There is no field called “{name[:60]}”")
        elif value != fixed[name]:
            problems.add(name, f"{name} is set by the platform: leave it out, or send it back as it is")
    return found


def reason(values: Mapping[str, Any]) -> str:
    """Why something is taken out, as the page asks it. Raises NotAcceptable."""
    problems = Problems()
    for name in values.keys() - {"reason"}:
        problems.add(name, f"There is no field called “{name[:60]}”")
    if not TEXT.fits(values.get("reason", "")):
        problems.add("reason", f"reason {TEXT.words}")
    problems.raise_any()
    form = ReasonForm(dict(values))
    problems.add_form(form)
    problems.raise_any()
    return str(form.cleaned_data["reason"])
