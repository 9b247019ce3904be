import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from procurement.matching.align import Alignment, align, lines_of, meets, texts_of
from procurement.matching.embed import MiniLmEmbedder
from procurement.matching.items import Item
from tests.matching.builders import HashedWords

CALLS = (
    Item("a", "camden", "Contact centre", requirements=(
        "Handle voice, chat and email contacts in one queue.",
        "Take card payments by phone in line with PCI DSS.",
        "Meet WCAG 2.2 AA.",
        "Licences for 60 agents.",
    )),
    Item("b", "barnet", "Contact handling", requirements=(
        "Route calls, chats and emails to agents from a single queue.",
        "Pause the recording while a card payment is taken by phone.",
        "Cyber Essentials Plus and UK GDPR.",
        "Licences for 400 agents.",
    )),
    Item("c", "ealing", "Customer calls", requirements=(
        "One queue for voice calls, email and chat.",
        "Print vouchers for the leisure centre.",
        "WCAG 2.2 AA for the public pages.",
        "Licences for 60 agents.",
    )),
)  # fmt: skip


@pytest.fixture(scope="module")
def model():
    return MiniLmEmbedder()


def need(key, owner, *lines, **more):
    return Item(key, owner, "Title", requirements=lines, **more)


def placed(alignment: Alignment) -> list:
    requirements = (*alignment.common, *alignment.shared, *alignment.standing)
    own = [line for _, lines in alignment.specific for line in lines]
    return sorted([*own, *(line for each in requirements for line in each.lines)])


def test_paraphrases_become_common_requirements(model):
    found = align(CALLS, model)
    by_text = {line.text: each for each in found.common for line in each.lines}
    queue = by_text["One queue for voice calls, email and chat."]
    assert {line.item for line in queue.lines} == {"a", "b", "c"}
    assert queue.owners == ("barnet", "camden", "ealing")
    assert queue.share == 1
    assert queue.text in {line.text for line in queue.lines}
    card = by_text["Take card payments by phone in line with PCI DSS."]
    assert card.owners == ("barnet", "camden")
    assert card.share == pytest.approx(2 / 3)
    assert card is not queue


def test_a_line_that_lists_several_things_is_met_by_one_of_them(model):
    long = "Rents and arrears, tenancies, garages, leasehold billing, voids, estate inspections and choir bookings."
    (found,) = align([need("a", "camden", long), need("b", "barnet", "Leasehold billing")], model).common
    assert len(found.lines) == 2
    assert found.strength < 1
    assert meets(need("a", "camden", long), need("b", "barnet", "Ferry timetables"), model) == ()


def test_what_is_left_over_is_with_its_owner(model):
    assert [(owner, [line.text for line in lines]) for owner, lines in align(CALLS, model).specific] == [
        ("ealing", ["Print vouchers for the leisure centre."])
    ]


def test_standing_terms_are_apart(model):
    found = align(CALLS, model)
    assert {term.topic: term.owners for term in found.standing} == {
        "Accessibility": ("camden", "ealing"),
        "Cyber security certificates": ("barnet",),
    }
    assert not any("WCAG" in line.text for each in found.common for line in each.lines)


def test_numbers_that_differ_are_told_with_their_owners(model):
    licences = next(each for each in align(CALLS, model).common if "Licences" in each.text)
    assert licences.differs
    assert [difference.values for difference in licences.differences] == [
        (("400 agents", ("barnet",)), ("60 agents", ("camden", "ealing")))
    ]


def test_one_owner_that_gives_two_numbers_differs_from_nobody(model):
    found = align(
        [need("a", "camden", "Licences for 60 officers."), need("b", "camden", "Licences for 400 officers.")], model
    )
    assert found.common == found.shared == ()
    assert [owner for owner, _ in found.specific] == ["camden"]


def test_opposite_statements_never_join_but_are_told(model):
    found = align(
        [
            need("a", "camden", "The system must be hosted in the cloud."),
            need("b", "barnet", "The system must be hosted in the cloud."),
            need("c", "ealing", "The system must not be hosted in the cloud."),
        ],
        model,
    )
    (hosted,) = found.common
    assert {line.item for line in hosted.lines} == {"a", "b"}
    assert hosted.differs
    assert [line.item for line in hosted.against] == ["c"]
    assert [owner for owner, _ in found.specific] == ["ealing"]
    assert meets(CALLS[0], need("d", "brent", "Do not take card payments by phone in line with PCI DSS."), model) == ()


def test_values_that_exclude_each_other_are_marked(model):
    found = align(
        [need("a", "camden", "Devices on lease for all staff."), need("b", "barnet", "Devices bought for all staff.")],
        model,
    )
    assert [each.what for each in found.common[0].differences] == ["how it is obtained"]


def test_every_line_is_in_one_place(model):
    assert placed(align(CALLS, model)) == sorted(line for each in CALLS for line in lines_of(each))


def test_the_order_of_the_needs_does_not_matter(model):
    expected = align(CALLS, model)
    more = [*CALLS, *(replace(each, id=f"{each.id}2", owner=f"{each.owner} two") for each in CALLS)]
    for seed in range(5):
        shuffled, many = list(CALLS), list(more)
        random.Random(seed).shuffle(shuffled)
        random.Random(seed).shuffle(many)
        assert align(shuffled, model) == expected
        assert align(many, HashedWords()) == align(more, HashedWords())


def test_a_single_owner_has_no_common_requirement(model):
    same = [replace(each, owner="camden") for each in CALLS]
    found = align(same, model)
    assert found.common == found.shared == ()
    assert found.owners == ("camden",)
    assert [owner for owner, _ in found.specific] == ["camden"]


