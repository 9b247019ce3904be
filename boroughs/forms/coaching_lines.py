"""Kinds of advice about the requirement lines: how many are musts, and musts that hold several wishes."""

import re
from collections.abc import Iterator

from boroughs.forms.coaching_text import Found, Told, word_list

MAX_MUSTS = 5

VERB = "|".join(sorted(word_list("verbs")))
VERB_OR_NOUN = "|".join(sorted(word_list("verbs_or_nouns")))
OBJECT = "the|a|an|all|any|each|every|it|its|them|their|our|this|those|one|when|where|if|to|on|at|which|what|who|how"
IS_VERB = re.compile(rf"(?:{VERB}|{VERB_OR_NOUN})", re.IGNORECASE)
# The line says what is done: a verb within its first words.
OPENING = re.compile(
    rf"(?:[\w-]+ ){{0,3}}?(?:(?:must|should|shall|can|will|to)(?: not| be able to| allow [\w-]+ to)? )?"
    rf"(?:{VERB}|{VERB_OR_NOUN})\b",
    re.IGNORECASE,
)
ANOTHER = re.compile(
    rf"(?<![\w’'-])(?P<before>[\w’'-]+),? and (?:(?:then|also|must|can|should|to) )*"
    rf"(?:(?:{VERB})\b(?! *$)|(?:{VERB_OR_NOUN})\b(?= (?:{OBJECT})\b))"
)
CLAUSE = re.compile(r"(?<![\w’'-])[\w’'-]+\s+[\w’'-]")


def musts(told: Told) -> Iterator[Found]:
    lines = [line for line in told.lines if line.is_must]
    if len(lines) <= MAX_MUSTS or told.content.musts_reason.strip():
        return
    first_too_many = lines[MAX_MUSTS]
    yield Found(
        "many_musts",
        "requirements",
        first_too_many.text,
        first_too_many.start,
        f"{len(lines)} lines are musts, and each shuts out suppliers and sets you apart from other boroughs.",
        f"Keep the {MAX_MUSTS} without which it is of no use, make the others a should, or say why all are musts.",
    )


def wishes(told: Told) -> Iterator[Found]:
    for line in told.lines:
        if line.is_must and _holds_several(line.text):
            yield Found(
                "several_wishes",
                "requirements",
                line.text,
                line.start,
                "This must holds more than one wish, so a supplier that meets one of them cannot answer.",
                "Write a line for each, for example “Store photos of a repair” and “Send the photos to the tenant”.",
            )


def _holds_several(line: str) -> bool:
    if sum(1 for part in line.split(";") if CLAUSE.search(part)) > 1:
        return True
    opening = OPENING.match(line)
    if opening is None:
        return False
    # In "store and search documents" both verbs share what they are about: one wish.
    return any(not IS_VERB.fullmatch(found["before"]) for found in ANOTHER.finditer(line, opening.end()))
