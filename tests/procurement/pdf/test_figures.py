"""The charts that the page and the report share: each with a table of what it draws."""

from dataclasses import replace
from datetime import date

from procurement.charts import timeline
from procurement.pdf import figures, picture_chapters
from procurement.picture import reckoning
from procurement.picture.telling import EXACT
from tests.picture import made
from tests.picture.test_reckoning import picture
from tests.procurement.charts.drawn import checked, texts

SHOWN = reckoning.figures(picture())


def test_flow_of_needs_has_every_step_in_its_table() -> None:
    chart = figures.need_flow(SHOWN.flow)

    assert [row[2] for row in chart.table.rows] == [str(int(step.needs)) for step in SHOWN.flow.steps]
    shown = texts(checked(chart.svg))
    for level in SHOWN.flow.levels:
        assert {str(int(stage.needs)) for stage in level} <= {*shown}
    assert texts(checked(chart.narrow))


def test_concentration_is_told_in_per_cent_and_not_where_no_value_is_stated() -> None:
    contracts = (made.contract("A"), made.contract("A", "brent", category="fleet", annual_value=None))
    market = reckoning.figures(made.frozen(made.london(contracts=contracts))).market

    chart = figures.concentration_bars(market)

    assert list(chart.table.rows) == [("Telephony", "100%")]
    assert "100%" in texts(checked(chart.svg))


def test_starts_lead_to_their_joint_demand_where_there_is_an_address() -> None:
    windows = SHOWN.windows
    today = date(2026, 11, 30)

    chart = figures.start_lanes(windows, today=today, address=lambda reference: f"/demands/{reference}/")

    assert len(chart.table.rows) == len(windows.rows) > 0
    assert f'href="/demands/{windows.rows[0].reference}/"' in chart.svg
    assert "href" not in figures.start_lanes(windows, today=today).svg


def test_starts_that_are_left_out_of_the_drawing_are_counted_beside_it() -> None:
    first = SHOWN.windows.rows[0]
    for many, ending in ((timeline.LANES, "the most urgent first"), (timeline.LANES + 1, "the first 16 of 17")):
        windows = replace(SHOWN.windows, rows=tuple(replace(first, reference=f"JD-{at:04}") for at in range(many)))

        told = picture_chapters.context(replace(SHOWN, windows=windows), EXACT)

        assert told["windows_caption"].endswith(ending)
        assert told["windows_chart"].count(">JD-00") == timeline.LANES
