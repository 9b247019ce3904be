"""Which names that boroughs write stand for one supplier: "Civica UK Ltd", "CIVICA", "Civica UK Limited (t/a ...)".

Pure: text in, key out. Names with one key are one supplier. The key leaves out only what never tells two companies
apart: case, accents, punctuation and spaces, the British legal form, "The" in front, "UK" at the end. That is close to
what Companies House disregards when it refuses a company a name that is the same as another's (regulation 7 of the
Company, Limited Liability Partnership and Business (Names and Trading Disclosures) Regulations 2015). A word that says
what a company does (Property, Vehicle, Education) or which of a group it is (Group, Holdings, Europe, GmbH) stays.

Names that are only near are never folded by the machine: `likeness` says in words why a person may want to look.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

# Where a company number is said: "Company No. 01628868", "(Reg. number: SC123456)".
SAID_NUMBER = re.compile(
    r"\W*\b(?:company|companies house|co|reg|registered|registration|crn)\b\W*(?:registered|registration|reg)?\W*"
    r"(?:no|num|number|nr)?\b\W*(?P<number>[A-Z]{2}[0-9]{6}|[0-9]{6,8})\b\s*[)\]]?",
    re.IGNORECASE,
)
# Where it stands in brackets or at the end, in full length.
BARE_NUMBER = re.compile(r"\s*(?:[(\[]\s*|\b)(?P<number>[A-Z]{2}[0-9]{6}|[0-9]{8})\s*(?:[)\]]|$)")

# What a company was called, or trades as, is no part of its name.
FORMER_NAME = re.compile(
    r"\W*\b(?:formerly|previously|f/k/a|now(?= known as| called))\b(?: known as| called| trading as)?(?P<other>.*)"
)
TRADING_NAME = re.compile(r"\W*\b(?:t/a|t\.a\.|trading as|trading name|also known as|d/b/a|a/k/a)(?!\w)(?P<other>.*)")
TRADING_NAME_OF = re.compile(r"(?P<other>.+?)\W*\b(?:is )?an? trading (?:name|style|division) of\b(?P<company>.+)")

BRACKETS = re.compile(r"\((?P<other>[^()]+(?:\([^()]*\)[^()]*)?)\)\W*$")

INITIALS = re.compile(r"\b(?:\w\.){2,}(?:\w\b)?|\b\w(?:\.\w)+\b")
# Longest first: "public limited company" before "company".
ENDINGS = tuple(
    tuple(ending.split())
    for ending in (
        "public limited company",
        "limited liability partnership",
        "community interest company",
        "and company",
        "and co",
        "united kingdom",
        "great britain",
        "company",
        "co",
        "limited",
        "ltd",
        "plc",
        "llp",
        "cic",
        "cyfyngedig",
        "cyf",
        "uk",
        "gb",
    )
)
# Before one of these endings it is no more than a legal form; alone at the end it is that of an American parent.
CORPORATION = ("corporation",)
# Written where no supplier is meant.
NO_SUPPLIER = frozenset(
    [
        "na",
        "notapplicable",
        "none",
        "nil",
        "null",
        "tbc",
        "tba",
        "tbd",
        "unknown",
        "notknown",
        "notgiven",
        "various",
        "multiple",
        "inhouse",
        "internal",
        "asabove",
    ]
)

# So many letters must be there before two keys that differ by a slip are worth a look.
SLIP_LETTERS, TWO_SLIPS_LETTERS = 5, 8


@dataclass(frozen=True)
class Reading:
    """What a supplier's name says."""

    # Names with the same key are one supplier. Empty where no supplier is named: "n/a", "various", "-".
    key: str
    # The words of the key, in order.
    words: tuple[str, ...]
    # As Companies House writes it, eight characters; empty where the text does not say it.
    company_number: str = ""
    # Keys of names that the text gives beside: trading names, former names, names in brackets at the end.
    other_keys: tuple[str, ...] = ()


@lru_cache(maxsize=50_000)
def read(text: str) -> Reading:
    """The key of a name and what else it says."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    plain, number = _take_number(plain)
    name, others = _take_other_names(plain.casefold())
    words = _words(name)
    other_words = (_words(other) for other in others)
    return Reading(
        key=_key(words),
        words=words,
        company_number=number,
        other_keys=tuple(key for key in map(_key, other_words) if key and key != _key(words) and (key,) not in ENDINGS),
    )


def fittest(names: Iterable[str]) -> str:
    """Of one supplier's names the one to show: not in capitals alone, nothing said beside it, the fullest."""

    def rank(name: str) -> tuple[bool, bool, int, str]:
        said = read(name)
        # Of two that differ in case alone, the one with fewer capitals.
        return name.isupper(), bool(said.company_number or said.other_keys), -len(name), name.swapcase()

    return min(names, key=rank)


