"""Measures the alignment of requirements on groups of demonstration needs labelled by hand. Reads only; no database."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from statistics import fmean, median
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from procurement.matching.align import BLEND, WITHOUT_MODEL, Alignment, Blend, Line, Requirement, align, lines_of
from procurement.matching.embed import CachingEmbedder, Embedder, EmbedderUnavailable, MiniLmEmbedder, Vectors
from procurement.matching.evaluation.labelled import LabelledFileError, read
from procurement.matching.evaluation.metrics import quality, ratio
from procurement.matching.items import Item

_STANDING: Final = "standing"  # what a line states that is a standing term
_CUTS: Final = tuple(round(0.1 + 0.02 * step, 2) for step in range(31))
_NEEDS, _LINES, _REPEATS = 10, 6, 15  # of the group whose time is taken

Key = tuple[str, str]  # the id of a need and the text of a line in lower case


@dataclass(frozen=True, slots=True)
class Group:
    """Needs of one joint demand, and what each of their lines states; a line may state several things or nothing."""

    needs: tuple[Item, ...]
    states: Mapping[Key, frozenset[str]]

    def stated(self, line: Line) -> frozenset[str]:
        """Return what ``line`` states by its label."""
        return self.states.get(_key(line), frozenset())


@dataclass(slots=True)
class _Tally:
    right: int = 0
    found: int = 0
    true: int = 0

    def add(self, right: int, found: int, true: int) -> None:
        self.right, self.found, self.true = self.right + right, self.found + found, self.true + true


class Command(BaseCommand):
    """The cut is chosen on one half of the groups and the other half is reported, for each way to compare lines."""

    help = "Measure how well the requirements of joint demands are aligned, on labelled groups of demonstration needs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file of labels and the form of the output."""
        parser.add_argument("path", type=Path, nargs="?", help="labelled lines; default: those of the demonstration")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, align, measure, print."""
        halves = _read(options["path"] or _demo() / "alignments.jsonl")
        embedder = self._embedder()
        figures: dict[str, Any] = {
            half: {"groups": len(groups), "lines": sum(len(group.states) for group in groups)}
            for half, groups in halves.items()
        }
        figures["engines"] = {
            name: _tuned(halves, blend, embedder if blend.meaning else None)
            for name, blend in _engines(embedder is not None).items()
        }
        shipped = BLEND if embedder else WITHOUT_MODEL
        figures["shipped"] = {"cut": shipped.cut} | {
            half: measured(groups, shipped, embedder) for half, groups in halves.items()
        }
        figures["speed"] = _speed([*halves["tune"], *halves["report"]], embedder)
        self.stdout.write(json.dumps(figures, indent=2) if options["json"] else _table(figures))

    def _embedder(self) -> Embedder | None:
        try:
            return CachingEmbedder(MiniLmEmbedder(), _Memory())
        except EmbedderUnavailable as error:
            self.stderr.write(self.style.WARNING(f"{error} Words and aspects alone are measured."))
            return None


class _Memory:
    """Keeps vectors while the command runs."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vectors] = {}

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        return {key: self._vectors[key] for key in keys if key in self._vectors}

    def put_many(self, vectors: Mapping[str, Vectors]) -> None:
        self._vectors.update(vectors)


