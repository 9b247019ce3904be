"""The quality coach: what would make a need easier to recognise and to answer. Advice, never a barrier.

A pure function of what the need says. It reports nothing rather than something doubtful: advice that is wrong costs the
trust that the rest of it lives on.
"""

from collections.abc import Collection
from dataclasses import dataclass

from boroughs.actions.need_content import NeedContent
from boroughs.forms import coaching_content, coaching_lines, coaching_products, coaching_words
from boroughs.forms.coaching_text import FIELDS, Told
from boroughs.forms.need_sections import OF_FIELD

KINDS = (
    coaching_content.problem,
    coaching_content.users,
    coaching_content.outcome,
    coaching_lines.musts,
    coaching_lines.wishes,
    coaching_words.reading_age,
    coaching_products.prescribed,
    coaching_words.vague,
    coaching_words.jargon,
    coaching_words.acronyms,
)


@dataclass(frozen=True)
class Advice:
    """One piece of advice about one piece of text."""

    # What kind it is: "solution_first", "vague" …
    code: str
    # The section of the form by its slug, and the field in it; "requirements" for the lines.
    section: str
    field: str
    # What it is about, exactly as it was typed; "" where something is absent.
    quote: str
    # One sentence: what, and why it matters.
    words: str
    # One sentence: what to do instead.
    fix: str


def advice(content: NeedContent, *, products: Collection[str] = ()) -> tuple[Advice, ...]:
    """Every piece of advice, as the form runs: by field, in the order of the text; what is absent comes first.

    `products` are names of products and suppliers that the caller knows, in any case of letters.
    """
    told = Told(content, frozenset(name.lower() for name in products))
    found = [each for kind in KINDS for each in kind(told)]
    found.sort(key=lambda each: (FIELDS.index(each.field), each.at))
    return tuple(
        Advice(each.code, OF_FIELD[each.field].slug, each.field, each.quote, each.words, each.fix) for each in found
    )
