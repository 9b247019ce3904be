"""Suggestions of category, kind and CPV codes for what a need says, in the words of the platform's categories."""

from dataclasses import dataclass

from boroughs.actions.need_content import NeedContent
from boroughs.models import Category, Need
from procurement.matching import Config, Item
from procurement.matching.classify import Classifier, Hint
from procurement.matching.embed import Embedder


@dataclass(frozen=True)
class Suggested:
    """`code` is the category's slug or the need's kind, as the form takes it."""

    code: str
    name: str
    # In words, without a full stop.
    reason: str


@dataclass(frozen=True)
class ClassificationHints:
    """Three of each at most, the likeliest first; empty where the text speaks for none."""

    categories: tuple[Suggested, ...]
    kinds: tuple[Suggested, ...]
    cpv: tuple[str, ...]


@dataclass(frozen=True)
class _Kept:
    config: Config
    model: str
    classifier: Classifier


# The one for the categories that this process has met last: building one embeds them all.
_kept: list[_Kept] = []


def classification_hints(content: NeedContent, *, config: Config, embedder: Embedder | None) -> ClassificationHints:
    """What the text of `content` suggests; the category and the kind that it has are not read. One query."""
    found = _classifier(config, embedder).classify(_item(content))
    slugs = [hint.code for hint in found.categories]
    known = {category.slug: category for category in Category.objects.filter(slug__in=slugs)}
    return ClassificationHints(
        categories=tuple(
            Suggested(hint.code, known[hint.code].name, hint.reason) for hint in found.categories if hint.code in known
        ),
        kinds=tuple(_kind(hint) for hint in found.kinds),
        # All codes of a category, where the matcher knows its first one.
        cpv=tuple(dict.fromkeys(code for slug in slugs if slug in known for code in known[slug].cpv)),
    )


def _classifier(config: Config, embedder: Embedder | None) -> Classifier:
    model = embedder.name if embedder else ""
    if not _kept or (_kept[0].config, _kept[0].model) != (config, model):
        _kept[:] = [_Kept(config, model, Classifier(config, embedder))]
    return _kept[0].classifier


def _item(content: NeedContent) -> Item:
    return Item(
        id="",
        owner="",
        title=content.title,
        problem=content.problem,
        description="\n".join(part for part in (content.users_description, content.description) if part),
        requirements=tuple(line.text for line in content.requirements),
        incumbent=content.incumbent,
    )


def _kind(hint: Hint) -> Suggested:
    kind = Need.Kind(hint.code.replace("-", "_").upper())
    return Suggested(kind.value, kind.label, hint.reason)
