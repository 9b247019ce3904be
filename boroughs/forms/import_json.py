"""What a program says of an import: checked by the same forms as the page."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from boroughs.exceptions import NotAcceptable
from boroughs.forms import import_reading
from boroughs.forms.imports import MappingForm, UnreadForm
from boroughs.forms.json_fields import NUMBER_OR_NOT, Problems
from boroughs.forms.text import clean_line
from boroughs.models import Borough, DataImport

KNOWN = ("noun", "file_name", "borough")
MAX_NAME = 200


@dataclass(frozen=True)
class NewImport:
    borough: Borough
    noun: str
    file_name: str


def new(parameters: QueryDict, *, boroughs: Mapping[str, Borough]) -> NewImport:
    """What the address says of the file. `boroughs` by slug, those that it may be for. Raises NotAcceptable."""
    problems = Problems()
    for name in set(parameters) - set(KNOWN):
        problems.add(name, f"There is no parameter called “{name[:60]}”")
    noun, file_name = parameters.get("noun", ""), clean_line(parameters.get("file_name", ""))
    if noun not in DataImport.Noun.values:
        problems.add("noun", f"noun must be one of: {', '.join(DataImport.Noun.values)}")
    if not 1 <= len(file_name) <= MAX_NAME:
        problems.add("file_name", f"file_name must have 1 to {MAX_NAME} characters")
    slug = parameters.get("borough") or (next(iter(boroughs)) if len(boroughs) == 1 else "")
    if slug not in boroughs:
        problems.add("borough", f"borough must be one of: {', '.join(boroughs)}")
    problems.raise_any()
    return NewImport(boroughs[slug], noun, file_name)


def named(asked: NewImport, content: bytes) -> list[str]:
    """What tells one request from another."""
    return [asked.borough.slug, asked.noun, asked.file_name, hashlib.sha256(content).hexdigest()]


@dataclass(frozen=True)
class Application:
    """Whether rows are written without the cells that could not be read, and the check that the program looked at."""

    keeps_unread: bool
    seen: int | None


def application(sent: Mapping[str, Any]) -> Application:
    """Rows with cells that could not be read are left out if nothing is said of them. Raises NotAcceptable."""
    problems = Problems()
    for name in set(sent) - {"unread", "check"}:
        problems.add(name, f"There is no field called “{name[:60]}”")
    said = sent.get("unread", UnreadForm.LEAVE_OUT)
    if said not in (UnreadForm.KEEP, UnreadForm.LEAVE_OUT):
        problems.add("unread", f"unread must be one of: {UnreadForm.KEEP}, {UnreadForm.LEAVE_OUT}")
    seen = sent.get("check")
    if not NUMBER_OR_NOT.fits(seen):
        problems.add("check", f"check {NUMBER_OR_NOT.words}")
    problems.raise_any()
    return Application(said == UnreadForm.KEEP, seen)


def mapping(sent: Mapping[str, Any], *, of: DataImport) -> dict[str, str]:
    """Heading: field. As it stands where nothing is said of it. Raises NotAcceptable with fields by heading."""
    problems = Problems()
    for name in set(sent) - {"mapping"}:
        problems.add(name, f"There is no field called “{name[:60]}”")
    said = sent.get("mapping", of.mapping)
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        problems.add("mapping", "mapping must be an object of headings with the field that each fills")
        said = {}
    for heading in set(said) - set(of.columns):
        problems.add(f"mapping.{heading[:60]}", f"The file has no column called “{heading[:60]}”")
    problems.raise_any()
    form = MappingForm(
        {f"column-{number}": said.get(heading, "") for number, heading in enumerate(of.columns)},
        columns=of.columns,
        mapping={},
        targets=import_reading.targets_of(of.noun),
        wanted=import_reading.WANTED[of.noun],
    )
    if not form.is_valid():
        found = {
            f"mapping.{of.columns[int(name.partition('-')[2])]}" if name.startswith("column-") else "mapping": [
                str(message) for message in messages
            ]
            for name, messages in form.errors.items()
        }
        raise NotAcceptable([message for each in found.values() for message in each], found)
    return form.mapping()