def test_common_is_half_of_the_owners_and_shared_is_less(model):
    line = "Import meter readings from smart meters."
    other = (
        "Winter gritting routes.",
        "Choir bookings.",
        "Pest control visits.",
        "Bonfire permits.",
        "Ferry timetables.",
    )
    needs = [need("a", "camden", line), need("b", "barnet", line)]
    needs += [need(f"c{place}", f"owner {place}", text) for place, text in enumerate(other)]
    assert [each.text for each in align(needs[:4], model).common] == [line]
    found = align(needs[:5], model)
    assert [each.text for each in found.common] == []
    assert [(each.text, each.share, each.strength) for each in found.shared] == [(line, 0.4, 1.0)]


def test_prose_stands_in_where_a_need_lists_nothing():
    text = Item(
        "p",
        "brent",
        "Calls",
        problem="Callers wait.",
        description="What we want: Call-back for callers. The phones are with another team. All data held in the UK.",
    )
    assert [(line.text, line.prose) for line in lines_of(text)] == [
        ("Call-back for callers.", True),
        ("All data held in the UK.", True),
    ]
    ruled_out = "Not needed: handsets, gateways. We would buy jointly with neighbours. Our contract ends in May."
    assert lines_of(replace(text, description=ruled_out)) == ()
    assert [line.text for line in lines_of(replace(text, description=" "))] == ["Callers wait."]
    assert [(line.text, line.prose) for line in lines_of(replace(text, requirements=("Wallboards.",)))] == [
        ("Wallboards.", False)
    ]


def test_repeated_and_empty_lines_are_left_out_and_places_count_on():
    lines = lines_of(need("a", "camden", "Wallboards.", " ", "…", "wallboards.", "Call-back."))
    assert [(line.place, line.text) for line in lines] == [(0, "Wallboards."), (1, "Call-back.")]


def test_priorities_are_kept_and_the_commoner_one_is_of_the_requirement():
    line = "Wallboards in the office."
    needs = [need(key, f"owner {key}", line) for key in "abc"]
    ranks = {"a": {line: "must"}, "b": {line: "should"}, "c": {line: "should"}}
    (found,) = align(needs, HashedWords(), priorities=ranks).common
    assert found.priority == "should"
    assert [each.priority for each in found.lines] == ["must", "should", "should"]
    assert align(needs, HashedWords()).common[0].priority == ""


def test_a_listed_requirement_is_shown_rather_than_a_sentence_of_prose():
    prose = Item("a", "camden", "", description="Wallboards in the office for staff.")
    (found,) = align([prose, need("b", "barnet", "Wallboards in the office for staff")], HashedWords()).common
    assert found.text == "Wallboards in the office for staff"


def test_which_requirement_meets_which(model):
    found = meets(CALLS[0], CALLS[1], model)
    assert [(each.left.text[:8], each.right.text[:8]) for each in found if "card" in each.left.text] == [
        ("Take car", "Pause th")
    ]
    assert [each.strength for each in found] == sorted((each.strength for each in found), reverse=True)
    assert all(0 < each.strength <= 1 for each in found)
    assert len({each.left for each in found}) == len({each.right for each in found}) == len(found)
    swapped = meets(CALLS[1], CALLS[0], model)
    assert [(each.right, each.left, each.strength) for each in swapped] == [
        (each.left, each.right, each.strength) for each in found
    ]


def test_a_need_does_not_meet_itself(model):
    assert meets(CALLS[0], CALLS[0], model) == ()


def test_without_a_model_words_decide():
    found = align(CALLS, None)
    assert {line.item for line in found.common[0].lines} == {"a", "b", "c"}
    assert placed(found) == placed(align(CALLS, HashedWords()))


def test_the_embedder_is_asked_once_for_all_lines():
    class Counting(HashedWords):
        calls = 0

        def encode(self, texts):
            self.calls += 1
            return super().encode(texts)

    counting = Counting()
    align(CALLS, counting)
    assert counting.calls == 1


def test_nothing_in_gives_nothing_out(model):
    assert align([], model) == Alignment()
    assert align([Item("a", "camden", "Title")], model) == Alignment(owners=("camden",))
    assert meets(Item("a", "camden", ""), Item("b", "barnet", ""), model) == ()


@pytest.mark.parametrize(
    "line", ["\ud800", "\x00", "İ" * 50, "½ ٣ officers ۴", "ﬁre 🔥 \u202e test", "£9" * 300, "１２ officers", "no", "²"]
)
def test_any_text_is_borne(line, model):
    needs = [need("a", "camden", line, "Wallboards."), need("b", line, line, description=line)]
    found = align(needs, model)
    assert placed(found) == sorted(each for one in needs for each in lines_of(one))
    meets(*needs, model)


def test_forty_needs_of_twenty_lines():
    words = np.random.default_rng(7).choice(["permit", "crew", "ledger", "round", "call", "map", "photo"], (40, 20, 5))
    needs = [need(f"n{row:02}", f"o{row % 33}", *(" ".join(line) for line in lines)) for row, lines in enumerate(words)]
    assert placed(align(needs, HashedWords())) == sorted(line for each in needs for line in lines_of(each))


def test_texts_are_all_that_an_embedder_is_asked_for():
    listing = need("d", "merton", "Rents and arrears, tenancies, garages, leasehold billing and choir bookings.")
    needs = (*CALLS, listing)
    asked = HashedWords()
    align(needs, asked)
    for left, right in pairwise(needs):
        meets(left, right, asked)
    assert set(asked.encoded) <= set(texts_of(needs))
    assert "garages" in texts_of(needs)
