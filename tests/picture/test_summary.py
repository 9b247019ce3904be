"""The sentences: computed, with every figure naming its number, and silent about what the data lacks."""

from dataclasses import replace
from datetime import date

from procurement.picture import changes
from procurement.picture.facts import Demand, Frozen, Stance
from procurement.picture.reckoning import figures
from procurement.picture.sentences import Said, Sentence
from procurement.picture.summary import summary
from tests.picture import made
from tests.picture.test_reckoning import picture


def texts(sentences: tuple[Sentence, ...]) -> list[str]:
    return [sentence.text for sentence in sentences]


def told(frozen: Frozen) -> list[str]:
    return texts(summary(figures(frozen)).overlaps)


def test_nothing_to_say() -> None:
    assert told(made.frozen(made.london())) == ["No authority has an open need yet, so there is nothing to compare."]
    assert told(made.frozen(made.london(made.need(1)))) == [
        "1 of London's 4 authorities has logged 1 open need.",
        "No two of them overlap as far as the matcher can tell.",
    ]


def test_where_london_stands() -> None:
    assert told(picture()) == [
        "4 of London's 4 authorities have logged 8 open needs.",
        "5 of these needs (63%) overlap with a need of another authority and form 2 joint demands, "
        "of which 1 is confirmed by an analyst.",
        "The widest are “Joint demand 2” (JD-0002) with 3 authorities; “Fleet” (JD-0001) with 2 authorities.",
        "2 of the needs in joint demands state a budget that can be added up: together £200 to £600 "
        "over the whole life.",
        "In 1 joint demand the first present contract ends within twelve months; the soonest is in “Fleet” (JD-0001), "
        "of 2 needs, on 31 December 2026.",
    ]


def test_guests_are_told_apart() -> None:
    held = made.london(made.need(1), made.need(2, "guest"))
    guest = made.authority("guest", is_london=False, tile_row=None, tile_column=None)

    assert told(made.frozen(replace(held, authorities=(*held.authorities, guest))))[0] == (
        "1 of London's 4 authorities has logged 2 open needs, with 1 guest authority."
    )


def test_what_to_decide() -> None:
    whole = picture()
    due = replace(
        whole.facts.demands[1],
        lead="",
        quorum=3,
        decision_date=date(2027, 1, 15),
        stances=(Stance("camden", "COMMITTED", "TENDER"), Stance("brent", "INTENDING", "TENDER")),
    )
    held = replace(whole.facts, demands=(whole.facts.demands[0], due, whole.facts.demands[2]))

    assert texts(summary(figures(replace(whole, facts=held))).decisions) == [
        "1 joint demand waits for an analyst to say that the needs belong together.",
        "1 confirmed joint demand has no borough that leads.",
        "For 2 joint demands the joint purchase has to begin within half a year, for the best common start.",
        "The first decision about a present contract is due by 31 December 2026, in “Fleet” (JD-0001), which 2 "
        "boroughs could start together.",
        "3 answers of boroughs to joint demands are not given yet.",
        "The boroughs of “Joint demand 2” (JD-0002) decide by 15 January 2027: 1 of the 3 that it takes has committed.",
        "1 notice waits for a second person before publication.",
        "1 more joint demand of which the matcher is not sure is left out of this picture until an analyst has looked.",
    ]


def test_what_changed() -> None:
    earlier = made.frozen(made.london(made.need(1), made.need(2, "brent"), demands=[made.demand(2, [1, 2])]))
    later = replace(picture(), reference="DP-2026-0002")

    assert texts(summary(figures(later), changes.between(earlier, later)).changed) == [
        "Since DP-2026-0001, 6 needs came, 0 went and 0 were amended.",
        "Of the joint demands 1 is new, 1 is wider by a borough or more, 1 is confirmed now.",
        "Boroughs took a step on 1 joint demand.",
        "1 notice was published or corrected, 0 withdrawn.",
    ]
    assert texts(summary(figures(later), changes.between(later, later)).changed) == [
        "Nothing of what is counted here has moved since DP-2026-0002."
    ]
    assert summary(figures(later)).changed == ()


def test_steps_of_boroughs_are_told() -> None:
    before = made.demand(1, [1, 2])
    stepped = replace(before, stances=(Stance("brent", "COMMITTED", "TENDER"),))
    earlier = made.frozen(made.london(made.need(1), made.need(2, "brent"), demands=[before]))

    def told(*demands: Demand) -> list[str]:
        later = replace(earlier, facts=replace(earlier.facts, demands=demands))
        return texts(summary(figures(later), changes.between(earlier, later)).changed)

    assert told(stepped) == [
        "Since DP-2026-0001, no need came, went or was amended.",
        "Boroughs took a step on 1 joint demand.",
    ]
    assert told(replace(stepped, status="CONFIRMED"))[1:] == [
        "Of the joint demands 1 is confirmed now.",
        "Boroughs took a step on 1 joint demand.",
    ]


def test_every_figure_of_a_sentence_is_a_number_with_its_needs() -> None:
    found = summary(figures(picture()), changes.between(made.frozen(made.london()), picture()))

    sentences = (*found.overlaps, *found.changed, *found.decisions)
    said = [part.number for each in sentences for part in each.parts if isinstance(part, Said) and part.number.value]
    assert len(said) >= len(sentences)
    assert all(number.needs for number in said)
