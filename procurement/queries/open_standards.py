"""The register of open standards that a common requirement can name (procurement/data/open_standards.csv)."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parents[1] / "data" / "open_standards.csv"


@dataclass(frozen=True)
class OpenStandard:
    code: str
    name: str
    # What it does, in a few words.
    purpose: str
    owner: str
    # How people write it, in lower case.
    also: tuple[str, ...]


@cache
def register() -> dict[str, OpenStandard]:
    """By code, in the order of the file."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: OpenStandard(
                row["code"], row["name"], row["purpose"], row["owner"], tuple(row["also"].split("|"))
            )
            for row in csv.DictReader(file)
        }


def named(codes: Iterable[str]) -> tuple[OpenStandard, ...]:
    """Those of the codes that the register has, in the order of the register."""
    wanted = set(codes)
    return tuple(each for code, each in register().items() if code in wanted)


def suggested(texts: Iterable[str]) -> tuple[str, ...]:
    """Codes of the standards that these texts mention, in the order of the register."""
    said = "\n".join(texts).lower()
    return tuple(code for code, each in register().items() if _pattern(each).search(said))


@cache
def _pattern(standard: OpenStandard) -> re.Pattern[str]:
    longest_first = sorted(standard.also, key=len, reverse=True)
    return re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
