"""What holds of decisions whatever boroughs state."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procurement.disclosure import NOTHING, Contributions, Decision, Release, Rule, decide, exposures

RULE = Rule(band=50)
BOROUGHS = "abcdefg"
# Few amounts, so that needs are amended and amended back.
AMOUNTS = st.sampled_from([0, 1, 20, 40, 60, 90, 150, 700])
needs = st.dictionaries(st.sampled_from(["1", "2"]), AMOUNTS, min_size=1)
coalitions = st.dictionaries(st.sampled_from(BOROUGHS), needs, min_size=3)
stories = st.lists(st.tuples(st.sampled_from(["NT-0001", "NT-0002"]), coalitions), min_size=1, max_size=5)
subsets = st.frozensets(st.sampled_from(BOROUGHS))
rules = st.sampled_from([RULE, RULE.plainly()])
# The machine's pace is nothing to test.
unhurried = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def named(contributions: Contributions) -> Contributions:
    """A need of its own for each borough."""
    return {borough: {f"{borough}-{need}": of for need, of in by.items()} for borough, by in contributions.items()}


def published(
    story: list[tuple[str, Contributions]], rule: Rule
) -> list[tuple[Contributions, Decision, list[Release]]]:
    """Each step of the story as a version: what was stated, what was decided, and what had been published before."""
    history: list[Release] = []
    steps: list[tuple[Contributions, Decision, list[Release]]] = []
    for number, (notice, contributions) in enumerate(story, start=1):
        decision = decide(history, named(contributions), rule, notice=notice, version=number)
        steps.append((named(contributions), decision, list(history)))
        history += [decision.release] if decision.release else []
    return steps


@unhurried
@given(stories, rules)
def test_nothing_that_is_published_exposes_anybody(story: list[tuple[str, Contributions]], rule: Rule) -> None:
    _, decision, before = published(story, rule)[-1]

    releases = [*before, *([decision.release] if decision.release else [])]
    assert list(exposures(releases, rule)) == []


@unhurried
@given(stories, rules)
def test_every_figure_is_true_of_the_version_that_it_names(story: list[tuple[str, Contributions]], rule: Rule) -> None:
    steps = published(story, rule)
    for number, (_, decision, _) in enumerate(steps, start=1):
        if decision.figure is None:
            continue
        stated, _, _ = steps[(decision.as_at or number) - 1]
        assert decision.as_at is None or story[decision.as_at - 1][0] == story[number - 1][0]
        total = sum(sum(by.values()) for by in stated.values())
        figure = decision.figure
        assert figure.value == total if figure.low is None else figure.low <= total < (figure.high or 0)
        assert figure.contributors >= rule.minimum_contributors


@unhurried
@given(stories, rules, st.randoms(use_true_random=False))
def test_a_decision_does_not_depend_on_the_order_of_boroughs(
    story: list[tuple[str, Contributions]], rule: Rule, random: Random
) -> None:
    stated, decision, before = published(story, rule)[-1]
    shuffled = list(stated.items())
    random.shuffle(shuffled)

    again = decide(before, dict(shuffled), rule, notice=story[-1][0], version=len(story))

    assert again == decision


@unhurried
@given(stories, rules, st.data())
def test_more_history_never_releases_more(
    story: list[tuple[str, Contributions]], rule: Rule, data: st.DataObject
) -> None:
    stated, decision, before = published(story, rule)[-1]
    release = decision.release
    # What is public already may be told again; it is nothing more.
    if release is None or any(earlier.says_the_same_as(release) for earlier in before):
        return
    kept = data.draw(st.lists(st.sampled_from(before), unique_by=id)) if before else []
    less = [earlier for earlier in before if earlier in kept]

    assert decide(less, stated, rule, notice=story[-1][0], version=len(story)).release == release


@unhurried
@given(coalitions, subsets, rules)
def test_waivers_leave_the_rule_to_the_rest(contributions: Contributions, waived: frozenset[str], rule: Rule) -> None:
    stated = named(contributions)
    decision = decide([], stated, rule, waived, notice="NT-0001", version=1)

    hidden = {borough for borough, by in stated.items() if any(by.values())} - waived
    if decision.figure:
        assert not hidden or len(hidden) >= rule.minimum_contributors
    if not hidden:
        total = sum(sum(by.values()) for by in stated.values())
        assert decision == NOTHING if not total else decision.figure.value == total  # type: ignore[union-attr]


@unhurried
@given(stories, rules, subsets)
def test_nobody_is_exposed_beside_those_that_have_opened_their_figures(
    story: list[tuple[str, Contributions]], rule: Rule, waived: frozenset[str]
) -> None:
    history: list[Release] = []
    for number, (notice, contributions) in enumerate(story, start=1):
        release = decide(history, named(contributions), rule, waived, notice=notice, version=number).release
        history += [release] if release else []

    assert list(exposures(history, rule, waived)) == []
