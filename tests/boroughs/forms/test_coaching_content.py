"""The problem before the solution, users named, an outcome that can be measured."""

import pytest

from boroughs.actions.need_content import NeedContent
from tests.boroughs.forms.coached import must, quotes, said


@pytest.mark.parametrize(
    "problem",
    [
        "We want to buy a new housing system.",
        "Procurement of parking enforcement software.",
        "The council requires a new case management system.",
        "Camden Council is looking for a replacement telephony platform.",
        "London Borough of Brent Council needs a portal.",
        "We need to replace Orchard with a cloud product.",
        "To re-tender the managed print contract.",
        "There is a need for a booking tool.",
        "Supply of 400 laptops.",
    ],
)
def test_problem_that_begins_with_the_solution(problem: str) -> None:
    assert quotes("solution_first", problem=f"{problem} The rest is fine.") == [problem]


@pytest.mark.parametrize(
    "problem",
    [
        "We need to know which homes are damp before winter.",
        "We want tenants to be safe in their homes.",
        "The council needs to answer 400 more calls a day.",
        "Officers buy what they need on their own cards. We want to buy a system.",
        "Supply chains of the present makers have broken down.",
        "Our website runs on a content system written in 2012.",
    ],
)
def test_problem_that_begins_with_the_problem(problem: str) -> None:
    assert not said("solution_first", problem=problem)


def test_problem_that_is_missing() -> None:
    (found,) = said("problem_missing", problem=" \n")
    assert (found.field, found.quote) == ("problem", "")


def test_users_that_nobody_names_anywhere() -> None:
    content = NeedContent(
        title="Cameras", problem="Footage is poor at night.", description="12 cameras that see at night."
    )
    (found,) = said("users_missing", content)
    assert (found.section, found.field, found.quote) == ("users", "users_description", "")
    assert not said("users_missing", content, problem="Officers cannot read number plates at night.")
    assert not said("users_missing", content, users_description="Control room")


@pytest.mark.parametrize("typed", ["Users", "everyone.", "TBC", "Council-wide", "all users", "N/A"])
def test_users_that_are_not_named(typed: str) -> None:
    assert quotes("users_vague", users_description=typed) == [typed]


@pytest.mark.parametrize(
    "outcome",
    [
        "Residents get answers faster and officers have better information.",
        "One place where officers and tenants see what was promised and what was done.",
        "The register must meet WCAG 2.2 AA and ISO 27001 and show officers what was promised to tenants.",
    ],
)
def test_outcome_without_a_figure(outcome: str) -> None:
    assert said("outcome_unmeasured", description=outcome, requirements=())


@pytest.mark.parametrize(
    "outcome",
    [
        "Calls answered in 30 seconds on average, and fewer complaints: 20 a month in place of 90.",
        "Applications are decided the same day and residents can see where their own stands.",
        "Half of the reports come in online and officers never type one again into the register.",
        "Photos reach the officer within an hour, whichever team the resident has written to.",
        "Ready by September so that the canvass can be run with it and the registers are in order.",
    ],
)
def test_outcome_with_a_figure(outcome: str) -> None:
    assert not said("outcome_unmeasured", description=outcome, requirements=())


def test_outcome_whose_requirements_hold_the_figure() -> None:
    outcome = "Officers see who is at home before they set out, and tenants know when they come."
    assert not said("outcome_unmeasured", description=outcome, requirements=must("A text 60 minutes before."))


def test_outcome_that_promises_nothing_is_not_asked_for_a_figure() -> None:
    outcome = "300 posts. Would join with neighbouring boroughs if the fee is better."
    assert not said("outcome_unmeasured", description=outcome)
