"""The charts of the demand picture, each with the same figures as a table: for the page and for the report."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Sized
from datetime import date
from typing import NamedTuple

from boroughs.templatetags.formatting import count, day, month
from procurement.charts import bar, drawing, flow, heat, stages, tiles, timeline
from procurement.charts.bar import Bar
from procurement.charts.drawing import Svg, Table
from procurement.charts.flow import Flow, Node
from procurement.charts.stages import Place
from procurement.charts.tiles import Cell
from procurement.charts.timeline import Lane
from procurement.picture.figures import (
    AreaFigures,
    AuthorityFigures,
    CategoryFigures,
    DemandFigures,
    QuarterFigures,
)
from procurement.picture.flow import NeedFlow
from procurement.picture.market import Market
from procurement.picture.windows import Windows
from procurement.queries.demand_picture import DemandPicture, PictureDemand
from procurement.queries.joint_demand import ContractEnds, TilePlace
from procurement.queries.listed_standings import ListedStanding
from procurement.queries.picture_rows import BoroughRow

BARS = 12
# Joint demands of so many authorities or more share one bar.
WIDEST = 6


# Of the picture of this moment, and of a snapshot.
Authority = BoroughRow | AuthorityFigures


class Chart(NamedTuple):
    svg: Svg
    table: Table
    # The same, drawn for phones; "" where one drawing serves both.
    narrow: str = ""


def borough_map(rows: Sequence[Authority], *, address: Callable[[str], str] | None = None) -> Chart:
    """Needs logged by each of the 33. `address` gives the link of a borough's slug."""
    cells = [
        Cell(*spot, int(row.needs), href=address(row.slug) if address and int(row.matched) else "")
        for row, spot in tiles.spots(row for row in rows if row.is_london)
    ]
    return Chart(
        tiles.svg(cells, title="Map of London in tiles: open needs of each authority", unit="Open needs"),
        tiles.rows(cells, head=("Authority", "Open needs")),
    )


def category_bars(rows: Sequence[CategoryFigures]) -> Chart:
    """The categories with most needs in joint demands."""
    most = sorted(rows, key=lambda row: (-int(row.matched), row.name))[:BARS]
    bars = [Bar(row.name, int(row.matched)) for row in most if int(row.matched)]
    title = "Bar chart: needs in joint demands, by category"
    return Chart(
        bar.svg(bars, title=title),
        bar.rows(bars, head=("Category", "Needs in joint demands")),
        narrow=bar.svg(bars, title=title, width=drawing.NARROW),
    )


def width_bars(demands: Sequence[DemandFigures]) -> Chart:
    """How many joint demands bring together two, three, four, five, and six or more authorities."""
    widths = [min(len(demand.boroughs), WIDEST) for demand in demands]
    bars = [Bar(_width(width), widths.count(width)) for width in sorted(set(widths))]
    return Chart(
        bar.svg(bars, title="Bar chart: joint demands, by the number of authorities in them", width=560),
        bar.rows(bars, head=("Authorities", "Joint demands")),
    )


def area_heat(rows: Sequence[AreaFigures], boroughs: Sequence[Authority]) -> Chart:
    """Areas of work against authorities."""
    values = {
        (borough.name, row.area): float(int(row.by_borough[at])) for row in rows for at, borough in enumerate(boroughs)
    }
    names = [borough.name for borough in boroughs if borough.is_london or int(borough.needs)]
    areas = [row.area for row in rows]
    return Chart(
        heat.svg(names, areas, values, title="Open needs by authority and area of work"),
        heat.rows(names, areas, values, corner="Authority"),
    )


def quarter_bars(quarters: Sequence[QuarterFigures]) -> Chart:
    """How many present contracts of open needs end in each quarter."""
    bars = [Bar(quarter(each.first_day), int(each.ends)) for each in quarters]
    title = "Bar chart: present contracts of open needs that end, by quarter"
    return Chart(
        bar.svg(bars, title=title),
        bar.rows(bars, head=("Quarter", "Contracts that end")),
        narrow=bar.svg(bars, title=title, width=drawing.NARROW),
    )


def need_flow(needs: NeedFlow) -> Chart:
    """What becomes of open needs, from joint demands to notices."""
    levels = [[Node(stage.name, int(stage.needs), stage.goes_on) for stage in level] for level in needs.levels]
    steps = [Flow(step.source, step.target, int(step.needs)) for step in needs.steps]
    title = "What becomes of open needs"
    return Chart(
        flow.svg(levels, steps, title=title),
        flow.rows(steps, head=("From", "To", "Needs")),
        narrow=flow.svg(levels, steps, title=title, width=drawing.NARROW),
    )


