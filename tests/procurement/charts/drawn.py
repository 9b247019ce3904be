"""What every drawing must be: well-formed, named, of presentation attributes alone, inside its own bounds."""

import re
import xml.etree.ElementTree as ET

from procurement.charts import measure

NS = "{http://www.w3.org/2000/svg}"
FORBIDDEN = {"style", "class", "id"}


def checked(svg: str) -> ET.Element:
    root = ET.fromstring(svg)  # noqa: S314 - our own markup
    assert root.tag == f"{NS}svg"
    assert root.get("role") in {"img", "group"}
    assert root[0].tag == f"{NS}title"
    assert root[0].text
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    for node in root.iter():
        assert not FORBIDDEN & set(node.attrib), node.attrib
        assert not any(name.startswith("on") for name in node.attrib)
        assert node.tag not in {f"{NS}style", f"{NS}script"}
        if node.tag == f"{NS}rect":
            x, y, wide, tall = (float(node.attrib[name]) for name in ("x", "y", "width", "height"))
            assert wide > 0
            assert -0.6 <= x <= x + wide <= width + 0.6
            assert -0.6 <= y <= y + tall <= height + 0.6
    return root


def texts(root: ET.Element) -> list[str]:
    return [node.text or "" for node in root.iter(f"{NS}text")]


def rightmost(root: ET.Element) -> float:
    """How far to the right the text of a drawing reaches."""
    ends = []
    for node in root.iter(f"{NS}text"):
        wide = measure.width(node.text or "", float(node.attrib["font-size"]), bold=node.get("font-weight") == "700")
        share = {"end": 0.0, "middle": 0.5}.get(node.get("text-anchor", ""), 1.0)
        if not re.search("rotate", node.get("transform", "")):
            ends.append(float(node.attrib["x"]) + wide * share)
    return max(ends)
