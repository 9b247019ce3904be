"""One category across London as a PDF: what is drawn in its chapters."""

from collections import Counter

from procurement.charts import bar, tiles
from procurement.charts.bar import Bar
from procurement.charts.tiles import Cell
from procurement.pdf.parts import Figure
from procurement.picture.category_share import Share, quarter_words, quarters, share_of
from procurement.picture.facts import Frozen
from procurement.picture.one_report import OneReport


def figures(frozen: Frozen, report: OneReport) -> dict[str, Figure]:
    """The drawings by the keys of their chapters."""
    share = share_of(frozen, report.subject, report.telling)
    drawn = {"authorities": _map(share)} if share.needs else {}
    if ends := quarters(share):
        bars = [Bar(quarter_words(first), int(each)) for first, each in ends]
        title = "Bar chart: present contracts that end, by quarter"
        drawn["timing"] = Figure("Present contracts that end, by quarter", bar.svg(bars, title=title))
    return drawn


def _map(share: Share) -> Figure:
    counted = Counter(need.borough for need in share.needs)
    london = (each for each in share.authorities if each.is_london)
    cells = [Cell(*spot, counted[each.slug]) for each, spot in tiles.spots(london)]
    title = f"Map of London in tiles: open needs of each authority in {share.category.name}"
    return Figure("Open needs of each authority", tiles.svg(cells, title=title, unit="Open needs"), look="map")
