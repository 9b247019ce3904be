"""Whether words could be any borough's, or point to one: its name, its product in use, its money, its contract."""

import re
from collections.abc import Iterable, Sequence

from boroughs.models import Borough, Category, Need
from procurement.matching import brands, text


def _ordinary_words(needs: Iterable[Need]) -> set[str]:
    """Words that these needs write small, and those of the categories."""
    texts = [value for need in needs for value in (need.title, need.problem, need.description, need.users_description)]
    texts += [name.lower() for name in Category.objects.values_list("name", flat=True)]
    return {word for value in texts for word in re.findall(r"\b[a-z]{3,}\b", value)}


class Incumbents:
    """Names of the products and suppliers that the boroughs of these needs use today."""

    def __init__(self, needs: Iterable[Need]) -> None:
        self.brands: set[str] = set()
        self.names: set[str] = set()
        needs = list(needs)
        ordinary = _ordinary_words(needs)
        for need in needs:
            self.brands |= brands.named(need.incumbent)
            parts = [part.strip() for part in re.split(r"[,;/()+]|\band\b", need.incumbent)]
            self.names |= {part for part in parts if len(part) > 2 and not part.islower()}
            # "Northbridge Housing" is Northbridge for short; "Housing" of "Housing Online" is anybody's word.
            firsts = {part.split()[0] for part in parts if part}
            self.names |= {word for word in firsts if len(word) > 2 and word.istitle() and word.lower() not in ordinary}

    def found_in(self, value: str) -> list[str]:
        named = {name for name in self.names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", value, re.IGNORECASE)}
        written = {
            spelling for brand in brands.named(value) & self.brands for spelling in brands.spellings(brand, value)
        }
        longest = named | {word for word in written if not any(word.lower() in name.lower() for name in named)}
        return sorted(longest)


class Neutral:
    """Tells whether a line could be any borough's."""

    _ONE_BOROUGH = re.compile(r"£|\b\d[\d,.]*\s?(?:k|m|million)\b|\bLB[A-Z]{1,3}\b|\bRBKC\b")
    _AGREEMENT = re.compile(
        r"\b(?:contract|agreement|licen[cs]e|ELA|extension|term|support|software)s?\b", re.IGNORECASE
    )
    _END = re.compile(
        r"\b(?:end|ends|ending|expir\w*|finish\w*|runs? out|running out|laps\w*|renew\w*)\b", re.IGNORECASE
    )
    # "Sep 27", "March 2028".
    _MONTH = re.compile(r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? (?:20)?\d\d\b")

    def __init__(self, needs: Sequence[Need]) -> None:
        self.incumbents = Incumbents(needs)
        self.boroughs = text.name_pattern(_borough_names())

    def line(self, value: str) -> bool:
        """A requirement: may name products to work with, but none in use in these boroughs."""
        return not self.why_not(value)

    def why_not(self, value: str) -> str:
        """What in a requirement points to one borough, as a sentence; "" where nothing does."""
        if self.boroughs is not None and self.boroughs.search(value):
            return "It names a borough."
        if self._MONTH.search(value) or (self._AGREEMENT.search(value) and self._END.search(value)):
            return "It tells when something ends or begins, which may be one authority’s contract."
        if self._ONE_BOROUGH.search(value):
            return "It has an amount that may be one authority’s, or names one for short."
        if found := self.incumbents.found_in(value):
            return f"It names what one of the authorities uses today: {', '.join(found)}."
        return ""

    def sentence(self, value: str) -> bool:
        """A sentence of prose: names no product and no year, which one would read as those of today's contract."""
        return self.line(value) and not brands.named(value) and not re.search(r"\b20\d\d\b", value)

    def title(self, value: str, fallback: str) -> str:
        if self.boroughs is not None and self.boroughs.search(value):
            value = fallback or " ".join(self.boroughs.sub("", value).split()) or value
        return value


def _borough_names() -> set[str]:
    names: set[str] = set()
    for name, official_name in Borough.objects.values_list("name", "official_name"):
        names |= {name, official_name}
        # "Kensington" means the Royal Borough as well; "Thames" and "London" mean nobody.
        names.add(re.split(r" and | upon ", name)[0])
    return names - {"London"}
