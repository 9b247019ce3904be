from django.template import Context, Template

from procurement.charts import drawing
from tests.procurement.charts.drawn import checked


def test_document_escapes_title_and_description() -> None:
    svg = drawing.document([], width=10, height=10, title="<b>&", description='"<i>')
    root = checked(svg)
    assert root[0].text == "<b>&"
    assert root[1].text == '"<i>'
    assert "<b>" not in svg


def test_document_without_a_title_is_still_named() -> None:
    assert checked(drawing.document([], width=1, height=1, title="", description=""))[0].text == "Chart"


def test_element_escapes_attributes_and_drops_control_characters() -> None:
    assert drawing.element("a", href='"><script>', x=1.25) == """<a href='"&gt;&lt;script&gt;' x="1.2"/>"""
    assert drawing.text("a\x00b\x1b", 0, 0).count("ab") == 1


def test_svg_is_printed_by_templates_but_text_is_not() -> None:
    template = Template("{{ drawing }}")
    svg = drawing.document([], width=1, height=1, title="x", description="")
    assert template.render(Context({"drawing": svg})) == svg
    assert template.render(Context({"drawing": str(svg)[:3] + "x"})).startswith("&lt;")


def test_plain_separates_thousands() -> None:
    assert [drawing.plain(value) for value in (0, 1234, 1234.5)] == ["0", "1,234", "1,234.5"]
