"""Advice about products and suppliers that are prescribed where an outcome would do.

Evidence is what the need itself says, and the names that a caller knows.
"""

import re
from collections.abc import Iterator

from boroughs.forms.coaching_text import Found, Piece, Told, word_list, words
from boroughs.models import Need

# A line that says one of these speaks of a system that stays or that data comes from: its name belongs there.
STAYS = re.compile(
    r"\b(?:import|export|migrat|integrat|interfac|connect|link|sync|feed|transfer|convert|conversion|replac|read-only|exit|"
    r"histor|archiv|existing|current|present|legacy|old|apis?\b|compatib|alongside|single sign|works? with)",
    re.IGNORECASE,
)
TOWARDS = frozenset(["from", "to", "with", "into", "onto", "between", "via", "by", "against"])
LIKE = (("such", "as"), ("for", "example"))
SAME = frozenset(["equivalent", "equal", "similar"])
CUES = SAME | {"as", "example", "e.g"}
NO_PRODUCTS = word_list("no_products")
NO_BRANDS = word_list("no_brands")
# An inner capital, as brands have it: ServiceNow, iTrent.
BRAND = re.compile(r"[A-Za-z]*[a-z]{2}[A-Z][A-Za-z]*|[a-z][A-Z][a-z]{3,}[A-Za-z]*")
# Of these there is nothing to advise: they are for a product that is there.
OF_A_PRODUCT = frozenset([Need.Kind.LICENCES, Need.Kind.HOSTING, Need.Kind.SUPPORT, Need.Kind.CONSULTANCY])
# The longest name that is looked up, in words.
LONGEST = 4
# Letters of an acronym: what has more of them, all capitals, is a name.
LONGEST_ACRONYM = 5


def prescribed(told: Told) -> Iterator[Found]:
    if told.content.kind in OF_A_PRODUCT:
        return
    name = next(known_in(told.content.title, told.words["title"], told), None)
    if name is not None:
        why = "The title names a product or supplier, and boroughs that use another one will not see their need in it."
        fix = "Say what people do with it, for example “Housing repairs and rents system”."
        yield Found("product_in_title", "title", name.text, name.start, why, fix)
    for name in as_example(told.texts["description"], told.words["description"]):
        yield _found("description", name)
    told_of: set[str] = set()
    for line in told.lines:
        found = words(line.text)
        names = [*known_in(line.text, found, told), *as_example(line.text, found)]
        names += branded(found) if line.is_must else ()
        first = min(names, key=lambda name: name.start, default=None)
        if first is not None and first.text not in told_of and not stays(line.text, first):
            told_of.add(first.text)
            yield _found("requirements", first, line.start)


def known_in(text: str, found: list[Piece], told: Told) -> Iterator[Piece]:
    """Names that the need or the caller knows, where they are written like one: with a capital."""
    position = 0
    while position < len(found):
        length = _length_of_name(found[position : position + LONGEST], told)
        if length and not _goes_on(text, found[position + length - 1 : position + length + 1], length):
            name = _product(text, found[position : position + length])
            if name is not None:
                yield name
        position += max(length, 1)


def as_example(text: str, found: list[Piece]) -> Iterator[Piece]:
    """The name in "such as X", "for example X", "X or equivalent"."""
    for position in range(1, len(found)):
        word = found[position].text.lower()
        if word in CUES:
            name = _after(text, found, position) or _before(text, found, position)
            if name is not None:
                yield name


def branded(found: list[Piece]) -> Iterator[Piece]:
    for word in found:
        if len(word.text) > 4 and BRAND.fullmatch(word.text) and word.text.lower() not in NO_BRANDS:
            yield word


def stays(line: str, name: Piece) -> bool:
    """Whether the line names it as what the new thing has to live with, and not as what is wanted."""
    before = line[: name.start].split()
    return STAYS.search(line) is not None or (bool(before) and before[-1].lower() in TOWARDS)


def _length_of_name(some: list[Piece], told: Told) -> int:
    """How many of the words are one name; 0 where they begin none."""
    if not any(word.has_capital for word in some):
        return 0
    for length in range(len(some), 0, -1):
        name = " ".join(word.text for word in some[:length])
        # The capital at the start of a sentence proves nothing of a word that may be an ordinary one, unless the need
        # itself says that such a product is in use.
        is_proven = any(map(str.isupper, name[1:])) or (some[0].has_capital and not some[0].is_first)
        if (is_proven and name.lower() in told.products) or (some[0].has_capital and name.lower() in told.incumbents):
            return length
    return 0


def _goes_on(text: str, last_and_next: list[Piece], length: int) -> bool:
    """Whether a single word is part of a longer name: "Enforcement" of the Enforcement Conduct Board is no product."""
    if length > 1 or len(last_and_next) < 2:
        return False
    last, following = last_and_next
    return following.text[0].isupper() and not following.text.isupper() and text[last.end : following.start] == " "


def _after(text: str, found: list[Piece], position: int) -> Piece | None:
    is_cue = (found[position - 1].text.lower(), found[position].text.lower()) in LIKE
    if not is_cue and found[position].text.lower() != "e.g":
        return None
    name: list[Piece] = []
    for word in found[position + 1 : position + 1 + LONGEST]:
        if not word.has_capital or (name and text[name[-1].end : word.start] != " "):
            break
        name.append(word)
    return None if _is_acronym(name) else _product(text, name)


def _before(text: str, found: list[Piece], position: int) -> Piece | None:
    if found[position - 1].text.lower() != "or" or found[position].text.lower() not in SAME:
        return None
    name: list[Piece] = []
    for word in reversed(found[max(0, position - 1 - LONGEST) : position - 1]):
        if not word.has_capital or (name and text[word.end : name[0].start] != " "):
            break
        name.insert(0, word)
    return None if _is_acronym(name) else _product(text, name)


def _is_acronym(name: list[Piece]) -> bool:
    return all(word.text.isupper() and len(word.text) <= LONGEST_ACRONYM for word in name)


def _product(text: str, name: list[Piece]) -> Piece | None:
    """The words as one name; None where they are a place or a standard."""
    if not name or any(word.text.lower() in NO_PRODUCTS for word in name):
        return None
    return Piece(text[name[0].start : name[-1].end], name[0].start, name[-1].end)


def _found(field: str, name: Piece, offset: int = 0) -> Found:
    return Found(
        "product",
        field,
        name.text,
        offset + name.start,
        "This names a product or supplier where an outcome would do, and those with another one stay away.",
        "Say what it has to achieve, for example “sends text messages from our own number”.",
    )
