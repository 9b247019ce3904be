"""When the boroughs of a joint demand could start together: every start, one of them in full, and what-ifs."""

from datetime import date

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.charts import columns, drawing
from procurement.charts import timeline as lanes
from procurement.charts.drawing import Svg, Table
from procurement.forms.joint_start import JointStartForm, as_parameter
from procurement.models import JointDemand
from procurement.picture.terms import RULES
from procurement.queries.disclosure_rule import disclosure_rule
from procurement.queries.joint_start import timing
from procurement.queries.timeline import Timeline, timeline

ASKED = ("start", "borough", "end_day", "end_month", "end_year")


@require_GET
def demand_timeline(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    row = get_object_or_404(JointDemand, reference=reference)
    if row.status == JointDemand.Status.RETIRED:
        return redirect("demand-detail", row.reference)
    found = timing(row, user, today=timezone.localdate())
    is_asked = any(name in request.GET for name in ASKED)
    form = JointStartForm(request.GET if is_asked else None, months=found.months, members=found.members)
    shown = timeline(found, month=form.month(), what_if=form.what_if())
    form.offer(point.month for point in shown.curve)
    return render(
        request,
        "procurement/timeline/page.html",
        {
            "demand": row,
            "shown": shown,
            "form": form,
            "rules": RULES,
            "least": disclosure_rule().minimum_contributors,
            "curve": _curve(shown),
            "lanes": _lanes(shown),
            # For links to other starts, which keep the what-if.
            "what_if": _what_if(request.GET) if shown.moved else "",
            # A start that only holds if a contract ended otherwise is nothing to agree on.
            "for_terms": as_parameter(shown.chosen.month) if found.may_set_terms and not shown.moved else "",
            "choices": [(each, as_parameter(each.best)) for each in shown.choices],
            "waves": [(each, as_parameter(each.month)) for each in shown.waves],
        },
    )


def _what_if(asked: QueryDict) -> str:
    kept = QueryDict(mutable=True)
    for name in ASKED[1:]:
        kept[name] = asked.get(name, "")
    return f"&{kept.urlencode()}"


def _curve(shown: Timeline) -> dict[str, Svg | Table] | None:
    """How many could join each start, drawn wide and narrow, and as a table; None where no figure may be told."""
    parts: dict[str, list[int]] = {}
    if shown.members:
        parts["Without extra cost"] = [point.fitting for point in shown.curve]
        parts["With a bridge or double running"] = [point.costing for point in shown.curve]
    if any(point.hidden for point in shown.curve):
        parts["Boroughs whose dates you do not see"] = [point.hidden or 0 for point in shown.curve]
    if not parts:
        return None
    counts = zip(*parts.values(), strict=True)
    points = [columns.Column(point.month, each) for point, each in zip(shown.curve, counts, strict=True)]
    title, marked = "How many boroughs could join each start", shown.chosen.month if shown.members else None
    wide, narrow = (
        columns.svg(points, list(parts), title=title, marked=marked, width=width)
        for width in (drawing.WIDE, drawing.NARROW)
    )
    return {"wide": wide, "narrow": narrow, "table": columns.rows(points, list(parts))}


def _lanes(shown: Timeline) -> dict[str, Svg | Table] | None:
    """The present contracts, the first to end first; None where none is known."""
    starts = {each.slug: each.terms.start_date if each.terms else None for each in shown.members}
    rows = [row for row in (*shown.chosen.joining, *shown.chosen.others) if row.ends]
    if not rows:
        return None
    bars = [
        lanes.Lane(row.name, starts[row.slug] or date.min, row.ends, row.latest_end)
        for row in sorted(rows, key=lambda row: (row.ends or date.max, row.name))
        if row.ends
    ]
    wide, narrow = (
        lanes.svg(
            bars,
            title="When the present contracts end",
            description="A dashed part is what options to extend would add.",
            today=shown.today,
            start=shown.chosen.month,
            width=width,
        )
        for width in (drawing.WIDE, drawing.NARROW)
    )
    ends = [(bar.label, _day(bar.end), _day(bar.latest or bar.end)) for bar in bars]
    return {"wide": wide, "narrow": narrow, "table": Table(("Borough", "Ends", "With all options"), ends)}


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
