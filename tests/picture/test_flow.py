"""From needs to notices: every need is somewhere on each level that it comes to."""

from procurement.picture.flow import NeedFlow, flow
from tests.picture import made
from tests.picture.test_reckoning import picture


def counted(found: NeedFlow) -> list[list[tuple[str, int]]]:
    return [[(stage.name, int(stage.needs)) for stage in level] for level in found.levels]


def test_levels_tell_what_becomes_of_needs() -> None:
    assert counted(flow(picture())) == [
        [("Open needs", 8)],
        [("In a joint demand", 5), ("In none", 3)],
        [("Confirmed by an analyst", 3), ("Suggested", 2)],
        [("Led by a borough", 3), ("Led by nobody yet", 2)],
        [("With a notice on the board", 3), ("Without a notice", 2)],
    ]


def test_what_flows_out_of_a_stage_is_what_is_in_it() -> None:
    found = flow(picture())

    for level in found.levels[:-1]:
        for stage in level:
            out = [need for step in found.steps if step.source == stage.name for need in step.needs.needs]
            assert sorted(out) == ([] if stage.name == "In none" else list(stage.needs.needs))
    for level in found.levels[1:]:
        for stage in level:
            into = [need for step in found.steps if step.target == stage.name for need in step.needs.needs]
            assert sorted(into) == list(stage.needs.needs)


def test_notice_before_anybody_leads_is_no_ladder() -> None:
    held = made.london(
        made.need(1), made.need(2, "brent"), demands=[made.demand(1, [1, 2])], notices=(made.notice(1, 1),)
    )

    steps = {(step.source, step.target): int(step.needs) for step in flow(made.frozen(held)).steps}

    assert steps["Led by nobody yet", "With a notice on the board"] == 2
    assert steps["Led by a borough", "With a notice on the board"] == 0