def measured(groups: Iterable[Group], blend: Blend, embedder: Embedder | None) -> dict[str, Any]:
    """Return the quality of the alignment of ``groups``.

    ``pairwise`` counts pairs of lines of different needs that ask for the same. ``common_recall`` is the share of what
    at least half of the owners and two state that was found, ``joint_recall`` the same for two owners or more: found is
    a requirement in which at least half of the lines, and of the owners that should be there at least half and two,
    state it. ``right_shown`` is the share of what was found common or shared in which at least half of the lines, and
    two, state one thing; ``right_firm`` is of the firm ones alone. ``standing`` is about standing terms, by line.
    """
    pairs, standing, common, joint, shown, firm = (_Tally() for _ in range(6))
    for group in groups:
        found = align(group.needs, embedder, blend=blend)
        pairs.add(*_pairs(group, found))
        standing.add(*_standing(group, found))
        owners_of = _true(group)
        several = {thing: owners for thing, owners in owners_of.items() if len(owners) > 1}
        hits = {thing: _is_found(thing, owners, group, found) for thing, owners in several.items()}
        half = [thing for thing, owners in several.items() if 2 * len(owners) >= len(found.owners)]
        joint.add(sum(hits.values()), 0, len(hits))
        common.add(sum(hits[thing] for thing in half), 0, len(half))
        right = {each: _is_right(each, group) for each in _several(found)}
        shown.add(sum(right.values()), len(right), 0)
        firm.add(sum(right[each] for each in right if each.firm), sum(each.firm for each in right), 0)
    return {
        "pairwise": asdict(quality(ratio(pairs.right, pairs.found), ratio(pairs.right, pairs.true))),
        "common_recall": ratio(common.right, common.true),
        "joint_recall": ratio(joint.right, joint.true),
        "right_shown": ratio(shown.right, shown.found),
        "right_firm": ratio(firm.right, firm.found),
        "standing": asdict(quality(ratio(standing.right, standing.found), ratio(standing.right, standing.true))),
        "true_pairs": pairs.true,
        "true_common": common.true,
        "true_joint": joint.true,
        "shown": shown.found,
        "firm": firm.found,
    }


def _several(found: Alignment) -> tuple[Requirement, ...]:
    return (*found.common, *found.shared)


def _key(line: Line) -> Key:
    return line.item, line.text.casefold()


def _pairs(group: Group, found: Alignment) -> tuple[int, int, int]:
    asked = {key: states for key, states in group.states.items() if states and _STANDING not in states}
    true = {frozenset((a, b)) for a, b in combinations(asked, 2) if a[0] != b[0] and not asked[a].isdisjoint(asked[b])}
    proposed = {
        frozenset((_key(a), _key(b)))
        for requirement in _several(found)
        for a, b in combinations(requirement.lines, 2)
        if a.item != b.item
    }
    return len(true & proposed), len(proposed), len(true)


def _standing(group: Group, found: Alignment) -> tuple[int, int, int]:
    true = {key for key, states in group.states.items() if _STANDING in states}
    proposed = {_key(line) for term in found.standing for line in term.lines}
    return len(true & proposed), len(proposed), len(true)


def _true(group: Group) -> dict[str, set[str]]:
    """Return the owners that state each thing."""
    owner_of = {need.id: need.owner for need in group.needs}
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for (need, _), states in group.states.items():
        for thing in states - {_STANDING}:
            owners[thing].add(owner_of[need])
    return dict(owners)


def _is_found(thing: str, owners: set[str], group: Group, found: Alignment) -> bool:
    for requirement in _several(found):
        stating = [line for line in requirement.lines if thing in group.stated(line)]
        enough = len({line.owner for line in stating}) >= max(2.0, len(owners) / 2)
        if enough and 2 * len(stating) >= len(requirement.lines):
            return True
    return False


def _is_right(requirement: Requirement, group: Group) -> bool:
    things = Counter(thing for line in requirement.lines for thing in group.stated(line))
    most = max(things.values(), default=0)
    return most > 1 and 2 * most >= len(requirement.lines)


def _engines(with_model: bool) -> dict[str, Blend]:
    words = {
        "words and aspects": WITHOUT_MODEL,
        "TF-IDF alone": Blend(meaning=0.0, words=1.0, aspects=0.0, names=0.0, cut=0.0),
    }
    if not with_model:
        return words
    return {
        "all": BLEND,
        "without aspects": Blend(meaning=0.8, words=0.1, aspects=0.0, names=0.1, cut=0.0),
        "meaning alone": Blend(meaning=1.0, words=0.0, aspects=0.0, names=0.0, cut=0.0),
        **words,
    }


