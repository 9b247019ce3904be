"""How often the suggested category and kind are the right ones, on needs whose labels are known."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from procurement.matching.classify import Classification, Hint
from procurement.matching.evaluation.labelled import Labelled, LabelledFileError
from procurement.matching.evaluation.metrics import ratio
from procurement.matching.items import Item


@dataclass(frozen=True, slots=True)
class Labels:
    """The category (a slug) and the kind of an item; "" where it has no label."""

    category: str
    kind: str


@dataclass(frozen=True, slots=True)
class Accuracy:
    """``first`` and ``among`` are the shares of ``labelled`` items whose label is the first suggestion and one of
    those made, ``silent`` the number of them without any, ``shown`` the suggestions an item on average.
    """

    labelled: int
    first: float
    among: float
    silent: int
    shown: float


@dataclass(frozen=True, slots=True)
class Judged:
    """An item with its label and what was suggested for it."""

    item: Item
    label: str
    hints: tuple[Hint, ...]

    @property
    def place(self) -> int | None:
        """Where among the suggestions the label stands, from 0; None where it is none of them."""
        codes = [hint.code for hint in self.hints]
        return codes.index(self.label) if self.label in codes else None


def labels(labelled: Labelled, of_groups: Mapping[str, Labels]) -> dict[str, Labels]:
    """Return the labels of each item id: what the file says of the item, else what is said of its true group."""
    found = {}
    for item in labelled.items:
        group = of_groups.get(labelled.gold[item.id], Labels("", ""))
        kind = (item.kind or group.kind).replace("_", "-").lower()
        found[item.id] = Labels(item.category or group.category, kind)
    return found


def of_groups(path: Path) -> dict[str, Labels]:
    """Read labels of true groups: CSV with the columns cluster, category, kind. Raises ``LabelledFileError``."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {row["cluster"]: Labels(row["category"], row["kind"]) for row in csv.DictReader(file)}
    except OSError as error:
        raise LabelledFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (KeyError, UnicodeDecodeError) as error:
        raise LabelledFileError(
            f"{path} is no file of labels: columns cluster, category and kind are needed."
        ) from error


def judged(
    items: Iterable[Item], known: Mapping[str, Labels], suggested: Mapping[str, Classification], what: str
) -> list[Judged]:
    """Return every item that has a label of ``what``, "category" or "kind"."""
    return [
        Judged(item, label, suggested[item.id].categories if what == "category" else suggested[item.id].kinds)
        for item in items
        if (label := getattr(known[item.id], what))
    ]


def accuracy(found: Sequence[Judged]) -> Accuracy:
    """Measure the suggestions of items that have a label."""
    return Accuracy(
        labelled=len(found),
        first=ratio(sum(each.place == 0 for each in found), len(found)),
        among=ratio(sum(each.place is not None for each in found), len(found)),
        silent=sum(not each.hints for each in found),
        shown=ratio(sum(len(each.hints) for each in found), len(found)),
    )