def company_number_of(text: str) -> str:
    """A company number as Companies House writes it: "1628868" → "01628868", "sc 123456" → "SC123456"."""
    compact = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())
    if re.fullmatch("[0-9]{1,8}", compact):
        return compact.zfill(8) if int(compact) else ""
    return compact if re.fullmatch("[A-Z]{2}[0-9]{6}|[A-Z][0-9]{7}", compact) else ""


def is_one_supplier(first: str, second: str) -> bool:
    """Whether the machine folds the two names: by company number where both say it, else by key."""
    one, other = read(first), read(second)
    if one.company_number and other.company_number:
        return one.company_number == other.company_number
    return bool(one.key) and one.key == other.key


def likeness(one: Reading, other: Reading) -> str:
    """Why a person may want to look whether the two are one supplier; empty where nothing suggests it."""
    numbers = {one.company_number, other.company_number} - {""}
    if not one.key or not other.key or len(numbers) == 2:
        return ""
    if one.key == other.key:
        return "They are written alike, but folded apart."
    if one.key in other.other_keys or other.key in one.other_keys:
        return "One names the other beside its own name."
    if sorted(one.words) == sorted(other.words):
        return "The words are the same, in another order."
    slips = _slips(one.key, other.key)
    if slips:
        return "They differ by one letter." if slips == 1 else f"They differ by {slips} letters."
    return _shortened(one, other) or _shortened(other, one)


def _shortened(short: Reading, long: Reading) -> str:
    if len(short.words) < len(long.words):
        if long.words[: len(short.words)] == short.words:
            return "One begins with the whole of the other."
        if 1 < len(short.key) == len(long.words) and short.key == "".join(word[0] for word in long.words):
            return "One is the initials of the other."
    return ""


def _slips(one: str, other: str) -> int:
    """How many letters were typed differently, left out, added or swapped; 0 for more than the length excuses."""
    length = min(len(one), len(other))
    allowed = 2 if length >= TWO_SLIPS_LETTERS else 1 if length >= SLIP_LETTERS else 0
    # Figures tell names apart: Unit4, Node4.
    if abs(len(one) - len(other)) > allowed or re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return 0
    found = _distance(one, other, allowed)
    return found if found <= allowed else 0


def _distance(one: str, other: str, most: int) -> int:
    """Edits from one text to the other, a swap of neighbours being one; `most` + 1 for whatever is beyond."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, before, row = before, row, [i]
        for j, facing in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != facing))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == facing:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _take_number(text: str) -> tuple[str, str]:
    """The text without the company number that it says, and the number."""
    match = SAID_NUMBER.search(text) or BARE_NUMBER.search(text)
    # What begins with a number has it for a name.
    if not match or not match.start():
        return text, ""
    return f"{text[: match.start()]} {text[match.end() :]}", company_number_of(match["number"])


def _take_other_names(text: str) -> tuple[str, list[str]]:
    """The company's own name, and the others that stand beside it."""
    others = []
    of = TRADING_NAME_OF.match(text)
    if of:
        text = of["company"]
        others.append(of["other"])
    for pattern in (FORMER_NAME, TRADING_NAME):
        match = pattern.search(text)
        if match and match.start():
            text = text[: match.start()]
            others.append(match["other"])
    # What stands in brackets is part of the name all the same: it may tell two companies of a group apart.
    return text, others + [match["other"] for match in (BRACKETS.search(text),) if match]


def _words(text: str) -> tuple[str, ...]:
    text = INITIALS.sub(lambda match: match[0].replace(".", ""), text)
    text = re.sub(r"[’'`´]", "", text).replace("&", " and ")
    text = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    words = re.sub(r"[^\w]|_", " ", text).split()
    return tuple(_without_form(words[1:] if words[:1] == ["the"] and len(words) > 1 else words))


def _without_form(words: list[str]) -> list[str]:
    """Without the legal form and the country at the end."""
    endings = ENDINGS
    while True:
        ending = next((each for each in endings if len(words) > len(each) and tuple(words[-len(each) :]) == each), None)
        if ending is None:
            return words
        words = words[: -len(ending)]
        endings = (*ENDINGS, CORPORATION)


def _key(words: tuple[str, ...]) -> str:
    key = "".join(words)
    return "" if key in NO_SUPPLIER or not any(letter.isalpha() for letter in key) else key
