"""What boroughs have learned: written down for other boroughs, changed and withdrawn by the borough that wrote it."""

import re
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import Borough, Category, User
from boroughs.permissions import Permission
from boroughs.word_count import count_words
from procurement.models import Experience

LINE_LIMIT = 200
PROSE_WORDS = 200
OLDEST_YEAR = 1980

# A person is not named here: people move on, and these texts stay. Seven digits or more are a telephone number, or
# nothing that helps.
ADDRESS = re.compile(r"\S@\S")
TELEPHONE = re.compile(r"(?:\d[\s().-]*){7,}")
NAMES = {
    "bought": "what was bought",
    "supplier": "the supplier",
    "worked": "what worked",
    "avoid": "what to avoid",
    "contact_role": "whom to ask",
}


@dataclass(frozen=True)
class ExperienceContent:
    category: Category
    bought: str
    contact_role: str
    bought_year: int | None = None
    supplier: str = ""
    worked: str = ""
    avoid: str = ""

    def columns(self) -> dict[str, object]:
        return dict(vars(self))


@transaction.atomic
def write(*, borough: Borough, content: ExperienceContent, by: User) -> Experience:
    """Write an experience down for the borough. Raises NotAcceptable with what is wrong, by field."""
    permissions.require(by, Permission.TAKE_PART, borough)
    _require_acceptable(content)
    now = timezone.now()
    experience = Experience.objects.create(
        borough=borough, written_at=now, written_by=by, updated_at=now, **content.columns()
    )
    _record(experience, "write", by)
    return experience


@transaction.atomic
def edit(*, experience: Experience, content: ExperienceContent, revision: int, by: User) -> Experience:
    """Change what it says. Raises ChangedMeanwhile where `revision` is not current."""
    permissions.require(by, Permission.TAKE_PART, experience.borough)
    _require_acceptable(content)
    changed = Experience.objects.standing().filter(pk=experience.pk, revision=revision)
    if not changed.update(**content.columns(), revision=revision + 1, updated_at=timezone.now()):
        experience.refresh_from_db()
        if experience.withdrawn_at is not None:
            raise IllegalMove("This experience has been withdrawn.")
        raise ChangedMeanwhile("A colleague has changed this experience since you opened it.")
    experience.refresh_from_db()
    _record(experience, "edit", by)
    return experience


@transaction.atomic
def withdraw(*, experience: Experience, by: User) -> None:
    """Take it out of the lists. It is not deleted: the trail speaks of it."""
    permissions.require(by, Permission.TAKE_PART, experience.borough)
    now = timezone.now()
    if not Experience.objects.standing().filter(pk=experience.pk).update(withdrawn_at=now, updated_at=now):
        raise IllegalMove("This experience has been withdrawn already.")
    _record(experience, "withdraw", by)


def _require_acceptable(content: ExperienceContent) -> None:
    problems = _missing(content) | _too_long(content)
    for name in NAMES:
        if ADDRESS.search(getattr(content, name)) or TELEPHONE.search(getattr(content, name)):
            problems[name] = f"Leave e-mail addresses and telephone numbers out of {NAMES[name]}: name a role instead"
    this_year = timezone.localdate().year
    if content.bought_year is not None and not OLDEST_YEAR <= content.bought_year <= this_year:
        problems["bought_year"] = f"The year must be between {OLDEST_YEAR} and {this_year}"
    if problems:
        raise NotAcceptable(list(problems.values()), {name: [words] for name, words in problems.items()})


def _missing(content: ExperienceContent) -> dict[str, str]:
    missing = {}
    if not content.bought:
        missing["bought"] = "Say what was bought"
    if not content.contact_role:
        missing["contact_role"] = "Say whom to ask, as a role"
    if not content.worked and not content.avoid:
        missing["worked"] = "Say what worked, or what to avoid"
    return missing


def _too_long(content: ExperienceContent) -> dict[str, str]:
    lines = {
        name: f"Shorten {NAMES[name]} to {LINE_LIMIT} characters"
        for name in ("bought", "supplier", "contact_role")
        if len(getattr(content, name)) > LINE_LIMIT
    }
    return lines | {
        name: f"Shorten {NAMES[name]} to {PROSE_WORDS} words"
        for name in ("worked", "avoid")
        if count_words(getattr(content, name)) > PROSE_WORDS
    }


def _record(experience: Experience, verb: str, by: User) -> None:
    audit.record(by=by, verb=verb, noun="experience", reference=str(experience.pk), borough=experience.borough)
