"""Which needs stand behind the totals of which notice; and what stood behind those told before this was kept.

A figure of a version from before migration 0011 has no release, so that no later one is held against it. What stood
behind it is pieced together: who was a member at that moment, from the lineage; which needs were open then; and what
each said, from its revisions. Where they are of the boroughs that the version names and come to what it tells, that is
taken for the truth. Otherwise every need that was a member is written down without an amount, and the release as not
understood: nothing new is told that has to do with it.
"""

import json
from collections import defaultdict
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from boroughs.models.append_only import refuse_changes

_TRIGGERS = refuse_changes("procurement_figurerelease")
_KEYS = {"USERS": "users_total", "BUDGET_MIN": "budget_min_total", "BUDGET_MAX": "budget_max_total"}


def _write_releases(apps: Any, editor: Any) -> None:
    alias = editor.connection.alias
    release = apps.get_model("procurement", "FigureRelease")
    told = set(release.objects.using(alias).values_list("version_id", "quantity"))
    versions = apps.get_model("procurement", "NoticeVersion").objects.using(alias).filter(is_withdrawal=False)
    for version in versions.select_related("notice").order_by("pk").iterator(chunk_size=100):
        content = json.loads(version.canonical)
        figures = {
            quantity: content[key]
            for quantity, key in _KEYS.items()
            if content[key] and "as_at" not in content[key] and (version.pk, quantity) not in told
        }
        if figures:
            named = {borough["slug"] for borough in content["boroughs"]}
            needs = _members_at(apps, alias, version)
            release.objects.using(alias).bulk_create(
                release(version=version, quantity=quantity, **_behind(needs, named, quantity, figure))
                for quantity, figure in figures.items()
            )


def _members_at(apps: Any, alias: str, version: Any) -> list[tuple[Any, dict[str, Any] | None]]:
    """The needs that were members then, each with what it said; None where it was not open."""
    at, demand = version.published_at, version.notice.demand_id
    members = apps.get_model("procurement", "DemandMember").objects.using(alias).filter(demand=demand)
    references = set(members.values_list("need__reference", flat=True))
    later = apps.get_model("procurement", "LineageEvent").objects.using(alias).filter(demand=demand, at__gt=at)
    for event in later.order_by("-at", "-pk"):
        references = references - set(event.joined) | set(event.left)
    needs = apps.get_model("boroughs", "Need").objects.using(alias).filter(reference__in=references)
    return [
        (need, _said(need, at) if _was_open(need, at) else None)
        for need in needs.select_related("borough").prefetch_related("revisions").order_by("pk")
    ]


def _was_open(need: Any, at: Any) -> bool:
    is_begun = need.opened_at is None or need.opened_at <= at
    return is_begun and (need.closed_at is None or need.closed_at > at)


def _said(need: Any, at: Any) -> dict[str, Any]:
    """Its newest revision of before; where none was kept, what it says now."""
    revisions = sorted((each for each in need.revisions.all() if each.at <= at), key=lambda each: each.number)
    return revisions[-1].content if revisions else vars(need)


def _behind(needs: list[Any], named: set[str], quantity: str, figure: dict[str, int]) -> dict[str, Any]:
    low = figure["value"] if "value" in figure else figure["low"]
    high = figure["high"] if "high" in figure else low + 1
    found: dict[str, dict[str, int]] = defaultdict(dict)
    speaking = set()
    for need, said in needs:
        if said is not None and need.borough.slug in named:
            speaking.add(need.borough.slug)
            if amount := _amount(said, quantity):
                found[need.borough.slug][need.reference] = amount
    total = sum(amount for amounts in found.values() for amount in amounts.values())
    if speaking == named and low <= total < high:
        return {"contributions": dict(found), "low": low, "high": high}
    unknown: dict[str, dict[str, int]] = defaultdict(dict)
    for need, _ in needs:
        unknown[need.borough.slug][need.reference] = 0
    return {"contributions": dict(unknown), "low": low, "high": high, "is_understood": False}


def _amount(said: dict[str, Any], quantity: str) -> int | None:
    if quantity == "USERS":
        return said.get("users_count")
    lowest, highest = said.get("budget_min"), said.get("budget_max")
    first, second = (lowest, highest) if quantity == "BUDGET_MIN" else (highest, lowest)
    amount: int | None = second if first is None else first
    if amount is None or said.get("budget_basis") != "PER_YEAR":
        return amount
    return amount * said["months"] // 12 if said.get("months") else None


def _write_told_needs(apps: Any, editor: Any) -> None:
    alias = editor.connection.alias
    told = apps.get_model("procurement", "ToldNeed")
    releases = apps.get_model("procurement", "FigureRelease").objects.using(alias)
    pairs = {
        (notice, need)
        for notice, contributions in releases.values_list("version__notice_id", "contributions").iterator(chunk_size=500)
        for needs in contributions.values()
        for need in needs
    }
    rows = (told(notice_id=notice, need=need) for notice, need in sorted(pairs))
    told.objects.using(alias).bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("boroughs", "0011_coalition_notifications"),
        ("procurement", "0013_rulings_of_the_page"),
    ]

    operations = [
        # SQLite rebuilds the table to change it and loses its triggers on the way.
        migrations.RunPython(_TRIGGERS.reverse_code, _TRIGGERS.code),
        migrations.AddField("figurerelease", "is_understood", models.BooleanField(default=True)),
        migrations.CreateModel(
            name="ToldNeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("need", models.TextField()),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="procurement.notice"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("need", "notice"), name="told_need_once_a_notice"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="noticecontact",
            index=models.Index(
                condition=models.Q(("erased_at__isnull", False)), fields=["erased_at"], name="notice_contact_erased"
            ),
        ),
        migrations.RunPython(_write_releases, migrations.RunPython.noop),
        migrations.RunPython(_write_told_needs, migrations.RunPython.noop),
        refuse_changes("procurement_figurerelease"),
        refuse_changes("procurement_toldneed"),
    ]
