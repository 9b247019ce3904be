"""Charts as SVG text, for pages and PDF alike. Standard library only.

Each module draws one kind: `svg(...)` gives the drawing, `rows(...)` the same figures as a table. Only presentation
attributes are used: a style or a class would be refused by the pages' content security policy, and WeasyPrint does not
apply a document's style sheet inside a drawing. Values are printed, so that colour is never the only carrier.
"""
