"""What a field is that a column of a file may fill, and by which words of its heading a column is known.

Headings are compared by words, so that case, punctuation, small words and short forms make no difference.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

SMALL_WORDS = frozenset({"the", "a", "an", "of", "for", "by", "in", "is", "s", "and", "or", "if", "any"})
# "Annual value (ex VAT)" is the annual value; "VAT" alone is something else.
WITHOUT_VAT = re.compile(r"\b(?:ex|exc|excl|excluding|exclusive of|inc|incl|including|net of|plus) vat\b")
SHORTER = {
    "no": "number",
    "num": "number",
    "nr": "number",
    "ref": "reference",
    "refs": "reference",
    "dept": "department",
    "desc": "description",
    "org": "organisation",
    "organization": "organisation",
    "exp": "expiry",
    "ext": "extension",
    "extensions": "extension",
    "extend": "extension",
    "pa": "annual",
    "yearly": "annual",
    "annum": "annual",
    "suppliers": "supplier",
    "contracts": "contract",
    "months": "month",
    "mths": "month",
    "years": "year",
    "options": "option",
    "codes": "code",
    "starts": "start",
    "ends": "end",
    "expires": "expiry",
    "requirements": "requirement",
}


@dataclass(frozen=True)
class Target:
    """A field. `words` are headings known; a heading with one of `never` in it means something else."""

    name: str
    label: str
    words: tuple[str, ...]
    # text, date, money, months, reference, borough or choice: what the cells are expected to hold.
    kind: str = "text"
    never: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def heading_key(heading: str) -> str:
    """A heading in small letters and without punctuation, by which a confirmed mapping is remembered."""
    text = heading.casefold().replace("p.a.", "pa").replace("&", " and ").replace("’s", "").replace("'s", "")
    return " ".join(re.findall(r"[^\W_]+", text))


@lru_cache(maxsize=4096)
def words_of(heading: str) -> frozenset[str]:
    """The words of a heading that tell something, long forms for short ones."""
    key = heading_key(heading)
    key = WITHOUT_VAT.sub("", key).strip() or key
    words = [SHORTER.get(word, word) for word in key.split() if word not in SMALL_WORDS]
    if "annual" in words and "per" in words:
        words.remove("per")
    return frozenset(words or key.split())
