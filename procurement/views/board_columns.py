"""The board's list as a table: what stands in the columns of its CSV and its workbook, by the values of the page."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from procurement.queries.published_notice import NamedBorough, PublicFigure, PublishedNotice

Value = str | int | date | None


def _end(figure: PublicFigure | None, end: str) -> int | None:
    """An exact total stands in both columns; of a band, low ≤ total < high."""
    if figure is None:
        return None
    return getattr(figure, end) if figure.value is None else figure.value


def _day(at: datetime | None) -> date | None:
    return timezone.localtime(at).date() if at else None


# Heading → value. One row a notice.
NOTICE: Mapping[str, Callable[[PublishedNotice], Value]] = {
    "reference": lambda notice: notice.reference,
    "version": lambda notice: notice.number,
    "title": lambda notice: notice.title,
    "status": lambda notice: notice.state_words,
    "kind": lambda notice: notice.kind_words,
    "stage": lambda notice: notice.stage_words,
    "category": lambda notice: notice.category.name if notice.category else None,
    "cpv": lambda notice: "; ".join(notice.cpv),
    "lead": lambda notice: notice.lead.name,
    "boroughs": lambda notice: "; ".join(notice.borough_names),
    "questions_close_date": lambda notice: notice.questions_close_date,
    "closes_date": lambda notice: notice.closes_date,
    "tender_date": lambda notice: notice.tender_date,
    "start_date": lambda notice: notice.start_date,
    "months": lambda notice: notice.months,
    "users_low": lambda notice: _end(notice.users_total, "low"),
    "users_high": lambda notice: _end(notice.users_total, "high"),
    "budget_min_low": lambda notice: _end(notice.budget_min_total, "low"),
    "budget_min_high": lambda notice: _end(notice.budget_min_total, "high"),
    "budget_max_low": lambda notice: _end(notice.budget_max_total, "low"),
    "budget_max_high": lambda notice: _end(notice.budget_max_total, "high"),
    "summary": lambda notice: notice.summary,
    "first_published": lambda notice: _day(notice.first_published_at),
    "this_version_published": lambda notice: _day(notice.published_at),
    "url": lambda notice: settings.SITE_URL + reverse("notice-detail", args=[notice.reference]),
}

# One row for each borough of a notice, to count and to join by.
BOROUGH: Mapping[str, Callable[[PublishedNotice, NamedBorough], Value]] = {
    "reference": lambda notice, borough: notice.reference,
    "title": lambda notice, borough: notice.title,
    "borough": lambda notice, borough: borough.name,
    "official_name": lambda notice, borough: borough.official_name,
    "identifier": lambda notice, borough: borough.org_id,
    "sub_region": lambda notice, borough: borough.sub_region,
    "leads": lambda notice, borough: "yes" if borough.slug == notice.lead.slug else "no",
}


def row(notice: PublishedNotice) -> list[Value]:
    return [value(notice) for value in NOTICE.values()]


def borough_rows(notice: PublishedNotice) -> list[list[Value]]:
    return [[value(notice, borough) for value in BOROUGH.values()] for borough in notice.boroughs]