def _tuned(halves: Mapping[str, Sequence[Group]], blend: Blend, embedder: Embedder | None) -> dict[str, Any]:
    """Choose the cut on the one half, F1 smoothed over neighbouring cuts, and measure both with it."""
    scores = [measured(halves["tune"], replace(blend, cut=cut), embedder)["pairwise"]["f1"] for cut in _CUTS]
    smooth = [fmean(scores[max(place - 1, 0) : place + 2]) for place in range(len(scores))]
    cut = _CUTS[max(range(len(_CUTS)), key=lambda place: (smooth[place], place))]
    return {"cut": cut} | {half: measured(groups, replace(blend, cut=cut), embedder) for half, groups in halves.items()}


def _speed(groups: Sequence[Group], embedder: Embedder | None) -> dict[str, float]:
    """Time one group of ten needs with six lines each, vectors ready, and the model on lines it has not seen."""
    texts = list(dict.fromkeys(line.text for group in groups for need in group.needs for line in lines_of(need)))
    needs = [
        Item(f"S-{number}", f"owner {number}", "", requirements=tuple(texts[number * _LINES : (number + 1) * _LINES]))
        for number in range(_NEEDS)
    ]
    align(needs, embedder)
    spans = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        align(needs, embedder)
        spans.append(time.perf_counter() - began)
    speed = {"milliseconds": round(1000 * median(spans), 2)}
    if embedder:
        fresh = [f"{line} again" for line in texts[:100]]
        began = time.perf_counter()
        embedder.encode(fresh)
        speed["new_lines_per_second"] = round(len(fresh) / (time.perf_counter() - began), 1)
    return speed


def _demo() -> Path:
    return Path(settings.BASE_DIR) / "boroughs" / "data" / "demo"


def _read(path: Path) -> dict[str, list[Group]]:
    """Return the labelled groups of each half; raises ``CommandError``."""
    try:
        rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]
        items = {item.id: item for name in ("needs_a", "needs_b") for item in read(_demo() / f"{name}.jsonl").items}
        grouped: dict[tuple[str, str], list[Any]] = {}
        for row in rows:
            grouped.setdefault((row["half"], row["group"]), []).append(row)
        halves: dict[str, list[Group]] = {"tune": [], "report": []}
        for (half, _), members in sorted(grouped.items()):
            halves[half].append(_group(members, items))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}.") from error
    except LabelledFileError as error:
        raise CommandError(str(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} is not a file of labelled lines: {error!r}.") from error
    if not all(halves.values()):
        raise CommandError(f"{path} has no group in one of the halves, tune and report.")
    return halves


def _group(rows: Sequence[Any], items: Mapping[str, Item]) -> Group:
    needs = tuple(items[row["need"]] for row in rows)
    states: defaultdict[Key, frozenset[str]] = defaultdict(frozenset)
    for row in rows:
        for line in row["lines"]:
            states[row["need"], line["text"].casefold()] |= frozenset(line["states"])
    for need in needs:
        for line in lines_of(need):
            if _key(line) not in states:
                raise CommandError(f"{need.id}: no label for the line {line.text!r}.")
    return Group(needs, dict(states))


def _table(figures: Mapping[str, Any]) -> str:
    tune, report, speed = figures["tune"], figures["report"], figures["speed"]
    lines = [
        f"Cut chosen on {tune['groups']} groups ({tune['lines']} lines), reported on {report['groups']} others "
        f"({report['lines']} lines)",
        f"{'':<18} {'cut':>5} {'precision':>9} {'recall':>7} {'F1':>6} {'common':>7} {'joint':>6} "
        f"{'right':>6} {'firm':>6}",
    ]
    for name, engine in (*figures["engines"].items(), ("as shipped", figures["shipped"])):
        found = engine["report"]
        pairs = found["pairwise"]
        lines.append(
            f"{name:<18} {engine['cut']:>5.2f} {pairs['precision']:>9.3f} {pairs['recall']:>7.3f} {pairs['f1']:>6.3f} "
            f"{found['common_recall']:>7.3f} {found['joint_recall']:>6.3f} {found['right_shown']:>6.3f} "
            f"{found['right_firm']:>6.3f}"
        )
    took = f"{_NEEDS} needs of {_LINES} lines with vectors ready: {speed['milliseconds']:.1f} ms"
    if "new_lines_per_second" in speed:
        took += f"; {speed['new_lines_per_second']:.0f} new lines a second"
    return "\n".join([*lines, took])
