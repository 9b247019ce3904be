"""Finding an authority by what people and files call it: "London Borough of Camden", "CAMDEN COUNCIL", "camden"."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from boroughs.models import Borough

# What the 33 are called beside their name and their official name.
LONDON_STYLES = (
    "{} council",
    "{} borough council",
    "{} london borough council",
    "london borough of {}",
    "london borough of {} council",
    "council of the london borough of {}",
    "mayor and burgesses of the london borough of {}",
    "lb {}",
    "lb of {}",
    "royal borough of {}",
    "royal borough of {} council",
    "city of {}",
    "{} city council",
)


@lru_cache(maxsize=20_000)
def key_of(name: str) -> str:
    """The name as it is compared: in small letters, "&" as "and", without "the", points and double spaces."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("&", " and ")
    text = re.sub(r"[.,’'`]", "", text)
    return re.sub(r"\s+", " ", text).strip().removeprefix("the ")


@dataclass(frozen=True)
class AuthorityNames:
    by_key: Mapping[str, Borough]

    def find(self, name: str) -> Borough | None:
        return self.by_key.get(key_of(name))


def authority_names() -> AuthorityNames:
    """All authorities by all their names. One query."""
    by_key: dict[str, Borough] = {}
    boroughs = list(Borough.objects.by_name())
    # A name of its own goes before one that is only a manner of speaking.
    for borough in boroughs:
        for name in filter(None, (borough.name, borough.official_name, borough.slug, borough.ons_code, borough.org_id)):
            by_key.setdefault(key_of(name), borough)
    for borough in boroughs:
        if borough.kind == Borough.Kind.LONDON:
            for name in _styles(borough):
                by_key.setdefault(key_of(name), borough)
    return AuthorityNames(by_key)


def _styles(borough: Borough) -> Iterator[str]:
    if borough.name.startswith("City of "):
        yield from (f"{borough.name} council", f"corporation of {borough.name.removeprefix('City of ')}")
        return
    for name in {borough.name, borough.name.removesuffix(" upon Thames")}:
        for style in LONDON_STYLES:
            yield style.format(name)
