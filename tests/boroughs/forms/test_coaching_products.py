"""Products and suppliers that are prescribed."""

from typing import Any

import pytest

from boroughs.models import Need
from tests.boroughs.forms.coached import must, quotes, said


@pytest.mark.parametrize(
    ("line", "quote"),
    [
        ("Concerto or equivalent.", "Concerto"),
        ("Text messages by a service such as Acme Texts", "Acme Texts"),
        ("Cash points, e.g. PayPoint, near each zone.", "PayPoint"),
        ("Run on ServiceNow.", "ServiceNow"),
        ("Looks like Orchard does today.", None),
    ],
)
def test_product_in_a_must(line: str, quote: str | None) -> None:
    assert quotes("product", requirements=must(line)) == ([quote] if quote else [])


def test_product_in_use_that_a_line_asks_for() -> None:
    asked = must("Screens laid out as Orchard has them.")
    beside = must("Import all tenancies from Orchard.", "Talks to Orchard.")
    assert quotes("product", requirements=asked + beside, incumbent="MRI Orchard") == ["Orchard"]
    assert not said("product", requirements=beside, incumbent="MRI Orchard")


@pytest.mark.parametrize(
    "line",
    [
        "BS 8484 or equivalent.",
        "ISO 27001 or equivalent.",
        "Cyber Essentials Plus or equivalent.",
        "Degree or equivalent.",
        "Places such as Hackney Wick.",
        "Integrates with ServiceNow.",
        "Spatial extents on OS MasterMap.",
        "Send the DfT return.",
        "Works on an iPad.",
    ],
)
def test_name_that_prescribes_no_product(line: str) -> None:
    assert not said("product", requirements=must(line))


def test_product_that_several_lines_ask_for_is_told_once() -> None:
    lines = must("Run on ServiceNow.", "Kept in ServiceNow by our staff.", "Concerto or equal.")
    assert quotes("product", requirements=lines) == ["ServiceNow", "Concerto"]


def test_products_that_the_caller_knows() -> None:
    lines = must("Payments by Mosaic each week.", "A Mosaic expert.", "Screens tiled as a mosaic.", "Calm in a storm.")
    found = said("product", products=("Mosaic", "calm"), requirements=lines)
    assert [each.quote for each in found] == ["Mosaic"]


def test_title_that_names_the_product_in_use() -> None:
    assert quotes("product_in_title", title="RingGo contract", incumbent="RingGo") == ["RingGo"]
    assert quotes("product_in_title", title="Uniform replacement", incumbent="Idox Uniform") == ["Uniform"]
    assert not quotes("product_in_title", title="Out of hours calls", incumbent="Out of hours call service")
    assert not quotes("product_in_title", title="Learning management system", incumbent="Learning Pool")


@pytest.mark.parametrize("kind", [Need.Kind.LICENCES, Need.Kind.HOSTING, Need.Kind.SUPPORT, Need.Kind.CONSULTANCY])
def test_what_is_for_a_product_may_name_it(kind: Need.Kind) -> None:
    changed: dict[str, Any] = {"title": "ArcGIS", "incumbent": "ArcGIS", "requirements": must("ArcGIS Pro or equal.")}
    assert not said("product", kind=kind, **changed)
    assert not said("product_in_title", kind=kind, **changed)
    assert said("product", kind=Need.Kind.SOFTWARE, **changed)