def concentration_bars(market: Market) -> Chart:
    """Of the categories of most value, how much of it is with the three largest suppliers."""
    most = [each for each in market.categories if each.first_three.value is not None][:BARS]
    bars = [Bar(each.name, int(each.first_three), f"{int(each.first_three)}%") for each in most]
    title = "Bar chart: share of value with the three largest suppliers, by category"
    return Chart(
        bar.svg(bars, title=title),
        bar.rows(bars, head=("Category", "With the three largest suppliers")),
        narrow=bar.svg(bars, title=title, width=drawing.NARROW),
    )


def start_lanes(windows: Windows, *, today: date, address: Callable[[str], str] | None = None) -> Chart:
    """From the first step of each joint purchase to the best start, what is due first coming first."""
    lanes = [
        Lane(
            f"{each.reference} {each.title}",
            each.begin_by,
            each.start,
            href=address(each.reference) if address else "",
        )
        for each in windows.rows
    ]
    shown, title = lanes[: timeline.LANES], "From the beginning of joint purchases to their best start"
    return Chart(
        timeline.svg(shown, title=title, today=today),
        Table(("Joint demand", "Begin by", "Start"), [(lane.label, day(lane.start), day(lane.end)) for lane in lanes]),
        narrow=timeline.svg(shown, title=title, today=today, width=drawing.NARROW),
    )


def demand_map(picture: DemandPicture, demands: Sequence[PictureDemand], *, address: Callable[[str], str]) -> Chart:
    """How many of these joint demands each of the 33 has a need in; each leads to its own."""
    counted = Counter(slug for demand in demands for slug in demand.borough_slugs)
    cells = [
        Cell(*spot, counted[row.slug], href=address(row.slug) if counted[row.slug] else "")
        for row, spot in tiles.spots(row for row in picture.boroughs if row.is_london)
    ]
    return Chart(
        tiles.svg(cells, title="Map of London in tiles: joint demands of each authority", unit="Joint demands"),
        tiles.rows(cells, head=("Authority", "Joint demands")),
    )


def decision_lanes(
    demands: Sequence[PictureDemand],
    standings: Mapping[str, ListedStanding],
    *,
    address: Callable[[str], str],
    today: date,
) -> Chart | None:
    """By when the boroughs decide, the next first; None where no date is set."""
    due = sorted(
        (standing.decision_date, demand.reference, demand.title)
        for demand in demands
        if (standing := standings.get(demand.reference)) and standing.decision_date and standing.decision_date >= today
    )
    if not due:
        return None
    lanes = [Lane(f"{reference} {title}", today, end, href=address(reference)) for end, reference, title in due]
    title = "By when boroughs decide on joint demands"
    return Chart(
        timeline.svg(lanes[: timeline.LANES], title=title, today=today),
        Table(("Joint demand", "Decision by"), [(lane.label, day(lane.end)) for lane in lanes]),
        timeline.svg(lanes[: timeline.LANES], title=title, today=today, width=drawing.NARROW),
    )


def stage_map(places: Sequence[TilePlace]) -> Chart:
    """Where each of the 33 stands on a joint demand."""
    drawn = [
        Place(
            abbr=place.abbreviation,
            name=place.name,
            row=place.row,
            col=place.column,
            stage=place.standing.stage if place.standing else "",
            leads=place.standing.leads if place.standing else False,
        )
        for place in places
    ]
    return Chart(stages.svg(drawn, title="Map of London in tiles: where each borough stands"), stages.rows(drawn))


def ends_lanes(ends: ContractEnds, *, today: date) -> Chart:
    """The contract ends that come first, from today on."""
    lanes = [Lane(each.borough, min(today, each.end_date), each.end_date) for each in ends.ends]
    shown, title = lanes[: timeline.LANES], "When present contracts end"
    return Chart(
        timeline.svg(shown, title=title, today=today),
        Table(("Borough", "Contract ends"), [(each.borough, day(each.end_date)) for each in ends.ends]),
        timeline.svg(shown, title=title, today=today, width=drawing.NARROW),
    )


def of_lanes(caption: str, lanes: Sized) -> str:
    """The caption of a timeline, which says where lanes are left out."""
    left_out = len(lanes) > timeline.LANES
    return f"{caption}, the first {timeline.LANES} of {len(lanes)}" if left_out else caption


def quarter(first_day: date) -> str:
    """ "January 2027 to March 2027"."""
    return f"{month(first_day)} to {month(first_day.replace(month=first_day.month + 2))}"


def _width(boroughs: int) -> str:
    return f"{WIDEST} authorities or more" if boroughs == WIDEST else count(boroughs, "authority,authorities")
