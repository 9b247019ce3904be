"""A need that the coach has nothing to say about, and what it says of one that differs in some fields."""

from dataclasses import replace
from typing import Any

from boroughs.actions.need_content import NeedContent, RequirementLine
from boroughs.forms.coaching import Advice, advice
from boroughs.models import Requirement

PLAIN = NeedContent(
    title="Housing repairs",
    problem="One repair visit in five finds nobody at home. Tenants wait in for a day and then ring to ask.",
    users_description="60 repairs officers, and tenants who report a fault.",
    description="Nine of ten visits find the tenant at home by March 2028.",
    requirements=(
        RequirementLine("Send the tenant a text an hour before the visit."),
        RequirementLine("Show each officer the day's visits on a phone.", Requirement.Priority.SHOULD),
    ),
)


def said(code: str, content: NeedContent = PLAIN, products: tuple[str, ...] = (), **changed: Any) -> list[Advice]:
    return [each for each in advice(replace(content, **changed), products=products) if each.code == code]


def quotes(code: str, **changed: Any) -> list[str]:
    return [each.quote for each in said(code, **changed)]


def must(*texts: str) -> tuple[RequirementLine, ...]:
    return tuple(RequirementLine(text) for text in texts)


def should(*texts: str) -> tuple[RequirementLine, ...]:
    return tuple(RequirementLine(text, Requirement.Priority.SHOULD) for text in texts)
