"""Facts of a large London: 33 authorities with as many needs each as asked for, under titles as people write them."""

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from procurement.picture.facts import Authority, Category, Contract, Demand, Facts, Need, Stance
from tests.picture import made

DATA = Path(__file__).resolve().parents[2] / "boroughs" / "data"
STAGES = ("WATCHING", "INTERESTED", "INTENDING", "COMMITTED")
# Of the needs of one category, so many in a hundred stand in a joint demand, with so many others at the most.
MATCHED = 60
WIDEST = 12
# At the most; a small London has as many as needs.
CONTRACTS_EACH = 30
SUPPLIERS = 40


def london(needs_each: int, *, seed: int = 9) -> Facts:
    """The same facts for the same arguments."""
    rng = random.Random(seed)
    authorities = tuple(_authorities())
    categories = tuple(_categories())
    slugs = [authority.slug for authority in authorities for _ in range(needs_each)]
    rng.shuffle(slugs)
    needs = tuple(_need(rng, number, slug, categories) for number, slug in enumerate(slugs, 1))
    demands = tuple(_demands(rng, needs))
    notices = [made.notice(place, place * 5) for place in range(1, len(demands) // 5 + 1)]
    return made.london(
        *needs,
        demands=demands,
        authorities=authorities,
        categories=categories,
        notices=tuple(notices),
        contracts=tuple(_contracts(rng, min(needs_each, CONTRACTS_EACH), authorities, categories)),
    )


def _authorities() -> Iterator[Authority]:
    with (DATA / "authorities.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield made.authority(row["slug"], name=row["name"])


def _categories() -> Iterator[Category]:
    with (DATA / "categories.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Category(slug=row["slug"], name=row["name"], area=row["area"])


@cache
def _titles() -> tuple[str, ...]:
    lines = (DATA / "demo" / "needs_a.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line)["title"] for line in lines)


def _need(rng: random.Random, number: int, borough: str, categories: Sequence[Category]) -> Need:
    low = rng.randrange(10, 900) * 1_000
    ends = made.MOMENT.date() + timedelta(days=rng.randrange(1_500))
    return made.need(
        number,
        borough,
        category=rng.choice(categories).slug,
        title=rng.choice(_titles()),
        users=rng.randrange(20, 4_000) if rng.random() < 0.8 else None,
        budget_min=low if rng.random() < 0.7 else None,
        budget_max=low * 2,
        budget_basis="WHOLE_LIFE",
        contract_end_date=ends if rng.random() < 0.7 else None,
        incumbent="Present System" if rng.random() < 0.5 else "",
    )


def _contracts(
    rng: random.Random, each: int, authorities: Sequence[Authority], categories: Sequence[Category]
) -> Iterator[Contract]:
    for authority in authorities:
        for number in range(1, each + 1):
            supplier = rng.randrange(SUPPLIERS)
            yield Contract(
                entry=f"CA-{number:03}",
                borough=authority.slug,
                category=rng.choice(categories).slug,
                system=f"System {supplier}",
                supplier=f"supplier {supplier}",
                supplier_name=f"Supplier {supplier} Ltd",
                end_date=made.MOMENT.date() + timedelta(days=rng.randrange(1_500)),
                annual_value=rng.randrange(10, 900) * 1_000,
            )


def _demands(rng: random.Random, needs: Sequence[Need]) -> Iterator[Demand]:
    by_category = defaultdict(list)
    for place, need in enumerate(needs, 1):
        by_category[need.category].append(place)
    number = 0
    for category, places in sorted(by_category.items()):
        left = places[: len(places) * MATCHED // 100]
        while len(left) > 1:
            number += 1
            size = rng.randint(2, WIDEST)
            members, left = left[:size], left[size:]
            yield _demand(rng, number, category, members, needs)


def _demand(rng: random.Random, number: int, category: str, members: Sequence[int], needs: Sequence[Need]) -> Demand:
    confirmed = number % 3 == 0
    boroughs = sorted({needs[place - 1].borough for place in members})
    return made.demand(
        number,
        members,
        title=needs[members[0] - 1].title,
        category=category,
        status="CONFIRMED" if confirmed else "SUGGESTED",
        lead=boroughs[0] if confirmed and number % 2 else "",
        decision_date=date(2027, 3, 31) if confirmed else None,
        stances=tuple(Stance(slug, rng.choice(STAGES), "TENDER") for slug in boroughs) if confirmed else (),
        terms=("case", "records", "portal"),
    )
