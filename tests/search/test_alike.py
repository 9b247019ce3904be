"""Which questions ask nearly the same: the rule by examples."""

import pytest

from procurement.search import alike

REPAIRS = "How many repairs are logged by phone each month?"
SIGN_ON = "Do you need single sign-on with Entra ID?"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (REPAIRS, "How many repairs do tenants log by telephone per month?"),
        (SIGN_ON, "Is single sign-on with Microsoft Entra ID needed?"),
        (
            "Which housing management system do the boroughs use today?",
            "Which housing management systems are in use at the boroughs?",
        ),
        ("Can small suppliers bid for one borough only?", "May an SME bid for only one of the boroughs?"),
        (SIGN_ON, SIGN_ON.upper() + "!!"),
        ("Hosting?", "hosting"),
        ("Où est-ce?", "ou est ce"),
    ],
)
def test_near_duplicates(left: str, right: str) -> None:
    assert alike.likeness(alike.stems(left), alike.stems(right)) >= alike.LIKENESS
    assert alike.likeness(alike.stems(right), alike.stems(left)) >= alike.LIKENESS
    assert alike.groups([left, right]) == [[0, 1]]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("What is the budget for hosting?", "What is the budget for training?"),
        ("Can small suppliers bid for one borough only?", "Can small suppliers bid as a consortium?"),
        (REPAIRS, SIGN_ON),
        # The ratio alone is 100: the long one holds the short one.
        (
            "Do you need single sign-on?",
            "Do you need single sign-on with Entra ID, which volumes of calls do you expect in a month, who hosts the "
            "data today, and in which formats would it be handed over?",
        ),
        ("?", "Who hosts it?"),
        ("", "Who hosts it?"),
        ("", ""),
    ],
)
def test_not_near_enough(left: str, right: str) -> None:
    assert alike.likeness(alike.stems(left), alike.stems(right)) == 0


def test_groups_are_the_same_whatever_comes_later() -> None:
    texts = [
        REPAIRS,
        SIGN_ON,
        "Is single sign-on with Entra ID needed?",
        "How many repairs are logged by telephone per month?",
    ]
    assert alike.groups(texts) == [[0, 3], [1, 2]]
    assert alike.groups(texts[:3]) == [[0], [1, 2]]
    assert alike.groups([]) == []


def test_published_answers_that_have_to_do_with_it_come_most_alike_first() -> None:
    published = [REPAIRS, "Which identity provider do you use for sign-on?", SIGN_ON, "Who hosts it?"]
    assert alike.most_alike("Is single sign-on with Entra ID needed?", published, most=2)[0] == 2
    assert alike.most_alike("Where are your depots?", published, most=3) == []
