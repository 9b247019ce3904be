"""Kinds of advice about the content: the problem before the solution, users named, an outcome that can be measured."""

import re
from collections.abc import Iterator

from boroughs.forms.coaching_text import Found, Told, length_in_words, sentences, word_list

WANTS = (
    r"(?:we|(?:the )?(?:council|borough|service|department|authority)|our (?:team|service|council|department)|"
    r"(?:the )?(?:london borough of )?[a-z]+ council) "
    r"(?:would like|wish(?:es)?|wants?|needs?|requires?|seeks?|intends?|plans?|proposes?|(?:is|are) (?:look|seek)ing)"
)
BUYING = (
    r"buy|procure|purchase|tender|re-?tender|re-?procure|commission|implement|install|roll ?out|renew|upgrade to|"
    r"replace .{1,80}? with|move to a|switch to a"
)
THING = (
    r"(?:[\w-]+ ){0,5}?(?:system|software|solution|platform|tool|app|application|portal|database|module|licen[cs]es?|"
    r"supplier|vendor|provider|contractor|product|package|suite)\b"
)
SOLUTION_FIRST = re.compile(
    rf"{WANTS}(?: to| for)? (?:(?:{BUYING})\b|(?:an?|new|the) (?:new )?{THING})"
    r"|(?:the )?(?:(?:re-?)?procurement|purchase|acquisition|implementation|supply|provision|re-?tender(?:ing)?) of\b"
    r"|to (?:buy|procure|purchase|re-?tender|re-?procure) "
    rf"|(?:looking for|seeking|requirement for) an? {THING}"
    r"|there is a (?:need|requirement) (?:for an?|to (?:buy|procure|purchase))\b",
    re.IGNORECASE,
)

GROUPS = word_list("people")
LETTERS = re.compile("[a-z]+")
# What is typed to have typed something.
NOBODY = re.compile(
    r"(?:(?:all|end) )?users|every(?:one|body)|all|various|(?:the )?(?:whole )?council(?:[ -]wide)?|tbc|tbd|n/?a|none|"
    r"(?:as|see) above|(?:not |un)known",
    re.IGNORECASE,
)
NAME_THEM = (
    "Name each group and what it has to get done, for example “40 housing officers who log repairs, and tenants who "
    "report them”."
)

# Figures that measure nothing: standards, laws, versions.
NO_MEASURE = re.compile(
    r"\b(?:ISO|BS|EN|IEC|PAS|WCAG|TLS|PDF/A|IFRS|section|part|act|form|version|v|windows|office|microsoft|level|wi-?fi|tier|"
    r"schedule|type|class)[ -]?\d[\w.:-]*(?: A{1,3}\b)?",
    re.IGNORECASE,
)
MEASURE = re.compile(
    r"\d|%|\bper ?cent\b"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|hundred|"
    r"thousand|million|dozen|half|halve[sd]?|halving|third|quarter|twice|double[sd]?|hourly|daily|nightly|weekly|monthly|"
    r"quarterly|annually|yearly|overnight)\b"
    r"|\breal[ -]time\b|\b(?:same|next|one) (?:working )?(?:day|hour|week|minute|month)\b"
    r"|\b(?:every|each|an?|per) (?:working )?(?:second|minute|hour|day|night|week|month|quarter|year)\b"
    r"|\b(?:January|February|April|June|July|August|September|October|November|December)\b|\b(?:no|zero|without) \w",
    re.IGNORECASE,
)
BETTER = re.compile(
    r"\b(?:faster|quicker|sooner|fewer|better|easier|improv(?:e|es|ed|ing)|reduc(?:e|es|ed|ing)|increas(?:e|es|ed|ing)|"
    r"speed(?:s|ing)? up|cut(?:s|ting)? down|efficient(?:ly)?|efficienc(?:y|ies)|save (?:time|money)|"
    r"less (?:time|paper|effort|travel)|shorter|lower costs?|minimis(?:e|es|ing)|maximis(?:e|es|ing))\b",
    re.IGNORECASE,
)
# "Join if the fee is better", "show how much faster": no promise of an outcome.
SUPPOSED = re.compile(r"\b(?:if|whether|how)\b", re.IGNORECASE)
ADD_FIGURE = "Add one figure that can be checked, for example “nine of ten applications decided in 10 working days”."
# An outcome shorter than this is a heading: whoever types it knows that it is not finished.
SOME_WORDS = 8


def problem(told: Told) -> Iterator[Found]:
    text = told.texts["problem"]
    if not text.strip():
        if told.is_begun:
            yield Found(
                "problem_missing",
                "problem",
                "",
                -1,
                "No problem is stated, so nobody can tell whether another solution than the one in mind would do.",
                "Say what goes wrong and for whom, for example “residents ring twice as nobody sees the first call”.",
            )
        return
    first = sentences(text)[0]
    if SOLUTION_FIRST.match(first.text):
        yield Found(
            "solution_first",
            "problem",
            first.text,
            first.start,
            "The problem begins with the solution, which hides what other boroughs share and shuts out other answers.",
            "Begin with what goes wrong today, for example “one repair visit in five finds nobody at home”.",
        )


def users(told: Told) -> Iterator[Found]:
    typed = told.texts["users_description"].strip()
    if NOBODY.fullmatch(typed.rstrip(".")):
        at = told.texts["users_description"].index(typed)
        why = "This names no group of people, so a supplier cannot tell whose work is to become easier."
        yield Found("users_vague", "users_description", typed, at, why, NAME_THEM)
    elif not typed and told.is_begun and not _names_a_group(told):
        why = "No group of users is named anywhere, so a supplier cannot tell whose work is to become easier."
        yield Found("users_missing", "users_description", "", -1, why, NAME_THEM)


def outcome(told: Told) -> Iterator[Found]:
    text = told.texts["description"]
    for sentence in sentences(text):
        promises = BETTER.search(sentence.text) and not SUPPOSED.search(sentence.text)
        if promises and not _measures(sentence.text):
            why = "It says better but not by how much, so nobody can tell later whether it came true."
            yield Found("outcome_unmeasured", "description", sentence.text, sentence.start, why, ADD_FIGURE)
            return
    if length_in_words(text) >= SOME_WORDS and not _measures(text) and not _measures(told.texts["requirements"]):
        why = "Nothing here holds a number, a date or a time, so nobody can tell later whether it came true."
        yield Found("outcome_unmeasured", "description", "", -1, why, ADD_FIGURE)


def _names_a_group(told: Told) -> bool:
    return any(not GROUPS.isdisjoint(LETTERS.findall(text.lower())) for text in told.texts.values())


def _measures(text: str) -> bool:
    return MEASURE.search(NO_MEASURE.sub(" ", text)) is not None
