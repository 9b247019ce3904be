"""Advice on a whole need: when it is silent, its order, and whatever may be typed."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boroughs.actions.need_content import NeedContent, RequirementLine
from boroughs.forms.coaching import advice
from boroughs.forms.coaching_text import FIELDS
from boroughs.forms.need_sections import OF_FIELD
from boroughs.forms.text import MAX_CHARACTERS
from boroughs.models import Requirement
from tests.boroughs.forms.coached import PLAIN, must, said


def test_nothing_is_said_about_a_plain_need() -> None:
    assert advice(PLAIN) == ()


def test_nothing_is_said_before_anything_is_typed() -> None:
    assert advice(NeedContent(title="")) == ()
    assert advice(NeedContent(title="Housing repairs")) == ()


def test_advice_names_section_field_and_text_and_is_one_sentence_each() -> None:
    (found,) = said("vague", description="A modern repairs service. Nine of ten visits find the tenant at home.")
    assert (found.section, found.field, found.quote) == ("users", "description", "modern")
    assert found.words.endswith(".")
    assert "“" in found.fix


def test_advice_comes_as_the_form_runs() -> None:
    found = advice(
        NeedContent(
            title="Next generation repairs",
            problem="We want to buy a new repairs system.",
            users_description="Everyone",
            description="A seamless and modern service with better reporting for tenants.",
            requirements=must("Robust.", "Store photos of a repair and send the photos to the tenant."),
        )
    )
    assert [(each.field, each.code, each.quote) for each in found] == [
        ("title", "vague", "Next generation"),
        ("problem", "solution_first", "We want to buy a new repairs system."),
        ("users_description", "users_vague", "Everyone"),
        (
            "description",
            "outcome_unmeasured",
            "A seamless and modern service with better reporting for tenants.",
        ),
        ("description", "vague", "seamless"),
        ("description", "vague", "modern"),
        ("requirements", "vague", "Robust"),
        ("requirements", "several_wishes", "Store photos of a repair and send the photos to the tenant."),
    ]


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=80)
TYPED = st.one_of(
    ANY_TEXT,
    st.lists(
        st.sampled_from(
            [
                "We want to",
                "buy",
                "modern",
                "such as",
                "Acme",
                "or equal",
                "SOR",
                "Users",
                ";",
                ".",
                "and",
                "send",
                "the",
                "better",
                "e.g.",
                "ServiceNow",
                "\n",
                "café",
                "ß",
                "İ",
                "👩\u200d💻",
                "מערכת",
                "\u202e",
                "Ａcme",
                "ﬁt for purpose",
            ]
        )
    ).map(" ".join),
)


@given(TYPED, TYPED, TYPED, TYPED, st.lists(st.tuples(TYPED, st.sampled_from(Requirement.Priority)), max_size=8), TYPED)
def test_any_text_is_taken_and_every_quote_stands_in_its_field(
    title: str, problem: str, users: str, outcome: str, lines: list[tuple[str, str]], incumbent: str
) -> None:
    content = NeedContent(
        title=title,
        problem=problem,
        users_description=users,
        description=outcome,
        requirements=tuple(RequirementLine(*line) for line in lines),
        incumbent=incumbent,
    )
    found = advice(content, products=["Acme", "İ"])
    assert [FIELDS.index(each.field) for each in found] == sorted(FIELDS.index(each.field) for each in found)
    for each in found:
        assert each.section == OF_FIELD[each.field].slug
        texts = (
            [line.text for line in content.requirements]
            if each.field == "requirements"
            else [getattr(content, each.field)]
        )
        assert any(each.quote in text for text in texts)


@pytest.mark.parametrize(
    "bait",
    [
        "a",
        ".",
        "a-",
        "A",
        "a'",
        "and ",
        "Aa or ",
        "such as ",
        "ABC word ",
        "we need a new ",
        "e.g. ",
        "modern ",
        "x\n",
        ";",
        '."',
        "  ",
    ],
)
def test_long_bait_comes_to_an_end(bait: str) -> None:
    text = (bait * MAX_CHARACTERS)[:MAX_CHARACTERS]
    content = NeedContent(
        title=text, problem=text, users_description=text, description=text, requirements=must(text), incumbent=text
    )
    assert all(each.quote in text for each in advice(content))


def test_list_of_syllables_is_not_read_by_who_writes_no_need() -> None:
    source = (
        "import os, sys, django; django.setup(); from boroughs.forms import coaching; "
        "sys.exit('syllapy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0
