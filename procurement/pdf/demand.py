"""The report of one joint demand as a PDF: what is drawn in its chapters."""

from collections import Counter

from procurement.charts import stages, tiles, timeline
from procurement.charts.stages import Place
from procurement.charts.tiles import Cell
from procurement.charts.timeline import Lane
from procurement.pdf.figures import of_lanes
from procurement.pdf.parts import Figure
from procurement.picture.demand_case import Case, case_of
from procurement.picture.facts import Authority, Frozen
from procurement.picture.one_report import OneReport


def figures(frozen: Frozen, report: OneReport) -> dict[str, Figure]:
    """The drawings by the keys of their chapters."""
    case = case_of(frozen, report.subject, report.telling)
    drawn = {"authorities": _map(case)}
    if case.telling.exact:
        drawn["stands"] = _stages(case)
        if any(need.contract_end_date for need in case.needs):
            drawn["timing"] = _ends(case)
    return drawn


def _map(case: Case) -> Figure:
    counted = Counter(need.borough for need in case.needs)
    cells = [Cell(*spot, counted[each.slug]) for each, spot in tiles.spots(_london(case))]
    title = "Map of London in tiles: needs of each authority in this joint demand"
    return Figure("Needs of each authority in it", tiles.svg(cells, title=title, unit="Needs"), look="map")


def _stages(case: Case) -> Figure:
    stage = {each.borough: each.stage for each in case.stances}
    places = [
        Place(*spot, stage=stage.get(each.slug, ""), leads=each.slug == case.fact.lead)
        for each, spot in tiles.spots(_london(case))
    ]
    drawing = stages.svg(places, title="Map of London in tiles: where each borough stands")
    return Figure("Where each borough stands", drawing, look="map")


def _london(case: Case) -> list[Authority]:
    return [each for each in case.frozen.facts.authorities if each.is_london]


def _ends(case: Case) -> Figure:
    ends = sorted((end, case.names[need.borough]) for need in case.needs if (end := need.contract_end_date))
    lanes = [Lane(name, min(case.day, end), end) for end, name in ends]
    drawing = timeline.svg(
        lanes[: timeline.LANES], title="When present contracts end", today=case.day, start=case.fact.start_date
    )
    return Figure(of_lanes("When present contracts end", lanes), drawing)
