"""What WeasyPrint leaves out of PDF/UA-1 and a checker asks for: the scope of table heads, links that print."""

from typing import Any

import pydyf

# PDF 32000-1, table 165: the annotation is printed with the page.
PRINT = 4


def finish(document: Any, pdf: Any) -> None:
    """Called by WeasyPrint before the file is written: completes table heads and annotations in place."""
    for item in pdf.objects:
        if not isinstance(item, pydyf.Dictionary):
            continue
        if item.get("S") == "/TH":
            item.setdefault("A", pydyf.Dictionary({"O": "/Table"}))["Scope"] = _scope(item, pdf)
        elif item.get("Type") == "/Annot":
            item["F"] = PRINT


def _scope(cell: Any, pdf: Any) -> str:
    row = _resolve(cell["P"], pdf)
    group = _resolve(row["P"], pdf) if "P" in row else {}
    return "/Column" if group.get("S") == "/THead" else "/Row"


def _resolve(reference: bytes, pdf: Any) -> Any:
    return pdf.objects[int(reference.split()[0])]
